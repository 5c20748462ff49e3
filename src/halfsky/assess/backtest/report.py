"""What a backtest found: figures for machines, a plain report for readers, a reliability chart."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from halfsky.assess.backtest import picture, scores
from halfsky.assess.backtest.protocol import INTERVALS, Answer, Outcome, Protocol
from halfsky.assess.backtest.scores import Flags
from halfsky.assess.scales import Floats, Ints

BASE, WALK = "base-rate", "random-walk"
_DRAWS = 1000


@dataclass(frozen=True)
class Row:
    """Scores of one method at one horizon (0: all). Interval score and MAE are in typical moves of the indicator."""

    method: str
    ahead: int
    cases: int
    brier: float
    skill: float  # 1 − Brier / Brier of the base rate
    log: float
    ece: float
    auc: float
    cover80: float | None
    cover95: float | None
    interval95: float | None
    interval95_even: float | None  # against the random walk: ratio of each indicator, geometric mean
    mae: float | None
    mae_naive: float


@dataclass(frozen=True)
class Difference:
    """Brier score of ``ours`` less ``theirs``, with a 90% interval from indicators drawn anew."""

    ours: str
    theirs: str
    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Worst:
    """An indicator, the Brier skill on it, and how often the 80% interval held."""

    indicator: str
    skill: float
    cover80: float
    cases: int


def base_rate(outcome: Outcome) -> Floats:
    """The share met of all cases with the same multiple and years ahead, (C, K): known to no honest method beforehand."""
    out = np.full(outcome.met.shape, np.nan)
    for ahead in np.unique(outcome.ahead):
        rows = outcome.ahead == ahead
        for k in range(outcome.met.shape[1]):
            asked = rows & outcome.asked[:, k]
            out[asked, k] = outcome.met[asked, k].mean()
    return out


def table(outcome: Outcome) -> list[Row]:
    """Every method at every horizon and altogether."""
    base = base_rate(outcome)
    answers = {BASE: Answer(base), **outcome.answers}
    return [
        _row(name, answer, outcome, base, int(ahead))
        for name, answer in answers.items()
        for ahead in [0, *np.unique(outcome.ahead)]
    ]


def _row(name: str, answer: Answer, o: Outcome, base: Floats, ahead: int) -> Row:
    rows = np.ones(len(o.ahead), dtype=bool) if ahead == 0 else o.ahead == ahead
    return _scored(name, answer, o, base, ahead, rows)


def by_length(outcome: Outcome, method: str) -> list[tuple[int, Row]]:
    """Scores of one method for each length of history, all horizons together."""
    base, answer = base_rate(outcome), outcome.answers[method]
    return [
        (int(length), _scored(method, answer, outcome, base, 0, outcome.length == length))
        for length in np.unique(outcome.length)
    ]


def _scored(name: str, answer: Answer, o: Outcome, base: Floats, ahead: int, rows: Flags) -> Row:
    asked = o.asked[rows]
    p, met, b = answer.probability[rows][asked], o.met[rows][asked], base[rows][asked]
    cell = (o.ahead[rows, None] * 100 + np.arange(o.met.shape[1]))[asked]
    brier = scores.brier(p, met)
    moved = rows & (o.typical > 0)
    truth, unit = o.truth[moved], o.typical[moved]
    cover80 = cover95 = interval = even = error = None
    if answer.quantiles is not None:
        low95, low80, median, high80, high95 = answer.quantiles[moved].T
        cover80 = float(((truth >= low80) & (truth <= high80)).mean())
        cover95 = float(((truth >= low95) & (truth <= high95)).mean())
        size = scores.interval_score(low95, high95, truth, 0.95) / unit
        interval, even = float(size.mean()), _evenly(size, o, moved)
        error = float((np.abs(median - truth) / unit).mean())
    return Row(
        name, ahead, len(p), brier, 1 - brier / scores.brier(b, met), scores.log_score(p, met),
        scores.calibration_error(p, met), scores.auc_within(p, met, cell), cover80, cover95, interval, even, error,
        float((np.abs(o.last[moved] - truth) / unit).mean()),
    )  # fmt: skip


def _evenly(size: Floats, o: Outcome, moved: Flags) -> float | None:
    """Interval scores against the random walk's, every indicator alike: a walk on the log scale explodes in a few."""
    walk = o.answers.get(WALK)
    if walk is None or walk.quantiles is None:
        return None
    low, high = walk.quantiles[moved][:, 0], walk.quantiles[moved][:, -1]
    theirs = scores.interval_score(low, high, o.truth[moved], 0.95) / o.typical[moved]
    _, index = np.unique(o.indicator[moved], return_inverse=True)
    ours, other = np.bincount(index, size), np.bincount(index, theirs)
    able = (ours > 0) & (other > 0)
    return float(np.exp(np.log(ours[able] / other[able]).mean())) if able.any() else None


def difference(outcome: Outcome, ours: str, theirs: str, seed: int) -> Difference:
    """Whose probabilities are closer, and how sure that is for other indicators than these."""
    base = base_rate(outcome)
    one, other = (base if n == BASE else outcome.answers[n].probability for n in (ours, theirs))
    asked = outcome.asked
    loss = ((one - outcome.met) ** 2 - (other - outcome.met) ** 2)[asked]
    cluster: Ints = np.broadcast_to(outcome.indicator[:, None], asked.shape)[asked]
    drawn = scores.cluster_bootstrap(loss, cluster, draws=_DRAWS, seed=seed)
    return Difference(ours, theirs, float(loss.mean()), *(float(q) for q in np.quantile(drawn, (0.05, 0.95))))


def by_indicator(outcome: Outcome, method: str, names: tuple[str, ...]) -> list[Worst]:
    """Every indicator, the least skill first."""
    base, answer = base_rate(outcome), outcome.answers[method]
    found = []
    for i in np.unique(outcome.indicator):
        rows = outcome.indicator == i
        asked = outcome.asked[rows]
        if not asked.any():
            continue
        met = outcome.met[rows][asked]
        ours, theirs = scores.brier(answer.probability[rows][asked], met), scores.brier(base[rows][asked], met)
        cover = float("nan")
        if answer.quantiles is not None:
            low, high = answer.quantiles[rows][:, INTERVALS.index(0.1)], answer.quantiles[rows][:, INTERVALS.index(0.9)]
            cover = float(((outcome.truth[rows] >= low) & (outcome.truth[rows] <= high)).mean())
        found.append(Worst(names[i], 1 - ours / theirs, cover, int(asked.sum())))
    return sorted(found, key=lambda w: w.skill)


def thresholds(
    outcome: Outcome, method: str, on_track: float, at_risk: float, ahead: int = 0
) -> dict[str, tuple[int, float]]:
    """Of the answers that each status would rest on: how many there were and what share was met; ``ahead`` 0: all."""
    asked = outcome.asked if ahead == 0 else outcome.asked & (outcome.ahead == ahead)[:, None]
    p, met = outcome.answers[method].probability[asked], outcome.met[asked]
    parts = {"on_track": p >= on_track, "uncertain": (p < on_track) & (p >= at_risk), "at_risk": p < at_risk}
    return {
        name: (int(rows.sum()), float(met[rows].mean()) if rows.any() else float("nan")) for name, rows in parts.items()
    }


def write(
    out: Path, outcome: Outcome, protocol: Protocol, names: tuple[str, ...], differences: list[Difference], ours: str
) -> None:
    """Write tables (CSV), ``protocol.json``, ``reliability.svg`` and ``.png`` and ``report.md`` to a directory."""
    from halfsky.assess.backtest import prose  # which tells what is defined here

    out.mkdir(parents=True, exist_ok=True)
    rows = table(outcome)
    _write_csv(out / "scores.csv", [asdict(row) for row in rows])
    bins = {
        name: {int(h): scores.reliability(*_asked(answer, outcome, int(h))) for h in np.unique(outcome.ahead)}
        for name, answer in outcome.answers.items()
    }
    _write_csv(
        out / "reliability.csv",
        [
            {"method": name, "ahead": ahead, **asdict(part)}
            for name, mine in bins.items()
            for ahead, parts in mine.items()
            for part in parts
        ],
    )
    picture.draw(out, bins[ours])
    worst = by_indicator(outcome, ours, names)
    _write_csv(out / "indicators.csv", [asdict(w) for w in worst])
    (out / "protocol.json").write_text(json.dumps(asdict(protocol), indent=2) + "\n", encoding="utf-8")
    (out / "report.md").write_text(prose.prose(outcome, protocol, names, rows, differences, ours), encoding="utf-8")


def _asked(answer: Answer, o: Outcome, ahead: int) -> tuple[Floats, np.ndarray]:
    asked = o.asked & (o.ahead == ahead)[:, None]
    return answer.probability[asked], o.met[asked]


def _write_csv(path: Path, rows: list[dict[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]) if rows else [])
        writer.writeheader()
        writer.writerows(rows)
