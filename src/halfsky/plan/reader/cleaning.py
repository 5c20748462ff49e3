"""One way of writing for every text: what scanning, page breaks and keyboards vary is made the same.

Digits, letters, ``%`` become half-width; Chinese punctuation full-width; white space goes, except between
two Latin words. The words themselves are never changed.
"""

from __future__ import annotations

import re
import unicodedata

_FULL = str.maketrans(
    {"(": "（", ")": "）", ",": "，", ";": "；", "?": "？", "!": "！", ":": "：", "〜": "~", "⁄": "/"}
)
_DASHES = re.compile(r"[‐‑‒–—―─−]+")
_THOUSANDS = re.compile(r"(?<=\d)，(?=\d{3}(?!\d))")
_RATIO = re.compile(r"(?<=\d)[：∶](?=\d)")
_YEARS_DASH = re.compile(r"(?<=\d{4})-(?=\d{4}年)")
_RANGE_DASH = re.compile(r"(?<=[\d%])-(?=\d)")
_LETTER_O = re.compile(r"(?<=\d)[OoΟ○〇](?=[\d%.万])")
_LETTER_L = re.compile(r"(?<=\d)[lI|](?=[\d%.万])|(?<![A-Za-z0-9])[lI|](?=\d*\d[%.])")
_SPACE = re.compile(r"\s+")
_LATIN_GAP = re.compile(r"(?<=[A-Za-z]) (?=[A-Za-z])")


def decoded(document: bytes) -> str | None:
    """The text of a file: UTF-8, or GB 18030 as older offices write it; ``None`` when it is neither."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return document.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def clean(text: str) -> str:
    """The text in its one way of writing.

    >>> clean("达到 ９５％ 以上,每１，０００人;比例为 3 : 2")
    '达到95%以上，每1000人；比例为3:2'
    """
    text = unicodedata.normalize("NFKC", text)
    text = _LATIN_GAP.sub("\0", _SPACE.sub(" ", text)).replace(" ", "").replace("\0", " ")
    text = _DASHES.sub("—", text).replace("——", "—").translate(_FULL)
    text = _RATIO.sub(":", _THOUSANDS.sub("", text))
    text = _RANGE_DASH.sub("~", _YEARS_DASH.sub("—", text))
    return _LETTER_L.sub("1", _LETTER_O.sub("0", text))
