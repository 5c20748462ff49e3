"""Which plan a command is about."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from halfsky.cli.output import Language, fail, show_faults
from halfsky.cli.setup import django_ready
from halfsky.plan import Faulty, Plan, load_plan

PlanName = Annotated[
    str | None,
    typer.Option(
        "--plan",
        help="Id of an installed plan, or a pack's folder 规划编号或数据包目录; the only installed plan by default.",
    ),
]


def chosen_plan(name: str | None) -> Plan:
    """The plan named by its folder or id, or the only one installed."""
    if name is not None and (Path(name) / "plan.yaml").is_file():
        try:
            return load_plan(Path(name))
        except Faulty as error:
            show_faults(error.faults, Language.ZH)
            fail(f"{name}：数据包有错误。 The pack has faults.")
    django_ready()
    from halfsky.catalogue.queries import UnknownPlan, folders, plan

    installed = list(folders())
    if name is None and len(installed) != 1:
        fail(f"请用 --plan 指明规划。 Say which plan with --plan: {', '.join(installed)}", code=2)
    try:
        return plan(name or installed[0])
    except UnknownPlan:
        fail(f"没有规划“{name}”。 No plan '{name}'; installed: {', '.join(installed)}", code=2)
