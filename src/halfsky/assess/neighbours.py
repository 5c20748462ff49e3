"""A place among others in words: its rank, how many of them meet the target, their median, the best, the level above."""

from __future__ import annotations

from halfsky.assess.company import Company
from halfsky.assess.model import Flag, Verdict
from halfsky.assess.words import Amounts, joined
from halfsky.plan import Text


def compared(beside: Company, verdict: Verdict, amounts: Amounts) -> Text:
    """Beside the other places, and how many of them lent strength to the forecast; assessments made before that was
    kept do not know.
    """
    peers = verdict.peers
    if peers is None and verdict.rare is not None and Flag.SMALL_NUMBERS in verdict.flags:
        peers = verdict.rare.peers
    said = [text for text in (neighbours(beside, amounts),) if text is not None]
    if verdict.probability is None:
        said.append(Text(zh="判定只依据本地区自身的数据。", en="It is judged from its own figures only."))
    elif peers is None:
        if not said:
            said.append(Text(zh="没有其他地区可比。", en="There is no other place to compare it with."))
    elif not peers:
        said.append(
            Text(
                zh="没有可以借鉴的同类地区，预测只依据本地区自身的数据。",
                en="No other place lends strength: the forecast rests on its own figures only.",
            )
        )
    else:
        said.append(
            Text(
                zh=f"预测同时参考了另外{peers}个地区的同一指标。",
                en=f"The forecast draws on the same indicator of {peers} other place{'s' if peers > 1 else ''}.",
            )
        )
    return joined(said)


def neighbours(c: Company, amounts: Amounts) -> Text | None:
    """How the other places of the target stand; ``None`` where it binds no other."""
    said = []
    spread_zh, spread_en = _spread(c, amounts)
    met = _met(c)
    if c.places and c.below:
        said.append(Text(zh=f"下级{c.places}个有{c.year}年数据的地区中，{met.zh}{spread_zh}。",
                         en=f"Of the {c.places} places below it with a figure of {c.year}, {met.en} the target{spread_en}."))  # fmt: skip
    elif c.places:
        if c.rank is not None:
            tied = Text(zh="（并列）", en=" (shared)") if c.tied else None
            said.append(Text(zh=f"在{c.year}年有数据的{c.places + 1}个地区中，由优到劣排第{c.rank}位{tied.zh if tied else ''}。",
                             en=f"It ranks {c.rank} of {c.places + 1} places with a figure of {c.year}, the best first{tied.en if tied else ''}."))  # fmt: skip
        elif c.small:
            said.append(
                Text(
                    zh=f"事件数少，{c.year}年的位次多属偶然，不作排名。",
                    en=f"Events are few, so a rank in {c.year} would be chance and is not stated.",
                )
            )
        said.append(Text(zh=f"其他{c.places}个地区中，{met.zh}{spread_zh}。",
                         en=f"Of the other {c.places}, {met.en} the target{spread_en}."))  # fmt: skip
    if c.above is not None:
        where, value = c.above
        words = amounts.value(value)
        said.append(
            Text(zh=f"{where.name.zh}{c.year}年为{words.zh}。", en=f"{where.name.en} had {words.en} in {c.year}.")
        )
    return joined(said) if said else None


def _met(c: Company) -> Text:
    """How many of the others meet the target."""
    if not c.met:
        return Text(zh="尚无一个达标", en="none meets")
    if c.met == c.places:
        return Text(zh="均已达标" if c.places > 1 else "已达标", en="all meet" if c.places > 1 else "1 meets")
    return Text(zh=f"{c.met}个已达标", en=f"{c.met} meet{'s' if c.met == 1 else ''}")


def _spread(c: Company, amounts: Amounts) -> tuple[str, str]:
    """Median, best and, for the level above, worst of the other places."""
    zh, en = "", ""
    if c.median is not None:
        middle = amounts.value(c.median)
        zh, en = f"{zh}，{c.year}年中位数为{middle.zh}", f"{en}; their median in {c.year} is {middle.en}"
    if c.best is not None:
        best = amounts.value(c.best[1])
        zh, en = (
            f"{zh}，最好的是{c.best[0].name.zh}（{best.zh}）",
            f"{en}, the best is {c.best[0].name.en} ({best.en})",
        )
    if c.below and c.worst is not None and c.worst != c.best:
        worst = amounts.value(c.worst[1])
        zh, en = (
            f"{zh}，最差的是{c.worst[0].name.zh}（{worst.zh}）",
            f"{en}, the worst {c.worst[0].name.en} ({worst.en})",
        )
    return zh, en
