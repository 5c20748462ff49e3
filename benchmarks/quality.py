"""How many planted errors the quality rules find, and how often they ask about what is right.

    python benchmarks/quality.py [--plan dalian-2021-2030] [--year 2025] [--errors 400] [--seed 1]

Takes the demonstration figures of a plan as the truth, plants one error of a kind in a cell of the year, as a clerk would
make it (the value follows from numerator and denominator as always), and asks the rules about that place. A hit is a
finding at the cell or at another cell of the same indicator and place. The false alarms are the findings on the truth
itself: cells asked about, of all cells of the year.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random

from halfsky.observations import Figures, Observation
from halfsky.observations.demonstration import demonstration_figures
from halfsky.observations.quality import findings
from halfsky.observations.quotient import quotient
from halfsky.plan import Indicator, Plan, Sex, load_plan

ROOT = Path(__file__).parents[1]
Planter = Callable[[Indicator, Observation, Random], Observation | None]


def _with(indicator: Indicator, o: Observation, **parts: Decimal | None) -> Observation | None:
    """The figure with other parts, its value computed anew where it is a quotient; ``None`` where nothing changes."""
    changed = replace(o, **parts)  # type: ignore[arg-type]
    if indicator.scale is not None and "value" not in parts:
        if not changed.denominator:
            return None
        changed = replace(changed, value=quotient(indicator, changed.numerator, changed.denominator))
    return None if changed == o else changed


def _main(o: Observation) -> tuple[str, Decimal] | None:
    """The number that a clerk types first."""
    if o.numerator is not None:
        return ("numerator", o.numerator)
    return ("value", o.value) if o.value is not None else None


def a_digit_too_many(indicator: Indicator, o: Observation, rng: Random) -> Observation | None:
    part = _main(o)
    return _with(indicator, o, **{part[0]: part[1] * 10}) if part and part[1] else None


def a_digit_lost(indicator: Indicator, o: Observation, rng: Random) -> Observation | None:
    part = _main(o)
    return _with(indicator, o, **{part[0]: Decimal(int(part[1] / 10))}) if part and part[1] >= 20 else None


def digits_exchanged(indicator: Indicator, o: Observation, rng: Random) -> Observation | None:
    part = _main(o)
    if part is None or part[1] < 100:
        return None
    digits = str(int(part[1]))
    other = Decimal(digits[1] + digits[0] + digits[2:])
    return _with(indicator, o, **{part[0]: other})


def parts_exchanged(indicator: Indicator, o: Observation, rng: Random) -> Observation | None:
    if not o.numerator or o.denominator is None:
        return None
    return _with(indicator, o, numerator=o.denominator, denominator=o.numerator)


def women_as_all(indicator: Indicator, o: Observation, rng: Random) -> Observation | None:
    """Half of the total, as when the women's figure is typed where the total belongs."""
    if (
        "sex" not in indicator.disaggregation
        or o.series.sex is not Sex.ALL
        or o.numerator is None
        or o.denominator is None
    ):
        return None
    return _with(indicator, o, numerator=Decimal(int(o.numerator / 2)), denominator=Decimal(int(o.denominator / 2)))


def a_little_off(indicator: Indicator, o: Observation, rng: Random) -> Observation | None:
    """A twentieth more: what no rule can know unless a sum gives it away."""
    part = _main(o)
    return _with(indicator, o, **{part[0]: Decimal(int(part[1] * Decimal("1.05")) + 1)}) if part and part[1] else None


PLANTERS: dict[str, Planter] = {
    "one digit too many": a_digit_too_many,
    "a digit lost": a_digit_lost,
    "first digits exchanged": digits_exchanged,
    "numerator and denominator exchanged": parts_exchanged,
    "women's figure as the total": women_as_all,
    "five per cent off": a_little_off,
}


def _around(truth: dict[str, list[Observation]], indicator: str, changed: Observation) -> Figures:
    return Figures(changed if o.key == changed.key else o for o in truth[indicator])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plan", default="dalian-2021-2030")
    parser.add_argument("--year", type=int, default=2025)
    parser.add_argument("--errors", type=int, default=400, help="of each kind")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    plan: Plan = load_plan(ROOT / "plans" / chosen.plan)
    truth: dict[str, list[Observation]] = {}
    for o in demonstration_figures(plan):
        if o.year <= chosen.year:
            truth.setdefault(o.series.indicator, []).append(o)
    cells = [o for rows in truth.values() for o in rows if o.year == chosen.year and o.value is not None]

    asked: Counter[str] = Counter()
    at: set[object] = set()
    for rows in truth.values():
        for finding in findings(plan, Figures(rows)):
            if finding.year == chosen.year:
                asked[finding.rule] += 1
                at.add((finding.series, finding.year))
    print(
        f"{plan.id} {chosen.year}: {len(cells):,} cells without error, asked about {len(at):,} ({len(at) / len(cells):.2%})"
    )
    print("  " + ", ".join(f"{rule} {count}" for rule, count in asked.most_common()))

    rng = Random(chosen.seed)
    print("| planted error | tried | found | of these blocked |\n|---|---|---|---|")
    for name, planter in PLANTERS.items():
        tried = hits = blocked = 0
        for o in rng.sample(cells, len(cells)):
            if tried == chosen.errors:
                break
            changed = planter(plan.indicator[o.series.indicator], o, rng)
            if changed is None or (o.series, o.year) in at:
                continue
            tried += 1
            figures = _around(truth, o.series.indicator, changed)
            found = [
                f
                for f in findings(plan, figures, of=[o.series.region])
                if f.year == chosen.year and (f.series, f.year) not in at
            ]
            hits += bool(found)
            blocked += any(f.blocks for f in found)
        print(f"| {name} | {tried} | {hits / max(tried, 1):.0%} | {blocked / max(tried, 1):.0%} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
