"""Returns over the interface: what one sees, what saving answers, what is carried out once."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client

from halfsky.audit.models import Event
from halfsky.collect.actions import import_figures, move
from halfsky.collect.models import Cycle, Entry, Return, State
from tests.api.conftest import PLAN, Caller, person
from tests.support import CITY, CLERK, SHORE, rising

pytestmark = pytest.mark.django_db


def cell(sheet: Return, indicator: str = "screening", **content: str) -> dict[str, Any]:
    entry = sheet.entries.get(indicator=indicator)
    return {"entry": entry.pk, "version": entry.version, **content}


def save(caller: Caller, sheet: Return, *cells: dict[str, Any], key: str = "") -> tuple[int, Any]:
    return caller.post(f"/returns/{sheet.pk}/cells", {"cells": list(cells)}, key=key or uuid.uuid4().hex)


def go(sheet: Return, *states: State, **more: str) -> None:
    for to in states:
        move(plan=PLAN, sheet=sheet.pk, to=to, version=Return.objects.get(pk=sheet.pk).version, by=CLERK, **more)


def filled(caller: Caller, sheet: Return) -> None:
    save(
        caller, sheet, cell(sheet, numerator="600", denominator="1000"),
        cell(sheet, "maternal_mortality", numerator="0", denominator="1500"),
    )  # fmt: skip


class TestReading:
    def test_a_clerk_finds_the_returns_of_their_office_and_no_others(self, clerk: Caller, cycle: Cycle) -> None:
        status, found = clerk.get("/returns", plan=PLAN.id, year=2024)
        assert (status, [(r["region"], r["unit"], r["asked"], r["filled"]) for r in found]) == (
            200, [(CITY, "health", 2, 0)],
        )  # fmt: skip
        other = cycle.returns.get(region=SHORE)
        assert clerk.get(f"/returns/{other.pk}")[0] == 404

    def test_a_reviewer_sees_a_return_once_its_unit_has_approved_it(self, clerk: Caller, sheet: Return) -> None:
        reviewer = Caller(person("statistics"))
        filled(clerk, sheet)
        assert reviewer.get(f"/returns/{sheet.pk}")[0] == 404
        go(sheet, State.SUBMITTED)
        assert reviewer.get(f"/returns/{sheet.pk}")[0] == 404
        assert Caller(person("unit_approver", unit="health")).get(f"/returns/{sheet.pk}")[1]["moves"] == [
            "approved",
            "returned",
        ]
        go(sheet, State.APPROVED)
        assert reviewer.get(f"/returns/{sheet.pk}")[1]["moves"] == ["accepted", "returned"]
        go(sheet, State.RETURNED, reason="请核对")
        assert reviewer.get(f"/returns/{sheet.pk}")[0] == 200  # it stays in sight while it is being corrected

    def test_what_is_not_free_is_not_shown_to_those_who_may_not_see_it(self, clerk: Caller, sheet: Return) -> None:
        filled(clerk, sheet)
        save(clerk, sheet, cell(sheet, numerator="600", denominator="1000", confidentiality="C", comment="内部"))
        go(sheet, State.SUBMITTED, State.APPROVED)
        _, seen = Caller(person("leader")).get(f"/returns/{sheet.pk}")
        hidden = {c["indicator"]: c for c in seen["cells"]}["screening"]
        assert (hidden["hidden"], hidden["value"], hidden["numerator"], hidden["comment"]) == (True, "", "", "")
        assert "600" not in str(seen)
        _, full = Caller(person("statistics")).get(f"/returns/{sheet.pk}")
        assert {c["indicator"]: c for c in full["cells"]}["screening"]["value"] == "60"

    def test_numbers_travel_as_text(self, clerk: Caller, sheet: Return) -> None:
        save(clerk, sheet, cell(sheet, numerator="1", denominator="3"))
        _, seen = clerk.get(f"/returns/{sheet.pk}")
        found = {c["indicator"]: c for c in seen["cells"]}["screening"]
        assert (found["numerator"], found["value"]) == ("1", "33.33")


class TestSaving:
    def test_it_answers_versions_computed_values_and_findings(self, clerk: Caller, sheet: Return) -> None:
        pk = str(sheet.entries.get(indicator="screening").pk)
        status, answer = save(clerk, sheet, cell(sheet, numerator="１，２００", denominator="1000"))
        assert status == 200
        assert (answer["versions"][pk], answer["values"][pk], answer["filled"]) == (2, "120", 1)
        assert {f["rule"] for f in answer["findings"][pk]} == {"range", "part-of-whole"}

    def test_the_same_key_is_carried_out_once(self, clerk: Caller, sheet: Return) -> None:
        body = cell(sheet, numerator="1", denominator="2")
        first = save(clerk, sheet, body, key="the-same-key")
        events = Event.objects.count()
        assert save(clerk, sheet, body, key="the-same-key") == first
        assert Event.objects.count() == events

    def test_one_key_of_two_people_is_two_requests(self, clerk: Caller, sheet: Return) -> None:
        save(clerk, sheet, cell(sheet, numerator="1", denominator="2"), key="the-same-key")
        again = Caller(person("district_clerk", SHORE, "health-d"))
        other = sheet.cycle.returns.get(region=SHORE)
        assert save(again, other, cell(other, numerator="3", denominator="4"), key="the-same-key")[0] == 200
        assert other.entries.get(indicator="screening").numerator == 3

    def test_a_conflict_tells_what_stands_and_saves_the_rest(self, clerk: Caller, sheet: Return) -> None:
        stale = cell(sheet, numerator="9", denominator="10")
        save(clerk, sheet, cell(sheet, numerator="1", denominator="2"))
        fresh = cell(sheet, "maternal_mortality", status="L")
        status, answer = save(clerk, sheet, stale, fresh)
        assert status == 409
        assert answer["conflicts"][str(stale["entry"])]["numerator"] == "1"
        assert answer["faults"][0]["cell"] == str(stale["entry"])
        assert Entry.objects.get(pk=fresh["entry"]).status == "L"

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            ({"numerator": "约600"}, "number-malformed"),
            ({"numerator": "60%"}, "percent-sign"),
            ({"numerator": "1234567890123456"}, "number-digits"),
            ({"numerator": "999999999999999", "denominator": "0.00000001"}, "figure-digits"),
            ({"status": "Z"}, "request-shape"),
            ({"numerator": 600}, "request-shape"),
            ({"numbers": "600"}, "request-shape"),
        ],
    )
    def test_what_cannot_be_kept_is_refused_by_cell(
        self, clerk: Caller, sheet: Return, content: dict, code: str
    ) -> None:
        status, answer = save(clerk, sheet, cell(sheet, **content))
        assert (status, answer["faults"][0]["code"]) == (422, code)
        assert answer["faults"][0]["zh"]
        assert sheet.entries.get(indicator="screening").version == 1

    def test_what_is_under_review_is_closed(self, clerk: Caller, sheet: Return) -> None:
        filled(clerk, sheet)
        go(sheet, State.SUBMITTED)
        status, answer = save(clerk, sheet, cell(sheet, numerator="1", denominator="2"))
        assert (status, answer["faults"][0]["code"]) == (422, "return-closed")

    def test_a_save_takes_few_queries_however_many_cells(
        self, clerk: Caller, sheet: Return, django_assert_max_num_queries: Any
    ) -> None:
        # session, person, posts, places (2); return twice; save: savepoints, return, ack, cells, ledger, updates, ack;
        # then the cells and figures that the rules compare
        with django_assert_max_num_queries(26):
            save(
                clerk, sheet, cell(sheet, numerator="1", denominator="2"), cell(sheet, "maternal_mortality", status="L")
            )

    def test_a_reviewer_may_read_and_not_fill(self, clerk: Caller, sheet: Return) -> None:
        filled(clerk, sheet)
        go(sheet, State.SUBMITTED, State.APPROVED)
        assert save(Caller(person("statistics")), sheet, cell(sheet, numerator="1", denominator="2"))[0] == 403


class TestMoving:
    def test_refused_with_every_cell_then_submitted(self, clerk: Caller, sheet: Return) -> None:
        status, answer = clerk.post(f"/returns/{sheet.pk}/moves", {"to": "submitted", "version": 1})
        assert status == 422
        assert {f["cell"] for f in answer["faults"]} == {str(e.pk) for e in sheet.entries.all()}
        filled(clerk, sheet)
        assert clerk.post(f"/returns/{sheet.pk}/moves", {"to": "submitted", "version": 1}) == (
            200, {"id": sheet.pk, "state": "submitted", "version": 2, "moves": ["draft"]},
        )  # fmt: skip

    def test_whoever_comes_second_is_told_where_it_stands(self, clerk: Caller, sheet: Return) -> None:
        filled(clerk, sheet)
        go(sheet, State.SUBMITTED, State.APPROVED)
        status, answer = clerk.post(f"/returns/{sheet.pk}/moves", {"to": "draft", "version": 2})
        assert (status, answer["state"], answer["faults"][0]["code"]) == (409, "approved", "return-moved")


class TestTheSessionsOwnDangers:
    def test_a_write_needs_the_csrf_token(self, clerk: Caller, sheet: Return) -> None:
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(person("clerk", unit="health"))
        address = f"/api/v1/returns/{sheet.pk}/cells"
        more = {"content_type": "application/json", "HTTP_IDEMPOTENCY_KEY": "12345678"}
        refused = strict.post(address, {"cells": []}, **more)
        assert (refused.status_code, refused.json()["faults"][0]["code"]) == (403, "csrf")
        token = strict.get("/api/v1/session").json()["csrf"]
        assert strict.post(address, {"cells": []}, HTTP_X_CSRFTOKEN=token, **more).status_code == 200

    def test_what_one_person_typed_is_not_sent_as_anothers(self, clerk: Caller, sheet: Return) -> None:
        body = {"cells": [cell(sheet, numerator="1", denominator="2")]}
        address = f"/returns/{sheet.pk}/cells"
        assert clerk.post(address, body, key="12345678", HTTP_X_HALFSKY_PERSON="0")[0] == 401
        mine = str(person("clerk", unit="health").pk)
        assert clerk.post(address, body, key="12345678", HTTP_X_HALFSKY_PERSON=mine)[0] == 200

    def test_signed_out_is_told_as_such(self, sheet: Return) -> None:
        assert Caller().get("/returns", plan=PLAN.id)[0] == 401
        assert save(Caller(), sheet, cell(sheet))[0] == 401


def test_a_save_asks_the_database_no_more_for_every_cell_and_every_year(
    clerk: Caller, sheet: Return, django_assert_max_num_queries: Any
) -> None:
    filled(clerk, sheet)
    import_figures(
        plan=PLAN, by=CLERK,
        observations=[o for i in PLAN.indicators for o in rising(i.id, CITY, 2010, *(str(n) for n in range(1, 14)))],
    )  # fmt: skip
    for numbers in (["610"], ["620", "1"]):
        cells = [
            cell(sheet, name, numerator=number, denominator="1000")
            for name, number in zip(("screening", "maternal_mortality"), numbers, strict=False)
        ]
        with django_assert_max_num_queries(26):
            assert save(clerk, sheet, *cells)[0] == 200
