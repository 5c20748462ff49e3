"""The outbox: mails that wait, and what became of them. Rooms write them with what they tell; one process sends."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import Q, QuerySet

from halfsky.places.models import Link, Mail
from halfsky.places.secrets import conceal, reveal

_CLAIM = timedelta(minutes=10)  # after which a mail claimed by a process that died is taken up again


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of the mails that waited."""

    sent: int
    failed: int
    waiting: int


def post_link(link: Link, *, subject: str, body: str) -> None:
    """Put a mail with a link to set a password in the outbox; part of the action that makes the link."""
    Mail.objects.create(to=link.user.email, subject=subject, body=conceal(body), link=link, at=link.made_at)


def waiting() -> QuerySet[Mail]:
    """What is to be sent still. A mail whose link has closed meanwhile is not."""
    open_ = Q(link__isnull=True) | Q(link__used_at__isnull=True, link__until__gt=datetime.now(UTC))
    return Mail.objects.filter(open_, sent_at__isnull=True)


def gather(to: str, digest: str, item: Any, worded: Callable[[list[Any]], tuple[str, str]]) -> None:
    """Put a mail in the outbox, or let the one grow that waits there for more of the same.

    ``digest`` names what is the same, ``item`` is what comes to it, ``worded`` gives subject and body for all items.
    """
    now = datetime.now(UTC)
    alike = Mail.objects.filter(to=to, digest=digest, sent_at__isnull=True, claimed_at__isnull=True)
    held = alike.first()
    items = [*(held.items if held else ()), item]
    subject, body = worded(items)
    if held is None or not alike.filter(pk=held.pk).update(items=items, subject=subject, body=body):
        if held is not None:  # it was being sent at this moment: what comes now begins another
            items = [item]
            subject, body = worded(items)
        Mail.objects.create(
            to=to, subject=subject, body=body, at=now, digest=digest, items=items,
            wait_until=now + timedelta(minutes=settings.MAIL_DIGEST_MINUTES),
        )  # fmt: skip


def failing() -> QuerySet[Mail]:
    """What was tried and could not be delivered so far, the newest first."""
    return waiting().exclude(error="").order_by("-pk")


def send_mails(limit: int = 500) -> Sent:
    """Send what waits. A mail that fails stays and is tried again by the next run; two runs at once send each once.

    A process that dies between handing a mail over and noting it may send that one again: mail knows no transaction.
    """
    if not settings.EMAIL_HOST:
        return Sent(0, 0, waiting().count())
    sent = failed = 0
    connection = get_connection()
    due = waiting().filter(Q(wait_until__isnull=True) | Q(wait_until__lte=datetime.now(UTC)))
    for mail in list(due.order_by("tries", "pk")[:limit]):  # those that failed before do not hold the others up
        now = datetime.now(UTC)
        free = Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - _CLAIM)
        if not Mail.objects.filter(free, pk=mail.pk, sent_at__isnull=True).update(claimed_at=now):
            continue
        body = reveal(mail.body) if mail.link_id else mail.body
        try:
            connection.open()
            EmailMessage(mail.subject, body, to=[mail.to], connection=connection).send()
        except (OSError, smtplib.SMTPException) as error:
            failed += 1
            Mail.objects.filter(pk=mail.pk).update(claimed_at=None, tries=mail.tries + 1, error=str(error)[:500])
            connection.close()
        else:
            sent += 1
            done = {"sent_at": datetime.now(UTC), "tries": mail.tries + 1, "error": ""}
            Mail.objects.filter(pk=mail.pk).update(**done, **({"body": ""} if mail.link_id else {}))
    connection.close()
    return Sent(sent, failed, waiting().count())
