"""``halfsky plan attach``: the official words of a plan, kept beside its clauses."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from halfsky.cli.choose import PlanName, chosen_plan
from halfsky.cli.output import Language, fail, show_faults
from halfsky.cli.setup import database_ready
from halfsky.plan import Faulty


def attach(
    text: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The plan's text 规划全文.")],
    plan_name: PlanName = None,
    reason: Annotated[str, typer.Option(help="Why it is attached again 再次附上的原因.")] = "",
    language: Annotated[Language, typer.Option("--lang", envvar="HALFSKY_LANG", help="zh or en.")] = Language.ZH,
) -> None:
    """Keep the official words of each clause; the pages then show them 附上正式文本，网页随即显示原文.

    The text stays in this installation's database and is never written into the pack. Attaching again replaces it.
    Exit code 1 when the text cannot be read or is not of this plan.

    Example: halfsky plan attach plan.txt --plan dalian-2021-2030
    """
    database_ready()
    from halfsky.catalogue.actions import attach_text
    from halfsky.cli.actor import operator

    plan = chosen_plan(plan_name)
    try:
        attached = attach_text(plan=plan, document=text.read_bytes(), by=operator(), reason=reason)
    except Faulty as error:
        show_faults(error.faults, language)
        fail(f"{text.name}：未附上。 Nothing was attached.")
    print(f"{plan.id}: {attached.clauses} clauses 条")
    if attached.without_text:
        print(f"没有原文 without text: {' '.join(attached.without_text)}")
