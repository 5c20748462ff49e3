"""The fonts of Word documents: those that GB/T 9704 names, and what stands in for one that a machine lacks."""

from __future__ import annotations

from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE

SONG, FANG, KAI, HEI, TITLE = "宋体", "仿宋", "楷体", "黑体", "方正小标宋简体"
LATIN = "Times New Roman"
# name, what a word processor takes in its place (in that order), family
_KNOWN = (
    (TITLE, "方正小标宋_GBK,华文中宋,宋体,Noto Serif CJK SC", "roman"),
    (FANG, "仿宋_GB2312,FangSong,华文仿宋,Noto Serif CJK SC", "modern"),
    (KAI, "楷体_GB2312,KaiTi,华文楷体,Noto Serif CJK SC", "modern"),
    (HEI, "SimHei,思源黑体,Noto Sans CJK SC", "modern"),
    (SONG, "SimSun,思源宋体,Noto Serif CJK SC", "roman"),
)
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:fonts xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
_GB2312 = "86"  # the character set by which Word looks for a Chinese font


def declare_fonts(document: Any) -> None:
    """Put the fonts and their stand-ins into the document's table of fonts, in place of those of the empty document."""
    chinese = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{instead}"/><w:charset w:val="{_GB2312}"/>'
        f'<w:family w:val="{family}"/><w:pitch w:val="variable"/></w:font>'
        for name, instead, family in _KNOWN
    )
    latin = (
        f'<w:font w:name="{LATIN}"><w:altName w:val="Liberation Serif"/><w:charset w:val="00"/>'
        '<w:family w:val="roman"/><w:pitch w:val="variable"/></w:font>'
    )
    part = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    part._blob = f"{_HEAD}{chinese}{latin}</w:fonts>".encode()
