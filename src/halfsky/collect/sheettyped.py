"""One cell of an Excel form: what was typed into it, or why it cannot be read."""

from __future__ import annotations

import re
from decimal import Decimal

from halfsky.collect.sheetlayout import CONFIDENTIALITIES, LINES, STATUSES, Held, one_line_end
from halfsky.collect.sheetwords import KINDS, WORDS, said
from halfsky.observations import WITHOUT_VALUE
from halfsky.observations.columns import MAX_COMMENT, number_text
from halfsky.observations.numbers import read_number
from halfsky.plan import Text
from halfsky.plan.wording import Language

NO_VALUE = frozenset(status.value for status in WITHOUT_VALUE)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class Problem(Exception):
    """Why a cell of the form is refused: ``item`` is its line."""

    def __init__(self, item: str, code: str, message: Text) -> None:
        super().__init__(code)
        self.item, self.code, self.message = item, code, message


def typed_cell(item: str, kind: str, text: str, notes: dict[str, Text]) -> Decimal | str | None:
    """What was typed into one cell; a word that says there is no figure comes back as its status code."""
    if kind not in {"text", "number"}:
        raise Problem(item, *KINDS[kind])
    if item == "comment":
        if len(text) > MAX_COMMENT:
            raise Problem(item, "text-long", said("text-long", most=MAX_COMMENT))
        if _CONTROL.search(one_line_end(text)):
            raise Problem(item, "text-control", said("text-control"))
        return one_line_end(text)
    text = text.strip()
    if item in {"status", "confidentiality"}:
        return _code(item, text)
    if not text:
        return None
    if (word := _status_word(text)) in NO_VALUE:
        return word
    typed = read_number(text)
    if typed.fault is not None:
        raise Problem(item, typed.code, said(typed.code, text=text[:40]) if typed.code in WORDS else typed.fault)
    if typed.note is not None and kind == "text":
        notes[item] = typed.note
    return typed.number


def _names(item: str) -> dict[str, Text]:
    return STATUSES if item == "status" else CONFIDENTIALITIES


def _code(item: str, text: str) -> str:
    """The code that a word of a list stands for; nothing for a blank."""
    for code, name in _names(item).items():
        if text.lower() in {code.lower(), name.zh, name.en}:
            return code
    if not text:
        return ""
    choices = Text(zh="、".join(n.zh for n in _names(item).values()), en=", ".join(n.en for n in _names(item).values()))
    raise Problem(item, "choice-unknown", said("choice-unknown", text=text[:40], zh=choices.zh, en=choices.en))


def _status_word(text: str) -> str:
    """The status whose full name a number's cell holds; codes are not read there."""
    return next((code for code, name in STATUSES.items() if text.lower() in {name.zh, name.en}), "")


def item_name(item: str, language: Language) -> str:
    return LINES[item].in_language(language)


def shown(content: Held, item: str, language: Language) -> str:
    held_ = content[item]
    if isinstance(held_, Decimal):
        return number_text(held_)
    if held_ and item in {"status", "confidentiality"}:
        return _names(item)[held_].in_language(language)
    return held_ or ""
