"""Roll-up 汇总: a whole from its parts, by numerators and denominators or by amounts, never by averaging.

A whole is refused as soon as one part is missing: a city without one of its districts is not the city. It is
refused, too, where each level has bodies of its own (``additive: false``).
A part that says 不适用 (not applicable) has nothing to add; it is left out, and said to be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from halfsky.observations.columns import COUNTED, RESIDENCE_NAMES, SEX_NAMES
from halfsky.observations.model import Figures, Nature, Observation, SeriesKey, Status, least_reliable, most_secret
from halfsky.observations.quotient import quotient
from halfsky.plan import Indicator, Plan, Region, Residence, Sex, Slice, Text


class Over(StrEnum):
    """What the parts are."""

    PLACES = "places"  # county-level places; functional zones lie inside them and are not added
    SEX = "sex"
    RESIDENCE = "residence"


@dataclass(frozen=True, slots=True)
class RollUp:
    """What summing the parts gave. ``figure`` is ``None`` exactly when ``refusal`` says why."""

    figure: Observation | None
    refusal: Text | None = None
    left_out: tuple[SeriesKey, ...] = ()


def places_of(plan: Plan, region: str) -> tuple[Region, ...]:
    """The county-level places that make up a region, in the pack's order; never its functional zones."""

    return plan.counties.get(region, ())


def roll_up(
    plan: Plan,
    figures: Figures,
    indicator_id: str,
    year: int,
    *,
    region: str | None = None,
    cut: Slice | None = None,
    over: Over = Over.PLACES,
) -> RollUp:
    """The figure of a region and slice, summed from its parts over places, sex or residence."""
    indicator = plan.indicator[indicator_id]
    whole = SeriesKey.of(indicator_id, region or plan.region, cut or Slice())
    if (refusal := unsummable(indicator, over)) is not None:
        return RollUp(None, refusal)
    keys = parts_of(plan, whole, over)
    if not keys:
        return RollUp(None, Text(zh="没有可汇总的组成部分。", en="There are no parts to sum."))
    return sum_parts(plan, figures, whole, keys, year, over=over)


def sum_parts(
    plan: Plan, figures: Figures, whole: SeriesKey, keys: Sequence[SeriesKey], year: int, *, over: Over
) -> RollUp:
    """The figure of a whole from the parts named; refused where one of them is missing, or sums mean nothing."""
    indicator = plan.indicator[whole.indicator]
    if (refusal := unsummable(indicator, over)) is not None:
        return RollUp(None, refusal)
    left_out: list[SeriesKey] = []
    parts: list[Observation] = []
    missing: list[SeriesKey] = []
    for key in keys:
        part = figures.get(key, year)
        if part is not None and part.status is Status.NOT_APPLICABLE:
            left_out.append(key)
        elif part is None or not summable(indicator, part):
            missing.append(key)
        else:
            parts.append(part)
    if missing:
        zh, en = _names(plan, missing, over)
        what = ("分子、分母", "numerator and denominator") if indicator.scale is not None else ("数值", "value")
        message = Text(
            zh=f"{year} 年缺少{what[0]}，不能汇总：{zh}。", en=f"Cannot be summed for {year}; no {what[1]} of: {en}."
        )
        return RollUp(None, message, tuple(left_out))
    if not parts:
        message = Text(zh=f"{year} 年各部分均不适用。", en=f"Not applicable to any part in {year}.")
        return RollUp(None, message, tuple(left_out))
    return _summed(plan, indicator, whole, parts, tuple(left_out), over)


def parts_of(plan: Plan, whole: SeriesKey, over: Over) -> tuple[SeriesKey, ...]:
    """The series that make up a whole; none where it is itself one of two."""
    key = (whole.indicator, whole.region, whole.sex, whole.age, whole.residence)
    if over is Over.PLACES:
        return tuple(SeriesKey(key[0], p.code, *key[2:]) for p in places_of(plan, whole.region))
    if over is Over.SEX:
        pair = (Sex.FEMALE, Sex.MALE) if whole.sex is Sex.ALL else ()
        return tuple(SeriesKey(*key[:2], sex, *key[3:]) for sex in pair)
    both = (Residence.URBAN, Residence.RURAL) if whole.residence is Residence.ALL else ()
    return tuple(SeriesKey(*key[:4], residence) for residence in both)


def unsummable(indicator: Indicator, over: Over) -> Text | None:
    """Why sums over such parts mean nothing for an indicator; ``None`` where they do."""
    if indicator.derive is not None:
        return _DERIVED
    if over is Over.PLACES and not indicator.additive:
        return _OF_EACH_LEVEL
    if indicator.scale is None and indicator.unit not in COUNTED:
        return _NO_AMOUNT
    return None


_DERIVED = Text(
    zh="推算指标不汇总，请汇总其原指标后再推算。",
    en="A derived indicator is not summed; sum those it comes from.",
)
_OF_EACH_LEVEL = Text(
    zh="该指标反映各级自身的机构，下级之和不是本级，不能汇总，须由本级直接填报。",
    en="The indicator is of bodies that each level has of its own: those below do not sum to it, so it must be reported.",
)
_NO_AMOUNT = Text(
    zh="该指标没有分子分母，也不是数量，只能直接填报：平均各部分会得出错误的结果。",
    en="The indicator has no numerator and denominator and is no amount: averaging its parts would be wrong, so it must be reported.",
)


def summable(indicator: Indicator, part: Observation) -> bool:
    """Whether a figure has the numbers that are summed."""
    if indicator.scale is not None:
        return part.numerator is not None and part.denominator is not None
    return part.value is not None


def _summed(
    plan: Plan, indicator: Indicator, whole: SeriesKey, parts: Sequence[Observation], left_out: tuple[SeriesKey, ...], over: Over
) -> RollUp:  # fmt: skip
    numerator = denominator = None
    if indicator.scale is not None:
        numerator = sum((p.numerator for p in parts if p.numerator is not None), Decimal(0))
        denominator = sum((p.denominator for p in parts if p.denominator is not None), Decimal(0))
        value = quotient(indicator, numerator, denominator)
        if value is None:
            return RollUp(
                None, Text(zh="各部分分母之和为零。", en="The denominators of the parts sum to zero."), left_out
            )
    else:
        value = sum((p.value for p in parts if p.value is not None), Decimal(0))
    sources = list(dict.fromkeys(p.source for p in parts if p.source))
    comment = f"由 {len(parts)} 个部分汇总 summed from {len(parts)} parts"
    if left_out:
        zh, en = _names(plan, left_out, over)
        comment += f"；不适用而未计 left out as not applicable: {zh}" + ("" if zh == en else f" ({en})")
    figure = Observation(
        series=whole,
        year=parts[0].year,
        value=value,
        numerator=numerator,
        denominator=denominator,
        status=least_reliable(p.status for p in parts),
        confidentiality=most_secret(p.confidentiality for p in parts),
        nature=Nature.DEMO if any(p.nature is Nature.DEMO for p in parts) else Nature.DERIVED,
        source=sources[0] if len(sources) == 1 else f"汇总 summed from {len(sources)} sources" if sources else "",
        comment=comment,
    )
    return RollUp(figure, None, left_out)


def _names(plan: Plan, keys: Sequence[SeriesKey], over: Over) -> tuple[str, str]:
    """The parts by name, in both languages."""
    texts = [
        _place_name(plan, k.region)
        if over is Over.PLACES
        else SEX_NAMES[k.sex] if over is Over.SEX else RESIDENCE_NAMES[k.residence]
        for k in keys
    ]  # fmt: skip
    return "、".join(t.zh for t in texts), ", ".join(t.en for t in texts)


def _place_name(plan: Plan, code: str) -> Text:
    """A place of an earlier structure may be unknown to the pack of today; its code names it then."""
    place = plan.place.get(code)
    return place.name if place is not None else Text(zh=code, en=code)
