"""Is a pack sound? Relations between its parts, judged after its shape: every fault, with file, line, clause."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from halfsky.plan.check_ledgers import ledger_faults
from halfsky.plan.check_targets import target_faults
from halfsky.plan.faults import Fault
from halfsky.plan.model import Derivation, Goal, Indicator, Measure, Plan
from halfsky.plan.pack import Where, read_pack


def check_pack(folder: Path) -> tuple[Plan | None, list[Fault]]:
    """The plan of a folder when its shape is sound, and every fault found."""
    pack = read_pack(folder)
    if pack.plan is None:
        return None, pack.faults
    faults = [*_clauses(pack.plan, pack.where), *_indicators(pack.plan, pack.where)]
    for target in pack.plan.targets:
        faults.extend(target_faults(pack.plan, target, pack.where))
    faults.extend(_people_and_places(pack.plan, pack.where))
    faults.extend(_rules(pack.plan, pack.where))
    faults.extend(ledger_faults(pack.plan, pack.where))
    faults.extend(_alerting(pack.plan, pack.where))
    return pack.plan, faults


def _clauses(plan: Plan, where: Where) -> Iterator[Fault]:
    """Clauses are numbered 1, 2, 3 … under the field that holds them: a gap means one was left out."""
    for field in plan.fields:
        lists: tuple[tuple[str, tuple[Goal | Measure, ...]], ...] = (("G", field.goals), ("M", field.measures))
        for letter, clauses in lists:
            for n, clause in enumerate(clauses, start=1):
                if clause.id != (expected := f"{letter}{field.number}.{n}"):
                    yield where.fault(
                        "clauses",
                        clause.id,
                        "clause-order",
                        f"条款编号“{clause.id}”应为“{expected}”：编号须连续且属于本领域。",
                        f"Clause '{clause.id}' should be '{expected}': ids run on within their field.",
                        clause.id,
                    )
    for letter in "OE":
        own = [p.id for p in plan.provisions if p.id[0] == letter]
        for n, clause_id in enumerate(own, start=1):
            if clause_id != (expected := f"{letter}{n}"):
                yield where.fault(
                    "clauses",
                    clause_id,
                    "clause-order",
                    f"条款编号“{clause_id}”应为“{expected}”。",
                    f"Clause '{clause_id}' should be '{expected}'.",
                    clause_id,
                )


def _indicators(plan: Plan, where: Where) -> Iterator[Fault]:
    for indicator in plan.indicators:
        for unknown in (c for c in indicator.clauses if c not in plan.clauses):
            yield where.fault(
                "indicators",
                indicator.id,
                "clause-unknown",
                f"指标引用的条款“{unknown}”不存在。",
                f"The indicator cites clause '{unknown}', which does not exist.",
                unknown,
                at=("clauses",),
            )
        if (indicator.numerator is None) != (indicator.denominator is None):
            yield where.fault(
                "indicators",
                indicator.id,
                "quotient-half",
                "分子和分母须同时写明，或都不写。",
                "Give both numerator and denominator, or neither.",
                at=("numerator" if indicator.numerator else "denominator",),
            )
        if indicator.minimum is not None and indicator.maximum is not None and indicator.minimum >= indicator.maximum:
            yield where.fault(
                "indicators",
                indicator.id,
                "range-empty",
                "最小值须小于最大值。",
                "The minimum must be below the maximum.",
                at=("minimum",),
            )
        if indicator.source_unit is not None and plan.units and indicator.source_unit not in plan.unit:
            yield where.fault(
                "indicators",
                indicator.id,
                "unit-unknown",
                f"数据来源单位“{indicator.source_unit}”不在 units 中。",
                f"The source unit '{indicator.source_unit}' is not in units.",
                at=("source_unit",),
            )
        if indicator.derive is not None:
            yield from _derivation(plan, indicator, indicator.derive, where)


def _derivation(plan: Plan, indicator: Indicator, derive: Derivation, where: Where) -> Iterator[Fault]:
    for side, operand in (("of", derive.of), ("against", derive.against)):
        origin = plan.indicator.get(operand.indicator)
        if origin is None:
            yield where.fault(
                "indicators",
                indicator.id,
                "indicator-unknown",
                f"推算所用指标“{operand.indicator}”不存在。",
                f"It is derived from '{operand.indicator}', which does not exist.",
                at=("derive", side, "indicator"),
            )
        elif origin.derive is not None:
            yield where.fault(
                "indicators",
                indicator.id,
                "derivation-chained",
                f"“{operand.indicator}”本身是推算指标，请直接写原始指标。",
                f"'{operand.indicator}' is itself derived; name the indicators it comes from.",
                at=("derive", side, "indicator"),
            )


def _people_and_places(plan: Plan, where: Where) -> Iterator[Fault]:
    if plan.region not in plan.place:
        yield where.fault(
            "plan",
            "",
            "region-unknown",
            f"规划地区“{plan.region}”不在 regions 中。",
            f"The plan's region '{plan.region}' is not in regions.",
            at=("region",),
        )
    if plan.end <= plan.start:
        yield where.fault(
            "plan", "", "years-wrong", "规划结束年份须晚于开始年份。", "The plan must end after it starts.", at=("end",)
        )
    for region in plan.regions:
        if region.parent is not None and region.parent not in plan.place:
            yield where.fault(
                "regions",
                region.code,
                "region-unknown",
                f"上级地区“{region.parent}”不存在。",
                f"The parent region '{region.parent}' does not exist.",
                at=("parent",),
            )
    for key, baseline in zip(where.keys("baselines"), plan.baselines, strict=True):
        if baseline.indicator not in plan.indicator:
            yield where.fault(
                "baselines",
                key,
                "indicator-unknown",
                f"基期值的指标“{baseline.indicator}”不存在。",
                f"The baseline's indicator '{baseline.indicator}' does not exist.",
                baseline.clause,
                at=("indicator",),
            )
        if baseline.region not in plan.place:
            yield where.fault(
                "baselines",
                key,
                "region-unknown",
                f"基期值的地区“{baseline.region}”不存在。",
                f"The baseline's region '{baseline.region}' does not exist.",
                baseline.clause,
                at=("region",),
            )
    for key, assignment in zip(where.keys("assignments"), plan.assignments, strict=True):
        if assignment.clause not in plan.clauses:
            yield where.fault(
                "assignments",
                key,
                "clause-unknown",
                f"分工的条款“{assignment.clause}”不存在。",
                f"The assigned clause '{assignment.clause}' does not exist.",
                assignment.clause,
                at=("clause",),
            )
        for part, units in (("lead", assignment.lead), ("support", assignment.support)):
            for unit in (u for u in units if u not in plan.unit):
                yield where.fault(
                    "assignments",
                    key,
                    "unit-unknown",
                    f"单位“{unit}”不在 units 中。",
                    f"The unit '{unit}' is not in units.",
                    assignment.clause,
                    at=(part,),
                )
    for key, item in zip(where.keys("not_targets"), plan.not_targets, strict=True):
        if item.clause not in plan.clauses:
            yield where.fault(
                "not_targets",
                key,
                "clause-unknown",
                f"条款“{item.clause}”不存在。",
                f"Clause '{item.clause}' does not exist.",
                item.clause,
                at=("clause",),
            )


def _rules(plan: Plan, where: Where) -> Iterator[Fault]:
    for rule in plan.quality:
        for name in (i for i in rule.indicators if i not in plan.indicator):
            yield where.fault(
                "quality",
                rule.id,
                "indicator-unknown",
                f"质量规则引用的指标“{name}”不存在。",
                f"The quality rule names indicator '{name}', which does not exist.",
                at=("indicators",),
            )


def _alerting(plan: Plan, where: Where) -> Iterator[Fault]:
    """The graver a warning the stricter: thresholds and days must not run against one another."""
    rules, days = plan.alerting, plan.alerting.answer_days
    if rules.red_probability > rules.red_probability_when_late:
        yield where.fault(
            "plan",
            "",
            "alerting-crossed",
            f"临近期限时的红色预警概率（{rules.red_probability_when_late}）不应低于平时的（{rules.red_probability}）。",
            f"With little time left a warning turns red below {rules.red_probability_when_late}, which is less than the usual "
            f"{rules.red_probability}.",
            at=("alerting", "red_probability"),
        )
    if not days.red <= days.orange <= days.yellow:
        yield where.fault(
            "plan",
            "",
            "alerting-crossed",
            "答复期限应随级别递宽：红色不长于橙色，橙色不长于黄色。",
            "The graver a warning, the sooner it is answered: red no later than orange, orange no later than yellow.",
            at=("alerting", "answer_days"),
        )
