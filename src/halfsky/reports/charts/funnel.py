"""A funnel: places by how much they count, their rates, and how far chance alone scatters them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from halfsky.assess import Asked, Funnel, RareEvents, Verdict, counts_rare_events, rare_events
from halfsky.assess.rare import funnel_curves, funnel_limits
from halfsky.observations import Figures
from halfsky.plan import Indicator, Kind, Plan, Slice
from halfsky.reports.charts.data import source_notes, usual_cut
from halfsky.reports.charts.frame import SMALL, Frame, Scale, Spec, apart, text_width, ticks
from halfsky.reports.charts.palette import THEMES, ThemeName
from halfsky.reports.words import Language, bound_words, short, unit_name, years_words

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
        footer=[], description="", left=48, right=16 if width < 420 else 76, bottom=44,
    )  # fmt: skip
    frame.description = _description(frame.title, found, names, indicator, language)
    if not found:
        frame.text(8, 40, "没有可用的事件数和基数。" if zh else "No counts behind the rates.", colour=colours.muted)
        return frame.spec()
    reference, reach = next(iter(found.values())).reference, 1.08 * max(float(r.exposure) for r in found.values())
    middle = float(np.median([float(r.exposure) for r in found.values()])) * reference / float(indicator.scale or 1)
    wide = float(funnel_limits(np.array([middle]), 0.998)[1][0]) / middle * reference  # of a middling place
    top = 1.12 * max(wide, *(float(r.rate) for r in found.values()))
    x_scale, y_scale = ticks(0, reach, 4 if width < 420 else 6), ticks(0, top)
    x, y = Scale(x_scale, (0, frame.plot_width)), Scale(y_scale, (frame.plot_height, 0))
    frame.rules([(0, y(t), frame.plot_width, y(t)) for t in y.ticks], colours.grid)
    for tick in y.ticks:
        frame.text(-6, y(tick), f"{tick:,.{y.format[2]}f}", colour=colours.muted, align="right")
    for tick in x.ticks:
        frame.text(x(tick), frame.plot_height + 12, f"{tick:,.0f}", colour=colours.muted, align="center")
    assert indicator.denominator is not None
    of = indicator.denominator.in_language(language)
    frame.text(frame.plot_width / 2, frame.plot_height + 30, of, colour=colours.muted, align="center")
    _limits(frame, indicator, reference, x, y)
    frame.rules([(0, y(reference), frame.plot_width, y(reference))], colours.target, 1.5)
    _points(frame, found, names, x, y)
    frame.footer = _footer(plan, indicator, figures, found, reference, language, cut)
    return frame.spec()


def _limits(frame: Frame, indicator: Indicator, reference: float, x: Scale, y: Scale) -> None:
    """The two pairs of limits, named at their right ends."""
    scale = float(indicator.scale or 1)
    ends = [(y(reference), "目标" if frame.language == "zh" else "reference", frame.theme.target)]
    for level, dash, words in ((0.95, [5, 3], "95%"), (0.998, None, "99.8%")):
        for line in funnel_curves(reference / scale, level, x.ticks[-1], points=400):
            shown = [(x(n), y(rate * scale)) for n, rate in line if rate * scale <= y.ticks[-1]]
            if len(shown) < 2:
                continue
            rows = [{"x": round(a, 1), "y": round(b, 1), "n": i} for i, (a, b) in enumerate(shown)]
            mark: Spec = {"type": "line", "color": frame.theme.muted, "strokeWidth": 1.2}
            order: Spec = {"field": "n", "type": "quantitative"}
            frame.mark(rows, {**mark, "strokeDash": dash} if dash else mark, x="x", y="y", order=order)
            ends.append((shown[-1][1], words, frame.theme.muted))
    if frame.right < 40:
        return
    ends[0] = (ends[0][0], short(reference, indicator, frame.language), frame.theme.target)
    centres = apart([end[0] for end in ends], [14.0] * len(ends), 0, frame.plot_height)
    for centre, (_, words, colour) in zip(centres, ends, strict=True):
        frame.text(frame.plot_width + 6, centre, words, colour=colour)


def _points(frame: Frame, found: Mapping[str, RareEvents], names: Mapping[str, str], x: Scale, y: Scale) -> None:
    """Dots inside, diamonds outside; names where there is room, those outside first."""
    colours = frame.theme
    taken: list[tuple[float, float, float, float]] = [
        (x(float(r.exposure)) - 6, y(float(r.rate)) - 6, x(float(r.exposure)) + 6, y(float(r.rate)) + 6)
        for r in found.values()
    ]
    for code in sorted(found, key=lambda c: (found[c].funnel not in OUTSIDE, -float(found[c].exposure))):
        rare = found[code]
        at, height = x(float(rare.exposure)), y(float(rare.rate))
        out = rare.funnel in OUTSIDE
        colour = colours.target if out else colours.accent
        mark: Spec = {"type": "point", "shape": "diamond" if out else "circle", "size": 90 if out else 55}
        frame.mark([{"x": round(at, 1), "y": round(height, 1)}],
                   {**mark, "fill": colour, "stroke": colours.paper, "opacity": 1}, x="x", y="y")  # fmt: skip
        size = text_width(names[code], SMALL)
        for left, middle in ((at + 8, height), (at - 8 - size, height), (at - size / 2, height - 13), (at - size / 2, height + 13)):  # fmt: skip
            box = (left, middle - 6, left + size, middle + 6)
            inside = box[0] >= 0 and box[2] <= frame.plot_width and box[1] >= 0 and box[3] <= frame.plot_height - 1
            if inside and not any(_touch(box, other) for other in taken if not _holds(other, at, height)):
                frame.text(left, middle, names[code], colour=colour if out else None, halo=True)
                taken.append(box)
                break


def _touch(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _holds(box: tuple[float, float, float, float], x: float, y: float) -> bool:
    return bool(np.isclose((box[0] + box[2]) / 2, x) and np.isclose((box[1] + box[3]) / 2, y))


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
        f"注：横线为{'目标值' if asked else '各地合并水平'}{bound}；虚线、实线为围绕它的95%、99.8%泊松预测界限，界限内的差异可由偶然解释；菱形为界限之外。"
        if language == "zh"
        else f"Note: the level line is {'the target' if asked else 'the rate of all places'}, {bound}; dashed and solid: 95% and 99.8% Poisson "
        "prediction limits around it; within them chance alone explains the difference; diamonds lie outside."
    )  # fmt: skip
    return source_notes(shown, language, also=[note])


def _description(
    title: str, found: Mapping[str, RareEvents], names: Mapping[str, str], indicator: Indicator, language: Language
) -> str:
    out = [names[c] for c, r in found.items() if r.funnel in OUTSIDE]
    if language == "zh":
        return f"{title}。{len(found)}个地区，" + (f"{'、'.join(out)}在95%界限之外。" if out else "均在95%界限之内。")
    return f"{title}. {len(found)} places; " + (f"outside the 95% limits: {', '.join(out)}." if out else "all within the 95% limits.")  # fmt: skip
