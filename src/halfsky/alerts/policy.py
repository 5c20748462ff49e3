"""Which verdicts raise a warning, and of which level.

The plan asks for warnings of indicators 预计达标困难 or 波动较大 (E5); no official rule for the levels was
found, so these are a house rule. Its thresholds are the pack's (:class:`halfsky.plan.alerting.Alerting`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from halfsky.alerts.models import Warning
from halfsky.assess import Flag, Standing, Verdict
from halfsky.plan.alerting import Alerting

GRAVITY = ("red", "orange", "yellow")  # the gravest first


class Ground(StrEnum):
    """Why a warning is raised."""

    MISSED = "missed"
    AT_RISK = "at_risk"
    VOLATILE = "volatile"
    SLIPPING = "slipping"
    CLUSTER = "cluster"


@dataclass(frozen=True, slots=True)
class Judged:
    level: Warning.Level
    grounds: tuple[Ground, ...]


def judge(verdict: Verdict, rules: Alerting) -> Judged | None:
    """The warning that a verdict calls for, or ``None``.

    Red: missed, or very unlikely to be met, or unlikely with little time left. Orange: at risk otherwise,
    or a cluster 聚集异常 of rare events, whatever the standing. Yellow: slipping though not at risk, or volatile and not met. An aspiration 力争 raises none, nor does a
    wide swing that small numbers explain, or about a bound that is reached.
    """
    if verdict.aspiration:
        return None
    grounds = [Ground(flag.value) for flag in (Flag.CLUSTER, Flag.SLIPPING) if flag in verdict.flags]
    swings = Flag.VOLATILE in verdict.flags and Flag.SMALL_NUMBERS not in verdict.flags
    if swings and verdict.status is not Standing.MET:
        grounds.append(Ground.VOLATILE)
    if verdict.status is Standing.MISSED:
        return Judged(Warning.Level.RED, (Ground.MISSED, *grounds))
    if verdict.status is Standing.AT_RISK:
        sure = verdict.probability if verdict.probability is not None else 1.0
        late = verdict.milestone - verdict.as_of <= rules.red_years_left
        red = sure < rules.red_probability or (late and sure < rules.red_probability_when_late)
        return Judged(Warning.Level.RED if red else Warning.Level.ORANGE, (Ground.AT_RISK, *grounds))
    if not grounds:
        return None
    return Judged(Warning.Level.ORANGE if Ground.CLUSTER in grounds else Warning.Level.YELLOW, tuple(grounds))
