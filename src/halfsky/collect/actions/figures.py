"""Taking figures into the database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from halfsky.audit.actions import one_writer, record
from halfsky.audit.models import Actor
from halfsky.collect.models import Delivery, Figure, Source
from halfsky.collect.queries import figures as current_figures
from halfsky.collect.signals import figures_changed
from halfsky.observations import Nature, Observation
from halfsky.places.policy import Forbidden, Principal
from halfsky.places.roles import Permission
from halfsky.plan import Fault, Faulty, Plan, Text

_BATCH = 2000
MAX_DIGITS = 15  # SQLite keeps decimals exactly up to here
MAX_PLACES = 8


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
    held = {o.key: o for o in current_figures(plan, indicators={o.series.indicator for o in observations})}
    changed = [o for o in observations if held.get(o.key) != o]
    revisions = [o for o in changed if o.key in held]
    if faults := list(_faults(observations, [(held[o.key], o) for o in revisions], reason, file)):
        raise Faulty(faults)
    if not changed:
        return Taken(0, 0, len(observations))

    event = record(
        by=by,
        action="figures.import",
        subject=f"plan:{plan.id}",
        before={"digest": _digest(held[o.key] for o in revisions)} if revisions else None,
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
    Figure.objects.bulk_create(
        (
            Figure(
                plan=plan.id, indicator=o.series.indicator, region=o.series.region, year=o.year,
                sex=o.series.sex.value, age=o.series.age, residence=o.series.residence.value,
                version=versions.get(o.key, 0) + 1, value=o.value, numerator=o.numerator, denominator=o.denominator,
                status=o.status.value, confidentiality=o.confidentiality.value, nature=o.nature.value,
                comment=o.comment, source_id=cited.get(o.source), delivery=delivery,
            )
            for o in changed
        ),
        batch_size=_BATCH,
    )  # fmt: skip
    figures_changed.send(
        sender=Figure,
        plan=plan,
        indicators=frozenset(o.series.indicator for o in changed),
        regions=frozenset(o.series.region for o in changed),
        years=frozenset(o.year for o in changed),
    )
    return Taken(len(changed) - len(revisions), len(revisions), len(observations) - len(changed))


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


def exact(number: Decimal) -> bool:
    """Whether every store keeps a number as it is."""
    if not number.is_finite():
        return False
    _, digits, exponent = number.normalize().as_tuple()
    assert isinstance(exponent, int)
    return len(digits) + max(exponent, 0) <= MAX_DIGITS and -exponent <= MAX_PLACES


def _retire(plan: Plan, revisions: Sequence[Observation]) -> dict[tuple[object, int], int]:
    """Unset ``current`` on the figures to be replaced; their version numbers by key."""
    wanted = {o.key for o in revisions}
    versions: dict[tuple[object, int], int] = {}
    retired: list[int] = []
    rows = Figure.objects.filter(plan=plan.id, current=True, indicator__in={o.series.indicator for o in revisions})
    by_columns = {(k.indicator, k.region, year, k.sex.value, k.age, k.residence.value): (k, year) for k, year in wanted}
    for pk, version, *columns in rows.values_list(
        "pk", "version", "indicator", "region", "year", "sex", "age", "residence"
    ):
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
    """SHA-256 over the figures in key order: what the event vouches for."""
    lines = sorted(repr((o.series, o.year, str(o.value), str(o.numerator), str(o.denominator), o.status.value,
                         o.confidentiality.value, o.nature.value, o.source, o.comment)) for o in observations)  # fmt: skip
    return hashlib.sha256("\n".join(lines).encode("utf-8")).hexdigest()


def _fault(code: str, file: str, zh: str, en: str) -> Fault:
    return Fault(code=code, file=file, message=Text(zh=zh, en=en))
