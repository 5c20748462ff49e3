"""Adding people, giving them posts and ending these. Every write is an event in its own transaction."""

from __future__ import annotations

from datetime import UTC, datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from halfsky.audit.actions import one_writer, record
from halfsky.places.actions.common import end_sessions, need_over, not_oneself, post_words, refuse
from halfsky.places.models import Link, Office, Post, Region, User
from halfsky.places.passwords import password_faults
from halfsky.places.policy import Principal
from halfsky.places.roles import ROLES, Permission, Reach
from halfsky.plan import Fault, Faulty, Text
from halfsky.plan.model import COUNTY_LEVELS

_BELOW = COUNTY_LEVELS | {"zone"}
_APART = frozenset({"administrator", "auditor"})  # 三权分立: never one person's


@transaction.atomic
def add_person(
    *,
    username: str,
    full_name: str,
    by: Principal,
    email: str = "",
    password: str | None = None,
    demonstration: bool = False,
) -> User:
    """Add a person who can sign in once they have a password; raises ``Faulty`` with everything that is wrong."""
    one_writer()
    actor = by.need(Permission.PEOPLE_MANAGE)
    faults = person_faults(username=username, full_name=full_name, email=email)
    if User.objects.filter(username__iexact=username).exists():
        faults.append(taken(username))
    user = User(username=username, full_name=full_name, email=email, demonstration=demonstration)
    if password is not None and not demonstration:
        faults += password_faults(password, user)
    if faults:
        raise Faulty(faults)
    if password is None:
        user.set_unusable_password()
    else:
        user.set_password(password)
        user.password_changed_at = datetime.now(UTC)
    user.save()
    record(by=actor, action="people.add", subject=f"user:{username}", after={"full_name": full_name, "email": email})
    return user


def taken(username: str) -> Fault:
    """Names that differ in capitals only are the same name to people."""
    return Fault(
        code="name-taken",
        message=Text(zh=f"登录名“{username}”已被使用，请换一个。", en=f"The sign-in name '{username}' is taken."),
    )


def person_faults(*, username: str, full_name: str, email: str) -> list[Fault]:
    """What is wrong with the plain facts of a person, before anything is looked up."""
    faults = []
    try:
        User.username_validator(username)
        bad = not username or len(username) > 150
    except ValidationError:
        bad = True
    if bad:
        faults.append(Fault(code="name-wrong", message=Text(
            zh="登录名须为 1 至 150 个字母、数字或 @ . + - _。",
            en="A sign-in name has 1 to 150 letters, digits or @ . + - _.",
        )))  # fmt: skip
    if not full_name or len(full_name) > 80:
        faults.append(
            Fault(code="full-name", message=Text(zh="姓名须为 1 至 80 个字。", en="A name has 1 to 80 characters."))
        )
    if email and not is_email(email):
        faults.append(Fault(code="email-wrong", message=Text(
            zh=f"“{email[:80]}”不是电子邮箱地址。", en=f"'{email[:80]}' is not an e-mail address."
        )))  # fmt: skip
    return faults


def is_email(address: str) -> bool:
    try:
        validate_email(address)
    except ValidationError:
        return False
    return len(address) <= 254


@transaction.atomic
def edit_person(*, user: User, full_name: str, email: str, by: Principal) -> None:
    """Change a person's name or e-mail. Links already sent to the old address no longer open."""
    one_writer()
    user.refresh_from_db()
    actor = need_over(user, by)
    if faults := person_faults(username=user.username, full_name=full_name, email=email):
        raise Faulty(faults)
    before = {"full_name": user.full_name, "email": user.email}
    after = {"full_name": full_name, "email": email}
    if before == after:
        return
    User.objects.filter(pk=user.pk).update(**after)
    if user.email != email:
        Link.objects.filter(user=user, used_at__isnull=True).delete()
    record(by=actor, action="people.edit", subject=f"user:{user.username}", before=before, after=after)


def post_fault(role: str, region: str, unit: str | None) -> Fault | None:
    """Why there can be no such post; ``None`` when there can."""
    if role not in ROLES:
        return Fault(code="role-unknown", message=Text(zh=f"没有“{role}”这个角色。", en=f"There is no role '{role}'."))
    if (ROLES[role].reach is Reach.OFFICE) != (unit is not None):
        return Fault(code="post-office", message=Text(
            zh="该角色须（或不得）指定单位，请核对。", en="This role needs a unit, or may not have one; check it."
        ))  # fmt: skip
    place = Region.objects.filter(code=region, until__isnull=True).first()
    if place is None:
        return Fault(
            code="region-unknown", message=Text(zh=f"没有地区“{region}”。", en=f"There is no place '{region}'.")
        )
    level = ROLES[role].level
    if level != "any" and (level == "district") != (place.level in _BELOW):
        return Fault(code="post-level", message=Text(
            zh=f"“{ROLES[role].name.zh}”不是{place.name_zh}这一级的岗位。",
            en=f"'{ROLES[role].name.en}' is no post at the level of {place.name_en}.",
        ))  # fmt: skip
    if unit and not Office.objects.filter(unit=unit, region=region).exists():
        return Fault(code="office-unknown", message=Text(
            zh=f"{region} 没有单位“{unit}”。", en=f"There is no unit '{unit}' in {region}."
        ))  # fmt: skip
    return None


@transaction.atomic
def appoint(*, user: User, role: str, region: str, by: Principal, unit: str | None = None, reason: str = "") -> Post:
    """Give a person a post. An administrator of a place appoints within it, and nowhere else.

    Raises ``Faulty`` when the role needs an office that the place does not have, or the post is held already.
    Links not used yet close: what a link opens must not grow after it was handed out.
    """
    one_writer()
    actor = by.need(Permission.PEOPLE_MANAGE, region=region)
    need_over(user, by)
    not_oneself(user, by)
    if fault := post_fault(role, region, unit):
        raise Faulty([fault])
    office = Office.objects.filter(unit=unit, region=region).first() if unit else None
    post = _open(user, role, region, office)
    Link.objects.filter(user=user, used_at__isnull=True).delete()
    record(by=actor, action="people.appoint", subject=f"user:{user.username}", after=post_words(post), reason=reason)
    return post


def _open(user: User, role: str, region: str, office: Office | None) -> Post:
    held = Post.objects.filter(user=user, until__isnull=True)
    if held.filter(role=role, region=region, office=office).exists():
        raise refuse("post-held", f"{user} 已任此岗位。", f"{user} holds this post already.")
    if role in _APART and held.filter(role__in=_APART - {role}).exists():
        raise refuse(
            "posts-apart",
            "系统管理员与安全审计员须由不同的人担任。",
            "Administrator and auditor must be different people.",
        )
    if not User.objects.filter(pk=user.pk, is_active=True).exists():
        raise refuse("inactive", f"{user} 已停用，请先恢复。", f"{user} is not active; reactivate first.")
    return Post.objects.create(user=user, role=role, region=region, office=office, since=datetime.now(UTC))


def _close(post: Post) -> None:
    if not Post.objects.filter(pk=post.pk, until__isnull=True).update(until=datetime.now(UTC)):
        raise refuse("post-ended", "该岗位已经结束。", "This post has ended already.")
    end_sessions(post.user)


@transaction.atomic
def dismiss(*, post: Post, by: Principal, reason: str) -> None:
    """End a post; what was done in it stays, sessions end. Raises ``Faulty`` when it has ended already."""
    one_writer()
    actor = by.need(Permission.PEOPLE_MANAGE, region=post.region)
    not_oneself(post.user, by)
    _close(post)
    record(
        by=actor, action="people.dismiss", subject=f"user:{post.user.username}", before=post_words(post), reason=reason
    )  # fmt: skip


@transaction.atomic
def hand_over(*, post: Post, to: User, by: Principal, reason: str) -> Post:
    """One leaves a post, another takes it, in one step. Open drafts are the office's, so nothing moves.

    The leaver's sessions end at once. Raises ``Faulty`` when the post has ended or the other holds it already.
    """
    one_writer()
    actor = by.need(Permission.PEOPLE_MANAGE, region=post.region)
    need_over(to, by)
    not_oneself(post.user, by)
    not_oneself(to, by)
    _close(post)
    opened = _open(to, post.role, post.region, post.office)
    Link.objects.filter(user=to, used_at__isnull=True).delete()
    record(
        by=actor, action="people.hand-over", subject=f"user:{post.user.username}",
        before={**post_words(post), "holder": post.user.username}, after={**post_words(opened), "holder": to.username},
        reason=reason,
    )  # fmt: skip
    return opened


@transaction.atomic
def deactivate(*, user: User, by: Principal, reason: str) -> None:
    """Close an account: every post ends, every session and link too. The person and what they did stay on record."""
    one_writer()
    actor = need_over(user, by)
    not_oneself(user, by)
    if not User.objects.filter(pk=user.pk, is_active=True).update(is_active=False):
        raise refuse("inactive", f"{user} 已停用。", f"{user} is not active.")
    posts = list(Post.objects.filter(user=user, until__isnull=True).select_related("office"))
    Post.objects.filter(pk__in=[post.pk for post in posts]).update(until=datetime.now(UTC))
    Link.objects.filter(user=user, used_at__isnull=True).delete()
    end_sessions(user)
    record(
        by=actor, action="people.deactivate", subject=f"user:{user.username}",
        before={"active": True, "posts": [post_words(post) for post in posts]}, after={"active": False}, reason=reason,
    )  # fmt: skip


@transaction.atomic
def reactivate(*, user: User, by: Principal, reason: str) -> None:
    """Open an account again, without posts; the password is set anew by invitation."""
    one_writer()
    actor = need_over(user, by)
    not_oneself(user, by)
    if not User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        raise refuse("active", f"{user} 并未停用。", f"{user} is active.")
    user.refresh_from_db()
    user.set_unusable_password()
    user.save(update_fields=["password"])
    record(
        by=actor, action="people.reactivate", subject=f"user:{user.username}",
        before={"active": False}, after={"active": True}, reason=reason,
    )  # fmt: skip
