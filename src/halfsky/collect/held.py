"""The figures that hold, as objects: made once for each state of the database, not for each page.

A plan's figures change only by a delivery, and a delivery is one event of the ledger, whose seal no other event has. So
the newest delivery with its seal is a state that every process sees in one query; what was made for that state holds,
whoever asks, and of a newer one only the indicators that the deliveries in between brought are read again. A state that
was never committed is not found again, and nothing is built on it.

What is remembered has seen no scope: whoever shows it narrows it (:func:`halfsky.collect.queries.visible`).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from threading import Lock

from django.db import connection

from halfsky.collect.models import Delivery, Figure
from halfsky.observations import Confidentiality, Figures, Nature, Observation, SeriesKey, Status

State = tuple[int, str]  # the newest delivery and the seal of its event
Series = dict[SeriesKey, dict[int, Observation]]

MOST = 250_000  # figures remembered by one process, of all plans together: some 120 MiB
STATES = 2  # of one plan: what is committed, and what a transaction of this process has just written


@dataclass(frozen=True, slots=True)
class Part:
    """The figures of one indicator. Shared by every reader: nothing of it is ever changed."""

    places: Mapping[str, Series]
    whole: Series
    count: int
    secret: bool = False  # whether any is not free to publish, or is withheld
    demonstration: bool = False
    newest_year: int | None = None  # with a value
    ages: frozenset[str] = frozenset()

    @classmethod
    def of(cls, observations: Iterable[Observation]) -> Part:
        places: dict[str, Series] = {}
        every = list(observations)
        for o in every:
            places.setdefault(o.series.region, {}).setdefault(o.series, {})[o.year] = o
        whole = {key: years for series in places.values() for key, years in series.items()}
        return cls(
            places, whole, len(every), any(map(is_secret, every)), any(o.nature is Nature.DEMO for o in every),
            max((o.year for o in every if o.value is not None), default=None), frozenset(key.age for key in whole),
        )  # fmt: skip

    def __iter__(self) -> Iterator[Observation]:
        for years in self.whole.values():
            yield from years.values()


@dataclass(frozen=True, slots=True)
class Held:
    """Every figure of a plan in one state, by indicator."""

    state: State
    parts: Mapping[str, Part]
    count: int
    demonstration: bool
    newest_year: int | None
    ages: frozenset[str]

    @classmethod
    def of(cls, state: State, parts: Mapping[str, Part]) -> Held:
        every = parts.values()
        newest = max((part.newest_year for part in every if part.newest_year is not None), default=None)
        ages = frozenset[str]().union(*(part.ages for part in every))
        return cls(state, parts, sum(p.count for p in every), any(p.demonstration for p in every), newest, ages)


def is_secret(observation: Observation) -> bool:
    return observation.confidentiality is not Confidentiality.FREE or observation.status is Status.SUPPRESSED


def gathered(
    parts: Iterable[Part | None], regions: Collection[str] | None = None, years: Collection[int] | None = None
) -> Figures:
    """The figures of some indicators as one set, of some places and years where named."""
    found: Series = {}
    for part in parts:
        if part is None:
            continue
        if regions is None:
            found.update(part.whole)
        else:
            for region in regions:
                found.update(part.places.get(region, {}))
    if years is not None:
        wanted = set(years)
        chosen = ((key, {y: o for y, o in of.items() if y in wanted}) for key, of in found.items())
        found = {key: of for key, of in chosen if of}
    return Figures.sharing(found)


class Memory:
    """What one process remembers: the newest states of the plans asked for last, up to so many figures."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self._known: OrderedDict[tuple[str, State], Held] = OrderedDict()  # the one asked for last at the end
        self._too_many: dict[str, State] = {}
        self._lock = Lock()  # one thread reads, the others wait for what it finds

    def held(self, plan_id: str) -> Held | None:
        """Every figure of a plan as it stands; ``None`` where they are too many to be remembered."""
        state = state_of(plan_id)
        with self._lock:
            found = self._known.get((plan_id, state))
            if found is None:
                if self._too_many.get(plan_id) == state:
                    return None
                found = self._read(plan_id, state)
                if found is None:
                    self._too_many[plan_id] = state
                    return None
                self._known[plan_id, state] = found
            self._known.move_to_end((plan_id, state))
            self._forget()
        return found

    def _read(self, plan_id: str, state: State) -> Held | None:
        if Figure.objects.filter(plan=plan_id, current=True).count() > self.most:
            return None
        for (of, _), base in reversed(self._known.items()):
            if of == plan_id and (changed := _since(plan_id, base.state)) is not None:
                kept = {name: part for name, part in base.parts.items() if name not in changed}
                return Held.of(state, {**kept, **_parts(plan_id, changed)} if changed else base.parts)
        return Held.of(state, _parts(plan_id))

    def _forget(self) -> None:
        """States of a plan beyond :data:`STATES`, and whole plans beyond the bound; never the one just asked for."""
        seen: dict[str, int] = {}
        figures = 0
        for key in reversed(list(self._known)):
            seen[key[0]] = seen.get(key[0], 0) + 1
            if seen[key[0]] == 1:  # further states of a plan share nearly all with it
                figures += self._known[key].count
            if seen[key[0]] > STATES or (figures > self.most and key != next(reversed(self._known))):
                del self._known[key]


_memory = Memory()
_NEWEST = (
    "SELECT d.id, e.seal FROM collect_delivery d JOIN audit_event e ON e.number = d.event_id "
    "WHERE d.plan = %s ORDER BY d.id DESC LIMIT 1"
)


def held(plan_id: str) -> Held | None:
    """See :meth:`Memory.held`."""
    return _memory.held(plan_id)


def state_of(plan_id: str) -> State:
    """What changes whenever figures of the plan do, and only then; seen alike by every process."""
    with connection.cursor() as cursor:  # asked by every page, some of them several times
        cursor.execute(_NEWEST, [plan_id])
        return cursor.fetchone() or (0, "")


def _since(plan_id: str, state: State) -> set[str] | None:
    """The indicators that deliveries after a state brought; ``None`` where that state is not one of this database."""
    pk, seal = state
    if not Delivery.objects.filter(pk=pk, plan=plan_id, event__seal=seal).exists():
        return None
    later = Figure.objects.filter(plan=plan_id, delivery__gt=pk)
    return set(later.order_by().values_list("indicator", flat=True).distinct())


def _parts(plan_id: str, indicators: Collection[str] | None = None) -> dict[str, Part]:
    from halfsky.collect.queries import observations

    rows = Figure.objects.filter(plan=plan_id, current=True)
    if indicators is not None:
        rows = rows.filter(indicator__in=sorted(indicators))
    by_indicator: dict[str, list[Observation]] = {}
    for o in observations(rows):
        by_indicator.setdefault(o.series.indicator, []).append(o)
    return {name: Part.of(of) for name, of in by_indicator.items()}
