"""Several things promised at once: 宫颈癌和乳腺癌筛查率 holds two rates, 意识和能力 one thing."""

from __future__ import annotations

import re

from halfsky.plan.reader.bindings import LEVELS
from halfsky.plan.reader.lexicon import AWARENESS, HOLDER, MEASURABLE, RATE

_AND = re.compile(r"以及|[、和及与]")
# Words that hold 和, 及 or 与 as part of themselves.
_NOT_AND = re.compile(r"参与|和谐|和睦|普及|温和|及时|及其|及格|与会|和解|饱和|缓和|涉及|可及|危及|共和|和平|和美")
_HIDDEN = {ord("和"): "\1", ord("及"): "\2", ord("与"): "\3"}
_SHOWN = {1: "和", 2: "及", 3: "与"}
_BRACKETS = re.compile(r"（[^）]*）")
_EXAMPLES = re.compile(r"(?<![平高中初同均])等(?![级候于同])")  # A、B等C names examples of one C
_COMPARED = re.compile(r"与.+(?:之比|的比例|的比)$")  # A与B的比例 is one ratio
_MODIFIER = re.compile(r"(?<!中)的")  # 适应A和B的能力: the conjuncts are inside what modifies one head
_ABSTRACT = re.compile(rf"{AWARENESS}$")
_HEAD = re.compile(rf"(?:中的|中)?(?:妇女|女性|女干部|女|男性)?[^、和及与的中]{{0,8}}?{MEASURABLE}$")


def conjuncts(subject: str) -> list[str]:
    """The subjects that a noun phrase joins; itself alone when it joins none that can be counted apart.

    >>> conjuncts("孕产妇艾滋病、梅毒和乙肝检测率")
    ['孕产妇艾滋病检测率', '梅毒检测率', '乙肝检测率']
    >>> conjuncts("集中供水率、自来水普及率")
    ['集中供水率', '自来水普及率']
    >>> conjuncts("环境保护意识和能力"), conjuncts("适应技术变革和产业转型的能力")
    (['环境保护意识和能力'], ['适应技术变革和产业转型的能力'])
    >>> conjuncts("教师和学生的平等意识")
    ['教师的平等意识', '学生的平等意识']
    """
    bare = LEVELS.sub("", _BRACKETS.sub("", subject)).lstrip("的")
    bare = bare[_examples_end(bare) :]
    parts = _parts(bare)
    if len(parts) < 2 or _COMPARED.search(bare):
        return [subject]
    *earlier, last = parts
    if _ABSTRACT.search(earlier[-1]) or len(last) <= 2:
        return [subject]
    if modifier := _MODIFIER.search(last):
        held = (*earlier, last[: modifier.start()])
        return (
            [f"{who}{last[modifier.start() :]}" for who in held]
            if all(HOLDER.search(who) for who in held)
            else [subject]
        )
    tail = _shared_tail(parts)
    countable = re.search(rf"{RATE}$", last) or (tail and _alike(earlier[-1], last[: -len(tail)]))
    if not countable and not all(re.search(rf"{MEASURABLE}$", part) for part in parts):
        return [subject]
    return [part if not tail or part.endswith(tail) else part + tail for part in parts]


def each(subject: str) -> list[str]:
    """The conjuncts of what 各 or 均 distributes over: 党委、政府领导班子 each, 每千人、每百张床位 each."""
    bare = LEVELS.sub("", _BRACKETS.sub("", subject)).lstrip("的")
    parts = _parts(bare)
    if len(parts) < 2 or _examples_end(bare) or any(len(part) < 2 for part in parts):
        return [subject]
    return parts


def _examples_end(text: str) -> int:
    """Where the last list of examples (A、B等) ends; 0 without one."""
    return max((match.end() for match in _EXAMPLES.finditer(text)), default=0)


def _parts(text: str) -> list[str]:
    hidden = _NOT_AND.sub(lambda match: match[0].translate(_HIDDEN), text)
    return [part.translate(_SHOWN) for part in _AND.split(hidden) if part]


def _alike(one: str, other: str) -> bool:
    """Do two conjuncts end alike (宫颈癌, 乳腺癌)?"""
    return bool(other) and one[-1] == other[-1]


def _shared_tail(parts: list[str]) -> str:
    """What the last conjunct has beyond its like: 乙肝检测率 beside 梅毒 ends in 检测率."""
    *earlier, last = parts
    if all(re.search(rf"{MEASURABLE}$", part) for part in earlier):
        return ""
    for length in range(min(4, len(earlier[-1])), 0, -1):
        like = earlier[-1][-length:]
        if (at := last.find(like)) >= 0 and at + length < len(last):
            return last[at + length :]
    head = _HEAD.search(last)
    if head and head.start() > 0:
        return head[0]
    return last[len(earlier[-1]) :]
