"""A target in a few words and signs: what must hold, by when."""

from __future__ import annotations

from decimal import Decimal

from halfsky.plan import Indicator, Kind, Milestone, Plan, Target, Text, Unit
from halfsky.reports.words import Language, listed, with_unit


def bound(plan: Plan, target: Target, milestone: Milestone) -> Text:
    """What must hold at a milestone, such as ``≤ 9/10万`` or ``above 2020``."""
    return Text(zh=_bound(plan, target, milestone, "zh"), en=_bound(plan, target, milestone, "en"))


def promise(plan: Plan, target: Target) -> Text:
    """The bounds of all milestones with their years."""
    bounds = [(m.year, bound(plan, target, m)) for m in target.milestones]
    return Text(
        zh=listed([f"{year}年{_gap(text.zh)}{text.zh}" for year, text in bounds], "zh"),
        en=listed([f"by {year} {text.en}" for year, text in bounds], "en"),
    )


def _gap(text: str) -> str:
    """A space before a sign or a number, none before a Chinese character."""
    return " " if text[0] in "≥≤" or text[0].isdigit() else ""


def _bound(plan: Plan, target: Target, milestone: Milestone, language: Language) -> str:
    indicator, zh = plan.indicator[target.indicator], language == "zh"
    value, base = _value(milestone.value, indicator, language), milestone.base_year
    margin = "" if target.tolerance is None else f"（±{_short(target.tolerance.value)}）" if zh else f" (±{_short(target.tolerance.value)})"
    match target.kind:
        case Kind.EXISTS if indicator.unit is Unit.YES_NO:
            return "有" if zh else "in place"
        case Kind.AT_LEAST | Kind.EXISTS:
            return f"≥ {value}"
        case Kind.AT_MOST:
            return f"≤ {value}"
        case Kind.NEAR:
            return f"{value}左右{margin}" if zh else f"near {value}{margin}"
        case Kind.RISE:
            return f"高于{base}年" if zh else f"above {base}"
        case Kind.FALL:
            return f"低于{base}年" if zh else f"below {base}"
        case Kind.TIMES_BASE:
            factor = "" if milestone.value is None else _short(milestone.value)
            return f"不低于{base}年的{factor}倍" if zh else f"at least {factor} × {base}"
        case Kind.SLOW:
            window = target.window
            return f"近{window}年增速低于此前{window}年" if zh else f"growth of {window} years below that of the {window} before"
        case Kind.NOT_BELOW:
            return f"不低于{_reference(plan, target).zh}" if zh else f"not below: {_reference(plan, target).en}"
        case Kind.MATCH:
            reference = _reference(plan, target)
            return f"与{reference.zh}相适应{margin}" if zh else f"in keeping with: {reference.en}{margin}"


def _short(value: Decimal) -> str:
    """Plain digits without idle zeros, as the plan wrote them."""
    return format(value.normalize(), "f")


def _value(value: Decimal | None, indicator: Indicator, language: Language) -> str:
    """A bound with its unit and no more decimals than the plan gave."""
    if value is None:
        return ""
    places = max(0, -int(value.normalize().as_tuple().exponent))
    return with_unit(value, indicator.model_copy(update={"decimals": places}), language)


def _reference(plan: Plan, target: Target) -> Text:
    assert target.reference is not None  # a pack without it does not load
    return plan.indicator[target.reference].name
