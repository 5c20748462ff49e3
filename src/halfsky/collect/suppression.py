"""What readers see of the figures that are held: which are withheld from somebody besides those that are not free to
publish (see ``observations.suppress``), what is derived, and the sight of each scope, remembered until a figure, the
structure of places or the plan changes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace

from django.db.models import Max, Q

from halfsky.collect.held import Held, Part, State, gathered, held, is_secret, state_of
from halfsky.collect.models import Figure
from halfsky.observations import Confidentiality, Figures, Observation, SeriesKey, Status
from halfsky.observations.derive import derived
from halfsky.observations.suppress import suppressed
from halfsky.places.models import RegionChange
from halfsky.places.policy import Scope
from halfsky.places.restructure import structured
from halfsky.plan import Plan
from halfsky.plan.model import COUNTY_LEVELS

Keys = frozenset[tuple[SeriesKey, int]]
_SECRET = ~Q(confidentiality=Confidentiality.FREE) | Q(status=Status.SUPPRESSED)
_SCOPES = 64  # of a plan: what as many kinds of readers see is remembered


@dataclass(slots=True)
class _Sight:
    """What was worked out for one scope: what is withheld besides, and the parts that it sees otherwise than they are held."""

    besides: dict[str, Keys] = field(default_factory=dict)
    parts: dict[str, Part] = field(default_factory=dict)


@dataclass(slots=True)
class _Kept:
    """What was worked out for one state of a plan's figures."""

    plan: Plan
    state: tuple[State, int]  # of the figures, and the newest change of places
    held: Held | None  # None: too many to be remembered
    names: frozenset[str]  # indicators with a figure that is not free to publish
    derived: dict[str, Part] = field(default_factory=dict)
    guarded: frozenset[str] = frozenset()  # indicators of which some scope sees less than is held
    sights: dict[Scope, _Sight] = field(default_factory=dict)
    withheld: frozenset[tuple[str, str]] | None = None  # from everybody, by indicator and region

    def sight(self, scope: Scope) -> _Sight:
        found = self.sights.get(scope)
        if found is None:
            if len(self.sights) >= _SCOPES:
                self.sights.clear()
            found = self.sights[scope] = _Sight()
        return found

    def part(self, name: str) -> Part | None:
        """An indicator's figures with what is derived; ``None`` where there are none."""
        assert self.held is not None
        return self.derived.get(name) or self.held.parts.get(name)


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


def seen(
    plan: Plan, scope: Scope, indicators: Collection[str] | None = None, regions: Collection[str] | None = None
) -> Figures | None:
    """The figures as a scope sees them, derived ones with them; ``indicators`` are those to be read, operands included.

    What is the same for all is shared with all; only indicators that have something to withhold are gone through, once
    for a scope. ``None`` where the figures are too many to be remembered.
    """
    kept = _current(plan)
    if kept.held is None:
        return None
    if indicators is None:
        names = [*kept.held.parts, *(name for name in kept.derived if name not in kept.held.parts)]
    else:
        asked = set(indicators)
        names = [*indicators, *(name for name in kept.derived if name not in asked and operands(plan, name) <= asked)]
    sight = kept.sight(scope)
    return gathered((_seen(plan, kept, scope, sight, name) for name in names), regions)


def _seen(plan: Plan, kept: _Kept, scope: Scope, sight: _Sight, name: str) -> Part | None:
    part = kept.part(name)
    if part is None or name not in kept.guarded:
        return part
    found = sight.parts.get(name)
    if found is None:
        more: Keys = frozenset()
        if not scope.everywhere:
            more = _besides(plan, kept, scope, {name, *operands(plan, name)})
        found = sight.parts[name] = Part.of(o if shown(plan, scope, o, more) else hidden(o) for o in part)
    return found


def operands(plan: Plan, name: str) -> set[str]:
    """What a derived indicator is computed from; nothing for any other."""
    rule = plan.indicator[name].derive if name in plan.indicator else None
    return {rule.of.indicator, rule.against.indicator} if rule is not None else set()


def shown(plan: Plan, scope: Scope, o: Observation, more: Keys) -> bool:
    """Whether somebody of a scope sees a figure as it is; ``more`` are those withheld besides."""
    return open_to(scope, plan, o.series, o.confidentiality) and not (more and _rests_on(plan, o, more))


def _rests_on(plan: Plan, o: Observation, keys: Keys) -> bool:
    """Whether a figure is one of those named, or derived from one."""
    indicator = plan.indicator.get(o.series.indicator)
    rule = indicator.derive if indicator is not None else None
    parts = [SeriesKey.of(part.indicator, o.series.region, part) for part in (rule.of, rule.against)] if rule else []
    return any((key, o.year) in keys for key in (o.series, *parts))


def open_to(scope: Scope, plan: Plan, key: SeriesKey, mark: Confidentiality) -> bool:
    """Whether a figure so marked may be read within a scope."""
    if mark is Confidentiality.FREE:
        return True
    indicator = plan.indicator.get(key.indicator)
    if indicator is None or not scope:
        return False
    if indicator.derive is not None:  # whoever sees it could solve for what it is computed from
        return all(open_to(scope, plan, replace(key, indicator=name), mark) for name in operands(plan, key.indicator))
    return scope.holds(key.region, unit_of(plan, key.indicator, key.region))


def unit_of(plan: Plan, indicator: str, region: str) -> str | None:
    """The unit whose figure it is: the indicator's source, in a district the unit of the same work there."""
    source = plan.indicator[indicator].source_unit
    if source is None:
        return None
    place = plan.place.get(region)
    below = place is None or place.level in COUNTY_LEVELS or place.level == "zone"
    return f"{source}-d" if below and f"{source}-d" in plan.unit else source


def hidden(observation: Observation) -> Observation:
    """A figure that is withheld: it is told that there is one, and nothing of it."""
    return replace(
        observation, value=None, numerator=None, denominator=None, status=Status.SUPPRESSED, source="", comment=""
    )


def _current(plan: Plan) -> _Kept:
    now = held(plan.id)
    places = RegionChange.objects.aggregate(newest=Max("pk"))["newest"] or 0
    figures = now.state if now is not None else state_of(plan.id)
    kept = _kept.get(plan.id)
    if kept is not None and kept.plan is plan and kept.state == (figures, places):
        return kept
    if now is None:
        rows = Figure.objects.filter(_SECRET, plan=plan.id, current=True)
        names = frozenset(rows.order_by().values_list("indicator", flat=True).distinct())
    else:
        names = frozenset(name for name, part in now.parts.items() if part.secret)
    made = _Kept(plan, (figures, places), now, names & plan.indicator.keys())
    if now is not None:
        made.derived = _derived(plan, now)
        rests = {name for name in made.derived if operands(plan, name) & names}
        made.guarded = names | rests | {name for name, part in made.derived.items() if part.secret}
    if kept is not None and kept.plan is plan and kept.state[1] == places and kept.held is not None and now is not None:
        _carried(plan, kept, kept.held, made, now)
    _kept[plan.id] = made
    return made


def _derived(plan: Plan, now: Held) -> dict[str, Part]:
    """By derived indicator, its figures: those that were sent in, and those computed where none was."""
    found = {}
    for indicator in plan.indicators:
        if indicator.derive is None:
            continue
        sent = now.parts.get(indicator.id)
        basis = gathered(now.parts.get(name) for name in operands(plan, indicator.id))
        computed = [
            o
            for region in plan.regions
            if sent is None or SeriesKey(indicator.id, region.code) not in sent.whole
            for o in derived(indicator, region.code, basis)
        ]
        if computed:
            found[indicator.id] = Part.of([*(sent or ()), *computed])
    return found


def _carried(plan: Plan, old: _Kept, before: Held, made: _Kept, now: Held) -> None:
    """What was worked out for indicators whose figures have not changed stays."""
    every = before.parts.keys() | now.parts.keys()
    changed = {name for name in every if before.parts.get(name) is not now.parts.get(name)}
    for scope, sight in list(old.sights.items()):
        made.sights[scope] = _Sight(
            {name: keys for name, keys in list(sight.besides.items()) if name not in changed},
            {name: part for name, part in list(sight.parts.items()) if not {name, *operands(plan, name)} & changed},
        )


def _of(plan: Plan, kept: _Kept, scope: Scope, name: str) -> Keys:
    sight = kept.sight(scope)
    found = sight.besides.get(name)
    if found is not None:
        return found
    by_year: dict[int, list[Observation]] = {}
    for o in _stored(plan, kept, name):
        by_year.setdefault(o.year, []).append(o)
    keys: set[tuple[SeriesKey, int]] = set()
    for year, of in by_year.items():
        mine = {o.series for o in of if scope.holds(o.series.region, unit_of(plan, name, o.series.region))}
        secret = {o.series for o in of if is_secret(o)} - mine
        if secret:
            placed = structured(plan, year) if kept.state[1] else plan
            made = suppressed(placed, plan.indicator[name], Figures(of), year, secret=secret, own=mine)
            keys |= {(key, year) for key in made}
    sight.besides[name] = frozenset(keys)
    return sight.besides[name]


def _stored(plan: Plan, kept: _Kept, name: str) -> Iterator[Observation]:
    from halfsky.collect.queries import figures

    if kept.held is not None:
        return iter(kept.held.parts.get(name, ()))
    return (o for o in figures(plan, indicators=[name]) if o.series.indicator == name)
