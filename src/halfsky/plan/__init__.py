"""What was promised: packs of YAML become typed, frozen objects.

>>> from pathlib import Path
>>> from halfsky.plan import load_plan
>>> plan = load_plan(Path("plans/dalian-2021-2030"))  # doctest: +SKIP
"""

from halfsky.plan.check import check_pack
from halfsky.plan.faults import Fault, Faulty
from halfsky.plan.model import (
    Binds,
    Indicator,
    Kind,
    Milestone,
    Plan,
    Region,
    Residence,
    Sex,
    Slice,
    Target,
    Unit,
)
from halfsky.plan.pack import load_plan
from halfsky.plan.text import Text

__all__ = [
    "Binds",
    "Fault",
    "Faulty",
    "Indicator",
    "Kind",
    "Milestone",
    "Plan",
    "Region",
    "Residence",
    "Sex",
    "Slice",
    "Target",
    "Text",
    "Unit",
    "check_pack",
    "load_plan",
]
