"""Taking figures into the database."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import QuerySet

from halfsky.audit.actions import one_writer, record
from halfsky.audit.models import Actor
from halfsky.collect.models import Delivery, Figure, Source
from halfsky.collect.queries import observations as observed
from halfsky.collect.signals import figures_changed
from halfsky.observations import Nature, Observation
from halfsky.observations.columns import MAX_DIGITS, MAX_PLACES
from halfsky.observations.numbers import exact
from halfsky.places.policy import Forbidden, Principal
from halfsky.places.roles import Permission
from halfsky.plan import Fault, Faulty, Plan, Residence, Sex, Text

_BATCH = 2000
_AT_ONCE = 20_000  # figures that are compared with what is held at one time: a nation's year is never held twice
_NAMED = 300  # places that a query names one by one


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import did."""

    created: int
    revised: int
    unchanged: int


@transaction.atomic
def import_figures(
    *, plan: Plan, observations: Sequence[Observation], by: Principal, reason: str = "", file: str = ""
) -> Taken:
    """Import a file of figures, as :func:`take_figures` stores them; every place in it must be the actor's to import.

    Raises ``Forbidden`` besides.
    """
    one_writer()
    actor = by.need(Permission.FIGURES_IMPORT)
    scope = by.scope(Permission.FIGURES_IMPORT)
    for region in sorted({o.series.region for o in observations}):
        if not scope.holds(region):
            raise Forbidden(Permission.FIGURES_IMPORT, region)
    return take_figures(plan=plan, observations=observations, by=actor, reason=reason, file=file)


@transaction.atomic
def take_figures(
    *, plan: Plan, observations: Sequence[Observation], by: Actor, reason: str = "", file: str = ""
) -> Taken:
    """Store new figures, and revise those that differ from what holds; all of them or none.

    A figure that is the same as the one that holds is left alone, so that the same file may be sent twice.
    Raises ``Faulty`` when a key comes twice, a number has more digits than can be kept exactly, a
    demonstration figure would replace a real one, or a revision gives no reason.
    """
    one_writer()
    changed, revised = _compared(plan, observations)
    revisions = [new for _, new in revised]
    if faults := list(_faults(observations, revised, reason, file)):
        raise Faulty(faults)
    if not changed:
        return Taken(0, 0, len(observations))

    event = record(
        by=by,
        action="figures.import",
        subject=f"plan:{plan.id}",
        before={"digest": _digest(old for old, _ in revised)} if revised else None,
        after={
            "digest": _digest(changed),
            "created": len(changed) - len(revisions),
            "revised": len(revisions),
            "file": file,
        },
        reason=reason,
    )
    delivery = Delivery.objects.create(
        plan=plan.id,
        file=file,
        reason=reason,
        created=len(changed) - len(revisions),
        revised=len(revisions),
        event=event,
    )
    versions = _retire(plan, revisions)
    cited = _sources(plan, changed)
    _store(
        (
            plan.id, o.series.indicator, o.series.region, o.year, o.series.sex.value, o.series.age,
            o.series.residence.value, versions.get(o.key, 0) + 1 if versions else 1, True, o.value, o.numerator,
            o.denominator, o.status.value, o.confidentiality.value, o.nature.value, o.comment, cited.get(o.source),
            delivery.pk,
        )
        for o in changed
    )  # fmt: skip
    figures_changed.send(
        sender=Figure,
        plan=plan,
        indicators=frozenset(o.series.indicator for o in changed),
        regions=frozenset(o.series.region for o in changed),
        years=frozenset(o.year for o in changed),
    )
    return Taken(len(changed) - len(revisions), len(revisions), len(observations) - len(changed))


_Key = tuple[object, int]
_COLUMNS = (
    "plan", "indicator", "region", "year", "sex", "age", "residence", "version", "current", "value", "numerator",
    "denominator", "status", "confidentiality", "nature", "comment", "source_id", "delivery_id",
)  # fmt: skip


def _store(rows: Iterable[tuple[object, ...]]) -> None:
    """Put rows of :data:`_COLUMNS` into the table of figures: on PostgreSQL by ``COPY``, twenty times as fast."""
    if connection.vendor != "postgresql":
        made = (Figure(**dict(zip(_COLUMNS, row, strict=True))) for row in rows)
        Figure.objects.bulk_create(made, batch_size=_BATCH)
        return
    with connection.cursor() as cursor, cursor.copy(f"COPY collect_figure ({', '.join(_COLUMNS)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _compared(
    plan: Plan, observations: Sequence[Observation]
) -> tuple[list[Observation], list[tuple[Observation, Observation]]]:
    """Which figures differ from those that hold or are new; and of those that differ, the old beside the new."""
    by_indicator: dict[str, list[Observation]] = defaultdict(list)
    for o in observations:
        by_indicator[o.series.indicator].append(o)
    changed: list[Observation] = []
    revised: list[tuple[Observation, Observation]] = []
    batch: list[Observation] = []
    for indicator in sorted(by_indicator):
        batch += by_indicator.pop(indicator)
        if by_indicator and len(batch) < _AT_ONCE:
            continue
        held = {o.key: o for o in observed(_holding(plan, batch))}
        for o in batch:
            old = held.get(o.key)
            if old != o:
                changed.append(o)
                if old is not None:
                    revised.append((old, o))
        batch = []
    return changed, revised


def _holding(plan: Plan, observations: Collection[Observation]) -> QuerySet[Figure]:
    """The rows that may hold what figures would replace: of their indicators and years, and of their places where these are few."""
    rows = Figure.objects.filter(
        plan=plan.id, current=True, indicator__in={o.series.indicator for o in observations},
        year__in={o.year for o in observations},
    )  # fmt: skip
    regions = {o.series.region for o in observations}
    return rows.filter(region__in=regions) if len(regions) <= _NAMED else rows


def _faults(
    observations: Sequence[Observation], revisions: Sequence[tuple[Observation, Observation]], reason: str, file: str
) -> Iterable[Fault]:
    seen = set()
    for o in observations:
        where = f"{o.series.indicator} {o.series.region} {o.year}"
        if o.key in seen:
            yield _fault(
                "figure-repeated",
                file,
                f"{where}：同一数据出现两次，请只保留一个。",
                f"{where}: the same figure comes twice; keep one.",
            )
        seen.add(o.key)
        if any(not exact(number) for number in (o.value, o.numerator, o.denominator) if number is not None):
            yield _fault(
                "figure-digits",
                file,
                f"{where}：数字超过 {MAX_DIGITS} 位有效数字或 {MAX_PLACES} 位小数，无法准确保存。",
                f"{where}: more than {MAX_DIGITS} significant digits or {MAX_PLACES} decimals cannot be kept exactly.",
            )
    for old, new in revisions:
        if new.nature is Nature.DEMO and old.nature is not Nature.DEMO:
            where = f"{new.series.indicator} {new.series.region} {new.year}"
            yield _fault(
                "demo-over-real",
                file,
                f"{where}：演示数据不得替换真实数据。",
                f"{where}: demonstration data may not replace a real figure.",
            )
    if revisions and not reason.strip():
        count = len(revisions)
        yield _fault(
            "reason-missing",
            file,
            f"有 {count} 个数据被修订，请写明修订原因。",
            f"{count} figures would be revised; say why (a reason is required).",
        )


def _retire(plan: Plan, revisions: Sequence[Observation]) -> dict[_Key, int]:
    """Unset ``current`` on the figures to be replaced; their version numbers by key."""
    if not revisions:
        return {}
    wanted = {o.key for o in revisions}
    versions: dict[_Key, int] = {}
    retired: list[int] = []
    rows = _holding(plan, revisions)
    by_columns = {(k.indicator, k.region, year, k.sex.value, k.age, k.residence.value): (k, year) for k, year in wanted}
    found = rows.values_list("pk", "version", "indicator", "region", "year", "sex", "age", "residence")
    for pk, version, *columns in found.iterator(chunk_size=_BATCH):
        key = by_columns.get(tuple(columns))  # type: ignore[arg-type]
        if key is not None:
            versions[key] = version
            retired.append(pk)
    for start in range(0, len(retired), _BATCH):
        Figure.objects.filter(pk__in=retired[start : start + _BATCH]).update(current=False)
    return versions


def _sources(plan: Plan, observations: Sequence[Observation]) -> dict[str, int]:
    citations = {o.source for o in observations if o.source}
    Source.objects.bulk_create((Source(plan=plan.id, citation=c) for c in sorted(citations)), ignore_conflicts=True)
    return dict(Source.objects.filter(plan=plan.id, citation__in=citations).values_list("citation", "pk"))


def _digest(observations: Iterable[Observation]) -> str:
    """SHA-256 over the figures in key order: what the event vouches for.

    Over the lines ``repr((series, year, value, …))`` in their order, put together here piece by piece: a line begins
    with its indicator, so that only those of one indicator are in memory together.
    """
    by_indicator: dict[str, list[Observation]] = defaultdict(list)
    for o in observations:
        by_indicator[repr(o.series.indicator)].append(o)
    sexes, residences = {sex: repr(sex) for sex in Sex}, {residence: repr(residence) for residence in Residence}
    seal = hashlib.sha256()
    between = b""
    for indicator in sorted(by_indicator):
        lines = sorted(
            f"(SeriesKey(indicator={indicator}, region={o.series.region!r}, sex={sexes[o.series.sex]}, "
            f"age={o.series.age!r}, residence={residences[o.series.residence]}), {o.year}, '{o.value}', "
            f"'{o.numerator}', '{o.denominator}', '{o.status.value}', '{o.confidentiality.value}', '{o.nature.value}', "
            f"{o.source!r}, {o.comment!r})"
            for o in by_indicator[indicator]
        )
        for line in lines:
            seal.update(between + line.encode("utf-8"))
            between = b"\n"
    return seal.hexdigest()


def _fault(code: str, file: str, zh: str, en: str) -> Fault:
    return Fault(code=code, file=file, message=Text(zh=zh, en=en))
