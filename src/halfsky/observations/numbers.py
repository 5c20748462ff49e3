"""Reading one number as a person typed it: an exact decimal, or what is wrong with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Context, Decimal

from halfsky.observations.columns import MAX_DIGITS, MAX_PLACES
from halfsky.plan import Text

# Full-width forms that an input method leaves behind, and the typographic minus.
_HALF_WIDTH = str.maketrans("０１２３４５６７８９．，＋－％−＝", "0123456789.,+-%-=")
_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,4})?")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity|∞)", re.IGNORECASE)
_MISSING = frozenset(
    ["n/a", "na", "#n/a", "-", "--", "—", "——", "–", "/", "\\", "…", "……", "...", ".", "*", "**", "x", "null", "none", "nil", "无", "缺", "空", "暂无", "暂缺", "未知", "不详", "不适用", "未统计", "不公布", "missing"]
)  # fmt: skip
_LONGEST = 40
_AS_PROGRAMS_WRITE = re.compile(r"[0-9]{1,15}|[0-9]{1,7}\.[0-9]{1,8}")  # never more digits than can be kept exactly
_WHOLE_DIGITS = Context(prec=MAX_DIGITS)
_TOO_LARGE, _LAST_PLACE, _WIDE = Decimal(10) ** MAX_DIGITS, Decimal(1).scaleb(-MAX_PLACES), Context(prec=60)


@dataclass(frozen=True, slots=True)
class Typed:
    """What became of a typed number: ``number``, with a ``note`` when it was read otherwise than written; or a fault."""

    number: Decimal | None = None
    note: Text | None = None
    code: str = ""
    fault: Text | None = None


def read_number(text: str) -> Typed:
    """An exact decimal of at most 15 significant digits and 8 places.

    Full-width digits and well-placed thousand separators are read, with a note; percent signs, words for
    a missing figure, formulas, NaN, infinities and numbers too long to keep exactly are faults.
    """
    if (number := as_programs_write(text)) is not None:
        return Typed(number=number)
    typed = text.strip()
    half = typed.translate(_HALF_WIDTH)
    shown = typed if len(typed) <= _LONGEST else typed[: _LONGEST - 1] + "…"
    if half.startswith("="):
        return _wrong("formula", f"“{shown}”是公式，请粘贴为数值。", f"'{shown}' is a formula; paste it as a value.")
    if half.lower() in _MISSING:
        return _wrong(
            "missing-word",
            f"“{shown}”不是数字。没有数据时请留空，并在 OBS_STATUS 填 M（不适用）、L（未统计）或 Q（不公布）。",
            f"'{shown}' is not a number. Leave the cell empty and give OBS_STATUS M (not applicable), L (not collected) or Q (withheld).",
        )
    if _NOT_FINITE.fullmatch(half):
        return _wrong("number-not-finite", f"“{shown}”不是有限的数。", f"'{shown}' is not a finite number.")
    if half.endswith(("%", "‰")):
        return _wrong(
            "percent-sign", f"“{shown}”请去掉百分号，只填数字；单位写在 UNIT_MEASURE。",
            f"Write '{shown}' without its sign; the unit stands in UNIT_MEASURE.",
        )  # fmt: skip
    grouped = _GROUPED.fullmatch(half) is not None
    if "," in half and not grouped:
        return _wrong(
            "number-comma", f"“{shown}”中的逗号不是千分位，含义不明，请用小数点。",
            f"The comma in '{shown}' does not part thousands; its meaning is unclear. Use a decimal point.",
        )  # fmt: skip
    digits = half.replace(",", "")
    if len(digits) > _LONGEST or not _PLAIN.fullmatch(digits):
        return _wrong(
            "number-malformed", f"“{shown}”不是数字，请填阿拉伯数字。", f"'{shown}' is not a number; write digits."
        )
    number = Decimal(digits)
    if not exact(number):
        return _wrong(
            "number-digits", f"“{shown}”超过 {MAX_DIGITS} 位有效数字或 {MAX_PLACES} 位小数，无法准确保存，请核对。",
            f"'{shown}' has more than {MAX_DIGITS} significant digits or {MAX_PLACES} decimals and cannot be kept exactly; check it.",
        )  # fmt: skip
    if number == 0 and number.is_signed():
        number = -number  # no figure is minus zero
    note = None
    if half != typed or grouped:
        shown_as = format(number, "f")
        note = Text(zh=f"“{shown}”读作 {shown_as}。", en=f"'{shown}' is read as {shown_as}.")
    return Typed(number=number, note=note)


def as_programs_write(text: str) -> Decimal | None:
    """The number of a few plain digits, as nearly every cell of a file holds it; ``None`` wherever there is more to ask."""
    return Decimal(text) if _AS_PROGRAMS_WRITE.fullmatch(text) else None


def exact(number: Decimal) -> bool:
    """Whether every store and spreadsheet keeps the number exactly: 15 significant digits, 8 places."""
    if not number.is_finite() or abs(number) >= _TOO_LARGE:
        return False
    return _WHOLE_DIGITS.plus(number) == number == number.quantize(_LAST_PLACE, context=_WIDE)


_OF_PLACES = [Decimal(1).scaleb(-places) for places in range(MAX_PLACES + 1)]


def places(number: Decimal) -> int:
    """How many decimals a number is written with."""
    for count, alike in enumerate(_OF_PLACES):
        if number.same_quantum(alike):  # in a tenth of the time that taking it apart takes
            return count
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)
    return max(-exponent, 0)


def _wrong(code: str, zh: str, en: str) -> Typed:
    return Typed(code=code, fault=Text(zh=zh, en=en))
