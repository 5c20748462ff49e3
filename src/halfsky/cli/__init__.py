"""The command line: ``halfsky``.

Sub-commands live one to a module and import Django only when they need the database.
"""

from __future__ import annotations

from typing import Annotated

import typer

from halfsky import __version__
from halfsky.cli import (
    assess,
    attach,
    audit,
    backtest,
    demo,
    figures,
    gaps,
    people,
    plan,
    regions,
    remind,
    report,
    serve,
    yearbook,
)
from halfsky.cli.output import Language, show_faults
from halfsky.plan import Faulty

app = typer.Typer(
    name="halfsky",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"halfsky {__version__}")
        raise typer.Exit


@app.callback()
def halfsky(
    _: Annotated[
        bool, typer.Option("--version", help="Print the version 显示版本号.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Halfsky 半边天: carry out a women's-development plan 妇女发展规划 — promises, figures, verdicts, reports."""


plan.app.command("attach")(attach.attach)
app.add_typer(plan.app, name="plan")
app.add_typer(figures.app, name="figures")
app.add_typer(audit.app, name="audit")
app.add_typer(people.app, name="people")
app.add_typer(regions.app, name="regions")
assess.register(app)
gaps.register(app)
report.register(app)
yearbook.register(app)
remind.register(app)
serve.register(app)
demo.register(app)
backtest.register(app)


def main() -> None:
    """Entry of the ``halfsky`` command. A pack that is not sound ends any command with its faults and exit code 1."""
    try:
        app()
    except Faulty as error:
        show_faults(error.faults, Language.ZH)
        raise SystemExit(1) from None
