"""The scheme that is proposed from a plan: its fields, goals, targets and measures put into a template kept as data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from halfsky.catalogue.queries import folders
from halfsky.evaluation.marking import share
from halfsky.plan import Fault, Faulty, Plan, Text
from halfsky.plan.model import COUNTY_LEVELS, ClauseId
from halfsky.plan.text import Frozen
from halfsky.plan.yamltree import read_tree

MethodName = Literal["self", "desk", "site", "third"]
Points = Annotated[Decimal, Field(gt=0, max_digits=6, decimal_places=2)]


class Grade(Frozen):
    zh: str
    en: str
    least: Decimal

    @property
    def name(self) -> Text:
        return Text(zh=self.zh, en=self.en)


class Wording(Frozen):
    title: str
    purpose: str


class CriterionTemplate(Frozen):
    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,15}$")]
    each: Literal["", "field"] = ""
    name: str
    asks: str
    weight: Points
    maximum: Points
    subject: Literal["all", "unit", "district"] = "all"
    methods: Annotated[tuple[MethodName, ...], Field(min_length=1)]
    clauses: tuple[ClauseId, ...] = ()


class SchemeTemplate(Frozen):
    """A whole template file; see ``scheme.yaml`` for what each key means."""

    methods: dict[MethodName, Annotated[Decimal, Field(ge=0, le=100)]]
    threshold: Annotated[Decimal, Field(gt=0, le=100)]
    grades: tuple[Grade, ...]
    timetable: dict[Literal["self", "desk", "site", "third", "report"], Annotated[int, Field(ge=0, le=730)]]
    kinds: dict[Literal["annual", "midterm", "final"], Wording]
    criteria: tuple[CriterionTemplate, ...]


@dataclass(frozen=True, slots=True)
class CriterionData:
    """One criterion as it is written; ``weight`` out of 100, ``clauses`` fields (``F1``) and clause ids."""

    code: str
    name: str
    asks: str
    weight: Decimal
    maximum: Decimal
    methods: tuple[str, ...]
    subject: str = "all"
    clauses: tuple[str, ...] = ()

    def is_for(self, unit: str) -> bool:
        """Whether a subject is asked this; ``unit`` is empty for a district."""
        return self.subject in {"all", "unit" if unit else "district"}


@dataclass(frozen=True, slots=True)
class SchemeData:
    """A scheme as it is written."""

    title: str
    purpose: str
    methods: dict[str, Decimal]
    grades: tuple[dict[str, str], ...]
    timetable: dict[str, date]
    threshold: Decimal
    criteria: tuple[CriterionData, ...]


def template(plan: Plan) -> SchemeTemplate:
    """The pack's own ``evaluation.yaml``, else the one that comes along. Raises ``Faulty`` for what is no template."""
    own = folders().get(plan.id, Path()) / "evaluation.yaml"
    path = own if own.is_file() else Path(__file__).with_name("scheme.yaml")
    try:
        return TypeAdapter(SchemeTemplate).validate_python(read_tree(path, name=path.name).content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        words = Text(
            zh=f"评估方案模板有误：{where}（{first['msg']}）。", en=f"The scheme's template: {where}: {first['msg']}."
        )
        raise Faulty([Fault(code="template", file=path.name, message=words)]) from None


def proposed(plan: Plan, kind: Literal["annual", "midterm", "final"], year: int, today: date) -> SchemeData:
    """The scheme that a plan suggests."""
    made = template(plan)
    facts = {
        "plan": plan.title.zh,
        "short": plan.short_title.zh,
        "year": year,
        "start": plan.start,
        "end": plan.end,
    }
    return SchemeData(
        title=made.kinds[kind].title.format(**facts),
        purpose=made.kinds[kind].purpose.format(**facts),
        methods={str(name): weight for name, weight in made.methods.items()},
        grades=tuple({"zh": g.zh, "en": g.en, "least": str(g.least)} for g in made.grades),
        timetable={stage: today + timedelta(days=days) for stage, days in made.timetable.items()},
        threshold=made.threshold,
        criteria=tuple(c for one in made.criteria for c in _criteria(plan, one, facts)),
    )


def _criteria(plan: Plan, one: CriterionTemplate, facts: dict[str, Any]) -> Iterator[CriterionData]:
    known = tuple(c for c in one.clauses if c in plan.clauses)
    if one.each != "field":
        yield CriterionData(
            one.code, one.name.format(**facts), one.asks.format(**facts), one.weight, one.maximum, one.methods,
            one.subject, known,
        )  # fmt: skip
        return
    for field, weight in zip(plan.fields, share(one.weight, [len(f.goals) for f in plan.fields]), strict=True):
        if weight == 0:
            continue
        clauses = {goal.id for goal in field.goals}
        more = {
            **facts,
            "field": field.name.zh,
            "goals": len(field.goals),
            "measures": len(field.measures),
            "targets": sum(t.clause in clauses for t in plan.targets),
        }
        yield CriterionData(
            f"{one.code}-{field.number}", one.name.format(**more), one.asks.format(**more), weight, one.maximum,
            one.methods, one.subject, (f"F{field.number}",),
        )  # fmt: skip


def subjects(plan: Plan) -> list[tuple[str, str]]:
    """Who can be evaluated, as (region, unit): units of the plan's own level that answer for something, and districts."""
    named = {u for a in plan.assignments if a.level == plan.level for u in (*a.lead, *a.support)}
    units = [(plan.region, unit.id) for unit in plan.units if unit.id in named and unit.level == plan.level]
    return units + [(r.code, "") for r in plan.regions if r.level in COUNTY_LEVELS and r.code != plan.region]


def answers_for(plan: Plan, region: str, unit: str) -> set[str]:
    """The goals, measures and provisions for which a subject answers; a district answers for every one."""
    if not unit:
        return set(plan.clauses)
    return {a.clause for a in plan.assignments if a.level == plan.level and unit in (*a.lead, *a.support)}


def clauses_of(plan: Plan, criterion: CriterionData) -> set[str]:
    """The clauses that a criterion is about; empty where it is about the whole."""
    numbers = {name for name in criterion.clauses if name.startswith("F")}
    fields = [f for f in plan.fields if f"F{f.number}" in numbers]
    of_fields = {goal.id for f in fields for goal in f.goals} | {measure.id for f in fields for measure in f.measures}
    return of_fields | {name for name in criterion.clauses if not name.startswith("F")}


def concerns(plan: Plan, criterion: CriterionData, region: str, unit: str) -> bool:
    """Whether a criterion concerns a subject: for a unit, one about fields concerns those who answer for something there."""
    if not criterion.is_for(unit):
        return False
    if not unit or not any(name.startswith("F") for name in criterion.clauses):
        return True
    return bool(clauses_of(plan, criterion) & answers_for(plan, region, unit))
