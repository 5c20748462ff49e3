"""Every message of a room's templates and modules, read without system gettext."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract
from django.utils.translation.template import templatize

KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
Message = tuple[str, str, str]  # context, msgid, plural; empty where there is none


def messages(room: Path) -> Iterator[tuple[Message, str]]:
    """Each message with the file and line where it stands."""
    for path in sorted([*room.rglob("*.html"), *room.rglob("*.py")]):
        source = path.read_text(encoding="utf-8")
        if path.suffix == ".html":
            source = templatize(source, origin=path.name)
        found = extract("python", io.BytesIO(source.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"})
        for line, message, _, context in found:
            one, many = message if isinstance(message, tuple) else (message, "")
            if one:
                yield (context or "", one, many), f"{path.relative_to(room).as_posix()}:{line}"
