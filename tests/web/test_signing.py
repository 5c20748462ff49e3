"""Coming in by password, code, link and identity service; locked out; sessions that end."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from halfsky.audit.models import Event
from halfsky.places.actions import add_person, appoint, establish, hand_over, invite, set_up_second_factor
from halfsky.places.models import User
from halfsky.places.policy import principal
from halfsky.places.secondfactor import new_secret
from halfsky.places.tokens import holder, make_token
from halfsky.web import sessions
from halfsky.web.sessions import _BEGAN
from tests.support import CLERK
from tests.web import pack
from tests.web.conftest import LANGUAGES
from tests.web.test_pages import assert_sound, tree

GOOD = "Tide-and-harbour-7"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def places() -> None:
    establish(plan=pack.pack(), by=CLERK)


def person(name: str = "lin", role: str = "leader", email: str = "lin@example.org") -> User:
    user = add_person(username=name, full_name="林一", email=email, password=GOOD, by=CLERK)
    appoint(user=user, role=role, region=pack.CITY, by=CLERK)
    return user


def try_in(client: Client, password: str = GOOD, name: str = "lin"):
    return client.post("/sign-in/", {"username": name, "password": password, "next": "/plans/"})


def code(secret: str, ahead: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1] + ahead))


def second(user: User) -> tuple[str, list[str]]:
    secret = new_secret()
    by = principal(user, door="web")
    return secret, set_up_second_factor(user=user, secret=secret, code=code(secret, -1), by=by)


def actions() -> list[str]:
    return list(Event.objects.filter(action__startswith="session.").order_by("number").values_list("action", flat=True))


def test_signing_in_and_out_are_events_without_secrets() -> None:
    person()
    client = Client()
    assert try_in(client, "wrong").status_code == 400
    assert try_in(client).headers["Location"] == "/plans/"
    client.post("/sign-out/")
    assert client.get("/plans/").status_code == 302
    assert actions() == ["session.failed", "session.sign-in", "session.sign-out"]
    try_in(client, name="my-secret-typed-in-the-wrong-field")
    assert "my-secret" not in str(list(Event.objects.values()))
    assert GOOD not in str(list(Event.objects.values()))


def test_nobody_is_led_to_another_site() -> None:
    person()
    answer = Client().post("/sign-in/", {"username": "lin", "password": GOOD, "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("language", LANGUAGES)
def test_five_failures_lock_even_the_right_password_and_an_unknown_name_alike(language: str) -> None:
    person()
    for name in ("lin", "nobody"):
        client = Client()
        client.cookies["halfsky_language"] = language
        answers = [try_in(client, "wrong", name).status_code for _ in range(5)]
        assert answers == [400, 400, 400, 400, 429]
        answer = try_in(client, GOOD, name)
        assert answer.status_code == 429
        assert "30" in answer.content.decode()
    assert actions().count("session.locked-out") == 2
    assert actions().count("session.failed") == 10


def test_wrong_codes_count_like_wrong_passwords() -> None:
    user = person()
    secret, _ = second(user)
    client = Client()
    assert try_in(client).headers["Location"] == "/sign-in/code/"
    assert client.get("/plans/").status_code == 302  # the password alone opens nothing
    assert [client.post("/sign-in/code/", {"code": "000"}).status_code for _ in range(5)] == [400] * 4 + [429]
    assert client.post("/sign-in/code/", {"code": code(secret)}).status_code == 429


def test_a_code_after_the_password_opens_and_so_does_a_recovery_code_once() -> None:
    user = person()
    secret, codes = second(user)
    for proof, opens in ((code(secret), True), (code(secret), False), (codes[3], True), (codes[3], False)):
        client = Client()
        try_in(client)
        answer = client.post("/sign-in/code/", {"code": proof})
        assert (answer.status_code == 302) is opens, proof
    assert Client().get("/sign-in/code/").status_code == 302


def test_where_roles_need_a_second_factor_nothing_opens_before_it_is_set_up(settings: object) -> None:
    settings.SECOND_FACTOR = "roles"  # type: ignore[attr-defined]
    person()
    person("wang", "statistics")
    reader, reviewer = Client(), Client()
    try_in(reader)
    try_in(reviewer, name="wang")
    assert reader.get("/plans/").status_code == 200
    assert reader.get("/api/v1/session").status_code == 200
    assert reviewer.get("/plans/").headers["Location"] == "/account/second-factor/"
    assert reviewer.get("/api/v1/session").status_code == 401
    page = reviewer.get("/account/second-factor/").content.decode()
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert found
    secret = found[1].replace(" ", "")
    assert reviewer.post("/account/second-factor/", {"code": "000000"}).status_code == 400
    done = reviewer.post("/account/second-factor/", {"code": code(secret)})
    assert len(re.findall(r"<code>\d{8}</code>", done.content.decode())) == 10
    assert reviewer.get("/plans/").status_code == 200
    assert "code>" + secret[:4] not in reviewer.get("/account/second-factor/").content.decode()


def test_an_old_password_is_changed_before_anything_opens(settings: object) -> None:
    settings.PASSWORD_PROFILE = "mlps3"  # type: ignore[attr-defined]
    user = person()
    User.objects.update(password_changed_at="2020-01-01T00:00:00Z")
    client, other = Client(), Client()
    try_in(client)
    try_in(other)
    assert client.get("/plans/").headers["Location"] == "/account/password/"
    form = {"old": GOOD, "new": "Harbour-and-tide-8", "again": "Harbour-and-tide-8"}
    assert client.post("/account/password/", {**form, "again": "x"}).status_code == 400
    assert client.post("/account/password/", {**form, "old": "x"}).status_code == 400
    assert client.post("/account/password/", form).status_code == 302
    assert client.get("/plans/").status_code == 200
    assert other.get("/plans/").headers["Location"].startswith("/sign-in/")
    user.refresh_from_db()
    assert user.check_password("Harbour-and-tide-8")


def test_a_session_ends_after_its_longest_time_however_busy(settings: object) -> None:
    person()
    client = Client()
    try_in(client)
    session = client.session
    session[_BEGAN] -= 12 * 3600 + 1
    session.save()
    assert client.get("/plans/").headers["Location"].startswith("/sign-in/")
    assert actions()[-1] == "session.sign-out"


def test_the_idle_time_counts_from_the_last_request_and_is_noted_once_a_minute(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    person()
    client = Client()
    try_in(client)
    client.get("/plans/")

    def ends() -> datetime:
        return Session.objects.get(session_key=client.cookies["halfsky_session"].value).expire_date

    def pages(later: int) -> list[str]:
        """The statements that a page needs so many seconds later which write to the session."""
        monkeypatch.setattr(sessions, "time", SimpleNamespace(time=lambda: start + later))
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/plans/").status_code == 200
        return [q["sql"] for q in asked if q["sql"].startswith("UPDATE") and "django_session" in q["sql"]]

    start, first = time.time(), ends()
    assert pages(30) == []
    assert ends() == first
    assert len(pages(70)) == 1
    assert ends() > first
    assert pages(90) == []
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.get("/plans/").headers["Location"].startswith("/sign-in/")


def test_a_leavers_session_ends_with_the_hand_over() -> None:
    user, heir = person(), add_person(username="zhao", full_name="赵二", by=CLERK)
    client = Client()
    try_in(client)
    assert client.get("/plans/").status_code == 200
    _, key = make_token(user=user, name="程序", days=30, by=principal(user, door="web"))
    assert holder(key) == user
    hand_over(post=user.posts.get(), to=heir, by=CLERK, reason="调离")
    assert client.get("/plans/").headers["Location"].startswith("/sign-in/")
    assert holder(key) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_before_sign_in_are_sound(language: str) -> None:
    user = person()
    client = Client()
    client.cookies["halfsky_language"] = language
    lang = "en" if language == "en" else "zh-Hans"
    path = urlsplit(invite(user=user, by=CLERK)).path
    for address, status in (("/sign-in/", 200), ("/sign-in/forgotten/", 200), (path, 200), ("/link/none/", 404)):
        assert_sound(tree(client, address, status), address, lang)
    assert client.post(path, {"new": "x", "again": "x"}).status_code == 400
    assert client.post(path, {"new": GOOD + "!", "again": GOOD + "!"}).status_code == 302
    assert client.get(path).status_code == 404
    try_in(client, GOOD + "!")
    for address in ("/account/", "/account/password/", "/account/second-factor/"):
        assert_sound(tree(client, address), address, lang)


# ---- the office's identity service ----


class Issuer(BaseHTTPRequestHandler):
    """A small identity service: discovery, token, and what it says of whoever signs in."""

    says: dict[str, object] = {}

    def do_GET(self) -> None:
        base = f"http://127.0.0.1:{self.server.server_port}"  # type: ignore[attr-defined]
        if self.path.startswith("/.well-known"):
            self._answer({
                "issuer": base, "authorization_endpoint": f"{base}/authorize", "token_endpoint": f"{base}/token",
                "userinfo_endpoint": f"{base}/userinfo", "jwks_uri": f"{base}/keys",
            })  # fmt: skip
        else:
            self._answer(self.says)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer({"access_token": "t", "token_type": "Bearer", "expires_in": 60})

    def _answer(self, content: object) -> None:
        body = json.dumps(content).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def issuer(settings: object) -> Iterator[type[Issuer]]:
    from halfsky.config.oidc import oidc_providers

    server = HTTPServer(("127.0.0.1", 0), Issuer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    settings.SOCIALACCOUNT_PROVIDERS = oidc_providers(  # type: ignore[attr-defined]
        {"HALFSKY_OIDC_ISSUER": base, "HALFSKY_OIDC_CLIENT": "halfsky", "HALFSKY_OIDC_NAME": "市政务认证"}
    )
    yield Issuer
    server.shutdown()
    server.server_close()


def through(client: Client) -> object:
    """From the button to the issuer and back, as a browser goes."""
    away = client.get("/oidc/office/login/?next=/plans/")
    assert away.status_code == 302, away.content
    query = parse_qs(urlsplit(away.headers["Location"]).query)
    assert query["code_challenge_method"] == ["S256"]
    return client.get("/oidc/office/login/callback/", {"code": "c", "state": query["state"][0]})


def test_the_identity_service_lets_in_whom_it_names_and_is_known_here(issuer: type[Issuer]) -> None:
    person()
    issuer.says = {"sub": "1", "email": "lin@example.org", "email_verified": True}
    client = Client()
    assert "市政务认证" in client.get("/sign-in/").content.decode()
    assert through(client).headers["Location"] == "/plans/"
    assert client.get("/plans/").status_code == 200
    assert Event.objects.get(action="session.sign-in").after == {"how": "oidc", "second_factor": "none"}


@pytest.mark.parametrize("says", [
    {"sub": "1", "email": "other@example.org", "email_verified": True}, {"sub": "1", "email": "lin@example.org"},
    {"sub": "1", "preferred_username": "lin"},
])  # fmt: skip
def test_it_creates_nobody_and_believes_no_unverified_address(issuer: type[Issuer], says: dict[str, object]) -> None:
    person()
    issuer.says = says
    client = Client()
    assert through(client).status_code == 403
    assert client.get("/plans/").status_code == 302
    assert User.objects.count() == 1


def test_it_does_not_stand_in_for_the_second_factor(issuer: type[Issuer]) -> None:
    second(person())
    issuer.says = {"sub": "1", "email": "lin@example.org", "email_verified": True}
    client = Client()
    assert through(client).headers["Location"] == "/sign-in/code/"
    assert client.get("/plans/").status_code == 302


def test_an_answer_that_nobody_asked_for_is_refused(issuer: type[Issuer]) -> None:
    answer = Client().get("/oidc/office/login/callback/", {"code": "c", "state": "forged"})
    assert answer.status_code == 401


def test_it_is_off_unless_set_up() -> None:
    assert Client().get("/oidc/office/login/").status_code == 404
