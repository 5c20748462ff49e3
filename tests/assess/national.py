"""What was said of the national promises in 2015 and 2018 beside what came of them by 2020, as docs state it.

``python -m tests.assess.national`` prints the section of docs/national-agreement.md that the tests hold to the figures.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from halfsky.assess import Verdict, assess, named
from halfsky.assess.backtest.scores import brier
from halfsky.assess.words import STANDINGS
from halfsky.observations import Figures, read_csv
from halfsky.plan import Plan, load_plan
from halfsky.plan.alerting import Alerting
from halfsky.plan.wording import with_unit

PACK = Path(__file__).parents[2] / "plans" / "china-women-outline-2011-2020"
ASKED = (2015, 2018)
HEADING = "## What was said in 2015 and 2018, and what came of it"


@cache
def plan() -> Plan:
    return load_plan(PACK)


@cache
def figures() -> Figures:
    reading = read_csv((PACK / "figures.csv").read_bytes(), plan=plan(), file="figures.csv")
    assert not reading.faults
    return Figures(reading.observations)


@cache
def verdicts(as_of: int) -> dict[str, Verdict]:
    return {v.indicator: v for v in assess(plan(), figures(), as_of=as_of)}


def met(indicator: str) -> bool | None:
    """Whether the newest figure up to 2020 meets the promise; ``None`` where there is nothing to hold it against."""
    end = verdicts(plan().end)[indicator]
    if end.status == "met":
        return True
    return False if end.gap is not None else None


def level(verdict: Verdict) -> str:
    """The warning that a verdict calls for, or a dash."""
    from halfsky.alerts.policy import judge  # needs Django set up, which tests do and a plain import does not

    judged = judge(verdict, Alerting())
    return judged.level.value if judged else "–"


@dataclass(frozen=True)
class Scored:
    """Of the probabilities stated before the figure that settled them."""

    cases: int
    brier: float
    base_rate: float
    base_brier: float


def scored(as_of: int) -> Scored | None:
    """Brier score beside that of always saying what share of the plan's promises was met, which nobody knew then.

    Only where a figure newer than the one judged says what came of it.
    """
    end = verdicts(plan().end)
    settled = [
        (v.probability, bool(met(i)))
        for i, v in verdicts(as_of).items()
        if v.probability is not None and met(i) is not None and (end[i].year or 0) > (v.year or 0)
    ]
    if not settled:
        return None
    probability, outcome = np.array([p for p, _ in settled]), np.array([m for _, m in settled])
    known = [m for i in end if (m := met(i)) is not None]
    base = sum(known) / len(known)
    return Scored(len(settled), brier(probability, outcome), base, brier(np.full(len(settled), base), outcome))


def section() -> str:
    """The section of the docs: one row a promise, and the score."""
    heads = [
        "promise",
        *(f"{what} {year}" for year in ASKED for what in ("as of", "chance", "warning")),
        "by 2020, newest figure",
    ]
    rows = [heads, ["---"] * len(heads)]
    for indicator, end in verdicts(plan().end).items():
        name = named(plan().indicator[indicator], plan().target[end.target].cut)
        row = [f"{end.clause} {name.en} {name.zh}"]
        for year in ASKED:
            v = verdicts(year)[indicator]
            row += [
                f"{STANDINGS[v.status].en.lower()} {STANDINGS[v.status].zh}",
                "–" if v.probability is None else f"{v.probability:.2f}",
                level(v),
            ]
        rows.append([*row, _outcome(indicator, end)])
    lines = [HEADING, "", *(f"| {' | '.join(row)} |" for row in rows), ""]
    for year in ASKED:
        found = scored(year)
        if found is None:
            lines.append(f"As of {year} no probability was stated that a later figure settled.")
            continue
        lines.append(
            f"As of {year}, probabilities settled by a later figure: {found.cases}; Brier score {found.brier:.3f}. Always saying "
            f"the share of all promises that were met ({found.base_rate:.2f}) scores {found.base_brier:.3f}."
        )
    return "\n".join(lines)


def _outcome(indicator: str, end: Verdict) -> str:
    """Met or not, on which figure of which year."""
    answer = {True: "met", False: "not met", None: "not known"}[met(indicator)]
    if end.value is None:
        return answer
    return f"{answer}: {with_unit(end.value, plan().indicator[indicator], 'en')} in {end.year}"


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "halfsky.config.settings_test")
    django.setup()
    print(section())
