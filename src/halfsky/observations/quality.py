"""What the quality rules of a plan (:mod:`halfsky.plan.rules`) find in figures.

A finding that *blocks* is an impossibility: the figures cannot both be right. One that *asks* is
unlikely, and is answered by an explanation in the figure's comment, which travels with it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from statistics import median

from halfsky.observations.bounds import bounds, is_share
from halfsky.observations.columns import COUNTED
from halfsky.observations.model import Figures, Observation, SeriesKey, Status
from halfsky.observations.rollup import Over, roll_up
from halfsky.plan import Indicator, Plan, Slice, Text, Unit
from halfsky.plan.model import COUNTY_LEVELS
from halfsky.plan.rules import Check, Effect, Rule
from halfsky.plan.text import Frozen


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


def findings(
    plan: Plan,
    figures: Figures,
    rules: Iterable[Rule] | None = None,
    *,
    of: Collection[str] | None = None,
    year: int | None = None,
) -> tuple[Finding, ...]:
    """Everything that the rules find in a set of figures, rule by rule.

    The plan's rules unless others are given. ``of`` names the places whose figures are asked about, ``year`` the year;
    all others are only compared with.
    """
    return tuple(
        finding
        for rule in (plan.rules if rules is None else rules)
        for key in figures.keys
        if of is None or key.region in of
        if (indicator := plan.indicator.get(key.indicator)) is not None
        and indicator.derive is None
        and (not rule.indicators or indicator.id in rule.indicators)
        for finding in _CHECKS[rule.check](plan, figures, indicator, key, rule, year)
    )


_Checking = Callable[[Plan, Figures, Indicator, SeriesKey, Rule, int | None], Iterator[Finding]]


def _find(rule: Rule, figure: Observation, zh: str, en: str) -> Finding:
    return Finding(
        rule=rule.id, effect=rule.effect, series=figure.series, year=figure.year,
        message=Text(zh=zh, en=en), explained=bool(figure.comment.strip()),
    )  # fmt: skip


def _in_order(figures: Figures, key: SeriesKey, only: int | None = None) -> list[Observation]:
    series = figures.series(key)
    if only is not None:
        return [series[only]] if only in series else []
    return [series[year] for year in sorted(series)]


def _range(
    plan: Plan, figures: Figures, indicator: Indicator, key: SeriesKey, rule: Rule, year: int | None
) -> Iterator[Finding]:
    low, high = bounds(indicator)
    for figure in _in_order(figures, key, year):
        value = figure.value
        if value is not None and ((low is not None and value < low) or (high is not None and value > high)):
            yield _find(
                rule,
                figure,
                f"{figure.year} 年数值 {value} 超出可能范围。",
                f"{value} in {figure.year} is outside what is possible.",
            )


def _part(
    plan: Plan, figures: Figures, indicator: Indicator, key: SeriesKey, rule: Rule, year: int | None
) -> Iterator[Finding]:
    if not is_share(indicator):
        return
    for figure in _in_order(figures, key, year):
        if figure.numerator is not None and figure.denominator is not None and figure.numerator > figure.denominator:
            yield _find(
                rule, figure, f"{figure.year} 年分子 {figure.numerator} 大于分母 {figure.denominator}。",
                f"In {figure.year} the numerator {figure.numerator} exceeds the denominator {figure.denominator}.",
            )  # fmt: skip


def _sums(over: Over) -> _Checking:
    """The check that the parts over sex, residence or places sum to the whole.

    Missing parts are gaps, not findings; what may not be summed (bodies of each level's own) is not compared.
    """

    def check(
        plan: Plan, figures: Figures, indicator: Indicator, key: SeriesKey, rule: Rule, year: int | None
    ) -> Iterator[Finding]:
        cut = Slice(sex=key.sex, age=key.age, residence=key.residence)
        for figure in _in_order(figures, key, year):
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


def _jump(
    plan: Plan, figures: Figures, indicator: Indicator, key: SeriesKey, rule: Rule, year: int | None
) -> Iterator[Finding]:
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
        if year is not None and after.year != year:
            continue
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


def _neighbours(
    plan: Plan, figures: Figures, indicator: Indicator, key: SeriesKey, rule: Rule, year: int | None
) -> Iterator[Finding]:
    """A value far outside those of the other places of the same level in the same year.

    Robust distance from their median (Iglewicz and Hoaglin 1993, with the spread of the others only). Amounts differ
    with the size of a place and are not compared.
    """
    if indicator.unit in COUNTED or indicator.unit is Unit.YES_NO or key.region == plan.region:
        return
    level = plan.place[key.region].level in COUNTY_LEVELS
    others = [
        SeriesKey(key.indicator, r.code, key.sex, key.age, key.residence)
        for r in plan.regions
        if r.code not in {key.region, plan.region} and (r.level in COUNTY_LEVELS) == level
    ]
    for figure in _in_order(figures, key, year):
        there = [v for other in others if (v := figures.value(other, figure.year)) is not None]
        if figure.value is None or len(there) < rule.points - 1:
            continue
        middle = median(there)
        spread = median(abs(v - middle) for v in there) * _MAD_TO_DEVIATION
        if abs(figure.value - middle) > max(rule.spread * spread, rule.least * abs(middle)):
            yield _find(
                rule, figure,
                f"{figure.year} 年数值 {figure.value}，同年其他 {len(there)} 个地区的中位数为 {middle}，相差很大，请核对或说明原因。",
                f"{figure.value} in {figure.year}; the median of {len(there)} other places is {middle}: far apart, check or explain.",
            )  # fmt: skip


_CHECKS: Mapping[Check, _Checking] = {
    Check.RANGE: _range,
    Check.PART_OF_WHOLE: _part,
    Check.SEXES: _sums(Over.SEX),
    Check.RESIDENCES: _sums(Over.RESIDENCE),
    Check.PLACES: _sums(Over.PLACES),
    Check.JUMP: _jump,
    Check.NEIGHBOURS: _neighbours,
}
