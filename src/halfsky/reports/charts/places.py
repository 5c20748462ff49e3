"""A chart over places: every district beside its target."""

from __future__ import annotations

from collections.abc import Sequence

from halfsky.assess import Standing, Verdict
from halfsky.observations import Figures, SeriesKey
from halfsky.plan import Indicator, Plan, Slice, Target, Unit
from halfsky.plan.model import COUNTY_LEVELS
from halfsky.reports.charts.data import Point, points, source_notes, target_words, targets_here, usual_cut, verdict_of
from halfsky.reports.charts.frame import SMALL, TEXT, Frame, Scale, Spec, text_width, ticks
from halfsky.reports.charts.marks import READING_ORDER, draw_legend, legend_rows, status_mark
from halfsky.reports.charts.palette import THEMES, ThemeName
from halfsky.reports.words import STANDINGS, Language, short, unit_name, with_unit, year_words

_ROW, _LOW_ROW = 27, 21  # pixels; the lower where the picture is narrow, beside another
_NARROW = 400


def districts_of(plan: Plan) -> list[str]:
    """Codes of the county-level places below the plan's own region, in the pack's order."""
    return [r.code for r in plan.regions if r.level in COUNTY_LEVELS and r.code != plan.region]


def target_of(plan: Plan, indicator: Indicator, region: str, cut: Slice | None = None) -> Target | None:
    """The first target on an indicator that binds a place."""
    return next(iter(targets_here(plan, indicator, region, cut)), None)


def districts_chart(
    plan: Plan, indicator: Indicator, figures: Figures, verdicts: Sequence[Verdict], *,
    language: Language = "zh", theme: ThemeName = "light", width: int = 720, cut: Slice | None = None,
) -> Spec:  # fmt: skip
    """Districts from best to worst: the newest figure, the one a year before, the region as a line, the target."""
    colours = THEMES[theme]
    codes = districts_of(plan)
    chosen = cut or (usual_cut(plan, indicator, codes[0]) if codes else Slice())
    series = {code: points(figures, SeriesKey.of(indicator.id, code, chosen), indicator) for code in codes}
    own = points(figures, SeriesKey.of(indicator.id, plan.region, chosen), indicator)
    newest = max((line[-1].year for line in series.values() if line), default=None)
    ranked = sorted(codes, key=lambda code: _rank(series[code], indicator, newest))
    target = target_of(plan, indicator, codes[0], chosen) if codes else None
    bound = _bound(target, newest or plan.end)
    x = _x_scale([p.value for line in [*series.values(), own] for p in line[-2:]], bound, indicator)
    names = {code: plan.place[code].name.in_language(language) for code in codes}
    left = round(max((text_width(name, TEXT) for name in names.values()), default=40)) + 18
    right = max(
        (text_width(short(line[-1].value, indicator, language), SMALL) for line in series.values() if line), default=20
    )
    judged = {code: _status(verdicts, target, code) for code in codes}
    legend, top = legend_rows([s for s in READING_ORDER if s in judged.values()], language, width - 8)
    step = _ROW if width >= _NARROW else _LOW_ROW
    frame = Frame(
        width=width, plot_height=top + len(codes) * step + 18, theme=colours, language=language,
        title=_title(indicator, language), subtitle=_subtitle(indicator, newest, language),
        footer=[], description="", left=min(left, width // 3), right=round(right) + 18, bottom=26,
    )  # fmt: skip
    x = Scale(x.ticks, (6, frame.plot_width - 6))
    draw_legend(frame, legend)
    frame.rules([(x(t), top + 14, x(t), frame.plot_height) for t in x.ticks], colours.grid)
    for tick in _spaced(x):
        words = f"{tick:,.{x.format[2]}f}".replace("-", "−")
        frame.text(x(tick), frame.plot_height + 12, words, colour=colours.muted, align="center")
    city = own[-1] if own else None
    _marker_lines(frame, plan, target, bound, city, indicator, x, top)
    for row, code in enumerate(ranked):
        y = top + 18 + (row + 0.5) * step
        _row(frame, y, names[code], series[code], newest, judged[code], indicator, x)
    shown = [p.observation for line in [*series.values(), own] for p in line[-2:]]
    frame.footer = source_notes(shown, language, also=_key(any(len(line) > 1 for line in series.values()), language))
    frame.description = _description(frame.title, ranked, names, series, judged, indicator, language)
    return frame.spec()


def _title(indicator: Indicator, language: Language) -> str:
    name = indicator.name.in_language(language)
    return f"{name}：各区（市）县" if language == "zh" else f"{name}: districts"


def _subtitle(indicator: Indicator, year: int | None, language: Language) -> str:
    unit = f"{'单位：' if language == 'zh' else 'Unit: '}{unit_name(indicator, language)}"
    return unit if year is None else f"{year_words(year, language)} · {unit}"


def _rank(line: list[Point], indicator: Indicator, newest: int | None) -> tuple[bool, float]:
    """Places without a figure of the newest year come last."""
    if not line or line[-1].year != newest:
        return True, 0.0
    return False, line[-1].value if indicator.direction == "lower" else -line[-1].value


def _bound(target: Target | None, year: int) -> tuple[float, int] | None:
    """The target's value in force in a year, with its year; ``None`` where it is no plain value."""
    if target is None:
        return None
    milestone = target.milestone_in_force(year)
    value = milestone.value
    return None if value is None or target.kind.value == "times_base" else (float(value), milestone.year)


def _x_scale(values: list[float], bound: tuple[float, int] | None, indicator: Indicator) -> Scale:
    known = [*values, *([bound[0]] if bound else [])] or [0.0, 1.0]
    low, high = min(known), max(known)
    pad = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
    bottom = 0.0 if 0 <= low < 0.5 * high else max(low - pad, 0.0) if low >= 0 else low - pad
    top = high + pad
    marks = ticks(bottom, top)
    if indicator.unit is Unit.PERCENT and low >= 0 and high <= 100:
        marks = [m for m in marks if m <= 100]
    return Scale(marks, (0, 1))


def _spaced(x: Scale) -> list[float]:
    """Every tick, or every second where their labels would touch."""
    wide = max(text_width(f"{t:,.{x.format[2]}f}", SMALL) for t in x.ticks) + 8
    return x.ticks if x(x.ticks[1]) - x(x.ticks[0]) >= wide else x.ticks[::2]


def _status(verdicts: Sequence[Verdict], target: Target | None, code: str) -> Standing | None:
    verdict = verdict_of(verdicts, target, code) if target is not None else None
    return verdict.status if verdict is not None else None


def _marker_lines(
    frame: Frame, plan: Plan, target: Target | None, bound: tuple[float, int] | None, city: Point | None,
    indicator: Indicator, x: Scale, top: float,
) -> None:  # fmt: skip
    """The target's line named at its head, and the whole region's, at the other side where they are close."""
    language, colours = frame.language, frame.theme
    marks: list[tuple[float, str, str, list[int] | None]] = []
    if target is not None and bound is not None:
        words = " ".join(target_words(target, indicator, bound[0], bound[1], language))
        marks.append((bound[0], words, colours.target, None))
    if city is not None:
        name = plan.place[plan.region].name.in_language(language)
        marks.append((city.value, f"{name} {short(city.value, indicator, language)}", colours.muted, [2, 3]))
    for value, _, colour, dash in marks:
        frame.rules([(x(value), top + 12, x(value), frame.plot_height)], colour, 1.5, dash)
    if len(marks) == 2:
        left, right = sorted(marks)
        left_fits = x(left[0]) + frame.left > text_width(left[1], SMALL) + 8
        right_fits = frame.plot_width + frame.right - x(right[0]) > text_width(right[1], SMALL) + 8
        level = left_fits and right_fits
        _named_beside(frame, x(left[0]), left, "right" if left_fits else "left", top + 4)
        _named_beside(frame, x(right[0]), right, "left" if right_fits else "right", top + (4 if level else -9))
    elif marks:
        at = x(marks[0][0])
        _named_beside(frame, at, marks[0], "right" if at > frame.plot_width / 2 else "left", top + 4)


def _named_beside(frame: Frame, x: float, mark: tuple[float, str, str, list[int] | None], align: str, y: float) -> None:
    frame.text(x - 4 if align == "right" else x + 4, y, mark[1], colour=mark[2], align=align)


def _row(
    frame: Frame, y: float, name: str, line: list[Point], newest: int | None, status: Standing | None,
    indicator: Indicator, x: Scale,
) -> None:  # fmt: skip
    """One place: its name, last year's ring joined to this year's sign, and the value beside it."""
    colours, language = frame.theme, frame.language
    frame.text(4 - frame.left, y, name, size=TEXT)
    current = line[-1] if line and line[-1].year == newest else None
    if current is None:
        why = Standing.NOT_APPLICABLE if status is Standing.NOT_APPLICABLE else Standing.NO_DATA
        frame.text(8, y, STANDINGS[why].in_language(language), colour=colours.look(why).ink, halo=True)
        return
    before = line[-2] if len(line) > 1 else None
    if before is not None:
        frame.rules([(x(before.value), y, x(current.value), y)], colours.muted, 1)
        ring = {
            "type": "point",
            "shape": "circle",
            "size": 30,
            "stroke": colours.muted,
            "fill": colours.paper,
            "opacity": 1,
        }
        frame.mark([{"x": x(before.value), "y": y}], {**ring, "strokeWidth": 1}, x="x", y="y")
    status_mark(frame, x(current.value), y, status, 90)
    words = short(current.value, indicator, language)
    right = max(x(current.value), x(before.value) if before is not None else 0.0)
    frame.text(right + 10, y, words, halo=True)


def _key(before: bool, language: Language) -> list[str]:
    """What the rings mean, where there are any."""
    if not before:
        return []
    return ["注：空心小圆为上一期数据。" if language == "zh" else "Note: the small ring is the period before."]


def _description(
    title: str, ranked: list[str], names: dict[str, str], series: dict[str, list[Point]],
    judged: dict[str, Standing | None], indicator: Indicator, language: Language,
) -> str:  # fmt: skip
    zh = language == "zh"

    def absent(code: str) -> str:
        applies = judged[code] is not Standing.NOT_APPLICABLE
        return STANDINGS[Standing.NO_DATA if applies else Standing.NOT_APPLICABLE].in_language(language)

    parts = [
        f"{names[code]}{'' if zh else ' '}{with_unit(series[code][-1].value, indicator, language)}" if series[code]
        else f"{names[code]}{'' if zh else ' '}{absent(code) if zh else absent(code).lower()}"
        for code in ranked
    ]  # fmt: skip
    return f"{title}。{'，'.join(parts)}。" if zh else f"{title}. {', '.join(parts)}."
