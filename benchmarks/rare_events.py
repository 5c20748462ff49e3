"""Maternal deaths in a simulated city: how often each way of judging is wrong, and how soon it sees a true excess.

    python benchmarks/rare_events.py [--cities 400] [--seed 2021]

Eleven districts with 1,000 to 15,000 births a year, ten years, deaths drawn from a Poisson distribution; the bound is 9
per 100,000 in the city and in every district. Each city is judged as of its last year by ``halfsky.assess`` itself, and on
the same draws by two plain rules: this year's rate against the bound, and the rate of five pooled years against it. An alarm
of ours is a warning (``alerts.policy`` needs a database, so its grounds are restated here: missed, at risk, cluster,
slipping). Shares of places are those of districts; a city has an alarm when it or a district of it has one.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from halfsky.assess import Flag, Standing, Verdict, assess
from halfsky.observations import Figures, Observation, SeriesKey
from halfsky.plan import Plan

CITY = "990200"
BIRTHS = np.array([1000, 1500, 2000, 2500, 3000, 4000, 5000, 6000, 8000, 12_000, 15_000])
DISTRICTS = [f"9902{i + 2:02d}" for i in range(len(BIRTHS))]
YEARS = range(2019, 2029)
BOUND = 9.0
TOGETHER = 25  # cities judged at once


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cities", type=int, default=400)
    parser.add_argument("--seed", type=int, default=2021)
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    at, below = np.full(len(BIRTHS), BOUND), np.full(len(BIRTHS), 6.0)
    mixed = BOUND * np.exp(np.linspace(-0.5, 0.2, len(BIRTHS)))
    print(
        f"{len(BIRTHS)} districts, {BIRTHS.sum():,} births a year, bound {BOUND:g}; {arguments.cities} cities a row, a quarter of that with an excess\n"
    )
    print("No district in excess: share that raises an alarm")
    print(f"{'true rates':34}{'ours, place':>13}{'city':>7}{'cluster':>9}{'city':>7}{'one year':>10}{'city':>7}{'five':>7}{'city':>7}")  # fmt: skip
    for name, rates in (
        ("all at the bound", at),
        ("all at 6", below),
        ("from 5.5 to 9, small to large", np.minimum(mixed, 9)),
    ):
        row(name, judged(rates, rng, arguments.cities))
    print("\nOne district in excess for the last years, the others at 6: share of excesses that are seen")
    print(f"{'district':>9}{'times 9':>9}{'years':>7}{'ours':>8}{'cluster':>9}{'one year':>10}{'five years':>12}")
    for place in (1, 6, 10):
        for times in (2, 3, 5):
            for years in (1, 2, 3):
                found = judged(below, rng, arguments.cities // 4, (place, times, years))
                seen = np.array([[c.alarm[place], c.cluster[place], c.naive[place], c.five[place]] for c in found])
                shares = seen.mean(axis=0)
                print(f"{BIRTHS[place]:>9,}{times:>9}{years:>7}{shares[0]:>8.0%}{shares[1]:>9.0%}{shares[2]:>10.0%}{shares[3]:>12.0%}")  # fmt: skip
    print("\nSeveral deaths in one year in the district of 1,500 births, none in it before, the others at 6")
    for deaths in (1, 2, 3, 4):
        found = judged(below, rng, arguments.cities // 4, fixed=(1, deaths))
        print(f"  {deaths}: ours {share(found, lambda c: c.alarm[1])}, of which cluster {share(found, lambda c: c.cluster[1])}, one year {share(found, lambda c: c.naive[1])}")  # fmt: skip
    print("\nThe district of 1,500 births against a bound of 12, the others at 10: called by each rule")
    for true in (24.0, 10.0):
        rates = np.where(np.arange(len(BIRTHS)) == 1, true, 10.0)
        found = judged(rates, rng, arguments.cities, bound=12.0)
        print(
            f"  truly at {true:g}: met: ours {share(found, lambda c: c.met[1])}, "
            f"one year {share(found, lambda c: not c.naive[1])}, five years {share(found, lambda c: not c.five[1])}; "
            f"failed: ours {share(found, lambda c: c.failed[1])}, one year {share(found, lambda c: c.naive[1])}, "
            f"five years {share(found, lambda c: c.five[1])}; "
            f"mean probability told {np.mean([c.probability[1] for c in found]):.0%}"
        )
    return 0


@dataclass(frozen=True)
class City:
    """What each rule says of each district and, last, of the city itself, (districts + 1,)."""

    alarm: np.ndarray
    cluster: np.ndarray
    met: np.ndarray
    failed: np.ndarray
    probability: np.ndarray
    naive: np.ndarray
    five: np.ndarray
    error: np.ndarray  # (3,): root mean squared distance from the true rate: one year's rate, five years', shrunk


def judged(
    rates: np.ndarray, rng: np.random.Generator, cities: int, excess: tuple[int, float, int] | None = None, *,
    fixed: tuple[int, int] | None = None, bound: float = BOUND,
) -> list[City]:  # fmt: skip
    """Cities drawn and judged. ``excess``: district, multiple of the bound, years; ``fixed``: district, deaths."""
    true = np.repeat(rates[:, None], len(YEARS), axis=1)
    if excess is not None:
        place, times, years = excess
        true[place, -years:] = times * bound
    deaths = rng.poisson(true / 100_000 * BIRTHS[:, None], (cities, *true.shape))
    if fixed is not None:
        deaths[:, fixed[0]] = 0
        deaths[:, fixed[0], -1] = fixed[1]
    found: list[City] = []
    for start in range(0, cities, TOGETHER):
        part = deaths[start : start + TOGETHER]
        verdicts = {(v.indicator, v.region): v for v in assess(PLANS[bound], figures(part), as_of=YEARS[-1])}
        for i, drawn in enumerate(part):
            found.append(_city([verdicts[f"rate{i}", code] for code in (*DISTRICTS, CITY)], drawn, true[:, -1], bound))
        print(f"\r{start + len(part)} of {cities}, {time.process_time():.0f} s ", end="", file=sys.stderr, flush=True)
    print("\r" + " " * 30 + "\r", end="", file=sys.stderr, flush=True)
    return found


def _city(ours: list[Verdict], deaths: np.ndarray, true: np.ndarray, bound: float) -> City:
    births = np.append(BIRTHS, BIRTHS.sum())
    counts = np.vstack([deaths, deaths.sum(axis=0)])
    cluster = np.array([Flag.CLUSTER in v.flags for v in ours])
    failed = np.array([v.status in {Standing.MISSED, Standing.AT_RISK} for v in ours])
    rare = [v.rare for v in ours if v.rare is not None]
    one, five = counts[:, -1] / births * 100_000, counts[:, -5:].sum(axis=1) / (5 * births) * 100_000
    told = np.array([one, [float(r.rate) for r in rare], [r.shrunk for r in rare]])[:, :-1]
    return City(
        alarm=failed | cluster | np.array([Flag.SLIPPING in v.flags for v in ours]),
        cluster=cluster,
        met=np.array([v.status is Standing.MET for v in ours]),
        failed=failed,
        probability=np.array([r.within for r in rare]),
        naive=one > bound,
        five=five > bound,
        error=np.sqrt(((told - true) ** 2).mean(axis=1)),
    )


def figures(deaths: np.ndarray) -> Figures:
    """Of cities (cities, districts, years), each an indicator of its own."""

    def row(indicator: int, code: str, year: int, number: int, births: int) -> Observation:
        rate = Decimal(number) * 100_000 / births
        return Observation(SeriesKey(f"rate{indicator}", code), year, rate, Decimal(number), Decimal(births))

    return Figures(
        row(i, code, year, int(n), int(births))
        for i, drawn in enumerate(deaths)
        for code, births, counts in zip(
            (*DISTRICTS, CITY), (*BIRTHS, BIRTHS.sum()), (*drawn, drawn.sum(axis=0)), strict=True
        )
        for year, n in zip(YEARS, counts, strict=True)
    )


def plan_of(bound: float) -> Plan:
    """One city's promise many times over, so that many draws are judged at once without knowing of each other."""

    def words(text: str) -> dict[str, str]:
        return {"zh": text, "en": text}

    return Plan(**{
        "id": "sample", "title": words("sample"), "short_title": words("sample"), "region": CITY, "start": 2021, "end": 2030,
        "base_year": 2020, "level": "city", "source": {"publisher": words("city")},
        "fields": [{
            "number": 1, "name": words("health"),
            "goals": [{"id": f"G1.{i + 1}", "statement": words("goal")} for i in range(TOGETHER)],
        }],
        "indicators": [{
            "id": f"rate{i}", "name": words("rate"), "definition": words("rate"), "unit": "per_100k", "direction": "lower",
            "numerator": words("deaths"), "denominator": words("births"),
        } for i in range(TOGETHER)],
        "targets": [{
            "id": f"G1.{i + 1}a", "clause": f"G1.{i + 1}", "indicator": f"rate{i}", "kind": "at_most", "words": "most",
            "binds": "region_and_every_district", "milestones": [{"year": 2030, "value": str(bound)}],
        } for i in range(TOGETHER)],
        "regions": [
            {"code": CITY, "name": words("city"), "level": "city"},
            *({"code": code, "name": words(code), "level": "district", "parent": CITY} for code in DISTRICTS),
        ],
    })  # type: ignore[arg-type]  # fmt: skip


PLANS = {bound: plan_of(bound) for bound in (BOUND, 12.0)}


def share(found: list[City], of: Callable[[City], object]) -> str:
    return f"{np.mean([bool(of(city)) for city in found]):.0%}"


def row(name: str, found: list[City]) -> None:
    columns = [np.array([getattr(city, rule) for city in found]) for rule in ("alarm", "cluster", "naive", "five")]
    cells = [f"{c[:, :-1].mean():.1%}|{c.any(axis=1).mean():.0%}".split("|") for c in columns]
    widths = ((13, 7), (9, 7), (10, 7), (7, 7))
    text = "".join(f"{place:>{w[0]}}{city:>{w[1]}}" for (place, city), w in zip(cells, widths, strict=True))
    print(f"{name:34}{text}")
    one, five, shrunk = np.mean([c.error for c in found], axis=0)
    print(f"{'':34}error of the rate told: one year {one:.1f}, five years {five:.1f}, shrunk {shrunk:.1f} per 100,000")


if __name__ == "__main__":
    sys.exit(main())
