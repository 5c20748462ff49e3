"""The places of demonstration data and their sizes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from halfsky.plan import Plan
from halfsky.plan.model import COUNTY_LEVELS, Region

_POPULATION = {
    "nation": 1_400_000_000,
    "province": 40_000_000,
    "city": 6_000_000,
    "district": 650_000,
    "county_level_city": 780_000,
    "county": 70_000,  # small on purpose: a county of this size shows what rare events do to rates
    "zone": 100_000,
}
_SPREAD = {"district": 0.45, "county_level_city": 0.15, "county": 0.1}
_CORE_POPULATION = 420_000
_RURAL_SHARE = {
    "district": 0.22,
    "county_level_city": 0.55,
    "county": 0.62,
    "city": 0.3,
    "province": 0.35,
    "nation": 0.36,
}


@dataclass(frozen=True, slots=True)
class DemoPlace:
    """A place as the demonstration imagines it.

    ``rural`` is the rural share of its people, 0 in an urban core; ``parts`` how many county-level places it holds.
    """

    region: Region
    population: int
    rural: float
    parts: int = 1

    @property
    def is_part(self) -> bool:
        """Whether it is one of the county-level places that make up a region."""
        return self.region.level in COUNTY_LEVELS


def generator(*names: object) -> np.random.Generator:
    """A generator of its own for each name: no series depends on how many others there are."""
    digest = hashlib.sha256("|".join(map(str, names)).encode("utf-8")).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))


def demo_places(plan: Plan, seed: int) -> tuple[DemoPlace, ...]:
    """The county-level places of a plan, sized."""
    return tuple(
        demo_place(region, seed)
        for region in plan.regions
        if region.level in COUNTY_LEVELS and region.code != plan.region
    )


def demo_place(region: Region, seed: int) -> DemoPlace:
    """A place sized by its level. Codes 02 to 10 of a city are, by GB/T 2260's practice, its old urban core."""
    rng = generator(seed, "place", region.code)
    core = region.level == "district" and region.code[-2:].isdigit() and 2 <= int(region.code[-2:]) <= 10
    size = _CORE_POPULATION if core else _POPULATION[region.level]
    population = round(size * float(np.exp(rng.normal(0, _SPREAD.get(region.level, 0.0)))))
    rural = 0.0 if core else float(np.clip(_RURAL_SHARE.get(region.level, 0.3) + rng.normal(0, 0.06), 0.08, 0.8))
    return DemoPlace(region, population, rural)
