"""Charts say what they show: unit, target, source, demonstration mark; and are drawn once."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from halfsky.assess import Standing
from halfsky.observations import Figures, Nature, Observation, SeriesKey
from halfsky.plan import Text
from halfsky.reports.charts import (
    districts_chart,
    funnel_chart,
    funnel_of,
    map_chart,
    render_png,
    render_svg,
    residence_chart,
    series_chart,
    sexes_chart,
    standings_chart,
)
from halfsky.reports.charts.boundaries import boundaries
from halfsky.reports.charts.data import points
from halfsky.reports.charts.frame import apart, text_width, ticks, wrap
from halfsky.reports.charts.geometry import fit, hatch, place_labels, spans
from halfsky.reports.charts.palette import THEMES, contrast
from halfsky.reports.charts.render import prune
from tests.reports import sample

PLAN, FIGURES, VERDICTS = sample.plan(), sample.figures(), sample.verdicts()
MORTALITY, SCREENING = PLAN.indicators


@pytest.fixture(autouse=True)
def _own_cache(settings: Any, tmp_path: Path) -> None:
    settings.CACHE_DIR = tmp_path


def words_of(svg: bytes) -> str:
    """All words of a picture, in drawing order."""
    return "\n".join(e.text or "" for e in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"))


def rows_of(spec: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [row for layer in spec["layer"] if layer["mark"]["type"] == kind for row in layer["data"]["values"]]


def test_series_names_unit_targets_forecast_and_source() -> None:
    svg = render_svg(series_chart(PLAN, MORTALITY, sample.CITY, FIGURES, VERDICTS))
    words = words_of(svg)
    for expected in ("孕产妇死亡率", "大连市 · 单位：1/10万", "2030年目标", "≤ 8/10万", "2025年目标 ≤ 9/10万", "预测",
                     "7.85/10万", "2025年 8.60/10万", "口径变动", "资料来源：小城市统计局。", "空心点为估计、初步"):  # fmt: skip
        assert expected in words
    assert "演示数据" not in words


def test_series_in_english_has_no_chinese_but_its_source() -> None:
    words = words_of(render_svg(series_chart(PLAN, MORTALITY, sample.CITY, FIGURES, VERDICTS, language="en")))
    assert "Unit: per 100,000" in words
    assert "2030 target" in words
    assert not re.search(r"[\u4e00-\u9fff]", words.replace("小城市统计局", ""))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_chart_carries_the_demonstration_mark(language: Any) -> None:
    demo, judged = sample.figures(demonstration=True), sample.verdicts(demonstration=True)
    mark = {"zh": "演示数据", "en": "Demonstration data"}[language]
    charts = [
        series_chart(PLAN, MORTALITY, sample.CITY, demo, judged, language=language),
        sexes_chart(PLAN, SCREENING, sample.CITY, demo, judged, language=language),
        residence_chart(PLAN, SCREENING, sample.CITY, demo, judged, language=language),
        districts_chart(PLAN, SCREENING, demo, judged, language=language),
        map_chart(PLAN, SCREENING, demo, judged, language=language),
        standings_chart(PLAN, judged, language=language),
    ]
    for spec in charts:
        assert mark in words_of(render_svg(spec))


def test_a_line_joins_neither_gaps_nor_breaks() -> None:
    line = points(FIGURES, SeriesKey("maternal_mortality", sample.CITY), MORTALITY)
    runs = {p.year: p.run for p in line}
    assert runs[2013] == runs[2014] != runs[2016]
    assert runs[2017] != runs[2018] == runs[2025]


def test_a_biennial_line_bridges_two_years() -> None:
    biennial = MORTALITY.model_copy(update={"frequency": "biennial"})
    runs = {p.year: p.run for p in points(FIGURES, SeriesKey("maternal_mortality", sample.CITY), biennial)}
    assert runs[2014] == runs[2016]


def test_a_series_without_figures_says_so() -> None:
    assert "暂无数据" in words_of(render_svg(series_chart(PLAN, MORTALITY, sample.CITY, Figures(), ())))


@pytest.mark.parametrize("width", [320, 720, 1200])
@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_pictures_are_as_wide_as_asked_and_described(width: int, theme: Any) -> None:
    svg = ElementTree.fromstring(
        render_svg(series_chart(PLAN, MORTALITY, sample.CITY, FIGURES, VERDICTS, theme=theme, width=width))
    )
    assert int(svg.attrib["width"]) == width
    assert svg.attrib["role"] == "img"
    title, description = svg[0], svg[1]
    assert title.text == "孕产妇死亡率"
    assert "判定：预计达标困难" in (description.text or "")


def test_men_stand_beside_women_and_town_beside_country() -> None:
    assert {"女 66.00%", "男 70.00%"} <= set(
        words_of(render_svg(sexes_chart(PLAN, SCREENING, sample.CITY, FIGURES))).split("\n")
    )
    assert {"城镇 71.00%", "乡村 61.00%"} <= set(
        words_of(render_svg(residence_chart(PLAN, SCREENING, sample.CITY, FIGURES))).split("\n")
    )


def test_districts_are_ranked_and_the_one_without_data_comes_last() -> None:
    words = words_of(render_svg(districts_chart(PLAN, SCREENING, FIGURES, VERDICTS)))
    order = [line for line in words.split("\n") if line in {zh for zh, _ in sample.DISTRICTS.values()}]
    assert order[0] == "庄河市"
    assert order[-1] == "长海县"
    assert "2030年目标 ≥ 70%" in words
    assert "缺数据" in words


def test_a_place_that_is_not_bound_does_not_lack_data() -> None:
    free = [
        v.model_copy(update={"status": Standing.NOT_APPLICABLE}) if v.region == "210224" else v for v in VERDICTS
    ]  # fmt: skip
    for spec in (districts_chart(PLAN, SCREENING, FIGURES, free), map_chart(PLAN, SCREENING, FIGURES, free)):
        assert "不适用" in words_of(render_svg(spec))
        assert "缺数据" not in words_of(render_svg(spec))


def test_a_wide_forecast_does_not_flatten_the_history_and_owns_up_to_it() -> None:
    verdict = VERDICTS[0]
    wide = [f.model_copy(update={"low80": 0.0, "high80": 90.0, "low95": 0.0, "high95": 190.0}) for f in verdict.path]
    spec = series_chart(PLAN, MORTALITY, sample.CITY, FIGURES, [verdict.model_copy(update={"path": tuple(wide)})])
    words = words_of(render_svg(spec))
    assert "预测区间超出图幅的部分未画出" in words.replace("\n", "")
    assert max(float(n) for n in re.findall(r"^\d+(?:\.\d+)?$", words, re.M) if float(n) < 1000) <= 25
    assert "未画出" not in words_of(render_svg(series_chart(PLAN, MORTALITY, sample.CITY, FIGURES, VERDICTS)))


@pytest.mark.parametrize("width", [340, 720, 1200])
def test_the_map_names_all_ten_places_with_value_and_boundary_source(width: int) -> None:
    spec = map_chart(PLAN, SCREENING, FIGURES, VERDICTS, width=width)
    words = words_of(render_svg(spec)).split("\n")
    for place, (code, (name, _)) in enumerate(sample.DISTRICTS.items()):
        assert name in words
        assert ("缺数据" if code == "210224" else f"{62 + place}.00%") in words
    assert any("天地图" in line for line in words)
    assert sum(layer["mark"]["type"] == "geoshape" for layer in spec["layer"]) == 10


def test_a_place_without_boundary_is_named_below_the_map() -> None:
    small = sample.small_plan()
    verdict = VERDICTS[1].model_copy(update={"region": "990202"})
    words = words_of(render_svg(map_chart(small, small.indicator["screening"], Figures(), (verdict,))))
    assert "未绘界线：海岸区 缺数据" in words


def test_standings_count_each_promise_once() -> None:
    spec = standings_chart(PLAN, VERDICTS)
    assert "妇女与健康：预计达标1、预计达标困难1" in spec["description"]
    assert len(rows_of(spec, "rect")) == 2


def test_texts_are_legible_in_every_theme() -> None:
    for theme in THEMES.values():
        inks = (theme.ink, theme.muted, theme.accent, theme.target, theme.women, theme.men, theme.urban, theme.rural)
        assert all(contrast(ink, theme.paper) >= 4.5 for ink in inks)
        for status in Standing:
            look = theme.look(status)
            assert contrast(look.ink, theme.paper) >= 4.5
            assert contrast(look.on_fill, look.fill) >= 4.5
            assert contrast(theme.ink, look.tint) >= 4.5
        assert len({(theme.look(s).shape, theme.look(s).hollow) for s in Standing}) == len(Standing)


def test_a_picture_is_drawn_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    spec = series_chart(PLAN, MORTALITY, sample.CITY, FIGURES, VERDICTS)
    first = render_svg(spec), render_png(spec)
    monkeypatch.setattr("halfsky.reports.charts.render._converter", lambda: pytest.fail("drawn again"))
    assert (render_svg(spec), render_png(spec)) == first
    assert not list(tmp_path.rglob("*.part"))
    assert first[1].startswith(b"\x89PNG")


def test_the_cache_stays_bounded(tmp_path: Path) -> None:
    (tmp_path / "ab").mkdir()
    for i in range(20):
        (tmp_path / "ab" / f"{i}.svg").write_text("x")
    assert prune(tmp_path, 30) == 0
    assert prune(tmp_path, 10) == 11
    assert len(list(tmp_path.rglob("*.svg"))) == 9


def test_an_office_may_bring_its_own_boundaries(settings: Any, tmp_path: Path) -> None:
    own = tmp_path / "own.geojson"
    own.write_text(
        '{"type": "FeatureCollection", "source": "审图号：辽S(2025)000号", "features": [{"type": "Feature", "properties": '
        '{"adcode": "210202"}, "geometry": {"type": "Polygon", "coordinates": [[[121, 38], [122, 38], [122, 39], [121, 38]]]}}]}',
        encoding="utf-8",
    )
    settings.BOUNDARIES = own
    found = boundaries(("210202", "210203"))
    assert set(found.shapes) == {"210202"}
    assert "审图号：辽S(2025)000号" in found.source.zh


def test_boundaries_are_where_the_places_are() -> None:
    shape = boundaries(("210202",)).shapes["210202"]
    longitude, latitude = shape[0].mean(axis=0)
    assert longitude == pytest.approx(121.67, abs=0.1)
    assert latitude == pytest.approx(38.9, abs=0.1)


def test_labels_do_not_overlap() -> None:
    shapes, height = fit(boundaries(tuple(sample.DISTRICTS)).shapes, (40, 40, 500, 500))
    sizes = dict.fromkeys(shapes, (60.0, 30.0))
    placed = list(place_labels(shapes, sizes, 540, height + 100).values())
    for i, one in enumerate(placed):
        assert all(abs(one.x - two.x) >= 57 or abs(one.y - two.y) >= 27 for two in placed[i + 1 :])


def test_hatching_stays_inside() -> None:
    shapes, _ = fit(boundaries(("210281",)).shapes, (0, 0, 300, 300))
    shape = shapes["210281"]
    lines = hatch(shape, 45, 8)
    assert lines
    for x, y, x2, y2 in lines:
        middle = (x + x2) / 2
        assert any(a - 0.01 <= middle <= b + 0.01 for a, b in spans(shape, (y + y2) / 2))


def test_small_rules_of_layout() -> None:
    assert ticks(0, 97) == [0, 20, 40, 60, 80, 100]
    assert ticks(8.1, 8.4)[0] <= 8.1
    assert wrap("一二三四五，六", 10, 50) == ["一二三四", "五，六"] or wrap("一二三四五，六", 10, 50) == [
        "一二三四五，",
        "六",
    ]
    assert text_width("中文", 10) == 20
    centres = apart([10, 12, 90], [10, 10, 10], 0, 100)
    assert centres[1] - centres[0] >= 10


def deaths(*, demonstration: bool = False) -> Figures:
    """Five years of every district: two deaths each, none in the smallest, and far too many in one."""
    births = dict(zip(sample.DISTRICTS, (2170, 1990, 5580, 4580, 5730, 5370, 5820, 470, 5290, 4510), strict=True))
    many = {"210224": 0, "210213": 12}
    rows = [
        Observation(
            SeriesKey("maternal_mortality", code), year, Decimal(n) * 100_000 / births[code], Decimal(n),
            Decimal(births[code]), nature=Nature.DEMO if demonstration else Nature.REPORTED, source="小城市统计局",
        )
        for code in births
        for year in range(2021, 2026)
        for n in [many.get(code, 2) if year == 2025 else 0]
    ]  # fmt: skip
    return Figures(rows)


COUNTED = MORTALITY.model_copy(
    update={"numerator": Text(zh="死亡人数", en="Deaths"), "denominator": Text(zh="活产数", en="Live births")}
)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [590, 780])
def test_a_funnel_names_unit_bound_limits_source_and_every_place(language: Any, width: int) -> None:
    words = words_of(render_svg(funnel_chart(PLAN, COUNTED, deaths(), VERDICTS, language=language, width=width)))
    told = {"zh": ("2021—2025年合并 · 单位：1/10万", "活产数", "平方根刻度", "资料来源：小城市统计局。"),
            "en": ("2021–2025 pooled · Unit: per 100,000", "Live births", "square-root scale", "Source: 小城市统计局.")}  # fmt: skip
    for expected in (*told[language], "95%", "99.8%"):
        assert expected in words.replace("\n", "" if language == "zh" else " ")
    assert {names[language == "en"] for names in sample.DISTRICTS.values()} <= set(words.split("\n"))
    assert {"zh": "演示数据", "en": "Demonstration data"}[language] not in words
    demo = funnel_chart(PLAN, COUNTED, deaths(demonstration=True), VERDICTS, language=language, width=width)
    assert {"zh": "演示数据", "en": "Demonstration data"}[language] in words_of(render_svg(demo))


def test_both_limits_of_a_funnel_reach_over_the_smallest_place() -> None:
    spec = funnel_chart(PLAN, COUNTED, deaths(), VERDICTS)
    dots = rows_of(spec, "point")
    lines = [layer["data"]["values"] for layer in spec["layer"] if layer["mark"]["type"] == "line"]
    upper = sorted(lines, key=lambda line: min(row["y"] for row in line))[:2]
    for line in upper:
        assert min(row["x"] for row in line) <= min(dot["x"] for dot in dots) + 1
        assert all(0 <= row["y"] <= spec["height"] for row in line)


def test_a_place_outside_the_funnel_is_a_diamond_and_is_described() -> None:
    spec = funnel_chart(PLAN, COUNTED, deaths(), VERDICTS)
    shapes = [layer["mark"]["shape"] for layer in spec["layer"] if layer["mark"]["type"] == "point"]
    assert (shapes.count("diamond"), shapes.count("circle")) == (1, 9)
    assert "金州区在95%界限之外" in spec["description"]


def test_rates_without_counts_make_no_funnel() -> None:
    assert funnel_of(PLAN, SCREENING, FIGURES, 2025) == {}
    assert "没有可用的事件数和基数" in words_of(render_svg(funnel_chart(PLAN, COUNTED, FIGURES, VERDICTS)))
