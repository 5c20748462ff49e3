"""What was measured: one observation 观测值 = indicator × place × year × sex × age × residence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from halfsky.plan.model import ALL_AGES, Residence, Sex, Slice


class Status(StrEnum):
    """SDMX CL_OBS_STATUS, as far as Halfsky uses it. A blank is never a zero."""

    NORMAL = "A"
    BREAK = "B"  # the series breaks here: not comparable with the years before
    ESTIMATED = "E"
    PROVISIONAL = "P"
    LOW_RELIABILITY = "U"
    NOT_APPLICABLE = "M"  # 不适用: cannot exist here
    NOT_COLLECTED = "L"  # 未统计: exists, and was not collected
    SUPPRESSED = "Q"  # withheld


WITHOUT_VALUE = frozenset({Status.NOT_APPLICABLE, Status.NOT_COLLECTED, Status.SUPPRESSED})
_RELIANCE = (Status.NORMAL, Status.BREAK, Status.PROVISIONAL, Status.ESTIMATED, Status.LOW_RELIABILITY)


def least_reliable(statuses: Iterable[Status]) -> Status:
    """The status of what is computed from figures that have values: that of the least reliable of them."""
    return max(statuses, key=_RELIANCE.index)


class Confidentiality(StrEnum):
    """SDMX CL_CONF_STATUS."""

    FREE = "F"
    CONFIDENTIAL = "C"
    NOT_FOR_PUBLICATION = "N"


_SECRECY = (Confidentiality.FREE, Confidentiality.NOT_FOR_PUBLICATION, Confidentiality.CONFIDENTIAL)


def most_secret(marks: Iterable[Confidentiality]) -> Confidentiality:
    """The confidentiality of what is computed from figures: the strictest of theirs."""
    return max(marks, key=_SECRECY.index)


class Nature(StrEnum):
    """How the figure came to be (SDMX ``NATURE`` in the manner of the SDG data structure)."""

    PRINTED = "printed"  # stands in a published document
    REPORTED = "reported"  # sent in by a member unit
    DERIVED = "derived"  # follows from printed figures by the arithmetic in the comment
    SURVEY = "survey"
    DEMO = "demo"  # 演示数据: generated, never to be taken for a real figure


@dataclass(frozen=True, slots=True, order=True)
class SeriesKey:
    """What a time series is of."""

    indicator: str
    region: str
    sex: Sex = Sex.ALL
    age: str = ALL_AGES
    residence: Residence = Residence.ALL

    @classmethod
    def of(cls, indicator: str, region: str, cut: Slice) -> SeriesKey:
        return cls(indicator, region, cut.sex, cut.age, cut.residence)


@dataclass(frozen=True, slots=True)
class Observation:
    """One figure. ``value`` is ``None`` exactly when ``status`` says that there is none.

    ``value`` is in the indicator's unit; ``numerator`` and ``denominator`` are counts (or sums) from
    which it can be rolled up. All three are exact decimals.
    """

    series: SeriesKey
    year: int
    value: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    status: Status = Status.NORMAL
    confidentiality: Confidentiality = Confidentiality.FREE
    nature: Nature = Nature.REPORTED
    source: str = ""
    comment: str = ""

    @property
    def key(self) -> tuple[SeriesKey, int]:
        return self.series, self.year


class Figures:
    """A set of observations, looked up by series and year; at most one observation per key.

    Raises ``ValueError`` when two observations share a key: which one holds is the caller's to decide.
    """

    def __init__(self, observations: Iterable[Observation] = ()) -> None:
        self._series: dict[SeriesKey, dict[int, Observation]] = {}
        for observation in observations:
            years = self._series.setdefault(observation.series, {})
            if observation.year in years:
                raise ValueError(f"two observations for {observation.series} in {observation.year}")
            years[observation.year] = observation

    @classmethod
    def sharing(cls, series: dict[SeriesKey, dict[int, Observation]]) -> Figures:
        """Figures that are by series and year already, as they are: neither is changed any more."""
        made = cls()
        made._series = series
        return made

    def __iter__(self) -> Iterator[Observation]:
        for years in self._series.values():
            yield from years.values()

    def __len__(self) -> int:
        return sum(len(years) for years in self._series.values())

    @property
    def keys(self) -> tuple[SeriesKey, ...]:
        return tuple(self._series)

    def series(self, key: SeriesKey) -> Mapping[int, Observation]:
        """Year → observation, in no promised order; empty when nothing is known."""
        return self._series.get(key, {})

    def get(self, key: SeriesKey, year: int) -> Observation | None:
        return self._series.get(key, {}).get(year)

    def value(self, key: SeriesKey, year: int) -> Decimal | None:
        observation = self.get(key, year)
        return None if observation is None else observation.value

    def until(self, year: int) -> Figures:
        """What was known of the years up to ``year``: nothing later may reach an assessment as of it."""
        return Figures(o for o in self if o.year <= year)
