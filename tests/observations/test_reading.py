"""What a file of figures may hold, what is refused, and that every fault is told at once."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfsky.observations import Nature, Observation, Reading, Status, read_csv
from halfsky.observations.columns import HEADER
from halfsky.observations.numbers import as_programs_write, exact, places, read_number
from halfsky.plan import Plan, Residence, Sex
from tests.observations.sample import CITY, CORE, sample_plan

HEAD = ",".join(HEADER)
GOOD = {
    "INDICATOR": "screening", "REF_AREA": CITY, "TIME_PERIOD": "2022", "SEX": "_T", "AGE": "_T", "URBANISATION": "_T",
    "OBS_VALUE": "70.5", "UNIT_MEASURE": "percent", "OBS_STATUS": "A", "CONF_STATUS": "F", "NATURE": "reported",
    "SOURCE": "卫生统计年报", "COMMENT": "",
}  # fmt: skip


@pytest.fixture(scope="module")
def plan() -> Plan:
    return sample_plan()


def line(**changes: str) -> str:
    cells = GOOD | changes
    return ",".join(f'"{cells[n]}"' if "," in cells.get(n, "") else cells.get(n, "") for n in HEADER)


def read(plan: Plan, *lines: str, encoding: str = "utf-8") -> Reading:
    return read_csv("\n".join((HEAD, *lines, "")).encode(encoding), plan=plan, file="f.csv")


def only(plan: Plan, **changes: str) -> Observation:
    """The observation of a file of one good row."""
    reading = read(plan, line(**changes))
    assert reading.faults == (), [f.message.en for f in reading.faults]
    (observation,) = reading.observations
    return observation


def faults(plan: Plan, **changes: str) -> list[tuple[str, str]]:
    """Codes and columns of the faults of a file of one row, which then has no observation."""
    reading = read(plan, line(**changes))
    assert reading.observations == ()
    assert all(f.file == "f.csv" and f.line == 2 for f in reading.faults)
    return [(f.code, f.cell) for f in reading.faults]


def test_a_good_row_is_an_observation(plan: Plan) -> None:
    made = only(plan, NUMERATOR="141", DENOMINATOR="200")
    assert (made.series.indicator, made.series.region, made.year) == ("screening", CITY, 2022)
    assert (made.value, made.numerator, made.denominator) == (Decimal("70.5"), Decimal(141), Decimal(200))
    assert (made.status, made.nature, made.source) == (Status.NORMAL, Nature.REPORTED, "卫生统计年报")


def test_blank_codes_mean_the_documented_default(plan: Plan) -> None:
    made = only(plan, SEX="", AGE="", URBANISATION="", OBS_STATUS="", CONF_STATUS="", NATURE="")
    assert made == only(plan)


def test_a_blank_value_is_computed_from_numerator_and_denominator(plan: Plan) -> None:
    assert only(plan, OBS_VALUE="", NUMERATOR="2", DENOMINATOR="3").value == Decimal("66.67")


def test_zero_is_a_value_and_a_blank_is_none(plan: Plan) -> None:
    assert only(plan, OBS_VALUE="0").value == 0
    assert only(plan, OBS_VALUE="", OBS_STATUS="L").value is None
    assert faults(plan, OBS_VALUE="") == [("value-missing", "OBS_VALUE")]


def test_a_rounded_value_agrees_with_its_quotient_and_a_wrong_one_does_not(plan: Plan) -> None:
    for printed in ("66.67", "66.7", "67"):
        assert only(plan, OBS_VALUE=printed, NUMERATOR="2", DENOMINATOR="3").value == Decimal(printed)
    for wrong in ("66.66", "66.6", "66", "0.67"):
        assert faults(plan, OBS_VALUE=wrong, NUMERATOR="2", DENOMINATOR="3") == [("value-disagrees", "OBS_VALUE")]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"INDICATOR": "screenin"}, ("indicator-unknown", "INDICATOR")),
        ({"INDICATOR": ""}, ("indicator-missing", "INDICATOR")),
        ({"INDICATOR": "income_gap", "UNIT_MEASURE": "yuan"}, ("indicator-derived", "INDICATOR")),
        ({"REF_AREA": "990299"}, ("region-unknown", "REF_AREA")),
        ({"SEX": "女"}, ("code-unknown", "SEX")),
        ({"SEX": "F"}, ("cut-unknown", "SEX")),
        ({"AGE": "35-45"}, ("code-unknown", "AGE")),
        ({"AGE": "Y45T35"}, ("code-unknown", "AGE")),
        ({"URBANISATION": "城镇"}, ("code-unknown", "URBANISATION")),
        ({"URBANISATION": "U"}, ("cut-unknown", "URBANISATION")),
        ({"OBS_STATUS": "正常"}, ("code-unknown", "OBS_STATUS")),
        ({"NATURE": "guess"}, ("code-unknown", "NATURE")),
        ({"UNIT_MEASURE": "%"}, ("unit-wrong", "UNIT_MEASURE")),
        ({"UNIT_MEASURE": ""}, ("unit-wrong", "UNIT_MEASURE")),
        ({"TIME_PERIOD": "1948"}, ("year-wrong", "TIME_PERIOD")),
        ({"TIME_PERIOD": "2101"}, ("year-wrong", "TIME_PERIOD")),
        ({"TIME_PERIOD": "2036"}, ("year-outside", "TIME_PERIOD")),
        ({"TIME_PERIOD": "2022-12-31"}, ("year-date", "TIME_PERIOD")),
        ({"TIME_PERIOD": "2022年"}, ("year-date", "TIME_PERIOD")),
        ({"TIME_PERIOD": "202212"}, ("year-date", "TIME_PERIOD")),
        ({"TIME_PERIOD": ""}, ("year-wrong", "TIME_PERIOD")),
        ({"OBS_VALUE": "100.01"}, ("value-outside", "OBS_VALUE")),
        ({"OBS_VALUE": "-1"}, ("value-outside", "OBS_VALUE")),
        ({"OBS_VALUE": "1e308"}, ("number-digits", "OBS_VALUE")),
        ({"OBS_VALUE": "0.0000000001"}, ("number-digits", "OBS_VALUE")),
        ({"OBS_VALUE": "NaN"}, ("number-not-finite", "OBS_VALUE")),
        ({"OBS_VALUE": "-Infinity"}, ("number-not-finite", "OBS_VALUE")),
        ({"OBS_VALUE": "N/A"}, ("missing-word", "OBS_VALUE")),
        ({"OBS_VALUE": "—"}, ("missing-word", "OBS_VALUE")),
        ({"OBS_VALUE": "/"}, ("missing-word", "OBS_VALUE")),
        ({"OBS_VALUE": "不适用"}, ("missing-word", "OBS_VALUE")),
        ({"OBS_VALUE": "70.5%"}, ("percent-sign", "OBS_VALUE")),
        ({"OBS_VALUE": "70,5"}, ("number-comma", "OBS_VALUE")),
        ({"OBS_VALUE": "七十"}, ("number-malformed", "OBS_VALUE")),
        ({"OBS_VALUE": "٧٠"}, ("number-malformed", "OBS_VALUE")),
        ({"OBS_VALUE": "=1+1"}, ("formula", "OBS_VALUE")),
        ({"COMMENT": "=HYPERLINK(1)"}, ("formula", "COMMENT")),
        ({"COMMENT": "x" * 2001}, ("text-long", "COMMENT")),
        ({"SOURCE": "a\x07b"}, ("text-control", "SOURCE")),
        ({"OBS_STATUS": "M"}, ("value-with-status", "OBS_VALUE")),
        ({"OBS_STATUS": "L"}, ("value-with-status", "OBS_VALUE")),
        ({"NUMERATOR": "-1", "DENOMINATOR": "5"}, ("count-negative", "NUMERATOR")),
        ({"NUMERATOR": "7"}, ("quotient-half", "DENOMINATOR")),
        ({"DENOMINATOR": "7"}, ("quotient-half", "NUMERATOR")),
        ({"OBS_VALUE": "", "NUMERATOR": "0", "DENOMINATOR": "0"}, ("denominator-zero", "DENOMINATOR")),
        ({"OBS_VALUE": "", "NUMERATOR": "7", "DENOMINATOR": "5"}, ("part-exceeds-whole", "NUMERATOR")),
        # numerator and denominator exchanged: more than 100,000 of 100,000
        (
            {
                "INDICATOR": "maternal_mortality",
                "UNIT_MEASURE": "per_100k",
                "OBS_VALUE": "",
                "NUMERATOR": "7",
                "DENOMINATOR": "5",
            },
            ("value-outside", "OBS_VALUE"),
        ),
        (
            {
                "INDICATOR": "income",
                "UNIT_MEASURE": "yuan",
                "OBS_VALUE": "",
                "NUMERATOR": "999999999999999",
                "DENOMINATOR": "0.00000001",
            },
            ("number-digits", "OBS_VALUE"),
        ),
        ({"INDICATOR": "scheme", "UNIT_MEASURE": "yes_no", "OBS_VALUE": "0.5"}, ("value-outside", "OBS_VALUE")),
        ({"INDICATOR": "workers", "UNIT_MEASURE": "persons", "OBS_VALUE": "-3"}, ("count-negative", "OBS_VALUE")),
        (
            {"INDICATOR": "workers", "UNIT_MEASURE": "persons", "NUMERATOR": "3", "DENOMINATOR": "4"},
            ("quotient-idle", "NUMERATOR"),
        ),
    ],
)
def test_refused_with_its_column(plan: Plan, changes: dict[str, str], expected: tuple[str, str]) -> None:
    assert expected in faults(plan, **changes)


def test_a_share_may_exceed_its_base_only_where_the_pack_says_so(plan: Plan) -> None:
    gross = {"INDICATOR": "enrolment", "OBS_VALUE": "", "NUMERATOR": "106", "DENOMINATOR": "100"}
    assert only(plan, **gross).value == Decimal(106)


def test_the_nearest_code_is_suggested(plan: Plan) -> None:
    def advice(**changes: str) -> str:
        return read(plan, line(**changes)).faults[0].message.en

    assert "'screening'" in advice(INDICATOR="screenig")
    assert "'screening'" in advice(INDICATOR="screening的名称")
    assert f"'{CORE}'" in advice(REF_AREA="中心区")
    assert f"'{CORE}'" in advice(REF_AREA=CORE.translate(str.maketrans("0123456789", "０１２３４５６７８９")))
    assert "'F'" in advice(SEX="女")
    assert "'M'" in advice(SEX="1")
    assert "'percent'" in advice(UNIT_MEASURE="%")


def test_words_for_a_missing_figure_are_answered_with_the_statuses_to_use(plan: Plan) -> None:
    message = read(plan, line(OBS_VALUE="N/A")).faults[0].message
    assert all(word in message.zh for word in ("M（不适用）", "L（未统计）", "Q（不公布）"))


def test_all_faults_of_a_file_are_told_at_once_and_nothing_is_usable(plan: Plan) -> None:
    reading = read(
        plan, line(), line(REF_AREA="x", OBS_VALUE="N/A"), line(TIME_PERIOD="2023"), line(TIME_PERIOD="1900")
    )
    assert [(f.line, f.cell) for f in reading.faults] == [(3, "REF_AREA"), (3, "OBS_VALUE"), (5, "TIME_PERIOD")]
    assert reading.observations == ()


def test_a_repeated_figure_names_both_rows(plan: Plan) -> None:
    (fault,) = read(plan, line(), line(TIME_PERIOD="2021"), line(OBS_VALUE="71")).faults
    assert (fault.code, fault.line) == ("figure-repeated", 4)
    assert "第 2 行" in fault.message.zh
    assert "row 2" in fault.message.en


def test_the_header_must_be_exact(plan: Plan) -> None:
    wrong = HEAD.replace("OBS_VALUE", "VALUE")
    (fault,) = read_csv(f"{wrong}\n{line()}\n".encode(), plan=plan, file="f.csv").faults
    assert (fault.code, fault.line) == ("header-wrong", 1)
    assert "missing: OBS_VALUE; unknown: VALUE" in fault.message.en
    swapped = HEAD.replace("SEX,AGE", "AGE,SEX")
    assert read_csv(f"{swapped}\n".encode(), plan=plan, file="f.csv").faults[0].code == "header-wrong"


@pytest.mark.parametrize(("mark", "name"), [(";", "分号"), ("\t", "制表符"), ("，", "全角逗号")])
def test_columns_parted_by_another_mark_are_told_as_such(plan: Plan, mark: str, name: str) -> None:
    data = f"{HEAD}\n{line()}\n".replace(",", mark).encode()
    (fault,) = read_csv(data, plan=plan, file="f.csv").faults
    assert (fault.code, fault.line, name in fault.message.zh) == ("header-separator", 1, True)


def test_a_file_without_figures_says_so(plan: Plan) -> None:
    assert [f.code for f in read(plan).faults] == ["file-empty"]
    assert [f.code for f in read_csv(b"", plan=plan, file="f.csv").faults] == ["file-empty"]


def test_a_row_of_the_wrong_width_is_refused(plan: Plan) -> None:
    assert [f.code for f in read(plan, line() + ",,").faults] == []
    assert [f.code for f in read(plan, line() + ",,x").faults] == ["row-width"]
    assert [f.code for f in read(plan, "screening,990200").faults] == ["row-width"]


def test_lines_are_counted_as_an_editor_counts_them(plan: Plan) -> None:
    reading = read(plan, line(COMMENT="一行,\n又一行"), line(TIME_PERIOD="1900"))
    assert [f.line for f in reading.faults] == [4]


def test_unmatched_quotes_are_told_by_line(plan: Plan) -> None:
    (fault,) = read(plan, line(), line(TIME_PERIOD="2021")[:-1] + ',"open').faults
    assert (fault.code, fault.line) == ("csv-malformed", 3)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("７０．５", "70.5"), ("1,234,567", "1234567"), ("１，２３４", "1234"), ("1234567.25", "1234567.25")],
)
def test_full_width_digits_and_thousands_are_read_and_noted(plan: Plan, typed: str, meant: str) -> None:
    reading = read(plan, line(INDICATOR="income", UNIT_MEASURE="yuan", OBS_VALUE=typed))
    assert reading.faults == ()
    assert reading.observations[0].value == Decimal(meant)
    assert [(n.code, n.cell) for n in reading.readings] == ([("read-as", "OBS_VALUE")] if typed != meant else [])


def test_a_full_width_year_is_read_and_noted(plan: Plan) -> None:
    reading = read(plan, line(TIME_PERIOD="２０２２"))
    assert reading.observations[0].year == 2022
    assert [(n.code, n.cell) for n in reading.readings] == [("read-as", "TIME_PERIOD")]


def test_a_byte_order_mark_is_accepted(plan: Plan) -> None:
    assert read(plan, line(), encoding="utf-8-sig") == read(plan, line())


@pytest.mark.parametrize("encoding", ["gbk", "gb18030"])
def test_gbk_is_read_and_noted(plan: Plan, encoding: str) -> None:
    reading = read(plan, line(COMMENT="孕产妇死亡率为全市数"), encoding=encoding)
    assert reading.faults == ()
    assert reading.observations[0].comment == "孕产妇死亡率为全市数"
    assert [n.code for n in reading.readings] == ["encoding-gbk"]


@pytest.mark.parametrize("encoding", ["utf-16", "big5", "latin-1"])
def test_another_encoding_is_not_guessed(plan: Plan, encoding: str) -> None:
    source = "Dépôt é, å" if encoding == "latin-1" else "衛生統計年報與說明書"
    reading = read(plan, line(SOURCE=source), encoding=encoding)
    assert [f.code for f in reading.faults] == ["encoding-uncertain"]


def test_gbk_that_happens_to_be_utf8_is_not_guessed(plan: Plan) -> None:
    assert "模".encode("gbk").decode("utf-8") == "ģ"
    reading = read(plan, line(SOURCE="模"), encoding="gbk")
    assert [f.code for f in reading.faults] == ["encoding-uncertain"]


def test_a_workbook_named_csv_is_refused(plan: Plan) -> None:
    assert [f.code for f in read_csv(b"PK\x03\x04...", plan=plan, file="f.csv").faults] == ["not-csv"]


def test_reading_stops_after_very_many_faults_and_says_so(plan: Plan) -> None:
    reading = read(plan, *(line(TIME_PERIOD="1900") for _ in range(2_500)))
    assert len(reading.faults) == 2_001
    assert reading.faults[-1].code == "faults-more"


def test_sexes_and_residences_are_read_where_they_are_collected(plan: Plan) -> None:
    made = only(plan, INDICATOR="obesity", SEX="F", URBANISATION="R", AGE="Y35T45")
    assert (made.series.sex, made.series.residence, made.series.age) == (Sex.FEMALE, Residence.RURAL, "Y35T45")


@given(st.decimals(allow_nan=False, places=None) | st.integers(-(10**18), 10**18).map(Decimal))
def test_a_number_is_exact_with_fifteen_digits_and_eight_places(number: Decimal) -> None:
    digits, _, decimals = f"{abs(number):f}".partition(".") if number.is_finite() else ("9" * 16, "", "")
    decimals = decimals.rstrip("0")
    whole = (digits + decimals).lstrip("0")
    kept = len(whole if decimals else whole.rstrip("0")) <= 15 and len(digits.lstrip("0")) <= 15 and len(decimals) <= 8
    assert exact(number) is kept


@given(st.from_regex(r"\A[0-9]{1,17}(\.[0-9]{0,9})?\Z"))
def test_the_short_way_and_the_long_read_the_same(text: str) -> None:
    short, long = as_programs_write(text), read_number(f" {text}")
    assert short is None or (short, short.as_tuple()) == (
        long.number,
        long.number.as_tuple() if long.number is not None else None,
    )
    assert read_number(text) == long
    if long.number is not None:
        assert places(long.number) == len(text.partition(".")[2])


def test_labels_read_before_are_judged_again_with_every_row(plan: Plan) -> None:
    """Rows alike but for one label, place or number: each has the fault that it would have by itself."""
    wrong = [{"SEX": "X"}, {"TIME_PERIOD": "202"}, {"UNIT_MEASURE": "years"}, {"REF_AREA": "9"}, {"OBS_VALUE": "1000"}]
    reading = read(plan, *(line(**more) for change in wrong for more in ({}, change, change)))
    told = [(f.line, f.cell) for f in reading.faults if f.code != "figure-repeated"]
    assert told == [(2 + 3 * i + j, next(iter(change))) for i, change in enumerate(wrong) for j in (1, 2)]


def test_a_note_is_given_for_every_row_that_is_read_otherwise_than_written(plan: Plan) -> None:
    reading = read(plan, *(line(TIME_PERIOD="２０２２", SEX=sex) for sex in ("F", "M")), line(TIME_PERIOD="２０２２"))
    assert [(f.code, f.line) for f in reading.readings] == [("read-as", 2), ("read-as", 3), ("read-as", 4)]
