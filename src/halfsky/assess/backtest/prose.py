"""The report of a backtest in words: what was asked, who answered best, which aims are met, where it fails."""

from __future__ import annotations

from halfsky.assess.backtest.protocol import Outcome, Protocol
from halfsky.assess.backtest.report import BASE, WALK, Difference, Row, by_indicator, by_length, thresholds
from halfsky.assess.policy import DEFAULT_POLICY

ALONE = "halfsky-alone"


def prose(
    outcome: Outcome,
    protocol: Protocol,
    names: tuple[str, ...],
    rows: list[Row],
    differences: list[Difference],
    ours: str,
) -> str:
    """The whole report as Markdown."""
    found = {(r.method, r.ahead): r for r in rows}
    overall = found[ours, 0]
    best = min((r for r in rows if r.ahead == 0), key=lambda r: r.brier)
    lines = [
        "# Backtest", "",
        f"{overall.cases:,} yes/no questions of the kind \"will this target be met\", asked with past figures only: of "
        f"{_listed(protocol.lengths)} years of history, {_listed(protocol.horizons)} years ahead. The Brier score of `{ours}` is "
        f"{overall.brier:.4f}, {overall.skill:.1%} better than always stating the base rate. "
        f"Closest to what happened was `{best.method}`.", "",
        "![What was stated and what was met](reliability.svg)", "",
        "## Aims", "", "| aim | years ahead | found | |", "|---|---|---|---|",
        *_aims(found, differences, ours),
        "", "## What each status is worth", "",
        *_statuses(outcome, protocol, ours),
        "", "## All methods", "",
        "| method | years ahead | Brier | skill | log | ECE | AUC | 80% holds | 95% holds | 95% score | even | MAE | naive MAE |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    lines += [
        f"| {r.method} | {r.ahead or 'all'} | {r.brier:.4f} | {r.skill:.3f} | {r.log:.3f} | {r.ece:.4f} | {r.auc:.3f} "
        f"| {_cell(r.cover80)} | {_cell(r.cover95)} | {_cell(r.interval95)} | {_cell(r.interval95_even)} | {_cell(r.mae)} "
        f"| {r.mae_naive:.3f} |"
        for r in rows
    ]
    lines += [
        "", "*even*: the 95% interval score against the random walk's with every indicator counting alike (geometric mean of ratios); "
        "the plain mean is ruled by the few series in which a walk on the logarithmic scale explodes.",
        "", "Brier differences, with 90% intervals from indicators drawn anew:", "",
    ]  # fmt: skip
    lines += [f"- {d.ours} − {d.theirs}: {d.mean:+.4f} ({d.low:+.4f} … {d.high:+.4f})" for d in differences]
    lines += _failing(outcome, ours, names)
    if ALONE in outcome.answers:
        lines += _alone(outcome, names, rows)
    return "\n".join(lines) + "\n"


def _aims(found: dict[tuple[str, int], Row], differences: list[Difference], ours: str) -> list[str]:
    lines = [_aim("Brier skill ≥ 0.14", 0, found[ours, 0].skill, lower=0.14)]
    for d in differences:
        if d.ours == ours and d.theirs not in {BASE, WALK}:
            lines.append(_aim(f"Brier less that of {d.theirs} ≤ −0.012", 0, d.mean, upper=-0.012, digits=4))
            lines.append(_aim("its upper 90% bound < −0.010", 0, d.high, upper=-0.010, digits=4))
        if d.ours == ALONE and d.theirs == BASE:
            lines.append(_aim(f"{ALONE} less the base rate ≤ 0.005", 0, d.mean, upper=0.005, digits=4))
    for ahead in sorted({h for _, h in found if h}):
        row, walk = found[ours, ahead], found.get((WALK, ahead))
        lines.append(_aim("ECE ≤ 0.015", ahead, row.ece, upper=0.015, digits=4))
        if row.cover80 is None or row.cover95 is None or row.interval95 is None or row.mae is None:
            continue
        lines.append(_aim("80% interval holds 77–83%", ahead, row.cover80, lower=0.77, upper=0.83))
        lines.append(_aim("95% interval holds 93–97%", ahead, row.cover95, lower=0.93, upper=0.97))
        if walk and walk.interval95:
            ratio = row.interval95 / walk.interval95
            lines.append(_aim("95% interval score / random walk ≤ 0.92, plain mean", ahead, ratio, upper=0.92))
        if row.interval95_even is not None:
            lines.append(_aim("the same, every indicator alike", ahead, row.interval95_even, upper=0.92))
        lines.append(_aim("MAE / naive ≤ 1", ahead, row.mae / row.mae_naive, upper=1.0))
    return lines


def _aim(
    name: str, ahead: int, value: float, *, lower: float = -float("inf"), upper: float = float("inf"), digits: int = 3
) -> str:
    met = "met" if lower <= value <= upper else "**not met**"
    return f"| {name} | {ahead or 'all'} | {value:.{digits}f} | {met} |"


def _statuses(outcome: Outcome, protocol: Protocol, ours: str) -> list[str]:
    policy = DEFAULT_POLICY
    lines = [
        f"On track is a probability of {policy.on_track:.2f} or more, at risk one below {policy.at_risk:.2f}. "
        "Share that was met (answers):", "",
        "| years ahead | on track | uncertain | at risk |", "|---|---|---|---|",
    ]  # fmt: skip
    for ahead in (0, *protocol.horizons):
        parts = thresholds(outcome, ours, policy.on_track, policy.at_risk, ahead)
        cells = " | ".join(f"{share:.1%} ({count:,})" for count, share in parts.values())
        lines.append(f"| {ahead or 'all'} | {cells} |")
    return lines


def _failing(outcome: Outcome, ours: str, names: tuple[str, ...]) -> list[str]:
    worst = by_indicator(outcome, ours, names)
    failing = [w for w in worst if w.skill < 0]
    return [
        "", "## Where it fails", "", f"Worse than the base rate on {len(failing)} of {len(worst)} indicators:", "",
        *(f"- {w.indicator}: skill {w.skill:.3f}, 80% interval holds {w.cover80:.0%}, {w.cases} questions" for w in failing),
    ]  # fmt: skip


def _alone(outcome: Outcome, names: tuple[str, ...], rows: list[Row]) -> list[str]:
    base = {r.ahead: r.brier for r in rows if r.method == BASE}
    lines = [
        "",
        "## Places without peers",
        "",
        "Brier score of a place answered alone less the base rate's; the aim is at most 0.005:",
        "",
    ]
    lines += [
        f"- {r.ahead or 'all'} years ahead: {r.brier - base[r.ahead]:+.4f}" for r in rows if r.method == ALONE
    ]  # fmt: skip
    lines += [
        f"- {length} years of history: {row.brier - row.brier / (1 - row.skill):+.4f}" for length, row in by_length(outcome, ALONE)
    ]  # fmt: skip
    worse = [w for w in by_indicator(outcome, ALONE, names) if w.skill < 0]
    lines += ["", f"Alone, it is worse than the base rate on {len(worse)} indicators:", ""]
    lines += [f"- {w.indicator}: skill {w.skill:.3f}, {w.cases} questions" for w in worse]
    return lines


def _listed(numbers: tuple[int, ...]) -> str:
    return ", ".join(str(n) for n in numbers)


def _cell(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
