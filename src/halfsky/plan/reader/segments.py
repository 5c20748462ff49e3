"""Sentences cut into segments at commas, each knowing what it takes over from the ones before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from halfsky.plan.reader.figures import figures_in
from halfsky.plan.reader.lexicon import ASPIRATION
from halfsky.plan.reader.model import Form

# A year by which (到2025年, 2030年底前) and a year from which (在2019年基础上, 比2020年).
_BASED_ON = re.compile(
    r"(?:在|比|较|以)(?P<years>[^，。；在比较]*?(?:19|20)\d\d年[^，。；]{0,12}?)(?:的)?(?:基础上|水平上|为基数|(?=提高|下降|降低|增加|增长|减少|上升|翻))"
)
_TIME_ONLY = re.compile(
    r"^(?:力争|争取|努力|确保)?(?:到|至)?(?:(?:19|20)\d\d年(?:底|末)?(?:前|之前)?(?:[和、及]|$))+$|^(?:力争|争取)?到(?:规划期|十四五)末$"
)
_TIME = re.compile(
    r"(?:力争|争取)?(?:到|至|在)?(?:19|20)\d\d年(?:(?:和|、|及)(?:19|20)\d\d年)*(?:底|末)?(?:前|之前|时)?"
)


@dataclass(frozen=True)
class Segment:
    """Words between commas. ``years`` and ``base_years`` as named here or carried from a time phrase before."""

    words: str
    goal: bool
    title: bool
    years: tuple[int, ...]
    base_years: tuple[int, ...]
    aspiration: bool

    @property
    def timeless(self) -> str:
        """The words without their years, as a subject is written."""
        return _TIME.sub("", _BASED_ON.sub("", self.words))


def segments(text: str, *, goal: bool) -> Iterator[list[Segment]]:
    """The segments of each sentence. The first sentence of a measure is its title."""
    sentences = [s for s in re.split(r"[。；！]", text) if s]
    for i, sentence in enumerate(sentences):
        yield list(_of_sentence(sentence, goal=goal, title=not goal and i == 0))


def _of_sentence(sentence: str, *, goal: bool, title: bool) -> Iterator[Segment]:
    carried_years: tuple[int, ...] = ()
    carried_hope = False
    for words in _commas(sentence):
        bases = tuple(_years(match["years"]) for match in _BASED_ON.finditer(words))
        base_years = tuple(year for group in bases for year in group)
        own = tuple(year for year in _years(_BASED_ON.sub("", words)))
        hope = bool(ASPIRATION.search(words))
        if _TIME_ONLY.match(words):
            carried_years, carried_hope = own, hope
            continue
        yield Segment(words, goal, title, own or carried_years, base_years, hope or carried_hope)
        if own:
            carried_years = ()


def _commas(sentence: str) -> list[str]:
    """Split at commas outside brackets and quotation marks."""
    parts, depth, start = [], 0, 0
    for i, character in enumerate(sentence):
        depth += (character in "（“《") - (character in "）”》")
        if character == "，" and depth <= 0:
            parts.append(sentence[start:i])
            start, depth = i + 1, 0
    return [part for part in (*parts, sentence[start:]) if part]


def _years(words: str) -> tuple[int, ...]:
    return tuple(int(m.value) for m in figures_in(words) if m.form is Form.YEAR)
