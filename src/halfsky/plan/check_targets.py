"""Is each target of a pack sound: its parts against its kind, its indicator and the plan's years."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from halfsky.plan.faults import Fault
from halfsky.plan.model import BASED_KINDS, REFERRING_KINDS, VALUED_KINDS, Indicator, Kind, Plan, Target, Unit
from halfsky.plan.pack import Where

TOLERANT_KINDS = frozenset({Kind.NEAR, Kind.MATCH})


def target_faults(plan: Plan, target: Target, where: Where) -> Iterator[Fault]:
    """Every fault of one target, each at the line of the value that is wrong."""
    check = _TargetCheck(plan, target, where)
    yield from check.identity()
    yield from check.kind()
    yield from check.milestones()
    yield from check.reach()


class _TargetCheck:
    def __init__(self, plan: Plan, target: Target, where: Where) -> None:
        self.plan, self.target, self.where = plan, target, where
        self.indicator: Indicator | None = plan.indicator.get(target.indicator)

    def fault(self, code: str, at: str, zh: str, en: str) -> Fault:
        return self.where.fault("targets", self.target.id, code, zh, en, self.target.clause, at=(at,))

    def identity(self) -> Iterator[Fault]:
        target = self.target
        if target.clause not in self.plan.clauses:
            yield self.fault(
                "clause-unknown",
                "clause",
                f"条款“{target.clause}”不存在。",
                f"Clause '{target.clause}' does not exist.",
            )
        if not target.id.startswith(target.clause) or target.id[len(target.clause)].isdigit():
            yield self.fault(
                "target-id", "id", f"目标编号“{target.id}”应为条款号加字母，如“{target.clause}a”。",
                f"The target id '{target.id}' must be its clause and a letter, such as '{target.clause}a'.",
            )  # fmt: skip
        if self.indicator is None:
            yield self.fault(
                "indicator-unknown",
                "indicator",
                f"指标“{target.indicator}”不存在。",
                f"Indicator '{target.indicator}' does not exist.",
            )
        if not target.words.strip():
            yield self.fault(
                "words-missing", "words", "须引用规划的关键词句。", "Quote the operative words of the plan."
            )

    def kind(self) -> Iterator[Fault]:
        """What a kind needs and what it has no use for."""
        target, kind = self.target, self.target.kind
        if kind in TOLERANT_KINDS and target.tolerance is None:
            yield self.fault(
                "tolerance-missing",
                "kind",
                f"{kind} 类目标须写明容差及理由。",
                f"A '{kind}' target must state its tolerance and the reason.",
            )
        if kind not in TOLERANT_KINDS and target.tolerance is not None:
            yield self.fault(
                "tolerance-idle",
                "tolerance",
                "只有 near 和 match 使用容差。",
                "Only 'near' and 'match' use a tolerance.",
            )
        if kind in REFERRING_KINDS and target.reference is None:
            yield self.fault(
                "reference-missing",
                "kind",
                "须写明对照指标 reference。",
                "Name the indicator to compare with as 'reference'.",
            )
        if kind not in REFERRING_KINDS and target.reference is not None:
            yield self.fault(
                "reference-idle",
                "reference",
                "只有 not_below 和 match 使用对照指标。",
                "Only 'not_below' and 'match' use a reference.",
            )
        if kind is Kind.SLOW and target.window is None:
            yield self.fault(
                "window-missing",
                "kind",
                "slow 类目标须写明比较窗口 window。",
                "A 'slow' target must state its window in years.",
            )
        if kind is not Kind.SLOW and target.window is not None:
            yield self.fault("window-idle", "window", "只有 slow 使用比较窗口。", "Only 'slow' uses a window.")
        yield from self._reference()

    def _reference(self) -> Iterator[Fault]:
        name = self.target.reference
        if name is None:
            return
        reference = self.plan.indicator.get(name)
        if reference is None:
            yield self.fault(
                "indicator-unknown", "reference", f"对照指标“{name}”不存在。", f"The reference '{name}' does not exist."
            )
        elif self.indicator is not None and reference.unit is not self.indicator.unit:
            yield self.fault(
                "reference-unit", "reference", f"对照指标的单位 {reference.unit} 与 {self.indicator.unit} 不同。",
                f"The reference is in {reference.unit}, the indicator in {self.indicator.unit}.",
            )  # fmt: skip

    def milestones(self) -> Iterator[Fault]:
        target, plan = self.target, self.plan
        years = [m.year for m in target.milestones]
        if not years:
            yield self.fault(
                "milestone-missing", "milestones", "至少须有一个目标年份。", "At least one milestone is needed."
            )
        if years != sorted(set(years)):
            yield self.fault(
                "milestone-order", "milestones", "目标年份须递增且不重复。", "Milestone years must rise and not repeat."
            )
        for milestone in target.milestones:
            if not plan.start <= milestone.year <= plan.end:
                yield self.fault(
                    "milestone-outside", "milestones", f"目标年份 {milestone.year} 不在规划期 {plan.start}—{plan.end} 内。",
                    f"The milestone {milestone.year} lies outside the plan's years {plan.start}–{plan.end}.",
                )  # fmt: skip
            if target.kind in VALUED_KINDS and milestone.value is None:
                yield self.fault(
                    "value-missing",
                    "milestones",
                    f"{target.kind} 类目标须有数值。",
                    f"A '{target.kind}' target needs a value.",
                )
            if target.kind not in VALUED_KINDS and milestone.value is not None:
                yield self.fault(
                    "value-idle",
                    "milestones",
                    f"{target.kind} 类目标不带数值。",
                    f"A '{target.kind}' target takes no value.",
                )
            if target.kind not in BASED_KINDS and milestone.base_year is not None:
                yield self.fault(
                    "base-idle",
                    "milestones",
                    f"{target.kind} 类目标不用基期年份。",
                    f"A '{target.kind}' target has no base year.",
                )
            if milestone.base_year is not None and milestone.base_year >= milestone.year:
                yield self.fault(
                    "base-late", "milestones", "基期年份须早于目标年份。", "The base year must be before the milestone."
                )
            if milestone.value is not None and target.kind in VALUED_KINDS:
                yield from self._value(milestone.value)

    def _value(self, value: Decimal) -> Iterator[Fault]:
        if self.target.kind is Kind.TIMES_BASE:
            if not Decimal("0.1") <= value <= Decimal(10):
                yield self.fault(
                    "factor-unlikely", "milestones", f"倍数 {value} 不合理：“提高10%”写作 1.10。",
                    f"The factor {value} is unlikely: 'up 10%' is 1.10.",
                )  # fmt: skip
        elif self.indicator is not None:
            low, high = possible(self.indicator)
            if (low is not None and value < low) or (high is not None and value > high):
                span = f"[{'' if low is None else low}, {'' if high is None else high}]"
                yield self.fault(
                    "value-outside", "milestones", f"目标值 {value} 超出指标取值范围 {span}。",
                    f"The value {value} is outside the indicator's range {span}.",
                )  # fmt: skip

    def reach(self) -> Iterator[Fault]:
        """Whom the target binds, and whom it judges."""
        target, plan = self.target, self.plan
        if target.cut.sex != "_T" and self.indicator is not None and self.indicator.population == "women":
            yield self.fault(
                "cut-idle", "cut", "女性专属指标不再分性别。", "An indicator of women only is not cut by sex again."
            )
        if plan.region in plan.place and not plan.places_bound(target):
            yield self.fault(
                "binds-nobody", "binds", "该目标未约束任何地区。", "The target binds no place of this pack."
            )


def possible(indicator: Indicator) -> tuple[Decimal | None, Decimal | None]:
    """The least and greatest value an indicator can have: its own bounds, else those of its unit."""
    low, high = indicator.minimum, indicator.maximum
    if low is None and indicator.unit is not Unit.PERCENTAGE_POINTS:
        low = Decimal(0)
    if high is None:
        high = {Unit.PERCENT: Decimal(100), Unit.YES_NO: Decimal(1)}.get(indicator.unit)
    return low, high
