"""``halfsky figures``: figures in and out of the database, and the workbook that a unit fills in."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from halfsky.cli.choose import PlanName, chosen_plan
from halfsky.cli.output import Format, Language, emit, fail, save, show_faults
from halfsky.cli.setup import database_ready
from halfsky.observations import Observation, Reading, read_csv, read_xlsx, template, write_csv, write_xlsx
from halfsky.observations.columns import HEADER, cells
from halfsky.observations.reading import years_taken
from halfsky.plan import Faulty, Plan

app = typer.Typer(
    name="figures",
    help="Figures in and out 数据导入导出: tidy CSV or Excel, all faults of a file at once, nothing half-stored.",
    no_args_is_help=True,
)

_Language = Annotated[
    Language, typer.Option("--lang", envvar="HALFSKY_LANG", help="Language of messages 提示语言: zh or en.")
]
_Output = typer.Option("--output", "-o", help="File to write 输出文件; standard output by default.")
_Indicators = Annotated[
    list[str] | None, typer.Option("--indicator", help="Only this indicator 仅某指标; may be repeated.")
]


class FileFormat(StrEnum):
    """What figures can be exported as."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"
    TABLE = "table"


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A .csv or .xlsx file 数据文件.")
    ],
    plan_name: PlanName = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only check 只检查，不入库.")] = False,
    reason: Annotated[
        str, typer.Option(help="Why figures are revised 修订原因; needed when the file changes what is stored.")
    ] = "",
    language: _Language = Language.ZH,
) -> None:
    """Check a file and store its figures 校验并导入数据.

    Every fault is printed with its line or cell and what to do, and then nothing is stored (exit code 1). A file may be
    sent twice: figures that are the same are left alone. docs/figures.md tells the columns;
    'halfsky figures template' writes a workbook to fill in.

    Example: halfsky figures import 2024.xlsx --plan dalian-2021-2030 --reason "年报数据"
    """
    plan = chosen_plan(plan_name)
    with _working(f"{file.name} …"):
        reading = _read(file, plan)
    if reading.readings:
        show_faults(reading.readings, language)
    if reading.faults:
        show_faults(reading.faults, language)
        count = len(reading.faults)
        fail(f"{file.name}：{count} 处错误，未导入任何数据。 {count} faults; nothing was stored.")
    if dry_run:
        print(
            f"{file.name}：{len(reading.observations)} 个数据，未发现错误（未入库）。 {len(reading.observations)} figures, no faults; not stored."
        )
        return
    database_ready()
    from halfsky.cli.actor import operator
    from halfsky.collect.actions import import_figures

    try:
        with _working(f"{file.name} → {plan.id} …"):
            taken = import_figures(
                plan=plan, observations=reading.observations, by=operator(), reason=reason, file=file.name
            )
    except Faulty as error:
        show_faults(error.faults, language)
        fail("未导入任何数据。 Nothing was stored.")
    print(f"{plan.id}: {taken.created} 新增 new · {taken.revised} 修订 revised · {taken.unchanged} 未变 unchanged")


@app.command("export")
def export(
    plan_name: PlanName = None,
    format_: Annotated[
        FileFormat | None, typer.Option("--format", help="csv, xlsx, json or table; by the file's name by default.")
    ] = None,
    output: Annotated[Path | None, _Output] = None,
    indicator: _Indicators = None,
    region: Annotated[list[str] | None, typer.Option(help="Only this place 仅某地区; may be repeated.")] = None,
    year: Annotated[list[int] | None, typer.Option(help="Only this year 仅某年; may be repeated.")] = None,
) -> None:
    """Write the figures that are stored 导出数据.

    CSV and Excel are in the format that 'halfsky figures import' reads. Confidential figures are not left out: this
    command is for the operator.

    Example: halfsky figures export --plan dalian-2021-2030 --year 2024 -o 2024.xlsx
    """
    chosen = format_ or _format_of(output)
    if output is None and chosen is FileFormat.XLSX:
        fail("工作簿须写入文件，请用 -o。 A workbook needs a file: use -o.", code=2)
    on_screen = chosen in {FileFormat.JSON, FileFormat.TABLE}
    if on_screen and output is not None:
        fail("json 和 table 只输出到屏幕。 json and table go to standard output.", code=2)
    plan = chosen_plan(plan_name)
    _known(plan, indicator or [], region or [])
    database_ready()
    from halfsky.collect.queries import figures

    with _working(f"{plan.id} …"):
        stored = figures(plan, indicators=indicator, regions=region)
        wanted = [
            o
            for o in sorted(stored, key=lambda o: (o.series, o.year))
            if (not indicator or o.series.indicator in indicator) and (not year or o.year in year)
            and o.series.indicator in plan.indicator
        ]  # fmt: skip
    if on_screen:
        rows = [dict(zip(HEADER, cells(plan, o), strict=True)) for o in wanted]
        emit(rows, Format(chosen.value), columns=HEADER)
    else:
        _write(wanted, plan, chosen, output)


@app.command("template")
def template_(
    year: Annotated[int, typer.Option(help="Year to report 填报年度.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Workbook to write 输出文件 (.xlsx).")],
    plan_name: PlanName = None,
    region: Annotated[str | None, typer.Option(help="Place that reports 填报地区; the plan's own by default.")] = None,
    unit: Annotated[
        str | None, typer.Option(help="Only indicators of this source unit 仅某数据来源单位, e.g. health.")
    ] = None,
    indicator: _Indicators = None,
) -> None:
    """Write a workbook to fill in 生成填报模板: a row for each expected figure, drop-downs, definitions and codes.

    Example: halfsky figures template --plan dalian-2021-2030 --year 2025 --region 210202 --unit health -o 中山区.xlsx
    """
    plan = chosen_plan(plan_name)
    _known(plan, indicator or [], [region] if region else [])
    first, last = years_taken(plan)
    if not first <= year <= last:
        fail(f"填报年度应在 {first}—{last} 之间。 The year must lie between {first} and {last}.", code=2)
    chosen = set(indicator or plan.indicator)
    if unit is not None:
        chosen &= {i.id for i in plan.indicators if i.source_unit == unit}
        if not chosen:
            known = ", ".join(sorted({i.source_unit for i in plan.indicators if i.source_unit}))
            fail(f"没有数据来源为“{unit}”的指标。 No indicator comes from '{unit}'; there are: {known}", code=2)
    save(output, template(plan, year=year, region=region, indicators=chosen))
    print(output)


def _known(plan: Plan, indicators: list[str], regions: list[str]) -> None:
    unknown = [*(i for i in indicators if i not in plan.indicator), *(r for r in regions if r not in plan.place)]
    if unknown:
        fail(f"规划中没有：{'、'.join(unknown)}。 Not in {plan.id}: {', '.join(unknown)}", code=2)


def _read(file: Path, plan: Plan) -> Reading:
    """By the file's name; every other name is read as CSV, which says what is wrong when it is not."""
    if file.suffix.lower() in {".xlsx", ".xlsm", ".xls"}:
        return read_xlsx(file, plan=plan, file=file.name)
    return read_csv(file.read_bytes(), plan=plan, file=file.name)


def _format_of(output: Path | None) -> FileFormat:
    if output is None:
        return FileFormat.TABLE if sys.stdout.isatty() else FileFormat.CSV
    return FileFormat.XLSX if output.suffix.lower() == ".xlsx" else FileFormat.CSV


def _write(figures: list[Observation], plan: Plan, format_: FileFormat, output: Path | None) -> None:
    data = write_xlsx(figures, plan=plan) if format_ is FileFormat.XLSX else write_csv(figures, plan=plan)
    if output is None:
        sys.stdout.buffer.write(data)
    else:
        save(output, data)
        print(f"{output}: {len(figures)} 个数据 figures")


def _working(what: str) -> Progress:
    """A spinner with the time on standard error, only where somebody watches."""
    columns = (SpinnerColumn(), TextColumn(what), TimeElapsedColumn())
    progress = Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    progress.add_task(what, total=None)
    return progress
