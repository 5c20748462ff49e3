"""Several things promised at once: 宫颈癌和乳腺癌筛查率 holds two rates, 意识和能力 one thing."""

from __future__ import annotations

import re

from halfsky.plan.reader.bindings import LEVELS
from halfsky.plan.reader.lexicon import AWARENESS, MEASURABLE

_AND = re.compile(r"[、和及与]|以及")
_ONE_THING = re.compile(
    rf"^(?:城乡|男女)|(?:意识|能力|知识|理念|态度|{AWARENESS})$|^(?:服务|可及性|权利|机会|规范|层次|参与度|决策权)"
)
_NOT_AND = re.compile(r"参与|和谐|和睦|普及|以及格|温和|及时|及其|及格|与会|和解|饱和|缓和|涉及|可及|与决策|危及|与度|与率|与社会|与水平")
_BRACKETS = re.compile(r"（[^）]*）")
_HEAD = re.compile(rf"(?:中的|中|的)?(?:妇女|女性|女|男性)?[^、和及与的中]{{0,8}}?{MEASURABLE}$")


def conjuncts(subject: str) -> list[str]:
    """The subjects that a noun phrase joins; itself alone when it joins none that can be counted apart.

    >>> conjuncts("孕产妇艾滋病、梅毒和乙肝检测率")
    ['孕产妇艾滋病检测率', '梅毒检测率', '乙肝检测率']
    >>> conjuncts("集中供水率、自来水普及率")
    ['集中供水率', '自来水普及率']
    >>> conjuncts("环境保护意识和能力")
    ['环境保护意识和能力']
    """
    bare = LEVELS.sub("", _BRACKETS.sub("", subject)).lstrip("的")
    parts = _parts(bare)
    if len(parts) < 2 or re.search(r"等(?!级|候)", bare):
        return [subject]
    if any(_ONE_THING.search(part) or len(part) == 0 for part in parts):
        return [subject]
    tail = _shared_tail(parts)
    return [part if part.endswith(tail) or not tail else part + tail for part in parts]


def _parts(text: str) -> list[str]:
    protected = _NOT_AND.sub(lambda m: m[0].translate({ord("和"): "\1", ord("及"): "\2", ord("与"): "\3"}), text)
    parts = [p for p in _AND.split(protected) if p]
    return [p.translate({1: "和", 2: "及", 3: "与"}) for p in parts]


def _shared_tail(parts: list[str]) -> str:
    """What the last conjunct has beyond its like: 乙肝检测率 beside 梅毒 ends in 检测率."""
    *earlier, last = parts
    if all(re.search(rf"{MEASURABLE}$", part) for part in earlier):
        return ""
    for length in range(min(4, len(earlier[-1])), 0, -1):
        like = earlier[-1][-length:]
        if (at := last.find(like)) >= 0 and at + length < len(last):
            return last[at + length :]
    if head := _HEAD.search(last):
        return last[max(head.start(), min(len(earlier[-1]), head.end() - 1)) :] if head.start() == 0 else head[0]
    return last[len(earlier[-1]) :]
