"""``halfsky yearbook``: the year's statistics of women and men as Word, PDF and Excel."""

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


class BookFormat(StrEnum):
    """What is written."""

    DOCX = "docx"
    PDF = "pdf"
    XLSX = "xlsx"
    ALL = "all"


_FILES: dict[BookFormat, tuple[Literal["docx", "pdf", "xlsx"], ...]] = {
    BookFormat.DOCX: ("docx",),
    BookFormat.PDF: ("pdf",),
    BookFormat.XLSX: ("xlsx",),
    BookFormat.ALL: ("docx", "pdf", "xlsx"),
}


def yearbook(
    plan_name: PlanName = None,
    year: Annotated[
        int | None,
        typer.Option(
            "--year", help="Year of the yearbook 资料年份; by default the newest one assessed, else with figures."
        ),
    ] = None,
    language: Annotated[
        Language, typer.Option("--lang", envvar="HALFSKY_LANG", help="Language of the yearbook 语言: zh or en.")
    ] = Language.ZH,
    format_: Annotated[BookFormat, typer.Option("--format", help="docx, pdf, xlsx or all 文件格式.")] = BookFormat.ALL,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the files 输出目录.")] = Path(
        "var/reports"
    ),
) -> None:
    """Write the yearbook 生成妇女统计资料: figures that are free to publish, by field, women beside men.

    Prints the files' paths. Exit code 1 when there are no figures of the year, 2 for a wrong argument.

    Example: halfsky yearbook --plan dalian-2021-2030 --year 2025 --format xlsx -o reports
    """
    database_ready()
    from halfsky.alerts.queries import latest
    from halfsky.cli.actor import operator
    from halfsky.collect.queries import newest_year
    from halfsky.reports.yearbook.actions import NoFigures, write_yearbook

    chosen = chosen_plan(plan_name)
    judged = latest(chosen.id)
    wanted = year if year is not None else judged.as_of if judged is not None else newest_year(chosen.id)
    try:
        if wanted is None:
            raise NoFigures(chosen.id)
        with Console(stderr=True).status(f"{chosen.id} · {wanted} …"):
            paths = write_yearbook(
                plan=chosen, year=wanted, language=language.value, folder=output, by=operator(), formats=_FILES[format_]
            )
    except NoFigures:
        fail(f"没有{wanted or ''}年的数据。 No figures{f' of {wanted}' if wanted else ''}: {chosen.id}")
    except OSError as error:
        fail(f"无法写入“{output}”：{error.strerror}。 Cannot write to '{output}': {error.strerror}")
    for path in paths:
        print(path)
    print(f"{chosen.id} · {wanted}", file=sys.stderr)


def register(app: typer.Typer) -> None:
    app.command("yearbook")(yearbook)
