"""Telling people: notices in the house and mails on their way, in the transaction of what they tell of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from halfsky.collect.clocks import Holder, turn
from halfsky.collect.models import Cycle, Filing, Notice, Return, State
from halfsky.collect.notices import DIGESTS, digest, worded
from halfsky.places.models import Mail, Office, Post, User
from halfsky.places.outbox import gather
from halfsky.places.policy import Principal
from halfsky.places.roles import ROLES, Permission
from halfsky.plan import Plan

_LISTED = 50  # of a mail that gathers more
_ROOM = 4000  # characters of a reason that a notice repeats


def people_of_office(office: Office, permission: Permission) -> list[User]:
    """Who holds a post at an office that permits something."""
    return _people(Post.objects.filter(office=office), permission)


def people_of_place(region: str, permission: Permission) -> list[User]:
    """Who holds a post over a whole place that permits something; not the posts of the place above it."""
    return _people(Post.objects.filter(region=region, office__isnull=True), permission)


def _people(posts: QuerySet[Post], permission: Permission) -> list[User]:
    roles = [code for code, role in ROLES.items() if permission in role.grants]
    held = posts.filter(until__isnull=True, role__in=roles, user__is_active=True).order_by("user_id")
    return list({post.user_id: post.user for post in held.select_related("user")}.values())


def holders(plan: Plan, sheet: Return, holder: Holder) -> list[User]:
    """The people whose turn a return is."""
    match holder:
        case Holder.CLERK:
            return people_of_office(sheet.office, Permission.RETURN_FILL)
        case Holder.APPROVER:
            return people_of_office(sheet.office, Permission.RETURN_APPROVE)
        case Holder.DISTRICT:
            return people_of_place(sheet.region, Permission.RETURN_REVIEW)
        case Holder.CITY:
            return people_of_place(plan.region, Permission.RETURN_REVIEW)
        case _:
            return []


def tell(
    *,
    plan: Plan,
    kind: str,
    users: Iterable[User],
    params: dict[str, Any],
    sheet: Return | None = None,
    filing: Filing | None = None,
    office: Office | None = None,
) -> int:
    """Write a notice for each, and a mail for each that has an address; how many were told.

    Where nobody holds the post, the ``office``'s own mail address is written to instead, if there is one.
    """
    now = datetime.now(UTC)
    people = list(users)
    Notice.objects.bulk_create(
        Notice(user=user, kind=kind, plan=plan.id, sheet=sheet, filing=filing, params=params, at=now) for user in people
    )
    addresses = [user.email for user in people if user.email]
    if not people and office is not None and office.email:
        addresses = [office.email]
    if kind in DIGESTS:
        key = f"{plan.id}:{kind}:{timezone.localdate(now)}"
        for to in addresses:
            gather(to, key, params, partial(_mail, plan, kind))
    elif addresses:
        subject, body = _mail(plan, kind, [params])
        Mail.objects.bulk_create(Mail(to=to, subject=subject, body=body, at=now) for to in addresses)
    return len(people) or len(addresses)


def _mail(plan: Plan, kind: str, items: list[dict[str, Any]]) -> tuple[str, str]:
    """Subject and body of a mail that tells of one thing or several of a kind."""
    said = [worded(kind, params) for params in items]
    all_ = digest(kind, items)
    subject = f"〔{plan.short_title.zh}〕{all_.zh}".replace("\n", " ")
    parts = [all_.zh, all_.en]
    if len(items) > 1:
        parts += [
            "\n".join(f"· {one.zh}" for one in said[:_LISTED]),
            "\n".join(f"· {one.en}" for one in said[:_LISTED]),
        ]
    return subject[:120], "\n\n".join([*parts, f"{settings.SITE_URL}/notices/\n"])


def about(sheet: Return, **more: Any) -> dict[str, Any]:
    """What every sentence on a return needs: the office, and the year."""
    office = sheet.office
    return {"office": office.name_zh, "office_en": office.name_en or office.name_zh, "year": sheet.cycle.year, **more}


def tell_opened(plan: Plan, cycle: Cycle) -> None:
    """Every office that owes something."""
    for sheet in cycle.returns.select_related("office", "cycle"):
        users = holders(plan, sheet, Holder.CLERK)
        tell(
            plan=plan, kind="opened", users=users, params=about(sheet, due=str(sheet.due)), sheet=sheet,
            office=sheet.office,
        )  # fmt: skip


def tell_moved(plan: Plan, sheet: Return, by: Principal, reason: str) -> None:
    """Who has to act next, and the clerk where a return is done; not whoever has just moved it."""
    kind = {
        State.SUBMITTED: "submitted", State.APPROVED: "approved", State.PASSED: "passed", State.RETURNED: "returned",
        State.ACCEPTED: "accepted",
    }.get(State(sheet.state))  # fmt: skip
    if kind is None:
        return
    holder = Holder.CLERK if kind == "accepted" else turn(plan, sheet).holder
    users = [user for user in holders(plan, sheet, holder) if user.pk != by.user]
    fallback = sheet.office if holder is Holder.CLERK else None
    params = about(sheet, reason=reason[:_ROOM])
    tell(plan=plan, kind=kind, users=users, params=params, sheet=sheet, office=fallback)
