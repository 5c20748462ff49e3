"""Promises with a figure: 达到95%以上, 控制在9/10万以下, 保持在45%左右, 在2019年基础上提高10%, 各设置1所."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from halfsky.plan.model import Kind, Unit
from halfsky.plan.reader import lexicon as lex
from halfsky.plan.reader.figures import figures_in
from halfsky.plan.reader.model import Form, Mention
from halfsky.plan.reader.segments import Segment

_UNITS = {
    Form.PERCENT: Unit.PERCENT,
    Form.FRACTION: Unit.PERCENT,
    Form.PER_MILLE: Unit.PER_1000,
    Form.RATIO: Unit.RATIO,
    Form.POINTS: Unit.PERCENTAGE_POINTS,
    Form.TIMES: Unit.RATIO,
}
_THINGS = set("名人位个所家次张处间项套户件座场")
_NUMBER_UNITS = {
    "岁": Unit.YEARS,
    "周岁": Unit.YEARS,
    "年": Unit.YEARS,
    "小时": Unit.HOURS,
    "分钟": Unit.MINUTES,
    "元": Unit.YUAN,
}
_OBLIGED = re.compile(r"至少|不少于|不低于|各|每|均|都|实现|达到|建成|保证|确保")
_MOST = re.compile(rf"(?:{lex.MOST_BEFORE})约?$")
_LEAST = re.compile(rf"(?:{lex.LEAST_BEFORE})[^，、]{{0,4}}$")
_HOLD = re.compile(rf"{lex.HOLD_BEFORE}约?$")
_UP = re.compile(rf"{lex.CHANGE_UP}了?(?:约|近)?$")
_DOWN = re.compile(rf"{lex.CHANGE_DOWN}了?(?:约|近)?$")
_YEARLY = re.compile(rf"(?:年均|年平均|每年|逐年)(?:{lex.CHANGE_UP}|{lex.CHANGE_DOWN})$")
_REACH = re.compile(r"(?:达到|达到或超过|达|提高到|提高至|不低于|不少于|超过|至少|延长到)$")
_AT_LEAST_COUNT = re.compile(r"至少|不少于|不低于|达到|达$|超过")
_SUFFIX = re.compile(
    rf"的?(?:活产|人口)?(?:(?P<near>{lex.NEAR_AFTER})|(?P<most>{lex.MOST_AFTER})|(?P<least>{lex.LEAST_AFTER}))"
)
_PER = re.compile(r"每(?:10万|十万|1?万|千)(?:人口?|活产)?(?:中)?$")  # 下降到每10万10以下
_PER_HEAD = re.compile(r"每(?P<base>10万|十万|1?万|1?千)(?=人|活产|$)")
_PER_UNITS = {
    "10万": Unit.PER_100K, "十万": Unit.PER_100K, "万": Unit.PER_10K, "1万": Unit.PER_10K,
    "千": Unit.PER_1000, "1千": Unit.PER_1000, "1000": Unit.PER_1000,
}  # fmt: skip


@dataclass(frozen=True)
class Bound:
    """One figure read as a bound. ``points``: percentage points over a base, which no kind holds."""

    kind: Kind
    mention: Mention
    value: Decimal | None
    unit: Unit
    operator: int  # where the operator's words begin in the segment
    end: int
    points: Decimal | None = None


def bounds(segment: Segment) -> Iterator[Bound]:
    """Every figure of a segment that bounds something. Years, ages and names with figures are left out."""
    words = segment.words
    for mention in figures_in(words):
        full = words[: mention.start]
        before = _PER.sub("", full)
        if mention.form in {Form.YEAR, Form.RANGE} or before.endswith(("每", "前", "第")):
            continue
        if mention.form is Form.NUMBER and not _is_quantity(mention, before, words):
            continue
        unit = _unit(mention, full)
        yield _change(mention, before, unit) or _level(words, mention, before, unit)


def _is_quantity(mention: Mention, before: str, words: str) -> bool:
    """A bare number promises something only as so many things, or as a level (达到80岁) or change (提高1.5年)."""
    if mention.unit[:1] in _THINGS:
        return bool(_OBLIGED.search(words))
    return bool(_MOST.search(before) or _HOLD.search(before) or _REACH.search(before) or _changed(before))


def _changed(before: str) -> re.Match[str] | None:
    """The verb of a change that leads straight to the figure; 年均增长10% is a level, of a growth rate."""
    return None if _YEARLY.search(before) else _UP.search(before) or _DOWN.search(before)


def _change(mention: Mention, before: str, unit: Unit) -> Bound | None:
    """Relative change as a factor over the base year; percentage points, and years or persons, as points."""
    verb = _changed(before)
    doubling = mention.text.startswith("翻")
    if not verb and not doubling:
        return None
    start = verb.start() if verb else mention.start
    sign = -1 if verb and _DOWN.search(before) else 1
    match mention.form:
        case Form.PERCENT | Form.FRACTION | Form.PER_MILLE:
            scale = 1000 if mention.form is Form.PER_MILLE else 100
            factor = 1 + sign * mention.value / scale
        case Form.TIMES:
            factor = mention.value if doubling else 1 + sign * mention.value
        case Form.POINTS | Form.NUMBER:
            kind = Kind.FALL if sign < 0 else Kind.RISE
            return Bound(kind, mention, None, unit, start, mention.end, points=sign * mention.value)
        case _:
            return None
    return Bound(Kind.TIMES_BASE, mention, factor, Unit.RATIO, start, mention.end)


def _level(words: str, mention: Mention, before: str, unit: Unit) -> Bound:
    most, least, hold = _MOST.search(before), _LEAST.search(before), _HOLD.search(before)
    starts = [] if _YEARLY.search(before) else [m.start() for m in (most, least, hold) if m]
    suffix = _SUFFIX.match(words[mention.end :])
    counted = mention.form is Form.NUMBER and mention.unit[:1] in _THINGS
    if suffix and suffix["near"]:
        kind = Kind.NEAR
    elif suffix and suffix["most"]:
        kind = Kind.AT_MOST
    elif suffix and suffix["least"]:
        kind = Kind.AT_LEAST
    elif most:
        kind = Kind.AT_MOST
    elif hold and not least:
        kind = Kind.NEAR
    elif not least and lex.BAD.search(before):
        kind = Kind.AT_MOST
    else:
        kind = Kind.EXISTS if counted and not _AT_LEAST_COUNT.search(before) else Kind.AT_LEAST
    end = mention.end + (suffix.end() if suffix else 0)
    return Bound(kind, mention, mention.value, unit, min(starts, default=mention.start), end)


def _unit(mention: Mention, before: str) -> Unit:
    if mention.form is Form.RATE:
        return _PER_UNITS.get(mention.unit.removeprefix("/").removesuffix("分之"), Unit.PER_100K)
    if mention.form is Form.NUMBER and (per := _PER_HEAD.search(before)):
        return _PER_UNITS[per["base"]]
    return _UNITS.get(mention.form) or _NUMBER_UNITS.get(mention.unit, Unit.COUNT)
