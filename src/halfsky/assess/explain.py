"""A verdict in full: what was promised, how far, how fast it moved and would have to, how sure, compared with whom.

Each part is one or a few short sentences in Chinese and in English, written for someone who has to act on a warning.
Never a number without its unit and year.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import cached_property

from halfsky.assess.certainty import certainty
from halfsky.assess.company import Company, company
from halfsky.assess.model import Flag, Standing, Verdict
from halfsky.assess.neighbours import compared, neighbours
from halfsky.assess.reasons import few_points, no_peers
from halfsky.assess.rules import better_is_higher
from halfsky.assess.sentences import lower, named, promise
from halfsky.assess.words import WITHHELD, Amounts, joined
from halfsky.observations import Figures
from halfsky.plan import Kind, Plan, Text, Unit
from halfsky.plan.text import Frozen
from halfsky.plan.wording import bound_words, with_unit, years_words

_NOTHING = Text(zh="没有需要另加说明的情况。", en="Nothing else bears on it.")
_FLAG_MEANINGS = {
    Flag.VOLATILE: Text(
        zh="各年数值波动较大，大于达标所需的年均变化，一年的升降不足以说明趋势。",
        en="The figures swing more from year to year than the progress that is needed; one year proves no trend.",
    ),
    Flag.SLIPPING: Text(
        zh="出现倒退：最近的数值变差，超出通常的波动，或者应当保持的水平没有保持住。",
        en="It is slipping: the newest figure is worse than usual swings explain, or a level to be kept was lost.",
    ),
    Flag.SMALL_NUMBERS: Text(
        zh="事件数少，多一例少一例就会使数值大幅变动，单年数值多属偶然。",
        en="Events are few: one more or less moves the figure a good deal, and a single year is mostly chance.",
    ),
    Flag.NEARLY: Text(zh="已接近目标。", en="It is close to the target."),
}


class Explanation(Frozen):
    """The parts of an explanation; each is whole sentences and never empty."""

    promise: Text
    distance: Text
    pace: Text
    needed: Text
    sure: Text
    compared: Text
    mind: Text

    @property
    def parts(self) -> tuple[tuple[Text, Text], ...]:
        """Heading and words of each part, in the order in which they are read."""
        return tuple((_HEADS[name], getattr(self, name)) for name in _HEADS)

    @property
    def paragraph(self) -> Text:
        """All that there is to say in one go; what several parts have to say alike is said once."""
        said = [part for part in dict.fromkeys(words for _, words in self.parts) if part != _NOTHING]
        return Text(zh="".join(part.zh for part in said), en=" ".join(part.en for part in said))


_HEADS: dict[str, Text] = {
    "promise": Text(zh="目标", en="What was promised"),
    "distance": Text(zh="差距", en="How far off"),
    "pace": Text(zh="近年变化", en="How fast it moved"),
    "needed": Text(zh="所需变化", en="How fast it would have to move"),
    "sure": Text(zh="把握程度", en="How sure we are"),
    "compared": Text(zh="横向比较", en="Compared with whom"),
    "mind": Text(zh="需要注意", en="What to bear in mind"),
}


def explain(
    plan: Plan, verdict: Verdict, others: Iterable[Verdict] = (), figures: Figures | None = None
) -> Explanation:
    """Explain a verdict beside the ``others`` of the same assessment; those of other targets are passed over.

    ``figures``, with derived indicators computed, give the level above where the target does not bind it.
    """
    return _Explaining(plan, verdict, company(plan, verdict, others, figures)).whole()


class _Explaining:
    def __init__(self, plan: Plan, verdict: Verdict, beside: Company) -> None:
        self.plan, self.verdict, self.beside = plan, verdict, beside
        self.target = plan.target[verdict.target]
        self.indicator = plan.indicator[self.target.indicator]
        self.region = plan.place[verdict.region]
        self.amounts = Amounts(self.indicator)
        self.name = named(self.indicator, self.target.cut)
        self.there_or_not = self.target.is_there_or_not(self.indicator)

    def whole(self) -> Explanation:
        v = self.verdict
        if v.status is Standing.NOT_APPLICABLE:
            return self._only(Text(zh="该目标在本地区不适用。", en="The target does not apply to this place."))
        if v.status is Standing.NO_DATA:
            return self._only(
                Text(
                    zh=f"截至{v.as_of}年尚无数据，无法判定。",
                    en=f"There are no figures up to {v.as_of}; it cannot be judged.",
                )
            )
        if v.value is None:
            return self._only(WITHHELD)
        return Explanation(
            promise=self.promise(), distance=self.distance(), pace=self.pace(), needed=self.needed(), sure=certainty(v, self.target, self.indicator),
            compared=compared(self.beside, v, self.amounts), mind=self.mind(),
        )  # fmt: skip

    def _only(self, why: Text) -> Explanation:
        """Where nothing can be said of the figures, but of the promise and of the other places."""
        compared = neighbours(self.beside, self.amounts) or why
        return Explanation(
            promise=self.promise(), distance=why, pace=why, needed=why, sure=why, compared=compared, mind=self.mind()
        )

    # Words

    @cached_property
    def bound(self) -> Text:
        """What the figure is held against, with its unit."""
        assert self.verdict.bound is not None
        write = bound_words if self.verdict.kind in {Kind.AT_LEAST, Kind.AT_MOST, Kind.NEAR, Kind.EXISTS} else with_unit
        return Text(
            zh=write(self.verdict.bound, self.indicator, "zh"), en=write(self.verdict.bound, self.indicator, "en")
        )

    # Parts

    def promise(self) -> Text:
        v, asked = self.verdict, promise(self.plan, self.target, self.verdict.milestone)
        place = self.region.name
        zh_place = "" if self.name.zh.startswith(place.zh) else place.zh
        zh = f"{self.plan.short_title.zh}（{v.clause}）{'力争' if v.aspiration else '要求'}{v.milestone}年{zh_place}{self.name.zh}{asked.zh}。"
        verb = "aims at" if v.aspiration else "asks for"
        en = f"{self.plan.short_title.en} ({v.clause}) {verb} this in {place.en} by {v.milestone}: {lower(self.name.en)}, {asked.en}."
        return Text(zh=zh, en=en)

    def distance(self) -> Text:
        v = self.verdict
        assert v.value is not None
        now = self.amounts.value(v.value)
        zh, en = f"{v.year}年为{now.zh}", f"It was {now.en} in {v.year}"
        if self.indicator.unit is Unit.YES_NO:
            there = v.value >= 1
            return Text(
                zh=f"{v.year}年已经建立。" if there else f"{v.year}年尚未建立。",
                en=f"It was in place in {v.year}." if there else f"It was not in place in {v.year}.",
            )
        if v.pooled_value is not None:
            pooled = self.amounts.value(v.pooled_value)
            zh += f"，近{v.pooled_years}年合并为{pooled.zh}"
            en += f" ({pooled.en} over {v.pooled_years} years together)"
        if v.kind is Kind.SLOW:
            return Text(
                zh=f"{zh}；目标看的是增速，不按数值计算差距。",
                en=f"{en}; the target is about its growth, so no gap in the figure is stated.",
            )
        if v.bound is None or v.gap is None:
            return Text(
                zh=f"{zh}，缺少可比的基期或对照数据，无法计算差距。",
                en=f"{en}; without a comparable base or reference the gap is not known.",
            )
        against = self._against()
        beyond = self._beyond(against)
        return Text(zh=f"{zh}，{beyond.zh}。", en=f"{en}, {beyond.en}.")

    def _against(self) -> Text:
        """What the figure is held against, by name: the target, the base year, the reference."""
        v, bound = self.verdict, self.bound
        if v.kind in {Kind.RISE, Kind.FALL}:
            return Text(zh=f"{v.base_year}年的{bound.zh}", en=f"the {bound.en} of {v.base_year}")
        if v.kind is Kind.TIMES_BASE:
            return Text(
                zh=f"按{v.base_year}年数值折算的目标值{bound.zh}", en=f"the {bound.en} that follow from {v.base_year}"
            )
        if self.target.reference is not None:
            reference = self.plan.indicator[self.target.reference].name
            return Text(
                zh=f"同年{reference.zh}（{bound.zh}）", en=f"the {bound.en} of the same year ({lower(reference.en)})"
            )
        return Text(zh=f"{v.milestone}年目标值{bound.zh}", en=f"the {bound.en} aimed at for {v.milestone}")

    def _beyond(self, against: Text) -> Text:
        v = self.verdict
        assert v.gap is not None
        met, size = v.status is Standing.MET, self.amounts.size(v.gap)
        share_zh, share_en = self._share()
        if self.target.tolerance is not None:
            spread = self.amounts.size(self.target.tolerance.value)
            if v.gap <= 0:
                return Text(zh=f"与{against.zh}相差在{spread.zh}以内", en=f"within {spread.en} of {against.en}")
            return Text(
                zh=f"与{against.zh}之差比容许的{spread.zh}多{size.zh}{share_zh}",
                en=f"{size.en} more than the tolerated {spread.en} away from {against.en}{share_en}",
            )
        if v.gap > 0:
            low = better_is_higher(self.target, self.target.milestone_in_force(v.as_of), self.indicator)
            return Text(
                zh=f"比{against.zh}{'低' if low else '高'}{size.zh}{share_zh}",
                en=f"{size.en} {'below' if low else 'above'} {against.en}{share_en}",
            )
        if met and not v.gap:
            return Text(zh=f"与{against.zh}持平，已达标", en=f"level with {against.en}: the target is met")
        if met:
            return Text(zh=f"好于{against.zh}，余量{size.zh}", en=f"better than {against.en} by {size.en}")
        if v.status is Standing.TOO_LITTLE:
            return Text(
                zh=f"单年数值不差于{against.zh}，但不能据此判定",
                en=f"no worse than {against.en}, which proves nothing for a single year",
            )
        if not v.gap:
            return Text(zh=f"与{against.zh}持平，没有改善", en=f"level with {against.en}, so nothing has improved")
        return Text(zh=f"好于{against.zh}，但最近出现倒退", en=f"better than {against.en}, but slipping of late")

    def _share(self) -> tuple[str, str]:
        """The gap as a share of what it is measured against; nothing where that is zero."""
        v = self.verdict
        if not v.bound or v.gap is None:
            return "", ""
        share = 100 * v.gap / abs(v.bound)
        if share < Decimal("0.05"):
            return "（不足该值的0.1%）", " (less than 0.1% of it)"
        return f"（相当于该值的{share:,.1f}%）", f" ({share:,.1f}% of it)"

    def pace(self) -> Text:
        v = self.verdict
        if self.there_or_not:
            return Text(zh="目标要求的是有没有，不计算变化速度。", en="It is either there or not, so there is no pace.")
        if v.pooled_value is not None:
            return Text(zh="事件数少，不计算逐年变化。", en="Events are few, so no yearly change is stated.")
        if v.change is None:
            return Text(
                zh=f"只有{v.year}年一个可比数据，看不出变化。",
                en=f"There is one comparable figure, that of {v.year}, so no change can be seen.",
            )
        zh, en = "近年", "In recent years"
        if v.change_years is not None:
            zh = f"{years_words(*v.change_years, 'zh')}（{v.change_points}个可比数据）"
            en = f"In {years_words(*v.change_years, 'en')} ({v.change_points} comparable figures)"
        size = self.amounts.size(v.change)
        if not self.amounts.shows(v.change):
            return Text(zh=f"{zh}基本没有变化。", en=f"{en} it hardly moved.")
        up = v.change > 0
        return Text(
            zh=f"{zh}年均{'上升' if up else '下降'}{size.zh}。",
            en=f"{en} it {'rose' if up else 'fell'} by {size.en} a year.",
        )

    def needed(self) -> Text:
        v = self.verdict
        if v.status is Standing.MET:
            ahead = v.milestone > v.as_of
            return Text(zh=f"已经达标，须保持到{v.milestone}年。" if ahead else f"{v.milestone}年的目标已经达到。",
                        en=f"The target is met and has to be kept until {v.milestone}." if ahead else f"The target for {v.milestone} is met.")  # fmt: skip
        if v.status is Standing.MISSED:
            return Text(
                zh=f"{v.milestone}年已经到期，这一目标没有剩余时间。",
                en=f"{v.milestone} has come: no time is left for this target.",
            )
        if v.kind is Kind.SLOW:
            window = self.target.window
            return Text(
                zh=f"须使最近{window}年的年均增速低于此前{window}年。",
                en=f"Growth in the latest {window} years must be below that of the {window} years before.",
            )
        if self.indicator.unit is Unit.YES_NO:
            return Text(zh=f"须在{v.milestone}年以前建立到位。", en=f"It has to be in place by {v.milestone}.")
        if v.as_of >= v.milestone:
            return Text(
                zh=f"{v.milestone}年已到，须尽快补上。",
                en=f"{v.milestone} has come; it has to be made good without delay.",
            )
        if v.status is Standing.TOO_LITTLE or v.required is None or v.gap is None:
            return Text(zh="现有数据不足，不计算所需的变化。", en="There is too little data to state the pace needed.")
        if v.gap < 0:
            return Text(
                zh="水平已好于基期，须止住倒退。",
                en="The level is better than that of the base year; what is needed is to stop slipping.",
            )
        if not v.gap:
            return Text(zh=f"{v.milestone}年以前须有改善，幅度不论。", en=f"Any improvement by {v.milestone} would do.")
        size, up = self.amounts.size(v.required), v.required > 0
        beside = self._beside_the_pace(v.required)
        return Text(
            zh=f"从{v.year}年到{v.milestone}年须年均{'上升' if up else '下降'}{size.zh}{beside.zh}。",
            en=f"From {v.year} to {v.milestone} it has to {'rise' if up else 'fall'} by {size.en} a year{beside.en}.",
        )

    def _beside_the_pace(self, required: float) -> Text:
        """The pace seen as a share of the pace needed."""
        v = self.verdict
        if v.change is None or self.there_or_not:
            return Text(zh="，近年速度无从比较", en="; there is no recent pace to set beside it")
        if not self.amounts.shows(v.change):
            return Text(zh="，近年基本没有变化", en="; it hardly moved in recent years")
        if (v.change > 0) != (required > 0):
            return Text(zh="，近年的方向与此相反", en="; of late it went the other way")
        share = v.change / required
        if share < 1:
            words = f"{share:.0%}" if share >= 0.01 else ""
            return Text(
                zh=f"，近年速度{f'约为所需的{words}' if words else '不到所需的1%'}",
                en=f"; the recent pace is {f'about {words}' if words else 'less than 1%'} of that",
            )
        if v.probability is not None and v.status is not Standing.ON_TRACK:
            return Text(
                zh="，近年速度不低于所需，但预测认为未必都能保持",
                en="; the recent pace would do, but the forecast doubts that it will last",
            )
        return Text(zh="，近年速度不低于所需", en="; the recent pace would do")

    def mind(self) -> Text:
        v = self.verdict
        said = [_FLAG_MEANINGS[flag] for flag in v.flags if flag in _FLAG_MEANINGS]
        elsewhere = {few_points(v.points), no_peers()}  # told with how sure we are, and with whom it is compared
        said += [reason for reason in v.reasons if reason not in elsewhere]
        if v.demonstration:
            said.append(
                Text(
                    zh="所用为演示数据，不是真实统计数据。",
                    en="The figures are demonstration data, not real statistics.",
                )
            )
        return joined(said) if said else _NOTHING
