"""One sentence or two on a gap: the two figures, how far apart, how far apart before, where it goes.

Never a number without its unit, year and comparison. The Chinese is written as Chinese.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from halfsky.assess.gapmodel import Course, GapKind
from halfsky.assess.model import Flag
from halfsky.assess.sentences import percent
from halfsky.plan import Indicator, Plan, Text, Unit
from halfsky.plan.wording import Language, difference, number, rounded, with_unit

SIDES: Mapping[GapKind, tuple[Text, Text]] = {
    GapKind.SEX: (Text(zh="女性", en="women"), Text(zh="男性", en="men")),
    GapKind.RESIDENCE: (Text(zh="城镇", en="urban areas"), Text(zh="农村", en="rural areas")),
}
_COURSE: Mapping[Course, Text] = {
    Course.CLOSING: Text(zh="差距缩小", en="the gap is closing"),
    Course.WIDENING: Text(zh="差距扩大", en="the gap is widening"),
    Course.STEADY: Text(zh="差距无明显变化", en="the gap has not clearly changed"),
}


def sentence(plan: Plan, indicator: Indicator, measure: Indicator, facts: Mapping[str, Any]) -> Text:
    """The sentence of an assessed gap; ``facts`` are its other attributes by name."""
    writer = _Writer(plan, indicator, measure, facts)
    return Text(zh=writer.zh(), en=writer.en())


def how_far(gap_value: Decimal, kind: GapKind, indicator: Indicator, measure: Indicator, language: Language) -> str:
    """A gap with its sides and unit: 女性比男性高2.1个百分点, women 2.1 percentage points above men."""
    if kind is GapKind.DISTRICT:
        return with_unit(gap_value, measure, language)
    first, second = (side.in_language(language) for side in SIDES[kind])
    if measure.unit is Unit.RATIO:
        ratio = number(gap_value, measure)
        return (
            f"{first}为{second}的{ratio}倍" if language == "zh" else f"{first} at {ratio} times the figure of {second}"
        )
    if rounded(gap_value, measure.decimals) == 0:
        return f"{first}与{second}持平" if language == "zh" else f"{first} level with {second}"
    higher, lower = (first, second) if gap_value > 0 else (second, first)
    far = difference(abs(gap_value), indicator, language)
    return f"{higher}比{lower}高{far}" if language == "zh" else f"{higher} {far} above {lower}"


def _chance(probability: float) -> str:
    """概率约97%, and 大于99% where it is not told more exactly."""
    written = percent(probability)
    return written.replace("<", "小于").replace(">", "大于") if written[0] in "<>" else f"约{written}"


class _Writer:
    def __init__(self, plan: Plan, indicator: Indicator, measure: Indicator, facts: Mapping[str, Any]) -> None:
        self.plan, self.indicator, self.measure, self.facts = plan, indicator, measure, facts
        self.kind: GapKind = facts["kind"]
        self.region = plan.place[facts["region"]]

    def _far(self, fact: str, language: Language) -> str:
        return how_far(self.facts[fact], self.kind, self.indicator, self.measure, language)

    def _figure(self, fact: str, language: Language) -> str:
        return with_unit(self.facts[fact], self.indicator, language)

    def _place(self, fact: str, language: Language) -> str:
        return self.plan.place[self.facts[fact]].name.in_language(language)

    # Chinese

    def zh(self) -> str:
        place, name = self.region.name.zh, self.indicator.name.zh
        place = "" if name.startswith(place) else place
        f = self.facts
        if self.kind is GapKind.DISTRICT:
            best, worst = ("最高", "最低") if self.indicator.direction == "neither" else ("最好", "最差")
            measured = "不均等程度（胡佛指数）" if self._relative() else "平均离差"
            opening = (
                f"{f['year']}年{place}{f['places']}个区（市）县{name}的{measured}为{self._far('value', 'zh')}，"
                f"{best}的{self._place('first_place', 'zh')}为{self._figure('first', 'zh')}，"
                f"{worst}的{self._place('second_place', 'zh')}为{self._figure('second', 'zh')}"
            )
        else:
            first, second = (side.zh for side in SIDES[self.kind])
            opening = (
                f"{f['year']}年{place}{name}，{first}为{self._figure('first', 'zh')}，{second}为"
                f"{self._figure('second', 'zh')}，{self._far('value', 'zh')}"
            )
        return opening + self._since_zh() + self._ahead_zh()

    def _since_zh(self) -> str:
        f = self.facts
        said = _COURSE[f["course"]].zh if f["course"] in _COURSE else ""
        if Flag.SMALL_NUMBERS in f["flags"]:
            return "；事件数少，不判定差距走势。"
        if f["base_value"] is None:
            return "；缺基期数据，不判定差距走势。"
        if f["base_year"] == f["year"]:
            return "；尚无基期后的数据。"
        before = f"；{f['base_year']}年{'为' * (self.kind is GapKind.DISTRICT)}{self._far('base_value', 'zh')}"
        return f"{before}，{said}。" if said else f"{before}；可比年份不足，不判定差距走势。"

    def _ahead_zh(self) -> str:
        f = self.facts
        if f["probability"] is None:
            return ""
        return f"按现有趋势，{f['final_year']}年差距小于{f['base_year']}年的概率{_chance(f['probability'])}。"

    # English

    def en(self) -> str:
        f = self.facts
        name, place = self.indicator.name.en, self.region.name.en
        if self.kind is GapKind.DISTRICT:
            best, worst = ("highest", "lowest") if self.indicator.direction == "neither" else ("best", "worst")
            measured = "Hoover index" if self._relative() else "mean deviation"
            opening = (
                f"{name}: over {f['places']} districts of {place} the {measured} was {self._far('value', 'en')} in "
                f"{f['year']}, from {self._figure('first', 'en')} in {self._place('first_place', 'en')} ({best}) to "
                f"{self._figure('second', 'en')} in {self._place('second_place', 'en')} ({worst})"
            )
        else:
            first, second = (side.en for side in SIDES[self.kind])
            opening = (
                f"{name} in {place} was {self._figure('first', 'en')} for {first} and {self._figure('second', 'en')} "
                f"for {second} in {f['year']}: {self._far('value', 'en')}"
            )
        return opening + self._since_en() + self._ahead_en()

    def _since_en(self) -> str:
        f = self.facts
        said = _COURSE[f["course"]].en if f["course"] in _COURSE else ""
        if Flag.SMALL_NUMBERS in f["flags"]:
            return "; there are too few cases to say where the gap goes."
        if f["base_value"] is None:
            return "; there is no figure for the base year to compare with."
        if f["base_year"] == f["year"]:
            return "; there is no figure after the base year yet."
        before = f" ({self._far('base_value', 'en')} in {f['base_year']})"
        return f"{before}; {said}." if said else f"{before}; there are too few years to say where the gap goes."

    def _ahead_en(self) -> str:
        f = self.facts
        if f["probability"] is None:
            return ""
        return (
            f" On the present course the gap of {f['final_year']} will be smaller than that of {f['base_year']} with a"
            f" probability of {percent(f['probability'])}."
        )

    def _relative(self) -> bool:
        return self.measure.unit is Unit.PERCENT
