"""``halfsky gaps``: the gaps between women and men, town and country, and districts."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from halfsky.assess.gapmodel import Course, GapKind
from halfsky.assess.gaps import assess_gaps
from halfsky.cli.choose import PlanName, chosen_plan
from halfsky.cli.output import Format, Language, emit, fail
from halfsky.cli.setup import database_ready

COLUMNS = (
    "kind", "indicator", "region", "place", "year", "first", "second", "first_place", "second_place", "gap", "unit",
    "size", "ahead", "base_year", "base_gap", "course", "final_year", "forecast", "low80", "high80", "probability",
    "flags", "points", "demonstration", "sentence",
)  # fmt: skip
SHOWN = ("kind", "indicator", "place", "course", "probability", "sentence")


def gaps(
    plan_name: PlanName = None,
    year: Annotated[
        int | None, typer.Option("--year", help="Year to judge 监测年度; the newest year with figures by default.")
    ] = None,
    kind: Annotated[GapKind | None, typer.Option(help="Only this kind 仅某类差距.")] = None,
    region: Annotated[str | None, typer.Option(help="Only this place 仅某地区 (GB/T 2260 code).")] = None,
    course: Annotated[Course | None, typer.Option(help="Only gaps that go this way 仅某走势.")] = None,
    format_: Annotated[Format, typer.Option("--format", help="table, csv or json.")] = Format.TABLE,
    language: Annotated[Language, typer.Option("--lang", envvar="HALFSKY_LANG", help="zh or en.")] = Language.ZH,
) -> None:
    """List the gaps between women and men, town and country, and districts 列出性别、城乡、地区差距.

    Figures of the same year only; whether a gap closes is judged by its size, whoever is ahead. Nothing is stored.
    docs/methods-gaps.md tells the formulas. Exit code 1 when there are no figures, 2 for a wrong argument.

    Example: halfsky gaps --plan dalian-2021-2030 --year 2025 --kind sex --format csv
    """
    database_ready()
    from halfsky.collect.queries import figures, newest_year

    plan = chosen_plan(plan_name)
    if region is not None and region not in plan.place:
        fail(f"规划中没有地区“{region}”。 No place '{region}' in {plan.id}: {' '.join(plan.place)}", code=2)
    newest = newest_year(plan.id)
    if newest is None:
        fail("数据库中没有该规划的数据，请先导入。 No figures of this plan yet: import some first.")
    year = newest if year is None else year
    if not plan.base_year <= year <= newest:
        fail(
            f"年度应在 {plan.base_year}—{newest} 之间。 The year must lie between {plan.base_year} and {newest}.",
            code=2,
        )
    rows = [
        {
            "kind": gap.kind.value,
            "indicator": gap.indicator,
            "region": gap.region,
            "place": plan.place[gap.region].name.in_language(language.value),
            "year": gap.year,
            "first": gap.first,
            "second": gap.second,
            "first_place": gap.first_place,
            "second_place": gap.second_place,
            "gap": gap.value,
            "unit": gap.unit.value,
            "size": round(gap.size, 6),
            "ahead": gap.ahead.value,
            "base_year": gap.base_year,
            "base_gap": gap.base_value,
            "course": gap.course.value,
            "final_year": gap.final_year,
            "forecast": None if gap.forecast is None else round(gap.forecast.median, 6),
            "low80": None if gap.forecast is None else round(gap.forecast.low80, 6),
            "high80": None if gap.forecast is None else round(gap.forecast.high80, 6),
            "probability": None if gap.probability is None else round(gap.probability, 3),
            "flags": " ".join(flag.value for flag in gap.flags),
            "points": gap.points,
            "demonstration": gap.demonstration,
            "sentence": gap.sentence.in_language(language.value),
        }
        for gap in assess_gaps(plan, figures(plan), as_of=year)
        if (kind is None or gap.kind is kind)
        and (region is None or gap.region == region)
        and (course is None or gap.course is course)
    ]
    emit(rows, format_, columns=COLUMNS, shown=SHOWN)
    print(f"{plan.id} · {year} · {len(rows)} gaps 差距", file=sys.stderr)


def register(app: typer.Typer) -> None:
    app.command("gaps")(gaps)
