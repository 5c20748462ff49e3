"""Maternal deaths in a simulated city: how often each way of judging is wrong, and how soon it sees a true excess.

    python benchmarks/rare_events.py [--cities 400] [--seed 2021]

Eleven districts with 1,000 to 15,000 births a year, ten years, deaths drawn from a Poisson distribution; the bound is 9
per 100,000. Each city is judged as of its last year by ``halfsky.assess`` itself, and on the same draws by two plain rules:
this year's rate against the bound, and the rate of five pooled years against it. An alarm of ours is a warning (``alerts.policy``
needs a database, so its grounds are restated here: missed, at risk, cluster).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from halfsky.assess import Flag, Standing, assess
from halfsky.observations import Figures, Observation, SeriesKey
from halfsky.plan import Plan

CITY = "990200"
BIRTHS = np.array([1000, 1500, 2000, 2500, 3000, 4000, 5000, 6000, 8000, 12_000, 15_000])
DISTRICTS = [f"9902{i + 2:02d}" for i in range(len(BIRTHS))]
YEARS = range(2019, 2029)
BOUND = 9.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cities", type=int, default=400)
    parser.add_argument("--seed", type=int, default=2021)
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    at, below = np.full(len(BIRTHS), BOUND), np.full(len(BIRTHS), 6.0)
    mixed = BOUND * np.exp(np.linspace(-0.5, 0.2, len(BIRTHS)))
    print(
        f"{len(BIRTHS)} districts, {BIRTHS.sum():,} births a year, bound {BOUND:g}; {arguments.cities} cities a row\n"
    )
    print("No district in excess: share that raises an alarm")
    print(f"{'true rates':34}{'ours, place':>13}{'city':>7}{'cluster':>9}{'city':>7}{'one year':>10}{'city':>7}{'five':>7}{'city':>7}")  # fmt: skip
    for name, rates in (
        ("all at the bound", at),
        ("all at 6", below),
        ("from 5.5 to 9, small to large", np.minimum(mixed, 9)),
    ):
        row(name, [judged(rates, rng) for _ in range(arguments.cities)])
    print("\nOne district in excess for the last years, the others at 6: share of excesses that are seen")
    print(f"{'district':>9}{'times 9':>9}{'years':>7}{'ours':>8}{'cluster':>9}{'one year':>10}{'five years':>12}")
    for place in (1, 6, 10):
        for times in (2, 3, 5):
            for years in (1, 2, 3):
                found = [judged(below, rng, (place, times, years)) for _ in range(arguments.cities // 2)]
                seen = np.array([[c.alarm[place], c.cluster[place], c.naive[place], c.five[place]] for c in found])
                shares = seen.mean(axis=0)
                print(f"{BIRTHS[place]:>9,}{times:>9}{years:>7}{shares[0]:>8.0%}{shares[1]:>9.0%}{shares[2]:>10.0%}{shares[3]:>12.0%}")  # fmt: skip
    print("\nSeveral deaths in one year in the district of 1,500 births, none in it before, the others at 6")
    for deaths in (1, 2, 3, 4):
        found = [judged(below, rng, fixed=(1, deaths)) for _ in range(arguments.cities // 2)]
        print(f"  {deaths}: ours {share(found, lambda c: c.alarm[1])}, of which cluster {share(found, lambda c: c.cluster[1])}, one year {share(found, lambda c: c.naive[1])}")  # fmt: skip
    print("\nThe district of 1,500 births against a bound of 12, the others at 10: called by each rule")
    for true in (24.0, 10.0):
        rates = np.where(np.arange(len(BIRTHS)) == 1, true, 10.0)
        found = [judged(rates, rng, bound=12.0) for _ in range(arguments.cities)]
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
    """What each rule says of each district, (districts,)."""

    alarm: np.ndarray
    cluster: np.ndarray
    met: np.ndarray
    failed: np.ndarray
    probability: np.ndarray
    naive: np.ndarray
    five: np.ndarray
    error: np.ndarray  # (3,): root mean squared distance from the true rate: one year's rate, five years', shrunk


def judged(
    rates: np.ndarray, rng: np.random.Generator, excess: tuple[int, float, int] | None = None, *,
    fixed: tuple[int, int] | None = None, bound: float = BOUND,
) -> City:  # fmt: skip
    """One city drawn and judged. ``excess``: district, multiple of the bound, years; ``fixed``: district, deaths."""
    true = np.repeat(rates[:, None], len(YEARS), axis=1)
    if excess is not None:
        place, times, years = excess
        true[place, -years:] = times * bound
    deaths = rng.poisson(true / 100_000 * BIRTHS[:, None])
    if fixed is not None:
        deaths[fixed[0]] = 0
        deaths[fixed[0], -1] = fixed[1]
    verdicts = {v.region: v for v in assess(PLANS[bound], figures(deaths), as_of=YEARS[-1])}
    ours = [verdicts[code] for code in DISTRICTS]
    cluster = np.array([Flag.CLUSTER in v.flags for v in ours])
    failed = np.array([v.status in {Standing.MISSED, Standing.AT_RISK} for v in ours])
    rare = [v.rare for v in ours if v.rare is not None]
    told = np.array([deaths[:, -1] / BIRTHS * 100_000, [float(r.rate) for r in rare], [r.shrunk for r in rare]])
    return City(
        alarm=failed | cluster | np.array([Flag.SLIPPING in v.flags for v in ours]),
        cluster=cluster,
        met=np.array([v.status is Standing.MET for v in ours]),
        failed=failed,
        probability=np.array([r.within for r in rare]),
        naive=deaths[:, -1] / BIRTHS * 100_000 > bound,
        five=deaths[:, -5:].sum(axis=1) / (5 * BIRTHS) * 100_000 > bound,
        error=np.sqrt(((told - true[:, -1]) ** 2).mean(axis=1)),
    )


def figures(deaths: np.ndarray) -> Figures:
    def row(code: str, year: int, number: int, births: int) -> Observation:
        rate = Decimal(number) * 100_000 / births
        return Observation(SeriesKey("rate", code), year, rate, Decimal(number), Decimal(births))

    places = [
        row(code, year, int(n), int(births))
        for code, births, counts in zip(DISTRICTS, BIRTHS, deaths, strict=True)
        for year, n in zip(YEARS, counts, strict=True)
    ]
    whole = [row(CITY, year, int(n), int(BIRTHS.sum())) for year, n in zip(YEARS, deaths.sum(axis=0), strict=True)]
    return Figures([*whole, *places])


def plan_of(bound: float) -> Plan:
    def words(text: str) -> dict[str, str]:
        return {"zh": text, "en": text}

    return Plan(**{
        "id": "sample", "title": words("sample"), "short_title": words("sample"), "region": CITY, "start": 2021, "end": 2030,
        "base_year": 2020, "level": "city", "source": {"publisher": words("city")},
        "fields": [{"number": 1, "name": words("health"), "goals": [{"id": "G1.1", "statement": words("goal")}]}],
        "indicators": [{
            "id": "rate", "name": words("rate"), "definition": words("rate"), "unit": "per_100k", "direction": "lower",
            "numerator": words("deaths"), "denominator": words("births"),
        }],
        "targets": [{
            "id": "G1.1a", "clause": "G1.1", "indicator": "rate", "kind": "at_most", "words": "most",
            "binds": "region_and_every_district", "milestones": [{"year": 2030, "value": str(bound)}],
        }],
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
    cells = [f"{c.mean():.1%}|{c.any(axis=1).mean():.0%}".split("|") for c in columns]
    widths = ((13, 7), (9, 7), (10, 7), (7, 7))
    text = "".join(f"{place:>{w[0]}}{city:>{w[1]}}" for (place, city), w in zip(cells, widths, strict=True))
    print(f"{name:34}{text}")
    one, five, shrunk = np.mean([c.error for c in found], axis=0)
    print(f"{'':34}error of the rate told: one year {one:.1f}, five years {five:.1f}, shrunk {shrunk:.1f} per 100,000")


if __name__ == "__main__":
    sys.exit(main())
