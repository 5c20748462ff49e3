"""Random verdict sets: plans of every kind and unit, places with random series, judged by the real engine."""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from halfsky.assess import Verdict, assess
from halfsky.observations import Figures, Observation, SeriesKey, Status
from halfsky.observations.derive import with_derived
from halfsky.observations.quotient import quotient
from halfsky.plan import Indicator, Plan
from tests.support import words

_TARGETS = 4
# Names as long as plans have them, without digits and without words of direction.
_NAMES = (
    ("配备专职妇女保健人员的基层医疗卫生机构占比", "Primary care institutions with staff for women's health"),
    ("新建城区、居住（小）区养老服务设施配建达标率", "New housing areas with elder-care facilities to standard"),
    ("事业单位职工代表大会中女职工代表比例", "Women among delegates to workers' congresses of public institutions"),
    ("事业单位职工中女职工比例", "Women among staff of public institutions"),
    ("孕产妇死亡率", "Maternal mortality ratio"), ("农村自来水普及率", "Rural tap-water coverage"),
    ("人均预期寿命", "Life expectancy at birth"), ("妇女儿童活动场所数", "Activity centres for women and children"),
    ("农村低收入妇女人均可支配收入", "Disposable income of rural women on low incomes"),
    ("日均家务劳动时间", "Housework a day"), ("建立妇女议事会制度", "Women's councils set up"),
    ("基层妇女骨干培训人次", "Grassroots women trained"),
)  # fmt: skip
_UNITS = (
    ("percent", 2), ("per_100k", 2), ("per_1000", 2), ("years", 2), ("count", 0), ("persons", 0), ("yuan", 0),
    ("minutes", 0), ("yes_no", 0), ("ratio", 2), ("ten_thousand_persons", 2), ("per_10k", 2),
)  # fmt: skip
_COUNTED = {"percent", "per_100k", "per_1000", "per_10k"}
_LEVELS = {"percent": 60, "per_100k": 9, "per_1000": 5, "years": 80, "count": 12, "persons": 900, "yuan": 20_000,
           "minutes": 90, "ratio": 1, "ten_thousand_persons": 40, "per_10k": 12}  # fmt: skip


@dataclass(frozen=True)
class Sets:
    """A plan, its figures and its verdicts; the verdicts of one place are one set."""

    plan: Plan
    figures: Figures
    verdicts: tuple[Verdict, ...]
    year: int

    def of(self, region: str) -> tuple[Verdict, ...]:
        return tuple(v for v in self.verdicts if v.region == region)


def random_sets(seed: int, places: int) -> Sets:
    """``places`` places, a city and its districts, each with random figures of four random targets."""
    rng = random.Random(seed)
    plan = _plan(rng, places)
    year = rng.choice([2023, 2024, 2025, 2026, 2029, 2030])
    rows = [
        o for indicator in plan.indicators for region in plan.regions for o in _series(rng, indicator, region.code, year)
    ]  # fmt: skip
    figures = Figures(rows)
    revised = {o.key: o.value * Decimal("1.07") for o in rows if o.value and o.year == year and rng.random() < 0.03}
    now = assess(plan, figures, as_of=year, revised=revised)
    return Sets(plan, with_derived(plan, figures.until(year)), now, year)


def _plan(rng: random.Random, places: int) -> Plan:
    indicators, targets = [], []
    for i, (zh, en) in enumerate(_NAMES):
        unit, decimals = ("percent", 2) if i in {2, 3} else _UNITS[(i + rng.randrange(len(_UNITS))) % len(_UNITS)]
        if i in {7, 10}:
            unit, decimals = ("count", 0) if i == 7 else ("yes_no", 0)
        made: dict[str, Any] = {
            "id": f"indicator_{i}", "name": words(zh, en), "definition": words(zh, en), "unit": unit, "decimals": decimals,
            "direction": rng.choice(["higher", "lower"]), "population": "women",
        }  # fmt: skip
        if unit in _COUNTED:
            made |= {"numerator": words("事件数", "Events"), "denominator": words("人数", "People")}
        indicators.append(made)
        targets.append(_target(rng, i, unit))
    judged = sorted(rng.sample(range(len(targets)), _TARGETS))
    targets = [targets[i] for i in judged]
    used = {i for t in targets for i in (t["indicator"], t.get("reference"))}
    indicators = [i for i in indicators if i["id"] in used]
    regions = [{"code": "990200", "name": words("小城市", "Smalltown"), "level": "city"}]
    regions += [
        {"code": f"99{i:04}", "name": words(f"{'东西南北中'[i % 5]}山自治县", f"Hill County {chr(65 + i % 26)}"), "level": "district", "parent": "990200"}
        for i in range(1000, 999 + places)
    ]  # fmt: skip
    clauses = [{"id": f"G1.{i + 1}", "statement": words("目标。", "Goal.")} for i in range(len(_NAMES))]
    field = {"number": 1, "name": words("妇女与发展", "Women and development"), "goals": clauses}
    return Plan(
        id="random-2021-2030", title=words("小城市妇女发展规划（2021—2030年）", "Women's development plan of Smalltown (2021–2030)"),
        short_title=words("小城市妇女规划", "Smalltown women's plan"), region="990200", start=2021, end=2030, base_year=2020, level="city",
        source={"publisher": words("小城市人民政府", "Government of Smalltown")}, fields=[field],
        indicators=indicators, targets=targets, regions=regions,
    )  # type: ignore[arg-type]  # fmt: skip


def _target(rng: random.Random, i: int, unit: str) -> dict[str, Any]:
    kind = rng.choice(["at_least", "at_most", "rise", "fall", "near", "times_base", "slow"])
    level = _LEVELS.get(unit, 1)
    made: dict[str, Any] = {
        "id": f"G1.{i + 1}a", "clause": f"G1.{i + 1}", "indicator": f"indicator_{i}", "binds": "region_and_every_district",
        "words": "目标", "aspiration": rng.random() < 0.1, "hold": rng.random() < 0.2,
    }  # fmt: skip
    if i == 2:
        made |= {"kind": rng.choice(["not_below", "match"]), "reference": "indicator_3", "milestones": [{"year": 2030}]}
        if made["kind"] == "match":
            made["tolerance"] = {"value": "3", "reason": words("约定", "agreed")}
        return made
    if unit == "yes_no" or (unit == "count" and rng.random() < 0.5):
        return made | {"kind": "exists", "milestones": [{"year": rng.choice([2025, 2030]), "value": "1"}]}
    bound = str(
        rng.choice([Decimal(level), Decimal(level) * Decimal("0.9"), Decimal(level) * Decimal("1.05")]).quantize(
            Decimal("0.1")
        )
    )
    milestones: list[dict[str, Any]] = [{"year": 2030, "value": bound}]
    if kind in {"at_least", "at_most"} and rng.random() < 0.4:
        milestones.insert(0, {"year": 2025, "value": bound})
    if kind in {"rise", "fall"}:
        milestones = [{"year": 2030, "base_year": 2020}]
    if kind == "times_base":
        milestones = [{"year": 2030, "base_year": 2020, "value": rng.choice(["1.5", "2", "0.8"])}]
    if kind == "slow":
        made["window"], milestones = 3, [{"year": 2030}]
    if kind == "near":
        made["tolerance"] = {"value": str(Decimal(level) / 20), "reason": words("约定", "agreed")}
    return made | {"kind": kind, "milestones": milestones}


def _series(rng: random.Random, indicator: Indicator, region: str, year: int) -> list[Observation]:
    """Trends, turns, plateaus, jumps, gaps, breaks, first figures, silence and small counts."""
    mode = rng.random()
    key, unit = SeriesKey(indicator.id, region), indicator.unit.value
    if mode < 0.04:
        return []
    if mode < 0.06:
        return [Observation(key, y, None, status=Status.NOT_APPLICABLE) for y in range(2020, year + 1)]
    first = year if mode < 0.12 else rng.choice([2013, 2016, 2018, 2020])
    last = year - rng.choice([0, 0, 0, 0, 1, 2])
    level = _LEVELS.get(unit, 1) * rng.uniform(0.8, 1.15)
    step, noise = level * rng.choice([0, 0, 0.01, -0.01, 0.03, -0.03]), level * rng.choice([0, 0.002, 0.02, 0.1])
    turn, broke = rng.choice([0, 0, last, last - 1]), rng.choice([0, 0, 0, 0, 0, last, last - 2])
    people = Decimal(rng.choice([300, 5_000, 80_000, 2_000_000]))
    made = []
    for y in range(first, last + 1):
        if rng.random() < 0.06 and y != last:
            continue
        level += -2 * step if y == turn else step
        value = max(
            Decimal(0), Decimal(repr(level + rng.gauss(0, noise))).quantize(Decimal(1).scaleb(-indicator.decimals))
        )
        numerator = denominator = None
        if unit == "yes_no":
            value = Decimal(int(rng.random() < 0.7))
        if indicator.scale is not None:
            value = min(value, indicator.scale)
            numerator, denominator = (value * people / indicator.scale).quantize(Decimal(1)), people
            exact = quotient(indicator, numerator, denominator)
            assert exact is not None
            value = exact
        status = Status.BREAK if y == broke else Status.NORMAL
        made.append(Observation(key, y, value, numerator, denominator, status, source="random"))
    return made
