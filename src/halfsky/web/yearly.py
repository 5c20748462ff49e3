"""One yearly report as its page shows it: parts with their target table, and what has changed since they were written."""

from __future__ import annotations

from dataclasses import dataclass

from halfsky.oversight.actions.yearly import TOPICS, missing
from halfsky.oversight.models import Evidence, YearlyItem, YearlyReport
from halfsky.oversight.targets import Line, table, values
from halfsky.places.policy import Principal
from halfsky.plan import Plan, Text
from halfsky.plan.model import PlanField

LONG = 40  # clauses, from which on a report is shown field by field


@dataclass(frozen=True, slots=True)
class Part:
    """One item: ``typed`` is what was sent and not taken, ``theirs`` what somebody else wrote meanwhile."""

    item: YearlyItem
    name: Text
    statement: Text | None
    lines: tuple[tuple[Line, bool], ...]  # with whether its figure has changed since the words were written
    files: tuple[Evidence, ...]
    missing: Text | None
    progress: str
    words: str
    ahead: str
    theirs: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Chapter:
    """The parts of one field; ``code`` names it in the address."""

    code: str
    name: Text
    total: int
    missing: int


def lines_of(plan: Plan, report: YearlyReport, items: list[YearlyItem], by: Principal) -> list[Line]:
    """From the database while it is written; as it was handed in afterwards."""
    clauses = {item.clause for item in items if item.clause}
    if report.open:
        return table(plan, report.region, clauses, report.round.year, by)
    return [line for line in map(Line.of_json, report.table) if line.clause in clauses]


def parts(
    plan: Plan, report: YearlyReport, items: list[YearlyItem], by: Principal,
    typed: dict[int, dict[str, str]], conflicts: dict[str, dict[str, str]],
) -> list[Part]:  # fmt: skip
    by_clause: dict[str, list[Line]] = {}
    for line in lines_of(plan, report, items, by):
        by_clause.setdefault(line.clause, []).append(line)
    now = {clause: values(lines).get(clause, {}) for clause, lines in by_clause.items()}
    files: dict[str, list[Evidence]] = {}
    for one in report.evidence.filter(removed_at__isnull=True):
        files.setdefault(one.clause, []).append(one)

    def part(item: YearlyItem) -> Part:
        clause = plan.clauses.get(item.clause)
        held = {"progress": item.progress, "words": item.words, "ahead": item.ahead, **typed.get(item.pk, {})}
        lines = tuple((line, _moved(item, line, now.get(item.clause, {}))) for line in by_clause.get(item.clause, ()))
        name = Text(zh=item.clause, en=item.clause) if item.clause else TOPICS[item.topic]
        kept = files.get(item.clause, []) if item.clause or item.topic == YearlyItem.Topic.SUMMARY else []
        return Part(
            item, name, clause.statement if clause else None, lines, tuple(kept), missing(item), **held,
            theirs=conflicts.get(str(item.pk)),
        )  # fmt: skip

    return [part(item) for item in items]


def _moved(item: YearlyItem, line: Line, now: dict[str, str]) -> bool:
    told = item.seen.get(line.target)
    return bool(item.words) and line.target in now and told is not None and told != now[line.target]


def chapters(plan: Plan, items: list[YearlyItem]) -> list[Chapter]:
    """The fields that a report speaks of; what belongs to none stands under the whole."""
    found: dict[str, list[YearlyItem]] = {}
    for item in items:
        found.setdefault(chapter_of(plan, item), []).append(item)
    fields: dict[str, PlanField] = {str(field.number): field for field in plan.fields}
    order = [code for code in ("whole", *fields, "other") if code in found]
    names = {
        "whole": Text(zh="总体", en="As a whole"),
        "other": Text(zh="组织实施与监测评估", en="Organisation, monitoring"),
    }
    return [
        Chapter(
            code, fields[code].name if code in fields else names[code], len(found[code]),
            sum(missing(item) is not None for item in found[code]),
        )
        for code in order
    ]  # fmt: skip


def chapter_of(plan: Plan, item: YearlyItem) -> str:
    if not item.clause:
        return "whole"
    field = plan.field_of(item.clause)
    return str(field.number) if field else "other"
