"""A verdict 判定: what can be said of one target in one place as of one year."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from halfsky.plan.model import Kind
from halfsky.plan.text import Frozen, Text


class Standing(StrEnum):
    """Status of a target in a place, as DESIGN and GLOSSARY name them."""

    MET = "met"  # 已达标
    ON_TRACK = "on_track"  # 预计达标
    UNCERTAIN = "uncertain"  # 尚不确定
    AT_RISK = "at_risk"  # 预计达标困难
    MISSED = "missed"  # 未达标
    NO_DATA = "no_data"  # 缺数据
    TOO_LITTLE = "too_little"  # 数据不足
    NOT_APPLICABLE = "not_applicable"  # 不适用: the promise has no object in this place


class Flag(StrEnum):
    VOLATILE = "volatile"  # 波动较大
    SLIPPING = "slipping"  # 出现倒退
    SMALL_NUMBERS = "small_numbers"  # 小样本
    BREAK = "break"  # 口径变动: earlier years are not comparable
    STALE = "stale"  # 数据滞后: the latest figure is older than the year judged
    CLUSTER = "cluster"  # 聚集异常: more events than the bound and the other places explain
    NEARLY = "nearly"  # 接近目标: short of the bound by no more than the documented margin


class Oddity(StrEnum):
    """What is odd about a figure, or declared of it."""

    JUMP = "jump"  # 突变: the newest figure lies far out; whether it stays is not known yet
    SPIKE = "spike"  # 单年异常: far out, and the next figure went back
    SHIFT = "shift"  # 水平突变: far out, and it stayed, in this place
    COMMON_SHIFT = "common_shift"  # 共同变动: so did half of the places in the same year
    REVISED = "revised"  # 数据修订
    BREAK = "break"  # 口径变动, declared: OBS_STATUS = B


class Finding(Frozen):
    """Something to check about one figure of the series that a verdict rests on, and what to do.

    ``expected``, ``low`` and ``high`` are the median and the 99% interval that the history before ``year`` led to expect,
    in the indicator's unit, ``size`` how far the figure is from the median; of a revision ``old`` is the value before
    and ``size`` the difference. ``places`` of the indicator were compared, ``share`` of them left their intervals too.
    """

    kind: Oddity
    year: int
    value: Decimal
    size: float | None = None
    expected: float | None = None
    low: float | None = None
    high: float | None = None
    old: Decimal | None = None
    places: int | None = None
    share: float | None = None
    text: Text
    todo: Text


class Forecast(Frozen):
    """Predictive distribution at one year, in the indicator's unit: median and central intervals."""

    year: int
    median: float
    low80: float
    high80: float
    low95: float
    high95: float


class Funnel(StrEnum):
    """Where a count lies against the Poisson prediction limits about a reference rate."""

    INSIDE = "inside"  # 界限之内
    ABOVE_95 = "above_95"
    ABOVE_998 = "above_998"
    BELOW_95 = "below_95"
    BELOW_998 = "below_998"


class Cluster(Frozen):
    """More events in the newest ``years`` than ``expected``; ``p`` with every window and place allowed for."""

    years: int
    events: int
    expected: float
    p: float


class RareEvents(Frozen):
    """What a count of rare events says, beside the official figure and never instead of it.

    Events and exposure (``first`` to ``last``, pooled until twenty events or five years), their rate with its exact 95%
    interval (``low``, ``high``), and the rate shrunk towards the ``peers`` other places, with credible intervals; all
    rates in the indicator's unit. ``within`` is the probability that the true rate meets the bound now, ``probability``
    that it does at the milestone. ``limit95`` and ``limit998`` are the lowest and highest usual counts around
    ``reference``: the bound, or without one the rate of all places. ``free``: whether every figure behind it may be published.
    """

    events: int
    exposure: Decimal
    first: int
    last: int
    years: int
    rate: Decimal
    low: float
    high: float
    peers: int
    shrunk: float
    low80: float
    high80: float
    low95: float
    high95: float
    within: float | None = None
    probability: float | None = None
    reference: float
    limit95: tuple[int, int]
    limit998: tuple[int, int]
    funnel: Funnel
    cluster: Cluster | None = None
    free: bool = True
    demonstration: bool = False


class Verdict(Frozen):
    """What is said of a target in a place as of a year.

    ``bound`` is what the value is held against at ``milestone`` (for ``times_base`` the base times the
    factor, for ``rise`` and ``fall`` the base value, for ``not_below`` and ``match`` the reference's
    value). ``gap`` is how far the value is from the bound, in the indicator's unit, positive when short
    of it. ``change`` is the observed yearly change over ``change_years`` (first and last, on ``change_points``
    figures), ``required`` the change per year still needed. ``peers`` is how many other places lent strength to the
    forecast; ``None`` where there is none.
    ``probability`` is that of meeting the target at ``milestone``; ``None`` when fewer than four points
    speak. Where the events are few it is that of the true rate, from ``rare``. ``pooled_value`` is the rate of ``pooled_years`` together where one year's events are
    too few to judge by; ``gap`` is then that of the pooled rate. ``path`` holds the forecast year by year for charts; ``forecast`` is the one at ``milestone``.
    ``findings`` are what is odd about the newest figures, newest first.
    """

    plan: str
    target: str
    clause: str
    indicator: str
    kind: Kind
    region: str
    as_of: int
    status: Standing
    milestone: int
    bound: Decimal | None = None
    year: int | None = None
    value: Decimal | None = None
    base_year: int | None = None
    base_value: Decimal | None = None
    pooled_value: Decimal | None = None
    pooled_years: int | None = None
    gap: Decimal | None = None
    change: float | None = None
    change_years: tuple[int, int] | None = None
    change_points: int = 0
    required: float | None = None
    probability: float | None = None
    forecast: Forecast | None = None
    path: tuple[Forecast, ...] = ()
    rare: RareEvents | None = None
    peers: int | None = None
    aspiration: bool = False
    flags: tuple[Flag, ...] = ()
    points: int = 0
    demonstration: bool = False
    sentence: Text
    reasons: tuple[Text, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def needs_attention(self) -> bool:
        """Missed or at risk, and not an aspiration: what a warning is raised for."""
        return not self.aspiration and self.status in {Standing.MISSED, Standing.AT_RISK}
