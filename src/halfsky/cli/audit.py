"""``halfsky audit``: the ledger of every write."""

from __future__ import annotations

import typer
from rich.console import Console

from halfsky.cli.setup import database_ready

app = typer.Typer(help="The ledger of every write 审计日志.", no_args_is_help=True)


@app.callback()
def audit() -> None:
    """The ledger of every write 审计日志."""


@app.command()
def verify(
    note: bool = typer.Option(
        False, "--note", help="Note the outcome in the ledger, for the page of the auditor 记入审计日志."
    ),
) -> None:
    """Check the whole chain of events 核验事件链: exit 0 when it holds, 1 naming each event where it does not.

    Note the printed head elsewhere: with it, an ending that was cut off shows too. Events sealed by SHA-256 and by SM3
    may follow each other.
    """
    database_ready()
    from halfsky.audit.actions import check
    from halfsky.audit.queries import walk
    from halfsky.cli.actor import operator

    console = Console()
    found = check(by=operator().actor) if note else walk()
    for one in found.breaks:
        console.print(f"event {one.number}: {one.what}", style="red")
    console.print(f"{found.events} events 个事件 · head {found.head}", highlight=False, soft_wrap=True)
    raise typer.Exit(1 if found.breaks else 0)
