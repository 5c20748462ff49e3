"""What is typed into a record, made exact or refused with every fault at once. Knows no database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from halfsky.plan import Fault, Text
from halfsky.plan.ledgers import FieldKind, Ledger, LedgerField, Stage

MOST = Decimal(10) ** 12
LONGEST = {FieldKind.LINE: 200, FieldKind.WORDS: 4000}


def settle(ledger: Ledger, typed: Mapping[str, str]) -> tuple[dict[str, str], list[Fault]]:
    """The content as it is kept, and what is wrong; a blank field is left out, nought is kept.

    Each fault names its field as ``cell``. Numbers may be typed in full width and with thousands separators.
    """
    content: dict[str, str] = {}
    faults: list[Fault] = []
    for field in ledger.fields:
        raw = typed.get(field.id, "").strip()
        if not raw:
            if field.required:
                faults.append(_fault(field, "empty", "必填。", "This is needed."))
            continue
        made = _made(field, raw)
        if isinstance(made, Text):
            faults.append(Fault(code="ledger-value", cell=field.id, message=_about(field, made.zh, made.en)))
        else:
            content[field.id] = made
    return content, faults


def wanting(ledger: Ledger, stage: Stage, content: Mapping[str, str]) -> Iterator[Fault]:
    """The fields that a stage needs and that are not filled in."""
    for name in stage.needs:
        if name not in content:
            yield _fault(
                ledger.field[name], "needed",
                f"转为“{stage.name.zh}”前必须填写。", f"Needed before it can be “{stage.name.en}”.",
            )  # fmt: skip


def amount(content: Mapping[str, str], name: str) -> Decimal | None:
    """A number of a record; ``None`` where it is blank, which is not nought."""
    return Decimal(content[name]) if name in content else None


def _made(field: LedgerField, raw: str) -> str | Text:
    match field.kind:
        case FieldKind.WHOLE | FieldKind.MONEY:
            return _number(field, raw)
        case FieldKind.DATE:
            try:
                return date.fromisoformat(raw).isoformat()
            except ValueError:
                return Text(zh="日期应写作 2026-03-08。", en="Write the date as 2026-03-08.")
        case FieldKind.CHOICE:
            if raw in {choice.id for choice in field.choices}:
                return raw
            return Text(zh="请从所列选项中选择。", en="Choose one of those listed.")
        case FieldKind.LINE | FieldKind.WORDS:
            most = LONGEST[field.kind]
            return raw if len(raw) <= most else Text(zh=f"不超过{most}字。", en=f"No more than {most} characters.")


def _number(field: LedgerField, raw: str) -> str | Text:
    try:
        number = Decimal(raw.replace(",", "").replace("，", ""))
    except InvalidOperation:
        return Text(zh="应为数字。", en="This is to be a number.")
    if not number.is_finite() or not 0 <= number < MOST:
        return Text(zh="应为不小于0的数，且小于一万亿。", en="A number from 0 to less than a million million.")
    places = 2 if field.kind is FieldKind.MONEY else 0
    if number != number.quantize(Decimal(1).scaleb(-places)):
        if places:
            return Text(zh="最多两位小数（万元）。", en="Two decimals at most (10,000 yuan).")
        return Text(zh="应为整数。", en="This is to be a whole number.")
    return f"{number.quantize(Decimal(1).scaleb(-places)):f}"


def _about(field: LedgerField, zh: str, en: str) -> Text:
    return Text(zh=f"{field.name.zh}：{zh}", en=f"{field.name.en}: {en}")


def _fault(field: LedgerField, code: str, zh: str, en: str) -> Fault:
    return Fault(code=f"ledger-{code}", cell=field.id, message=_about(field, zh, en))
