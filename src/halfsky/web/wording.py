"""A target in a few words: what is asked for, by when."""

from __future__ import annotations

from halfsky.assess import promise
from halfsky.plan import Plan, Target, Text
from halfsky.reports.words import listed

_PLANS = 8
_known: dict[int, tuple[Plan, dict[str, Text]]] = {}  # by the plan's identity: a page words every target of its plan


def promised(plan: Plan, target: Target) -> Text:
    """What the target asks for at each of its milestones, with their years; worded once for a plan that is loaded."""
    if plan.target.get(target.id) is not target:
        return _worded(plan, target)
    of = _known.get(id(plan))
    if of is None or of[0] is not plan:
        if len(_known) >= _PLANS:
            _known.clear()
        of = _known[id(plan)] = (plan, {})
    words = of[1].get(target.id)
    if words is None:
        words = of[1][target.id] = _worded(plan, target)
    return words


def _worded(plan: Plan, target: Target) -> Text:
    asked = [(m.year, promise(plan, target, m.year)) for m in target.milestones]
    return Text(
        zh=listed([f"{year}年{words.zh}" for year, words in asked], "zh"),
        en=listed([f"by {year} {words.en}" for year, words in asked], "en"),
    )
