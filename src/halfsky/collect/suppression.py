"""Which figures are withheld from somebody besides those that are not free to publish: see ``observations.suppress``."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Max, Q

from halfsky.collect.models import Delivery, Figure
from halfsky.observations import Confidentiality, Figures, Observation, SeriesKey, Status
from halfsky.observations.suppress import suppressed
from halfsky.places.models import RegionChange
from halfsky.places.policy import Scope
from halfsky.places.restructure import structured
from halfsky.plan import Plan

Keys = frozenset[tuple[SeriesKey, int]]
_SECRET = ~Q(confidentiality=Confidentiality.FREE) | Q(status=Status.SUPPRESSED)


@dataclass(slots=True)
class _Kept:
    """What was worked out for one state of a plan's figures; ``found`` by the reader's scope and the indicator."""

    plan: Plan
    state: tuple[str, int]  # the seal of the newest delivery's event, and the newest change of places
    names: frozenset[str]
    found: dict[tuple[Scope, str], Keys] = field(default_factory=dict)
    withheld: frozenset[tuple[str, str]] | None = None  # from everybody, by indicator and region


_kept: dict[str, _Kept] = {}


def besides(plan: Plan, scope: Scope, indicators: Collection[str] | None = None) -> Keys:
    """Series and years of figures that have to be withheld from whoever may read confidential figures within ``scope``.

    Worked out over every place, cut and year of an indicator, whatever page asks, and remembered by each process until
    a figure or the structure of places changes.
    """
    if scope.everywhere:
        return frozenset()
    return _besides(plan, _current(plan), scope, indicators)


def _besides(plan: Plan, kept: _Kept, scope: Scope, indicators: Collection[str] | None) -> Keys:
    names = kept.names if indicators is None else kept.names & set(indicators)
    return frozenset[tuple[SeriesKey, int]]().union(*(_of(plan, kept, scope, name) for name in names))


def withheld_series(plan: Plan) -> frozenset[tuple[str, str]]:
    """Indicator and region of every series with a current figure that is withheld from everybody; remembered alike."""
    kept = _current(plan)
    if kept.withheld is None:
        rows = Figure.objects.filter(plan=plan.id, current=True).exclude(confidentiality=Confidentiality.FREE)
        more = {(key.indicator, key.region) for key, _year in _besides(plan, kept, Scope(False), None)}
        kept.withheld = frozenset(rows.order_by().values_list("indicator", "region").distinct()) | more
    return kept.withheld


def _current(plan: Plan) -> _Kept:
    newest = Delivery.objects.filter(plan=plan.id).order_by("-pk").values_list("event__seal", flat=True)
    figures = newest.first() or ""
    places = RegionChange.objects.aggregate(newest=Max("pk"))["newest"] or 0
    kept = _kept.get(plan.id)
    if kept is None or kept.plan is not plan or kept.state != (figures, places):
        rows = Figure.objects.filter(_SECRET, plan=plan.id, current=True)
        names = frozenset(rows.order_by().values_list("indicator", flat=True).distinct()) & plan.indicator.keys()
        kept = _kept[plan.id] = _Kept(plan, (figures, places), names)
    return kept


def _of(plan: Plan, kept: _Kept, scope: Scope, name: str) -> Keys:
    from halfsky.collect.queries import figures, unit_of

    found = kept.found.get((scope, name))
    if found is not None:
        return found
    by_year: dict[int, list[Observation]] = {}
    for o in figures(plan, indicators=[name]):
        if o.series.indicator == name:
            by_year.setdefault(o.year, []).append(o)
    keys: set[tuple[SeriesKey, int]] = set()
    for year, held in by_year.items():
        mine = {o.series for o in held if scope.holds(o.series.region, unit_of(plan, name, o.series.region))}
        secret = {o.series for o in held if _withheld(o)} - mine
        if secret:
            placed = structured(plan, year) if kept.state[1] else plan
            made = suppressed(placed, plan.indicator[name], Figures(held), year, secret=secret, own=mine)
            keys |= {(key, year) for key in made}
    kept.found[scope, name] = frozenset(keys)
    return kept.found[scope, name]


def _withheld(observation: Observation) -> bool:
    return observation.confidentiality is not Confidentiality.FREE or observation.status is Status.SUPPRESSED
