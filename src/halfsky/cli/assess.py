"""``halfsky assess``: judge a plan's promises as of a year."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from halfsky.assess import Standing, Verdict
from halfsky.assess.explain import explain as explanation_of
from halfsky.cli.choose import PlanName, chosen_plan
from halfsky.cli.output import Format, Language, emit, fail
from halfsky.cli.setup import database_ready
from halfsky.observations import Figures
from halfsky.observations.derive import with_derived
from halfsky.plan import Plan

COLUMNS = (
    "target", "region", "place", "indicator", "year", "value", "bound", "milestone", "status", "probability", "flags",
    "sentence",
)  # fmt: skip


def assess(
    plan_name: PlanName = None,
    as_of: Annotated[
        int | None, typer.Option("--as-of", help="Year to judge 监测年度; the newest year with figures by default.")
    ] = None,
    region: Annotated[str | None, typer.Option(help="Only this place 仅某地区 (GB/T 2260 code).")] = None,
    status: Annotated[Standing | None, typer.Option(help="Only this status 仅某状态.")] = None,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Say of each verdict how far, how fast, how sure, compared with whom 逐项说明."),
    ] = False,
    format_: Annotated[Format, typer.Option("--format", help="table, csv or json.")] = Format.TABLE,
    language: Annotated[Language, typer.Option("--lang", envvar="HALFSKY_LANG", help="zh or en.")] = Language.ZH,
) -> None:
    """Judge every target in every place it binds 逐目标、逐地区判定.

    Example: halfsky assess --plan dalian-2021-2030 --as-of 2025 --status at_risk --explain

    The verdicts are stored, warnings are raised or cleared, and the ledger keeps both. Exit code 0 when
    the assessment was made, whatever it found; 1 when there is nothing to judge; 2 for a wrong argument.
    """
    database_ready()
    from halfsky.alerts import actions, queries
    from halfsky.cli.actor import operator
    from halfsky.collect.queries import figures, newest_year

    chosen = chosen_plan(plan_name)
    if region is not None and region not in chosen.place:
        fail(f"规划中没有地区“{region}”。 No place '{region}' in {chosen.id}: {' '.join(chosen.place)}", code=2)
    first, last = actions.years_judged(chosen)
    if as_of is not None and not first <= as_of <= last:
        fail(f"监测年度应在 {first}—{last} 之间。 The year must lie between {first} and {last}.", code=2)
    newest = newest_year(chosen.id)
    if newest is None:
        fail("数据库中没有该规划的数据，请先导入。 No figures of this plan yet: import some first.")
    if as_of is not None and as_of > newest + 1:  # warnings follow the newest year judged: a slip would stay
        fail(f"数据只到 {newest} 年，不能判定 {as_of} 年。 Figures end in {newest}; {as_of} cannot be judged.", code=2)
    year = as_of if as_of is not None else max(newest, first)
    made = actions.assess_plan(plan=chosen, as_of=year, by=operator())
    verdicts = queries.verdicts(chosen.id, year)
    picked = [v for v in verdicts if (region is None or v.region == region) and (status is None or v.status is status)]
    told = _told(chosen, picked, verdicts, with_derived(chosen, figures(chosen)), language) if explain else {}
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
            "explanation": told.get((v.target, v.region)),
        }
        for v in picked
    ]
    if explain and format_ is Format.TABLE:
        for row in rows:
            print(f"{row['target']} {row['place']} · {row['status']}\n{row['explanation']}\n")
    else:
        emit(rows, format_, columns=(*COLUMNS, "explanation") if explain else COLUMNS)
    raised = len(queries.warnings(chosen.id))
    print(f"{chosen.id} · {made.as_of} · {len(rows)} verdicts 判定 · {raised} warnings 预警", file=sys.stderr)


def _told(
    plan: Plan, picked: Sequence[Verdict], verdicts: Sequence[Verdict], known: Figures, language: Language
) -> dict[tuple[str, str], str]:
    """What is to be said of each verdict, by target and region."""
    of_target: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        of_target.setdefault(verdict.target, []).append(verdict)
    return {
        (v.target, v.region): explanation_of(plan, v, of_target[v.target], known).paragraph.in_language(language.value)
        for v in picked
    }


def register(app: typer.Typer) -> None:
    app.command("assess")(assess)
