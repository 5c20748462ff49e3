"""The page of the ledger: who reads what, filters, words, files, and the check of the chain."""

from __future__ import annotations

import ast
import csv
import io
import itertools
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

import halfsky
from halfsky.alerts.models import CaseStep
from halfsky.audit.models import Event
from halfsky.collect.actions import CellChange, open_cycle, save_cells
from halfsky.collect.models import Return, State
from halfsky.oversight.models import Task
from halfsky.places.actions import add_person, appoint, establish
from halfsky.places.models import User
from halfsky.places.policy import principal
from halfsky.plan import Plan
from halfsky.reports.kinds import kinds
from halfsky.web import ledger, ledgerreach
from halfsky.web.ledgerwords import EVENTS, FIELDS, GROUPS, code_words
from tests.support import CLERK, with_units
from tests.web import pack

pytestmark = pytest.mark.django_db
SAID = "MARK-OF-A-CELL"


@pytest.fixture
def plan(settings: Any, tmp_path: Path) -> Plan:
    plan = with_units(pack.pack())
    pack.write(plan, tmp_path)
    settings.PLANS_DIR = tmp_path
    establish(plan=plan, by=CLERK)
    return plan


@pytest.fixture
def sheet(plan: Plan) -> Return:
    """A return of Shore's health office with one cell filled in twice."""
    days = dict.fromkeys(("unit_due", "district_due", "city_due"), date(2026, 3, 31))
    cycle = open_cycle(plan=plan, year=2025, by=CLERK, **days)
    sheet = cycle.returns.get(region=pack.SHORE, unit="health-d")
    entry = sheet.entries.first()
    for version, status in ((1, "M"), (2, "L")):
        change = CellChange(entry.pk, version, status=status, comment=SAID)
        save_cells(plan=plan, sheet=sheet.pk, changes=[change], by=CLERK, key=f"k{version}")
    return sheet


def somebody(role: str, region: str, unit: str | None = None) -> User:
    user = add_person(username=f"{role}.{region}", full_name="某人", by=CLERK)
    appoint(user=user, role=role, region=region, unit=unit, by=CLERK)
    return user


def reading(user: User, language: str = "en") -> Client:
    client = Client()
    client.force_login(user)
    client.cookies["halfsky_language"] = language
    return client


def seen(user: User) -> set[str]:
    return {event.subject for event in ledgerreach.visible(principal(user, door="web"))}


class TestWhoReadsWhat:
    def test_the_citys_auditor_reads_every_event(self, sheet: Return) -> None:
        auditor = somebody("auditor", pack.CITY)
        assert ledgerreach.visible(principal(auditor, door="web")).count() == Event.objects.count() > 5

    def test_a_districts_auditor_reads_what_is_about_the_district(self, plan: Plan, sheet: Return) -> None:
        somebody("district_clerk", pack.SHORE, "health-d")
        somebody("district_clerk", pack.HILL, "health-d")
        subjects = seen(somebody("auditor", pack.SHORE))
        assert {f"return:{sheet.pk}", f"user:district_clerk.{pack.SHORE}"} <= subjects
        assert not {f"plan:{plan.id}", f"user:district_clerk.{pack.HILL}"} & subjects

    def test_an_administrator_reads_of_people_and_places_alone(self, sheet: Return) -> None:
        subjects = seen(somebody("administrator", pack.CITY))
        assert any(s.startswith("user:") for s in subjects)
        assert not [s for s in subjects if s.split(":")[0] not in {"user", "office", "region"}]

    @pytest.mark.parametrize("role", ["statistics", "leader", "committee"])
    def test_the_page_is_closed_to_others(self, plan: Plan, role: str) -> None:
        client = reading(somebody(role, pack.CITY))
        assert {client.get(a).status_code for a in ("/audit/", "/audit/events.csv")} == {403}
        assert client.post("/audit/verify/").status_code == 403

    def test_cells_are_told_to_nobody_who_may_not_read_the_return(self, sheet: Return) -> None:
        client = reading(somebody("auditor", pack.CITY))
        page = client.get("/audit/").content.decode()
        file = b"".join(client.get("/audit/events.csv").streaming_content).decode()
        assert "Withheld" in page
        assert SAID not in page + file
        rows = list(csv.DictReader(io.StringIO(file.removeprefix("\ufeff"))))
        assert {row["action"] for row in rows if row["withheld"] == "yes"} == {"return.save"}
        with translation.override("zh-hans"):
            [save] = ledger.told(Event.objects.filter(action="return.save").order_by("-number")[:1], CLERK)
        assert save.changes is not None
        assert [(c.before, c.after) for c in save.changes] == [("不适用", "未统计")]


class TestFilters:
    def test_by_who_verb_subject_period_and_plan(self, plan: Plan, sheet: Return) -> None:
        auditor = somebody("auditor", pack.CITY)
        client = reading(auditor)
        today = date.today()

        def found(**asked: Any) -> int:
            return len(client.get("/audit/", asked).context["told"])

        every = found()
        assert found(verb="return.save") == 2
        assert found(verb="people.") == 2
        assert found(who=CLERK.actor.name) == every
        assert found(who="nobody at all") == 0
        assert found(subject=f"return:{sheet.pk}") == found(subject=str(sheet.pk)) == 2
        assert found(plan=plan.id) == every - 2  # all but the auditor's account and post
        assert found(since=today - timedelta(days=1), until=today + timedelta(days=1)) == every
        assert found(until=today - timedelta(days=2)) == 0

    @pytest.mark.parametrize("asked", ["verb=no.such", "since=yesterday", "plan=none", "before=x"])
    def test_what_cannot_be_asked_is_refused(self, plan: Plan, asked: str) -> None:
        assert reading(somebody("auditor", pack.CITY)).get(f"/audit/?{asked}").status_code == 400

    def test_older_events_follow_without_gap(self, plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("halfsky.web.views.audit.AT_ONCE", 2)
        client = reading(somebody("auditor", pack.CITY))
        numbers, before = [], ""
        while True:
            page = client.get("/audit/", {"before": before} if before else {})
            numbers += [t.event.number for t in page.context["told"]]
            if not page.context["more"]:
                break
            before = page.context["more"]
        assert numbers == list(Event.objects.order_by("-number").values_list("number", flat=True))


class TestWords:
    def test_every_event_that_is_written_has_words(self) -> None:
        """Walks the source: a new kind of event fails here until somebody has said what it is called."""
        missing = {action for action in written() if action not in EVENTS}
        assert not missing, "say in ledgerwords.EVENTS what these are called"
        assert {action.partition(".")[0] for action in EVENTS} == set(GROUPS)

    def test_every_field_that_is_written_has_words(self) -> None:
        """As far as fields are named where they are recorded."""
        missing = {field for field in fields_written() if field not in FIELDS}
        assert not missing, "say in ledgerwords.FIELDS what these are called"

    def test_a_code_is_told_by_the_kind_of_event_that_holds_it(self) -> None:
        assert code_words("meeting.call", "kind", "work", "en") == "Work meeting"
        assert code_words("evaluation.finding.add", "kind", "work", "en") == "What was done and its effect"
        assert code_words("document.draft", "kind", "midterm", "zh") == kinds()["midterm"].name.zh
        assert code_words("evaluation.finish", "G1.1", "met", "zh") == "已实现"
        assert code_words("meeting.call", "title", "work", "en") is None

    @pytest.mark.parametrize("language", ["zh-hans", "en"])
    def test_no_code_stands_where_words_should(self, sheet: Return, language: str) -> None:
        page = reading(somebody("auditor", pack.CITY), language).get("/audit/").content.decode()
        assert "return.save</td>" not in page
        assert ("保存报送表数据" in page) == (language == "zh-hans")
        assert ("cells of a return saved" in page) == (language == "en")


def recorded() -> Iterator[ast.keyword]:
    """What the source says in its calls of ``record``."""
    for path in Path(halfsky.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "record":
                yield from node.keywords


def fields_written() -> set[str]:
    """The names of fields that stand in those calls."""
    contents = [k.value for k in recorded() if k.arg in {"before", "after"} and isinstance(k.value, ast.Dict)]
    return {key.value for content in contents for key in content.keys if isinstance(key, ast.Constant)}


def written() -> set[str]:
    """Every action that the source records, and those named after a state."""
    found = {k.value.value for k in recorded() if k.arg == "action" and isinstance(k.value, ast.Constant)}
    moved = {f"return.{s}" for s in State if s is not State.LOCKED}
    moved |= {f"case.{s}" for s in CaseStep.Kind} | {f"task.{s}" for s in Task.State if s != Task.State.GIVEN}
    return found | moved


class TestTheChain:
    def test_a_check_is_shown_with_its_time_and_what_it_found(self, sheet: Return) -> None:
        client = reading(somebody("auditor", pack.CITY))
        assert "Nobody has checked it yet." in client.get("/audit/").content.decode()
        events = Event.objects.count()
        assert client.post("/audit/verify/").status_code == 302
        page = client.get("/audit/")
        assert (page.context["check"].after["events"], page.context["check"].after["broken"]) == (events, 0)
        assert "Yes." in page.content.decode()
        note = Event.objects.get(action="audit.verify")
        assert (note.actor, note.role) == (f"auditor.{pack.CITY}", "auditor")

    def test_the_file_holds_what_is_needed_to_check_it(self, sheet: Return) -> None:
        client = reading(somebody("auditor", pack.CITY))
        file = b"".join(client.get("/audit/events.csv").streaming_content).decode().removeprefix("\ufeff")
        rows = list(csv.DictReader(io.StringIO(file)))
        assert [int(row["number"]) for row in rows] == sorted(Event.objects.values_list("number", flat=True))
        assert all(row["previous"] == before["seal"] for before, row in itertools.pairwise(rows))
