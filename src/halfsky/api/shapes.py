"""The shapes that travel. Numbers are text, so that no program makes a floating-point guess of an exact decimal."""

from __future__ import annotations

from typing import Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

from halfsky.observations.columns import HEADER, MAX_COMMENT

NUMBER = Field("", description="Plain digits as text, such as '1234.5'; empty for none.", max_length=60)


class Strict(Schema):
    """What is sent in: a field that nobody knows is a mistake, and is told."""

    model_config = ConfigDict(extra="forbid")


class Fault(Schema):
    code: str
    cell: str = ""
    zh: str
    en: str


class Faults(Schema):
    faults: list[Fault]


class Stands(Faults):
    """Refused because something has moved on: where it stands now."""

    state: str = ""


class PlanOut(Schema):
    id: str
    title: dict[str, str]
    region: str
    start: int
    end: int


class ReturnOut(Schema):
    id: int
    plan: str
    year: int
    region: str
    unit: str
    office: str
    state: str
    version: int
    due: str
    asked: int
    filled: int
    open_remarks: int


class CellOut(Schema):
    entry: int
    indicator: str
    sex: str
    age: str
    residence: str
    unit: str
    numerator: str
    denominator: str
    value: str
    status: str
    confidentiality: str
    comment: str
    version: int
    hidden: bool
    findings: list[dict[str, Any]]
    remarks: list[str]
    past: dict[str, str | None]


class SheetOut(ReturnOut):
    moves: list[str]
    fillable: bool
    remarks: list[str]
    cells: list[CellOut]


class CellIn(Strict):
    entry: int
    version: int = Field(description="The version that was seen; another since then is a conflict.")
    numerator: str = NUMBER
    denominator: str = NUMBER
    value: str = NUMBER
    status: Literal["", "A", "B", "E", "P", "U", "M", "L", "Q"] = ""
    confidentiality: Literal["F", "N", "C"] = "F"
    comment: str = Field("", max_length=MAX_COMMENT)


class CellsIn(Strict):
    cells: list[CellIn] = Field(max_length=2_000)
    reason: str = Field("", max_length=2_000)


class Saved(Schema):
    """What was saved, by entry; ``conflicts`` are cells that somebody else had changed since, with what they hold."""

    versions: dict[str, int]
    values: dict[str, str]
    conflicts: dict[str, dict[str, Any]]
    findings: dict[str, list[dict[str, Any]]]
    filled: int
    asked: int
    faults: list[Fault] = []


class PartIn(Strict):
    entry: int
    version: int = Field(description="The version that was seen; another since then is a conflict.")
    progress: Literal["", "done", "doing", "not_begun", "overdue"] = ""
    words: str = Field("", max_length=4_000)
    ahead: str = Field("", max_length=4_000)


class PartsIn(Strict):
    cells: list[PartIn] = Field(max_length=500)


class PartsSaved(Saved):
    """What was saved of a yearly report, by part; ``filled`` are those that lack nothing."""


class MoveIn(Strict):
    to: Literal["draft", "submitted", "approved", "passed", "returned", "accepted"]
    version: int
    reason: str = Field("", max_length=2_000)
    remarks: dict[int, str] = Field({}, description="Reasons by cell: entry → words.", max_length=2_000)


class Moved(Schema):
    id: int
    state: str
    version: int
    moves: list[str]


class FiguresOut(Schema):
    """Rows under SDMX concept names, as in docs/figures.md; ``next`` is the offset of the rows after these."""

    columns: list[str] = list(HEADER)
    figures: list[dict[str, str]]
    next: int | None = None


class FiguresIn(Strict):
    plan: str
    figures: list[dict[str, str]] = Field(description="A row a figure, by SDMX concept name; see docs/figures.md.")
    reason: str = Field("", max_length=2_000, description="Why figures are revised; needed where any is.")
    file: str = Field("api", max_length=255, description="What the rows are called in the ledger.")


class TakenOut(Schema):
    created: int
    revised: int
    unchanged: int


class SessionOut(Schema):
    person: str
    name: str
    csrf: str
