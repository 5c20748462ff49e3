"""What a single figure can possibly be: within its unit's bounds, and in agreement with itself."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from halfsky.observations.model import WITHOUT_VALUE, Observation
from halfsky.observations.quotient import agrees, quotient
from halfsky.plan import Indicator, Plan, Residence, Sex, Slice, Text
from halfsky.plan.model import ALL_AGES, SCALES, Unit

_ZERO = Decimal(0)
_OF_A_WHOLE = frozenset({Unit.PERCENT, Unit.PER_1000, Unit.PER_10K, Unit.PER_100K})
_STATUSES = Text(
    zh="请填 OBS_STATUS：M（不适用）、L（未统计）或 Q（不公布）",
    en="give OBS_STATUS M (not applicable), L (not collected) or Q (withheld)",
)


def bounds(indicator: Indicator) -> tuple[Decimal | None, Decimal | None]:
    """Least and greatest possible value: the pack's own, else what the unit implies.

    Of 1,000 there are not more than 1,000: a rate beyond its base is a numerator and denominator exchanged. A pack
    whose rate does count more (visits, not persons) gives its maximum.
    """
    low: Decimal | None = None if indicator.unit is Unit.PERCENTAGE_POINTS else _ZERO
    high: Decimal | None = None
    if indicator.unit in _OF_A_WHOLE:
        high = SCALES[indicator.unit]
    elif indicator.unit is Unit.YES_NO:
        high = Decimal(1)
    return (
        low if indicator.minimum is None else indicator.minimum,
        high if indicator.maximum is None else indicator.maximum,
    )


def is_share(indicator: Indicator) -> bool:
    """Whether the numerator counts a part of the denominator, so that it cannot exceed it."""
    high = bounds(indicator)[1]
    return indicator.unit is Unit.PERCENT and indicator.scale is not None and high is not None and high <= 100


class Cuts:
    """Which slices of an indicator a plan knows: those it disaggregates by and those its promises use."""

    def __init__(self, plan: Plan) -> None:
        self._by: dict[str, set[str]] = {i.id: set(i.disaggregation) for i in plan.indicators}
        operands = [o for i in plan.indicators if i.derive for o in (i.derive.of, i.derive.against)]
        used: list[tuple[str | None, Slice]] = [
            *((t.indicator, t.cut) for t in plan.targets),
            *((t.reference, t.cut) for t in plan.targets),
            *((b.indicator, b.cut) for b in plan.baselines),
            *((o.indicator, o) for o in operands),
        ]
        for indicator, cut in used:
            if indicator in self._by:
                self._by[indicator] |= dimensions(cut)

        self._asked: dict[tuple[str, Sex, str, Residence], set[str]] = {}

    def of(self, indicator: str) -> frozenset[str]:
        """By which dimensions figures of an indicator may be cut."""
        return frozenset(self._by[indicator])

    def unknown(self, observation: Observation) -> set[str]:
        """The dimensions by which a figure is cut though its indicator is not."""
        key = observation.series
        if key.sex is Sex.ALL and key.age == ALL_AGES and key.residence is Residence.ALL:
            return set()
        cut = (key.indicator, key.sex, key.age, key.residence)
        found = self._asked.get(cut)
        if found is None:
            slice_ = Slice(sex=key.sex, age=key.age, residence=key.residence)
            found = self._asked[cut] = dimensions(slice_) - self._by[key.indicator]
        return found


def dimensions(cut: Slice) -> set[str]:
    """By which of sex, age and residence a slice is cut."""
    cut_by = {
        "sex": cut.sex is not Sex.ALL,
        "age": cut.age != ALL_AGES,
        "residence": cut.residence is not Residence.ALL,
    }
    return {name for name, is_cut in cut_by.items() if is_cut}


Refusal = tuple[str, str, Text]  # column, code, message

_DIMENSIONS = {
    "sex": ("SEX", Text(zh="性别", en="sex")),
    "age": ("AGE", Text(zh="年龄", en="age")),
    "residence": ("URBANISATION", Text(zh="城乡", en="residence")),
}


def range_faults(indicator: Indicator, figure: Observation, cuts: Cuts) -> Iterator[Refusal]:
    """Everything that makes one figure impossible: (column, stable code, what to do)."""
    for name in sorted(cuts.unknown(figure)):
        column, label = _DIMENSIONS[name]
        if name == "sex" and indicator.population == "women":
            yield (
                column,
                "cut-unknown",
                Text(zh="该指标只统计女性，性别请填 _T。", en="This indicator is of women only; write _T as its sex."),
            )
        else:
            yield (
                column,
                "cut-unknown",
                Text(
                    zh=f"该指标不分{label.zh}统计，请填 _T。",
                    en=f"This indicator is not collected by {label.en}; write _T.",
                ),
            )
    yield from _presence(indicator, figure)
    yield from _quotient(indicator, figure)
    if figure.value is not None:
        yield from _value(indicator, figure.value)


def _presence(indicator: Indicator, figure: Observation) -> Iterator[Refusal]:
    given = [
        column
        for column, number in (
            ("OBS_VALUE", figure.value), ("NUMERATOR", figure.numerator), ("DENOMINATOR", figure.denominator),
        )
        if number is not None
    ]  # fmt: skip
    if figure.status in WITHOUT_VALUE and given:
        yield (
            given[0],
            "value-with-status",
            Text(
                zh=f"状态 {figure.status} 表示没有数值，却填了数；请删去数值，或改正状态。",
                en=f"Status {figure.status} says that there is no value, yet one stands here; remove it or correct the status.",
            ),
        )
    if figure.status not in WITHOUT_VALUE and figure.value is None and figure.denominator != 0:
        yield (
            "OBS_VALUE",
            "value-missing",
            Text(
                zh=f"没有数值，也没有说明原因。空白不是零：{_STATUSES.zh}；确为零请填 0。",
                en=f"There is no value and no reason. A blank is not zero: {_STATUSES.en}; write 0 for a true zero.",
            ),
        )


def _quotient(indicator: Indicator, figure: Observation) -> Iterator[Refusal]:
    numerator, denominator = figure.numerator, figure.denominator
    for column, number in (("NUMERATOR", numerator), ("DENOMINATOR", denominator)):
        if number is not None and number < 0:
            yield (
                column,
                "count-negative",
                Text(zh=f"{number} 为负数，数量不能小于零。", en=f"{number} is negative; a count cannot be."),
            )
    if numerator is None and denominator is None:
        return
    if indicator.numerator is None:
        column = "NUMERATOR" if numerator is not None else "DENOMINATOR"
        yield (
            column,
            "quotient-idle",
            Text(
                zh="该指标没有分子分母，请留空。",
                en="This indicator has no numerator or denominator; leave them empty.",
            ),
        )
        return
    if numerator is None or denominator is None:
        column, zh, en = (
            ("NUMERATOR", "分子", "numerator") if numerator is None else ("DENOMINATOR", "分母", "denominator")
        )
        yield (
            column,
            "quotient-half",
            Text(zh=f"缺少{zh}：分子和分母须同填或同空。", en=f"The {en} is missing: give both or neither."),
        )
        return
    if numerator < 0 or denominator < 0:
        return
    if denominator == 0:
        yield (
            "DENOMINATOR",
            "denominator-zero",
            Text(
                zh="分母为 0，没有可计算的数值：请清空分子、分母和数值，OBS_STATUS 填 M（不适用）。",
                en="The denominator is 0, so there is no value: empty numerator, denominator and value, and give OBS_STATUS M (not applicable).",
            ),
        )
        return
    if is_share(indicator) and numerator > denominator:
        yield (
            "NUMERATOR",
            "part-exceeds-whole",
            Text(
                zh=f"分子 {numerator} 大于分母 {denominator}，部分不能大于整体，请核对是否填反。",
                en=f"The numerator {numerator} exceeds the denominator {denominator}; a part cannot exceed its whole. Are they exchanged?",
            ),
        )
    elif (
        figure.value is not None
        and indicator.scale is not None
        and not agrees(indicator, figure.value, numerator, denominator)
    ):
        computed = quotient(indicator, numerator, denominator)
        yield (
            "OBS_VALUE",
            "value-disagrees",
            Text(
                zh=f"数值 {figure.value} 与分子÷分母×{indicator.scale} 的结果 {computed} 不符，请核对三者。",
                en=f"The value {figure.value} is not numerator ÷ denominator × {indicator.scale} = {computed}; check all three.",
            ),
        )


def _value(indicator: Indicator, value: Decimal) -> Iterator[Refusal]:
    low, high = bounds(indicator)
    if (low is not None and value < low) or (high is not None and value > high):
        allowed_zh = f"{low if low is not None else '不限'} 至 {high if high is not None else '不限'}"
        allowed_en = f"{low if low is not None else 'no bound'} to {high if high is not None else 'no bound'}"
        negative = indicator.unit in {Unit.COUNT, Unit.PERSONS, Unit.TEN_THOUSAND_PERSONS} and value < 0
        yield (
            "OBS_VALUE",
            "count-negative" if negative else "value-outside",
            Text(
                zh=f"数值 {value} 超出该指标的可能范围（{allowed_zh}），请核对数值与单位。",
                en=f"The value {value} is outside what this indicator can be ({allowed_en}); check value and unit.",
            ),
        )
    elif indicator.unit is Unit.YES_NO and value not in (0, 1):
        yield (
            "OBS_VALUE",
            "value-outside",
            Text(zh=f"“{value}”：只能填 1（是）或 0（否）。", en=f"'{value}': write 1 for yes or 0 for no."),
        )
