"""Missing data 缺项 as a list: each series with the years that are not known, whose it is and why."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from halfsky.catalogue import queries as catalogue
from halfsky.collect import queries as collect
from halfsky.collect.held import State, state_of
from halfsky.observations import SeriesKey, gaps
from halfsky.observations.columns import RESIDENCE_NAMES, SEX_NAMES
from halfsky.observations.gaps import Why
from halfsky.places.models import Office
from halfsky.plan import Indicator, Plan
from halfsky.plan.model import PlanField
from halfsky.web.gaps import fields_of

COLUMNS = (
    "INDICATOR", "REF_AREA", "SEX", "AGE", "URBANISATION", "YEARS_MISSING", "LAST_KNOWN", "WHY", "UNIT", "OFFICE",
    "indicator_zh", "place_zh", "sex_zh", "residence_zh",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Missing:
    """One series with what is not known of it: ``years`` in order, ``last`` the last year with a value."""

    series: SeriesKey
    indicator: Indicator
    field: PlanField | None
    years: tuple[int, ...]
    last: int | None
    why: Why  # of the newest year that is missing
    unit: str | None

    @property
    def newest(self) -> int:
        return self.years[-1]


def missing_of(plan: Plan) -> tuple[Missing, ...]:
    """What is missing from the plan's first year to the newest with figures; computed once for a state of the figures."""
    return _missing(plan.id, state_of(plan.id), catalogue.state(plan.id))


@lru_cache(maxsize=4)
def _missing(plan_id: str, _state: State, _pack: object) -> tuple[Missing, ...]:
    plan = catalogue.plan(plan_id)
    figures = collect.figures(plan)
    newest = min(collect.newest_year(plan_id) or plan.start, plan.end)
    fields = fields_of(plan)
    found = []
    every = gaps(plan, figures, range(plan.start, newest + 1), disaggregated=True)
    for series, of in groupby(every, key=lambda gap: gap.series):
        years = list(of)
        unit = collect.unit_of(plan, series.indicator, series.region)
        known = [year for year, o in figures.series(series).items() if o.value is not None]
        found.append(
            Missing(
                series, plan.indicator[series.indicator], fields.get(series.indicator), tuple(g.year for g in years),
                max(known, default=None), years[-1].why, unit,
            )
        )  # fmt: skip
    return tuple(found)


def offices() -> dict[tuple[str | None, str], Office]:
    """The office of each unit and place."""
    return {(o.unit, o.region): o for o in Office.objects.all()}


def told(plan: Plan, m: Missing, office: Office | None) -> tuple[object, ...]:
    """A row of the file."""
    s = m.series
    return (
        s.indicator, s.region, s.sex.value, s.age, s.residence.value, " ".join(map(str, m.years)), m.last, m.why.value,
        m.unit, office.name_zh if office else "", m.indicator.name.zh, plan.place[s.region].name.zh, SEX_NAMES[s.sex].zh,
        RESIDENCE_NAMES[s.residence].zh,
    )  # fmt: skip
