"""Gaps 缺项: which figures the plan expects and nobody has sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from halfsky.observations.model import Figures, SeriesKey, Status
from halfsky.plan import Indicator, Plan, Region, Residence, Sex, Slice
from halfsky.plan.model import COUNTY_LEVELS


class Why(StrEnum):
    ABSENT = "absent"  # 未报送: no row at all
    NOT_COLLECTED = "not_collected"  # 未统计: a row that says so


@dataclass(frozen=True, slots=True)
class Gap:
    """One expected figure that is not there."""

    series: SeriesKey
    year: int
    why: Why


# A figure is due once in so many years; ``irregular`` ones are never due.
_PERIODS: Mapping[str, int | None] = {
    "annual": 1, "biennial": 2, "triennial": 3, "quinquennial": 5, "term": 5, "census": 10, "irregular": None,
}  # fmt: skip


def gaps(plan: Plan, figures: Figures, years: Iterable[int], *, disaggregated: bool = False) -> tuple[Gap, ...]:
    """What is missing, indicator by indicator, place by place, year by year.

    Expected are the indicators that are collected (not derived ones), at the levels the pack names, as
    often as they are measured: one measured every three years is missing in a year when neither that
    year nor the two before it have a figure. ``disaggregated`` asks for the sexes and residences too. A
    figure that does not apply, or is withheld, is no gap.
    """
    wanted = sorted(set(years))
    return tuple(
        gap
        for indicator in plan.indicators
        if indicator.derive is None
        for region in _places(plan, indicator)
        for cut in cuts(indicator)[: None if disaggregated else 1]
        for gap in _of_series(figures, indicator, SeriesKey.of(indicator.id, region.code, cut), wanted)
    )


def _places(plan: Plan, indicator: Indicator) -> Iterator[Region]:
    for region in plan.regions:
        level = "district" if region.level in COUNTY_LEVELS else region.level
        if level in indicator.levels and (region.code == plan.region or level == "district"):
            yield region


def cuts(indicator: Indicator) -> tuple[Slice, ...]:
    """The slices in which an indicator's figures are collected: the total first, then the sexes, then the residences."""
    sexes = (Slice(sex=Sex.FEMALE), Slice(sex=Sex.MALE)) if "sex" in indicator.disaggregation else ()
    residences = (
        (Slice(residence=Residence.URBAN), Slice(residence=Residence.RURAL))
        if "residence" in indicator.disaggregation
        else ()
    )
    return (Slice(), *sexes, *residences)


def due_in(plan: Plan, indicator: Indicator, year: int) -> bool:
    """Whether a figure is due in a year: every year, or every so many years counted from the plan's base year."""
    period = _PERIODS[indicator.frequency]
    return period is not None and (year - plan.base_year) % period == 0


def _of_series(figures: Figures, indicator: Indicator, key: SeriesKey, years: list[int]) -> Iterator[Gap]:
    period = _PERIODS[indicator.frequency]
    if period is None:
        return
    known = figures.series(key)
    for year in years:
        due = [known[y].status for y in range(year - period + 1, year + 1) if y in known]
        if not due:
            yield Gap(key, year, Why.ABSENT)
        elif all(status is Status.NOT_COLLECTED for status in due):
            yield Gap(key, year, Why.NOT_COLLECTED)
