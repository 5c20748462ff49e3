"""The database as a table: which two of six dimensions run down and across, and what the rest are held at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest

from halfsky.collect import queries as collect
from halfsky.collect.models import Survey
from halfsky.observations import Figures, Observation, Over, SeriesKey, roll_up
from halfsky.observations.bounds import dimensions
from halfsky.observations.restate import restate
from halfsky.places.policy import Principal
from halfsky.places.restructure import changes, structured
from halfsky.plan import Indicator, Plan, Residence, Sex, Slice
from halfsky.plan.model import ALL_AGES
from halfsky.web.choices import chosen
from halfsky.web.gaps import fields_of

DIMENSIONS = ("indicator", "region", "year", "sex", "age", "residence")
SPANS = ("1", "3", "5", "10", "20")
SEXES = (Sex.FEMALE, Sex.MALE, Sex.ALL)


@dataclass(frozen=True, slots=True)
class Selection:
    """What a reader chose; ``plan`` has the places of the structure chosen."""

    plan: Plan
    rows: str
    columns: str
    field: str
    indicator: str
    region: str
    year: int
    span: int
    sex: Sex
    age: str
    residence: Residence
    structure: int | None

    @property
    def years(self) -> list[int]:
        return list(range(self.year - self.span + 1, self.year + 1))

    @property
    def axes(self) -> tuple[str, str]:
        return self.rows, self.columns

    @property
    def indicators(self) -> list[Indicator]:
        """The indicators of the selection, in the plan's order: of the field, or the one chosen."""
        if "indicator" not in self.axes:
            return [self.plan.indicator[self.indicator]]
        of = fields_of(self.plan)
        found = [
            i for i in self.plan.indicators if not self.field or (i.id in of and str(of[i.id].number) == self.field)
        ]
        if "sex" in self.axes:  # what is told of women and men comes first, then what is told of women only
            found.sort(key=lambda i: 0 if "sex" in i.disaggregation else 1 if i.population == "women" else 2)
        return found

    def query(self) -> dict[str, str]:
        """The selection as parameters of an address."""
        told = {
            "rows": self.rows, "columns": self.columns, "field": self.field or "all", "indicator": self.indicator,
            "region": self.region, "year": self.year, "span": self.span, "sex": self.sex.value, "age": self.age,
            "residence": self.residence.value, "structure": self.structure or "",
        }  # fmt: skip
        return {name: str(value) for name, value in told.items() if value != ""}


def selection(request: HttpRequest, plan: Plan) -> Selection:
    """The selection of an address; by default women beside men in the first field. Raises ``BadRequest``."""
    newest = collect.newest_year(plan.id) or plan.start
    year_names = [str(y) for y in range(plan.start - 60, plan.end + 6)]
    structure = chosen(request, "structure", year_names)
    placed = structured(plan, int(structure)) if structure else plan
    rows = chosen(request, "rows", DIMENSIONS) or "indicator"
    columns = chosen(request, "columns", DIMENSIONS) or ("sex" if rows != "sex" else "year")
    if rows == columns:
        raise BadRequest("rows and columns are the same")
    field = chosen(request, "field", ["all", *(str(f.number) for f in plan.fields)])
    indicator = chosen(request, "indicator", list(plan.indicator))
    ages = {t.cut.age for t in plan.targets} | set(age_groups(plan))
    return Selection(
        plan=placed,
        rows=rows,
        columns=columns,
        field="" if field == "all" else field or str(plan.fields[0].number if plan.fields else ""),
        indicator=indicator or next((t.indicator for t in plan.targets), plan.indicators[0].id),
        region=chosen(request, "region", list(placed.place)) or plan.region,
        year=int(chosen(request, "year", year_names) or newest),
        span=int(chosen(request, "span", SPANS) or ("10" if "year" in (rows, columns) else "3")),
        sex=Sex(chosen(request, "sex", [s.value for s in Sex]) or Sex.ALL),
        age=chosen(request, "age", [ALL_AGES, *ages]) or ALL_AGES,
        residence=Residence(chosen(request, "residence", [r.value for r in Residence]) or Residence.ALL),
        structure=int(structure) if structure else None,
    )


def age_groups(plan: Plan) -> list[str]:
    """Every age group of which there are figures, the whole first."""
    known = collect.ages(plan.id)
    return [ALL_AGES, *sorted(known - {ALL_AGES})]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. ``computed`` says that the figure was summed for this page; ``gap`` that it is women less men."""

    indicator: Indicator
    key: SeriesKey
    year: int
    observation: Observation | None = None
    computed: bool = False
    survey: Survey | None = None
    gap: bool = False
    difference: Decimal | None = None

    @property
    def asked(self) -> bool:
        """Whether such a figure is collected at all: of this sex, age and residence."""
        cut = Slice(sex=self.key.sex, age=self.key.age, residence=self.key.residence)
        return dimensions(cut) <= set(self.indicator.disaggregation)


@dataclass(frozen=True, slots=True)
class Head:
    """One head of a column or row: of a dimension, at a value; ``year`` besides where columns are repeated by year."""

    dimension: str
    value: str
    year: int | None = None


def sight(who: Principal | None, choice: Selection, indicators: Iterable[Indicator]) -> Figures:
    """The figures that the selection draws on, under the structure of places chosen."""
    figures = collect.visible(who, choice.plan, indicators=[i.id for i in indicators])
    if choice.structure is None:
        return figures
    return restate(choice.plan, figures, changes(choice.plan.place), structure=choice.structure).figures


def column_heads(choice: Selection) -> list[list[Head]]:
    """Columns in groups. Sexes stand side by side with their gap, once for each year unless years run down."""
    if choice.columns != "sex":
        return [[Head(choice.columns, v) for v in values(choice, choice.columns)]]
    years: list[int | None] = [None] if choice.rows == "year" else list(choice.years)
    return [[Head("sex", v, y) for v in (Sex.FEMALE.value, Sex.MALE.value, "gap", Sex.ALL.value)] for y in years]


def values(choice: Selection, dimension: str) -> list[str]:
    match dimension:
        case "indicator":
            return [i.id for i in choice.indicators]
        case "region":
            return [r.code for r in choice.plan.regions]
        case "year":
            return [str(y) for y in reversed(choice.years)]
        case "sex":
            return [s.value for s in SEXES]
        case "age":
            return age_groups(choice.plan)
    return [Residence.URBAN.value, Residence.RURAL.value, Residence.ALL.value]


def cells(
    choice: Selection, figures: Figures, surveys: dict[tuple[SeriesKey, int], Survey], row: str, heads: list[Head]
) -> Iterator[Cell]:
    """The cells of one row."""
    for head in heads:
        at: dict[str, Any] = {
            "indicator": choice.indicator, "region": choice.region, "year": str(head.year or choice.year),
            "sex": choice.sex.value, "age": choice.age, "residence": choice.residence.value,
        }  # fmt: skip
        at[choice.rows] = row
        if head.value != "gap":
            at[head.dimension] = head.value
        indicator, year = choice.plan.indicator[at["indicator"]], int(at["year"])
        cut = Slice(sex=Sex.ALL if head.value == "gap" else at["sex"], age=at["age"], residence=at["residence"])
        key = SeriesKey.of(indicator.id, at["region"], cut)
        if head.value == "gap":
            sides = [figures.value(replace(key, sex=s), year) for s in (Sex.FEMALE, Sex.MALE)]
            far = None if sides[0] is None or sides[1] is None else sides[0] - sides[1]
            yield Cell(indicator, key, year, gap=True, difference=far)
            continue
        if indicator.population == "women" and key.sex is Sex.FEMALE:
            key = replace(key, sex=Sex.ALL)  # its whole is women
        yield _cell(choice.plan, figures, surveys, indicator, key, year)


def _cell(
    plan: Plan, figures: Figures, surveys: dict[tuple[SeriesKey, int], Survey], indicator: Indicator, key: SeriesKey, year: int
) -> Cell:  # fmt: skip
    held = figures.get(key, year)
    if held is None:  # a whole that nobody sent is the sum of its parts, where all are there
        cut = Slice(sex=key.sex, age=key.age, residence=key.residence)
        for over in Over:
            made = roll_up(plan, figures, indicator.id, year, region=key.region, cut=cut, over=over).figure
            if made is not None:
                return Cell(indicator, key, year, made, computed=True)
        return Cell(indicator, key, year)
    survey = surveys.get((key, year)) if held.nature == "survey" and held.value is not None else None
    return Cell(indicator, key, year, held, survey=survey)


def selected(choice: Selection, figures: Figures) -> list[Observation]:
    """The figures that fall within the selection, for a file; in the plan's order."""
    wanted = {i.id: n for n, i in enumerate(choice.indicators)}

    def holds(o: Observation) -> bool:
        fixed = {
            "region": o.series.region == choice.region, "sex": o.series.sex is choice.sex, "age": o.series.age == choice.age,
            "residence": o.series.residence is choice.residence,
        }  # fmt: skip
        many = "year" in choice.axes or "sex" in choice.axes
        return (
            o.series.indicator in wanted
            and o.series.region in choice.plan.place
            and all(true for name, true in fixed.items() if name not in choice.axes)
            and (o.year in choice.years if many else o.year == choice.year)
        )

    return sorted(filter(holds, figures), key=lambda o: (wanted[o.series.indicator], o.series, o.year))
