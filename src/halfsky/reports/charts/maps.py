"""The map of a plan's districts: status by colour, hatching, sign and word; the value as a label."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from halfsky.assess import Standing, Verdict
from halfsky.observations import Figures, SeriesKey
from halfsky.plan import Indicator, Plan, Slice
from halfsky.reports.charts.boundaries import Shape, boundaries
from halfsky.reports.charts.data import Point, points, source_notes, usual_cut, verdict_of
from halfsky.reports.charts.frame import SMALL, Frame, Spec, text_width
from halfsky.reports.charts.geometry import Placed, fit, hatch, place_labels
from halfsky.reports.charts.marks import READING_ORDER, draw_legend, legend_rows, status_mark
from halfsky.reports.charts.palette import THEMES, Theme, ThemeName
from halfsky.reports.charts.places import districts_of, target_of
from halfsky.reports.words import STANDINGS, Language, short, unit_name, year_words

_HATCHING = {
    Standing.AT_RISK: (45.0,),
    Standing.MISSED: (45.0, -45.0),
    Standing.NO_DATA: (0.0,),
    Standing.TOO_LITTLE: (90.0,),
}
_PALE = frozenset({Standing.NO_DATA, Standing.TOO_LITTLE, Standing.NOT_APPLICABLE})
_MARGIN = 12.0


def map_chart(
    plan: Plan, indicator: Indicator, figures: Figures, verdicts: Sequence[Verdict], *,
    language: Language = "zh", theme: ThemeName = "light", width: int = 720, cut: Slice | None = None,
) -> Spec:  # fmt: skip
    """The districts of the plan's region with the newest figures of an indicator and their statuses.

    A district that no target binds is drawn in a plain colour; one whose boundary is not known is named
    in the footer with its value, so that none is lost.
    """
    colours = THEMES[theme]
    zh = language == "zh"
    codes = tuple(districts_of(plan))
    chosen = cut or (usual_cut(plan, indicator, codes[0]) if codes else Slice())
    series = {code: points(figures, SeriesKey.of(indicator.id, code, chosen), indicator) for code in codes}
    newest = max((line[-1].year for line in series.values() if line), default=None)
    value = {code: line[-1] if line and line[-1].year == newest else None for code, line in series.items()}
    target = target_of(plan, indicator, codes[0], chosen) if codes else None
    status = {code: _status(verdict_of(verdicts, target, code) if target else None, value[code]) for code in codes}
    labels = {
        code: (
            plan.place[code].name.in_language(language),
            _value_words(value[code], status[code], indicator, language),
        )
        for code in codes
    }
    shown = [s for s in READING_ORDER if s in status.values()]
    legend, top = legend_rows(shown, language, width - 8)
    drawn = _layout(codes, tuple((code, _label_size(*labels[code])) for code in codes), width - 8, top)
    name = indicator.name.in_language(language)
    unit = f"{'单位：' if zh else 'Unit: '}{unit_name(indicator, language)}"
    frame = Frame(
        width=width, plot_height=drawn.height, theme=colours, language=language,
        title=f"{name}：各区（市）县" if zh else f"{name}: districts",
        subtitle=f"{year_words(newest, language)} · {unit}" if newest else unit,
        footer=[], description="", left=4, right=4, bottom=4,
    )  # fmt: skip
    draw_legend(frame, legend)
    for code, shape in drawn.shapes.items():
        _district(frame, shape, status[code])
    for code, spot in drawn.labels.items():
        _label(frame, spot, labels[code], status[code], _label_size(*labels[code]))
    frame.footer = _footer(codes, drawn.shapes, labels, [p for p in value.values() if p], language)
    frame.description = _description(frame.title, codes, labels, status, language)
    return frame.spec()


class _Layout:
    """Shapes in pixels and the places of their labels."""

    def __init__(self, shapes: dict[str, Shape], labels: dict[str, Placed], height: int) -> None:
        self.shapes, self.labels, self.height = shapes, labels, height


@lru_cache(maxsize=64)
def _layout(
    codes: tuple[str, ...], sizes: tuple[tuple[str, tuple[float, float]], ...], width: int, top: int
) -> _Layout:
    """Computed once for the same places, labels and width: fitting and placing take a tenth of a second."""
    shapes = boundaries(codes).shapes
    if not shapes:
        return _Layout({}, {}, top + 20)
    side = 0.11 * width  # room for labels that do not fit into their place
    box = (side, top + _MARGIN, width - side, top + width * 0.95)
    fitted, taken = fit(shapes, box)
    height = round(top + taken + 5 * _MARGIN)
    placed = place_labels(fitted, {code: size for code, size in sizes if code in fitted}, width, height)
    return _Layout(fitted, placed, height)


def _status(verdict: Verdict | None, value: Point | None) -> Standing | None:
    if verdict is not None:
        return verdict.status
    return None if value is not None else Standing.NO_DATA


def _value_words(point: Point | None, status: Standing | None, indicator: Indicator, language: Language) -> str:
    if point is None:
        why = STANDINGS[Standing.NOT_APPLICABLE if status is Standing.NOT_APPLICABLE else Standing.NO_DATA]
        return why.zh if language == "zh" else why.en.lower()
    return short(point.value, indicator, language)


def _label_size(name: str, value: str) -> tuple[float, float]:
    return round(max(text_width(name, SMALL) + 14, text_width(value, SMALL)) + 6), 32.0


def _district(frame: Frame, shape: Shape, status: Standing | None) -> None:
    theme: Theme = frame.theme
    fill = theme.look(status).fill if status else theme.fan_narrow
    edge = theme.muted if status in _PALE else theme.paper
    rings = [[[round(float(x), 1), round(float(y), 1)] for x, y in ring] for ring in shape]
    feature = {"type": "Feature", "geometry": {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]}}
    frame.layers.append({
        "data": {"values": [feature]},
        "mark": {"type": "geoshape", "fill": fill, "stroke": edge, "strokeWidth": 0.8 if status in _PALE else 1.2, "aria": False},
        "projection": {"type": "identity", "scale": 1, "translate": [0, 0]},
        "encoding": {},
    })  # fmt: skip
    for angle in _HATCHING.get(status, ()) if status else ():
        frame.rules(hatch(shape, angle, 6.0), theme.look(status).tint if status else theme.paper, 1)


def _label(
    frame: Frame, spot: Placed, words: tuple[str, str], status: Standing | None, size: tuple[float, float]
) -> None:
    """Sign and name above the value; outside its place, a leader line runs to it."""
    theme = frame.theme
    inside = spot.anchor is None
    look = theme.look(status) if status else None
    ink = look.on_fill if look and inside else theme.ink
    ground = look.fill if look and inside else (theme.fan_narrow if inside else theme.paper)
    if spot.anchor is not None:
        x, y = spot.anchor
        left, right = spot.x - size[0] / 2, spot.x + size[0] / 2
        end = (min(max(x, left), right), min(max(y, spot.y - size[1] / 2), spot.y + size[1] / 2))
        frame.rules([(x, y, *end)], theme.ink, 0.8)
        dot = {"type": "point", "shape": "circle", "size": 10, "fill": theme.ink, "stroke": None, "opacity": 1}
        frame.mark([{"x": x, "y": y}], dot, x="x", y="y")
    name, value = words
    half = (text_width(name, SMALL) + 14) / 2
    status_mark(frame, spot.x - half + 5, spot.y - 7, status, 55, ink=ink if inside else None, ground=ground)
    frame.text(spot.x - half + 13, spot.y - 7, name, colour=ink, halo=ground)
    frame.text(spot.x, spot.y + 8, value, colour=ink, align="center", halo=ground)


def _footer(
    codes: tuple[str, ...],
    drawn: dict[str, Shape],
    labels: dict[str, tuple[str, str]],
    shown: list[Point],
    language: Language,
) -> list[str]:
    zh = language == "zh"
    notes = []
    if lost := [f"{labels[code][0]} {labels[code][1]}" for code in codes if code not in drawn]:
        notes.append(f"未绘界线：{'，'.join(lost)}。" if zh else f"Without boundary: {', '.join(lost)}.")
    if drawn:
        notes.append(boundaries(codes).source.in_language(language) + ("。" if zh else "."))
    return source_notes([p.observation for p in shown], language, also=notes)


def _description(
    title: str,
    codes: tuple[str, ...],
    labels: dict[str, tuple[str, str]],
    status: dict[str, Standing | None],
    language: Language,
) -> str:
    parts = []
    for code in codes:
        name, value = labels[code]
        judged = status[code]
        word = (
            f"（{STANDINGS[judged].zh}）"
            if judged and language == "zh"
            else f" ({STANDINGS[judged].en})"
            if judged
            else ""
        )
        parts.append(f"{name}{'' if language == 'zh' else ' '}{value}{word}")
    return f"{title}。{'，'.join(parts)}。" if language == "zh" else f"{title}. {', '.join(parts)}."
