"""Promises without a figure: 逐步提高, 差距缩小, 不低于…比例, 与…相适应, 全覆盖, 应登尽登."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from halfsky.plan.model import Kind
from halfsky.plan.reader import lexicon as lex
from halfsky.plan.reader.bindings import BODY
from halfsky.plan.reader.segments import Segment


@dataclass(frozen=True)
class Course:
    """A promise of direction, comparison or completeness; ``complete`` ones are 100 of 100.

    ``reference``: what the subject is compared with. ``vague``: asks for "a certain number", which a figure
    later in the sentence makes exact.
    """

    kind: Kind
    subject: str
    words: str
    complete: bool = False
    reference: str = ""
    vague: bool = False


_NOT_BELOW = re.compile(
    r"^(?P<subject>.+?)(?:一般|应|均|都)*(?:不低于|不得低于|不少于|高于|不小于)(?P<other>\D*(?:比例|水平|率|比重|占比|平均))$"
)
_MATCH = re.compile(
    r"^(?:促进|推动)?(?P<subject>.*)与(?P<other>.+?)(?:基本|总体|大体)?(?:相适应|相匹配|相当|相协调|持平|相一致|保持一致)$"
)
_FITTED = re.compile(r"与(?P<other>[^，]+?)(?:相适应|相匹配|相协调)的(?P<subject>[^，]+)$")
_BALANCE = re.compile(r"^(?P<subject>.+?)(?:保持|基本|趋于|实现)(?:基本)?(?:均衡|平衡|相当)$")
_COMPLETE = re.compile(
    r"^(?P<subject>.*?)(?:基本|力争)?(?:(?:实现|达到)[^，]{0,5}?)?(?P<mark>(?<!健)全覆盖|全部覆盖|应(?P<do>[^尽，]{1,2})尽(?P=do))"
)
_IN_FULL = re.compile(
    r"^(?:全面|全部|严格)(?:落实|开展|实施|推行|执行)(?P<subject>[^，]*(?:制度|考核|筛查|评估|管理|检查|同酬|假|救治))$"
)
_PRINCIPLE = re.compile(r"坚持|原则|保基本")
_VAGUE = re.compile(r"(?P<subject>.*?)(?P<mark>(?:合理|一定|适当)(?:的)?(?:比例|数量))")
_SUBJECT_VERB = re.compile(
    rf"^(?P<subject>.+?)(?:{lex.ADVERB}|得到|有所|将)*(?:(?P<slow>{lex.SLOW})|(?P<rise>{lex.RISE}|加大|普及|(?<=更加)健全|(?<=更加)完善|(?<=更加)优化)|(?P<fall>{lex.FALL}|{lex.EASE}))$"
)
_CHANGE = re.compile(
    rf"(?:^|{lex.ADVERB}|预防和|保障和|并|以)(?:(?P<rise>{lex.RISE})|(?P<fall>{lex.FALL}|合理控制|(?<=^预防)控制|预防(?:和|与)?控制))(?P<subject>[^，]+)$"
)
_CHANGE_WITHIN = re.compile(rf"(?:提高|提升|增加|增强)(?P<subject>[^，]*?(?:{lex.RATE}|{lex.AWARENESS}|素养|素质))$")
_INPUT = re.compile(
    rf"^{lex.ADVERB}?(?:加大|加快)(?:对|了)?(?P<subject>[^，]*{lex.INPUT})(?:的)?(?:力度|工作|工作力度)?$"
)
_EFFORT = re.compile(rf"^{lex.ADVERB}?加大(?:对|了)?(?P<subject>[^，]*{lex.EFFORT})(?:的)?(?:力度|工作力度)$")
_MORE_OF = re.compile(rf"(?:^|{lex.ADVERB}){lex.MORE_OF}(?P<subject>[^，]+)$|拓展(?P<service>[^，]+服务)$")
_BUILD = re.compile(rf"{lex.BUILD}(?P<subject>[^，]*{lex.FACILITY})$")
_KNOWN = re.compile(rf"(?:^|{lex.ADVERB})普及(?P<subject>[^，]*(?:知识|理念))$")
_NEXT_VERB = re.compile(rf"、(?={lex.RISE}|{lex.FALL}|优化|完善|健全|强化)")
_ESTABLISH = re.compile(
    rf"(?P<subject>{BODY}(?:[、和及]{BODY})*)(?:（[^）]*）)?(?:普遍|内|应|都|均|要|依法|全部)*(?P<verb>建立|设立|开设|设置|配备)(?:完善|健全|并完善)?(?P<thing>[^，]+)$"
)
_WEAK = re.compile(r"^(?:鼓励|支持|探索|倡导|提倡|有条件)|未配备|情况下|有条件的")
_HEADS = re.compile(rf"(?:{lex.MEASURABLE}|{lex.AWARENESS})$")


def courses(segment: Segment) -> Iterator[Course]:
    """What a segment without a bounding figure promises; nothing when it only exhorts."""
    words = segment.timeless
    compared = _compared(words)
    if compared:
        yield compared
    elif (match := _COMPLETE.match(words)) and not _PRINCIPLE.search(words):
        yield Course(Kind.EXISTS, match["subject"], match[0], complete=True)
    elif match := _IN_FULL.match(words):
        for part in match["subject"].split("、"):
            yield Course(Kind.EXISTS, part, match[0], complete=True)
    elif match := _VAGUE.match(words):
        yield Course(Kind.RISE, match["subject"], match[0], vague=True)
    elif changed := _changed(segment, words):
        yield changed
    elif not segment.goal and not _WEAK.search(words) and (match := _ESTABLISH.search(words)):
        for body in re.split("[、和及]", match["subject"]):
            yield Course(Kind.EXISTS, f"{body}{match['thing']}", match[0], complete=True)


def _compared(words: str) -> Course | None:
    for pattern, kind in ((_MATCH, Kind.MATCH), (_NOT_BELOW, Kind.NOT_BELOW), (_BALANCE, Kind.MATCH)):
        if match := pattern.match(words):
            return Course(kind, match["subject"], match[0], reference=match.groupdict().get("other") or "")
    if match := _FITTED.search(words):
        return Course(Kind.MATCH, match["subject"], match[0], reference=match["other"])
    return None


def _changed(segment: Segment, words: str) -> Course | None:
    """A change promised: in goals of whatever is its subject, in measures of what can be counted."""
    if (match := _SUBJECT_VERB.match(words)) and (segment.goal or _HEADS.search(match["subject"])):
        kind = Kind.SLOW if match["slow"] else Kind.FALL if match["fall"] else Kind.RISE
        return Course(kind, match["subject"], match[0])
    if (match := _CHANGE.search(words)) and _worth(segment, match):
        subject = _NEXT_VERB.split(match["subject"])[0]
        return Course(Kind.FALL if match["fall"] else Kind.RISE, subject, match[0])
    for pattern in (_CHANGE_WITHIN, _INPUT, _EFFORT, _KNOWN, _BUILD, _MORE_OF):
        if (match := pattern.search(words)) and not _WEAK.search(words):
            return Course(Kind.RISE, match["subject"] or match["service"], match[0])
    return None


def _worth(segment: Segment, match: re.Match[str]) -> bool:
    subject = _NEXT_VERB.split(match["subject"])[0]
    return bool(_HEADS.search(subject)) or bool(
        match["fall"] and (segment.goal or not re.search(r"措施|行为", subject))
    )
