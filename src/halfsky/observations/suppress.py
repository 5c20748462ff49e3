"""Secondary suppression 连带不公布: a figure that is withheld must not follow from those that are shown.

Women and men sum to all, town and country to both, districts to their city. Who is shown all members of such a relation
but one can compute that one; so another is withheld with it, and another again where that is still not enough. What is
asked is not only each relation by itself: relations may be put into each other, and a whole of nothing has parts of
nothing. The attack that is defended against is :func:`deduced`: exact sums, and amounts that are not negative.

Not defended against: bounds (a withheld part is at most what is left of its whole), figures of other years, and what a
reader knows from elsewhere. In the manner of complementary suppression in statistical tables (Willenborg and de Waal,
Elements of Statistical Disclosure Control, 2001, chapter 4), for few withheld cells, without an optimiser.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Generic, TypeVar

from halfsky.observations.model import Figures, Observation, SeriesKey, Status
from halfsky.observations.rollup import Over, parts_of, summable, unsummable
from halfsky.plan import Indicator, Plan, Residence, Sex

K = TypeVar("K", bound=Any)  # a figure's key; whatever can be hashed and ordered


@dataclass(frozen=True, slots=True)
class Relation(Generic[K]):
    """A whole that is the sum of its parts."""

    whole: K
    parts: tuple[K, ...]

    @property
    def members(self) -> tuple[K, ...]:
        return (self.whole, *self.parts)


@dataclass(frozen=True, slots=True)
class Deduction(Generic[K]):
    """A figure that follows from those shown, and the relation that gave it away, where it was a single one."""

    key: K
    relation: Relation[K] | None


def suppressed(
    plan: Plan, indicator: Indicator, figures: Figures, year: int, *, secret: Collection[SeriesKey],
    own: Collection[SeriesKey] = (),
) -> frozenset[SeriesKey]:  # fmt: skip
    """The figures of an indicator and year that have to be withheld besides those that are ``secret``.

    ``figures`` are those of every place and cut, whatever a reader asks for: else two questions would be answered
    differently and together give away what each of them withholds. ``own`` are withheld only where nothing else helps.
    """
    held = {o.series: o for o in figures if o.series.indicator == indicator.id and o.year == year}
    if not secret or indicator.derive is not None:
        return frozenset()
    naught = {key for key, o in held.items() if o.status is Status.NOT_APPLICABLE}
    amounts = {key: _amount(indicator, o) for key, o in held.items() if summable(indicator, o)}
    return protect(relations_of(plan, indicator, held.keys(), without=naught), amounts, secret, own)


def _amount(indicator: Indicator, observation: Observation) -> Decimal:
    number = observation.numerator if indicator.scale is not None else observation.value
    assert number is not None
    return number


def relations_of(
    plan: Plan, indicator: Indicator, keys: Collection[SeriesKey], *, without: Collection[SeriesKey] = ()
) -> list[Relation[SeriesKey]]:
    """Every relation between figures of an indicator; ``without`` are parts that add nothing (不适用)."""
    above = {r.code: r.parent for r in plan.regions}
    wholes: set[SeriesKey] = set()
    for key in keys:
        region: str | None = key.region
        while region is not None:
            for sex in {key.sex, Sex.ALL}:
                wholes |= {replace(key, region=region, sex=sex, residence=r) for r in {key.residence, Residence.ALL}}
            region = above.get(region)
    found: list[Relation[SeriesKey]] = []
    for whole in sorted(wholes):
        for over in Over:
            if unsummable(indicator, over) is None:
                parts = tuple(key for key in parts_of(plan, whole, over) if key not in without)
                if parts and sum(key in keys for key in (whole, *parts)) > 1:
                    found.append(Relation(whole, parts))
    return found


def protect(
    relations: Sequence[Relation[K]], amounts: Mapping[K, Decimal], secret: Collection[K], own: Collection[K] = ()
) -> frozenset[K]:
    """What has to be withheld besides ``secret`` so that nothing withheld can be deduced.

    What has no amount is not known to anybody. Of several that would do, parts go before wholes, amounts before
    nothings, those in fewer relations before those in more, and the smaller before the larger: little is lost.
    """
    names = sorted({member for relation in relations for member in relation.members})
    at = {name: n for n, name in enumerate(names)}  # numbers are compared and hashed at no cost
    numbered = [Relation(at[r.whole], tuple(at[part] for part in r.parts)) for r in relations]
    held = {at[name]: number for name, number in amounts.items() if name in at}
    hidden = {at[name] for name in secret if name in at}
    first, mine = frozenset(hidden), {at[name] for name in own if name in at}
    touched = Counter(member for relation in numbered for member in relation.members)
    while (found := deduced(numbered, {n: v for n, v in held.items() if n not in hidden}, hidden)) is not None:
        for relation in _around(numbered, found):
            shown = [n for n in relation.members if n in held and n not in hidden]
            if shown:
                whole = relation.whole
                hidden.add(min(shown, key=lambda n: (n in mine, n == whole, not held[n], touched[n], held[n], n)))
                break
        else:
            break  # everything around it is withheld already
    return frozenset(names[n] for n in hidden - first)


def deduced(relations: Sequence[Relation[K]], shown: Mapping[K, Decimal], hidden: Collection[K]) -> Deduction[K] | None:
    """The first hidden figure that follows from those shown, if one does."""
    known = {key: Fraction(number) for key, number in shown.items()}
    again = True
    while again:
        again = False
        for relation in relations:
            for key, number in _follows(relation, known).items():
                if key in hidden:
                    return Deduction(key, relation)
                known[key] = number
                again = True
    return _solved(relations, known, hidden)


def _follows(relation: Relation[K], known: Mapping[K, Fraction]) -> dict[K, Fraction]:
    """What one relation gives: its single unknown, or that all unknown parts are nothing because nothing is left."""
    parts = [key for key in relation.parts if key not in known]
    if relation.whole not in known:
        return {} if parts else {relation.whole: sum((known[key] for key in relation.parts), Fraction(0))}
    if not parts:
        return {}
    left = known[relation.whole] - sum((known[key] for key in relation.parts if key in known), Fraction(0))
    if len(parts) == 1:
        return {parts[0]: left}
    return dict.fromkeys(parts, Fraction(0)) if left == 0 else {}


def _solved(
    relations: Sequence[Relation[K]], known: Mapping[K, Fraction], hidden: Collection[K]
) -> Deduction[K] | None:
    """A hidden figure that the relations give together: reduced, the system of their unknowns has it by itself in a row."""
    reduced: dict[K, dict[K, Fraction]] = {}
    for relation in relations:
        row = {key: Fraction(-1) for key in relation.parts if key not in known}
        if relation.whole not in known:
            row[relation.whole] = Fraction(1)
        for pivot in [key for key in row if key in reduced]:
            _take(row, pivot, reduced[pivot])
        if not row:
            continue
        pivot = min(row)
        row = {key: number / row[pivot] for key, number in row.items()}
        for other in reduced.values():
            _take(other, pivot, row)
        reduced[pivot] = row
    for key in sorted(hidden):
        if len(reduced.get(key, ())) == 1:
            return Deduction(key, None)
    return None


def _take(row: dict[K, Fraction], pivot: K, other: Mapping[K, Fraction]) -> None:
    """Take a multiple of another row away, so that its pivot is gone."""
    times = row.get(pivot)
    if times is None:
        return
    for key, number in other.items():
        rest = row.get(key, Fraction(0)) - times * number
        if rest:
            row[key] = rest
        else:
            row.pop(key, None)


def _around(relations: Sequence[Relation[K]], found: Deduction[K]) -> Iterator[Relation[K]]:
    """The relation that gave a figure away, then the relations of the figure, then theirs, and so on."""
    if found.relation is not None:
        yield found.relation
    reached, left = {found.key}, list(relations)
    while left:
        near = [relation for relation in left if not reached.isdisjoint(relation.members)]
        if not near:
            return
        yield from near
        left = [relation for relation in left if reached.isdisjoint(relation.members)]
        reached |= {member for relation in near for member in relation.members}
