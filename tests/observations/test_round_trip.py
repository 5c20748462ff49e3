"""Whatever is written is read back the same, as CSV and as a workbook."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from halfsky.observations import (
    WITHOUT_VALUE,
    Confidentiality,
    Nature,
    Observation,
    SeriesKey,
    Status,
    read_csv,
    read_xlsx,
    write_csv,
    write_xlsx,
)
from halfsky.observations.columns import MAX_DIGITS, MAX_PLACES
from halfsky.plan import Residence, Sex
from tests.observations.sample import CITY, CORE, ISLE, sample_plan

PLAN = sample_plan()

# Anything a person can write in one cell; a lone carriage return is no line end of anybody's.
words = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Cn"], include_characters="\n\t", exclude_characters="\ufffe\uffff"),
    max_size=40,
)
tricky = st.sampled_from(
    ["=1+1", "＝1", "\n=1", "'=1", "''=", "+86", "-", "@x", "'quoted'", '"', ",", "a\nb", "\t", "' =x", " 前后空格 "]
)
amounts = st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places),
    st.integers(0, 10**MAX_DIGITS - 1),
    st.integers(0, MAX_PLACES),
)


@st.composite
def observations(draw: st.DrawFn) -> Observation:
    key = SeriesKey(
        "income", draw(st.sampled_from([CITY, CORE, ISLE])), draw(st.sampled_from(Sex)), "_T", Residence.ALL
    )
    status = draw(st.sampled_from(Status))
    return Observation(
        key, draw(st.integers(1961, 2035)), None if status in WITHOUT_VALUE else draw(amounts), status=status,
        confidentiality=draw(st.sampled_from(Confidentiality)), nature=draw(st.sampled_from(Nature)),
        source=draw(words | tricky), comment=draw(words | tricky),
    )  # fmt: skip


many = st.lists(observations(), min_size=1, max_size=8, unique_by=lambda o: o.key)


@given(many)
def test_csv(figures: list[Observation]) -> None:
    reading = read_csv(write_csv(figures, plan=PLAN), plan=PLAN, file="f.csv")
    assert reading.faults == ()
    assert list(reading.observations) == figures
    assert reading.readings == ()


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(observations(), min_size=60, max_size=120, unique_by=lambda o: o.key))
def test_workbook(figures: list[Observation]) -> None:
    reading = read_xlsx(write_xlsx(figures, plan=PLAN), plan=PLAN, file="f.xlsx")
    assert reading.faults == ()
    assert list(reading.observations) == figures
    assert reading.readings == ()


@given(amounts)
def test_a_number_is_written_out_in_digits(number: Decimal) -> None:
    written = write_csv([Observation(SeriesKey("income", CITY), 2022, number)], plan=PLAN).decode().split(",")
    assert "E" not in written[14 + 6]
    assert Decimal(written[14 + 6]) == number
