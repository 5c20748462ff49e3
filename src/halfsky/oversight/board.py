"""One board: every clause by every office, done, doing, not begun or overdue, from yearly reports and tasks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from halfsky.oversight import queries
from halfsky.oversight.models import Task, YearlyItem, YearlyReport
from halfsky.oversight.queries import Office, office_names
from halfsky.places.policy import Principal
from halfsky.plan import Plan
from halfsky.plan.model import COUNTY_LEVELS

_P = YearlyItem.Progress
_TOLD = [YearlyReport.State.SUBMITTED, YearlyReport.State.ACCEPTED]
COLUMNS = (
    "year", "clause", "statement", "office", "place", "part", "progress", "words", "next_year", "report", "open_tasks", "overdue_tasks",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mark:
    """How one clause goes at one office. ``progress`` is empty while it has not been told."""

    clause: str
    office: Office
    lead: bool
    progress: str
    said: str  # what the report says, before overdue tasks are counted in
    words: str
    ahead: str
    report: int
    state: str
    open_tasks: int = 0
    late_tasks: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One clause, with its mark in each column; ``None`` where the office has no part in it."""

    clause: str
    marks: tuple[Mark | None, ...]
    counts: Counter[str]

    @property
    def told(self) -> list[tuple[str, int]]:
        """Progress and in how many offices, the most frequent first."""
        return self.counts.most_common()

    @property
    def held(self) -> list[Mark]:
        return [mark for mark in self.marks if mark is not None]


@dataclass(frozen=True, slots=True)
class Board:
    columns: tuple[Office, ...]
    rows: tuple[Row, ...]
    counts: Counter[str]


def columns(plan: Plan, who: str) -> list[Office]:
    """``city`` its units, ``districts`` each as a whole, or the code of a district: its units."""
    if who == "districts":
        return [(r.code, "") for r in plan.regions if r.level in COUNTY_LEVELS and r.code != plan.region]
    region = plan.region if who == "city" else who
    level = "district" if plan.place[region].level in COUNTY_LEVELS else plan.place[region].level
    return [(region, unit.id) for unit in plan.units if unit.level == level]


def board(
    plan: Plan, by: Principal, *, year: int, who: str, clauses: Sequence[str], today: date, progress: str = ""
) -> Board:
    """The marks in one's reach. What has not been handed in counts as not told; an overdue task makes its clause overdue.

    Columns without a mark are left out; ``progress`` keeps the rows in which it occurs.
    """
    wanted = columns(plan, who)
    marks = {(m.clause, m.office): m for m in _marks(plan, by, year, set(wanted), set(clauses), today)}
    shown = [office for office in wanted if any((clause, office) in marks for clause in clauses)]
    rows = []
    for clause in clauses:
        held = tuple(marks.get((clause, office)) for office in shown)
        row = Row(clause, held, Counter(m.progress for m in held if m is not None))
        if row.held and (not progress or row.counts[progress]):
            rows.append(row)
    return Board(tuple(shown), tuple(rows), sum((r.counts for r in rows), Counter()))


def _marks(
    plan: Plan, by: Principal, year: int, offices: set[Office], clauses: set[str], today: date
) -> Iterator[Mark]:
    reports = {r.pk: r for r in queries.yearly_reports(by, plan, year) if (r.region, r.unit) in offices}
    open_, late = _tasks(queries.tasks(by, plan), offices, today)
    for item in YearlyItem.objects.filter(report__in=reports, clause__in=clauses).order_by("report_id", "order"):
        report = reports[item.report_id]
        told = report.state in _TOLD
        key = (item.clause, (report.region, report.unit))
        said = item.progress if told else ""
        yield Mark(
            item.clause, key[1], item.lead, _P.OVERDUE.value if late[key] else said, said, item.words if told else "",
            item.ahead if told else "", report.pk, report.state, open_[key], late[key],
        )  # fmt: skip


_Count = Counter[tuple[str, Office]]


def _tasks(tasks: Iterable[Task], offices: set[Office], today: date) -> tuple[_Count, _Count]:
    """Open and overdue tasks by clause and office; a district as a whole has those of all its offices."""
    open_: _Count = Counter()
    late: _Count = Counter()
    for task in tasks:
        if not task.clause or not task.open:
            continue
        for office in {(task.region, task.unit), (task.region, "")} & offices:
            open_[task.clause, office] += 1
            late[task.clause, office] += task.days_late(today) > 0
    return open_, late


def flat(plan: Plan, made: Board, year: int, words: dict[str, str]) -> Iterator[tuple[str, ...]]:
    """One row a mark, in :data:`COLUMNS`, for files; ``words`` name progress and part in the reader's language."""
    names = office_names(plan)
    for row in made.rows:
        for m in row.held:
            name = names.get(m.office)
            yield (
                str(year), m.clause, plan.clauses[m.clause].statement.zh, name.zh if name else m.office[1],
                plan.place[m.office[0]].name.zh, words["lead" if m.lead else "support"], words[m.progress], m.words, m.ahead,
                words[m.state], str(m.open_tasks), str(m.late_tasks),
            )  # fmt: skip
