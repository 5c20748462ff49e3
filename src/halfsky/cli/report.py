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


class ReportKind(StrEnum):
    """Which document."""

    ANNUAL = "annual"
    MIDTERM = "midterm"
    FINAL = "final"
    BRIEF = "brief"
    CARD = "card"


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
    kind: Annotated[
        ReportKind,
        typer.Option(
            "--kind",
            help="annual 年度监测报告, midterm 中期, final 终期, brief the leading group's page 一页纸, card a report card 报告卡.",
        ),
    ] = ReportKind.ANNUAL,
    region: Annotated[
        str | None, typer.Option("--region", help="Code of the place 地区代码; the plan's own by default.")
    ] = None,
    unit: Annotated[
        str, typer.Option("--unit", help="Unit of a report card 成员单位; the place as a whole by default.")
    ] = "",
    language: Annotated[
        Language, typer.Option("--lang", envvar="HALFSKY_LANG", help="Language of the report 报告语言: zh or en.")
    ] = Language.ZH,
    format_: Annotated[ReportFormat, typer.Option("--format", help="docx, pdf or both 文件格式.")] = ReportFormat.BOTH,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the files 输出目录.")] = Path(
        "var/reports"
    ),
) -> None:
    """Write the annual monitoring report or another document 生成年度监测报告等文档.

    Word, for an office to go on editing, and PDF/A, for the files. Both rest on the stored assessment of the year: run
    'halfsky assess' first. Prints the files' paths. Exit code 1 when the year has not been assessed, 2 for a wrong
    argument.

    Example: halfsky report --plan dalian-2021-2030 --year 2025 --lang zh -o reports

    Example: halfsky report --plan dalian-2021-2030 --kind card --region 210202 --format pdf
    """
    database_ready()
    from halfsky.alerts.queries import latest
    from halfsky.cli.actor import operator
    from halfsky.reports.actions import NotAssessed, write_document, write_report
    from halfsky.reports.kinds import Ask, NotReady

    chosen = chosen_plan(plan_name)
    place = region or chosen.region
    if place not in chosen.place:
        fail(f"没有地区“{place}”。 No place '{place}' in {chosen.id}", code=2)
    if unit and unit not in chosen.unit:
        fail(f"没有成员单位“{unit}”。 No unit '{unit}' in {chosen.id}", code=2)
    newest = latest(chosen.id)
    if year is None and newest is not None:
        year = newest.as_of
    formats = _FILES[format_]
    try:
        if year is None:
            raise NotAssessed(chosen.id)
        with Console(stderr=True).status(f"{chosen.id} · {year} …"):
            if kind is ReportKind.ANNUAL and place == chosen.region:
                paths = write_report(
                    plan=chosen, as_of=year, language=language.value, folder=output, by=operator(), formats=formats
                )
            else:
                ask = Ask(chosen, year, place, language.value, unit)
                paths = write_document(kind=kind.value, ask=ask, folder=output, by=operator(), formats=formats)
    except NotReady as error:
        fail(f"{error.words.zh} {error.words.en}")
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
