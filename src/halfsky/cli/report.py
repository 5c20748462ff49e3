"""``halfsky report``: the annual monitoring report as Word and PDF."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from halfsky.cli.choose import PlanName, chosen_plan
from halfsky.cli.output import Language, fail
from halfsky.cli.setup import database_ready


class ReportFormat(StrEnum):
    """What is written."""

    DOCX = "docx"
    PDF = "pdf"
    BOTH = "both"


_FILES: dict[ReportFormat, tuple[Literal["docx", "pdf"], ...]] = {
    ReportFormat.DOCX: ("docx",),
    ReportFormat.PDF: ("pdf",),
    ReportFormat.BOTH: ("docx", "pdf"),
}


def report(
    plan_name: PlanName = None,
    year: Annotated[
        int | None, typer.Option("--year", help="Year that was assessed 监测年度; the newest one by default.")
    ] = None,
    language: Annotated[
        Language, typer.Option("--lang", envvar="HALFSKY_LANG", help="Language of the report 报告语言: zh or en.")
    ] = Language.ZH,
    format_: Annotated[ReportFormat, typer.Option("--format", help="docx, pdf or both 文件格式.")] = ReportFormat.BOTH,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the files 输出目录.")] = Path(
        "var/reports"
    ),
) -> None:
    """Write the annual monitoring report 生成年度监测报告.

    Word, for an office to go on editing, and PDF/A, for the files. Both rest on the stored assessment of the year: run
    'halfsky assess' first. Prints the files' paths. Exit code 1 when the year has not been assessed, 2 for a wrong
    argument.

    Example: halfsky report --plan dalian-2021-2030 --year 2025 --lang zh -o reports
    """
    database_ready()
    from halfsky.alerts.queries import latest
    from halfsky.cli.actor import operator
    from halfsky.reports.actions import NotAssessed, write_report

    chosen = chosen_plan(plan_name)
    newest = latest(chosen.id)
    if year is None and newest is not None:
        year = newest.as_of
    formats = _FILES[format_]
    try:
        if year is None:
            raise NotAssessed(chosen.id)
        with Console(stderr=True).status(f"{chosen.id} · {year} …"):
            paths = write_report(
                plan=chosen, as_of=year, language=language.value, folder=output, by=operator(), formats=formats
            )
    except NotAssessed:
        when = "" if year is None else f" --as-of {year}"
        fail(
            f"该年度尚未判定，或目标在判定后有改动，请先运行： Not assessed yet, or targets have changed since; run first: halfsky assess --plan {chosen.id}{when}"
        )
    except OSError as error:
        fail(f"无法写入“{output}”：{error.strerror}。 Cannot write to '{output}': {error.strerror}")
    for path in paths:
        print(path)
    print(f"{chosen.id} · {year}", file=sys.stderr)


def register(app: typer.Typer) -> None:
    app.command("report")(report)
