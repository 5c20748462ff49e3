"""Full verdicts a second on one core, the memory they take, and AutoTheta on the same series in the same run.

    python benchmarks/throughput.py [--series 1000000] [--theta 300]

Eight yearly percentages a series, made at random; one question each ("at least 60% by 2030"), answered whole: met now,
probability, quantiles, required change, status, flags, reasons. Everything runs on one core, in a child process of its
own, so that peaks of memory do not mix; seconds are processor seconds, so that neighbours on the machine count little.
AutoTheta comes from ``statsforecast`` (``pip install statsforecast``; not among this project's requirements), gives 80%
and 95% intervals six years ahead for one series at a time, and its compilation is not counted.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Callable

import numpy as np

from halfsky.assess.batch import judge
from halfsky.assess.questions import Questions
from halfsky.plan import Indicator, Kind, Text

YEARS = np.arange(2017, 2025)
MIB = 1024.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--series", type=int, default=1_000_000)
    parser.add_argument("--theta", type=int, default=300, help="series for AutoTheta")
    parser.add_argument("--child", nargs=3, metavar=("PART", "SERIES", "POOL"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        part, size, places = arguments.child
        print(json.dumps({"speed": speed, "memory": memory, "theta": theta}[part](int(size), int(places))))
        return 0
    best = 0.0
    print(f"Full verdicts on one core, {len(YEARS)} years a series")
    for places in (1, 10, 3000):
        found = child("speed", 300_000 // places * places, places)
        best = max(best, found["rate"]) if places == 10 else best
        print(f"  {places:5,} places a pool   {found['rate']:10,.0f} series/s")
    for share in (4, 2, 1):
        size = arguments.series // share
        found = child("memory", size, 10)
        print(f"  {size:9,} series      {found['rate']:10,.0f} series/s, {found['mib']:6,.0f} MiB, figures included")
    found = child("memory", arguments.series, arguments.series)
    print(f"  the same, one pool    {found['rate']:10,.0f} series/s, {found['mib']:6,.0f} MiB, figures included")
    found = child("theta", arguments.theta, 10)
    if "missing" in found:
        print("  AUTOTHETA NOT MEASURED: statsforecast is not installed (pip install statsforecast)", file=sys.stderr)
        return 1
    print(f"  AutoTheta, 80% and 95% intervals {found['rate']:10,.1f} series/s on {found['series']} of the same series")
    print(f"  {best / found['rate']:,.0f} times as many verdicts as AutoTheta forecasts")
    return 0


def child(part: str, size: int, places: int) -> dict[str, float]:
    """Run one measurement in a process of its own."""
    command = [sys.executable, __file__, "--child", part, str(size), str(places)]
    threads = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
    alone = os.environ | dict.fromkeys(threads, "1")
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=alone)
    return json.loads(done.stdout)


def one_core() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def series(size: int) -> np.ndarray:
    """Made in portions, so that making them takes no more memory than keeping them."""
    rng, out = np.random.default_rng(2021), np.empty((size, len(YEARS)))
    for start in range(0, size, 10_000):
        part = out[start : start + 10_000]
        level = rng.uniform(20, 90, (len(part), 1))
        part[:] = np.clip(level + rng.normal(0.5, 1.0, part.shape).cumsum(axis=1), 1, 99).round(2)
    return out


def questions(size: int, places: int) -> Questions:
    words = Text(zh="示例率", en="Sample rate")
    rate = Indicator(id="rate", name=words, definition=words, unit="percent", direction="higher")
    pool = np.arange(size) // places
    return Questions.of(series(size), YEARS, rate, kind=Kind.AT_LEAST, bound=60.0, milestone=2030, pool=pool)


def timed(call: Callable[[], object], times: int) -> float:
    """The least processor seconds of some calls."""
    taken = []
    for _ in range(times):
        started = time.process_time()
        call()
        taken.append(time.process_time() - started)
    return min(taken)


def speed(size: int, places: int) -> dict[str, float]:
    one_core()
    asked = questions(size, places)
    judge(asked.take(slice(0, 1000)), as_of=2024)
    return {"rate": size / timed(lambda: judge(asked, as_of=2024), 5)}


def memory(size: int, places: int) -> dict[str, float]:
    one_core()
    judge(questions(1000, 10), as_of=2024)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    asked = questions(size, places)
    rate = size / timed(lambda: judge(asked, as_of=2024), 1)
    return {"rate": rate, "mib": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / MIB}


def theta(size: int, places: int) -> dict[str, float]:
    try:
        from statsforecast.models import AutoTheta
    except ImportError:
        return {"missing": 1}
    one_core()
    model, found = AutoTheta(season_length=1), series(max(size, 10_000))[:size]

    def one(row: np.ndarray) -> None:
        model.forecast(y=row, h=6, level=[80, 95])

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for row in found[:5]:
            one(row)  # compiles
        seconds = timed(lambda: [one(row) for row in found], 1)
    return {"rate": size / seconds, "series": size}


if __name__ == "__main__":
    sys.exit(main())
