"""Reading the official text of a plan: its clauses, its figures, and the promises its words seem to make.

>>> from halfsky.plan.reader import read_text, suggest
>>> suggestions = suggest(read_text(text))  # doctest: +SKIP
"""

from halfsky.plan.reader.cleaning import decoded
from halfsky.plan.reader.figures import figures_in
from halfsky.plan.reader.model import Clause, FieldText, Form, Mention, PlanText, PrefaceFigure, Suggestion
from halfsky.plan.reader.structure import read_text
from halfsky.plan.reader.suggesting import suggest, suggest_clause

__all__ = [
    "Clause",
    "FieldText",
    "Form",
    "Mention",
    "PlanText",
    "PrefaceFigure",
    "Suggestion",
    "decoded",
    "figures_in",
    "read_text",
    "suggest",
    "suggest_clause",
]
