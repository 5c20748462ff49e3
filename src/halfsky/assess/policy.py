"""Every threshold of an assessment, with its reason.

No official rule for 预计达标困难 or 波动较大 was found; these are house rules, and docs/methods.md states them. What is a
swing or an odd figure is statistics rather than policy: its levels stand beside it in ``wavering`` and ``departures``.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from halfsky.plan.model import Unit

METHOD = "panel-network-5"


@dataclass(frozen=True, slots=True)
class Policy:
    """Thresholds. Probabilities are those of meeting the target at its milestone."""

    on_track: float = 0.8  # of such answers ≥ 80% were met at each horizon: docs/methods-kernel.md
    at_risk: float = 0.35  # of lower answers ≤ 20% were met
    points_for_probability: int = 4  # fewer points carry no spread to speak of
    pace_on_track: float = 0.95  # with 2 or 3 points: observed against required pace (Eurostat's classes)
    pace_at_risk: float = 0.60
    far: float = 0.10  # with a single figure: short by more than 10% of the bound …
    hardly_any_time: int = 2  # … and at most two years left, a warning needs no trend
    nearly: float = 0.02  # 基本实现: short of the bound by no more than 2% of it
    base_years_back: int = 2  # a missing base year is replaced by one at most this much earlier
    slip_spreads: float = 1.5  # a change for the worse beyond this many robust spreads is no noise
    slip_share: float = 0.01  # with too few points for a spread: 1% of the level
    small_events: int = 20  # rates on fewer events are called unstable (US cancer registries: 16–20)
    pooled_years: int = 5  # years pooled until the events suffice
    expected_events: float = 5.0  # fewer expected at the bound: not to be judged alone
    rare_drift: float = (
        0.10  # a true rate of rare events wanders by a tenth a year, up or down: no trend is read into it
    )
    beyond_chance: float = (
        0.05  # chance that a rate on few events is called beyond the bound in any place of a target, all at the bound
    )
    cluster: float = 0.05  # chance of a false cluster in a year anywhere in the city, all places at the bound: 1 in 20
    gap_places: int = 3  # a gap between districts needs three of them …
    gap_coverage: float = 0.8  # … and four fifths of those that ever have a figure, else years are not alike
    gap_points: int = 5  # a gap swings only where there are five figures …
    gap_reversals: int = 2  # … and it turned twice
    composite_indicators: int = 3  # a composite of one or two is better read as these
    composite_coverage: float = 0.5  # of the field's indicators that could have a part
    stale_after: dict[str, int] = field(  # years a figure may be old, by frequency of collection
        default_factory=lambda: {
            "annual": 0,
            "biennial": 1,
            "triennial": 2,
            "quinquennial": 4,
            "census": 9,
            "term": 4,
            "irregular": 4,
        }
    )


DEFAULT_POLICY = Policy()

# Units whose figures count rare events: their yearly rates are pooled where the place is small.
RARE_EVENT_UNITS = frozenset({Unit.PER_1000, Unit.PER_10K, Unit.PER_100K})
