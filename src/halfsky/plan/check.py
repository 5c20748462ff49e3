"""Is a pack sound? Relations between its parts, judged after its shape: every fault, with file, line, clause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from halfsky.plan.faults import Fault
from halfsky.plan.model import (
    BASED_KINDS,
    REFERRING_KINDS,
    VALUED_KINDS,
    Derivation,
    Indicator,
    Kind,
    Plan,
    Target,
    Unit,
)
from halfsky.plan.pack import Where, read_pack


def check_pack(folder: Path) -> tuple[Plan | None, list[Fault]]:
    """The plan of a folder when its shape is sound, and every fault found."""
    pack = read_pack(folder)
    if pack.plan is None:
        return None, pack.faults
    faults = [*_clauses(pack.plan, pack.where), *_indicators(pack.plan, pack.where)]
    for target in pack.plan.targets:
        faults.extend(_target(pack.plan, target, pack.where))
    faults.extend(_people_and_places(pack.plan, pack.where))
    return pack.plan, faults


def _clauses(plan: Plan, where: Where) -> Iterator[Fault]:
    """Clauses are numbered 1, 2, 3 … under the field that holds them: a gap means one was left out."""
    for field in plan.fields:
        for letter, clauses in (("G", field.goals), ("M", field.measures)):
            for n, clause in enumerate(clauses, start=1):
                if clause.id != (expected := f"{letter}{field.number}.{n}"):
                    yield where.fault(
                        "clauses", clause.id, "clause-order",
                        f"条款编号“{clause.id}”应为“{expected}”：编号须连续且属于本领域。",
                        f"Clause '{clause.id}' should be '{expected}': ids run on within their field.", clause.id,
                    )
    for letter in "OE":
        own = [p.id for p in plan.provisions if p.id[0] == letter]
        for n, clause_id in enumerate(own, start=1):
            if clause_id != (expected := f"{letter}{n}"):
                yield where.fault(
                    "clauses", clause_id, "clause-order", f"条款编号“{clause_id}”应为“{expected}”。",
                    f"Clause '{clause_id}' should be '{expected}'.", clause_id,
                )


def _indicators(plan: Plan, where: Where) -> Iterator[Fault]:
    for indicator in plan.indicators:
        for unknown in (c for c in indicator.clauses if c not in plan.clauses):
            yield where.fault(
                "indicators", indicator.id, "clause-unknown", f"指标引用的条款“{unknown}”不存在。",
                f"The indicator cites clause '{unknown}', which does not exist.", unknown,
            )
        if (indicator.numerator is None) != (indicator.denominator is None):
            yield where.fault(
                "indicators", indicator.id, "quotient-half", "分子和分母须同时写明，或都不写。",
                "Give both numerator and denominator, or neither.",
            )
        if indicator.minimum is not None and indicator.maximum is not None and indicator.minimum >= indicator.maximum:
            yield where.fault(
                "indicators", indicator.id, "range-empty", "最小值须小于最大值。", "The minimum must be below the maximum."
            )
        if indicator.source_unit is not None and plan.units and indicator.source_unit not in plan.unit:
            yield where.fault(
                "indicators", indicator.id, "unit-unknown", f"数据来源单位“{indicator.source_unit}”不在 units 中。",
                f"The source unit '{indicator.source_unit}' is not in units.",
            )
        if indicator.derive is not None:
            yield from _derivation(plan, indicator, indicator.derive, where)


def _derivation(plan: Plan, indicator: Indicator, derive: Derivation, where: Where) -> Iterator[Fault]:
    for operand in (derive.of, derive.against):
        origin = plan.indicator.get(operand.indicator)
        if origin is None:
            yield where.fault(
                "indicators", indicator.id, "indicator-unknown", f"推算所用指标“{operand.indicator}”不存在。",
                f"It is derived from '{operand.indicator}', which does not exist.",
            )
        elif origin.derive is not None:
            yield where.fault(
                "indicators", indicator.id, "derivation-chained", f"“{operand.indicator}”本身是推算指标，请直接写原始指标。",
                f"'{operand.indicator}' is itself derived; name the indicators it comes from.",
            )


def _target(plan: Plan, target: Target, where: Where) -> Iterator[Fault]:
    def fault(code: str, zh: str, en: str) -> Fault:
        return where.fault("targets", target.id, code, zh, en, target.clause)

    if target.clause not in plan.clauses:
        yield fault("clause-unknown", f"条款“{target.clause}”不存在。", f"Clause '{target.clause}' does not exist.")
    if not target.id.startswith(target.clause) or target.id[len(target.clause) :].isdigit():
        yield fault(
            "target-id", f"目标编号“{target.id}”应为条款号加字母，如“{target.clause}a”。",
            f"The target id '{target.id}' must be its clause and a letter, such as '{target.clause}a'.",
        )
    indicator = plan.indicator.get(target.indicator)
    if indicator is None:
        yield fault("indicator-unknown", f"指标“{target.indicator}”不存在。", f"Indicator '{target.indicator}' does not exist.")
    yield from _milestones(plan, target, indicator, where)
    if target.kind is Kind.NEAR and target.tolerance is None:
        yield fault("tolerance-missing", "near 类目标须写明容差及理由。", "A 'near' target must state its tolerance and the reason.")
    if target.tolerance is not None and target.kind not in {Kind.NEAR, Kind.MATCH}:
        yield fault("tolerance-idle", "只有 near 和 match 使用容差。", "Only 'near' and 'match' use a tolerance.")
    if target.kind is Kind.MATCH and target.tolerance is None:
        yield fault("tolerance-missing", "match 类目标须写明容差及理由。", "A 'match' target must state its tolerance and the reason.")
    if target.kind in REFERRING_KINDS and target.reference is None:
        yield fault("reference-missing", "须写明对照指标 reference。", "Name the indicator to compare with as 'reference'.")
    if target.reference is not None and target.kind not in REFERRING_KINDS:
        yield fault("reference-idle", "只有 not_below 和 match 使用对照指标。", "Only 'not_below' and 'match' use a reference.")
    if target.reference is not None:
        reference = plan.indicator.get(target.reference)
        if reference is None:
            yield fault(
                "indicator-unknown", f"对照指标“{target.reference}”不存在。", f"The reference '{target.reference}' does not exist."
            )
        elif indicator is not None and reference.unit is not indicator.unit:
            yield fault(
                "reference-unit", f"对照指标的单位 {reference.unit} 与 {indicator.unit} 不同。",
                f"The reference is in {reference.unit}, the indicator in {indicator.unit}.",
            )
    if target.kind is Kind.SLOW and target.window is None:
        yield fault("window-missing", "slow 类目标须写明比较窗口 window。", "A 'slow' target must state its window in years.")
    if not target.words.strip():
        yield fault("words-missing", "须引用规划的关键词句。", "Quote the operative words of the plan.")
    if target.cut.sex != "_T" and indicator is not None and indicator.population == "women":
        yield fault("cut-idle", "女性专属指标不再分性别。", "An indicator of women only is not cut by sex again.")
    if plan.region in plan.place and not plan.places_bound(target):
        yield fault("binds-nobody", "该目标未约束任何地区。", "The target binds no place of this pack.")


def _milestones(plan: Plan, target: Target, indicator: Indicator | None, where: Where) -> Iterator[Fault]:
    def fault(code: str, zh: str, en: str) -> Fault:
        return where.fault("targets", target.id, code, zh, en, target.clause)

    years = [m.year for m in target.milestones]
    if not years:
        yield fault("milestone-missing", "至少须有一个目标年份。", "At least one milestone is needed.")
    if years != sorted(set(years)):
        yield fault("milestone-order", "目标年份须递增且不重复。", "Milestone years must rise and not repeat.")
    for milestone in target.milestones:
        if not plan.start <= milestone.year <= plan.end:
            yield fault(
                "milestone-outside", f"目标年份 {milestone.year} 不在规划期 {plan.start}—{plan.end} 内。",
                f"The milestone {milestone.year} lies outside the plan's years {plan.start}–{plan.end}.",
            )
        if target.kind in VALUED_KINDS and milestone.value is None:
            yield fault("value-missing", f"{target.kind} 类目标须有数值。", f"A '{target.kind}' target needs a value.")
        if target.kind not in VALUED_KINDS and milestone.value is not None:
            yield fault("value-idle", f"{target.kind} 类目标不带数值。", f"A '{target.kind}' target takes no value.")
        if target.kind in BASED_KINDS and milestone.base_year is None:
            yield fault("base-missing", "须写明基期年份。", "State the base year.")
        if milestone.base_year is not None and milestone.base_year >= milestone.year:
            yield fault("base-late", "基期年份须早于目标年份。", "The base year must be before the milestone.")
        if milestone.value is not None and indicator is not None:
            yield from _value(target, indicator, milestone.value, where)


def _value(target: Target, indicator: Indicator, value: Decimal, where: Where) -> Iterator[Fault]:
    def fault(code: str, zh: str, en: str) -> Fault:
        return where.fault("targets", target.id, code, zh, en, target.clause)

    if target.kind is Kind.TIMES_BASE:
        if not Decimal("0.1") <= value <= Decimal(10):
            yield fault(
                "factor-unlikely", f"倍数 {value} 不合理：“提高10%”写作 1.10。", f"The factor {value} is unlikely: 'up 10%' is 1.10."
            )
        return
    low = indicator.minimum if indicator.minimum is not None else (Decimal(0) if indicator.unit is not Unit.PERCENTAGE_POINTS else None)
    high = indicator.maximum if indicator.maximum is not None else (Decimal(100) if indicator.unit is Unit.PERCENT else None)
    if indicator.unit is Unit.YES_NO:
        high = Decimal(1)
    if (low is not None and value < low) or (high is not None and value > high):
        yield fault(
            "value-outside", f"目标值 {value} 超出指标取值范围 [{low}, {high}]。",
            f"The value {value} is outside the indicator's range [{low}, {high}].",
        )


def _people_and_places(plan: Plan, where: Where) -> Iterator[Fault]:
    if plan.region not in plan.place:
        yield where.fault("plan", "", "region-unknown", f"规划地区“{plan.region}”不在 regions 中。", f"The plan's region '{plan.region}' is not in regions.")
    if plan.end <= plan.start:
        yield where.fault("plan", "", "years-wrong", "规划结束年份须晚于开始年份。", "The plan must end after it starts.")
    for number, count in Counter(f.number for f in plan.fields).items():
        if count > 1:
            yield where.fault("fields", str(number), "id-repeated", f"领域 {number} 重复。", f"Field {number} is repeated.")
    for region in plan.regions:
        if region.parent is not None and region.parent not in plan.place:
            yield where.fault(
                "regions", region.code, "region-unknown", f"上级地区“{region.parent}”不存在。",
                f"The parent region '{region.parent}' does not exist.",
            )
    for baseline in plan.baselines:
        key = next((k for (kind, k) in where.places if kind == "baselines" and k.startswith(f"{baseline.clause}#")), "")
        if baseline.indicator not in plan.indicator:
            yield where.fault(
                "baselines", key, "indicator-unknown", f"基期值的指标“{baseline.indicator}”不存在。",
                f"The baseline's indicator '{baseline.indicator}' does not exist.", baseline.clause,
            )
        if baseline.region not in plan.place:
            yield where.fault(
                "baselines", key, "region-unknown", f"基期值的地区“{baseline.region}”不存在。",
                f"The baseline's region '{baseline.region}' does not exist.", baseline.clause,
            )
    keys = [key for (kind, key) in where.places if kind == "assignments"]
    for key, assignment in zip(keys, plan.assignments, strict=True):
        if assignment.clause not in plan.clauses:
            yield where.fault(
                "assignments", key, "clause-unknown", f"分工的条款“{assignment.clause}”不存在。",
                f"The assigned clause '{assignment.clause}' does not exist.", assignment.clause,
            )
        for unit in (*assignment.lead, *assignment.support):
            if unit not in plan.unit:
                yield where.fault(
                    "assignments", key, "unit-unknown", f"单位“{unit}”不在 units 中。", f"The unit '{unit}' is not in units.",
                    assignment.clause,
                )
    keys = [key for (kind, key) in where.places if kind == "not_targets"]
    for key, item in zip(keys, plan.not_targets, strict=True):
        if item.clause not in plan.clauses:
            yield where.fault(
                "not_targets", key, "clause-unknown", f"条款“{item.clause}”不存在。",
                f"Clause '{item.clause}' does not exist.", item.clause,
            )
