"""A verdict told by what happened: a few short sentences in Chinese and in English, varied by the case.

The figure with its unit, year and comparison comes first, then what became of the promise, then what to mind. Which of
several wordings is taken follows from the target, the place and the year, so that the same verdict is always told alike.
For names as long as plans have them no sentence is longer than ``LONGEST_ZH`` characters or ``LONGEST_EN`` words.
"""

from __future__ import annotations

from collections.abc import Sequence

from halfsky.assess.happenings import Course, Happening, Outcome, happened
from halfsky.assess.model import Flag, Standing, Verdict
from halfsky.assess.sentences import named, percent, promise
from halfsky.assess.tellingen import English, pick
from halfsky.assess.words import WITHHELD, Amounts
from halfsky.observations import Figures
from halfsky.observations.columns import COUNTED
from halfsky.plan import Kind, Plan, Text, Unit
from halfsky.plan.wording import with_unit, years_words

LONGEST_ZH, LONGEST_EN = 120, 45
_ADDED = COUNTED | {Unit.YUAN}  # 增加, 减少; other figures 上升, 下降


def tell(plan: Plan, verdict: Verdict, figures: Figures, *, what: Happening | None = None) -> Text:
    """The verdict in words. ``figures`` hold derived indicators already computed; ``what`` where it is known already."""
    what = what or happened(plan, verdict, figures)
    if what.outcome is Outcome.NO_DATA and verdict.status is not Standing.NO_DATA:
        return WITHHELD
    return Text(zh=_Chinese(plan, verdict, what).whole(), en=English(plan, verdict, what).whole())


class _Chinese:
    def __init__(self, plan: Plan, verdict: Verdict, what: Happening) -> None:
        self.v, self.what = verdict, what
        self.target, self.indicator = plan.target[verdict.target], plan.indicator[verdict.indicator]
        self.amounts = Amounts(self.indicator)
        self.name = named(self.indicator, self.target.cut).zh
        place = plan.place[verdict.region].name.zh
        self.place = "" if self.name.startswith(place) else place
        asked = promise(plan, self.target, verdict.milestone).zh
        self.goal_reaches = asked.startswith("达到")
        self.goal = f"{verdict.milestone}年{'力争' if verdict.aspiration else ''}{asked}的目标"
        self.reference = plan.indicator[self.target.reference].name.zh if self.target.reference else ""

    def whole(self) -> str:
        v, what = self.v, self.what
        if what.outcome is Outcome.NOT_APPLICABLE:
            return f"{self.place}不适用“{self.name}”目标。"
        if what.outcome is Outcome.NO_DATA:
            return self._pick(
                [
                    f"{self.place}截至{v.as_of}年尚无{self.name}数据，{self.goal}无法判定。",
                    f"{self.place}{self.name}尚未取得数据，截至{v.as_of}年无法判定{self.goal}。",
                ],
                "no data",
            )
        return "。".join([self._figure(), self._promise(), *self._pace(), *self._mind()]) + "。"

    def _pick(self, options: Sequence[str], slot: str) -> str:
        return pick(options, self.v, slot)

    def _amount(self, value: object) -> str:
        return with_unit(value, self.indicator, "zh")  # type: ignore[arg-type]

    # The figure

    def _figure(self) -> str:
        v, what = self.v, self.what
        assert v.value is not None
        subject, value = f"{v.year}年{self.place}{self.name}", self._amount(v.value)
        if self.indicator.unit is Unit.YES_NO:
            return self._there(f"{v.year}年{self.place}“{self.name}”", value)
        if what.course is Course.FIRST:
            return self._pick([f"{subject}为{value}，此前没有可比数据", f"{subject}为{value}，是首个可比数据"], "first")
        if what.course is Course.BROKE:
            return self._pick(
                [
                    f"{subject}为{value}，统计口径已有变动，与以前年份不可比",
                    f"{subject}按新口径为{value}，不与以前年份比较",
                ],
                "broke",
            )
        assert what.before is not None
        assert what.change is not None
        when, before = f"{what.before_year}年", self._amount(what.before)
        if what.course is Course.STILL:
            return self._pick(
                [
                    f"{subject}为{value}，与{when}持平",
                    f"{subject}为{value}，和{when}相比没有变化",
                    f"{subject}保持在{value}，与{when}相同",
                ],
                "still",
            )
        verb, size = self._verb(up=what.course.up), self.amounts.size(what.change).zh
        plain = [
            f"{subject}为{value}，比{when}{verb}{size}",
            f"{subject}由{when}的{before}{verb}到{value}",
            f"{subject}为{value}，{when}为{before}，{verb}{size}",
        ]
        if what.against and what.outcome in {Outcome.AHEAD, Outcome.MISSED, Outcome.LOST}:
            other = "不降反升" if what.course.up else "不升反降"
            plain = [f"{subject}{other}，为{value}，比{when}{verb}{size}", plain[0], plain[1]]
        elif what.course in {Course.TURNED_UP, Course.TURNED_DOWN}:
            turned = "由降转升" if what.course.up else "由升转降"
            plain = [
                f"{subject}{turned}，为{value}，比{when}{verb}{size}",
                f"{subject}为{value}，{turned}，比{when}{verb}{size}",
            ]
        return self._pick(plain, "figure")

    def _verb(self, *, up: bool) -> str:
        if self.indicator.unit in _ADDED:
            return "增加" if up else "减少"
        good = not self.what.against and self.v.kind not in {Kind.NEAR, Kind.MATCH, Kind.SLOW}
        if good:
            return self._pick(["提高", "上升"], "up") if up else self._pick(["降低", "下降"], "down")
        return "上升" if up else "下降"

    def _there(self, subject: str, value: str) -> str:
        what = self.what
        if what.before is None:
            return f"{subject}为“{value}”"
        before = self._amount(what.before)
        if what.course is Course.STILL:
            return f"{subject}为“{value}”，与{what.before_year}年相同"
        return f"{subject}由{what.before_year}年的“{before}”变为“{value}”"

    # The promise

    def _promise(self) -> str:
        v, what, goal = self.v, self.what, self.goal
        beside = self._beside()
        match what.outcome:
            case Outcome.EARLY:
                n = v.milestone - (v.year or v.milestone)
                said = [
                    f"提前{n}年达到{goal}",
                    f"达到{goal}，比期限提前{n}年",
                    f"由未达标转为达标，提前{n}年实现{goal}",
                ]
            case Outcome.REACHED:
                said = [f"如期达到{goal}", f"按期实现{goal}", f"由未达标转为达标，实现{goal}"]
            case Outcome.KEPT:
                said = [f"继续达到{goal}", f"保持达标，符合{goal}", f"{goal}已经达到，并得到保持"]
                if what.against:
                    said = [f"虽有{'上升' if what.course.up else '下降'}，仍达到{goal}", *said[:1]]
            case Outcome.MET:
                said = [f"已达到{goal}", f"{goal}已经达到"]
            case Outcome.LOST if v.status is Standing.MISSED:
                said = [f"未能保持{what.before_year}年的达标水平，没有达到{goal}{self._short('，相差')}"]
            case Outcome.LOST:
                said = [
                    f"未能保持{what.before_year}年的达标水平，尚未达到{goal}{self._short('，相差')}{self._outlook()}"
                ]
            case Outcome.MISSED:
                said = [
                    f"未达到{goal}{self._short('，相差')}",
                    f"到期未能实现{goal}{self._short('，尚差')}",
                    f"{goal}到期未达到{self._short('，相差')}",
                ]
            case Outcome.OPEN if Flag.SMALL_NUMBERS in v.flags:
                said = [f"事件数少，{goal}不宜单独判定", f"事件数少，不单独判定{goal}"]
            case Outcome.OPEN:
                said = [f"数据不足，尚不能判定{goal}", f"{goal}因数据不足暂不判定"]
            case _:
                said = [f"尚未达到{goal}{self._short('，相差')}{self._outlook()}"]
                if self._short(""):
                    said.append(f"距{goal}还差{self._short('')}{self._outlook()}")
        told = self._pick(said, "promise")
        if self.goal_reaches:  # 已达到…达到100%的目标 stammers
            told = told.replace(f"达到{goal}", f"实现{goal}")
        return beside + told

    def _beside(self) -> str:
        """The base or the reference that the promise is about."""
        v = self.v
        if (
            v.kind in {Kind.RISE, Kind.FALL, Kind.TIMES_BASE}
            and v.base_value is not None
            and v.base_year != self.what.before_year
        ):
            return f"{v.base_year}年为{self._amount(v.base_value)}，"
        if self.reference and v.bound is not None:
            return f"同年{self.reference}为{self._amount(v.bound)}，"
        return ""

    def _short(self, lead: str) -> str:
        v = self.v
        if v.gap is None or v.gap <= 0 or self.indicator.unit is Unit.YES_NO:
            return ""
        return lead + self.amounts.size(v.gap).zh

    def _outlook(self) -> str:
        v = self.v
        said = {
            Standing.ON_TRACK: ["，按现有趋势预计能够达标", "，预计可以如期达标"],
            Standing.UNCERTAIN: ["，能否达标尚不确定", "，能否如期达标还难以判断"],
            Standing.AT_RISK: ["，按现有趋势预计达标困难", "，预计难以如期达标"],
        }.get(v.status)
        if said is None:
            return ""
        chance = "" if v.probability is None else f"，{v.milestone}年达标概率{_about(v.probability)}"
        return self._pick(said, "outlook") + chance

    # What to mind

    def _pace(self) -> list[str]:
        """The pace seen beside the pace needed, where the promise is in doubt and both say something."""
        v = self.v
        doubtful = v.status in {Standing.UNCERTAIN, Standing.AT_RISK}
        if not doubtful or v.change is None or not v.required or v.change_years is None:
            return []
        if self.target.is_there_or_not(self.indicator) or not self.amounts.shows(v.required):
            return []
        need = f"{self._verb_of(v.required)}{self.amounts.size(v.required).zh}"
        span = years_words(*v.change_years, "zh")
        if not self.amounts.shows(v.change):
            return [f"{span}基本没有变化，达标需年均{need}"]
        seen = f"{self._verb_of(v.change)}{self.amounts.size(v.change).zh}"
        if seen == need:
            return [f"{span}年均{seen}，与达标所需大致相当"]
        if (v.change > 0) == (v.required > 0) and abs(v.change) > abs(v.required):
            return [f"{span}年均{seen}，快于达标所需的年均{need}，但尚不稳固"]
        return [f"{span}年均{seen}，达标需年均{need}"]

    def _verb_of(self, change: float) -> str:
        up, down = ("增加", "减少") if self.indicator.unit in _ADDED else ("上升", "下降")
        return up if change > 0 else down

    def _mind(self) -> list[str]:
        v, what = self.v, self.what
        said = []
        if Flag.STALE in v.flags:
            said.append(f"{v.as_of}年数据尚缺")
        if what.revised is not None and what.revised.old is not None:
            said.append(
                f"{v.year}年数据经过修订，原为{self._amount(what.revised.old)}，现为{self._amount(what.revised.value)}"
            )
        if Flag.CLUSTER in v.flags:
            said.append(self._pick(["事件出现聚集，须逐例核查", "近期事件偏多，超出偶然范围，须逐例核查"], "mind"))
        elif v.pooled_value is not None:
            said.append(f"事件数少，近{v.pooled_years}年合并为{self._amount(v.pooled_value)}，单年升降多属偶然")
        elif Flag.SMALL_NUMBERS in v.flags:
            said.append(self._pick(["人数或事件数少，单年升降多属偶然", "基数小，单年升降不宜作为趋势"], "mind"))
        elif Flag.SLIPPING in v.flags:
            said.append("最近出现倒退，须查明原因" if what.against else "应当保持的水平没有保持住")
        elif Flag.VOLATILE in v.flags:
            said.append(
                self._pick(["各年波动较大，一年的升降不足以说明趋势", "历年起伏较大，宜结合多年平均判断"], "mind")
            )
        return said[:2]


def _about(probability: float) -> str:
    words = percent(probability)
    return words.replace("<", "不足").replace(">", "超过") if words[0] in "<>" else f"约{words}"
