"""How people come in: invitations, passwords, second factors, sign-ins. No event holds a secret."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

from axes.utils import reset as reset_failures
from django.conf import settings
from django.db import transaction
from django.urls import reverse

from halfsky.audit.actions import one_writer, record
from halfsky.audit.models import Actor
from halfsky.places import secondfactor
from halfsky.places.actions.common import end_sessions, need_over, not_oneself, refuse
from halfsky.places.actions.people import add_person, appoint
from halfsky.places.models import Link, OldPassword, User
from halfsky.places.outbox import post_link
from halfsky.places.passwords import PROFILES, password_faults
from halfsky.places.policy import Principal, principal
from halfsky.plan import Faulty

LINK_LASTS = timedelta(days=7)
_ASKED_AGAIN_AFTER = timedelta(minutes=10)
_KEPT = max(policy.remembered for policy in PROFILES.values())
_MAIL = {
    "invitation": ("半边天：设置您的密码 Halfsky: set your password", "您的账号已建立，请打开下面的链接设置密码。", "Your account is ready. Open this link to set a password."),
    "reset": ("半边天：重设密码 Halfsky: reset your password", "请打开下面的链接重设密码。如非本人要求，请忽略本邮件。", "Open this link to reset your password. If you did not ask for it, ignore this message."),
}  # fmt: skip


@transaction.atomic
def invite(*, user: User, by: Principal) -> str:
    """A link with which the person sets their password, once, within seven days; it is sent by e-mail where there is one.

    The address is returned to be shown once; only a hash of it is kept. Links made before no longer open.
    """
    one_writer()
    actor = need_over(user, by)
    _active(user)
    return _link(user, "invitation", actor, "people.invite")


@transaction.atomic
def bring_in(
    *, username: str, full_name: str, email: str, role: str, region: str, unit: str | None, by: Principal
) -> tuple[User, str]:
    """Add a person, give them their post and invite them, or do nothing; the person and the link."""
    user = add_person(username=username, full_name=full_name, email=email, by=by)
    appoint(user=user, role=role, region=region, unit=unit, by=by)
    return user, invite(user=user, by=by)


@transaction.atomic
def reset_password(*, user: User, by: Principal, reason: str = "") -> str:
    """Take the password away and give a link to set another, as :func:`invite`. Sessions end at once."""
    one_writer()
    actor = need_over(user, by)
    not_oneself(user, by)
    _active(user)
    user.refresh_from_db()
    _remember(user)
    user.set_unusable_password()
    user.save(update_fields=["password"])
    end_sessions(user)
    return _link(user, "reset", actor, "people.reset-password", reason)


@transaction.atomic
def ask_reset(*, username: str, address: str) -> None:
    """Somebody says that they forgot their password: the link goes to the e-mail on record, and nowhere else.

    Silent whether there is such a person or not, and when one was sent a moment ago.
    """
    one_writer()
    user = User.objects.filter(username=username, is_active=True).exclude(email="").first()
    fresh = datetime.now(UTC) - _ASKED_AGAIN_AFTER
    if user is None or Link.objects.filter(user=user, made_at__gt=fresh).exists():
        return
    _link(user, "reset", Actor(user.username, "none", "web", address), "people.ask-reset")


def _active(user: User) -> None:
    if not User.objects.filter(pk=user.pk, is_active=True).exists():
        raise refuse("inactive", f"{user} 已停用，请先恢复。", f"{user} is not active; reactivate first.")


def _link(user: User, kind: str, actor: Actor, action: str, reason: str = "") -> str:
    token = secrets.token_urlsafe(32)
    now = datetime.now(UTC)
    Link.objects.filter(user=user, used_at__isnull=True).delete()
    link = Link.objects.create(user=user, kind=kind, digest=_digest(token), made_at=now, until=now + LINK_LASTS)
    record(
        by=actor, action=action, subject=f"user:{user.username}",
        after={"until": (now + LINK_LASTS).isoformat(timespec="seconds"), "mailed": bool(user.email)}, reason=reason,
    )  # fmt: skip
    url = settings.SITE_URL + reverse("web:link", kwargs={"token": token})
    if user.email:
        title, zh, en = _MAIL[kind]
        body = f"{user.full_name}：\n\n{zh}\n{en}\n\n{url}\n\n{LINK_LASTS.days} 天内有效，只能使用一次。 Valid for {LINK_LASTS.days} days, once.\n"
        post_link(link, subject=title, body=body)
    return url


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def link_of(token: str) -> Link | None:
    """The link that a token opens, if it still does."""
    return Link.objects.select_related("user").filter(
        digest=_digest(token), used_at__isnull=True, until__gt=datetime.now(UTC), user__is_active=True
    ).first()  # fmt: skip


@transaction.atomic
def set_password_by_link(*, token: str, password: str, address: str) -> User:
    """Set the password that a link allows to set; the link is used up, a lock-out ends, other sessions end.

    Raises ``Faulty`` for a link that does not open (any more) and for a password that the policy refuses.
    """
    one_writer()
    link = link_of(token)
    if link is None:
        raise refuse(
            "link-closed",
            "链接无效、已过期或已使用。请向管理员索取新的链接。",
            "This link is not valid, has expired or was used. Ask the administrator for a new one.",
        )
    user = link.user
    _set_password(user, password)
    end_sessions(user)
    Link.objects.filter(pk=link.pk).update(used_at=datetime.now(UTC))
    reset_failures(username=user.username)
    record(
        by=principal(user, door="web", address=address).actor, action="people.set-password",
        subject=f"user:{user.username}", after={"by": link.kind},
    )  # fmt: skip
    user.refresh_from_db()
    return user


@transaction.atomic
def change_password(*, user: User, password: str, by: Principal) -> None:
    """Set one's own password anew; whoever calls has checked the old one. Other sessions end."""
    one_writer()
    if by.user != user.pk:
        raise refuse("not-oneself", "只能修改自己的密码。", "Only one's own password can be changed.")
    _set_password(user, password)
    record(by=by.actor, action="people.set-password", subject=f"user:{user.username}", after={"by": "change"})


def _set_password(user: User, password: str) -> None:
    if faults := password_faults(password, user):
        raise Faulty(faults)
    _remember(user)
    user.set_password(password)
    user.password_changed_at = datetime.now(UTC)
    user.save(update_fields=["password", "password_changed_at"])


def _remember(user: User) -> None:
    """Keep the password that is about to go, as many as any policy asks for."""
    if user.has_usable_password():
        OldPassword.objects.create(user=user, password=user.password, at=datetime.now(UTC))
        kept = list(OldPassword.objects.filter(user=user).values_list("pk", flat=True)[:_KEPT])
        OldPassword.objects.filter(user=user).exclude(pk__in=kept).delete()


@transaction.atomic
def end_lock_out(*, user: User, by: Principal, reason: str = "") -> None:
    """Let somebody try again before the time of the lock-out is over."""
    one_writer()
    actor = need_over(user, by)
    reset_failures(username=user.username)
    record(by=actor, action="people.end-lock-out", subject=f"user:{user.username}", reason=reason)


@transaction.atomic
def set_up_second_factor(*, user: User, secret: str, code: str, by: Principal) -> list[str]:
    """Take a second factor into use once a code of it is right; the recovery codes, to be shown once."""
    one_writer()
    if by.user != user.pk:
        raise refuse("not-oneself", "只能设置自己的动态口令。", "Only one's own second factor can be set up.")
    step = secondfactor.step_of(secret, code)
    if step is None:
        raise refuse(
            "code-wrong",
            "动态口令不正确。请核对手机时间是否准确，并输入当前显示的 6 位数字。",
            "The code is not right. Check the clock of your phone and type the six digits it shows now.",
        )
    codes = secondfactor.keep(user, secret, step)
    record(by=by.actor, action="people.set-up-second-factor", subject=f"user:{user.username}", after={"kind": "totp"})
    return codes


@transaction.atomic
def remove_second_factor(*, user: User, by: Principal, reason: str) -> None:
    """For a lost phone: the person sets up another at the next sign-in. Sessions end at once."""
    one_writer()
    actor = need_over(user, by)
    not_oneself(user, by)
    if not secondfactor.forget(user):
        raise refuse("no-second-factor", f"{user} 没有设置动态口令。", f"{user} has no second factor.")
    end_sessions(user)
    record(by=actor, action="people.remove-second-factor", subject=f"user:{user.username}", reason=reason)


@transaction.atomic
def note_sign_in(*, user: User, address: str, how: str, proof: str) -> None:
    """A sign-in that succeeded: by password or by the office's identity service, with which second factor."""
    by = principal(user, door="web", address=address).actor
    record(by=by, action="session.sign-in", subject=f"user:{user.username}", after={"how": how, "second_factor": proof})


@transaction.atomic
def note_sign_out(*, user: User, address: str, why: str = "asked") -> None:
    """A session ended: by the person, or because its longest time was over."""
    by = principal(user, door="web", address=address).actor
    record(by=by, action="session.sign-out", subject=f"user:{user.username}", after={"why": why})


@transaction.atomic
def note_failure(*, username: str, address: str, what: str, locked: bool) -> None:
    """A sign-in that failed at the password or the code. A name that nobody has is not kept: it may be a password."""
    user = User.objects.filter(username=username).first()
    name = user.username if user else "unknown"
    role = principal(user, door="web").actor.role if user else "none"
    by = Actor(name, role, "web", address)
    record(by=by, action="session.failed", subject=f"user:{name}", after={"at": what})
    if locked:
        record(by=by, action="session.locked-out", subject=f"user:{name}")
