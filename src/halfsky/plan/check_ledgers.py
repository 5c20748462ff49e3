"""Do the ledgers of a pack hold together, and do its feeds name what there is?"""

from __future__ import annotations

from collections.abc import Iterator

from halfsky.plan.faults import Fault
from halfsky.plan.ledgers import Feed, Ledger
from halfsky.plan.model import Plan
from halfsky.plan.pack import Where


def ledger_faults(plan: Plan, where: Where) -> Iterator[Fault]:
    """Every fault of the pack's own ledgers and of its feeds."""
    for ledger in plan.ledgers:
        for part, name in _unknown_parts(ledger):
            yield where.fault(
                "ledgers", ledger.id, "ledger-part",
                f"台账“{ledger.id}”中引用的“{name}”不存在（{part}）。",
                f"The ledger '{ledger.id}' names '{name}', which it does not have ({part}).",
                at=("stages" if part in {"after", "needs"} else part,),
            )  # fmt: skip
    for key, feed in zip(where.keys("feeds"), plan.feeds, strict=True):
        if feed.indicator not in plan.indicator:
            yield where.fault(
                "feeds", key, "indicator-unknown",
                f"台账所供指标“{feed.indicator}”不存在。", f"The feed names indicator '{feed.indicator}', which does not exist.",
                at=("indicator",),
            )  # fmt: skip
        elif plan.indicator[feed.indicator].scale is not None:
            yield where.fault(
                "feeds", key, "feed-quotient",
                f"指标“{feed.indicator}”由分子分母算得，不能由台账直接汇总。",
                f"Indicator '{feed.indicator}' is a quotient and cannot be a sum of records.",
                at=("indicator",),
            )  # fmt: skip
        if unknown := _unknown_of(plan, feed):
            yield where.fault(
                "feeds", key, "ledger-unknown",
                f"台账、字段或选项“{unknown}”不存在。", f"There is no ledger, amount or choice '{unknown}'.",
                at=("ledger",),
            )  # fmt: skip


def _unknown_parts(ledger: Ledger) -> Iterator[tuple[str, str]]:
    for stage in ledger.stages:
        yield from (("after", name) for name in stage.after if name not in ledger.stage)
        yield from (("needs", name) for name in stage.needs if name not in ledger.field)
    for field in ledger.fields:
        if field.plan_of is not None and field.plan_of not in {f.id for f in ledger.amounts}:
            yield "fields", field.plan_of
    if ledger.adopted is not None and ledger.adopted not in ledger.stage:
        yield "adopted", ledger.adopted


def _unknown_of(plan: Plan, feed: Feed) -> str:
    """The first thing that a feed names and that is not there; empty when all is."""
    ledger = plan.ledger.get(feed.ledger)
    if ledger is None:
        return feed.ledger
    if feed.sum is not None and feed.sum not in {field.id for field in ledger.amounts}:
        return feed.sum
    for name, choice in feed.where.items():
        if name not in ledger.field or choice not in {c.id for c in ledger.field[name].choices}:
            return f"{name}={choice}"
    return ""
