"""``halfsky remind``: what is due today is told, and the mails that wait go out."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from halfsky.cli.output import fail
from halfsky.cli.setup import database_ready


def remind(
    mail: Annotated[bool, typer.Option("--mail/--no-mail", help="Send the mails that wait 发送待发邮件.")] = True,
) -> None:
    """Give the reminders that are due and send the mails that wait 按期催报、发送邮件. Run it every few minutes; each is given once.

    Exit 1 when a mail could not be sent: it waits for the next run.
    """
    database_ready()
    from django.conf import settings
    from django.utils import timezone

    from halfsky.alerts.actions import remind_cases
    from halfsky.catalogue.queries import plans
    from halfsky.cli.actor import operator
    from halfsky.collect.actions import remind as give
    from halfsky.oversight.actions import remind as give_of_oversight
    from halfsky.places.outbox import failing, send_mails

    console = Console(highlight=False)
    for plan in plans():
        given = give(plan=plan, today=timezone.localdate(), by=operator())
        told = give_of_oversight(plan=plan, today=timezone.localdate(), by=operator())
        cases = remind_cases(plan=plan, today=timezone.localdate(), by=operator())
        console.print(
            f"{plan.id}: {given.reminders} 催报 reminders · {given.escalations} 逐级提醒 escalations · "
            f"{given.filings} 报备提醒 filings · {told} 任务和报告提醒 tasks and reports · "
            f"{cases} 整改提醒 cases"
        )
    if not mail:
        return
    sent = send_mails()
    console.print(f"邮件 mails: {sent.sent} 已发 sent · {sent.failed} 失败 failed · {sent.waiting} 待发 waiting")
    if sent.waiting and not settings.EMAIL_HOST:
        console.print("未设置邮件服务器，请设置 HALFSKY_MAIL。 No mail server is named; set HALFSKY_MAIL.")
    if sent.failed:
        for one in failing()[:20]:
            console.print(f"{one.to} · {one.tries} 次 tries · {one.error}", markup=False)
        fail("有邮件未能发出，下次再发。 Some mails could not be sent; they wait for the next run.")


def register(app: typer.Typer) -> None:
    app.command("remind")(remind)
