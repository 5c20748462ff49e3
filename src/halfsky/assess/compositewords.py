"""One sentence on a composite: the index, the gap-only index beside it, and on how many indicators they rest."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from typing import Any

from halfsky.assess.policy import Policy
from halfsky.plan import Plan, Text


def sentence(plan: Plan, facts: Mapping[str, Any], policy: Policy) -> Text:
    """``facts`` are the other attributes of a composite by name."""
    place = plan.place[facts["region"]].name
    name = next(field.name for field in plan.fields if field.number == facts["field"])
    used, all_ = len(facts["parts"]), len(facts["parts"]) + len(facts["missing"])
    year = facts["year"]
    if facts["score"] is None:
        least = max(policy.composite_indicators, ceil(policy.composite_coverage * all_))
        return Text(
            zh=f"{year}年{place.zh}“{name.zh}”领域{all_}项可比指标中有{used}项同时有当年女性和男性数据，"
            f"少于所需的{least}项，不合成指数。",
            en=f"{name.en}, {place.en}, {year}: {used} of {all_} comparable indicators have figures of both women and "
            f"men for the year, fewer than the {least} needed, so there is no composite.",
        )
    score, gap_only = f"{facts['score']:.1f}", f"{facts['gap_only']:.1f}"
    return Text(
        zh=f"{year}年{place.zh}“{name.zh}”领域性别平等综合指数为{score}（满分100），同年仅计差距的指数为{gap_only}，"
        f"由{all_}项可比指标中的{used}项合成。",
        en=f"{name.en}, {place.en}: the composite was {score} of 100 in {year}, the gap-only index of the same year "
        f"{gap_only}, from {used} of {all_} comparable indicators.",
    )
