"""Every figure of a clause is found, once, with its form and value."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfsky.plan.reader import Form, figures_in
from halfsky.plan.reader.numerals import chinese_number


@pytest.mark.parametrize(
    ("text", "form", "value"),
    [
        ("达到95%以上", Form.PERCENT, "95"),
        ("达到百分之五十", Form.PERCENT, "50"),
        ("占三成以上", Form.PERCENT, "30"),
        ("1/2以上", Form.FRACTION, "50"),
        ("二分之一以上", Form.FRACTION, "50"),
        ("三分之一", Form.FRACTION, "33.33"),
        ("减少一半", Form.FRACTION, "50"),
        ("9/10万以下", Form.RATE, "9"),
        ("十万分之八", Form.RATE, "8"),
        ("控制在5‰以内", Form.PER_MILLE, "5"),
        ("比例至少为3:2", Form.RATIO, "1.5"),
        ("提高2个百分点", Form.POINTS, "2"),
        ("提高两个百分点", Form.POINTS, "2"),
        ("翻一番", Form.TIMES, "2"),
        ("翻两番", Form.TIMES, "4"),
        ("增长3倍", Form.TIMES, "3"),
        ("到2030年", Form.YEAR, "2030"),
        ("35~45岁", Form.RANGE, "35"),
        ("84.04岁", Form.NUMBER, "84.04"),
        ("1名女干部", Form.NUMBER, "1"),
        ("“12338”热线", Form.NUMBER, "12338"),
    ],
)
def test_forms(text: str, form: Form, value: str) -> None:
    [mention] = figures_in(text)
    assert (mention.form, mention.value) == (form, Decimal(value))
    assert text[mention.start : mention.end] == mention.text


@pytest.mark.parametrize(
    "text", ["一定比例", "三孩生育政策", "五好家庭", "九年义务教育", "一体化", "十分重要", "成千上万", ""]
)
def test_names_and_idioms_hold_no_figure(text: str) -> None:
    assert figures_in(text) == []


def test_several_figures_come_in_order() -> None:
    text = "到2025年和2030年分别在2019年和2022年基础上提高10%"
    assert [m.text for m in figures_in(text)] == ["2025年", "2030年", "2019年", "2022年", "10%"]


@given(st.text(alphabet="0123456789一二三十百分之成倍翻番个点%/‰:~年岁万每，。至少", max_size=40))
def test_any_text_is_read_without_error_and_figures_never_overlap(text: str) -> None:
    end = 0
    for mention in figures_in(text):
        assert mention.start >= end
        assert text[mention.start : mention.end] == mention.text
        end = mention.end


@given(st.integers(min_value=0, max_value=99_999))
def test_chinese_numerals_are_read_as_they_are_written(number: int) -> None:
    assert chinese_number(_written(number)) == number


def _written(number: int) -> str:
    """The usual Chinese numeral of a number below 100,000."""
    digits = "零一二三四五六七八九"
    if number == 0:
        return "零"
    if number >= 10_000:
        rest = number % 10_000
        return _written(number // 10_000) + "万" + (("零" if rest < 1000 else "") + _written(rest) if rest else "")
    text, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            text += ("零" if gap else "") + digits[digit] + name
            gap = False
        elif text:
            gap = True
    return text.removeprefix("一") if 10 <= number < 20 else text
