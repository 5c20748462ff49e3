"""How people come in and go out: passwords, links, second factors, hand-over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail

from halfsky.audit.models import Event
from halfsky.audit.queries import verify
from halfsky.places import secondfactor
from halfsky.places.actions import (
    add_person,
    appoint,
    ask_reset,
    change_password,
    deactivate,
    dismiss,
    establish,
    hand_over,
    invite,
    reset_password,
    set_password_by_link,
    set_up_second_factor,
)
from halfsky.places.models import Link, Mail, Post, User
from halfsky.places.outbox import Sent, failing, send_mails
from halfsky.places.passwords import PROFILES, expired, password_faults
from halfsky.places.policy import Forbidden, principal
from halfsky.plan import Faulty
from tests.support import CITY, CLERK, HILL, SHORE, small_plan, with_units

GOOD = "Tide-and-harbour-7"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def places() -> None:
    establish(plan=with_units(small_plan()), by=CLERK)


def person(name: str, *posts: tuple[str, str, str | None], email: str = "") -> User:
    user = add_person(username=name, full_name=f"人{name}", email=email, by=CLERK)
    for role, region, unit in posts:
        appoint(user=user, role=role, region=region, unit=unit, by=CLERK)
    return user


def acting(user: User):
    return principal(user, door="web", address="10.0.0.8")


def token(url: str) -> str:
    return url.rstrip("/").rsplit("/", 1)[1]


def now_code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[1]))


# ---- passwords ----


@pytest.mark.parametrize(
    ("password", "code"),
    [("short", "password-short"), ("password12", "password-common"), ("aaaaaaaaaaaa", "password-common"), ("linclerk2030", "password-names"), ("x" * 300, "password-long")],
)  # fmt: skip
def test_a_weak_password_is_refused_with_its_reason(password: str, code: str) -> None:
    assert code in [f.code for f in password_faults(password, User(username="linclerk", full_name="林"))]


def test_the_profile_of_level_3_asks_for_classes_memory_and_age(settings: object) -> None:
    settings.PASSWORD_PROFILE = "mlps3"  # type: ignore[attr-defined]
    user = person("lin", ("district_clerk", SHORE, "health-d"))
    with pytest.raises(Faulty) as refused:
        set_password_by_link(token=token(invite(user=user, by=CLERK)), password="alllowercase", address="")
    assert [f.code for f in refused.value.faults] == ["password-classes"]
    words = ["Harbour-one-1", "Harbour-two-2", "Harbour-tre-3", "Harbour-fou-4", "Harbour-fiv-5"]
    for word in words:
        user.refresh_from_db()
        change_password(user=user, password=word, by=acting(user))
    user.refresh_from_db()
    for word in words:
        with pytest.raises(Faulty):
            change_password(user=user, password=word, by=acting(user))
    change_password(user=user, password="Harbour-six-6", by=acting(user))
    user.refresh_from_db()
    change_password(user=user, password=words[0], by=acting(user))  # five others lie between
    user.refresh_from_db()
    assert not expired(user)
    user.password_changed_at = datetime.now(UTC) - timedelta(days=PROFILES["mlps3"].oldest + 1)
    assert expired(user)


def test_an_installation_hashes_with_argon2() -> None:
    from halfsky.config import settings as installed

    assert installed.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


# ---- links ----


def test_a_link_sets_a_password_once_and_is_kept_as_a_hash_only(settings) -> None:
    settings.EMAIL_HOST = "mail.example.org"
    user = person("lin", ("district_clerk", SHORE, "health-d"), email="lin@example.org")
    url = invite(user=user, by=CLERK)
    assert token(url) not in str(Link.objects.values()) + str(Event.objects.values()) + str(Mail.objects.values())
    assert send_mails() == Sent(1, 0, 0)
    assert [m.to for m in mail.outbox] == [["lin@example.org"]]
    assert url in mail.outbox[0].body
    assert Mail.objects.get().body == ""  # sent: nothing is left to be read
    set_password_by_link(token=token(url), password=GOOD, address="10.0.0.8")
    user.refresh_from_db()
    assert user.check_password(GOOD)
    with pytest.raises(Faulty) as refused:
        set_password_by_link(token=token(url), password="Another-tide-8", address="")
    assert refused.value.faults[0].code == "link-closed"
    assert GOOD not in str(list(Event.objects.values()))
    assert verify() == []


def test_a_link_closes_after_its_time_after_another_and_after_a_new_post() -> None:
    user = person("lin", ("district_clerk", SHORE, "health-d"))

    def closed(url: str) -> bool:
        try:
            set_password_by_link(token=token(url), password=GOOD, address="")
        except Faulty as error:
            return error.faults[0].code == "link-closed"
        return False

    late = invite(user=user, by=CLERK)
    Link.objects.update(until=datetime.now(UTC) - timedelta(seconds=1))
    assert closed(late)
    first, second = invite(user=user, by=CLERK), invite(user=user, by=CLERK)
    assert closed(first)
    appoint(user=user, role="district_statistics", region=SHORE, by=CLERK)
    assert closed(second)  # what it opens has grown since it was handed out


def test_who_forgot_is_mailed_once_and_nobody_learns_who_there_is(settings) -> None:
    settings.EMAIL_HOST = "mail.example.org"
    person("lin", ("district_clerk", SHORE, "health-d"), email="lin@example.org")
    person("mute", ("district_clerk", SHORE, "health-d"))
    for name in ("lin", "lin", "mute", "nobody"):
        assert ask_reset(username=name, address="10.0.0.9") is None
    send_mails()
    assert [m.to for m in mail.outbox] == [["lin@example.org"]]


def test_a_link_that_cannot_be_mailed_waits_is_seen_and_goes_out_later(settings) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens there
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    user = person("lin", ("district_clerk", SHORE, "health-d"), email="lin@example.org")
    invite(user=user, by=CLERK)
    assert send_mails() == Sent(0, 1, 1)
    assert [(m.to, m.tries, bool(m.error)) for m in failing()] == [("lin@example.org", 1, True)]
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    url = invite(user=user, by=CLERK)  # the first link no longer opens: its mail goes with it
    assert send_mails() == Sent(1, 0, 0)
    assert url in mail.outbox[0].body
    invite(user=user, by=CLERK)
    Link.objects.update(until=datetime.now(UTC) - timedelta(seconds=1))
    assert send_mails() == Sent(0, 0, 0)  # a closed link is not sent


# ---- who manages whom ----


def test_a_districts_administrator_never_reaches_into_the_city() -> None:
    chief = acting(person("sun", ("administrator", SHORE, None)))
    both = person("both", ("district_clerk", SHORE, "health-d"), ("statistics", CITY, None))
    for act in (
        lambda: reset_password(user=both, by=chief),
        lambda: invite(user=both, by=chief),
        lambda: deactivate(user=both, by=chief, reason="x"),
        lambda: appoint(user=both, role="district_statistics", region=SHORE, by=chief),
    ):
        with pytest.raises(Forbidden):
            act()


def test_nobody_gives_themselves_a_post_and_a_city_role_is_no_post_of_a_district() -> None:
    chief = person("sun", ("administrator", SHORE, None))
    other = person("other")
    with pytest.raises(Faulty) as refused:
        appoint(user=chief, role="district_statistics", region=SHORE, by=acting(chief))
    assert refused.value.faults[0].code == "self"
    with pytest.raises(Faulty) as refused:
        appoint(user=other, role="statistics", region=SHORE, by=acting(chief))
    assert refused.value.faults[0].code == "post-level"
    with pytest.raises(Faulty) as refused:
        appoint(user=chief, role="auditor", region=CITY, by=CLERK)
    assert refused.value.faults[0].code == "posts-apart"


# ---- leaving ----


def test_a_hand_over_is_one_event_and_ends_the_leavers_sessions() -> None:
    leaver, heir = person("lin", ("district_clerk", SHORE, "health-d")), person("zhao")
    post = leaver.posts.get()
    before, events = leaver.get_session_auth_hash(), Event.objects.count()
    opened = hand_over(post=post, to=heir, by=CLERK, reason="调离")
    leaver.refresh_from_db()
    assert (opened.role, opened.region, opened.office) == (post.role, post.region, post.office)
    assert list(Post.objects.filter(until__isnull=True)) == [opened]
    assert leaver.get_session_auth_hash() != before
    event = Event.objects.order_by("number").last()
    assert event is not None
    assert (Event.objects.count() - events, event.action, event.reason) == (1, "people.hand-over", "调离")
    with pytest.raises(Faulty):
        hand_over(post=post, to=heir, by=CLERK, reason="again")


def test_a_hand_over_that_cannot_be_leaves_everything_as_it_was() -> None:
    leaver, heir = person("lin", ("district_clerk", SHORE, "health-d")), person("zhao", ("district_clerk", SHORE, "health-d"))  # fmt: skip
    with pytest.raises(Faulty):
        hand_over(post=leaver.posts.get(), to=heir, by=CLERK, reason="调离")
    assert leaver.posts.get().until is None


def test_a_closed_account_holds_nothing_and_opens_nothing() -> None:
    user = person("lin", ("district_clerk", SHORE, "health-d"), ("district_clerk", HILL, "health-d"))
    url = invite(user=user, by=CLERK)
    deactivate(user=user, by=CLERK, reason="离职")
    user.refresh_from_db()
    assert acting(user).grants == ()
    assert not user.posts.filter(until__isnull=True).exists()
    with pytest.raises(Faulty):
        set_password_by_link(token=token(url), password=GOOD, address="")


def test_dismissing_ends_sessions() -> None:
    user = person("lin", ("district_clerk", SHORE, "health-d"))
    before = user.get_session_auth_hash()
    dismiss(post=user.posts.get(), by=CLERK, reason="调离")
    user.refresh_from_db()
    assert user.get_session_auth_hash() != before


# ---- second factor ----


def test_a_code_is_right_once_and_its_secret_is_not_readable_in_the_database() -> None:
    user = person("lin")
    secret = secondfactor.new_secret()
    with pytest.raises(Faulty):
        set_up_second_factor(user=user, secret=secret, code="12345", by=acting(user))
    used = now_code(secret)
    codes = set_up_second_factor(user=user, secret=secret, code=used, by=acting(user))
    assert secondfactor.prove(user, used) is None  # taken when it was set up
    assert secondfactor.prove(user, "000000x") is None
    assert secondfactor.prove(user, codes[0]) is secondfactor.Proof.RECOVERY
    assert secondfactor.prove(user, codes[0]) is None
    held = str(list(Authenticator.objects.values()))
    assert secret not in held
    assert not any(code in held for code in codes)
    assert secret not in str(list(Event.objects.values()))
