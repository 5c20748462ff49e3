"""How the statuses of a plan are spread over its fields."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from halfsky.assess import Standing, Verdict
from halfsky.plan import Plan
from halfsky.reports.charts.frame import SMALL, TEXT, Frame, Spec, text_width, wrap
from halfsky.reports.charts.marks import READING_ORDER, draw_legend, legend_rows
from halfsky.reports.charts.palette import THEMES, ThemeName
from halfsky.reports.words import DEMONSTRATION, STANDINGS, Language


def standings_chart(
    plan: Plan, verdicts: Sequence[Verdict], *, region: str | None = None,
    language: Language = "zh", theme: ThemeName = "light", width: int = 720,
) -> Spec:  # fmt: skip
    """One bar a field: how many promises stand where, in one place (the plan's own region by default)."""
    colours = THEMES[theme]
    place = region or plan.region
    counts: dict[int, Counter[Standing]] = {f.number: Counter() for f in plan.fields}
    for verdict in verdicts:
        field = plan.field_of(verdict.clause)
        if verdict.region == place and field is not None:
            counts[field.number][verdict.status] += 1
    zh = language == "zh"
    names = {f.number: f.name.in_language(language) for f in plan.fields}
    left = min(round(max(text_width(name, TEXT) for name in names.values())) + 20, width * 2 // 5)
    shown = [s for s in READING_ORDER if any(c[s] for c in counts.values())]
    where = plan.place[place].name.in_language(language)
    most = max((c.total() for c in counts.values()), default=0) or 1
    bar, gap = 20, 12
    legend, top = legend_rows(shown, language, width - 8)
    frame = Frame(
        width=width, plot_height=top + len(counts) * (bar + gap), theme=colours, language=language,
        title="各领域目标达标情况" if zh else "Targets by field and status",
        subtitle=f"{where} · 单位：项" if zh else f"{where} · Unit: targets",
        footer=[], description="", left=left, right=30, bottom=6,
    )  # fmt: skip
    draw_legend(frame, legend)
    for row, (number, count) in enumerate(counts.items()):
        y = top + row * (bar + gap)
        lines = wrap(names[number], TEXT, left - 14)
        for i, line in enumerate(lines[:2]):
            frame.text(4 - left, y + bar / 2 + (i - (min(len(lines), 2) - 1) / 2) * 14, line, size=TEXT)
        _bar(frame, count, shown, y, bar, frame.plot_width / most)
    frame.footer = _standings_notes(verdicts, place, language)
    frame.description = _standings_description(frame, counts, names, shown)
    return frame.spec()


def _bar(frame: Frame, count: Counter[Standing], shown: list[Standing], y: float, height: float, each: float) -> None:
    at = 0.0
    for status in shown:
        size = count[status] * each
        if not size:
            continue
        look = frame.theme.look(status)
        box = {"x": round(at, 1), "x2": round(at + size - 1, 1), "y": y, "y2": y + height}
        frame.mark([box], {"type": "rect", "color": look.fill}, x="x", x2="x2", y="y", y2="y2")
        words = str(count[status])
        if size >= text_width(words, SMALL) + 4:
            frame.text(at + size / 2, y + height / 2, words, colour=look.on_fill, align="center")
        at += size
    frame.text(at + 5, y + height / 2, str(count.total()), colour=frame.theme.muted)


def _standings_notes(verdicts: Sequence[Verdict], place: str, language: Language) -> list[str]:
    if not any(v.demonstration for v in verdicts if v.region == place):
        return []
    mark = DEMONSTRATION.in_language(language)
    return [
        f"{mark}：判定依据系统生成的数据，仅供演示。"
        if language == "zh"
        else f"{mark}: judged on generated figures, for demonstration."
    ]


def _standings_description(
    frame: Frame, counts: dict[int, Counter[Standing]], names: dict[int, str], shown: list[Standing]
) -> str:
    zh = frame.language == "zh"
    parts = []
    for number, count in counts.items():
        each = [f"{STANDINGS[s].in_language(frame.language)}{'' if zh else ' '}{count[s]}" for s in shown if count[s]]
        parts.append(f"{names[number]}：{'、'.join(each)}" if zh else f"{names[number]}: {', '.join(each)}")
    return f"{frame.title}。{'；'.join(parts)}。" if zh else f"{frame.title}. {'; '.join(parts)}."
