"""The forecasting kernel against a loop, and a whole city's verdicts: what they take.

    python benchmarks/assess.py [--series 100000] [--years 10] [--plan dalian-2021-2030]

Times, in the same run and on the same random series: the batched kernel (fit, five quantiles and a probability for one
year ahead) and a straight line fitted to each series by ``numpy.polyfit`` in a loop, which gives no spread at all. The
loop is timed on part of the series and scaled up when there are many. Then every verdict of a plan on its demonstration
data.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

from halfsky.assess import assess
from halfsky.assess.kernel import LOGIT, fit
from halfsky.observations.demonstration import demonstration_figures
from halfsky.plan import load_plan

ROOT = Path(__file__).parents[1]
LOOPED = 10_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", type=int, default=100_000)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--plan", default="dalian-2021-2030")
    arguments = parser.parse_args()
    kernel(arguments.series, arguments.years)
    city(arguments.plan)
    return 0


def kernel(count: int, length: int) -> None:
    rng = np.random.default_rng(2021)
    years = np.arange(2026 - length, 2026)
    values = np.clip(50 + np.cumsum(rng.normal(0.5, 1.0, (count, length)), axis=1), 1, 99)
    pool, scale, top = np.arange(count) // 10, np.full(count, LOGIT, dtype=np.int8), np.full(count, 100.0)

    started = time.perf_counter()
    predictive = fit(values, years, pool, scale, top)
    fitted = time.perf_counter()
    for probability in (0.025, 0.1, 0.5, 0.9, 0.975):
        predictive.quantile(probability, 2030)
    predictive.below(np.full(count, 60.0), 2030)
    ended = time.perf_counter()

    part = values[: min(count, LOOPED)]
    loop_started = time.perf_counter()
    for row in part:
        slope, level = np.polyfit(years - 2025, row, 1)
        _ = level + 5 * slope
    loop = (time.perf_counter() - loop_started) * count / len(part)

    print(f"{count:,} series × {length} years")
    print(f"  kernel, fit                              {fitted - started:8.3f} s")
    print(f"  kernel, 5 quantiles and a probability    {ended - fitted:8.3f} s")
    note = "" if len(part) == count else f"  (scaled up from {len(part):,} series)"
    print(f"  numpy.polyfit, one series at a time      {loop:8.3f} s{note}")
    print(f"  the loop takes {loop / (ended - started):.0f} times as long as the whole kernel")


def city(plan_id: str) -> None:
    plan = load_plan(ROOT / "plans" / plan_id)
    figures = demonstration_figures(plan)
    started = time.perf_counter()
    verdicts = assess(plan, figures, as_of=2025)
    taken = time.perf_counter() - started
    print(f"{plan_id}: {len(figures):,} figures, {len(verdicts):,} verdicts in {taken:.2f} s")


if __name__ == "__main__":
    sys.exit(main())
