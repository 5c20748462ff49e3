"""Verdicts told by what happened: said of what really happened, in short sentences, without an empty slot."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from halfsky.assess import Flag, Standing, Verdict, assess
from halfsky.assess.happenings import Course, Happening, Outcome, happened
from halfsky.assess.series import cut_key
from halfsky.assess.telling import LONGEST_EN, LONGEST_ZH, tell
from halfsky.observations import Figures, Observation, Status
from halfsky.plan import Kind, Unit
from halfsky.plan.wording import number
from tests.assess.randomsets import Sets, random_sets
from tests.support import CITY, SHORE, figure, rising, small_plan

PLANS, PLACES = 50, 100


def told(
    rows: list[Observation], *, as_of: int = 2025, region: str = CITY, target: str = "M1.1a", **more: Any
) -> tuple[str, str]:
    plan, figures = small_plan(), Figures(rows)
    verdict = next(v for v in assess(plan, figures, as_of=as_of, **more) if (v.target, v.region) == (target, region))
    words = tell(plan, verdict, figures)
    return words.zh, words.en


def test_a_rise_that_reaches_the_target_is_told_as_early() -> None:
    zh, en = told(rising("screening", CITY, 2019, "60", "62", "64", "65", "67", "69", "71.5"))
    assert "71.50%" in zh
    assert re.search(r"2\.50个百分点|由2024年的69\.00%", zh)
    assert "提前5年" in zh
    assert "5 years" in en


def test_what_was_met_before_is_kept_and_not_early() -> None:
    zh, _ = told(rising("screening", CITY, 2019, "72", "73", "74", "75", "76", "77", "77"))
    assert "提前" not in zh
    assert re.search("继续达到|保持达标|得到保持", zh)
    assert re.search("持平|没有变化|相同", zh)


def test_a_turn_is_told() -> None:
    zh, en = told(rising("screening", CITY, 2019, "60", "61", "62", "61", "60", "59", "61"))
    assert "由降转升" in zh
    assert "after falling before" in en


def test_a_first_figure_is_compared_with_nothing_but_the_target() -> None:
    zh, en = told([figure("screening", CITY, 2025, "61")])
    assert "可比数据" in zh
    assert "2030年不低于70%的目标" in zh
    assert "2025" in en


def test_a_break_is_not_compared_across() -> None:
    rows = [
        *rising("screening", CITY, 2019, "60", "61", "62", "63", "64", "65"),
        figure("screening", CITY, 2025, "50", status=Status.BREAK),
    ]
    zh, _ = told(rows)
    assert "口径" in zh
    assert "65" not in zh


def test_a_revision_is_told_with_both_figures() -> None:
    rows = rising("screening", CITY, 2019, "60", "61", "62", "63", "64", "65", "66")
    zh, en = told(rows, revised={rows[-1].key: Decimal("68")})
    assert "2025年数据经过修订，原为68.00%，现为66.00%" in zh
    assert "was revised from 68.00% to 66.00%" in en


def test_no_figure_is_told_as_that() -> None:
    zh, en = told([], region=SHORE)
    assert "海岸区" in zh
    assert re.search("尚无|尚未取得", zh)
    assert "no figures up to 2025" in en


def test_the_same_verdict_is_always_told_alike_and_others_otherwise() -> None:
    rows = [
        row
        for region in (CITY, SHORE)
        for row in rising("screening", region, 2019, "60", "61", "62", "63", "64", "65", "66")
    ]
    assert told(rows) == told(rows)
    plan, figures = small_plan(), Figures(rows)
    wordings = set()
    for as_of in range(2021, 2026):
        for verdict in assess(plan, figures, as_of=as_of):
            if verdict.target == "M1.1a" and verdict.value is not None:
                zh = tell(plan, verdict, figures).zh.replace("海岸区", "小城市")
                wordings.add(re.sub(r"[\d.]+", "#", zh))
    assert len(wordings) > 3


# Over 5,000 random sets

_EMPTY = re.compile(
    r"None|nan|NaN|\binf\b|[{}]|Decimal|Kind\.|Standing\.|，，|。。|、、|；；|，。|。，|：。|（）|\(\)|,,|;;|\.\.|,\.|;\.|  | ,| ;| \.(?!\d)"
)
_DOUBLED = re.compile(
    r"(%|‰|个百分点|/10万|/万|万人|分钟|元|岁)\1|percentage points percentage|per 100,000 per|yuan yuan|minutes minutes|persons persons"
)
_MARKED = (
    r"%|‰|个百分点|/10万|/万|万人|人|个|元|岁|年|分钟|倍|—\d{4}年|–\d{4}| percentage points?| per 100,000| per 10,000| years?| persons?"
    r"| ten thousand persons?| yuan| minutes?| times"
)
_UNITLESS = frozenset({Unit.RATIO, Unit.INDEX, Unit.COUNT})
_UP, _DOWN, _LEVEL = (
    re.compile("上升|增加|提高|由降转升"),
    re.compile("下降|减少|降低|由升转降"),
    re.compile("持平|没有变化|相同"),
)
_UP_EN, _DOWN_EN, _LEVEL_EN = (
    re.compile(r"\brose\b|\bup by\b"),
    re.compile(r"\bfell\b|\bdown by\b"),
    re.compile(r", as in |unchanged"),
)
_NOT, _NOT_EN = (
    re.compile("未|没有|还差|不能判定|暂不|不宜|不单独"),
    re.compile(r"\bnot\b(?! below:)|missed|no longer|too few|too little"),
)


def sentences_zh(text: str) -> list[str]:
    return [s for s in text.split("。") if s]


def sentences_en(text: str) -> list[str]:
    return re.split(r"(?<=[.]) (?=[A-Z])", text)


def whole(text: str, *, zh: bool) -> None:
    """No empty slot, no doubled mark or unit, no sentence too long."""
    assert not _EMPTY.search(text), text
    assert not _DOUBLED.search(text), text
    if zh:
        assert text.endswith("。"), text
        assert max(map(len, sentences_zh(text))) <= LONGEST_ZH, text
    else:
        assert text.endswith("."), text
        assert max(len(s.split()) for s in sentences_en(text)) <= LONGEST_EN, text


def with_units(text: str, verdict: Verdict, unit: Unit) -> None:
    """Every number is a year or has its unit."""
    if unit in _UNITLESS:
        return
    for match in re.finditer(r"[<>−+]?\d[\d,]*(?:\.\d+)?", text):
        value, rest = match[0].rstrip(","), text[match.start() + len(match[0].rstrip(",")) :]
        year = re.fullmatch(r"(?:19|20)\d\d", value) is not None
        of_unit = re.search(r"(?:/|per )$", text[: match.start()]) is not None  # the 10 of /10万
        assert year or of_unit or re.match(_MARKED, rest), (match[0], text)
    assert str(verdict.year) in text


def agrees(sets: Sets, verdict: Verdict, what: Happening, zh: str, en: str) -> None:
    """Words of direction, of being met and of being early hold of the figures, looked up and compared here anew."""
    indicator, target = sets.plan.indicator[verdict.indicator], sets.plan.target[verdict.target]
    series = sets.figures.series(cut_key(sets.plan, target, indicator.id, verdict.region))
    first_zh, second_zh = sentences_zh(zh)[:2]
    first_en, *rest_en = sentences_en(en)
    broke = max((y for y, o in series.items() if o.status is Status.BREAK and y <= (verdict.year or 0)), default=0)
    known = {y: o.value for y, o in series.items() if o.value is not None and y <= (verdict.year or 0) and y >= broke}
    before = max((y for y in known if y < (verdict.year or 0)), default=None)
    assert verdict.value == known[verdict.year or 0]
    if indicator.unit is not Unit.YES_NO:
        up, down, level = (bool(p.search(first_zh)) for p in (_UP, _DOWN, _LEVEL))
        up_en, down_en, level_en = (bool(p.search(first_en)) for p in (_UP_EN, _DOWN_EN, _LEVEL_EN))
        if before is None:
            assert not any((up, down, level, up_en, down_en, level_en)), (zh, en)
        else:
            shown = [number(known[y], indicator) for y in (before, verdict.year or 0)]
            same = shown[0] == shown[1]
            rose = not same and known[verdict.year or 0] > known[before]
            expected = (rose, not rose and not same, same)
            assert (up, down, level) == expected, zh
            assert (up_en, down_en, level_en) == expected, en
            assert f"{before}年" in first_zh
            assert str(before) in first_en
    met = verdict.status is Standing.MET
    assert bool(_NOT.search(second_zh.replace("由未达标转为达标", ""))) != met, zh
    assert bool(_NOT_EN.search(rest_en[0])) != met, en
    early = "提前" in zh
    assert early == ("early" in en or "ahead of time" in en)
    if early:
        assert met
        assert verdict.year is not None
        assert verdict.year < verdict.milestone
        assert f"提前{verdict.milestone - verdict.year}年" in zh
    if re.search("继续|保持达标|得到保持|仍达到|仍实现", second_zh) or early or "由未达标转为" in second_zh:
        assert verdict.bound is not None
        assert before is not None
        was = _met_before(verdict, known[before], target.tolerance.value if target.tolerance else None)
        assert was != (early or "由未达标转为" in second_zh), zh
    if "相差" in zh or "还差" in zh or "尚差" in zh:
        assert verdict.gap is not None
        assert verdict.gap > 0
    for words, change in re.findall(r"年均(上升|下降|增加|减少)([^，。]+)", zh):
        assert change
        asked = verdict.required if f"达标需年均{words}" in zh and f"年年均{words}{change}" not in zh else None
        value = asked if asked is not None else verdict.change
        if f"年年均{words}{change}" in zh and verdict.change is not None:
            value = verdict.change
        elif verdict.required is not None:
            value = verdict.required
        assert value is not None
        assert (value > 0) == (words in {"上升", "增加"}), zh
    assert ("事件" in zh or "人数" in zh or "基数" in zh) == bool(
        {Flag.SMALL_NUMBERS, Flag.CLUSTER} & set(verdict.flags) or verdict.pooled_value is not None
    ) or len([f for f in verdict.flags if f in {Flag.STALE}]) + (what.revised is not None) > 1


def _met_before(verdict: Verdict, value: Decimal, tolerance: Decimal | None) -> bool:
    assert verdict.bound is not None
    if verdict.kind is Kind.NEAR:
        assert tolerance is not None
        return abs(value - verdict.bound) <= tolerance
    return value <= verdict.bound if verdict.kind is Kind.AT_MOST else value >= verdict.bound


@pytest.mark.slow
def test_five_thousand_random_sets_are_told_whole_short_and_true() -> None:
    sets_told = 0
    courses: Counter[Course] = Counter()
    outcomes: Counter[Outcome] = Counter()
    for seed in range(PLANS):
        sets = random_sets(seed, PLACES)
        for verdict in sets.verdicts:
            what = happened(sets.plan, verdict, sets.figures)
            words = tell(sets.plan, verdict, sets.figures, what=what)
            courses[what.course] += 1
            outcomes[what.outcome] += 1
            for text, zh in ((words.zh, True), (words.en, False)):
                whole(text, zh=zh)
            for text, zh in ((verdict.sentence.zh, True), (verdict.sentence.en, False)):
                whole(text, zh=zh)
            if verdict.value is not None:
                with_units(words.zh, verdict, sets.plan.indicator[verdict.indicator].unit)
                with_units(words.en, verdict, sets.plan.indicator[verdict.indicator].unit)
                agrees(sets, verdict, what, words.zh, words.en)
        sets_told += len({v.region for v in sets.verdicts})
    assert sets_told == PLANS * PLACES == 5_000
    assert set(courses) == set(Course), courses
    assert set(outcomes) == set(Outcome), outcomes
    assert min(outcomes.values()) > 20, outcomes
