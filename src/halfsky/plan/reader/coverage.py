"""Is a pack complete? Every figure of part two of its text is in a target, or listed as not one."""

from __future__ import annotations

from decimal import Decimal

from halfsky.plan.model import Kind, Plan, Target
from halfsky.plan.reader.cleaning import clean
from halfsky.plan.reader.figures import figures_in
from halfsky.plan.reader.model import Clause, Form, Mention, PlanText
from halfsky.plan.text import Frozen


class Uncovered(Frozen):
    """A figure of a goal or measure that the pack neither holds nor explains, and the words around it."""

    clause: str
    figure: str
    around: str


def uncovered_figures(plan_text: PlanText, plan: Plan) -> list[Uncovered]:
    """Every figure of the text's goals and measures that the pack leaves out.

    A figure is held by a target of its clause when the target's words have it, or its milestones (the year, the
    base year, the value: 10% up is the factor 1.10), or its cut (an age); it is explained when a not-target of
    its clause quotes it. A figure said twice in a clause must be held each time it differs.
    """
    return [
        Uncovered(
            clause=clause.id, figure=mention.text, around=clause.text[max(0, mention.start - 12) : mention.end + 8]
        )
        for clause in (*plan_text.goals, *plan_text.measures)
        for mention in figures_in(clause.text)
        if not _covered(mention, clause, plan)
    ]


def _covered(mention: Mention, clause: Clause, plan: Plan) -> bool:
    if any(_quotes(item.words, mention) for item in plan.not_targets if item.clause == clause.id):
        return True
    return any(_holds(target, mention) for target in plan.targets_of(clause.id))


def _quotes(words: str, mention: Mention) -> bool:
    return any(other.text == mention.text for other in figures_in(clean(words))) or mention.text == clean(words)


def _holds(target: Target, mention: Mention) -> bool:
    if _quotes(target.words, mention):
        return True
    if mention.form is Form.YEAR:
        return any(mention.value in {m.year, m.base_year} for m in target.milestones)
    if mention.form is Form.RANGE:
        return target.cut.age == f"Y{mention.value}T{mention.high}"
    values = {m.value for m in target.milestones}
    if target.kind is Kind.TIMES_BASE and mention.form in {Form.PERCENT, Form.FRACTION}:
        return bool(values & {1 + mention.value / Decimal(100), 1 - mention.value / Decimal(100)})
    return mention.value in values
