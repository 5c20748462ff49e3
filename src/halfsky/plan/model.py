"""What was promised: a plan as typed, frozen objects.

A plan has fields 领域, goals 主要目标, strategy measures 策略措施 and provisions; its promises are
targets 目标值 of a closed set of kinds, each on one indicator 指标 and each binding named places.
Clause ids: ``G1.2`` goal 2 of field 1, ``M4.5`` measure 5 of field 4, ``O3`` and ``E5`` provisions of
the parts on organisation and on monitoring and evaluation, ``P2`` paragraph 2 of the preface.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from halfsky.plan.alerting import Alerting
from halfsky.plan.ledgers import Feed, Ledger, ledgers_in_force
from halfsky.plan.rules import Rule, rules_in_force
from halfsky.plan.text import Frozen, Text

ClauseId = Annotated[str, StringConstraints(pattern=r"^(?:[GM]\d{1,2}\.\d{1,2}|[OEP]\d{1,2})$")]
IndicatorId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{2,63}$")]
TargetId = Annotated[str, StringConstraints(pattern=r"^[GMOE]\d{1,2}(?:\.\d{1,2})?[a-z]{1,2}$")]
RegionCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z-]{3,24}$")]
UnitId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,47}$")]
Year = Annotated[int, Field(ge=1949, le=2100)]


RegionLevel = Literal["nation", "province", "city", "district", "county", "county_level_city", "zone"]
COUNTY_LEVELS: frozenset[str] = frozenset({"district", "county", "county_level_city"})


class Kind(StrEnum):
    """The closed set of target kinds; the words of plans that call for each are in GLOSSARY.md."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    NEAR = "near"
    RISE = "rise"
    FALL = "fall"
    SLOW = "slow"
    TIMES_BASE = "times_base"
    NOT_BELOW = "not_below"
    MATCH = "match"
    EXISTS = "exists"


VALUED_KINDS = frozenset({Kind.AT_LEAST, Kind.AT_MOST, Kind.NEAR, Kind.TIMES_BASE, Kind.EXISTS})
BASED_KINDS = frozenset({Kind.RISE, Kind.FALL, Kind.TIMES_BASE})
REFERRING_KINDS = frozenset({Kind.NOT_BELOW, Kind.MATCH})


class Binds(StrEnum):
    """Whom a promise binds."""

    REGION = "region"  # the plan's own region as a whole
    EVERY_DISTRICT = "every_district"  # each county-level place
    REGION_AND_EVERY_DISTRICT = "region_and_every_district"  # 市、区（市）县两级
    EVERY_COUNTY = "every_county"  # 以县为单位统计: the county-level place is the statistical unit
    EVERY_BODY = "every_body"  # each leading body, school, employer …: observed as the share that complies


class Unit(StrEnum):
    """Units of measure. SDMX ``UNIT_MEASURE`` codes of Halfsky are these values."""

    PERCENT = "percent"
    PERCENTAGE_POINTS = "percentage_points"
    PER_1000 = "per_1000"
    PER_10K = "per_10k"
    PER_100K = "per_100k"
    YEARS = "years"
    HOURS = "hours"
    MINUTES = "minutes"
    COUNT = "count"
    PERSONS = "persons"
    TEN_THOUSAND_PERSONS = "ten_thousand_persons"
    YUAN = "yuan"
    RATIO = "ratio"
    INDEX = "index"
    YES_NO = "yes_no"


class Sex(StrEnum):
    """SDMX CL_SEX; GB/T 2261.1 codes 1 and 2 are ``M`` and ``F``."""

    ALL = "_T"
    FEMALE = "F"
    MALE = "M"


class Residence(StrEnum):
    """SDMX ``URBANISATION``."""

    ALL = "_T"
    URBAN = "U"
    RURAL = "R"


ALL_AGES = "_T"
AgeCode = Annotated[str, StringConstraints(pattern=r"^(?:_T|Y\d{1,3}|Y\d{1,3}T\d{1,3}|Y_GE\d{1,3}|Y_LT\d{1,3})$")]


class Slice(Frozen):
    """Which part of the population: sex, age and residence; all of it by default."""

    sex: Sex = Sex.ALL
    age: AgeCode = ALL_AGES
    residence: Residence = Residence.ALL


class Goal(Frozen):
    id: ClauseId
    statement: Text


class Measure(Frozen):
    id: ClauseId
    statement: Text


class Provision(Frozen):
    id: ClauseId
    statement: Text


class PlanField(Frozen):
    """One development field 领域 with its goals and measures, in the plan's order."""

    number: Annotated[int, Field(ge=1, le=99)]
    name: Text
    goals: tuple[Goal, ...]
    measures: tuple[Measure, ...] = ()


class Operand(Slice):
    """One side of a derived indicator: another indicator, cut to a slice."""

    indicator: IndicatorId


class Derivation(Frozen):
    """An indicator computed from two others of the same place and year: ``of - from`` or ``of / from``.

    ``absolute: true`` takes the size of a difference (a gap has no sign when only its size is promised).
    """

    op: Literal["difference", "ratio"]
    of: Operand
    against: Operand
    absolute: bool = False


class Indicator(Frozen):
    """What is measured.

    ``direction``: whether higher or lower figures are better, or neither (``near`` targets).
    ``disaggregation``: by which of sex, age and residence figures are collected.
    ``sexes``: whose figures exist: ``F`` for indicators of women only, whose total is then women.
    ``levels``: at which administrative levels figures are collected.
    ``scale``: a rate is ``numerator / denominator * scale`` (percent 100, per_100k 100000).
    ``additive``: whether the figure of a place is that of its places together. ``False`` where each level has
    bodies of its own: a city's congress is not the districts' congresses summed.
    """

    id: IndicatorId
    name: Text
    definition: Text
    numerator: Text | None = None
    denominator: Text | None = None
    unit: Unit
    direction: Literal["higher", "lower", "neither"]
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    decimals: Annotated[int, Field(ge=0, le=6)] = 2
    population: Literal["all", "women"] = "all"
    disaggregation: tuple[Literal["sex", "age", "residence"], ...] = ()
    levels: tuple[Literal["nation", "province", "city", "district"], ...] = ("city", "district")
    frequency: Literal["annual", "biennial", "triennial", "quinquennial", "census", "term", "irregular"] = "annual"
    additive: bool = True
    source_unit: UnitId | None = None
    clauses: tuple[ClauseId, ...] = ()
    derive: Derivation | None = None
    note: Text | None = None

    @property
    def scale(self) -> Decimal | None:
        """What a numerator over a denominator is multiplied by; ``None`` where there is no quotient."""
        return SCALES.get(self.unit) if self.numerator is not None and self.denominator is not None else None


SCALES: dict[Unit, Decimal] = {
    Unit.PERCENT: Decimal(100),
    Unit.PER_1000: Decimal(1000),
    Unit.PER_10K: Decimal(10_000),
    Unit.PER_100K: Decimal(100_000),
    Unit.RATIO: Decimal(1),
    Unit.YEARS: Decimal(1),
    Unit.HOURS: Decimal(1),
    Unit.MINUTES: Decimal(1),
    Unit.YUAN: Decimal(1),
    Unit.INDEX: Decimal(1),
}


class Milestone(Frozen):
    """What holds at the end of a year: a value in the indicator's unit, or a factor for ``times_base``."""

    year: Year
    value: Decimal | None = None
    base_year: Year | None = None


class Tolerance(Frozen):
    """How far from the figure ``near`` and ``match`` still agree, in the indicator's unit, and why so far."""

    value: Annotated[Decimal, Field(ge=0)]
    reason: Text


class Target(Frozen):
    """One promise. Milestones are sorted by year; the last is the final year.

    ``hold``: the plan asks for the level to be kept (保持, 稳定), so an earlier year below it is a slip.
    ``aspiration``: 力争, reported and never failed.
    ``reference``: the indicator that ``not_below`` and ``match`` compare with, at the same place and year.
    ``window``: years in each of the two windows that ``slow`` compares.
    ``only``: narrows ``binds`` to places of these levels (每个县（市）: county and county-level city).
    ``cut``: the slice of the indicator that is judged. ``words``: the few operative words of the plan.
    """

    id: TargetId
    clause: ClauseId
    indicator: IndicatorId
    kind: Kind
    milestones: tuple[Milestone, ...]
    binds: Binds
    words: str
    aspiration: bool = False
    hold: bool = False
    tolerance: Tolerance | None = None
    reference: IndicatorId | None = None
    window: Annotated[int, Field(ge=2, le=10)] | None = None
    only: tuple[RegionLevel, ...] = ()
    cut: Slice = Slice()
    reading: Text | None = None

    @property
    def final(self) -> Milestone:
        return self.milestones[-1]

    def is_there_or_not(self, indicator: Indicator) -> bool:
        """Whether what is asked is simply there or not (a yes, a count of things): no trend leads to it."""
        return indicator.unit is Unit.YES_NO or (self.kind is Kind.EXISTS and indicator.unit is Unit.COUNT)

    def milestone_in_force(self, year: int) -> Milestone:
        """The next milestone at or after ``year``; after the last one, the last."""
        return next((m for m in self.milestones if m.year >= year), self.final)


class Region(Frozen):
    """A place. ``zone`` is a functional zone of the pack's own: shown, not bound by a county-level promise."""

    code: RegionCode
    name: Text
    level: RegionLevel
    parent: RegionCode | None = None
    note: Text | None = None


class UnitOfGovernment(Frozen):
    """A member unit 成员单位: a department or organisation at city or district level."""

    id: UnitId
    name: Text
    level: Literal["nation", "province", "city", "district"]


class Assignment(Frozen):
    """Who leads and who supports a clause at a level; ``basis`` says whether the plan names them."""

    clause: ClauseId
    level: Literal["nation", "province", "city", "district"]
    lead: tuple[UnitId, ...]
    support: tuple[UnitId, ...] = ()
    basis: Literal["plan", "practice"]
    words: str = ""


class NotTarget(Frozen):
    """Words of a clause that hold a figure and still promise nothing that can be judged, and why."""

    clause: ClauseId
    words: str
    reason: Text


class Baseline(Frozen):
    """A figure that the plan itself prints."""

    indicator: IndicatorId
    region: RegionCode
    year: Year
    value: Decimal
    clause: ClauseId
    cut: Slice = Slice()
    words: str


class Source(Frozen):
    """Where the plan was published."""

    publisher: Text
    issued: str = ""
    reference: str = ""


class Plan(Frozen):
    """A whole pack. Its lookups by id are computed once."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{2,63}$")]
    title: Text
    short_title: Text
    region: RegionCode
    start: Year
    end: Year
    base_year: Year
    level: Literal["nation", "province", "city", "district"]
    source: Source
    partial: Text | None = None
    demonstration: bool = False
    fields: tuple[PlanField, ...]
    provisions: tuple[Provision, ...] = ()
    indicators: tuple[Indicator, ...]
    targets: tuple[Target, ...]
    regions: tuple[Region, ...]
    units: tuple[UnitOfGovernment, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    not_targets: tuple[NotTarget, ...] = ()
    baselines: tuple[Baseline, ...] = ()
    quality: tuple[Rule, ...] = ()
    ledgers: tuple[Ledger, ...] = ()
    feeds: tuple[Feed, ...] = ()
    alerting: Alerting = Alerting()

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The quality rules in force: the standard ones, as the pack changes them."""
        return rules_in_force(self.quality)

    @cached_property
    def ledger(self) -> dict[str, Ledger]:
        """The ledgers of implementation by id: the standard ones, as the pack changes them."""
        return {ledger.id: ledger for ledger in ledgers_in_force(self.ledgers)}

    @property
    def goals(self) -> tuple[Goal, ...]:
        return tuple(goal for field in self.fields for goal in field.goals)

    @property
    def measures(self) -> tuple[Measure, ...]:
        return tuple(measure for field in self.fields for measure in field.measures)

    @cached_property
    def clauses(self) -> dict[str, Goal | Measure | Provision]:
        """Every clause by id, in the plan's order."""
        every: tuple[Goal | Measure | Provision, ...] = (*self.goals, *self.measures, *self.provisions)
        return {clause.id: clause for clause in every}

    @cached_property
    def indicator(self) -> dict[str, Indicator]:
        return {indicator.id: indicator for indicator in self.indicators}

    @cached_property
    def target(self) -> dict[str, Target]:
        return {target.id: target for target in self.targets}

    @cached_property
    def place(self) -> dict[str, Region]:
        return {region.code: region for region in self.regions}

    @cached_property
    def counties(self) -> dict[str, tuple[Region, ...]]:
        """Code → the county-level places that make it up, directly or through others, in the pack's order."""
        found: dict[str, list[Region]] = {}
        for county in self.regions:
            if county.level not in COUNTY_LEVELS:
                continue
            place, above = county, set[str]()
            while True:
                parent = place.parent if place.parent is not None else self.region
                if parent in above:  # a circle of parents ends
                    break
                above.add(parent)
                if parent != county.code:
                    found.setdefault(parent, []).append(county)
                if parent not in self.place or place.code == self.region:
                    break
                place = self.place[parent]
        return {code: tuple(places) for code, places in found.items()}

    @cached_property
    def unit(self) -> dict[str, UnitOfGovernment]:
        return {unit.id: unit for unit in self.units}

    def field_of(self, clause: str) -> PlanField | None:
        """The field of a goal or measure id; ``None`` for a provision."""
        if clause[:1] not in "GM":
            return None
        number = int(clause[1:].split(".")[0])
        return next((field for field in self.fields if field.number == number), None)

    def targets_of(self, clause: str) -> tuple[Target, ...]:
        return tuple(target for target in self.targets if target.clause == clause)

    def places_bound(self, target: Target) -> tuple[Region, ...]:
        """The regions in which a target is judged, the plan's own region first.

        County-level bindings reach districts, counties and county-level cities; functional zones are
        statistical parts of districts and are bound by none of them.
        """
        own = self.place[self.region]
        below = tuple(r for r in self.regions if r.level in COUNTY_LEVELS and r.code != own.code)
        match target.binds:
            case Binds.REGION | Binds.EVERY_BODY:
                bound: tuple[Region, ...] = (own,)
            case Binds.EVERY_DISTRICT | Binds.EVERY_COUNTY:
                bound = below
            case Binds.REGION_AND_EVERY_DISTRICT:
                bound = (own, *below)
        return tuple(r for r in bound if not target.only or r.level in target.only)
