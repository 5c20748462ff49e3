"""Chinese numerals 一 … 九千九百九十九万, read exactly."""

from __future__ import annotations

from decimal import Decimal

DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
CHARACTERS = "".join(DIGITS) + "".join(_UNITS) + "万"


def chinese_number(text: str) -> Decimal:
    """The value of a numeral such as 九十五 or 两千三百; raises ValueError when it is none.

    >>> chinese_number("九十五"), chinese_number("十"), chinese_number("一万二千"), chinese_number("三点五")
    (Decimal('95'), Decimal('10'), Decimal('12000'), Decimal('3.5'))
    """
    whole, _, part = text.partition("点")
    number = Decimal(_whole(whole))
    if part:
        number += Decimal("0." + "".join(str(_digit(c)) for c in part))
    return number


def _digit(character: str) -> int:
    if character not in DIGITS:
        raise ValueError(f"not a Chinese digit: {character!r}")
    return DIGITS[character]


def _whole(text: str) -> int:
    if not text:
        raise ValueError("an empty numeral")
    high, ten_thousand, low = text.partition("万")
    if ten_thousand:
        return _whole(high) * 10_000 + (_whole(low) if low else 0)
    if len(text) > 1 and all(c in DIGITS for c in text):  # 二〇三〇, written digit by digit
        return int("".join(str(DIGITS[c]) for c in text))
    total, digit = 0, 0
    for i, character in enumerate(text):
        if character in _UNITS:
            total += (digit or (1 if i == 0 else 0)) * _UNITS[character]
            digit = 0
        else:
            digit = _digit(character)
    return total + digit
