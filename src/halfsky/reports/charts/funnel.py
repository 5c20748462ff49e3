"""A funnel: places by how much they count, their rates, and how far chance alone scatters them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from halfsky.assess import Asked, Funnel, RareEvents, Verdict, counts_rare_events, rare_events
from halfsky.assess.rare import funnel_curves
from halfsky.observations import Figures
from halfsky.plan import Indicator, Kind, Plan, Slice
from halfsky.reports.charts.data import source_notes, usual_cut
from halfsky.reports.charts.frame import SMALL, Frame, Spec, apart, text_width, ticks
from halfsky.reports.charts.palette import THEMES, ThemeName
from halfsky.reports.words import Language, bound_words, short, unit_name, years_words

_Box = tuple[float, float, float, float]  # left, top, right, bottom, in pixels of the plot
OUTSIDE = frozenset(Funnel) - {Funnel.INSIDE}


def funnel_of(
    plan: Plan, indicator: Indicator, figures: Figures, as_of: int | None, cut: Slice | None = None
) -> dict[str, RareEvents]:
    """County-level region → its counts against the plan's bound in force; empty for indicators of another sort."""
    if not counts_rare_events(indicator):
        return {}
    chosen = cut or usual_cut(plan, indicator, plan.region)
    year = as_of or max((o.year for o in figures if o.series.indicator == indicator.id), default=plan.end)
    target = next(
        (t for t in plan.targets if t.indicator == indicator.id and t.cut == chosen
         and t.kind in {Kind.AT_LEAST, Kind.AT_MOST}), None,
    )  # fmt: skip
    milestone = target.milestone_in_force(year) if target is not None else None
    higher = target.kind is Kind.AT_LEAST if target is not None else indicator.direction == "higher"
    asked = Asked(milestone.value, higher, milestone.year) if milestone is not None else Asked(higher=higher)
    found = rare_events(plan, figures, indicator, chosen, asked, as_of=year)
    return {code: rare for code, rare in found.items() if code != plan.region}


def funnel_chart(
    plan: Plan, indicator: Indicator, figures: Figures, verdicts: Sequence[Verdict], *,
    language: Language = "zh", theme: ThemeName = "light", width: int = 720, cut: Slice | None = None,
) -> Spec:  # fmt: skip
    """Pooled events of every county-level place: exposure to the right, rate upwards, limits about the reference."""
    colours, zh = THEMES[theme], language == "zh"
    found = funnel_of(plan, indicator, figures, max((v.as_of for v in verdicts), default=None), cut)
    names = {code: plan.place[code].name.in_language(language) for code in found}
    name = indicator.name.in_language(language)
    frame = Frame(
        width=width, plot_height=300, theme=colours, language=language,
        title=f"{name}：漏斗图" if zh else f"{name}: funnel plot", subtitle=_subtitle(indicator, found, language),
        footer=[], description="", left=48, right=62 if language == "zh" else 48, bottom=44,
    )  # fmt: skip
    frame.description = _description(frame.title, found, names, indicator, language)
    if not found:
        frame.text(8, 40, "没有可用的事件数和基数。" if zh else "No counts behind the rates.", colour=colours.muted)
        return frame.spec()
    reference, reach = next(iter(found.values())).reference, 1.08 * max(float(r.exposure) for r in found.values())
    scale = float(indicator.scale or 1)
    smallest = min(float(r.exposure) for r in found.values())
    top = 1.05 * max(_limit_at(smallest, reference / scale, 0.998) * scale, *(float(r.rate) for r in found.values()))
    x, y = _Axis(reach, frame.plot_width), _Root(top, frame.plot_height)
    steps = _round_steps(top)
    frame.rules([(0, y(t), frame.plot_width, y(t)) for t in steps], colours.grid)
    for tick in steps:
        frame.text(-6, y(tick), f"{tick:,g}", colour=colours.muted, align="right")
    for tick in (t for t in ticks(0, reach, 4 if width < 420 else 6) if t <= reach):
        frame.text(x(tick), frame.plot_height + 12, f"{tick:,.0f}", colour=colours.muted, align="center")
    assert indicator.denominator is not None
    of = indicator.denominator.in_language(language)
    frame.text(frame.plot_width / 2, frame.plot_height + 30, of, colour=colours.muted, align="center")
    _limits(frame, indicator, reference, x, y)
    frame.rules([(0, y(reference), frame.plot_width, y(reference))], colours.target, 1.5)
    _points(frame, found, names, reference, x, y)
    frame.footer = _footer(plan, indicator, figures, found, reference, language, cut)
    return frame.spec()


@dataclass(frozen=True, slots=True)
class _Axis:
    """From nought to ``reach`` rightwards, in pixels."""

    reach: float
    pixels: float

    def __call__(self, value: float) -> float:
        return value / self.reach * self.pixels


@dataclass(frozen=True, slots=True)
class _Root:
    """From nought to ``top`` upwards, on the square root: the limits of the smallest place stay on the picture."""

    top: float
    pixels: float

    def __call__(self, value: float) -> float:
        return self.pixels * (1 - math.sqrt(value / self.top))


def _round_steps(top: float) -> list[float]:
    """Nought, and round numbers up to ``top`` that stand apart on the square root."""
    power = 10 ** math.floor(math.log10(top))
    steps = [0.0, *(m * p for p in (power / 100, power / 10, power) for m in (1, 2, 5))]
    return [0.0, *(s for s in steps if 0.01 * top < s <= top)]


def _limit_at(exposure: float, rate: float, level: float) -> float:
    """The upper line of the funnel at an exposure."""
    upper, _ = funnel_curves(rate, level, 1.01 * exposure, points=400)
    return float(np.interp(exposure, *upper.T))


def _limits(frame: Frame, indicator: Indicator, reference: float, x: _Axis, y: _Root) -> None:
    """The two pairs of limits, named at their right ends."""
    scale = float(indicator.scale or 1)
    ends = [(y(reference), short(reference, indicator, frame.language), frame.theme.target)]
    for level, dash, words in ((0.95, [5, 3], "95%"), (0.998, None, "99.8%")):
        for line in funnel_curves(reference / scale, level, x.reach, points=400):
            shown = [(x(n), y(rate * scale)) for n, rate in line if rate * scale <= y.top]
            if len(shown) < 2:
                continue
            rows = [{"x": round(a, 1), "y": round(b, 1), "n": i} for i, (a, b) in enumerate(shown)]
            mark: Spec = {"type": "line", "color": frame.theme.muted, "strokeWidth": 1.2}
            order: Spec = {"field": "n", "type": "quantitative"}
            frame.mark(rows, {**mark, "strokeDash": dash} if dash else mark, x="x", y="y", order=order)
            ends.append((shown[-1][1], words, frame.theme.muted))
    centres = apart([end[0] for end in ends], [14.0] * len(ends), 0, frame.plot_height)
    for centre, (_, words, colour) in zip(centres, ends, strict=True):
        frame.text(frame.plot_width + 6, centre, words, colour=colour)


def _points(
    frame: Frame, found: Mapping[str, RareEvents], names: Mapping[str, str], reference: float, x: _Axis, y: _Root
) -> None:
    """Dots inside, diamonds outside; every place is named, off its dot where dots crowd, those outside first."""
    colours = frame.theme
    at = {code: (x(float(r.exposure)), y(float(r.rate))) for code, r in found.items()}
    dots = {code: (a - 6, b - 6, a + 6, b + 6) for code, (a, b) in at.items()}
    line = (0.0, y(reference) - 1, float(frame.plot_width), y(reference) + 1)
    taken: list[_Box] = []
    for code in sorted(found, key=lambda c: (found[c].funnel not in OUTSIDE, -float(found[c].exposure))):
        out = found[code].funnel in OUTSIDE
        colour = colours.target if out else colours.accent
        (a, b), size = at[code], text_width(names[code], SMALL)
        blocked = [*taken, line, *(box for other, box in dots.items() if other != code)]
        boxes = [box for box in _around(a, b, size) if _within(box, frame) and not _touching([box], blocked)]
        free = [*taken, *(box for other, box in dots.items() if other != code)]
        # Lines to names do not cross other names, unless a place would go unnamed.
        clear = (box for box in boxes if not _touching(_leader(a, b, box), free))
        box = next(clear, next(iter(boxes), None))
        if box is not None:
            leader = _leader(a, b, box)
            taken += [box, *leader]
            if leader:
                frame.rules([(a, b, leader[-1][0] + 1, leader[-1][1] + 1)], colours.muted, 0.7)
            frame.text(box[0], (box[1] + box[3]) / 2, names[code], colour=colour if out else None, halo=True)
    for code, (a, b) in at.items():
        out = found[code].funnel in OUTSIDE
        mark: Spec = {"type": "point", "shape": "diamond" if out else "circle", "size": 90 if out else 55}
        fill = colours.target if out else colours.accent
        frame.mark([{"x": round(a, 1), "y": round(b, 1)}],
                   {**mark, "fill": fill, "stroke": colours.paper, "opacity": 1}, x="x", y="y")  # fmt: skip


def _around(x: float, y: float, size: float) -> Iterator[_Box]:
    """Where a name of this width may stand, the best first: beside its dot, above or below it, then further off."""
    for away in (0, 13, 26, 39, 52, 65, 78):
        for up in (-away, away) if away else (0,):
            for left in (x + 8, x - 8 - size, x - size / 2, x - size * 0.9, x - size * 0.1):
                if away or left in {x + 8, x - 8 - size}:
                    yield (left, y + up - 6, left + size, y + up + 6)


def _within(box: _Box, frame: Frame) -> bool:
    return box[0] >= 0 and box[2] <= frame.plot_width and box[1] >= 0 and box[3] <= frame.plot_height - 1


def _leader(x: float, y: float, box: _Box) -> list[_Box]:
    """Small boxes along the line from a dot to a name that stands off it; none where it stands beside."""
    if box[1] - 10 <= y <= box[3] + 10:
        return []
    end_x, end_y = min(max(x, box[0]), box[2]), box[1] if box[1] > y else box[3]
    steps = [x + (end_x - x) * k / 12 for k in range(1, 13)], [y + (end_y - y) * k / 12 for k in range(1, 13)]
    return [(a - 1, b - 1, a + 1, b + 1) for a, b in zip(*steps, strict=True)]


def _touching(boxes: Sequence[_Box], others: Sequence[_Box]) -> bool:
    return any(b[0] < o[2] and o[0] < b[2] and b[1] < o[3] and o[1] < b[3] for b in boxes for o in others)


def _subtitle(indicator: Indicator, found: Mapping[str, RareEvents], language: Language) -> str:
    unit = f"{'单位：' if language == 'zh' else 'Unit: '}{unit_name(indicator, language)}"
    if not found:
        return unit
    span = years_words(min(r.first for r in found.values()), max(r.last for r in found.values()), language)
    return f"{span}合并 · {unit}" if language == "zh" else f"{span} pooled · {unit}"


def _footer(
    plan: Plan, indicator: Indicator, figures: Figures, found: Mapping[str, RareEvents], reference: float,
    language: Language, cut: Slice | None,
) -> list[str]:  # fmt: skip
    first, last = min(r.first for r in found.values()), max(r.last for r in found.values())
    chosen = cut or usual_cut(plan, indicator, plan.region)
    shown = [
        o for o in figures
        if o.series.indicator == indicator.id and o.series.region in found and first <= o.year <= last
        and (o.series.sex, o.series.age, o.series.residence) == (chosen.sex, chosen.age, chosen.residence)
    ]  # fmt: skip
    asked = next(iter(found.values())).within is not None
    bound = bound_words(reference, indicator, language) if asked else short(reference, indicator, language)
    note = (
        f"注：横线为{'目标值' if asked else '各地合并水平'}{bound}；虚线、实线为围绕它的95%、99.8%泊松预测界限，界限内的差异可由偶然解释；菱形为界限之外；纵轴为平方根刻度。"
        if language == "zh"
        else f"Note: the level line is {'the target' if asked else 'the rate of all places'}, {bound}; dashed and solid: 95% and 99.8% Poisson "
        "prediction limits around it; within them chance alone explains the difference; diamonds lie outside. Rates stand on a square-root scale."
    )  # fmt: skip
    return source_notes(shown, language, also=[note])


def _description(
    title: str, found: Mapping[str, RareEvents], names: Mapping[str, str], indicator: Indicator, language: Language
) -> str:
    out = [names[c] for c, r in found.items() if r.funnel in OUTSIDE]
    if language == "zh":
        return f"{title}。{len(found)}个地区，" + (f"{'、'.join(out)}在95%界限之外。" if out else "均在95%界限之内。")
    return f"{title}. {len(found)} places; " + (f"outside the 95% limits: {', '.join(out)}." if out else "all within the 95% limits.")  # fmt: skip
