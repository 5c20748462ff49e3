"""Tokens, figures, and the interface's description of itself."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import get_resolver

from halfsky.api.doors import OPERATIONS
from halfsky.api.figures import LARGEST
from halfsky.api.urls import urlpatterns
from halfsky.audit.models import Event
from halfsky.collect.actions import import_figures
from halfsky.observations import Confidentiality, read_csv
from halfsky.places.models import Token, User
from halfsky.places.policy import principal
from halfsky.places.tokens import make_token, revoke_token
from halfsky.plan import Faulty, Plan
from tests.api.conftest import PLAN, Caller, person
from tests.support import CITY, CLERK, SHORE, figure

pytestmark = pytest.mark.django_db
ROW = {
    "INDICATOR": "screening", "REF_AREA": CITY, "TIME_PERIOD": "2023", "NUMERATOR": "600", "DENOMINATOR": "1000",
    "UNIT_MEASURE": "percent", "SOURCE": "统计局",
}  # fmt: skip


def key_of(user: User, days: int = 30) -> str:
    return make_token(user=user, name="同步程序", days=days, by=principal(user, door="web"))[1]


class TestTokens:
    def test_a_program_acts_as_its_person_and_the_ledger_says_through_which_door(self, plan: Plan) -> None:
        program = Caller(token=key_of(person("statistics")))
        assert program.post("/figures", {"plan": plan.id, "figures": [ROW]})[1] == {
            "created": 1,
            "revised": 0,
            "unchanged": 0,
        }
        event = Event.objects.get(action="figures.import")
        assert (event.door, event.actor, event.role) == ("api", f"statistics@{CITY}", "statistics")

    def test_only_the_digest_is_kept_and_the_ledger_holds_no_key(self, plan: Plan) -> None:
        key = key_of(person("statistics"))
        assert not Token.objects.filter(digest=key).exists()
        assert key not in str(list(Event.objects.values()))

    def test_revoked_expired_left_or_unknown_opens_nothing(self, plan: Plan) -> None:
        user = person("statistics")
        key = key_of(user)
        assert Caller(token=key).get("/plans")[0] == 200
        Token.objects.update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
        assert Caller(token=key).get("/plans")[0] == 401
        Token.objects.update(expires_at=datetime.now(UTC) + timedelta(days=1))
        User.objects.filter(pk=user.pk).update(is_active=False)
        assert Caller(token=key).get("/plans")[0] == 401
        User.objects.filter(pk=user.pk).update(is_active=True)
        revoke_token(token=Token.objects.get(), by=principal(user, door="web"))
        assert Caller(token=key).get("/plans")[0] == 401
        assert Caller(token="halfsky_guess").get("/plans")[0] == 401
        assert Caller(token="x").get("/plans")[0] == 401

    def test_a_wrong_token_is_not_helped_by_a_session(self, plan: Plan) -> None:
        assert Caller(person("statistics"), token="halfsky_guess").get("/plans")[0] == 401

    def test_tokens_are_ones_own(self, plan: Plan) -> None:
        with pytest.raises(Faulty):
            make_token(user=person("statistics"), name="x", days=1, by=principal(person("leader"), door="web"))
        for name, days in (("", 1), ("x", 0), ("x", 400)):
            with pytest.raises(Faulty):
                make_token(user=person("leader"), name=name, days=days, by=principal(person("leader"), door="web"))


class TestFigures:
    @pytest.fixture(autouse=True)
    def some(self, plan: Plan) -> None:
        import_figures(
            plan=plan, by=CLERK,
            observations=[
                figure("screening", CITY, 2022, "60.5"), figure("screening", SHORE, 2022, "71"),
                figure("screening", CITY, 2021, "58", confidentiality=Confidentiality.CONFIDENTIAL),
            ],
        )  # fmt: skip

    def test_found_by_indicator_place_and_year_with_numbers_as_text(self) -> None:
        status, found = Caller(person("leader")).get(
            "/figures", plan=PLAN.id, indicator="screening", region=CITY, year=2022
        )
        assert (status, [(r["TIME_PERIOD"], r["OBS_VALUE"]) for r in found["figures"]]) == (200, [("2022", "60.5")])

    def test_only_ones_own_places_and_what_one_may_know(self) -> None:
        def years(user: User) -> list[tuple[str, str]]:
            return [(r["REF_AREA"], r["TIME_PERIOD"]) for r in Caller(user).get("/figures", plan=PLAN.id)[1]["figures"]]

        assert years(person("leader")) == [(CITY, "2022"), (SHORE, "2022")]
        assert years(person("statistics")) == [(CITY, "2021"), (CITY, "2022"), (SHORE, "2022")]
        assert years(person("district_leader", SHORE)) == [(SHORE, "2022")]
        assert years(person("clerk", unit="health")) == [(CITY, "2021"), (CITY, "2022")]  # its own to know
        assert years(person("clerk", unit="statistics")) == [(CITY, "2022")]

    def test_in_portions(self) -> None:
        _, first = Caller(person("leader")).get("/figures", plan=PLAN.id, limit=1)
        assert (len(first["figures"]), first["next"]) == (1, 1)
        _, last = Caller(person("leader")).get("/figures", plan=PLAN.id, limit=1, offset=1)
        assert last["next"] is None

    def test_as_csv_it_is_the_tidy_file(self) -> None:
        caller = Caller(person("leader"))
        content = caller.client.get("/api/v1/figures", {"plan": PLAN.id, "format": "csv"}).content
        assert [str(o.value) for o in read_csv(content, plan=PLAN, file="x").observations] == ["60.5", "71"]

    def test_sent_twice_nothing_changes_and_a_revision_says_why(self) -> None:
        caller = Caller(person("statistics"))
        body = {"plan": PLAN.id, "figures": [ROW]}
        assert caller.post("/figures", body)[1]["created"] == 1
        assert caller.post("/figures", body)[1] == {"created": 0, "revised": 0, "unchanged": 1}
        changed = {"plan": PLAN.id, "figures": [{**ROW, "NUMERATOR": "601"}]}
        assert caller.post("/figures", changed)[1]["faults"][0]["code"] == "reason-missing"
        assert caller.post("/figures", {**changed, "reason": "核查"})[1]["revised"] == 1

    def test_every_fault_is_told_and_nothing_taken(self) -> None:
        rows = [ROW, {**ROW, "INDICATOR": "nonsense"}, {**ROW, "OBS_VALUE": "about 5", "X": "1"}]
        status, answer = Caller(person("statistics")).post("/figures", {"plan": PLAN.id, "figures": rows})
        assert status == 422
        assert {f["code"] for f in answer["faults"]} >= {"indicator-unknown", "number-malformed", "column-unknown"}
        assert Caller(person("statistics")).get("/figures", plan=PLAN.id, year=2023)[1]["figures"] == []

    def test_more_than_the_site_takes_is_read_from_whoever_may_send_figures(self, settings: Any) -> None:
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
        caller = Caller(person("statistics"))
        body = {"plan": PLAN.id, "figures": [ROW]}
        assert caller.post("/figures", body)[1]["created"] == 1
        leader = Caller(person("leader"))
        assert leader.post("/figures", body)[0] == 403
        status, answer = caller.post("/returns/1/moves", {"to": "submitted", "version": 1, "reason": "x" * 100})
        assert (status, answer["faults"][0]["code"]) == (413, "request-size")

    def test_a_request_may_not_be_larger_than_its_rows_can_be(self) -> None:
        caller = Caller(key_holder := person("statistics"))
        beyond = str(LARGEST + 1)
        for headers in ({}, {"HTTP_AUTHORIZATION": f"Bearer {key_of(key_holder)}"}):
            status, answer = caller.post("/figures", {}, CONTENT_LENGTH=beyond, **headers)
            assert (status, answer["faults"][0]["code"]) == (413, "request-size")

    def test_a_district_sends_its_own_and_nobody_elses(self) -> None:
        district = Caller(person("district_statistics", SHORE))
        assert district.post("/figures", {"plan": PLAN.id, "figures": [ROW]})[0] == 403
        assert district.post("/figures", {"plan": PLAN.id, "figures": [{**ROW, "REF_AREA": SHORE}]})[0] == 200
        assert Caller(person("leader")).post("/figures", {"plan": PLAN.id, "figures": [ROW]})[0] == 403


class TestTheInterfaceAsAWhole:
    def test_every_operation_is_registered_with_its_permission(self, plan: Plan) -> None:
        described = Caller(person("leader")).get("/openapi.json")[1]["paths"]
        told = {(method.upper(), path) for path, methods in described.items() for method in methods}
        known = {(o.method, "/api/v1" + o.path.replace("{int:", "{")) for o in OPERATIONS}
        assert told == known - {("GET", "/api/v1/openapi.json")}
        assert len(OPERATIONS) == 16

    def test_every_operation_is_closed_before_sign_in(self, plan: Plan) -> None:
        for o in OPERATIONS:
            address = re.sub(r"\{int:\w+\}", "1", o.path)
            status, answer = Caller().get(address) if o.method == "GET" else Caller().post(address, {})
            assert (status, answer["faults"][0]["code"]) == (401, "signed-out"), o

    def test_every_address_of_it_goes_through_the_gate(self) -> None:
        assert all(getattr(pattern.callback, "door", None) for pattern in urlpatterns)
        assert get_resolver().resolve("/api/v1/returns").func.door.public

    def test_somebody_without_posts_gets_nothing_but_their_session(self, plan: Plan) -> None:
        nobody = Caller(User.objects.create(username="nobody"))
        assert nobody.get("/session")[0] == 200
        assert nobody.get("/figures", plan=PLAN.id)[0] == 403
        assert nobody.get("/returns", plan=PLAN.id)[0] == 403
