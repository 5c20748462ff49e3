"""The backtest sees nothing of the future, asks what it says it asks, and scores what it says it scores."""

from __future__ import annotations

import csv
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from halfsky.assess import scales
from halfsky.assess.backtest import cases, panel, prose, protocol, report, scores, single, training
from halfsky.assess.backtest.panel import COLUMNS, Panel, PanelError

PROTOCOL = protocol.Protocol(per_cell=12, seed=3)
RECIPE = training.Recipe(members=2, epochs=1, hidden=8, batch=256, per_cell=20)


@pytest.fixture(scope="module")
def walks(tmp_path_factory: pytest.TempPathFactory) -> Panel:
    """Eight indicators in four families: places that drift together, as a file that the reader reads."""
    rng = np.random.default_rng(11)
    path = tmp_path_factory.mktemp("panel") / "panel.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS)
        for i in range(8):
            drift = rng.normal(0, 0.6)
            for place in range(12):
                values = np.clip(50 + rng.normal(0, 8) + np.cumsum(rng.normal(drift, 0.8, 22)), 0, 100)
                for year, value in enumerate(values, start=2000):
                    row = (
                        "made",
                        f"i{i}",
                        "%",
                        f"{place:02d}",
                        "total",
                        year,
                        round(value, 3),
                        "admin",
                        "",
                        f"f{i // 2}",
                    )
                    writer.writerow(row)
    return panel.read(path)


def test_a_panel_is_read_with_its_scale_and_leading_zeros(walks: Panel) -> None:
    assert walks.values.shape == (96, 22)
    assert set(walks.place[:2]) == {"made:00", "made:01"}
    assert (walks.scale == scales.LOGIT).all()


@pytest.mark.parametrize(
    ("line", "words"),
    [("s,i,%,01,total,2001,many,admin,,f", "not a number"), ("s,i,%,01,total,2000,2,admin,,f", "a second figure")],
)
def test_a_panel_that_is_none_is_refused_with_its_line(tmp_path: Path, line: str, words: str) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(",".join(COLUMNS) + "\ns,i,%,01,total,2000,1,admin,,f\n" + line + "\n", encoding="utf-8")
    with pytest.raises(PanelError, match=f"line 3.*{words}"):
        panel.read(path)


def test_the_halves_share_no_family(walks: Panel) -> None:
    one, other = protocol.halves(walks, seed=5)
    families = [{p.families[i] for i in p.indicator} for p in (one, other)]
    assert families[0] | families[1] == set(walks.families)
    assert not families[0] & families[1]


def test_what_comes_after_the_origin_changes_no_answer(walks: Panel) -> None:
    """Other futures, the same questions and answers; only what was met may differ."""
    cut = 14
    rng = np.random.default_rng(0)
    other = walks.values.copy()
    other[:, cut + 1 :] = rng.uniform(0, 100, other[:, cut + 1 :].shape)
    changed = replace(walks, values=other)
    moves = [cases.typical_moves(p)[:, : cut + 1] for p in (walks, changed)]
    assert np.array_equal(*moves, equal_nan=True)
    weights = protocol.weights_for(walks, RECIPE)
    answers = []
    for one in (walks, changed):
        batch = next(protocol.batches(one, PROTOCOL))
        origin = cases.windows(one, batch.values.shape[1]).origin[batch.row]
        answers.append((protocol.pooled(weights)(batch).probability[origin <= cut], batch.targets[origin <= cut]))
    assert len(answers[0][0]) > 20
    assert np.array_equal(answers[0][0], answers[1][0])
    assert np.array_equal(answers[0][1], answers[1][1])


def test_targets_lie_a_multiple_of_the_typical_move_from_the_last_value(walks: Panel) -> None:
    batch = next(protocol.batches(walks, PROTOCOL))
    sign = np.where(batch.upward, 1, -1)
    multiples = sign[:, None] * (batch.targets - batch.last[:, None]) / batch.typical[:, None]
    assert multiples == pytest.approx(np.broadcast_to(cases.MULTIPLES, multiples.shape))
    met = np.where(batch.upward[:, None], batch.truth[:, None] >= batch.targets, batch.truth[:, None] <= batch.targets)
    assert np.array_equal(met, batch.met)


def test_fitting_on_one_half_beats_the_base_rate_on_the_other(walks: Panel, tmp_path: Path) -> None:
    recipe = replace(RECIPE, epochs=15, per_cell=200)
    fitters = {"halfsky": protocol.fit_pooled(recipe), "walk": single.fit_walk}
    outcome = protocol.run(walks, PROTOCOL, fitters)
    rows = {(r.method, r.ahead): r for r in report.table(outcome)}
    assert rows["halfsky", 0].brier < rows["base-rate", 0].brier
    assert rows["halfsky", 0].brier < rows["walk", 0].brier
    assert rows["base-rate", 0].skill == 0
    difference = report.difference(outcome, "halfsky", "walk", seed=1)
    assert difference.low < difference.mean < difference.high
    report.write(tmp_path, outcome, PROTOCOL, walks.indicators, [difference], "halfsky")
    assert {p.name for p in tmp_path.iterdir()} >= {"scores.csv", "reliability.csv", "indicators.csv", "report.md"}
    assert (tmp_path / "reliability.png").read_bytes().startswith(b"\x89PNG")
    assert "Stated probability" in (tmp_path / "reliability.svg").read_text(encoding="utf-8")
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "reliability.svg" in text
    shares = report.thresholds(outcome, "halfsky", 0.8, 0.35)
    assert sum(count for count, _ in shares.values()) == outcome.asked.sum()
    for count, share in shares.values():
        assert f"{share:.1%} ({count:,})" in text
    own = rows["walk", 0]
    assert own.interval95_even is None  # there is no method called random-walk here to be held against


def test_an_aim_that_is_missed_is_called_missed() -> None:
    assert prose._aim("ECE", 5, 0.0151, upper=0.015).endswith("**not met** |")
    assert prose._aim("ECE", 5, 0.0149, upper=0.015).endswith("| met |")


def test_the_gradient_is_that_of_the_loss() -> None:
    rng = np.random.default_rng(2)
    sizes = (5, 4, 4, 45)
    shapes = [s for a, b in pairwise(sizes) for s in ((a, b), (b,))]
    parameters = [rng.normal(0, 0.5, s) for s in shapes]
    x, y = rng.normal(0, 1, (7, 5)), rng.normal(0, 1, (7, 3))
    y[0, 1] = np.nan
    weight = rng.uniform(0.5, 2, 7)
    found = training._gradients(parameters, x, y, weight)
    for i, gradient in enumerate(found):
        at = tuple(rng.integers(0, n) for n in gradient.shape)
        losses = []
        for step in (1e-5, -1e-5):
            moved = [p.copy() for p in parameters]
            moved[i][at] += step
            losses.append(_loss(moved, x, y, weight))
        assert gradient[at] == pytest.approx((losses[0] - losses[1]) / 2e-5, rel=2e-2, abs=1e-5)


def _loss(parameters: list[np.ndarray], x: np.ndarray, y: np.ndarray, weight: np.ndarray) -> float:
    from halfsky.assess import network

    w1, b1, w2, b2, w3, b3 = parameters
    raw = np.tanh(np.tanh(x @ w1 + b1) @ w2 + b2) @ w3 + b3
    q = (network.positive(raw) @ network.SPREADING.T).reshape(len(x), 3, -1)
    error = y[:, :, None] - q
    loss = np.maximum(network.LEVELS * error, (network.LEVELS - 1) * error) / np.sqrt(network.HORIZONS)[:, None]
    return float(np.nansum(loss * weight[:, None, None]) / (~np.isnan(y)).sum())


def test_scores_are_what_the_textbooks_say() -> None:
    p, met = np.array([0.9, 0.1, 0.5, 0.5]), np.array([True, False, True, False])
    assert scores.brier(p, met) == pytest.approx((0.01 + 0.01 + 0.25 + 0.25) / 4)
    assert scores.calibration_error(p, met) == pytest.approx(0.05)
    assert scores.auc_within(p, met, np.zeros(4, dtype=np.int64)) == pytest.approx(3.5 / 4)
    assert scores.interval_score(np.array([0.0]), np.array([1.0]), np.array([1.5]), 0.95)[0] == pytest.approx(21.0)
