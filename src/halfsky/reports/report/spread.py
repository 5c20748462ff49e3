"""Districts against each other: for each promise that binds them who is ahead, who behind, and whether they drew closer."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from halfsky.assess import Standing, named
from halfsky.observations import SeriesKey
from halfsky.plan import Target, Unit
from halfsky.reports.report.model import Cell, Column, Paragraph, Section, Table
from halfsky.reports.report.phrases import NOTHING
from halfsky.reports.words import number, unit_name, year_words

if TYPE_CHECKING:
    from halfsky.reports.report.compose import Matter

_FEWEST = 3  # districts with a figure in both years


def spread_section(matter: Matter) -> list[Section]:
    """A section of its own, or none where no promise is comparable."""
    zh, plan = matter.zh, matter.plan
    rows, closer, wider, seen = [], 0, 0, set()
    for target in plan.targets:
        key = (target.indicator, repr(target.cut), target.kind)
        if key in seen:
            continue
        seen.add(key)
        found = _row(matter, target)
        if found is not None:
            row, change = found
            rows.append(row)
            closer, wider = closer + (change < 0), wider + (change > 0)
    if not rows:
        return []
    first, last = (year_words(year, matter.language) for year in (plan.base_year, matter.as_of))
    words = (
        f"在约束区（市）县、各地数据可比的{len(rows)}项目标中，与{first}相比，区（市）县间差距缩小的{closer}项，扩大的{wider}项。"
        if zh
        else f"Of {len(rows)} targets that bind districts and have comparable figures, districts drew closer on {closer} and apart on {wider} since {first}."
    )
    columns = (
        Column("指标（单位）" if zh else "Indicator (unit)", 4.2), Column("达标个数／\n应达标个数" if zh else "Met / bound", 1.8, "right"),
        Column(f"最好（{last}）" if zh else f"Best ({last})", 2.4), Column(f"最差（{last}）" if zh else f"Worst ({last})", 2.4),
        Column(first, 1.4, "right", group="最好与最差之差" if zh else "Best less worst"), Column(last, 1.4, "right", group="最好与最差之差" if zh else "Best less worst"),
        Column("变化" if zh else "Change", 1.3),
    )  # fmt: skip
    caption = f"各区（市）县主要指标差距（{first}、{last}）" if zh else f"Spread between districts, {first} and {last}"
    title = "区（市）县间差距" if zh else "How far districts are apart"
    return [Section(2, "", title, (Paragraph(words, key="spread"), Table(caption, columns, tuple(rows), "spread")))]


def _row(matter: Matter, target: Target) -> tuple[tuple[Cell, ...], int] | None:
    plan, language, zh = matter.plan, matter.language, matter.zh
    indicator = plan.indicator[target.indicator]
    below = [v for v in matter.verdicts if v.target == target.id and v.region in matter.districts]
    if not below or indicator.unit is Unit.YES_NO or indicator.direction not in {"higher", "lower"}:
        return None
    then, now = (_values(matter, target, year) for year in (plan.base_year, matter.as_of))
    both = sorted(set(then) & set(now))
    if len(both) < _FEWEST:
        return None
    best = max if indicator.direction == "higher" else min
    worst = min if indicator.direction == "higher" else max
    top, low = (chosen(both, key=lambda code: (now[code], code)) for chosen in (best, worst))
    old, new = (abs(max(v[c] for c in both) - min(v[c] for c in both)) for v in (then, now))
    met = sum(v.status is Standing.MET for v in below)
    whole = sum(v.status is not Standing.NOT_APPLICABLE for v in below)
    shown_old, shown_new = number(old, indicator), number(new, indicator)
    change = 0 if shown_old == shown_new else -1 if new < old else 1
    words = {-1: ("缩小", "closer"), 0: ("持平", "same"), 1: ("扩大", "wider")}[change][0 if zh else 1]
    name, unit = named(indicator, target.cut).in_language(language), unit_name(indicator, language)
    cells = (
        f"{name}（{unit}）" if zh else f"{name} ({unit})", f"{met}/{whole}" if whole else NOTHING,
        f"{matter.name(top)} {number(now[top], indicator)}", f"{matter.name(low)} {number(now[low], indicator)}",
        shown_old, shown_new, words,
    )  # fmt: skip
    return tuple(map(Cell, cells)), change


def _values(matter: Matter, target: Target, year: int) -> dict[str, Decimal]:
    found = {}
    for code in matter.districts:
        value = matter.figures.value(SeriesKey.of(target.indicator, code, target.cut), year)
        if value is not None:
            found[code] = value
    return found
