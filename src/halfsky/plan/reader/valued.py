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
_UP = re.compile(rf"(?<!不){lex.CHANGE_UP}了?(?:约|近)?$")
_DOWN = re.compile(rf"{lex.CHANGE_DOWN}了?(?:约|近)?$")
_AFTER = re.compile(r"^(?:的)?(?:活产|人口)?")


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
        before, after = words[: mention.start], _AFTER.sub("", words[mention.end :])
        if mention.form in {Form.YEAR, Form.RANGE} or (
            mention.form is Form.NUMBER and not _is_quantity(mention, words)
        ):
            continue
        change = _change(mention, before, after)
        yield change or _level(segment, mention, before, after)


def _is_quantity(mention: Mention, words: str) -> bool:
    """A bare number promises something only as so many things, or as a level (达到80岁)."""
    before = words[: mention.start]
    if before.endswith(("每", "前", "第")) or (
        not mention.unit and not _LEAST.search(before) and not _MOST.search(before)
    ):
        return False
    if mention.unit[:1] in _THINGS:
        return bool(_OBLIGED.search(words))
    return bool(
        _MOST.search(before)
        or _HOLD.search(before)
        or re.search(r"(?:达到|达|提高到|不低于|超过|至少|延长到)$", before)
    )


def _change(mention: Mention, before: str, after: str) -> Bound | None:
    """Relative change: a factor over the base year, or percentage points."""
    up, down = _UP.search(before), _DOWN.search(before)
    doubling = mention.form is Form.TIMES
    if not (up or down or (doubling and mention.text.startswith("翻"))):
        return None
    start = (up or down).start() if (up or down) else mention.start  # type: ignore[union-attr]
    sign = -1 if down else 1
    if mention.form is Form.POINTS:
        kind = Kind.FALL if down else Kind.RISE
        return Bound(kind, mention, None, Unit.PERCENTAGE_POINTS, start, mention.end, points=sign * mention.value)
    if mention.form in {Form.PERCENT, Form.FRACTION}:
        factor = 1 + sign * mention.value / 100
    elif doubling and mention.text.startswith("翻"):
        factor = mention.value
    elif doubling:
        factor = 1 + sign * mention.value
    else:
        return None
    return Bound(Kind.TIMES_BASE, mention, factor, Unit.RATIO, start, mention.end)


def _level(segment: Segment, mention: Mention, before: str, after: str) -> Bound:
    most, least, hold = _MOST.search(before), _LEAST.search(before), _HOLD.search(before)
    starts = [m.start() for m in (most, least, hold) if m]
    suffix = re.match(rf"{lex.NEAR_AFTER}|{lex.MOST_AFTER}|{lex.LEAST_AFTER}", after)
    tail = suffix[0] if suffix else ""
    if re.fullmatch(lex.NEAR_AFTER, tail):
        kind = Kind.NEAR
    elif re.fullmatch(lex.MOST_AFTER, tail):
        kind = Kind.AT_MOST
    elif re.fullmatch(lex.LEAST_AFTER, tail):
        kind = Kind.AT_LEAST
    elif most:
        kind = Kind.AT_MOST
    elif hold and not least:
        kind = Kind.NEAR
    elif not least and lex.BAD.search(before):
        kind = Kind.AT_MOST
    else:
        counted = mention.form is Form.NUMBER and mention.unit[:1] in _THINGS
        kind = Kind.EXISTS if counted and "至少" not in before and "不少于" not in before else Kind.AT_LEAST
    end = mention.end + (segment.words[mention.end :].find(tail) + len(tail) if tail else 0)
    return Bound(kind, mention, mention.value, _unit(mention), min(starts, default=mention.start), end)


def _unit(mention: Mention) -> Unit:
    if mention.form is Form.RATE:
        return {"/1万": Unit.PER_10K, "/万": Unit.PER_10K, "万分之": Unit.PER_10K, "/1000": Unit.PER_1000, "/千": Unit.PER_1000,
                "千分之": Unit.PER_1000}.get(mention.unit, Unit.PER_100K)  # fmt: skip
    return _UNITS.get(mention.form) or _NUMBER_UNITS.get(mention.unit, Unit.COUNT)
