"""The pages of evaluations, their files and their interface; and that the blind stay blind at every one of them."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from halfsky.alerts.actions import assess_plan
from halfsky.collect.actions import import_figures
from halfsky.evaluation.actions import MarkData, attach, save_sheet, submit_sheet
from halfsky.evaluation.actions.sheets import asked_of, in_force
from halfsky.evaluation.models import Evaluation, Evidence, Sheet
from halfsky.evaluation.words import PARTS
from tests.evaluation.world import World, build
from tests.support import CLERK
from tests.web import pack

MARKS = {"third": "3.17", "second-third": "4.19", "desk": "2.23", "site": "1.29", "": "5.31"}  # no total comes near one


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> World:
    plan = pack.pack()
    pack.write(plan, tmp_path)
    settings.PLANS_DIR = tmp_path
    settings.HOME = tmp_path
    import_figures(plan=plan, observations=pack.figures(), by=CLERK, file="figures.csv")
    assess_plan(plan=plan, as_of=2024, by=CLERK)
    return build(plan)


def client(world: World, name: str) -> Client:
    found = Client()
    found.force_login(world.people[name])
    return found


def scored(world: World) -> Evaluation:
    """Every sheet handed in, each scorer's marks and bases bearing that scorer's own sign."""
    made = world.opened()
    for sheet in made.sheets.select_related("user", "evaluation"):
        name = sheet.user.username if sheet.user else ""
        who = world.who(name) if name else CLERK
        scheme = in_force(made)
        assert scheme is not None
        marks = {
            c.code: MarkData(Decimal(MARKS[name]), f"SIGN-{name or 'self'};")
            for c in asked_of(world.plan, scheme, sheet)
        }
        site = sheet.method == "site"
        saved = save_sheet(
            plan=world.plan, sheet=sheet.pk, version=sheet.version, marks=marks, by=who,
            texts=dict.fromkeys(PARTS[sheet.method], f"TEXT-{name or 'self'};"),
            visited=made.schemes.get().approved_at.date() if site else None, place="社区" if site else "",  # type: ignore[union-attr]
        )  # fmt: skip
        if sheet.region == pack.SHORE:
            attach(
                plan=world.plan,
                sheet=sheet.pk,
                code="",
                name=f"{name or 'self'}.pdf",
                content=f"%PDF-{name}".encode(),
                by=who,
            )
        submit_sheet(plan=world.plan, sheet=sheet.pk, version=saved.version, by=who)
    made.refresh_from_db()
    return made


def doors(world: World, made: Evaluation) -> list[str]:
    """Every address at which something of an evaluation could be met."""
    plan, e = world.plan.id, made.pk
    clauses = [g.id for g in world.plan.goals]
    places = [r.code for r in world.plan.regions]
    return [
        reverse("web:evaluations", args=[plan]), reverse("web:evaluation", args=[plan, e]),
        reverse("web:evaluation-organisation", args=[plan]), reverse("web:evaluation-results", args=[plan, e]),
        reverse("web:evaluation-results-file", args=[plan, e]), reverse("web:evaluation-conclusions", args=[plan, e]),
        *(reverse("web:evaluation-conclusion", args=[plan, e, c]) for c in clauses),
        *(reverse("web:evaluation-result", args=[plan, e, code]) for code in places),
        *(reverse("web:evaluation-result-unit", args=[plan, e, pack.CITY, unit]) for unit in ("health", "science")),
        *(reverse("web:evaluation-sheet", args=[plan, pk]) for pk in Sheet.objects.values_list("pk", flat=True)),
        *(reverse("web:evaluation-evidence", args=[plan, pk]) for pk in Evidence.objects.values_list("pk", flat=True)),
        reverse("web:notices"), reverse("web:home"), reverse("web:audit"), reverse("web:audit-file"),
        f"/{plan}/duties/", f"/{plan}/data/", f"/{plan}/targets/?q=SIGN",
        f"/api/v1/evaluations?plan={plan}", f"/api/v1/evaluation-sheets?plan={plan}",
        f"/api/v1/evaluations/{e}/results?plan={plan}",
        *(f"/api/v1/evaluation-sheets/{pk}" for pk in Sheet.objects.values_list("pk", flat=True)),
    ]  # fmt: skip


def met(answer: Any) -> str:
    said = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if answer.headers.get("Content-Type", "").startswith("application/vnd.openxml"):
        book = openpyxl.load_workbook(io.BytesIO(said))
        return "\n".join(
            str(v) for sheet in book for row in sheet.iter_rows(values_only=True) for v in row if v is not None
        )
    return said.decode("utf-8", "replace")


def signs(world: World, made: Evaluation, name: str) -> set[str]:
    """Whose signs, texts, marks or documents a person meets anywhere."""
    visitor, found = client(world, name), set()
    for address in doors(world, made):
        answer = visitor.get(address)
        assert answer.status_code in {200, 302, 403, 404}, (name, address, answer.status_code)
        said = met(answer)
        for scorer, mark in MARKS.items():
            sign = scorer or "self"
            if f"SIGN-{sign};" in said or (answer.status_code == 200 and mark in said):
                found.add(f"mark of {sign}")
            if f"TEXT-{sign};" in said:
                found.add(f"text of {sign}")
            if said.startswith(f"%PDF-{scorer}") and said == f"%PDF-{scorer}":
                found.add(f"document of {sign}")
    return found


OWN = {"text of self", "document of self"}


@pytest.mark.slow
def test_the_blind_stay_blind_at_every_door(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    made = scored(world)
    expected: dict[str, set[str]] = {
        "third": {"mark of third", "text of third", "document of third", *OWN},
        "second-third": {"mark of second-third", "text of second-third", "document of second-third", *OWN},
        "desk": {"mark of desk", "text of desk", "document of desk", "mark of self", *OWN},
        "site": {"mark of site", "text of site", "document of site", "mark of self", *OWN},
        "officer": {
            "mark of self",
            *OWN,
            *(f"{w} of {n}" for w in ("mark", "text", "document") for n in ("desk", "site")),
        },
        "shore": {"mark of self", *OWN},
        "hill": {"mark of self", "text of self"},  # of its own district, which sent no document
        "clerk": {"mark of self", "text of self"},
        "chief": set(),
        "statistician": set(),
        "auditor": set(),
    }
    for name, may in expected.items():
        assert signs(world, made, name) == may, name
    with capsys.disabled():
        print(
            f"\nblind: {len(expected)} people × {len(doors(world, made))} addresses of pages, files, ledger and interface"
        )


@pytest.mark.slow
def test_a_subject_meets_its_own_and_no_other_subjects_marks(world: World) -> None:
    made = scored(world)
    visitor = client(world, "shore")
    for sheet in made.sheets.all():
        own = sheet.method == "self" and sheet.region == pack.SHORE
        assert (visitor.get(reverse("web:evaluation-sheet", args=[world.plan.id, sheet.pk])).status_code == 200) == own
        assert (visitor.get(f"/api/v1/evaluation-sheets/{sheet.pk}").status_code == 200) == own


def test_nobody_writes_on_anothers_sheet_by_page_or_interface(world: World) -> None:
    made = world.opened()
    sheet = world.sheet(made, "third", pack.SHORE, name="third")
    body = {"version": 1, "marks": {"measures": {"points": "9", "basis": "x"}}}
    for name in ("second-third", "desk", "shore", "chief", "clerk"):
        visitor = client(world, name)
        answer = visitor.post(
            f"/api/v1/evaluation-sheets/{sheet.pk}", json.dumps(body), content_type="application/json"
        )
        assert answer.status_code in {403, 404}, name
        page = visitor.post(
            reverse("web:evaluation-sheet", args=[world.plan.id, sheet.pk]),
            {"what": "save", "version": 1, "points-measures": "9"},
        )
        assert page.status_code in {403, 404}, name
    assert client(world, "officer").post(
        reverse("web:evaluation-sheet", args=[world.plan.id, sheet.pk]), {"what": "save", "version": 1, "points-measures": "9"}
    ).status_code == 403  # fmt: skip
    assert not sheet.scores.exists()


def test_a_sheet_is_saved_by_a_program_with_its_version(world: World) -> None:
    from halfsky.places.tokens import make_token

    made = world.opened()
    sheet = world.sheet(made, "third", pack.SHORE, name="third")
    _, key = make_token(user=world.people["third"], name="program", days=1, by=world.who("third"))
    headers = {"Authorization": f"Bearer {key}"}
    body = {"version": 1, "marks": {"measures": {"points": "9.5", "basis": "访谈"}}, "texts": {"opinion": "意见"}}

    def send() -> Any:
        return Client().post(
            f"/api/v1/evaluation-sheets/{sheet.pk}", json.dumps(body), content_type="application/json", headers=headers
        )

    saved = send()
    assert saved.status_code == 200, saved.content
    assert {m["code"]: m["points"] for m in saved.json()["marks"]}["measures"] == "9.50"
    assert send().status_code == 409


def test_what_was_typed_stays_where_it_is_refused(world: World) -> None:
    made = world.opened()
    sheet = world.sheet(made, "desk", pack.SHORE, name="desk")
    visitor = client(world, "desk")
    address = reverse("web:evaluation-sheet", args=[world.plan.id, sheet.pk])
    answer = visitor.post(
        address,
        {
            "what": "save",
            "version": 1,
            "points-measures": "99",
            "basis-measures": "打错的一项",
            "text-opinion": "评审意见",
        },
    )
    assert answer.status_code == 422
    said = answer.content.decode()
    assert "打错的一项" in said
    assert 'value="99"' in said
    assert visitor.post(address, {"what": "save", "version": 7}).status_code == 409


def test_a_sheet_shows_the_verdicts_of_what_its_subject_answers_for(world: World) -> None:
    made = world.opened()
    own = world.sheet(made, "self", pack.CITY, "health")
    said = client(world, "clerk").get(reverse("web:evaluation-sheet", args=[world.plan.id, own.pk])).content.decode()
    assert "孕产妇死亡率" in said
    assert "具备科学素质" not in said  # not the health commission's


def test_once_closed_the_pages_and_the_workbook_tell_the_same(world: World) -> None:
    made = world.closed()
    visitor = client(world, "officer")
    page = visitor.get(reverse("web:evaluation-results", args=[world.plan.id, made.pk])).content.decode()
    book = openpyxl.load_workbook(
        io.BytesIO(visitor.get(reverse("web:evaluation-results-file", args=[world.plan.id, made.pk])).content)
    )
    first = book.worksheets[0]
    assert first.max_row == 7
    for row in first.iter_rows(min_row=3, values_only=True):
        assert f"{row[1]:.2f}" in page
    shore = client(world, "shore")
    own = openpyxl.load_workbook(
        io.BytesIO(shore.get(reverse("web:evaluation-results-file", args=[world.plan.id, made.pk])).content)
    )
    assert own.worksheets[0].max_row == 3
    assert {
        cell for row in own.worksheets[1].iter_rows(min_row=2, min_col=5, max_col=8, values_only=True) for cell in row
    } <= {None, ""}
    assert (
        client(world, "hill")
        .get(reverse("web:evaluation-result", args=[world.plan.id, made.pk, pack.SHORE]))
        .status_code
        == 404
    )
    assert (
        client(world, "auditor").get(reverse("web:evaluation-results", args=[world.plan.id, made.pk])).status_code
        == 404
    )


def test_conclusions_are_everybodys_once_they_are_fixed(world: World) -> None:
    made = world.closed()
    address = reverse("web:evaluation-conclusions", args=[world.plan.id, made.pk])
    assert client(world, "shore").get(address).status_code == 404
    officer = client(world, "officer")
    assert officer.get(address).status_code == 200
    assert (
        officer.post(
            reverse("web:evaluation", args=[world.plan.id, made.pk]), {"what": "finish", "version": made.version}
        ).status_code
        == 302
    )
    assert client(world, "shore").get(address).status_code == 200
    assert (
        client(world, "chief")
        .post(address, {"what": "finding", "kind": "problem", "field": 0, "title": "x", "words": "y"})
        .status_code
        == 403
    )


def test_the_scheme_is_written_on_its_page(world: World) -> None:
    officer = client(world, "officer")
    begun = officer.post(reverse("web:evaluations", args=[world.plan.id]), {"kind": "final", "year": "2030"})
    made = Evaluation.objects.get(kind="final")
    assert begun.status_code == 302
    scheme = made.schemes.get()
    address = reverse("web:evaluation-scheme", args=[world.plan.id, made.pk, 1])
    said = officer.get(address).content.decode()
    assert said.count('class="criterion"') == scheme.criteria.count() + 3
    from tests.web.forms import fields_of

    typed = fields_of(said, "schemeform")
    assert officer.post(address, {**typed, "c-1-weight": "12"}).status_code == 422
    assert officer.post(address, {**typed, "c-1-weight": "abc"}).status_code == 422
    assert officer.post(address, {**typed, "c-1-name": "组织保障"}).status_code == 302
    assert made.schemes.get().criteria.first().name == "组织保障"  # type: ignore[union-attr]
    assert client(world, "third").get(address).status_code == 403
    assert client(world, "third").get(reverse("web:evaluation", args=[world.plan.id, made.pk])).status_code == 404
