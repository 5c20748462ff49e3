"""What the verdicts say of each goal: the outcome that is proposed, and the words of the forecast."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from halfsky.assess import Standing, Verdict
from halfsky.assess.words import STANDINGS
from halfsky.evaluation.models import Conclusion
from halfsky.plan import Plan, Target, Text
from halfsky.plan.model import Goal

# Gravest first: of several places bound by a promise, the first of these stands for it.
GRAVITY = (
    Standing.MISSED, Standing.AT_RISK, Standing.UNCERTAIN, Standing.TOO_LITTLE, Standing.NO_DATA, Standing.ON_TRACK,
    Standing.MET,
)  # fmt: skip
_NAMED = 2  # verdicts whose own sentence is told


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise of a goal: how it stands, and the verdicts of every place that it binds, the gravest first."""

    target: Target
    standing: Standing
    verdicts: tuple[Verdict, ...]


def promises(plan: Plan, clause: str, verdicts: Iterable[Verdict]) -> list[Promise]:
    """The promises of a clause as judged: by the plan's own region where that is bound, else by its gravest place.

    What has no object (不适用) anywhere is left out.
    """
    by_target: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        if verdict.clause == clause and verdict.status is not Standing.NOT_APPLICABLE:
            by_target.setdefault(verdict.target, []).append(verdict)
    found = []
    for target in plan.targets_of(clause):
        if judged := sorted(by_target.get(target.id, []), key=lambda v: GRAVITY.index(v.status)):
            own = next((v for v in judged if v.region == plan.region), judged[0])
            found.append(Promise(target, own.status, tuple(judged)))
    return found


def proposed(found: Iterable[Promise]) -> Conclusion.Outcome:
    """The outcome that the verdicts call for; an aspiration 力争 never makes a goal fail."""
    standings = {p.standing for p in found if not p.target.aspiration}
    if Standing.MISSED in standings:
        return Conclusion.Outcome.NOT_MET
    if Standing.AT_RISK in standings:
        return Conclusion.Outcome.HARD
    if not standings or standings & {Standing.UNCERTAIN, Standing.TOO_LITTLE, Standing.NO_DATA}:
        return Conclusion.Outcome.OPEN
    return Conclusion.Outcome.MET if standings == {Standing.MET} else Conclusion.Outcome.ON_TRACK


def forecast(plan: Plan, goal: Goal, found: list[Promise]) -> Text:
    """How the goal stands and what is to be expected, from its verdicts: counts, then the gravest in their own words."""
    if not found:
        return Text(
            zh="本目标未设可量化的目标值，由评估组根据措施落实情况作出判断。",
            en="This goal has no target that figures can judge; the evaluation group judges by how measures were carried out.",
        )
    counts = Counter(p.standing for p in found)
    told = [(s, counts[s]) for s in reversed(GRAVITY) if counts[s]]
    zh = "、".join(f"{STANDINGS[s].zh}{n}个" for s, n in told)
    en = ", ".join(f"{n} {STANDINGS[s].en.lower()}" for s, n in told)
    if len(found) > 1 and len(counts) == 1:  # all alike
        only = STANDINGS[told[0][0]]
        head = Text(
            zh=f"本目标所列{len(found)}个目标值均为{only.zh}。",
            en=f"All {len(found)} targets of the goal: {only.en.lower()}.",
        )
    elif len(found) > 1:
        head = Text(zh=f"本目标所列{len(found)}个目标值中，{zh}。", en=f"Of the goal's {len(found)} targets: {en}.")
    else:
        only = STANDINGS[found[0].standing]
        head = Text(zh=f"本目标所列目标值{only.zh}。", en=f"The goal's target: {only.en.lower()}.")
    sentences = [] if len(found) > 1 and counts[Standing.MET] == len(found) else _gravest(found)
    return Text(
        zh=head.zh + "".join(s.zh for s in sentences),
        en=" ".join([head.en, *(s.en for s in sentences)]),
    )


def _gravest(found: list[Promise]) -> list[Text]:
    grave = [p for p in found if p.standing not in {Standing.MET, Standing.ON_TRACK}] or found
    grave = sorted(grave, key=lambda p: GRAVITY.index(p.standing))[:_NAMED]
    return [next(v for v in p.verdicts if v.status is p.standing).sentence for p in grave]
