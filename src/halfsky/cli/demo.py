"""``halfsky demo``: both plans that come with Halfsky, loaded, judged, reported and served.

Dalian's figures are demonstration data 演示数据, generated; only the baselines that its plan prints are
real. The national pack's figures are the published ones, with their sources.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.table import Table

from halfsky.cli import demo_cases, demo_documents, demo_evaluation, demo_ledgers, demo_oversight, demo_year
from halfsky.cli.serve import serve, stop_if_taken
from halfsky.cli.setup import prepare
from halfsky.observations import Figures, Nature, Observation, SeriesKey
from halfsky.observations.demonstration import demonstration_figures
from halfsky.plan import Plan

if TYPE_CHECKING:
    from halfsky.assess import Verdict
    from halfsky.places.policy import Principal

LAST_YEAR = 2025  # the newest year whose figures are all there; the next is being collected
REASON = "演示：装入随软件附带的规划数据。 Demonstration: loading the data that come with the software."
# What else is played of the year, after its collection; each may be run again, and then finds its work done.
PLAYS: tuple[tuple[str, Callable[[Plan, int, Principal], object]], ...] = (
    ("实施台账 ledgers of implementation", demo_ledgers.play),
    ("中期评估 the mid-term evaluation", demo_evaluation.play),
    ("年度报告、会议和任务 yearly reports, meetings, tasks", demo_oversight.play),
    ("公文 documents", demo_documents.play),
)
console = Console(highlight=False)


def demo(
    serve_pages: bool = typer.Option(True, "--serve/--no-serve", help="Serve the pages afterwards 随后启动网页."),
    reports: Path = typer.Option(Path("var/reports"), help="Where the reports go 报告目录."),
    address: str = typer.Option("127.0.0.1", help="Address to listen on 监听地址."),
    port: int = typer.Option(8000, min=1, max=65535, help="Port 端口."),
) -> None:
    """Load the plans that come with Halfsky, assess, report, and serve 装入附带的规划，判定、出报告并启动网页.

    May be run again: what is already there and unchanged is left alone.
    """
    if serve_pages:
        stop_if_taken(address, port)  # now, not after minutes of work
    with _step("准备数据库、译文和静态文件 tables, translations, static files"):
        prepare()
    from halfsky.catalogue.queries import plans

    for plan in plans():
        console.rule(plan.title.zh)
        _load(plan)
        years = _assess(plan)
        _summary(plan)
        _reports(plan, years[-1], reports)
        _year(plan)
        _cases(plan)
    if serve_pages:
        serve(address=address, port=port, workers=1)


@contextmanager
def _step(what: str) -> Iterator[None]:
    """Say what is being done, and how long it took."""
    started = time.perf_counter()
    with console.status(what):
        yield
    console.print(f"  {what}  [dim]{time.perf_counter() - started:.1f} s[/dim]")


def _load(plan: Plan) -> None:
    from halfsky.catalogue.queries import folder
    from halfsky.cli.actor import operator
    from halfsky.collect.actions import import_figures
    from halfsky.observations import read_csv
    from halfsky.plan import Faulty

    published = folder(plan.id) / "figures.csv"
    if published.exists():
        with _step(f"导入已公布的数据 published figures · {published.name}"):
            reading = read_csv(published.read_bytes(), plan=plan, file=published.name)
            if reading.faults:
                raise Faulty(reading.faults)
            taken = import_figures(
                plan=plan, observations=reading.observations, by=operator(), reason=REASON, file=published.name
            )
    else:
        with _step("生成演示数据 demonstration data (generated)"):
            taken = import_figures(plan=plan, observations=demonstration(plan), by=operator(), reason=REASON)
    console.print(f"    {taken.created} 新增 new · {taken.revised} 修订 revised · {taken.unchanged} 未变 unchanged")


def demonstration(plan: Plan) -> list[Observation]:
    """Generated figures, but for the baselines that the plan prints: those are real, and say their clause."""
    printed = {
        (SeriesKey.of(b.indicator, b.region, b.cut), b.year): Observation(
            SeriesKey.of(b.indicator, b.region, b.cut),
            b.year,
            b.value,
            nature=Nature.PRINTED,
            source=f"《{plan.title.zh}》前言第{b.clause.removeprefix('P')}段",
            comment=b.words,
        )
        for b in plan.baselines
    }
    generated = (o for o in _generated(plan) if o.year <= LAST_YEAR)
    return [o for o in generated if o.key not in printed] + list(printed.values())


def _generated(plan: Plan) -> Figures:
    """Generated figures up to the year that is being collected."""
    return demonstration_figures(plan, last_year=min(LAST_YEAR + 1, plan.end))


def _year(plan: Plan) -> None:
    """Play the year after the newest whole one, where units collect the plan's figures; print who can sign in."""
    from halfsky.alerts.freshness import keep_up
    from halfsky.catalogue.queries import folder
    from halfsky.cli.actor import operator
    from halfsky.collect.models import Return

    year = LAST_YEAR + 1
    if (folder(plan.id) / "figures.csv").exists() or not plan.units or year > plan.end:
        return
    with _step(f"演示年度报送 the year's collection · {year}"):
        cycle, people = demo_year.play(plan, _generated(plan), year, operator())
        keep_up(plan)  # now, not while the first reader waits
    for what, play in PLAYS:
        with _step(f"演示{what} · {year}"):
            play(plan, year, operator())
    states = Counter(Return.objects.filter(cycle=cycle).values_list("state", flat=True))
    console.print("    " + " · ".join(f"{state} {count}" for state, count in states.most_common()))
    table = Table(title=f"演示登录名 sign-ins（密码 password: {demo_year.PASSWORD}）", title_justify="left", box=None)
    for heading in ("登录名", "角色", "地区"):
        table.add_column(heading)
    for person in people:
        table.add_row(person.username, person.role, person.place)
    console.print(table)


def _cases(plan: Plan) -> None:
    """Put the warnings of the newest year on their way."""
    from halfsky.cli.actor import operator

    with _step("演示预警整改 warnings put right"):
        count = demo_cases.play(plan, operator())
    if count:
        console.print(f"    {count} 整改事项 cases")


def _assess(plan: Plan) -> list[int]:
    """The years judged: those that the plan's course makes worth comparing, up to the newest figures."""
    from halfsky.alerts.actions import assess_plan
    from halfsky.cli.actor import operator
    from halfsky.collect.queries import newest_year

    newest = min(newest_year(plan.id) or plan.start, plan.end)
    middle = (plan.start + plan.end) // 2
    years = sorted({year for year in (middle, newest - 2, newest - 1, newest) if plan.start <= year <= newest})
    with _step(f"判定 assess · {', '.join(map(str, years))}"):
        made = datetime.now(UTC) - timedelta(days=demo_cases.RAISED)
        for year in years:
            at = made - timedelta(days=365 * (years[-1] - year))
            assess_plan(plan=plan, as_of=year, by=operator(), reason=REASON, at=at)
    return years


def _summary(plan: Plan) -> None:
    """Where the plan stands in its own region, and the warnings, the gravest first."""
    from halfsky.alerts import queries

    verdicts = queries.verdicts(plan.id)
    own = Counter(v.status.value for v in verdicts if v.region == plan.region)
    console.print("    " + " · ".join(f"{status} {count}" for status, count in own.most_common()))
    warnings = queries.warnings(plan.id)
    table = Table(title=f"预警 warnings: {len(warnings)}", title_justify="left", box=None)
    for heading in ("", "条款", "地区", "判定"):
        table.add_column(heading)
    for warning in warnings[:12]:
        verdict: Verdict = warning.verdict
        table.add_row(warning.level, verdict.clause, plan.place[verdict.region].name.zh, verdict.sentence.zh)
    console.print(table)
    if len(warnings) > 12:
        console.print(
            f"    …… 其余 {len(warnings) - 12} 条见网页“预警”。 {len(warnings) - 12} more on the warnings page."
        )


def _reports(plan: Plan, year: int, folder: Path) -> None:
    """Write the reports of the newest year, unless they are already there and newer than its assessment."""
    from halfsky.alerts.queries import latest
    from halfsky.cli.actor import operator
    from halfsky.reports.actions import write_report

    made = latest(plan.id, year)
    assert made is not None
    for language in ("zh", "en"):
        there = sorted(folder.glob(f"{plan.id}-{year}-{language}.*"))
        if len(there) == 2 and all(path.stat().st_mtime > made.made_at.timestamp() for path in there):
            console.print(f"  年度监测报告未变 report unchanged · {year} · {language}")
            continue
        with _step(f"年度监测报告 report · {year} · {language}"):
            written = write_report(plan=plan, as_of=year, language=language, folder=folder, by=operator())
        for path in written:
            console.print(f"    {path}")


def register(app: typer.Typer) -> None:
    app.command("demo")(demo)
