"""Every figure of a clause: Arabic digits, and Chinese numerals where they form a quantity.

A bare Chinese numeral is seldom a quantity (一定, 三孩, 五好家庭), so it counts only in 百分之…, …分之…, …成,
…倍, 翻…番 and …个百分点.
"""

from __future__ import annotations

import re
from decimal import Decimal

from halfsky.plan.reader.model import Form, Mention
from halfsky.plan.reader.numerals import CHARACTERS, chinese_number

_C = rf"[{CHARACTERS}]+(?:点[{CHARACTERS}]+)?"
_N = r"\d+(?:\.\d+)?"
_MEASURE_WORDS = "小时|分钟|个月|万元|亿元|平方米|公里|人次|周岁|万人|周年|岁|年|月|日|天|周|名|人|位|个|所|家|次|张|处|间|项|套|户|元|件|条|座|场|期|倍|番|类|例|块"
# In order of precedence: the first form that matches at a place wins.
_FORMS: tuple[tuple[Form, re.Pattern[str]], ...] = (
    (Form.POINTS, re.compile(rf"(?P<a>{_N})个百分点")),
    (Form.POINTS, re.compile(rf"(?P<c>{_C})个百分点")),
    (Form.RANGE, re.compile(rf"(?P<a>{_N})(?:%|岁|周岁|年)?[~～—至](?P<b>{_N})(?P<unit>%|{_MEASURE_WORDS})?")),
    (Form.RATE, re.compile(rf"(?P<a>{_N})(?P<unit>/10万|/十万|/1万|/万|/100000|/1000|/千)")),
    (Form.RATE, re.compile(rf"(?P<unit>十万分之|万分之|千分之)(?P<a>{_N})")),
    (Form.RATE, re.compile(rf"(?P<unit>十万分之|万分之|千分之)(?P<c>{_C})")),
    (Form.RATIO, re.compile(rf"(?P<a>{_N}):(?P<b>{_N})")),
    (Form.FRACTION, re.compile(r"(?P<a>\d+)/(?P<b>\d+)")),
    (Form.PERCENT, re.compile(rf"(?P<a>{_N})%")),
    (Form.PERCENT, re.compile(rf"百分之(?P<a>{_N})")),
    (Form.PERCENT, re.compile(rf"百分之(?P<c>{_C})")),
    (Form.PER_MILLE, re.compile(rf"(?P<a>{_N})‰")),
    (Form.FRACTION, re.compile(rf"(?P<d>{_C})分之(?P<c>{_C})")),
    (Form.FRACTION, re.compile(r"(?P<half>一半)")),
    (Form.PERCENT, re.compile(rf"(?P<tenths>{_C})成(?=[以左，。；的]|$)")),
    (Form.TIMES, re.compile(rf"翻(?P<doublings>{_C}|{_N})番")),
    (Form.TIMES, re.compile(rf"(?P<a>{_N})倍")),
    (Form.TIMES, re.compile(rf"(?P<c>{_C})倍")),
    (Form.YEAR, re.compile(r"(?P<a>(?:19|20)\d\d)(?=年|[，、—~-]|$)(?P<unit>年)?")),
    (Form.NUMBER, re.compile(rf"(?P<a>{_N})(?P<unit>{_MEASURE_WORDS})?")),
)
_START = re.compile(rf"[\d翻{CHARACTERS}]")


def figures_in(clause_text: str) -> list[Mention]:
    """Every figure in cleaned text, in order, none overlapping another.

    >>> [(m.text, m.form.value, str(m.value)) for m in figures_in("到2025年控制在9/10万以下，1/2以上配备1名")]
    [('2025年', 'year', '2025'), ('9/10万', 'rate', '9'), ('1/2', 'fraction', '50'), ('1名', 'number', '1')]
    """
    found: list[Mention] = []
    position = 0
    while start := _START.search(clause_text, position):
        mention = _mention_at(clause_text, start.start())
        position = mention.end if mention else start.end()
        if mention:
            found.append(mention)
    return found


def _mention_at(text: str, position: int) -> Mention | None:
    for form, pattern in _FORMS:
        if match := pattern.match(text, position):
            groups = match.groupdict()
            try:
                value, high = _values(form, groups)
            except (ValueError, ArithmeticError):  # 0:0 is no ratio
                continue
            return Mention(
                text=match[0], start=match.start(), end=match.end(), form=form, value=value, high=high,
                unit=groups.get("unit") or "",
            )  # fmt: skip
    return None


def _values(form: Form, groups: dict[str, str | None]) -> tuple[Decimal, Decimal | None]:
    if doublings := groups.get("doublings"):
        return Decimal(2) ** (Decimal(doublings) if doublings.isdecimal() else chinese_number(doublings)), None
    if groups.get("half"):
        return Decimal(50), None
    if tenths := groups.get("tenths"):
        return chinese_number(tenths) * 10, None
    if divisor := groups.get("d"):
        return _percent(chinese_number(groups["c"] or ""), chinese_number(divisor)), None
    arabic, other = groups.get("a"), groups.get("b")
    value = Decimal(arabic) if arabic else chinese_number(groups["c"] or "")
    if form is Form.RANGE:
        return value, Decimal(other or "0")
    if form is Form.RATIO:
        return value / Decimal(other or "0"), None
    if form is Form.FRACTION:
        return _percent(value, Decimal(other or "0")), None
    return value, None


def _percent(part: Decimal, whole: Decimal) -> Decimal:
    """A fraction as a percentage, to two decimals where it does not end (1/3 → 33.33)."""
    value = part * 100 / whole
    return value.quantize(Decimal("0.01")) if value != value.quantize(Decimal(1)) else value.quantize(Decimal(1))
