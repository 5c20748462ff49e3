"""The forecast against the labels and forecasts that others use, on the same cases.

    python benchmarks/rivals.py --panel panel.csv.gz [--per-cell 30] [--theta 1500]

Rivals see one series each. Those that give a class only are read as the probability that the class stands for where its
authors say "will be met" or not: 1, 0, and 0.5 where they leave it open; and once more with each class set to the share
of it that was met on the half not scored, the most that can be made of the label. AutoTheta and AutoETS are slow: they
answer a part of the cases, and the kernel is scored on the same part.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

from halfsky.assess.backtest import panel as panels
from halfsky.assess.backtest import scores, single
from halfsky.assess.backtest.panel import Panel
from halfsky.assess.backtest.protocol import (
    INTERVALS,
    Answer,
    Batch,
    Fitter,
    Method,
    Protocol,
    batches,
    fit_pooled,
    halves,
    run,
)
from halfsky.assess.backtest.report import table
from halfsky.assess.backtest.training import Recipe
from halfsky.assess.scales import Floats

Classes = np.ndarray  # (C, K) small integers, 0 the best
TINY = 1e-9


def _growth(last: Floats, first: Floats, years: Floats | int) -> Floats:
    """Compound annual growth; a zero is replaced by 0.001 as the sources do."""
    ratio = np.where(last == 0, 0.001, last) / np.where(first == 0, 0.001, first)
    return np.sign(ratio) * np.abs(ratio) ** (1 / np.asarray(years, dtype=float)) - 1


def _linear_ratio(batch: Batch) -> Floats:
    """Observed yearly change over the yearly change required, (C, K); infinite where the target is met already."""
    history = batch.history
    observed = (history[:, -1] - history[:, 0]) / (history.shape[1] - 1)
    required = (batch.targets - history[:, -1:]) / batch.ahead[:, None]
    done = np.where(batch.upward[:, None], required <= 0, required >= 0)
    return np.where(done, np.inf, observed[:, None] / np.where(np.abs(required) < TINY, TINY, required))


def eurostat(batch: Batch) -> Classes:
    """Eurostat: CAGR observed over CAGR required from the first year; attained first, then ≥ .95, ≥ .60, ≥ 0, below.

    As coded in Open SDG's sdg-build, ``sdg/ProgressMeasure.py``.
    """
    history = batch.history
    length = history.shape[1] - 1
    first, last = history[:, :1], history[:, -1:]
    observed = _growth(last, first, length)
    required = _growth(batch.targets, first, length + batch.ahead[:, None])
    ratio = observed / np.where(np.abs(required) < TINY, TINY, required)
    attained = np.where(batch.upward[:, None], last >= batch.targets, last <= batch.targets)
    ratio = np.where(attained, np.inf, ratio)
    return np.select([ratio >= 0.95, ratio >= 0.60, ratio >= 0], [0, 1, 2], 3)


def open_sdg(batch: Batch) -> Classes:
    """Statistics Canada and Open SDG: linear pace observed over required from now; ≥ .95, ≥ .60, ≥ 0, below."""
    ratio = _linear_ratio(batch)
    return np.select([ratio >= 0.95, ratio >= 0.60, ratio >= 0], [0, 1, 2], 3)


def sdg_arrows(batch: Batch) -> Classes:
    """SDG Index arrows (SDSN): linear rate of recent years over the rate required: ≥ 1, ≥ .5, ≥ 0, below."""
    ratio = _linear_ratio(batch)
    return np.select([ratio >= 1, ratio >= 0.5, ratio >= 0], [0, 1, 2], 3)


def escap(batch: Batch) -> Classes:
    """UN ESCAP anticipated progress: time-weighted regression to the target year, ±10 (I_t − I_0)/|T − I_0|; > 9, > 0."""
    history = batch.history
    length = history.shape[1]
    time_ = np.arange(length, dtype=float)
    weight = (time_ + 1) / length
    centre = (weight * time_).sum() / weight.sum()
    mean = history @ weight / weight.sum()
    slope = (history * weight) @ (time_ - centre) / (weight * (time_ - centre) ** 2).sum()
    expected = mean + slope * (length - 1 + batch.ahead - centre)
    first = history[:, 0]
    sign = np.where(batch.upward, 1.0, -1.0)
    distance = np.abs(batch.targets - first[:, None])
    progress = 10 * sign[:, None] * (expected - first)[:, None] / np.maximum(distance, TINY)
    return np.select([progress > 9, progress > 0], [0, 1], 2)


LABELS: dict[str, tuple[Callable[[Batch], Classes], Floats]] = {
    "eurostat": (eurostat, np.array([1.0, 0.5, 0.0, 0.0])),
    "open-sdg": (open_sdg, np.array([1.0, 0.5, 0.0, 0.0])),
    "sdg-arrows": (sdg_arrows, np.array([1.0, 0.5, 0.0, 0.0])),
    "escap": (escap, np.array([1.0, 0.5, 0.0])),
}


def as_said(label: Callable[[Batch], Classes], stated: Floats) -> Fitter:
    """A label taken at its word."""
    return lambda panel, protocol: lambda batch: Answer(stated[label(batch)])


def as_found(label: Callable[[Batch], Classes], classes: int) -> Fitter:
    """A label set to the share of its cases that was met, on the half that is not scored."""

    def fitter(panel: Panel, protocol: Protocol) -> Method:
        hits, count = np.ones(classes), np.full(classes, 2.0)
        for batch in batches(panel, protocol):
            asked = ~np.isnan(batch.targets)
            found = label(batch)[asked]
            hits += np.bincount(found, batch.met[asked], classes)
            count += np.bincount(found, minlength=classes)
        return lambda batch: Answer((hits / count)[label(batch)])

    return fitter


def automatic(batch: Batch, rows: np.ndarray, name: str) -> tuple[Answer, float]:
    """AutoTheta or AutoETS with their 80% and 95% intervals; probabilities from the normal they come from."""
    from scipy import stats
    from statsforecast.models import AutoETS, AutoTheta

    model = {"AutoTheta": AutoTheta, "AutoETS": AutoETS}[name](season_length=1)
    centre, spread = np.full(len(rows), np.nan), np.full(len(rows), np.nan)
    started = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for i, row in enumerate(rows):
            ahead = int(batch.ahead[row])
            try:
                found = model.forecast(y=batch.history[row].astype(float), h=ahead, level=[95])
            except (ValueError, NotImplementedError, ZeroDivisionError):
                continue  # too few points for any of its models
            centre[i] = found["mean"][-1]
            spread[i] = (found["hi-95"][-1] - found["lo-95"][-1]) / (2 * 1.959964)
    seconds = time.perf_counter() - started
    spread = np.maximum(spread, TINY)
    below = stats.norm.cdf((batch.targets[rows] - centre[:, None]) / spread[:, None])
    quantiles = centre[:, None] + spread[:, None] * stats.norm.ppf(np.array(INTERVALS))
    return Answer(np.where(batch.upward[rows, None], 1 - below, below), quantiles), seconds


def slow_ones(panel: Panel, protocol: Protocol, fitter: Fitter, count: int) -> None:
    """AutoTheta and AutoETS on a part of the cases, the kernel beside them."""
    rng = np.random.default_rng(protocol.seed)
    one, other = halves(panel, protocol.seed)
    found: dict[str, list[np.ndarray]] = {"AutoTheta": [], "AutoETS": []}
    seconds = dict.fromkeys(found, 0.0)
    asked_rows = 0
    for learn, score in ((one, other), (other, one)):
        method = fitter(learn, protocol)
        for batch in batches(score, protocol):
            rows = rng.permutation(len(batch.row))[: count // (2 * len(protocol.lengths))]
            asked_rows += len(rows)
            kernel = method(batch).probability[rows]
            for name in found:
                answer, took = automatic(batch, rows, name)
                seconds[name] += took
                good = ~np.isnan(answer.probability)
                assert answer.quantiles is not None
                low95, low80, _, high80, high95 = (
                    answer.quantiles[:, :, None].repeat(good.shape[1], 2).transpose(1, 0, 2)
                )
                truth = batch.truth[rows, None]
                parts = (answer.probability, kernel, batch.met[rows], (truth >= low80) & (truth <= high80),
                         (truth >= low95) & (truth <= high95), batch.ahead[rows, None] + 0 * answer.probability)  # fmt: skip
                found[name].append(np.stack([p[good].astype(float) for p in parts]))
    for name, parts in found.items():
        p, ours, met, in80, in95, ahead = np.concatenate(parts, axis=1)
        far = ahead == max(protocol.horizons)
        print(
            f"{name}: {asked_rows} series, {asked_rows / seconds[name]:,.0f} a second; Brier {scores.brier(p, met > 0):.4f} "
            f"(the kernel there {scores.brier(ours, met > 0):.4f}), ECE {scores.calibration_error(p, met > 0):.3f}; "
            f"at {max(protocol.horizons)} years 80% holds {in80[far].mean():.2f}, 95% {in95[far].mean():.2f}"
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--panel", type=Path, required=True)
    parser.add_argument("--per-cell", type=int, default=30)
    parser.add_argument("--theta", type=int, default=1500, help="cases for AutoTheta and AutoETS; 0 leaves them out")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    panel = panels.read(arguments.panel)
    protocol = Protocol(per_cell=arguments.per_cell, seed=arguments.seed)
    kernel = fit_pooled(Recipe())
    fitters: dict[str, Fitter] = {"halfsky": kernel, **single.SINGLE}
    for name, (label, stated) in LABELS.items():
        fitters[name] = as_said(label, stated)
        fitters[f"{name}, best reading"] = as_found(label, len(stated))
    print("| method | Brier | skill | ECE | AUC |\n|---|---|---|---|---|")
    for row in table(run(panel, protocol, fitters)):
        if row.ahead == 0:
            print(f"| {row.method} | {row.brier:.4f} | {row.skill:.3f} | {row.ece:.4f} | {row.auc:.3f} |")
    if arguments.theta:
        slow_ones(panel, protocol, kernel, arguments.theta)
    return 0


if __name__ == "__main__":
    sys.exit(main())
