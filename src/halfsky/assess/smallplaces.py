"""What few events say in each place that a promise binds: facts, a flag, and reasons added to what holds now."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from halfsky.assess import reasons, rules
from halfsky.assess.counts import Asked, counts_rare_events, rare_events
from halfsky.assess.model import Flag, RareEvents
from halfsky.assess.policy import Policy
from halfsky.assess.rare import beyond_chance
from halfsky.assess.rules import Case, Now
from halfsky.observations import Figures
from halfsky.plan import Kind, Plan, Region

Judged = tuple[Case, Region, Now | None]


def settle(places: Sequence[Judged], policy: Policy) -> None:
    """Judge the places with few events; those of one target are one family of comparisons."""
    waiting = [(case, now) for case, _, now in places if now is not None and now.few is not None]
    if not waiting:
        return
    families: dict[str, int] = {}
    beyond = beyond_chance(
        events=np.array([float(now.few.events) for _, now in waiting if now.few]),
        expected=np.array([now.few.expected for _, now in waiting if now.few]),
        family=np.array([families.setdefault(case.target.id, len(families)) for case, _ in waiting]),
        fewer=np.array([case.better_is_higher for case, _ in waiting]),
        level=policy.beyond_chance,
    )
    for (case, now), proven in zip(waiting, beyond, strict=True):
        rules.settle(case, now, beyond=bool(proven))


def weigh(plan: Plan, figures: Figures, places: Sequence[Judged], *, as_of: int) -> list[RareEvents | None]:
    """For each place the facts of its rare events, ``None`` where its promise is of another sort.

    Adds to ``Now``: the flag of a cluster, also of one in a place that the promise does not bind by itself; and,
    where events are few, the figures and the level above.
    """
    told: dict[str, dict[str, RareEvents]] = {}
    now_of = {(case.target.id, region.code): now for case, region, now in places}
    facts: list[RareEvents | None] = []
    for case, region, now in places:
        target, indicator = case.target, case.indicator
        bounded = target.kind in {Kind.AT_LEAST, Kind.AT_MOST} and now is not None and now.bound is not None
        if now is None or not bounded or not counts_rare_events(indicator):
            facts.append(None)
            continue
        if target.id not in told:
            asked = Asked(now.bound, case.better_is_higher, case.milestone.year)
            told[target.id] = rare_events(
                plan, figures, indicator, target.cut, asked, as_of=as_of, policy=case.policy
            )  # fmt: skip
        found = told[target.id]
        own = found.get(region.code)
        facts.append(own)
        if own is not None and Flag.SMALL_NUMBERS in now.flags:
            now.reasons.append(reasons.few_events(indicator, own, higher=case.better_is_higher))
            above = found.get(plan.region)
            if region.code != plan.region and above is not None and above.free:
                city = now_of.get((target.id, plan.region))
                met = city.met if city is not None else None
                now.reasons.append(reasons.level_above(plan.place[plan.region].name, indicator, above, met))
        _alarm(plan, region, now, found, bound_here={code for id_, code in now_of if id_ == target.id})
    return facts


def _alarm(plan: Plan, region: Region, now: Now, found: dict[str, RareEvents], *, bound_here: set[str]) -> None:
    """The place's own cluster; at the whole region also those of places that no promise binds by itself."""
    own = found.get(region.code)
    if own is not None and own.cluster is not None:
        now.flags.add(Flag.CLUSTER)
        now.reasons.append(reasons.cluster(None, own.cluster))
    if region.code != plan.region:
        return
    for code, other in found.items():
        if code not in bound_here and other.cluster is not None:
            now.flags.add(Flag.CLUSTER)
            name = plan.place[code].name
            now.reasons.append(reasons.cluster(name, other.cluster) if other.free else reasons.withheld_cluster(name))
