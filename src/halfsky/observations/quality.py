"""Quality rules 质量规则 as data: each says what it compares and how strictly, and either blocks or asks.

A finding that *blocks* is an impossibility: the figures cannot both be right. One that *asks* is
unlikely, and is answered by an explanation in the figure's comment, which travels with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from statistics import median
from typing import Annotated

from pydantic import Field

from halfsky.observations.bounds import bounds, is_share
from halfsky.observations.columns import COUNTED
from halfsky.observations.model import Figures, Observation, SeriesKey, Status
from halfsky.observations.rollup import Over, roll_up
from halfsky.plan import Indicator, Plan, Slice, Text, Unit
from halfsky.plan.text import Frozen


class Effect(StrEnum):
    BLOCKS = "blocks"  # 阻止: cannot be true
    ASKS = "asks"  # 要求说明: wants an explanation


class Check(StrEnum):
    """What a rule compares."""

    RANGE = "range"
    PART_OF_WHOLE = "part_of_whole"
    SEXES = "sexes"
    RESIDENCES = "residences"
    PLACES = "places"
    JUMP = "jump"


class Rule(Frozen):
    """One rule.

    ``tolerance``: how far a sum may differ from its whole, as a share of the whole. ``spread``: how many
    robust standard deviations of the series' own yearly changes a change may be. ``least``: the smallest
    change, as a share of the usual level, that is worth a question. ``points``: changes needed before a
    jump can be told from the usual. ``indicators`` narrows a rule; empty means every one.
    """

    id: str
    check: Check
    effect: Effect
    name: Text
    tolerance: Annotated[Decimal, Field(ge=0)] = Decimal(0)
    spread: Annotated[Decimal, Field(gt=0)] = Decimal(5)
    least: Annotated[Decimal, Field(ge=0)] = Decimal("0.05")
    points: Annotated[int, Field(ge=3)] = 4
    indicators: tuple[str, ...] = ()


def _rule(id_: str, check: Check, effect: Effect, zh: str, en: str, **more: object) -> Rule:
    return Rule.model_validate({"id": id_, "check": check, "effect": effect, "name": Text(zh=zh, en=en), **more})


RULES: tuple[Rule, ...] = (
    _rule("range", Check.RANGE, Effect.BLOCKS, "数值在可能范围内", "The value is possible"),
    _rule("part-of-whole", Check.PART_OF_WHOLE, Effect.BLOCKS, "部分不大于整体", "A part does not exceed its whole"),
    _rule("sexes", Check.SEXES, Effect.BLOCKS, "男女之和等于合计", "Women and men sum to all"),
    _rule("residences", Check.RESIDENCES, Effect.BLOCKS, "城乡之和等于合计", "Urban and rural sum to all"),
    _rule("places", Check.PLACES, Effect.ASKS, "各区县之和等于全市", "The districts sum to the city", tolerance="0.01"),
    _rule("jump", Check.JUMP, Effect.ASKS, "与上年相比无异常变动", "No unusual change on the year before"),
)


class Finding(Frozen):
    """What a rule found: at one figure, compared with the others it names."""

    rule: str
    effect: Effect
    series: SeriesKey
    year: int
    message: Text
    explained: bool = False

    @property
    def blocks(self) -> bool:
        return self.effect is Effect.BLOCKS

    @property
    def open(self) -> bool:
        """Whether something is still to be done: a block always, a question until it is explained."""
        return self.blocks or not self.explained


def findings(plan: Plan, figures: Figures, rules: Iterable[Rule] = RULES) -> tuple[Finding, ...]:
    """Everything that the rules find in a set of figures, rule by rule."""
    return tuple(
        finding
        for rule in rules
        for key in figures.keys
        if (indicator := plan.indicator.get(key.indicator)) is not None
        and indicator.derive is None
        and (not rule.indicators or indicator.id in rule.indicators)
        for finding in _CHECKS[rule.check](plan, figures, indicator, key, rule)
    )


def _find(rule: Rule, figure: Observation, zh: str, en: str) -> Finding:
    return Finding(
        rule=rule.id, effect=rule.effect, series=figure.series, year=figure.year,
        message=Text(zh=zh, en=en), explained=bool(figure.comment.strip()),
    )  # fmt: skip


def _in_order(figures: Figures, key: SeriesKey) -> list[Observation]:
    series = figures.series(key)
    return [series[year] for year in sorted(series)]


def _range(plan: Plan, figures: Figures, indicator: Indicator, key: SeriesKey, rule: Rule) -> Iterator[Finding]:
    low, high = bounds(indicator)
    for figure in _in_order(figures, key):
        value = figure.value
        if value is not None and ((low is not None and value < low) or (high is not None and value > high)):
            yield _find(
                rule,
                figure,
                f"{figure.year} 年数值 {value} 超出可能范围。",
                f"{value} in {figure.year} is outside what is possible.",
            )


def _part(plan: Plan, figures: Figures, indicator: Indicator, key: SeriesKey, rule: Rule) -> Iterator[Finding]:
    if not is_share(indicator):
        return
    for figure in _in_order(figures, key):
        if figure.numerator is not None and figure.denominator is not None and figure.numerator > figure.denominator:
            yield _find(
                rule, figure, f"{figure.year} 年分子 {figure.numerator} 大于分母 {figure.denominator}。",
                f"In {figure.year} the numerator {figure.numerator} exceeds the denominator {figure.denominator}.",
            )  # fmt: skip


def _sums(over: Over) -> Callable[[Plan, Figures, Indicator, SeriesKey, Rule], Iterator[Finding]]:
    """The check that the parts over sex, residence or places sum to the whole.

    Missing parts are gaps, not findings; what may not be summed (bodies of each level's own) is not compared.
    """

    def check(plan: Plan, figures: Figures, indicator: Indicator, key: SeriesKey, rule: Rule) -> Iterator[Finding]:
        cut = Slice(sex=key.sex, age=key.age, residence=key.residence)
        for figure in _in_order(figures, key):
            if figure.value is None:
                continue
            summed = roll_up(plan, figures, key.indicator, figure.year, region=key.region, cut=cut, over=over).figure
            if summed is None:
                continue
            for column, whole, parts in _compared(indicator, figure, summed):
                if abs(whole - parts) > rule.tolerance * abs(whole):
                    zh, en = _NAMES[over]
                    yield _find(
                        rule, figure, f"{figure.year} 年{zh}的{column.zh}之和 {parts} 与合计 {whole} 不符。",
                        f"In {figure.year} the {column.en}s of {en} sum to {parts}, not to {whole}.",
                    )  # fmt: skip

    return check


_NAMES: Mapping[Over, tuple[str, str]] = {
    Over.SEX: ("男女", "women and men"),
    Over.RESIDENCE: ("城乡", "urban and rural"),
    Over.PLACES: ("各区县", "the districts"),
}


def _compared(
    indicator: Indicator, figure: Observation, summed: Observation
) -> Iterator[tuple[Text, Decimal, Decimal]]:
    if indicator.unit in COUNTED and indicator.scale is None and figure.value is not None and summed.value is not None:
        yield Text(zh="数值", en="value"), figure.value, summed.value
    for column, whole, parts in (
        (Text(zh="分子", en="numerator"), figure.numerator, summed.numerator),
        (Text(zh="分母", en="denominator"), figure.denominator, summed.denominator),
    ):
        if whole is not None and parts is not None:
            yield column, whole, parts


_MAD_TO_DEVIATION = Decimal("1.4826")  # of a normal distribution


def _jump(plan: Plan, figures: Figures, indicator: Indicator, key: SeriesKey, rule: Rule) -> Iterator[Finding]:
    """Changes far outside the series' own, as the other years' changes spread.

    Changes are per year, so that a gap in the years is no jump; one across a declared break is none.
    """
    if indicator.unit is Unit.YES_NO:
        return  # from no to yes is the only way there is
    series = [o for o in _in_order(figures, key) if o.value is not None]
    changes: list[tuple[Observation, Observation, Decimal]] = []
    for before, after in pairwise(series):
        if after.status is not Status.BREAK and before.value is not None and after.value is not None:
            changes.append((before, after, (after.value - before.value) / (after.year - before.year)))
    usual_level = median(abs(o.value) for o in series if o.value is not None) if series else Decimal(0)
    for i, (before, after, change) in enumerate(changes):
        others = [c for j, (_, _, c) in enumerate(changes) if j != i]
        if len(others) < rule.points - 1:
            continue
        usual, spread = _spread(others)
        if abs(change - usual) > max(rule.spread * spread, rule.least * usual_level):
            yield _find(
                rule, after,
                f"{after.year} 年数值 {after.value}，{before.year} 年为 {before.value}，变动远大于历年，请说明原因。",
                f"{after.value} in {after.year} after {before.value} in {before.year} is far from the usual yearly change; please explain.",
            )  # fmt: skip


def _spread(changes: Sequence[Decimal]) -> tuple[Decimal, Decimal]:
    """Median, and a robust standard deviation: about the median or about zero, whichever is larger.

    A series that goes up and down in turn has two usual changes; about the median of them alone it would
    seem not to vary at all.
    """
    usual = median(changes)
    about_median, about_zero = median(abs(c - usual) for c in changes), median(abs(c) for c in changes)
    return usual, max(about_median, about_zero) * _MAD_TO_DEVIATION


_CHECKS: Mapping[Check, Callable[[Plan, Figures, Indicator, SeriesKey, Rule], Iterator[Finding]]] = {
    Check.RANGE: _range,
    Check.PART_OF_WHOLE: _part,
    Check.SEXES: _sums(Over.SEX),
    Check.RESIDENCES: _sums(Over.RESIDENCE),
    Check.PLACES: _sums(Over.PLACES),
    Check.JUMP: _jump,
}
