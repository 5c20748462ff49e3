"""What the network sees of a short series: its last moves, its peers' moves, and how both waver; no units left.

Every feature is either odd or even under reflection of the scale (z → −z), listed in :data:`ODD`; the
network is fitted on both images of every case, so that "rising" carries no meaning of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from halfsky.assess.scales import Floats, Ints

LAGS = 4  # steps of 1 … 4 years are compared: their growth tells noise, walk and trend apart
_SHRINK = 3.0  # own changes that weigh as much as the pool's noise
_PEER_SHRINK = 4.0  # peers that weigh as much as "no drift"
_TINY = 1e-12

NAMES = (
    "step1", "step2", "step3", "from_mean", "slope", "long_drift", "reversion", "convergence", "peer_drift",
    "peer_step1", "peer_step3", "rank", "bound_tilt", "peer_gap", "accel", "mean_own3", "peer_step2", "peer_swing",
    "own_noise", "pool_m2", "pool_m3", "pool_m4", "own_m2", "own_m3", "peers", "points", "zero_own", "zero_pool",
    "pool_spread", "bound_near", "pool_trend", "own_trend", "pool_tail", "pool_rho", "same_sign", "common_swing", "common_turns", "common_trend",
)  # fmt: skip
ODD_COUNT = 18
ODD = np.array([i < ODD_COUNT for i in range(len(NAMES))])


@dataclass(frozen=True)
class Summary:
    """One number of each series, all of shape (S,), from a single pass over the years."""

    last: Floats
    last_column: Ints
    points: Floats
    steps: Floats
    move: Floats  # (LAGS, S) sums of absolute moves over 1 … 4 years
    moves: Floats  # (LAGS, S) how many
    square: Floats
    total: Floats
    span: Floats
    zeros: Floats
    mean: Floats
    recent: Floats  # (3, S) last steps, newest first, gaps spread evenly
    pull: Floats  # Σ deviation from the mean so far × next step
    pull_size: Floats
    slope: Floats
    same_sign: Floats


def summarise(z: Floats, years: Ints) -> Summary:
    """Summaries of ``z`` (Y, S), years first, NaN where there is no figure."""
    size = z.shape[1]
    nothing = np.zeros(size)
    seen = ~np.isnan(z)
    gapless = bool(seen.all())
    move, moves = np.zeros((LAGS, size)), np.zeros((LAGS, size))
    last, last_column = np.full(size, np.nan), np.zeros(size, dtype=np.int64)
    points, steps, square, total, span, zeros, running = (np.zeros(size) for _ in range(7))
    recent = np.zeros((3, size))
    pull, pull_size, signs = np.zeros(size), np.zeros(size), np.zeros(size)
    before_step = nothing
    time_sum, time_square, time_value = np.zeros(size), np.zeros(size), np.zeros(size)
    for column in range(len(years)):
        here = seen[column]
        value = z[column] if gapless else np.where(here, z[column], 0.0)
        stepped = here & (points > 0)
        if column and stepped.any():
            gap = np.where(stepped, years[column] - years[last_column], 1).astype(float)
            change = np.where(stepped, value - np.where(points > 0, last, 0.0), 0.0)
            root = change / np.sqrt(gap)
            steps += stepped
            move[0] += np.abs(root)
            square += root * root
            total += change
            span += np.where(stepped, gap, 0.0)
            zeros += stepped & (np.abs(change) < _TINY)
            deviation = np.where(stepped, last - running / np.maximum(points, 1), 0.0)
            pull += deviation * change
            pull_size += deviation * deviation
            rate = change / gap
            signs += np.sign(rate) * np.sign(before_step)
            before_step = np.where(stepped, rate, before_step)
            recent[2] = np.where(stepped, np.where(gap > 2, rate, np.where(gap > 1, recent[0], recent[1])), recent[2])
            recent[1] = np.where(stepped, np.where(gap > 1, rate, recent[0]), recent[1])
            recent[0] = np.where(stepped, rate, recent[0])
        for lag in range(2, LAGS + 1):
            if column >= lag and years[column] - years[column - lag] == lag:
                both = here & seen[column - lag]
                move[lag - 1] += np.where(both, np.abs(z[column] - z[column - lag]), 0.0)
                moves[lag - 1] += both
        time = float(years[column] - years[0])
        points += here
        running += value
        time_sum += time * here
        time_square += time * time * here
        time_value += time * value
        last = np.where(here, z[column], last)
        last_column = np.where(here, column, last_column)
    moves[0] = steps
    mean = running / np.maximum(points, 1)
    wide = time_square - time_sum**2 / np.maximum(points, 1)
    slope = np.divide(time_value - time_sum * mean, wide, out=np.zeros(size), where=wide > _TINY)
    return Summary(
        last, last_column, points, steps, move, moves, square, total, span, zeros, mean, recent, pull, pull_size,
        slope, np.divide(signs, np.maximum(steps - 1, 1)),
    )  # fmt: skip


@dataclass(frozen=True)
class Pooled:
    """What the places of one indicator have in common, all of shape (P,)."""

    noise: Floats
    growth: Floats  # (LAGS, P) mean absolute move over k years against one year
    tail: Floats
    rho: Floats  # share of the deviation from the mean that one year takes back
    trend: Floats
    zeros: Floats
    places: Floats
    weight: Floats
    drift: Floats  # weighted sums, so that a series can be taken out of its own pool
    step1: Floats
    step3: Floats
    level: Floats
    level_square: Floats
    converge: Floats
    step2: Floats
    swing: Floats  # how far the common path leaves a straight line from year to year
    turns: Floats  # its first autocorrelation
    path_mean: Floats
    path_last: Floats


def _ratio(a: Floats, b: Floats, otherwise: float = 0.0) -> Floats:
    return np.asarray(np.divide(a, b, out=np.full(np.shape(b), otherwise), where=np.asarray(b) > _TINY), dtype=float)


def _own_weight(s: Summary, own: Floats, noise: Floats) -> Floats:
    """Noisy places say less of the common drift."""
    return np.where(s.steps > 0, 1.0 / np.maximum(own + noise, _TINY) ** 2 * noise**2, 0.0)


def common_path(z: Floats, years: Ints, weight: Floats, pool: Ints, pools: int) -> Floats:
    """Mean yearly step of the places in each year, (Y − 1, P): what moves them all at once; NaN where none moved."""
    out = np.full((max(len(years) - 1, 0), pools), np.nan)
    for column in range(1, len(years)):
        change = z[column] - z[column - 1]
        seen = ~np.isnan(change)
        known = np.asarray(np.bincount(pool, np.where(seen, weight, 0.0), pools), dtype=float)
        total = np.asarray(np.bincount(pool, np.where(seen, weight * change, 0.0), pools), dtype=float)
        out[column - 1] = _ratio(total, known, np.nan) / (years[column] - years[column - 1])
    return out


def gather(s: Summary, z: Floats, years: Ints, pool: Ints, pools: int) -> Pooled:
    """Pool the summaries of ``z`` (Y, S); ``pool`` (S,) numbers the indicators 0 … ``pools`` − 1."""

    def add(values: Floats) -> Floats:
        return np.asarray(np.bincount(pool, values, pools), dtype=float)

    able = (s.steps > 0).astype(float)
    noise = _ratio(add(s.move[0]), add(s.steps))
    growth = np.ones((LAGS, pools))
    for lag in range(1, LAGS):
        mean = _ratio(add(s.move[lag]), add(s.moves[lag]))
        growth[lag] = np.where((mean > _TINY) & (noise > _TINY), mean / np.maximum(noise, _TINY), growth[lag - 1] * 1.1)
    own = _ratio(s.move[0], s.steps)
    weight = _own_weight(s, own, noise[pool])
    level = np.where(s.points > 0, s.last, 0.0)
    there = (s.points > 0).astype(float)
    places = add(there)
    centre = _ratio(add(level), places)
    first = level - s.total - centre[pool]
    path = common_path(z, years, weight, pool, pools)
    path_seen = ~np.isnan(path)
    path_mean = _ratio(np.where(path_seen, path, 0.0).sum(axis=0), path_seen.sum(axis=0).astype(float))
    swings = np.where(path_seen, path - path_mean, 0.0)
    newest = len(swings) - 1 - path_seen[::-1].argmax(axis=0) if len(swings) else np.zeros(0, dtype=np.int64)
    size = (swings * swings).sum(axis=0)
    return Pooled(
        noise=noise,
        growth=growth,
        tail=np.sqrt(_ratio(add(s.square), add(s.steps))) / np.maximum(noise, _TINY),
        rho=_ratio(add(s.pull), add(s.pull_size)),
        trend=_ratio(np.abs(add(s.total)), np.maximum(add(np.abs(s.total)), 0.0)),
        zeros=_ratio(add(s.zeros), add(s.steps)),
        places=add(able),
        weight=add(weight),
        drift=add(weight * _ratio(s.total, s.span)),
        step1=add(weight * s.recent[0]),
        step3=add(weight * s.recent.mean(axis=0)),
        level=centre,
        level_square=_ratio(add((level - centre[pool]) ** 2 * there), np.maximum(places - 1, 0)),
        converge=_ratio(add(first * (_ratio(s.total, s.span) - _ratio(add(s.total), add(s.span))[pool]) * able),
                        add(first * first * able)),
        step2=add(weight * s.recent[1]),
        swing=np.sqrt(_ratio(size, np.maximum(path_seen.sum(axis=0) - 1, 1))),
        turns=_ratio((swings[1:] * swings[:-1]).sum(axis=0), size),
        path_mean=path_mean,
        path_last=swings[newest, np.arange(pools)] if len(swings) else np.zeros(pools),
    )  # fmt: skip


def own_scale(s: Summary, pooled: Pooled, pool: Ints) -> Floats:
    """The yearly noise of each series, shrunk towards its pool's; 0 where neither ever moved. Shape (S,)."""
    return np.asarray((s.move[0] + _SHRINK * pooled.noise[pool]) / (s.steps + _SHRINK), dtype=float)


def features(s: Summary, pooled: Pooled, pool: Ints, low: Floats, high: Floats) -> tuple[NDArray[np.float32], Floats]:
    """Features (F, S) and the scale (S,) that takes the network's answer back.

    ``low`` and ``high`` (S,) are the bounds on the unbounded scale, infinite where there are none.
    """
    scale = own_scale(s, pooled, pool)
    unit = 1.0 / np.maximum(scale, _TINY)
    own = _ratio(s.move[0], s.steps)
    weight = _own_weight(s, own, pooled.noise[pool])
    own_drift = _ratio(s.total, s.span)
    others = np.maximum(pooled.places[pool] - (s.steps > 0), 0.0)
    total_weight = np.maximum(pooled.weight[pool] - weight, 0.0)
    shrunk = others / (others + _PEER_SHRINK)

    def peers(total: Floats, mine: Floats) -> Floats:
        return shrunk * _ratio(total[pool] - weight * mine, total_weight)

    places = pooled.places[pool]
    from_level = (s.last - pooled.level[pool]) * np.where(places > 1, places / np.maximum(places - 1, 1), 0.0)
    spread = np.sqrt(pooled.level_square[pool])
    near_low = np.exp(-np.clip((s.last - low) * unit, 0.0, 30.0) / 3.0)
    near_high = np.exp(-np.clip((high - s.last) * unit, 0.0, 30.0) / 3.0)
    mean3 = s.recent.mean(axis=0)
    own2, own3 = (_ratio(_ratio(s.move[k], s.moves[k]), np.maximum(own, _TINY)) for k in (1, 2))
    few = s.steps / (s.steps + _SHRINK)
    odd = (
        s.recent[0] * unit,
        s.recent[1] * unit,
        s.recent[2] * unit,
        (s.last - s.mean) * unit,
        s.slope * unit,
        own_drift * unit,
        np.clip(pooled.rho[pool], -1.0, 0.5) * (s.last - s.mean) * unit,
        np.clip(pooled.converge[pool], -0.5, 0.2) * from_level * unit,
        peers(pooled.drift, own_drift) * unit,
        peers(pooled.step1, s.recent[0]) * unit,
        peers(pooled.step3, mean3) * unit,
        shrunk * _ratio(from_level, spread),
        near_low - near_high,
        shrunk * from_level * unit / 10.0,
        (s.recent[0] - own_drift) * unit,
        mean3 * unit,
        peers(pooled.step2, s.recent[1]) * unit,
        shrunk * pooled.path_last[pool] * unit,
    )
    even = (
        np.log((own + 0.05 * scale + _TINY) / (pooled.noise[pool] + 0.05 * scale + _TINY)),
        np.log(np.clip(pooled.growth[1][pool], 0.5, 2.0)),
        np.log(np.clip(pooled.growth[2][pool], 0.4, 3.0)),
        np.log(np.clip(pooled.growth[3][pool], 0.3, 4.0)),
        few * np.log(np.clip(np.where(own2 > 0, own2, 1.3), 0.3, 2.0)),
        few * np.log(np.clip(np.where(own3 > 0, own3, 1.5), 0.3, 3.0)),
        shrunk,
        np.log(np.maximum(s.points, 1.0)),
        _ratio(s.zeros, s.steps),
        pooled.zeros[pool],
        np.log1p(np.minimum(spread * unit, 1e3)) * shrunk,
        near_low + near_high,
        pooled.trend[pool] * shrunk,
        _ratio(np.abs(s.total), np.maximum(s.move[0], _TINY)),
        np.log(np.clip(pooled.tail[pool], 1.0, 6.0)),
        np.clip(pooled.rho[pool], -1.0, 0.5),
        s.same_sign,
        shrunk * np.log1p(np.minimum(_ratio(pooled.swing[pool], pooled.noise[pool]), 3.0)),
        shrunk * pooled.turns[pool],
        shrunk * np.log1p(np.minimum(_ratio(np.abs(pooled.path_mean[pool]), pooled.swing[pool]), 5.0)),
    )
    out = np.empty((len(NAMES), len(s.last)), dtype=np.float32)
    for column, feature in enumerate(odd):
        np.clip(feature, -8.0, 8.0, out=out[column], casting="same_kind")
    for column, feature in enumerate(even, start=ODD_COUNT):
        out[column] = feature
    np.copyto(out, np.float32(0.0), where=~np.isfinite(out))
    return out, scale


def part(s: Summary, rows: slice) -> Summary:
    """The summaries of some series."""
    return Summary(*(getattr(s, field.name)[..., rows] for field in fields(Summary)))


def joined(parts: list[Summary]) -> Summary:
    """The summaries of blocks of series as one."""
    if len(parts) == 1:
        return parts[0]
    return Summary(*(np.concatenate([getattr(p, f.name) for p in parts], axis=-1) for f in fields(Summary)))
