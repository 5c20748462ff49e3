"""The Chinese catalogue is complete: nothing missing, nothing vague, nothing left over."""

from __future__ import annotations

import re
from pathlib import Path

import polib

from tests.web.messages import messages

ROOM = Path(__file__).parents[2] / "src" / "halfsky" / "web"
CATALOGUE = ROOM / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)s")


def entries() -> dict[tuple[str, str, str], polib.POEntry]:
    return {(e.msgctxt or "", e.msgid, e.msgid_plural or ""): e for e in polib.pofile(str(CATALOGUE)) if not e.obsolete}


def test_every_message_has_an_entry() -> None:
    known = entries()
    assert not {message: where for message, where in messages(ROOM) if message not in known}


def test_no_entry_is_left_over() -> None:
    used = {message for message, _ in messages(ROOM)}
    assert not set(entries()) - used


def test_no_translation_is_empty_or_fuzzy() -> None:
    for entry in entries().values():
        translated = list(entry.msgstr_plural.values()) or [entry.msgstr]
        assert not entry.fuzzy, entry.msgid
        assert all(text.strip() for text in translated), entry.msgid


def test_placeholders_are_those_of_the_message() -> None:
    for entry in entries().values():
        for text in list(entry.msgstr_plural.values()) or [entry.msgstr]:
            assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid)), (
                entry.msgid
            )


def test_the_extractor_sees_templates_and_modules() -> None:
    places = {where.split(":")[0] for _, where in messages(ROOM)}
    assert {"templates/web/overview.html", "words.py", "templates/404.html"} <= places
