"""How sure a verdict is, in words: by which rule it was given, its probability, what that has meant, the interval."""

from __future__ import annotations

from halfsky.assess.model import Flag, Forecast, Standing, Verdict
from halfsky.assess.policy import DEFAULT_POLICY
from halfsky.assess.words import STANDINGS, Amounts, joined
from halfsky.plan import Indicator, Kind, Target, Text

CALIBRATED = 0.02  # by how much stated chances and shares met differ on average: docs/methods-kernel.md, column ECE
_OPEN = frozenset({Standing.ON_TRACK, Standing.UNCERTAIN, Standing.AT_RISK})


def certainty(verdict: Verdict, target: Target, indicator: Indicator) -> Text:
    """How sure, of a verdict that rests on a figure."""
    v = verdict
    if v.status is Standing.MISSED:
        return Text(
            zh=f"{v.year}年数据已有，未达标是既成结果，不是预测。",
            en=f"The figure of {v.year} is known: this is a result, not a forecast.",
        )
    said = [_ruled(v, target)] if v.status in _OPEN else []
    if v.probability is None:
        said.append(_no_chance(v, target.is_there_or_not(indicator)))
    elif Flag.SMALL_NUMBERS in v.flags and v.rare is not None and v.forecast is None:
        said.append(_true_rate(v.probability, v.milestone))
    else:
        said += [_chance(v, v.probability), _calibrated(v.probability)]
        if v.forecast is not None:
            said.append(_interval(v.forecast, Amounts(indicator)))
    return joined(said)


def _ruled(v: Verdict, target: Target) -> Text:
    """The status, and the rule that gave it where it was not the probability."""
    status = STANDINGS[v.status]
    if v.aspiration:
        return Text(zh=f"属力争目标，判定为“{status.zh}”。", en=f"It is an aspiration, called {status.en.lower()}.")
    if target.hold and v.status is Standing.AT_RISK:
        return Text(
            zh=f"应当保持的水平目前没有保持住，按规则判定为“{status.zh}”。",
            en=f"A level that was to be kept is not kept, which by rule is called {status.en.lower()}.",
        )
    if v.pooled_value is not None:
        return Text(
            zh=f"多年合并仍未达到，判定为“{status.zh}”。",
            en=f"Several years together fall short, so it is called {status.en.lower()}.",
        )
    basis = (
        Text(zh="按达标概率", en="By its chance")
        if v.probability is not None
        else Text(zh="按现有数据", en="On the figures there are")
    )
    return Text(zh=f"{basis.zh}判定为“{status.zh}”。", en=f"{basis.en} it is called {status.en.lower()}.")


def _chance(v: Verdict, probability: float) -> Text:
    words = _likely(probability)
    still = v.status is Standing.MET
    figure = _percent(probability)
    return Text(
        zh=f"{v.milestone}年{'仍能' if still else ''}达标的概率{figure.zh}，{words.zh}。",
        en=f"The chance {'that it still holds' if still else 'of meeting it'} in {v.milestone} is {figure.en}: {words.en}.",
    )


def _true_rate(probability: float, milestone: int) -> Text:
    """Of few events: no single year is foreseen, but the rate behind it."""
    figure, words = _percent(probability), _likely(probability)
    return Text(
        zh=f"事件数少，不预测单年数值；{milestone}年真实水平符合目标的概率{figure.zh}，{words.zh}。",
        en=f"Events are few, so no single year is foreseen; the chance that the true rate is as promised in {milestone} is "
        f"{figure.en}: {words.en}.",
    )


def _calibrated(probability: float) -> Text:
    """What the number has meant in the backtest: of so many such cases so many came true."""
    count = min(max(round(100 * probability), 1), 99)
    off = round(100 * CALIBRATED)
    return Text(
        zh=f"历史回测中，给出此类概率的目标每100个约有{count}个最终达标（平均偏差不超过{off}个）。",
        en=f"In the backtest about {count} of 100 targets given such a chance were met (within {off} on average).",
    )


def _interval(f: Forecast, amounts: Amounts) -> Text:
    median, low, high, lowest, highest = (amounts.value(x) for x in (f.median, f.low80, f.high80, f.low95, f.high95))
    return Text(
        zh=f"{f.year}年预测中位数为{median.zh}，八成可能在{low.zh}至{high.zh}之间，九成五可能在{lowest.zh}至{highest.zh}之间。",
        en=f"The forecast for {f.year} is {median.en}; four times in five it lies between {low.en} and {high.en}, nineteen times in twenty between {lowest.en} and {highest.en}.",
    )


def _no_chance(v: Verdict, there_or_not: bool) -> Text:
    """Why no probability is stated."""
    if v.status is Standing.MET:
        return Text(
            zh=f"结论依据{v.year}年的实际数据，不是预测。",
            en=f"It rests on the figure of {v.year}, not on a forecast.",
        )
    if Flag.SMALL_NUMBERS in v.flags:
        return Text(
            zh="事件数少，不作预测，也不给出概率。", en="Events are few: there is no forecast and no probability."
        )
    if v.kind is Kind.SLOW or there_or_not:
        return Text(
            zh="此类目标不作预测，不给出概率。",
            en="No forecast is made of such a target, so there is no probability.",
        )
    if v.points < DEFAULT_POLICY.points_for_probability:
        return Text(
            zh=f"可比数据只有{v.points}年，不足以给出概率，结论只作提示。",
            en=f"With {v.points} comparable figures no probability can be stated; take it as a hint.",
        )
    return Text(
        zh="没有给出概率，结论依据现有数据。", en="No probability is stated; it rests on the figures there are."
    )


def _percent(probability: float) -> Text:
    """In whole percent; never 0 or 100, which nobody can know."""
    percent = round(100 * probability)
    if percent < 1:
        return Text(zh="不到1%", en="less than 1%")
    return Text(zh="超过99%", en="more than 99%") if percent > 99 else Text(zh=f"约{percent}%", en=f"about {percent}%")


def _likely(probability: float) -> Text:
    """The probability in words; the edges are those of the statuses."""
    if probability < DEFAULT_POLICY.at_risk / 2:
        return Text(zh="可能性很小", en="very unlikely")
    if probability < DEFAULT_POLICY.at_risk:
        return Text(zh="可能性较小", en="unlikely")
    if probability < DEFAULT_POLICY.on_track:
        return Text(zh="能否达标都有可能", en="it may go either way")
    return Text(zh="可能性较大", en="likely")
