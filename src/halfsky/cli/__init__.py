"""The command line: ``halfsky``.

Sub-commands live one to a module and import Django only when they need the database.
"""

from __future__ import annotations

import typer

from halfsky.cli import assess, attach, audit, demo, figures, plan, report, serve

app = typer.Typer(
    name="halfsky",
    help="Halfsky 半边天: carry out a women's-development plan 妇女发展规划 — promises, figures, verdicts, reports.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
)
plan.app.command("attach")(attach.attach)
app.add_typer(plan.app, name="plan")
app.add_typer(figures.app, name="figures")
app.add_typer(audit.app, name="audit")
assess.register(app)
report.register(app)
serve.register(app)
demo.register(app)


def main() -> None:
    """Entry of the ``halfsky`` command."""
    app()
