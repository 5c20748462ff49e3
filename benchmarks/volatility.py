"""How often the flag 波动较大 and the findings are wrong, and how often they find what is there.

    python benchmarks/volatility.py [--panel FILE] [--constants] [--runs 400] [--seed 1]

Simulated indicators of 12 places. Null: a trend and noise of the same size everywhere (or of sizes that differ as places do);
alternatives: one place with twice or three times the noise; counts that only chance moves (small numbers, not
volatile); planted spikes, shifts and common shifts. With a panel also the share of its series that is flagged.
``--constants`` simulates those of ``halfsky.assess.wavering``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from halfsky.assess.backtest import cases
from halfsky.assess.backtest.panel import read
from halfsky.assess.departures import COMMON, JUMP, NONE, SHIFT, SPIKE, depart
from halfsky.assess.scales import IDENTITY, Floats
from halfsky.assess.wavering import LEFT_OUT, waver

PLACES = 12
_STAKES = (0.0, 3.0)  # in standard deviations of the noise
_NAMES = {NONE: "nothing", JUMP: "jump", SPIKE: "spike", SHIFT: "shift", COMMON: "common"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--panel", type=Path)
    parser.add_argument("--constants", action="store_true")
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    if arguments.constants:
        constants(rng)
    print("flagged volatile, share of places")
    for length in (7, 8, 10):
        noise(rng, arguments.runs, length)
    for deaths in (2, 10, 50):
        counts(rng, arguments.runs, deaths)
    print("\nfindings, share of places; the year planted is the last but one unless it says otherwise")
    for size in (4, 6, 10):
        planted(rng, arguments.runs, size)
    if arguments.panel:
        for length in (8, 10):
            of_panel(arguments.panel, length)


def constants(rng: np.random.Generator) -> None:
    """Of the trimmed spread of m changes of noise around a level: its mean and the unsureness of its logarithm."""
    for m in (5, 6, 7, 8, 9, 10, 12, 15, 20, 30):
        change = np.diff(rng.normal(size=(100_000, m + 1)), axis=1) / np.sqrt(2)
        away = np.sort(np.abs(change - np.median(change, axis=1, keepdims=True)), axis=1)[:, : m - LEFT_OUT].mean(
            axis=1
        )
        print(f"{m} changes: {away.mean():.3f} {np.log(away).std():.3f}")


def _indicators(rng: np.random.Generator, runs: int, length: int) -> Floats:
    """Levels and common trends of ``runs`` indicators × 12 places, without noise; (S, Y)."""
    level = 50 + rng.normal(0, 5, (runs * PLACES, 1))
    trend = np.repeat(rng.normal(0, 0.3, (runs, 1)), PLACES, axis=0)
    return np.asarray(level + trend * np.arange(length))


def _arrays(size: int, length: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    years, pool = np.arange(2025 - length, 2025), np.arange(size) // PLACES
    return years, pool, np.full(size, IDENTITY, dtype=np.int8), np.ones(size)


def noise(rng: np.random.Generator, runs: int, length: int) -> None:
    size = runs * PLACES
    first = np.arange(size) % PLACES == 0
    base = _indicators(rng, runs, length)
    for name, own, differ in (
        ("null: the same noise everywhere", 1.0, 0.0),
        ("null: places differ (sd of log noise 0.45)", 1.0, 0.45),
        ("one place × 2", 2.0, 0.0),
        ("one place × 3", 3.0, 0.0),
        ("one place × 3, places differ", 3.0, 0.45),
    ):
        spread = np.exp(rng.normal(0, differ, (size, 1)))
        spread[first] = own if own > 1 else spread[first]
        found = waver(base + spread * rng.normal(size=base.shape), *_arrays(size, length))
        those = first if own > 1 else np.full(size, True)
        shares = [found.volatile(np.full(size, stake))[those].mean() for stake in _STAKES]
        print(
            f"{length} years, {name}: "
            + ", ".join(f"{s:.3f} (stake {k})" for s, k in zip(shares, _STAKES, strict=True))
        )


def counts(rng: np.random.Generator, runs: int, deaths: int) -> None:
    """Eleven large places and a small one with few events a year: by chance alone, and with a rate that truly swings."""
    size, length, rate = runs * PLACES, 10, 1e-3
    small = np.arange(size) % PLACES == 0
    births = np.where(small, deaths / rate, 200_000)[:, None] * np.ones(length)
    for name, swing in (("chance alone", 0.0), ("a rate that doubles and halves", 0.7)):
        true = rate * np.exp(np.where(small[:, None], swing, 0.0) * rng.choice([-1, 1], (size, length)))
        events = rng.poisson(births * true).astype(float)
        found = waver(1000 * events / births, *_arrays(size, length), events, births)
        stake = np.full(size, 0.05)
        flagged, wide = found.volatile(stake)[small].mean(), found.wide(stake)[small].mean()
        print(f"10 years, {deaths} events a year, {name}: wide {wide:.3f}, flagged {flagged:.3f}")


def planted(rng: np.random.Generator, runs: int, size: int) -> None:
    number, length = runs * PLACES, 10
    base = _indicators(rng, runs, length) + rng.normal(size=(number, length))
    first = np.arange(number) % PLACES == 0
    for name, column, until, those in (
        ("nothing planted", -1, None, np.full(number, False)),
        ("spike", -2, -1, first),
        ("shift", -2, None, first),
        ("jump in the newest year", -1, None, first),
        ("common shift", -2, None, np.full(number, True)),
    ):
        values = base.copy()
        values[np.ix_(those, np.arange(length)[column:until])] += size
        kind = depart(values, *_arrays(number, length)).kind
        seen = kind[those if those.any() else ~those, column]
        shares = {_NAMES[k]: round(float((seen == k).mean()), 3) for k in _NAMES}
        others = "" if those.all() else f"; another place in that year: {(kind[~those, column] != NONE).mean():.4f}"
        print(f"{size} sd, {name}: {shares}{others}")


def of_panel(path: Path, length: int) -> None:
    """Windows of a panel, the required yearly step half of the indicator's typical move."""
    panel = read(path)
    w = cases.windows(panel, length, (1,))
    rows = panel.indicator[w.series]
    move = cases.typical_moves(panel)[rows, w.origin]
    move = np.where(np.array(panel.counted)[rows], move * np.abs(w.values[:, -1]), move)
    years, scale, top = np.arange(length), panel.scale[w.series], panel.top[w.series]
    flagged = waver(w.values, years, w.pool, scale, top).volatile(move / 2)[w.full]
    print(f"\npanel, {w.full.sum():,} windows of {length} years: flagged {flagged.mean():.4f}")
    some = np.flatnonzero(w.origin % 3 == 0)
    pool = np.unique(w.pool[some], return_inverse=True)[1]
    found = depart(w.values[some], years, pool, scale[some], top[some]).kind[w.full[some]]
    newest = {_NAMES[k]: round(float((found[:, -1] == k).mean()), 4) for k in (JUMP, COMMON)}
    single = ((found != NONE) & (found != COMMON)).any(axis=1).mean()
    print(f"newest figure: {newest}; any finding of the place in the newest five years {single:.4f}, "
          f"any common shift {(found == COMMON).any(axis=1).mean():.4f}")  # fmt: skip


if __name__ == "__main__":
    main()
