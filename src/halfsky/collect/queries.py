"""Reading the database of observations."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, IntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from halfsky.collect.held import gathered, held
from halfsky.collect.models import Figure, Remark, Return, Source, State, Step, Survey
from halfsky.collect.suppression import besides, hidden, seen, shown, withheld_series
from halfsky.collect.suppression import unit_of as unit_of
from halfsky.observations import Confidentiality, Figures, Nature, Observation, SeriesKey, Status
from halfsky.observations.derive import with_derived
from halfsky.places.policy import Principal, Scope
from halfsky.places.queries import called
from halfsky.places.roles import Permission
from halfsky.plan import Indicator, Plan, Residence, Sex

_LEFT_THE_UNIT = (State.APPROVED, State.PASSED, State.ACCEPTED, State.LOCKED)
_COLUMNS = (
    "indicator", "region", "year", "sex", "age", "residence", "value", "numerator", "denominator",
    "status", "confidentiality", "nature", "source__citation", "comment",
)  # fmt: skip


def figures(
    plan: Plan,
    *,
    indicators: Collection[str] | None = None,
    regions: Collection[str] | None = None,
    years: Collection[int] | None = None,
) -> Figures:
    """Current figures of a plan, of some indicators, regions and years where named.

    The operands of derived indicators come with them, so that the derivation can be computed.
    """
    names = None if indicators is None else _with_operands(plan, indicators)
    if (all_ := held(plan.id)) is not None:
        return gathered(all_.parts.values() if names is None else map(all_.parts.get, names), regions, years)
    rows = Figure.objects.filter(plan=plan.id, current=True)
    if names is not None:
        rows = rows.filter(indicator__in=names)
    if regions is not None:
        rows = rows.filter(region__in=list(regions))
    if years is not None:
        rows = rows.filter(year__in=list(years))
    return Figures(observations(rows))


def visible(
    principal: Principal | None,
    plan: Plan,
    *,
    indicators: Collection[str] | None = None,
    regions: Collection[str] | None = None,
    years: Collection[int] | None = None,
) -> Figures:
    """Current figures as this principal may see them, derived indicators computed; ``None`` is everybody.

    The one sight of figures that pages, exports and the API share. What is not free to publish is shown to whoever may
    read confidential figures of its place and unit; for others it keeps its place, loses its value and words, and
    says that it is withheld; and so do those from which it could be computed, and what is derived from them.
    """
    scope = principal.scope(Permission.CONFIDENTIAL_READ) if principal is not None else Scope(False)
    names = None if indicators is None else _with_operands(plan, indicators)
    if years is None and (found := seen(plan, scope, names, regions)) is not None:
        return found
    known = with_derived(plan, figures(plan, indicators=indicators, regions=regions, years=years))
    more = besides(plan, scope, names)
    return Figures(o if shown(plan, scope, o, more) else hidden(o) for o in known)


def readable(principal: Principal | None, plan: Plan, observation: Observation) -> Observation:
    """One figure, or one version of it, as this principal may see it."""
    scope = principal.scope(Permission.CONFIDENTIAL_READ) if principal is not None else Scope(False)
    more = besides(plan, scope, _with_operands(plan, [observation.series.indicator]))
    return observation if shown(plan, scope, observation, more) else hidden(observation)


def ages(plan_id: str) -> set[str]:
    """Every age group of which there are figures."""
    if (all_ := held(plan_id)) is not None:
        return set(all_.ages)
    return set(Figure.objects.filter(plan=plan_id, current=True).values_list("age", flat=True).distinct())


def surveys(plan: Plan, *, indicators: Collection[str] | None = None) -> dict[tuple[SeriesKey, int], Survey]:
    """The surveys in force, by the figure that each estimates."""
    rows = Survey.objects.filter(plan=plan.id, withdrawn_at__isnull=True).select_related("office")
    if indicators is not None:
        rows = rows.filter(indicator__in=list(indicators))
    return {(SeriesKey(s.indicator, s.region, Sex(s.sex), s.age, Residence(s.residence)), s.year): s for s in rows}


def _with_operands(plan: Plan, indicators: Collection[str]) -> list[str]:
    wanted = set(indicators)
    for name in indicators:
        derive = plan.indicator[name].derive if name in plan.indicator else None
        if derive is not None:
            wanted |= {derive.of.indicator, derive.against.indicator}
    return sorted(wanted)


def observations(rows: QuerySet[Figure]) -> Iterator[Observation]:
    """Rows of figures as observations, in the order of the query."""
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
    whole = number.to_integral_value()
    return whole.quantize(Decimal(1)) if whole == number else number.normalize()


@dataclass(frozen=True, slots=True)
class Version:
    """One version in the trail of a figure, newest first."""

    version: int
    current: bool
    at: datetime
    actor: str  # sign-in name
    called: str  # the name by which the person is called
    role: str
    reason: str
    file: str
    event: int
    observation: Observation


def trail(plan_id: str, key: SeriesKey, year: int) -> list[Version]:
    """Every version of one figure: who sent it, when, from which file, in place of what and why."""
    rows = Figure.objects.filter(plan=plan_id, year=year, **key_columns(key)).order_by("-version")
    found = list(rows.select_related("source", "delivery__event"))
    names = called(row.delivery.event.actor for row in found)
    versions = []
    for row in found:
        event = row.delivery.event
        only = Figure.objects.filter(pk=row.pk)
        versions.append(
            Version(
                version=row.version,
                current=row.current,
                at=event.at,
                actor=event.actor,
                called=names[event.actor],
                role=event.role,
                reason=row.delivery.reason,
                file=row.delivery.file,
                event=event.number,
                observation=next(observations(only)),
            )
        )
    return versions


def revised_keys(plan_id: str, indicator: str) -> list[tuple[str, int]]:
    """Region and year of every figure of an indicator that has more than one version."""
    rows = Figure.objects.filter(plan=plan_id, indicator=indicator, version__gt=1, current=True)
    return list(rows.values_list("region", "year").distinct().order_by("-year", "region"))


def revised(plan: Plan, *, indicators: Collection[str] | None = None) -> dict[tuple[SeriesKey, int], Decimal]:
    """Figures that replace an earlier version, as series and year, and the value that stood before; of some indicators.

    Left out where there was no value before, and where that one was not free to publish: who may see the current
    figure may not see it.
    """
    versions = Figure.objects.filter(plan=plan.id)
    if indicators is not None:
        versions = versions.filter(indicator__in=_with_operands(plan, indicators))
    rows = versions.filter(current=True, version__gt=1)
    replaced = {(o.series, o.year): o for o in observations(rows)}
    if not replaced:
        return {}
    kept = besides(plan, Scope(False), None if indicators is None else _with_operands(plan, indicators))
    earlier = versions.filter(current=False).order_by("version")  # the last before the current wins
    before = {(o.series, o.year): o for o in observations(earlier)}
    return {
        key: old.value
        for key, now in replaced.items()
        if (old := before[key]).value is not None
        and old.value != now.value
        and old.confidentiality is Confidentiality.FREE
        and key not in kept
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


def withheld(plan: Plan) -> set[tuple[str, str]]:
    """Indicator and region of every series with a current figure that is withheld from everybody."""
    return set(withheld_series(plan))


def has_demonstration(plan_id: str) -> bool:
    """Whether any current figure is demonstration data 演示数据."""
    if (all_ := held(plan_id)) is not None:
        return all_.demonstration
    return Figure.objects.filter(plan=plan_id, current=True, nature=Nature.DEMO).exists()


def newest_year(plan_id: str) -> int | None:
    """The last year with a figure that has a value."""
    if (all_ := held(plan_id)) is not None:
        return all_.newest_year
    rows = Figure.objects.filter(plan=plan_id, current=True, value__isnull=False)
    newest: int | None = rows.aggregate(newest=Max("year"))["newest"]
    return newest


def sheets(principal: Principal, plan: Plan, year: int | None = None) -> QuerySet[Return]:
    """The returns whose contents somebody may read: pages, exports and the API all ask here.

    A unit's own people see its return always; whoever looks at every unit of a place sees it once the unit has
    approved it, and from then on also while it is being corrected.
    """
    scope = principal.scope(Permission.RETURN_READ)
    rows = Return.objects.filter(cycle__plan=plan.id).select_related("cycle", "office")
    if year is not None:
        rows = rows.filter(cycle__year=year)
    if scope.everywhere:
        return rows
    left = Q(state__in=_LEFT_THE_UNIT) | Exists(Step.objects.filter(sheet=OuterRef("pk"), after=State.APPROVED))
    own, wide = Q(pk__in=[]), Q(pk__in=[])
    for grant in scope.grants:
        if grant.unit is None:
            wide |= Q(region__in=sorted(grant.regions))
        else:
            own |= Q(region__in=sorted(grant.regions), unit=grant.unit)
    return rows.filter(own | (wide & left))


def with_progress(rows: QuerySet[Return]) -> QuerySet[Return]:
    """Returns with ``asked`` and ``filled`` cells and ``open_remarks``, counted by the database."""
    remarks = Remark.objects.filter(sheet=OuterRef("pk"), resolved_at__isnull=True).order_by()
    counted = remarks.values("sheet").annotate(n=Count("pk")).values("n")
    return rows.annotate(
        asked=Count("entries"),
        filled=Count("entries", filter=~Q(entries__status="")),
        open_remarks=Coalesce(Subquery(counted, output_field=IntegerField()), 0),
    )


def readable_figures(principal: Principal, plan: Plan) -> QuerySet[Figure]:
    """Current figures that somebody may read: those free to publish of their places; of their own, the rest as well.

    Those from which a withheld one could be computed are left out with it.
    """
    rows = Figure.objects.filter(plan=plan.id, current=True)
    regions = principal.scope(Permission.PLAN_READ).regions()
    if regions is None:
        return rows
    seen = Q(region__in=sorted(regions), confidentiality=Confidentiality.FREE)
    scope = principal.scope(Permission.CONFIDENTIAL_READ)
    for grant in scope.grants:
        places = Q(region__in=sorted(grant.regions))
        if grant.unit is not None:
            places &= Q(indicator__in=[i.id for i in collected_by(plan, grant.unit)])
        seen |= places
    more = besides(plan, scope)
    alike = (
        rows.filter(indicator__in={key.indicator for key, _year in more}).select_related(None) if more else rows.none()
    )
    shut = [
        row[0]
        for row in alike.values_list("pk", "indicator", "region", "sex", "age", "residence", "year")
        if (SeriesKey(row[1], row[2], Sex(row[3]), row[4], Residence(row[5])), row[6]) in more
    ]
    return rows.filter(seen).exclude(pk__in=shut)


def collected_by(plan: Plan, unit: str) -> list[Indicator]:
    """The indicators that a unit collects: those that the pack names it for, in a district its twin's (``health-d``)."""
    return [
        i
        for i in plan.indicators
        if i.derive is None and i.source_unit is not None and unit in {i.source_unit, f"{i.source_unit}-d"}
    ]
