"""Promises without a figure: 逐步提高, 差距缩小, 不低于…比例, 与…相适应, 全覆盖, 应登尽登."""

from __future__ import annotations

import re
from dataclasses import dataclass

from halfsky.plan.model import Kind
from halfsky.plan.reader import lexicon as lex
from halfsky.plan.reader.bindings import _BODY as BODY
from halfsky.plan.reader.segments import Segment


@dataclass(frozen=True)
class Course:
    """A promise of direction, comparison or completeness; ``complete`` ones are 100 of 100."""

    kind: Kind
    subject: str
    words: str
    complete: bool = False
    reference: str = ""


_NOT_BELOW = re.compile(r"^(?P<subject>.+?)(?:一般|应|均|都)*(?:不低于|不得低于|不少于|高于|不小于)(?P<other>\D*(?:比例|水平|率|比重|占比|平均))$")
_MATCH = re.compile(
    r"^(?P<subject>.+?)(?:应|基本|总体|大体)*与(?P<other>.+?)(?:基本|总体|大体)?(?:相适应|相匹配|相当|相协调|持平|相一致|保持一致)$"
)
_BALANCE = re.compile(r"^(?P<subject>.+?)(?:保持|基本|趋于|实现)(?:基本)?(?:均衡|平衡|相当)$")
_COMPLETE = re.compile(r"^(?P<subject>.*?)(?:基本|力争)?(?:实现|达到)?(?:\S{0,5})?(?P<mark>全覆盖|全部覆盖|应(?P<do>[^尽，]{1,2})尽(?P=do))")
_PRINCIPLE = re.compile(r"坚持|原则|保基本")
_VAGUE = re.compile(r"(?P<subject>.*?)(?P<mark>(?:合理|一定|适当)(?:的)?(?:比例|数量))")
_SUBJECT_VERB = re.compile(
    rf"^(?P<subject>.+?)(?:{lex.ADVERB}|得到|有所|将)*(?:(?P<slow>{lex.SLOW})|(?P<rise>{lex.RISE}|普及|彰显|健全|深化|缓解)|(?P<fall>{lex.FALL}))$"
)
_VERB_OBJECT = re.compile(
    rf"(?:^|{lex.ADVERB}|促进|推动|督促|预防和|并|以|合理控制)(?:(?P<rise>{lex.RISE_STRONG}|加大)|(?P<fall>{lex.FALL}|合理控制|控制))(?P<subject>[^，]+)$"
)
_ESTABLISH = re.compile(rf"(?P<subject>{BODY})[^，]{{0,6}}?(?:普遍)?(?P<verb>建立|设立|开设|设置|配备|建设)(?:完善|健全|并完善)?(?P<thing>[^，]+)$")


def courses(segment: Segment) -> list[Course]:
    """What a segment without a bounding figure promises; nothing when it only exhorts."""
    words = segment.timeless
    for pattern, kind in ((_MATCH, Kind.MATCH), (_NOT_BELOW, Kind.NOT_BELOW), (_BALANCE, Kind.MATCH)):
        if match := pattern.match(words):
            return [Course(kind, match["subject"], match[0], reference=match.groupdict().get("other") or "")]
    if (match := _COMPLETE.match(words)) and not _PRINCIPLE.search(words):
        return [Course(Kind.EXISTS, match["subject"], match[0], complete=True)]
    if match := _VAGUE.match(words):
        return [Course(Kind.RISE, match["subject"], match[0])]
    if (match := _SUBJECT_VERB.match(words)) and (segment.goal or _countable(match["subject"])):
        return [Course(_direction(match, words), match["subject"], match[0])]
    if (match := _VERB_OBJECT.search(words)) and _worth(segment, match):
        kind = Kind.FALL if match["fall"] else Kind.RISE
        return [Course(kind, match["subject"], match[0])]
    if not segment.goal and (match := _ESTABLISH.search(words)):
        return [Course(Kind.EXISTS, match["subject"], match[0], complete=True)]
    return []


def _direction(match: re.Match[str], words: str) -> Kind:
    if match["slow"]:
        return Kind.SLOW
    return Kind.FALL if match["fall"] else Kind.RISE


def _countable(phrase: str) -> bool:
    return bool(re.search(rf"{lex.MEASURABLE}$", phrase))


def _worth(segment: Segment, match: re.Match[str]) -> bool:
    """In goals and in a measure's title a verb of change suffices; elsewhere its object must be countable."""
    if segment.goal or segment.title:
        return match["rise"] != "加大" or _countable(match["subject"])
    return _countable(match["subject"]) or (match["fall"] is not None and match["fall"] != "遏制")
