"""What reading an official text yields: clauses, figures, and suggested promises."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from halfsky.plan.model import Binds, ClauseId, Kind, RegionLevel, Unit
from halfsky.plan.text import Frozen


class Clause(Frozen):
    """One numbered clause (or paragraph of the preface) and its words, cleaned of what printing added."""

    id: ClauseId
    text: str


class FieldText(Frozen):
    """One development field 领域 of the text."""

    number: int
    name: str
    goals: tuple[Clause, ...]
    measures: tuple[Clause, ...]


class Form(StrEnum):
    """What a figure is by its writing."""

    PERCENT = "percent"  # 95%, 百分之五十, 三成
    POINTS = "points"  # 2个百分点
    PER_MILLE = "per_mille"  # 5‰
    RATE = "rate"  # 9/10万
    RATIO = "ratio"  # 3:2
    FRACTION = "fraction"  # 1/2, 二分之一
    TIMES = "times"  # 2倍, 翻一番
    YEAR = "year"  # 2025年
    RANGE = "range"  # 35~45岁
    NUMBER = "number"  # 1名, 84.04岁, 3岁以下


class Mention(Frozen):
    """One figure in a clause. ``start`` and ``end`` are offsets into its text.

    ``value``: percent for 95%, 百分之五十 (50) and fractions (1/2 → 50); the numerator of a rate; the quotient
    of a ratio (3:2 → 1.5); the factor of 翻一番 (2). ``high`` is the upper end of a range. ``unit`` is the
    measure word that follows (年, 岁, 名, 所 …), or the base of a rate (/10万).
    """

    text: str
    start: int
    end: int
    form: Form
    value: Decimal
    high: Decimal | None = None
    unit: str = ""


class PrefaceFigure(Frozen):
    """A figure that the preface prints: a candidate for a baseline."""

    clause: ClauseId
    mention: Mention
    words: str


class PlanText(Frozen):
    """An official text, split. ``start`` and ``end`` are the years of its title, when it names them."""

    title: str
    start: int | None
    end: int | None
    preface: tuple[Clause, ...]
    fields: tuple[FieldText, ...]
    provisions: tuple[Clause, ...]
    figures: tuple[PrefaceFigure, ...]

    @property
    def goals(self) -> tuple[Clause, ...]:
        return tuple(clause for field in self.fields for clause in field.goals)

    @property
    def measures(self) -> tuple[Clause, ...]:
        return tuple(clause for field in self.fields for clause in field.measures)


class SuggestedMilestone(Frozen):
    """A year (``None``: the text names none), and the value in the words' own unit."""

    year: int | None = None
    value: Decimal | None = None
    base_year: int | None = None


class Suggestion(Frozen):
    """One promise that the words seem to make; a person decides.

    ``subject`` is what is measured, in the text's words; ``words`` the operative words, ``passage`` all
    that it was read from. ``points``: the words promise percentage points over a base (提高5个百分点), which
    no kind holds as it stands: whoever finishes the pack turns it into a level. ``reference``: what ``not_below``
    and ``match`` compare with.
    """

    clause: ClauseId
    kind: Kind
    subject: str
    milestones: tuple[SuggestedMilestone, ...]
    unit: Unit | None
    binds: Binds
    only: tuple[RegionLevel, ...] = ()
    aspiration: bool = False
    hold: bool = False
    points: Decimal | None = None
    reference: str = ""
    words: str
    passage: str
