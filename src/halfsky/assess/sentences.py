"""One sentence or two that a mayor can read: where, what, when, how much, against what, and what lies ahead.

Never a number without its unit and year. The Chinese sentence is written as Chinese, not translated.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from halfsky.assess.model import Standing
from halfsky.plan import Indicator, Kind, Plan, Region, Residence, Sex, Slice, Target, Text, Unit
from halfsky.plan.wording import Language, bound_words, difference, with_unit

_LONGEST_EN = 45  # words of an English sentence
_SEX = {Sex.FEMALE: Text(zh="女性", en="women"), Sex.MALE: Text(zh="男性", en="men")}
_RESIDENCE = {Residence.URBAN: Text(zh="城镇", en="urban"), Residence.RURAL: Text(zh="农村", en="rural")}


def sentence(plan: Plan, target: Target, region: Region, facts: Mapping[str, Any]) -> Text:
    """The sentence of a verdict; ``facts`` are its other attributes by name."""
    indicator = plan.indicator[target.indicator]
    writer = _Writer(plan, target, region, indicator, facts)
    return Text(zh=writer.zh(), en=writer.en())


def named(indicator: Indicator, cut: Slice) -> Text:
    """The indicator's name with the part of the population that is meant."""
    zh, en = indicator.name.zh, indicator.name.en
    parts_zh = [_RESIDENCE[cut.residence].zh] if cut.residence in _RESIDENCE else []
    parts_en = [_RESIDENCE[cut.residence].en] if cut.residence in _RESIDENCE else []
    if cut.sex in _SEX:
        parts_zh.append(_SEX[cut.sex].zh)
        parts_en.append(_SEX[cut.sex].en)
    if not parts_zh:
        return Text(zh=zh, en=en)
    return Text(zh="".join(parts_zh) + zh, en=f"{en} ({' '.join(parts_en)})")


def promise(plan: Plan, target: Target, year: int) -> Text:
    """What the target asks for at a milestone, in a few words: 不高于9/10万, at most 9 per 100,000."""
    indicator = plan.indicator[target.indicator]
    milestone = next((m for m in target.milestones if m.year == year), target.final)
    zh, en = _asked(plan, target, indicator, milestone.value, milestone.base_year)
    return Text(zh=zh, en=en)


def _asked(
    plan: Plan, target: Target, indicator: Indicator, value: Decimal | None, base_year: int | None
) -> tuple[str, str]:
    words = {} if value is None else {lang: bound_words(value, indicator, lang) for lang in ("zh", "en")}
    reference = plan.indicator[target.reference].name if target.reference else None
    match target.kind:
        case Kind.AT_LEAST:
            return f"不低于{words['zh']}", f"at least {words['en']}"
        case Kind.AT_MOST:
            return f"不高于{words['zh']}", f"at most {words['en']}"
        case Kind.NEAR:
            return f"保持在{words['zh']}左右", f"about {words['en']}"
        case Kind.RISE:
            return f"比{base_year}年提高", f"above {base_year}"
        case Kind.FALL:
            return f"比{base_year}年降低", f"below {base_year}"
        case Kind.SLOW:
            return "增速减缓", "slower growth"
        case Kind.TIMES_BASE:
            return f"达到{base_year}年的{value}倍", f"{value} times the figure of {base_year}"
        case Kind.NOT_BELOW:
            assert reference is not None
            return f"不低于{reference.zh}", f"not below: {lower(reference.en)}"
        case Kind.MATCH:
            assert reference is not None
            return f"与{reference.zh}相适应", f"in line with: {lower(reference.en)}"
        case Kind.EXISTS:
            if indicator.unit is Unit.YES_NO:
                return "建立到位", "in place"
            return f"达到{words['zh']}", f"{words['en']} in place"


def lower(name: str) -> str:
    """The first word of a name in lower case, unless it is an abbreviation."""
    return name[0].lower() + name[1:] if len(name) > 1 and name[1].islower() else name


def percent(probability: float) -> str:
    """A probability as whole percent; never 0% or 100%, which nobody can know."""
    whole = round(probability * 100)
    return "<1%" if whole < 1 else ">99%" if whole > 99 else f"{whole}%"


class _Writer:
    def __init__(
        self, plan: Plan, target: Target, region: Region, indicator: Indicator, facts: Mapping[str, Any]
    ) -> None:
        self.target, self.region, self.indicator, self.facts = target, region, indicator, facts
        self.name = named(indicator, target.cut)
        self.promise = promise(plan, target, facts["milestone"])
        self.reference = plan.indicator[target.reference].name if target.reference else None
        self.status: Standing = facts["status"]
        self.milestone: int = facts["milestone"]

    # Chinese

    def zh(self) -> str:
        place, name, asked = self.region.name.zh, self.name.zh, self.promise.zh
        place = "" if name.startswith(place) else place  # 全国人大代表…, not 全国全国人大代表…
        if self.status is Standing.NOT_APPLICABLE:
            return f"{place}不适用“{name}”目标。"
        if self.status is Standing.NO_DATA:
            return f"{place}尚无{name}数据，无法判定{self.milestone}年{asked}的目标。"
        value = self._amount("value", "zh")
        said = f"“{name}”为“{value}”" if self.indicator.unit is Unit.YES_NO else f"{name}为{value}"
        opening = f"{self.facts['year']}年{place}{said}"
        return f"{opening}{self._compared_zh()}，{self._stand_zh(asked)}。{self._ahead_zh()}"

    def _compared_zh(self) -> str:
        if self.facts.get("pooled_value") is not None:
            years = self.facts["pooled_years"]
            return f"（事件数少，按近{years}年合并为{self._amount('pooled_value', 'zh')}）"
        if self.facts.get("base_value") is not None and self.target.kind is not Kind.SLOW:
            return f"（{self.facts['base_year']}年为{self._amount('base_value', 'zh')}）"
        if self.reference is not None and self.facts.get("bound") is not None:
            return f"（同年{self.reference.zh}为{self._amount('bound', 'zh')}）"
        return ""

    def _stand_zh(self, asked: str) -> str:
        goal = f"{self.milestone}年{asked}的目标"
        if self.facts.get("aspiration"):
            goal = f"{self.milestone}年力争{asked}的目标"
        match self.status:
            case Standing.MET:
                return f"已达到{goal}"
            case Standing.MISSED:
                return f"未达到{goal}{self._short_zh()}"
            case Standing.TOO_LITTLE if self.facts.get("gap") is not None and self.facts["gap"] > 0:
                return f"尚未达到{goal}{self._short_zh()}，数据不足，无法判断前景"
            case Standing.TOO_LITTLE:
                return f"数据不足，尚不能判定{goal}"
            case _:
                return f"尚未达到{goal}{self._short_zh()}"

    def _short_zh(self) -> str:
        gap = self._gap("zh")
        return f"，相差{gap}" if gap else ""

    def _ahead_zh(self) -> str:
        if self.status not in {Standing.ON_TRACK, Standing.UNCERTAIN, Standing.AT_RISK}:
            return ""
        chance = self._chance()
        outlook = {
            Standing.ON_TRACK: "预计能够达标", Standing.UNCERTAIN: "能否达标尚不确定", Standing.AT_RISK: "预计达标困难",
        }[self.status]  # fmt: skip
        text = f"按现有趋势，{outlook}" + (f"，{self.milestone}年达标概率约{chance}" if chance else "")
        if self._paces():
            text += f"；近年年均变化{self._step('change', 'zh')}，达标需年均变化{self._step('required', 'zh')}"
        return text + "。"

    # English

    def en(self) -> str:
        place, name, asked = self.region.name.en, self.name.en, self.promise.en
        if self.status is Standing.NOT_APPLICABLE:
            return f"{name}: the target does not apply to {place}."
        if self.status is Standing.NO_DATA:
            return f"{name}: no figures for {place}; the target for {self.milestone} ({asked}) cannot be judged."
        opening = f"{name} in {place} was {self._amount('value', 'en')} in {self.facts['year']}"
        said, stand = f"{opening}{self._compared_en()}", self._stand_en(asked)
        if len(f"{said} {stand}".split()) > _LONGEST_EN:
            return f"{said}. {stand[0].upper()}{stand[1:]}.{self._ahead_en()}"
        return f"{said}; {stand}.{self._ahead_en()}"

    def _compared_en(self) -> str:
        if self.facts.get("pooled_value") is not None:
            years = self.facts["pooled_years"]
            return f" ({self._amount('pooled_value', 'en')} over {years} years together, as events are few)"
        if self.facts.get("base_value") is not None and self.target.kind is not Kind.SLOW:
            return f" ({self._amount('base_value', 'en')} in {self.facts['base_year']})"
        if self.reference is not None and self.facts.get("bound") is not None:
            return f" ({lower(self.reference.en)}: {self._amount('bound', 'en')} in the same year)"
        return ""

    def _stand_en(self, asked: str) -> str:
        kind = "aspiration" if self.facts.get("aspiration") else "target"
        goal = f"the {kind} for {self.milestone} ({asked})"
        match self.status:
            case Standing.MET:
                return f"{goal} is met"
            case Standing.MISSED:
                return f"{goal} is missed{self._short_en()}"
            case Standing.TOO_LITTLE if self.facts.get("gap") is not None and self.facts["gap"] > 0:
                return f"{goal} is not met yet{self._short_en()}, and there is too little data to look ahead"
            case Standing.TOO_LITTLE:
                return f"there is too little data to judge {goal}"
            case _:
                return f"{goal} is not met yet{self._short_en()}"

    def _short_en(self) -> str:
        gap = self._gap("en")
        return f", {gap} short" if gap else ""

    def _ahead_en(self) -> str:
        if self.status not in {Standing.ON_TRACK, Standing.UNCERTAIN, Standing.AT_RISK}:
            return ""
        chance = self._chance()
        outlook = {
            Standing.ON_TRACK: "it is on track", Standing.UNCERTAIN: "the outcome is uncertain",
            Standing.AT_RISK: "it is unlikely to be met",
        }[self.status]  # fmt: skip
        text = f" On the present course {outlook}" + (f" (about {chance} for {self.milestone})" if chance else "")
        if self._paces():
            text += (
                f": it moved by {self._step('change', 'en')} a year, {self._step('required', 'en')} a year is needed"
            )
        return text + "."

    # Both

    def _amount(self, fact: str, language: Language) -> str:
        write = bound_words if fact == "bound" and self.reference is None else with_unit
        return write(self.facts[fact], self.indicator, language)

    def _gap(self, language: Language) -> str:
        """How far short, in the unit; percentages differ by percentage points."""
        gap = self.facts.get("gap")
        if gap is None or gap <= 0 or self.indicator.unit is Unit.YES_NO:
            return ""
        return difference(float(gap), self.indicator, language)

    def _paces(self) -> bool:
        """Whether to set the observed pace beside the required one: not for what is there or not."""
        required, change = self.facts.get("required"), self.facts.get("change")
        if required is None or change is None or self.target.is_there_or_not(self.indicator):
            return False
        return self.status is not Standing.ON_TRACK and round(abs(required), self.indicator.decimals) > 0

    def _step(self, fact: str, language: Language) -> str:
        step = float(self.facts[fact])
        sign = "+" if step > 0 else "−" if step < 0 else ""
        return sign + difference(abs(step), self.indicator, language)

    def _chance(self) -> str:
        probability = self.facts.get("probability")
        if probability is None:
            return ""
        return percent(probability)
