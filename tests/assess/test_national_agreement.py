"""Verdicts on the real national figures agree with what the statistics bureau said at the time.

What it said in its monitoring reports of 2015, 2018 and 2020 is copied here as facts. docs/national-agreement.md
states the result for people.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest

from halfsky.assess import Flag, Standing
from tests.assess.national import level, met, scored, section, verdicts

DOCS = Path(__file__).parents[2] / "docs" / "national-agreement.md"


class Said(NamedTuple):
    as_of: int
    indicator: str
    value: str
    reached: bool
    nearly: bool = False


SAID = [
    Said(2015, "maternal_mortality", "20.1", reached=False, nearly=True),  # 基本实现
    Said(2015, "life_expectancy", "79.43", reached=True),
    Said(2015, "women_in_employment", "42.9", reached=True),
    Said(2015, "tertiary_gross_enrolment", "40.0", reached=True),  # the bound itself, ahead of time
    Said(2015, "women_on_neighbourhood_committees", "49.2", reached=True),
    Said(2015, "women_village_heads", "11.5", reached=True),
    Said(2016, "maternal_mortality", "19.9", reached=True),
    Said(2018, "common_disease_screening", "75.5", reached=False),
    Said(2018, "women_on_village_committees", "24.0", reached=False),
    Said(2018, "women_on_neighbourhood_committees", "50.4", reached=True),
    Said(2018, "women_in_employment", "43.7", reached=True),
    Said(2018, "tertiary_gross_enrolment", "48.1", reached=True),
    Said(2020, "maternal_mortality", "16.9", reached=True),
    Said(2020, "maternal_mortality_gap", "4.4", reached=False),  # urban 14.1, rural 18.5: the gap remains
    Said(2020, "women_on_village_committees", "24.2", reached=False),
]


@pytest.mark.parametrize("said", SAID, ids=lambda s: f"{s.as_of}-{s.indicator}")
def test_the_verdict_is_what_the_bureau_said(said: Said) -> None:
    verdict = verdicts(said.as_of)[said.indicator]
    assert verdict.value == Decimal(said.value)
    assert verdict.year == said.as_of
    assert (verdict.status is Standing.MET) == said.reached
    if not said.reached:
        assert (Flag.NEARLY in verdict.flags) == said.nearly


def test_short_of_the_bound_is_not_missed_before_the_last_year_and_missed_in_it() -> None:
    short = {year: verdicts(year)["women_on_village_committees"].status for year in (2018, 2020)}
    assert short[2018] is not Standing.MISSED
    assert short[2020] is Standing.MISSED
    assert verdicts(2020)["maternal_mortality_gap"].status is Standing.MISSED


def test_a_last_year_without_a_figure_is_not_called_missed() -> None:
    screening = verdicts(2020)["common_disease_screening"]
    assert (screening.year, screening.status) == (2018, Standing.UNCERTAIN)
    assert Flag.STALE in screening.flags
    assert any("2020" in reason.zh and "2018" in reason.zh for reason in screening.reasons)


def test_the_break_of_2017_is_handled_and_not_smoothed_away() -> None:
    before, after = verdicts(2016)["maternal_care_management"], verdicts(2018)["maternal_care_management"]
    assert Flag.BREAK not in before.flags
    assert before.points == 2
    assert Flag.BREAK in after.flags
    assert after.points == 2  # 2017 and 2018; neither 2010 nor 2016
    assert after.status is Standing.MET
    assert after.change == pytest.approx(0.3)  # not the fall of 1.7 from 2016


def test_the_gap_between_town_and_country_is_taken_from_its_two_sides() -> None:
    gaps = {year: verdicts(year)["maternal_mortality_gap"].value for year in (2015, 2020)}
    assert gaps == {2015: Decimal("0.4"), 2020: Decimal("4.4")}


def test_sparse_years_are_not_filled() -> None:
    mortality = verdicts(2020)["maternal_mortality"]
    assert mortality.points == 7  # 2010, 2014 to 2018, 2020
    screening = verdicts(2018)["common_disease_screening"]
    assert (screening.points, screening.probability) == (3, None)


def test_what_was_measured_once_carries_no_probability() -> None:
    assert all(v.probability is None for v in verdicts(2020).values() if v.points < 4)


def test_real_figures_are_not_called_demonstration() -> None:
    assert not any(v.demonstration for year in (2015, 2018, 2020) for v in verdicts(year).values())


def test_as_of_2018_village_committees_are_warned_of_and_employment_is_not() -> None:
    then = verdicts(2018)
    assert level(then["women_on_village_committees"]) in {"orange", "red"}
    assert met("women_on_village_committees") is False
    assert level(then["women_in_employment"]) == "–"
    assert met("women_in_employment") is True


def test_what_was_warned_of_was_not_met_and_what_was_called_met_or_on_track_was() -> None:
    for year in (2015, 2018):
        for indicator, verdict in verdicts(year).items():
            if level(verdict) != "–":
                assert met(indicator) is False, (year, indicator)
            if verdict.status in {Standing.MET, Standing.ON_TRACK}:
                assert met(indicator) is True, (year, indicator)


def test_probabilities_are_scored_only_on_figures_that_were_not_known_then() -> None:
    found = scored(2018)
    assert scored(2015) is None
    assert found is not None
    assert found.cases == 1  # hospital delivery has one too, and no figure after 2018
    assert found.brier == pytest.approx((1 - verdicts(2018)["maternal_mortality"].probability) ** 2)  # type: ignore[operator]


def test_the_docs_say_what_came_of_every_promise() -> None:
    assert section() in DOCS.read_text(encoding="utf-8")
