"""``halfsky audit``: the ledger of every write."""

from __future__ import annotations

import typer
from rich.console import Console

from halfsky.cli.setup import database_ready

app = typer.Typer(help="The ledger of every write 审计台账.", no_args_is_help=True)


@app.callback()
def audit() -> None:
    """The ledger of every write 审计台账."""


@app.command()
def verify() -> None:
    """Check the whole chain of events 核验事件链: exit 0 when it holds, 1 naming each event where it does not.

    Note the printed head elsewhere: with it, an ending that was cut off shows too.
    """
    database_ready()
    from halfsky.audit import queries

    console = Console()
    breaks = queries.verify()
    for found in breaks:
        console.print(f"event {found.number}: {found.what}", style="red")
    number, seal = queries.head()
    console.print(f"{number} events 个事件 · head {seal}", highlight=False, soft_wrap=True)
    raise typer.Exit(1 if breaks else 0)
