"""Reading the database of observations."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Max, QuerySet

from halfsky.collect.models import Figure, Source
from halfsky.observations import Confidentiality, Figures, Nature, Observation, SeriesKey, Status
from halfsky.plan import Plan, Residence, Sex

_COLUMNS = (
    "indicator", "region", "year", "sex", "age", "residence", "value", "numerator", "denominator",
    "status", "confidentiality", "nature", "source__citation", "comment",
)  # fmt: skip


def figures(
    plan: Plan, *, indicators: Collection[str] | None = None, regions: Collection[str] | None = None
) -> Figures:
    """Current figures of a plan, of some indicators and regions where named.

    The operands of derived indicators come with them, so that the derivation can be computed.
    """
    rows = Figure.objects.filter(plan=plan.id, current=True)
    if indicators is not None:
        rows = rows.filter(indicator__in=_with_operands(plan, indicators))
    if regions is not None:
        rows = rows.filter(region__in=list(regions))
    return Figures(_observations(rows))


def _with_operands(plan: Plan, indicators: Collection[str]) -> list[str]:
    wanted = set(indicators)
    for name in indicators:
        derive = plan.indicator[name].derive if name in plan.indicator else None
        if derive is not None:
            wanted |= {derive.of.indicator, derive.against.indicator}
    return sorted(wanted)


def _observations(rows: QuerySet[Figure]) -> Iterator[Observation]:
    # Looked up in dictionaries: making enum members by call is what a long reading would spend its time on.
    sexes = {member.value: member for member in Sex}
    residences = {member.value: member for member in Residence}
    statuses = {member.value: member for member in Status}
    confidentialities = {member.value: member for member in Confidentiality}
    natures = {member.value: member for member in Nature}
    keys: dict[tuple[str, ...], SeriesKey] = {}
    for row in rows.values_list(*_COLUMNS).iterator(chunk_size=5000):
        (indicator, region, year, sex, age, residence, value, numerator, denominator,
         status, confidentiality, nature, source, comment) = row  # fmt: skip
        cut = (indicator, region, sex, age, residence)
        key = keys.get(cut)
        if key is None:
            key = keys[cut] = SeriesKey(indicator, region, sexes[sex], age, residences[residence])
        yield Observation(
            key, year, plain(value), plain(numerator), plain(denominator), statuses[status],
            confidentialities[confidentiality], natures[nature], source or "", comment,
        )  # fmt: skip


def plain(number: Decimal | None) -> Decimal | None:
    """A stored decimal without the zeros that the column's scale added: 7.16000000 is 7.16, 100 is 100."""
    if number is None:
        return None
    number = number.normalize()
    return number.quantize(Decimal(1)) if number.as_tuple().exponent > 0 else number  # type: ignore[operator]


@dataclass(frozen=True, slots=True)
class Version:
    """One version in the trail of a figure, newest first."""

    version: int
    current: bool
    at: datetime
    actor: str
    role: str
    reason: str
    file: str
    event: int
    observation: Observation


def trail(plan_id: str, key: SeriesKey, year: int) -> list[Version]:
    """Every version of one figure: who sent it, when, from which file, in place of what and why."""
    rows = Figure.objects.filter(plan=plan_id, year=year, **key_columns(key)).order_by("-version")
    versions = []
    for row in rows.select_related("source", "delivery__event"):
        event = row.delivery.event
        only = Figure.objects.filter(pk=row.pk)
        versions.append(
            Version(
                version=row.version,
                current=row.current,
                at=event.at,
                actor=event.actor,
                role=event.role,
                reason=row.delivery.reason,
                file=row.delivery.file,
                event=event.number,
                observation=next(_observations(only)),
            )
        )
    return versions


def revised_keys(plan_id: str, indicator: str) -> list[tuple[str, int]]:
    """Region and year of every figure of an indicator that has more than one version."""
    rows = Figure.objects.filter(plan=plan_id, indicator=indicator, version__gt=1, current=True)
    return list(rows.values_list("region", "year").distinct().order_by("-year", "region"))


def revised(plan: Plan) -> dict[tuple[SeriesKey, int], Decimal]:
    """Figures that replace an earlier version, as series and year, and the value that stood before.

    Left out where there was no value before, and where that one was not free to publish: who may see the current
    figure may not see it.
    """
    rows = Figure.objects.filter(plan=plan.id, current=True, version__gt=1)
    replaced = {(o.series, o.year): o for o in _observations(rows)}
    if not replaced:
        return {}
    earlier = Figure.objects.filter(plan=plan.id, current=False).order_by("version")  # the last before the current wins
    before = {(o.series, o.year): o for o in _observations(earlier)}
    return {
        key: old.value
        for key, now in replaced.items()
        if (old := before[key]).value is not None
        and old.value != now.value
        and old.confidentiality is Confidentiality.FREE
    }


def key_columns(key: SeriesKey) -> dict[str, Any]:
    return {
        "indicator": key.indicator, "region": key.region, "sex": key.sex.value, "age": key.age,
        "residence": key.residence.value,
    }  # fmt: skip


def sources(plan_id: str) -> list[str]:
    """Every citation that a current figure of the plan rests on."""
    rows = Source.objects.filter(plan=plan_id, figure__current=True)
    return list(rows.values_list("citation", flat=True).distinct().order_by("citation"))


def withheld(plan_id: str) -> set[tuple[str, str]]:
    """Indicator and region of every series with a current figure that is not free to publish."""
    rows = Figure.objects.filter(plan=plan_id, current=True).exclude(confidentiality=Confidentiality.FREE)
    return set(rows.values_list("indicator", "region").distinct())


def has_demonstration(plan_id: str) -> bool:
    """Whether any current figure is demonstration data 演示数据."""
    return Figure.objects.filter(plan=plan_id, current=True, nature=Nature.DEMO).exists()


def newest_year(plan_id: str) -> int | None:
    """The last year with a figure that has a value."""
    rows = Figure.objects.filter(plan=plan_id, current=True, value__isnull=False)
    newest: int | None = rows.aggregate(newest=Max("year"))["newest"]
    return newest
