"""Charts over time: one series with its targets and forecast, men beside women, urban and rural."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from halfsky.assess import Forecast, Verdict
from halfsky.observations import Figures, Observation, SeriesKey
from halfsky.plan import Indicator, Plan, Residence, Sex, Slice, Unit
from halfsky.reports.charts.data import (
    UNCERTAIN_STATUSES,
    Point,
    breaks,
    described,
    points,
    source_notes,
    targets_here,
    usual_cut,
    verdict_of,
)
from halfsky.reports.charts.frame import SMALL, Frame, Scale, Spec, apart, text_width, ticks, wrap
from halfsky.reports.charts.levels import Level, levels_of
from halfsky.reports.charts.palette import THEMES, Theme, ThemeName
from halfsky.reports.words import STANDINGS, Language, short, unit_name, year_words

_REACH, _FLAT = (
    0.75,
    0.05,
)  # how far intervals widen the axis: of the span of figures and targets, of a flat one's height


@dataclass(slots=True)
class Line:
    """A series to draw: its points, colour, and the name at its end."""

    points: list[Point]
    colour: str
    name: str = ""
    dashed: bool = False


@dataclass(slots=True)
class Content:
    """All that a chart over time shows."""

    indicator: Indicator
    lines: list[Line]
    levels: list[Level] = field(default_factory=list)
    verdict: Verdict | None = None

    @property
    def path(self) -> tuple[Forecast, ...]:
        """The forecast year by year; none for a yes or no, which has no middle."""
        known = self.verdict is not None and self.indicator.unit is not Unit.YES_NO
        return self.verdict.path if known and self.verdict is not None else ()

    @property
    def observations(self) -> list[Observation]:
        return [p.observation for line in self.lines for p in line.points]


def series_chart(
    plan: Plan, indicator: Indicator, region: str, figures: Figures, verdicts: Sequence[Verdict], *,
    language: Language = "zh", theme: ThemeName = "light", width: int = 720, cut: Slice | None = None,
) -> Spec:  # fmt: skip
    """One indicator in one place: history, target lines, and the forecast of the verdict that carries one.

    ``cut`` defaults to the slice that the place's first target judges. ``figures`` must hold derived
    indicators already computed.
    """
    chosen = usual_cut(plan, indicator, region) if cut is None else cut
    colours = THEMES[theme]
    line = Line(points(figures, SeriesKey.of(indicator.id, region, chosen), indicator), colours.accent)
    content = Content(indicator, [line])
    for target in targets_here(plan, indicator, region, chosen):
        verdict = verdict_of(verdicts, target, region)
        content.levels += [
            level for level in levels_of(plan, target, indicator, verdict, language) if level not in content.levels
        ]
        if content.verdict is None or (verdict is not None and verdict.path and not content.verdict.path):
            content.verdict = verdict
        if target.reference is not None:
            other = plan.indicator[target.reference]
            key = SeriesKey.of(other.id, region, target.cut)
            name = other.name.in_language(language)
            content.lines.append(Line(points(figures, key, other), colours.muted, name, dashed=True))
    return _chart(plan, region, content, language, colours, width, _cut_words(chosen, language))


def sexes_chart(
    plan: Plan, indicator: Indicator, region: str, figures: Figures, verdicts: Sequence[Verdict] = (), *,
    language: Language = "zh", theme: ThemeName = "light", width: int = 720,
) -> Spec:  # fmt: skip
    """Women beside men, with the target of women where there is one."""
    colours = THEMES[theme]
    names = {Sex.FEMALE: ("女", "Women", colours.women), Sex.MALE: ("男", "Men", colours.men)}
    cuts = {Slice(sex=sex): look for sex, look in names.items()}
    return _groups(plan, indicator, region, figures, verdicts, cuts, language, colours, width)


def residence_chart(
    plan: Plan, indicator: Indicator, region: str, figures: Figures, verdicts: Sequence[Verdict] = (), *,
    language: Language = "zh", theme: ThemeName = "light", width: int = 720,
) -> Spec:  # fmt: skip
    """Urban beside rural."""
    colours = THEMES[theme]
    names = {Residence.URBAN: ("城镇", "Urban", colours.urban), Residence.RURAL: ("乡村", "Rural", colours.rural)}
    cuts = {Slice(residence=residence): look for residence, look in names.items()}
    return _groups(plan, indicator, region, figures, verdicts, cuts, language, colours, width)


def _groups(
    plan: Plan, indicator: Indicator, region: str, figures: Figures, verdicts: Sequence[Verdict],
    cuts: dict[Slice, tuple[str, str, str]], language: Language, colours: Theme, width: int,
) -> Spec:  # fmt: skip
    content = Content(indicator, [])
    for cut, (zh, en, colour) in cuts.items():
        line = Line(
            points(figures, SeriesKey.of(indicator.id, region, cut), indicator), colour, zh if language == "zh" else en
        )
        content.lines.append(line)
        for target in targets_here(plan, indicator, region, cut):
            content.levels += levels_of(plan, target, indicator, verdict_of(verdicts, target, region), language)
    return _chart(plan, region, content, language, colours, width, "")


def _cut_words(cut: Slice, language: Language) -> str:
    """What part of the population is shown, where it is not all."""
    zh = {Sex.FEMALE: "女性", Sex.MALE: "男性", Residence.URBAN: "城镇", Residence.RURAL: "乡村"}
    en = {Sex.FEMALE: "women", Sex.MALE: "men", Residence.URBAN: "urban", Residence.RURAL: "rural"}
    words = zh if language == "zh" else en
    return "、".join(words[part] for part in (cut.sex, cut.residence) if part in words)


def _chart(plan: Plan, region: str, content: Content, language: Language, theme: Theme, width: int, cut: str) -> Spec:
    indicator = content.indicator
    place = plan.place[region].name.in_language(language)
    zh = language == "zh"
    unit = f"单位：{unit_name(indicator, language)}" if zh else f"Unit: {unit_name(indicator, language)}"
    title = indicator.name.in_language(language)
    years = _years(plan, content)
    y = _y_scale(content, round(min(300, max(180, width * 0.38))))
    labels = _end_labels(content, theme, language, y, years[1], width)
    left = round(max(text_width(f"{t:,.{y.format[2]}f}", SMALL) for t in y.ticks)) + 14
    right = round(max((text_width(w, SMALL) for _, words, _ in labels for w in words), default=0)) + 18
    frame = Frame(
        width=width, plot_height=int(y.pixels[0]), theme=theme, language=language, title=title,
        subtitle=(" · ".join(filter(None, (place, cut, unit)))),
        footer=_notes(content, language, cut_off=_cut_off(content, y)),
        description=_description(content, title, place, language),
        left=left, right=min(right, width // 3),
    )  # fmt: skip
    x = Scale([float(years[0]), float(years[1])], (8, frame.plot_width - 2))
    _axes(frame, indicator, x, y)
    if content.path:
        _fan(frame, content, x, y)
    for level in content.levels:
        _level(frame, level, x, y)
    for line in content.lines:
        _line(frame, line, x, y)
    for year in sorted({year for line in content.lines for year in breaks(line.points)}):
        _break(frame, x(year - 0.5))
    for level in content.levels:
        if level.end < years[1]:
            _name_step(frame, level, content, x, y)
    _last_value(frame, content, x, y)
    if not content.observations:
        words = "暂无数据" if zh else "No data yet"
        frame.text(frame.plot_width / 2, frame.plot_height / 2, words, colour=theme.muted, size=13, align="center")
    _draw_labels(frame, labels, x, years[1])
    return frame.spec()


def _years(plan: Plan, content: Content) -> tuple[int, int]:
    known = [o.year for o in content.observations]
    path = content.path
    ends = [*(level.end for level in content.levels), *(f.year for f in path)]
    first = min([*known, *(level.start for level in content.levels), *([] if known else [plan.start])])
    last = max([*known, *ends, *([] if known else [plan.end])])
    return first, max(last, first + 1)


def _y_scale(content: Content, height: int) -> Scale:
    """From zero where zero is not far below; else around the values, so that change can be seen.

    The 80 % interval decides, not the 95 %, and only as far as :data:`_REACH`: a wide tail must not flatten
    the history. A share stays within 0 and 100.
    """
    values = [p.value for line in content.lines for p in line.points]
    values += [level.value + side * level.tolerance for level in content.levels for side in (-1, 1)]
    share = content.indicator.unit is Unit.PERCENT and all(0 <= v <= 100 for v in values)
    values += [f.median for f in content.path]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    if content.path:
        reach = _REACH * max(high - low, _FLAT * abs(high))
        low = min(low, max(low - reach, min(f.low80 for f in content.path)))
        high = max(high, min(high + reach, max(f.high80 for f in content.path)))
    pad = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
    if share:
        low, high = max(low, 0.0), min(high, 100.0)
    if content.indicator.unit is Unit.YES_NO:
        return Scale([0.0, 1.0], (height, 0))
    bottom = 0.0 if 0 <= low < 0.45 * high else low - pad
    top = high + pad
    if low >= 0:
        bottom = max(bottom, 0.0)
    if share:
        top = min(top, 100.0)
    marks = ticks(bottom, top, 5 if height > 200 else 4)
    if share:
        marks = [m for m in marks if 0 <= m <= 100]
    return Scale(marks, (height, 0))


def _cut_off(content: Content, y: Scale) -> bool:
    """Whether a part of the shaded intervals is outside the picture, other than below nothing or above the whole."""
    bottom, top = y.domain
    whole = content.indicator.unit is Unit.PERCENT and top == 100
    return any((bottom != 0 and f.low95 < bottom) or (not whole and f.high95 > top) for f in content.path)


def _tick_words(tick: float, y: Scale, indicator: Indicator, language: Language) -> str:
    if indicator.unit is Unit.YES_NO:
        return short(tick, indicator, language)
    return f"{tick:,.{y.format[2]}f}".replace("-", "−")


def _axes(frame: Frame, indicator: Indicator, x: Scale, y: Scale) -> None:
    """Grid lines and years. Years stand as far apart as their width asks for, counted back from the last."""
    frame.rules([(0, y(tick), frame.plot_width, y(tick)) for tick in y.ticks], frame.theme.grid)
    for tick in y.ticks:
        frame.text(
            -6, y(tick), _tick_words(tick, y, indicator, frame.language), colour=frame.theme.muted, align="right"
        )
    first, last = (int(v) for v in x.domain)
    per_year = (x.pixels[1] - x.pixels[0]) / (last - first)
    step = next(s for s in (1, 2, 5, 10, 20, 50) if s * per_year >= text_width("2025", SMALL) + 6 or s == 50)
    for year in range(last, first - 1, -step):
        frame.text(x(year), frame.plot_height + 13, str(year), colour=frame.theme.muted, align="center")


def _fan(frame: Frame, content: Content, x: Scale, y: Scale) -> None:
    """The forecast: 95 % and 80 % intervals opening from the last figure, and the median."""
    verdict = content.verdict
    assert verdict is not None
    last = next((p for p in reversed(content.lines[0].points) if p.year <= verdict.as_of), None)
    top, bottom = y.pixels[1], y.pixels[0]

    def inside(value: float) -> float:
        return round(min(max(y(value), top), bottom), 1)

    rows: list[Spec] = []
    if last is not None:
        here = inside(last.value)
        rows.append({"x": round(x(last.year), 1), "m": here, "a": here, "b": here, "c": here, "d": here})
    rows += [
        {"x": round(x(f.year), 1), "m": inside(f.median), "a": inside(f.low95), "b": inside(f.high95),
         "c": inside(f.low80), "d": inside(f.high80)}
        for f in content.path if last is None or f.year > last.year
    ]  # fmt: skip
    for low, high, colour in (("a", "b", frame.theme.fan_wide), ("c", "d", frame.theme.fan_narrow)):
        frame.mark(rows, {"type": "area", "color": colour, "interpolate": "monotone"}, x="x", y=low, y2=high)
    median = {"type": "line", "color": frame.theme.accent, "strokeDash": [4, 3], "strokeWidth": 1.5}
    frame.mark(rows, median, x="x", y="m")


def _level(frame: Frame, level: Level, x: Scale, y: Scale) -> None:
    start, end = x(max(level.start, x.domain[0])), x(level.end)
    if level.tolerance:
        band = {"x": start, "x2": end, "y": y(level.value + level.tolerance), "y2": y(level.value - level.tolerance)}
        frame.mark(
            [band], {"type": "rect", "color": frame.theme.target, "opacity": 0.12}, x="x", x2="x2", y="y", y2="y2"
        )
    frame.rules(
        [(start, y(level.value), end, y(level.value))], frame.theme.target, 1.5, [5, 4] if level.dashed else None
    )


def _name_step(frame: Frame, level: Level, content: Content, x: Scale, y: Scale) -> None:
    """An earlier milestone is named at its end, on the side of its line that is freer of figures."""
    words = " ".join(level.words)
    width = text_width(words, SMALL)
    right = max(x(level.end), width)
    near = [y(p.value) for line in content.lines for p in line.points if right - width - 8 < x(p.year) < right + 8]

    def room(at: float) -> float:
        return min((abs(at - other) for other in near), default=99.0) if 6 < at < frame.plot_height - 6 else 0.0

    at = max((y(level.value) - 10, y(level.value) + 11), key=room)
    frame.text(right, at, words, colour=frame.theme.target, align="right", halo=True)


def _line(frame: Frame, line: Line, x: Scale, y: Scale) -> None:
    """Lines within runs; every figure as a point, hollow where it is estimated, provisional or unreliable."""
    rows = [
        {"x": round(x(p.year), 1), "y": round(y(p.value), 1), "run": p.run,
         "fill": frame.theme.paper if p.observation.status in UNCERTAIN_STATUSES else line.colour}
        for p in line.points
    ]  # fmt: skip
    stroke: Spec = {"type": "line", "color": line.colour, "strokeWidth": 1.5 if line.dashed else 2.25}
    if line.dashed:
        stroke["strokeDash"] = [2, 3]
    frame.mark(rows, stroke, x="x", y="y", detail="run")
    dot = {"type": "point", "size": 20 if line.dashed else 34, "stroke": line.colour, "strokeWidth": 1.5, "opacity": 1}
    frame.mark(rows, dot, x="x", y="y", fill="fill")


def _break(frame: Frame, x: float) -> None:
    words = "口径变动" if frame.language == "zh" else "break in series"
    frame.rules([(x, 0, x, frame.plot_height)], frame.theme.muted, 1, [2, 3])
    frame.text(x + 4, 8, words, colour=frame.theme.muted, halo=True)


def _last_value(frame: Frame, content: Content, x: Scale, y: Scale) -> None:
    """The newest figure of the first line, named where it stands, clear of the target line."""
    if len([line for line in content.lines if not line.dashed]) != 1 or not content.lines[0].points:
        return
    last = content.lines[0].points[-1]
    words = f"{year_words(last.year, frame.language)} {short(last.value, content.indicator, frame.language)}"
    half = text_width(words, SMALL) / 2
    at = min(max(x(last.year), half), frame.plot_width - half)
    busy = [y(level.value) for level in content.levels if level.start <= last.year <= level.end]
    around = [(p.year, p.value) for p in content.lines[0].points] + [(f.year, f.median) for f in content.path]
    busy += [y(value) for year, value in around if abs(x(year) - at) <= half + 4]

    def room(height: float) -> float:
        return min(abs(height - other) for other in busy) if 8 < height < frame.plot_height - 6 else 0.0

    here = y(last.value)
    best = max((here - 14, here + 16, here - 26, here + 28), key=lambda height: min(room(height), 12))
    frame.text(at, best, words, align="center", halo=True)


def _end_labels(
    content: Content, theme: Theme, language: Language, y: Scale, last_year: int, width: int
) -> list[tuple[float, list[str], str]]:
    """What stands in the right margin: names of lines and of targets that end there, and the forecast."""
    labels = [(y(level.value), level.words, theme.target) for level in content.levels if level.end == last_year]
    several = len([line for line in content.lines if line.points]) > 1
    for line in content.lines:
        if several and line.points and line.name:
            last = line.points[-1]
            words = [f"{line.name} {short(last.value, content.indicator, language)}"]
            if line.dashed:
                words = wrap(line.name, SMALL, width / 4)
            labels.append((y(last.value), words, line.colour))
    path = content.path
    if path and path[-1].year == last_year:
        words = ["预测" if language == "zh" else "forecast", short(path[-1].median, content.indicator, language)]
        labels.append((min(max(y(path[-1].median), 0), y.pixels[0]), words, theme.accent))
    return labels


def _draw_labels(frame: Frame, labels: list[tuple[float, list[str], str]], x: Scale, last_year: int) -> None:
    heights = [len(words) * SMALL * 1.25 + 3 for _, words, _ in labels]
    centres = apart([y for y, _, _ in labels], heights, -6, frame.plot_height + 10)
    for centre, (_, words, colour) in zip(centres, labels, strict=True):
        for i, line in enumerate(words):
            frame.text(frame.plot_width + 6, centre + (i - (len(words) - 1) / 2) * SMALL * 1.25, line, colour=colour)


def _notes(content: Content, language: Language, *, cut_off: bool) -> list[str]:
    zh = language == "zh"
    keys = []
    if content.path:
        keys.append(
            "虚线为预测中位数，深、浅色区域为80%、95%预测区间" if zh
            else "dashed: median forecast; shaded: 80% and 95% prediction intervals"
        )  # fmt: skip
    if cut_off:
        keys.append("预测区间超出图幅的部分未画出" if zh else "intervals are cut at the edge of the picture")
    if any(level.tolerance for level in content.levels):
        keys.append("浅红色带为目标容许范围" if zh else "pale red band: tolerance of the target")
    if any(o.status in UNCERTAIN_STATUSES for o in content.observations):
        keys.append(
            "空心点为估计、初步或可靠性较低的数据" if zh else "hollow points: estimated, provisional or less reliable"
        )
    also = [("注：" + "；".join(keys) + "。") if zh else "Note: " + "; ".join(keys) + "."] if keys else []
    return source_notes(content.observations, language, also=also)


def _description(content: Content, title: str, place: str, language: Language) -> str:
    zh = language == "zh"
    parts = [f"{title}，{place}。" if zh else f"{title}, {place}."]
    for line in content.lines:
        course = described(line.points, content.indicator, language)
        parts.append(
            f"{line.name}：{course}" if line.name and zh else f"{line.name}: {course}" if line.name else course
        )
    parts += [f"{''.join(level.words)}。" if zh else f"{' '.join(level.words)}." for level in content.levels]
    if content.verdict is not None:
        status = STANDINGS[content.verdict.status].in_language(language)
        parts.append(f"判定：{status}。" if zh else f"Verdict: {status}.")
    return ("" if zh else " ").join(parts)
