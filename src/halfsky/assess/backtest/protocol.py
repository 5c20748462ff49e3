"""The backtest itself: what is asked of a method, what it may see, and how its constants are kept apart.

Constants are cross-fitted: the families are dealt into two halves by chance, a method that has constants is fitted on
one half and asked about the other, and the answers of both halves are scored together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from halfsky.assess import kernel
from halfsky.assess.backtest import cases, training
from halfsky.assess.backtest.cases import Windows
from halfsky.assess.backtest.panel import Panel
from halfsky.assess.network import Weights
from halfsky.assess.scales import Floats, Ints, Scales

INTERVALS = (0.025, 0.1, 0.5, 0.9, 0.975)


@dataclass(frozen=True)
class Protocol:
    """What is asked. Targets: last value ± k × the typical yearly move of the indicator, direction at random."""

    lengths: tuple[int, ...] = cases.LENGTHS
    horizons: tuple[int, ...] = cases.HORIZONS
    multiples: tuple[float, ...] = cases.MULTIPLES
    per_cell: int = 100  # cases of each indicator, length and horizon, so that none outweighs the others
    seed: int = 1


@dataclass(frozen=True)
class Batch:
    """C cases of one window length, and the W windows (of all places) that a method may look at.

    ``row`` (C,) is the window that a case asks about, ``ahead`` (C,) how many years after its origin.
    ``targets`` (C, K) are met from above where ``upward`` (C,), else from below; NaN where the indicator has not yet
    moved. ``truth`` (C,) and ``met`` (C, K) are for the scores only.
    """

    values: Floats
    pool: Ints
    scale: Scales
    top: Floats
    row: Ints
    ahead: Ints
    targets: Floats
    upward: np.ndarray
    truth: Floats
    met: np.ndarray
    typical: Floats
    indicator: Ints

    @property
    def last(self) -> Floats:
        """The value at the origin, (C,)."""
        return np.asarray(self.values[self.row, -1])

    @property
    def history(self) -> Floats:
        """The window of each case, (C, n)."""
        return np.asarray(self.values[self.row])


@dataclass(frozen=True)
class Answer:
    """Probabilities (C, K) of meeting the targets, and quantiles (C, 5) at :data:`INTERVALS` or none."""

    probability: Floats
    quantiles: Floats | None = None


Method = Callable[[Batch], Answer]
Fitter = Callable[[Panel, Protocol], Method]  # from the half that is not scored


def halves(panel: Panel, seed: int) -> tuple[Panel, Panel]:
    """The families dealt into two halves."""
    families = sorted({panel.families[i] for i in np.unique(panel.indicator)})
    dealt = np.random.default_rng(seed).permutation(len(families))
    one = frozenset(families[i] for i in dealt[::2])
    return panel.only(one), panel.only(frozenset(families) - one)


def batches(panel: Panel, protocol: Protocol) -> Iterator[Batch]:
    """The cases of a panel, a batch for each window length; the same for the same seed."""
    rng = np.random.default_rng(protocol.seed)
    moves = cases.typical_moves(panel)
    for length in protocol.lengths:
        w = cases.windows(panel, length, protocol.horizons)
        yield _batch(panel, protocol, w, moves, rng)


def _batch(panel: Panel, protocol: Protocol, w: Windows, moves: Floats, rng: np.random.Generator) -> Batch:
    row, column = np.nonzero(cases.sample(panel, w, protocol.per_cell, rng))
    indicator = panel.indicator[w.series[row]]
    last = w.values[row, -1]
    typical = moves[indicator, w.origin[row]]
    typical = np.where(np.array(panel.counted)[indicator], typical * np.abs(last), typical)
    upward = rng.random(len(row)) < 0.5
    sign = np.where(upward, 1.0, -1.0)
    targets = last[:, None] + sign[:, None] * np.array(protocol.multiples) * typical[:, None]
    targets[~(typical > 0)] = np.nan
    truth = w.future[row, column]
    met = np.where(upward[:, None], truth[:, None] >= targets, truth[:, None] <= targets)
    return Batch(
        values=w.values, pool=w.pool, scale=panel.scale[w.series], top=panel.top[w.series], row=row,
        ahead=np.array(protocol.horizons)[column], targets=targets, upward=upward, truth=truth, met=met,
        typical=typical, indicator=indicator,
    )  # fmt: skip


def pooled(weights: Weights, *, alone: bool = False) -> Method:
    """The kernel with some weights; ``alone`` hides every place from every other."""

    def ask(batch: Batch) -> Answer:
        rows = batch.row if alone else np.arange(len(batch.pool))
        place = np.arange(len(rows)) if alone else batch.row
        pool = np.arange(len(rows)) if alone else batch.pool
        years = np.arange(batch.values.shape[1])
        fitted = kernel.fit(batch.values[rows], years, pool, batch.scale[rows], batch.top[rows], weights)
        found = fitted.take(place)
        year = years[-1] + batch.ahead
        below = np.stack([found.below(target, year) for target in batch.targets.T], axis=1)
        quantiles = np.stack([found.quantile(q, year) for q in INTERVALS], axis=1)
        return Answer(np.where(batch.upward[:, None], 1 - below, below), quantiles)

    return ask


def fit_pooled(recipe: training.Recipe, *, alone: bool = False) -> Fitter:
    """Fit the kernel's weights on the half that is not scored."""
    known: dict[tuple[str, ...], Weights] = {}

    def fitter(panel: Panel, protocol: Protocol) -> Method:
        return pooled(weights_for(panel, recipe, known), alone=alone)

    return fitter


def weights_for(panel: Panel, recipe: training.Recipe, known: dict[tuple[str, ...], Weights] | None = None) -> Weights:
    """Weights fitted on a panel, looked up where they have been fitted on the same indicators before."""
    name = tuple(panel.indicators[i] for i in np.unique(panel.indicator))
    if known is not None and name in known:
        return known[name]
    found = training.examples(panel, recipe.per_cell, np.random.default_rng(recipe.seed))
    weights = training.fit(found, recipe)
    if known is not None:
        known[name] = weights
    return weights


@dataclass(frozen=True)
class Outcome:
    """All cases of both halves, flat, and the answers of every method in the same order."""

    length: Ints
    ahead: Ints
    indicator: Ints
    last: Floats
    truth: Floats
    typical: Floats
    met: np.ndarray
    asked: np.ndarray  # (C, K) whether there was a target to ask about
    answers: dict[str, Answer]


def run(panel: Panel, protocol: Protocol, fitters: dict[str, Fitter]) -> Outcome:
    """Cross-fit and ask every method about every case."""
    found: dict[str, list[Answer]] = {name: [] for name in fitters}
    seen: list[Batch] = []
    one, other = halves(panel, protocol.seed)
    for learn, score in ((one, other), (other, one)):
        asked = list(batches(score, protocol))
        seen += asked
        for name, fitter in fitters.items():
            method = fitter(learn, protocol)
            found[name] += [method(batch) for batch in asked]

    def joined(parts: Sequence[np.ndarray]) -> np.ndarray:
        return np.concatenate(parts)

    return Outcome(
        length=joined([np.full(len(b.row), b.values.shape[1]) for b in seen]),
        ahead=joined([b.ahead for b in seen]),
        indicator=joined([b.indicator for b in seen]),
        last=joined([b.last for b in seen]),
        truth=joined([b.truth for b in seen]),
        typical=joined([b.typical for b in seen]),
        met=joined([b.met for b in seen]),
        asked=~np.isnan(joined([b.targets for b in seen])),
        answers={
            name: Answer(
                joined([a.probability for a in parts]),
                None
                if any(a.quantiles is None for a in parts)
                else joined([a.quantiles for a in parts if a.quantiles is not None]),
            )
            for name, parts in found.items()
        },
    )
