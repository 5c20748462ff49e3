"""``halfsky assess``: judge a plan's promises as of a year."""

from __future__ import annotations

import sys

import typer

from halfsky.cli.output import Format, Language, emit, fail
from halfsky.cli.setup import django_ready


def assess(
    plan_id: str = typer.Argument(..., metavar="PLAN", help="Id of an installed plan 规划编号, e.g. dalian-2021-2030."),
    as_of: int = typer.Option(None, "--as-of", help="Year to judge 监测年度; the newest year with figures by default."),
    region: str = typer.Option(None, help="Only this place 仅某地区 (GB/T 2260 code)."),
    status: str = typer.Option(None, help="Only this status 仅某状态, e.g. at_risk."),
    format_: Format = typer.Option(Format.TABLE, "--format", help="table, csv or json."),
    language: Language = typer.Option(None, "--lang", envvar="HALFSKY_LANG", help="zh or en."),
) -> None:
    """Judge every target in every place it binds 逐目标、逐地区判定.

    The verdicts are stored, warnings are raised or cleared, and the ledger keeps both. Exit code 0 when
    the assessment was made, whatever it found; 1 when there is nothing to judge; 2 for a wrong argument.
    """
    django_ready()
    from halfsky.alerts import actions, queries
    from halfsky.catalogue.queries import UnknownPlan, folders, plan
    from halfsky.cli.actor import operator
    from halfsky.collect.queries import newest_year

    language = language or Language.ZH
    try:
        chosen = plan(plan_id)
    except UnknownPlan:
        fail(f"没有规划“{plan_id}”。 No plan '{plan_id}'; installed: {', '.join(folders())}", code=2)
    year = as_of or newest_year(plan_id)
    if year is None:
        fail("数据库中没有该规划的数据，请先导入。 No figures of this plan yet: import some first.")
    made = actions.assess_plan(plan=chosen, as_of=year, by=operator())
    rows = [
        {
            "target": v.target,
            "region": v.region,
            "place": chosen.place[v.region].name.in_language(language.value),
            "indicator": v.indicator,
            "year": v.year,
            "value": v.value,
            "bound": v.bound,
            "milestone": v.milestone,
            "status": v.status.value,
            "probability": None if v.probability is None else round(v.probability, 3),
            "flags": " ".join(flag.value for flag in v.flags),
            "sentence": v.sentence.in_language(language.value),
        }
        for v in queries.verdicts(plan_id, year)
        if (region is None or v.region == region) and (status is None or v.status.value == status)
    ]
    emit(rows, format_)
    raised = len(queries.warnings(plan_id))
    print(f"{plan_id} · {made.as_of} · {len(rows)} verdicts 判定 · {raised} warnings 预警", file=sys.stderr)


def register(app: typer.Typer) -> None:
    app.command("assess")(assess)
