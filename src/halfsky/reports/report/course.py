"""What happened to figures, in words: since last year, and on the way to what is promised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from halfsky.assess import Flag, Standing, Verdict, named, promise
from halfsky.observations import SeriesKey, Status
from halfsky.plan import Kind, Unit
from halfsky.reports.report.phrases import NOTHING, chance, newest, short_of
from halfsky.reports.words import difference, listed, number, with_unit

if TYPE_CHECKING:
    from halfsky.reports.report.compose import Matter

_UP = frozenset({Kind.AT_LEAST, Kind.RISE, Kind.TIMES_BASE, Kind.NOT_BELOW, Kind.EXISTS})
_DOWN = frozenset({Kind.AT_MOST, Kind.FALL})
_GRAVITY = (Standing.MISSED, Standing.AT_RISK, Standing.UNCERTAIN, Standing.ON_TRACK, Standing.MET)


def gravity(verdict: Verdict) -> tuple[int, float, str]:
    """The worst first, then what is least likely to be met."""
    order = _GRAVITY.index(verdict.status) if verdict.status in _GRAVITY else len(_GRAVITY)
    return order, verdict.probability if verdict.probability is not None else 0.5, verdict.target


def together(verdicts: Iterable[Verdict]) -> list[tuple[Verdict, tuple[str, ...]]]:
    """Verdicts that say the same, for a goal and for the measure that repeats it, once, with the clauses of all."""
    clauses: dict[tuple[str, str], list[str]] = {}
    first: dict[tuple[str, str], Verdict] = {}
    for verdict in verdicts:
        key = (verdict.region, verdict.sentence.zh)
        first.setdefault(key, verdict)
        if verdict.clause not in clauses.setdefault(key, []):
            clauses[key].append(verdict.clause)
    return [(verdict, tuple(clauses[key])) for key, verdict in first.items()]


def since_last_year(matter: Matter, verdicts: Iterable[Verdict]) -> str:
    """How many targets came nearer to what is promised since the year before; empty where none can be compared."""
    moves = Counter(move for v in verdicts if (move := _move(matter, v)) is not None)
    if not moves:
        return ""
    words = _ZH if matter.zh else _EN
    each = listed(
        [f"{words[k]}{moves[k]}项" if matter.zh else f"{moves[k]} {words[k]}" for k in _ORDER if moves[k]],
        matter.language,
    )
    if matter.zh:
        return (
            f"与上年可比的{moves.total()}项中，{each}。"
            if len(moves) > 1
            else f"与上年可比的{moves.total()}项{'均' if moves.total() > 1 else ''}{each[:2]}。"
        )
    if moves.total() == 1:
        return f"The only one that can be compared with the year before {each[2:]}."
    return f"Of the {moves.total()} that can be compared with the year before, {each}."


_ORDER = (1, -1, 0)
_ZH = {1: "向好", -1: "变差", 0: "持平"}
_EN = {1: "came nearer", -1: "fell back", 0: "did not move"}


def _move(matter: Matter, verdict: Verdict) -> int | None:
    """1 towards what is promised, −1 away from it, 0 neither in the decimals shown; ``None`` where they are not comparable."""
    target, indicator = matter.plan.target[verdict.target], matter.plan.indicator[verdict.indicator]
    series = matter.figures.series(SeriesKey.of(indicator.id, verdict.region, target.cut))
    now, before = series.get(matter.as_of), series.get(matter.as_of - 1)
    if now is None or before is None or now.value is None or before.value is None:
        return None
    if indicator.unit is Unit.YES_NO or now.status is Status.BREAK:
        return None
    if number(now.value, indicator) == number(before.value, indicator):
        return 0
    if verdict.kind in _UP or verdict.kind in _DOWN:
        return 1 if (now.value > before.value) == (verdict.kind in _UP) else -1
    if verdict.kind is Kind.NEAR and verdict.bound is not None:
        return 1 if abs(now.value - verdict.bound) < abs(before.value - verdict.bound) else -1
    return None


def concern(matter: Matter, verdict: Verdict) -> str:
    """A sentence or two on a target in trouble: the figure, what it is held against, and which way it goes."""
    return _concern_zh(matter, verdict) if matter.zh else _concern_en(matter, verdict)


def _concern_zh(matter: Matter, verdict: Verdict) -> str:
    plan, indicator = matter.plan, matter.plan.indicator[verdict.indicator]
    target = plan.target[verdict.target]
    asked = promise(plan, target, verdict.milestone).zh
    gap = short_of(plan, verdict, "zh")
    opening = f"{named(indicator, target.cut).zh}为{newest(plan, verdict, 'zh')}"
    bound = "" if verdict.bound is None else with_unit(verdict.bound, indicator, "zh")
    if verdict.kind is Kind.RISE and bound:
        stands = f"低于{verdict.base_year}年的{bound}"
    elif verdict.kind is Kind.FALL and bound:
        stands = f"高于{verdict.base_year}年的{bound}"
    elif target.reference is not None and bound:
        reference = f"同年{plan.indicator[target.reference].name.zh}（{bound}）"
        stands = f"低于{reference}" if verdict.kind is Kind.NOT_BELOW else f"与{reference}不相适应"
    elif verdict.status is Standing.MISSED:
        stands = f"没有实现{verdict.milestone}年{asked}的目标" + ("" if gap == NOTHING else f"，差{gap}")
    elif gap == NOTHING:  # growth is held against growth, and there or not there has no distance
        stands = f"尚未实现{verdict.milestone}年{asked}的目标"
    else:
        stands = f"距{verdict.milestone}年{asked}的目标差{gap}"
    course = _course_zh(matter, verdict)
    sure = "" if verdict.probability is None else f"，达标概率{chance(verdict.probability).replace('<', '不到')}"
    return f"{opening}，{stands}{course}{sure}。"


def _course_zh(matter: Matter, verdict: Verdict) -> str:
    found = _paces(matter, verdict)
    if found is None:
        return ""
    change, required = found
    indicator = matter.plan.indicator[verdict.indicator]
    pace, need = (difference(abs(v), indicator, "zh") for v in found)
    way = "上升" if change > 0 else "下降"
    if number(abs(change), indicator) == number(0, indicator):
        return "，近年基本没有变化"
    if (change > 0) != (required > 0):
        return f"，近年不升反降，年均下降{pace}" if change < 0 else f"，近年不降反升，年均上升{pace}"
    if pace == need:
        return f"，近年年均{way}{pace}，与达标所需大致相当"
    if abs(change) < abs(required):
        return f"，近年年均{way}{pace}，达标需年均{way}{need}"
    return "，近年波动较大" if Flag.VOLATILE in verdict.flags else f"，近年年均{way}{pace}，尚不稳固"


def _concern_en(matter: Matter, verdict: Verdict) -> str:
    plan, indicator = matter.plan, matter.plan.indicator[verdict.indicator]
    target = plan.target[verdict.target]
    asked = promise(plan, target, verdict.milestone).en
    gap = short_of(plan, verdict, "en")
    opening = f"{named(indicator, target.cut).en}: {newest(plan, verdict, 'en')}"
    bound = "" if verdict.bound is None else with_unit(verdict.bound, indicator, "en")
    if verdict.kind in {Kind.RISE, Kind.FALL} and bound:
        stands = f"{'below' if verdict.kind is Kind.RISE else 'above'} the {bound} of {verdict.base_year}"
    elif target.reference is not None and bound:
        reference = plan.indicator[target.reference].name.en
        stands = (
            f"{'below' if verdict.kind is Kind.NOT_BELOW else 'out of line with'} the reference ({reference}, {bound})"
        )
    elif verdict.status is Standing.MISSED:
        missed = f"the target for {verdict.milestone} ({asked}) was missed"
        stands = missed if gap == NOTHING else f"{missed} by {gap}"
    elif gap == NOTHING:
        stands = f"the target for {verdict.milestone} ({asked}) is not met"
    else:
        stands = f"{gap} short of the target for {verdict.milestone} ({asked})"
    sure = "" if verdict.probability is None else f"; chance of meeting it {chance(verdict.probability)}"
    return f"{opening}, {stands}{sure}.{_course_en(matter, verdict)}"


def _course_en(matter: Matter, verdict: Verdict) -> str:
    found = _paces(matter, verdict)
    if found is None:
        return ""
    change, required = found
    indicator = matter.plan.indicator[verdict.indicator]
    pace, need = (difference(abs(v), indicator, "en") for v in found)
    way = "rising" if change > 0 else "falling"
    if number(abs(change), indicator) == number(0, indicator):
        return " It hardly moves."
    if (change > 0) != (required > 0):
        return f" It is {way} instead, by {pace} a year."
    if pace == need:
        return f" It is {way} by {pace} a year, about what is needed."
    if abs(change) < abs(required):
        return f" It is {way} by {pace} a year where {need} is needed."
    return (
        " It moves unevenly." if Flag.VOLATILE in verdict.flags else f" It is {way} by {pace} a year, not yet safely."
    )


def _paces(matter: Matter, verdict: Verdict) -> tuple[float, float] | None:
    """The yearly change seen and the one needed, where both say something."""
    indicator = matter.plan.indicator[verdict.indicator]
    if verdict.change is None or verdict.required is None or not verdict.required:
        return None
    if verdict.status is Standing.MISSED or matter.plan.target[verdict.target].is_there_or_not(indicator):
        return None
    return verdict.change, verdict.required
