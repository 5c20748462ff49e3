"""Every role before every door: what opens, what does not, and that nothing out of scope stands on any page.

The world holds, for each office, a return whose cells carry a mark of that office, and for each place a confidential
figure whose number is a mark. A role's scope says which marks it may meet. Every address of the site and every operation of the
interface must be known here: a new door fails the test until somebody has said how to knock on it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from halfsky.alerts.actions import answer, assess_plan, remind_cases, save_draft
from halfsky.alerts.models import Case, Letter
from halfsky.api.doors import OPERATIONS
from halfsky.collect.actions import CellChange, import_figures, move, open_cycle, open_filings, save_cells
from halfsky.collect.models import Filing, Return, State
from halfsky.implementation.actions import Typed, add_record
from halfsky.implementation.models import Record
from halfsky.observations import Confidentiality, Observation
from halfsky.oversight.actions import (
    ItemChange,
    attach,
    call_meeting,
    give_task,
    open_round,
    save_items,
    submit_yearly,
)
from halfsky.oversight.models import Evidence, Meeting, Origin, OriginKind, Task, YearlyReport
from halfsky.places.actions import add_person, appoint, establish
from halfsky.places.models import User
from halfsky.places.policy import Principal, principal
from halfsky.places.roles import ROLES, Permission, Reach
from halfsky.plan import Plan
from halfsky.reports.letters import issue_letter
from halfsky.web.doors import Door, door
from tests.support import CLERK, figure, rising, with_units
from tests.web import pack

pytestmark = pytest.mark.django_db
MARK = re.compile(r"MARK-([0-9A-Z-]+?)-(health(?:-d)?);")
SECRET = {pack.CITY: "73.19", pack.SHORE: "73.29", pack.HILL: "73.39", pack.ISLE: "73.49"}
P = Permission


@dataclass(frozen=True)
class World:
    """The plan, and a person of every role with what they may meet."""

    plan: Plan
    people: dict[str, User]
    sheets: dict[tuple[str, str], Return]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Built once: who knocks changes nothing in it, and what a test does is undone within what is undone at the end."""
    folder = tmp_path_factory.mktemp("plans")
    with django_db_blocker.unblock(), override_settings(PLANS_DIR=folder), transaction.atomic():
        yield _world(folder)
        transaction.set_rollback(True)


def _world(folder: Path) -> World:
    plan = _with_duties(with_units(pack.pack()))
    pack.write(plan, folder)
    establish(plan=plan, by=CLERK)
    import_figures(plan=plan, observations=list(_secrets()), by=CLERK)
    days = dict.fromkeys(("unit_due", "district_due", "city_due"), date(2026, 3, 31))
    cycle = open_cycle(plan=plan, year=2025, by=CLERK, **days)
    sheets = {}
    for sheet in cycle.returns.all():
        entries = list(sheet.entries.all())
        changes = [
            CellChange(e.pk, e.version, status="M", comment=f"MARK-{sheet.region}-{sheet.unit};") for e in entries
        ]
        save_cells(plan=plan, sheet=sheet.pk, changes=changes, by=CLERK, key=f"k{sheet.pk}")
        for to in (State.SUBMITTED, State.APPROVED):
            sheet = move(plan=plan, sheet=sheet.pk, to=to, version=Return.objects.get(pk=sheet.pk).version, by=CLERK)
        sheets[sheet.region, sheet.unit] = sheet
    for region, unit in sheets:
        typed = Typed(f"MARK-{region}-{unit};", 2025, fields={"audience": "officers", "planned": "20"})
        add_record(plan=plan, ledger="training", region=region, unit=unit, typed=typed, key=f"{region}{unit}", by=CLERK)
    open_filings(plan=plan, promulgated=date(2026, 1, 31), schemes_due=date(2026, 6, 30), by=CLERK)
    _overseen(plan)
    _cases(plan)
    people = {}
    for code, role in ROLES.items():
        region = pack.SHORE if role.level == "district" else pack.CITY
        unit = None if role.reach is not Reach.OFFICE else "health-d" if region == pack.SHORE else "health"
        user = add_person(username=code, full_name=f"Person {code}", by=CLERK)
        appoint(user=user, role=code, region=region, unit=unit, by=CLERK)
        people[code] = user
    return World(plan, people, sheets)


def _with_duties(plan: Plan) -> Plan:
    """The plan with a clause that the districts' health commissions lead."""
    content = plan.model_dump(mode="json", exclude_defaults=True)
    content["assignments"].append({"clause": "M1.1", "level": "district", "lead": ["health-d"], "basis": "practice"})
    return Plan(**content)


def _overseen(plan: Plan) -> None:
    """Of each office a report that was handed in, with a document, and a task; a meeting in the city and in each district.
    All of their words carry the office's mark."""
    open_round(plan=plan, year=2025, unit_due=date(2026, 1, 31), district_due=date(2026, 2, 28), by=CLERK)
    for report in YearlyReport.objects.exclude(unit=""):
        mark = f"MARK-{report.region}-{report.unit};"
        changes = [ItemChange(i.pk, i.version, "doing" if i.clause else "", mark) for i in report.items.all()]
        save_items(plan=plan, report=report.pk, changes=changes, by=CLERK, key=f"y{report.pk}")
        attach(plan=plan, report=report.pk, clause="", name="a.pdf", content=b"%PDF-" + mark.encode(), by=CLERK)
        submit_yearly(plan=plan, report=report.pk, version=1, by=CLERK)
        given = give_task(
            plan=plan, title=mark, words=mark, region=report.region, unit=report.unit, due=date(2026, 1, 1), clause="",
            origin=Origin(OriginKind.OTHER, mark, mark), by=CLERK,
        )  # fmt: skip
        call_meeting(
            plan=plan, region=report.region, kind="work", title=mark, venue=mark, by=CLERK, proposed=(),
            starts=datetime(2026, 3, given.pk % 27 + 1, tzinfo=UTC), invited=[(report.region, report.unit)],
        )  # fmt: skip


def _cases(plan: Plan) -> None:
    """A case for each place, answered with its mark, and a letter sent on each."""
    import_figures(
        plan=plan, observations=[f for r in SECRET for f in rising("screening", r, 2019, *"65432")], by=CLERK
    )
    assess_plan(plan=plan, as_of=2023, by=CLERK)
    for held in Case.objects.filter(indicator="screening"):
        said = f"MARK-{held.region}-{held.unit};"
        save_draft(plan=plan, case=held.pk, version=held.version, cause=said, remedy=said, deadline=None, by=CLERK)
    days = timedelta(days=60)
    remind_cases(plan=plan, today=timezone.localdate() + days, by=CLERK)
    for held in Case.objects.filter(indicator="screening"):
        held = answer(
            plan=plan, case=issue_letter(plan=plan, case=held.pk, version=held.version, by=CLERK).case_id,
            version=held.version + 1, cause=held.draft["cause"], remedy=held.draft["remedy"],
            deadline=timezone.localdate() + days, by=CLERK,
        )  # fmt: skip


def _secrets() -> Iterable[Observation]:
    for region, number in SECRET.items():
        secret = figure("screening", region, 2024, number)
        yield replace(secret, confidentiality=Confidentiality.CONFIDENTIAL, value=Decimal(number))


def _plain(world: World) -> list[dict[str, Any]]:
    return [{"plan_id": world.plan.id}]


def _sheets(world: World) -> list[dict[str, Any]]:
    return [{"plan_id": world.plan.id, "sheet_id": sheet.pk} for sheet in world.sheets.values()]


def _uploads(world: World) -> list[dict[str, Any]]:
    return [{**kwargs, "upload_id": 1} for kwargs in _sheets(world)]


def _returns(world: World) -> list[dict[str, Any]]:
    return [{"plan_id": world.plan.id, "pk": sheet.pk} for sheet in world.sheets.values()]


def _filings(world: World) -> list[dict[str, Any]]:
    return [{"plan_id": world.plan.id, "pk": filing.pk} for filing in Filing.objects.all()]


def _records(world: World) -> list[dict[str, Any]]:
    return [{"plan_id": world.plan.id, "pk": record.pk} for record in Record.objects.all()]


def _oversight(model: Any) -> Callable[[World], list[dict[str, Any]]]:
    return lambda world: [{"plan_id": world.plan.id, "pk": one.pk} for one in model.objects.all()]


def _letters(world: World) -> list[dict[str, Any]]:
    return [{"plan_id": world.plan.id, "pk": letter.case_id, "number": letter.pk} for letter in Letter.objects.all()]


def _people(world: World) -> list[dict[str, Any]]:
    return [{"number": user.pk} for user in world.people.values()]


def _none(world: World) -> list[dict[str, Any]]:
    return [{}]


def _fixed(**more: Any) -> Callable[[World], list[dict[str, Any]]]:
    return lambda world: [{"plan_id": world.plan.id, **more}]


# How to knock on each door: the name of its address → the arguments to try.
KNOWN: dict[str, Callable[[World], list[dict[str, Any]]]] = {
    "web:home": _none, "web:plans": _none, "web:sign-in": _none, "web:sign-out": _none,
    "web:choose-language": _none, "web:choose-theme": _none,
    **dict.fromkeys(
        ("web:overview", "web:wall", "web:methods", "web:targets", "web:map", "web:gaps", "web:composite", "web:warnings", "web:data"),
        _plain,
    ),
    "web:field": _fixed(number=1), "web:goal": _fixed(clause="G1.1"), "web:measure": _fixed(clause="M1.1"),
    "web:provision": _fixed(clause="O1"), "web:indicator": _fixed(indicator_id="screening"),
    "web:region": lambda w: [{"plan_id": w.plan.id, "code": code} for code in SECRET],
    "web:warning": _fixed(target_id="M1.1a", code=pack.SHORE),
    "web:report": _fixed(name="none.pdf"),
    "web:notices": _none,
    "web:cases": _plain, "web:case": lambda w: [{"plan_id": w.plan.id, "pk": c.pk} for c in Case.objects.all()],
    "web:case-letter": _letters,
    **dict.fromkeys(
        ("web:review", "web:years", "web:year-open", "web:filings", "web:filings-open", "web:duties"), _plain
    ),
    **dict.fromkeys(("web:database", "web:missing", "web:surveys", "web:survey-add"), _plain),
    "web:database-file": lambda w: [{"plan_id": w.plan.id, "kind": k} for k in ("csv", "xlsx", "parquet")],
    "web:ledgers": _plain, **dict.fromkeys(("web:ledger", "web:record-add"), _fixed(ledger_id="training")),
    **dict.fromkeys(("web:record", "web:record-move", "web:record-adopt"), _records), "web:return-ledgers": _sheets,
    "web:figure": _plain, "web:survey": _fixed(survey=1),
    **dict.fromkeys(("web:review-one", "web:review-extend"), _returns),
    **dict.fromkeys(("web:year", "web:year-lock"), _fixed(year=2025)),
    **dict.fromkeys(("web:filing", "web:filing-document"), _filings),
    "web:evaluations": _plain, "web:evaluation-organisation": _plain,
    **dict.fromkeys(
        ("web:evaluation", "web:evaluation-results", "web:evaluation-results-file", "web:evaluation-conclusions"), _fixed(pk=1)
    ),
    **dict.fromkeys(("web:evaluation-scheme", "web:evaluation-assign"), _fixed(pk=1, number=1)),
    "web:evaluation-result": _fixed(pk=1, region=pack.SHORE),
    "web:evaluation-result-unit": _fixed(pk=1, region=pack.CITY, unit="health"),
    "web:evaluation-conclusion": _fixed(pk=1, clause="G1.1"),
    **dict.fromkeys(("web:evaluation-sheet", "web:evaluation-evidence"), _fixed(pk=1)),
    **dict.fromkeys(("web:yearly", "web:board", "web:tasks", "web:meetings", "web:calendar"), _plain),
    "web:yearly-year": _fixed(year=2025), "web:feed": _none, "web:calendar-feed": lambda w: [{"secret": "none"}],
    "web:task": _oversight(Task), "web:meeting": _oversight(Meeting), "web:meeting-minutes": _oversight(Meeting),
    "web:yearly-report": _oversight(YearlyReport),
    "web:yearly-file": lambda w: [{"plan_id": w.plan.id, "pk": f.report_id, "file": f.pk} for f in Evidence.objects.all()],
    **dict.fromkeys(("web:documents", "web:released", "web:templates"), _plain),
    **dict.fromkeys(("web:document", "web:document-block", "web:document-versions"), _fixed(pk=1)),
    "web:document-file": lambda w: [{"plan_id": w.plan.id, "pk": 1, "kind": k} for k in ("pdf", "docx")],
    "web:document-chart": _fixed(pk=1, chart=0),
    "web:template-file": lambda w: [{"plan_id": w.plan.id, "kind": "report", "which": k} for k in ("built-in", "9")],
    "web:tokens": _none, "web:my-returns": _plain,
    **dict.fromkeys(
        ("web:return", "web:move-return", "web:return-excel", "web:return-form", "web:return-upload-new"), _sheets
    ),
    **dict.fromkeys(("web:return-upload", "web:return-upload-confirm"), _uploads),
    "web:download": lambda w: [{"plan_id": w.plan.id, "name": n} for n in ("figures.csv", "verdicts.csv", "targets.csv")],
    "web:chart": _fixed(kind="standings", theme="light", language="zh"),
    **dict.fromkeys(
        ("web:sign-in-code", "web:forgotten", "web:account", "web:change-password", "web:second-factor", "web:people",
         "web:person-add", "web:people-many", "web:people-template", "web:offices"),
        _none,
    ),
    **dict.fromkeys(("web:audit", "web:audit-file", "web:audit-verify", "web:regions"), _none),
    "web:person": _people, "web:person-act": lambda w: [{**one, "verb": "edit"} for one in _people(w)],
    "web:link": lambda w: [{"token": "none"}],
    **dict.fromkeys(("openid_connect_login", "openid_connect_callback"), lambda w: [{"provider_id": "office"}]),
}  # fmt: skip


def doors(patterns: Iterable[Any] | None = None, space: str = "") -> Iterable[tuple[str, URLPattern]]:
    """Every address of the site by name, the interface's apart."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            if entry.namespace != "api":  # its operations are walked apart
                yield from doors(entry.url_patterns, f"{entry.namespace}:" if entry.namespace else space)
        else:
            yield f"{space}{entry.name}", entry


def may_meet(world: World, who: Principal) -> tuple[set[tuple[str, str]], set[str]]:
    """The offices whose marks, and the places whose secrets, a person may meet."""
    read, secret = who.scope(P.RETURN_READ), who.scope(P.CONFIDENTIAL_READ)
    return (
        {key for key in world.sheets if read.holds(*key)},
        {place for place in SECRET if secret.holds(place, "health" if place == pack.CITY else "health-d")},
    )


def out_of_scope(world: World, who: Principal, said: str) -> list[str]:
    """Marks in an answer that its reader may not meet."""
    offices, places = may_meet(world, who)
    met = {(m[1], m[2]) for m in MARK.finditer(said)}
    return [f"mark of {o}" for o in sorted(met - offices)] + [
        f"secret of {place}" for place, number in SECRET.items() if number in said and place not in places
    ]


def signed_in(user: User) -> Client:
    client = Client(raise_request_exception=True)
    client.force_login(user)
    return client


def test_every_door_is_known_and_says_whom_it_opens_for(world: World) -> None:
    found = dict(doors())
    assert set(found) == set(KNOWN), "say in KNOWN how to knock on a new door"
    for name, entry in found.items():
        assert isinstance(getattr(entry.callback, "door", None), Door), f"{name} is not marked with @door"
    assert all(operation.permission is not None or operation.name for operation in OPERATIONS)


@pytest.mark.slow
def test_no_role_meets_what_is_out_of_its_scope(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    tried = opened = 0
    for code, user in world.people.items():
        client = signed_in(user)
        who = principal(user, door="web")
        for name, entry in doors():
            asked: Door = entry.callback.door
            for kwargs in KNOWN[name](world):
                answer = client.get(reverse(name, kwargs=kwargs))
                tried += 1
                if not asked.public and asked.permission is not None and not who.may(asked.permission):
                    assert answer.status_code == 403, f"{code} at {name}: {answer.status_code}"
                    continue
                assert answer.status_code < 500, f"{code} at {name}: {answer.status_code}"
                opened += answer.status_code == 200
                said = b"".join(answer.streaming_content) if answer.streaming else answer.content
                assert not (found := out_of_scope(world, who, said.decode("utf-8", "replace"))), (
                    f"{code} at {name} {kwargs}: {found}"
                )
    with capsys.disabled():
        print(f"\nroles × doors: {len(world.people)} × {len(dict(list(doors())))}; {tried} knocks, {opened} opened")
    assert opened > 100


@pytest.mark.slow
def test_the_interface_keeps_the_same_scopes(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    tried = 0
    for code, user in world.people.items():
        client = signed_in(user)
        who = principal(user, door="api")
        for operation in OPERATIONS:
            if operation.method != "GET":
                continue
            for sheet in world.sheets.values():
                path = (
                    operation.path.replace("{sheet_id}", str(sheet.pk))
                    .replace("{sheet}", str(sheet.pk))
                    .replace("{plan}", world.plan.id)
                )
                answer = client.get(f"/api/v1{path}", {"plan": world.plan.id})
                tried += 1
                if operation.permission is not None and not who.may(operation.permission):
                    assert answer.status_code in {403, 404}, (
                        f"{code} at {operation}: {answer.status_code}"
                    )  # not even that it is there
                assert answer.status_code < 500
                found = out_of_scope(world, who, answer.content.decode("utf-8", "replace"))
                assert not found, f"{code} at {operation}: {found}"
                if "{" not in operation.path:
                    break
    with capsys.disabled():
        print(f"\nroles × operations: {len(world.people)} × {len(OPERATIONS)}; {tried} knocks")


def test_nobody_who_has_not_signed_in_sees_anything(world: World) -> None:
    for name, entry in doors():
        if not entry.callback.door.public:
            for kwargs in KNOWN[name](world):
                answer = Client().get(reverse(name, kwargs=kwargs))
                assert answer.status_code == 302, name
                assert "sign-in" in answer["Location"]


def test_an_unscoped_view_is_caught(world: World) -> None:
    """The test of the test: a view that forgets its scope shows a mark to somebody who may not meet it."""
    from django.http import HttpRequest, HttpResponse

    @door(P.RETURN_READ)
    def forgetful(request: HttpRequest) -> HttpResponse:
        return HttpResponse("".join(e.comment for s in Return.objects.all() for e in s.entries.all()))

    said = forgetful(HttpRequest()).content.decode()
    clerk, office = (principal(world.people[code], door="web") for code in ("district_clerk", "statistics"))
    assert out_of_scope(world, clerk, said)
    assert not out_of_scope(world, office, said)


def test_a_view_without_a_mark_opens_for_nobody(world: World) -> None:
    from django.core.exceptions import PermissionDenied
    from django.http import HttpRequest, HttpResponse

    from halfsky.web.doors import Gate

    gate = Gate(lambda request: HttpResponse())
    with pytest.raises(PermissionDenied):
        gate.process_view(HttpRequest(), lambda request: HttpResponse("all"), (), {})
