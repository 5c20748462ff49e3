"""What a backtest found: figures for machines, a plain report for readers, a reliability chart."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from halfsky.assess.backtest import scores
from halfsky.assess.backtest.protocol import INTERVALS, Answer, Outcome, Protocol
from halfsky.assess.scales import Floats, Ints

BASE = "base-rate"
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
    asked = o.asked[rows]
    p, met, b = answer.probability[rows][asked], o.met[rows][asked], base[rows][asked]
    cell = (o.ahead[rows, None] * 100 + np.arange(o.met.shape[1]))[asked]
    brier = scores.brier(p, met)
    moved = rows & (o.typical > 0)
    truth, unit = o.truth[moved], o.typical[moved]
    cover80 = cover95 = interval = error = None
    if answer.quantiles is not None:
        low95, low80, median, high80, high95 = answer.quantiles[moved].T
        cover80 = float(((truth >= low80) & (truth <= high80)).mean())
        cover95 = float(((truth >= low95) & (truth <= high95)).mean())
        interval = float((scores.interval_score(low95, high95, truth, 0.95) / unit).mean())
        error = float((np.abs(median - truth) / unit).mean())
    return Row(
        name, ahead, len(p), brier, 1 - brier / scores.brier(b, met), scores.log_score(p, met),
        scores.calibration_error(p, met), scores.auc_within(p, met, cell), cover80, cover95, interval, error,
        float((np.abs(o.last[moved] - truth) / unit).mean()),
    )  # fmt: skip


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


def thresholds(outcome: Outcome, method: str, on_track: float, at_risk: float) -> dict[str, tuple[int, float]]:
    """Of the answers that each status would rest on: how many there were and what share was met."""
    p, met = outcome.answers[method].probability[outcome.asked], outcome.met[outcome.asked]
    parts = {"on_track": p >= on_track, "uncertain": (p < on_track) & (p >= at_risk), "at_risk": p < at_risk}
    return {
        name: (int(rows.sum()), float(met[rows].mean()) if rows.any() else float("nan")) for name, rows in parts.items()
    }


def write(
    out: Path, outcome: Outcome, protocol: Protocol, names: tuple[str, ...], differences: list[Difference], ours: str
) -> None:
    """Write ``scores.csv``, ``reliability.csv``, ``indicators.csv``, ``protocol.json`` and ``report.md`` to a directory."""
    out.mkdir(parents=True, exist_ok=True)
    rows = table(outcome)
    _write_csv(out / "scores.csv", [asdict(row) for row in rows])
    bins = [
        {"method": name, "ahead": int(ahead), **asdict(part)}
        for name, answer in outcome.answers.items()
        for ahead in np.unique(outcome.ahead)
        for part in scores.reliability(*_asked(answer, outcome, int(ahead)))
    ]
    _write_csv(out / "reliability.csv", bins)
    worst = by_indicator(outcome, ours, names)
    _write_csv(out / "indicators.csv", [asdict(w) for w in worst])
    (out / "protocol.json").write_text(json.dumps(asdict(protocol), indent=2) + "\n", encoding="utf-8")
    (out / "report.md").write_text(prose(rows, differences, worst, ours), encoding="utf-8")


def _asked(answer: Answer, o: Outcome, ahead: int) -> tuple[Floats, np.ndarray]:
    asked = o.asked & (o.ahead == ahead)[:, None]
    return answer.probability[asked], o.met[asked]


def _write_csv(path: Path, rows: list[dict[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]) if rows else [])
        writer.writeheader()
        writer.writerows(rows)


def prose(rows: list[Row], differences: list[Difference], worst: list[Worst], ours: str) -> str:
    """The report: what was asked, who answered best, how far to trust it, where it fails."""
    overall = next(r for r in rows if r.method == ours and r.ahead == 0)
    lines = [
        "# Backtest", "",
        f"{overall.cases:,} yes/no questions of the kind \"will this target be met\", asked with past figures only. The "
        f"Brier score of `{ours}` is {overall.brier:.4f}, {overall.skill:.1%} better than always stating the base rate.", "",
        "| method | years ahead | Brier | skill | log | ECE | AUC | 80% holds | 95% holds | 95% score | MAE | naive MAE |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    lines += [
        f"| {r.method} | {r.ahead or 'all'} | {r.brier:.4f} | {r.skill:.3f} | {r.log:.3f} | {r.ece:.4f} | {r.auc:.3f} "
        f"| {_cell(r.cover80)} | {_cell(r.cover95)} | {_cell(r.interval95)} | {_cell(r.mae)} | {r.mae_naive:.3f} |"
        for r in rows
    ]
    lines += ["", "Brier differences, with 90% intervals from indicators drawn anew:", ""]
    lines += [f"- {d.ours} − {d.theirs}: {d.mean:+.4f} ({d.low:+.4f} … {d.high:+.4f})" for d in differences]
    failing = [w for w in worst if w.skill < 0]
    lines += ["", f"Worse than the base rate on {len(failing)} of {len(worst)} indicators:", ""]
    lines += [
        f"- {w.indicator}: skill {w.skill:.3f}, 80% interval holds {w.cover80:.0%}, {w.cases} questions"
        for w in failing
    ]
    return "\n".join(lines) + "\n"


def _cell(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
