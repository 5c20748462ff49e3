"""One promise in one city or its districts, and figures for it, in as few words as a test needs."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from halfsky.assess import Verdict, assess
from halfsky.observations import Figures, Observation, SeriesKey, Status
from halfsky.plan import Plan, Residence, Sex

CITY, SHORE, HILL = "990200", "990202", "990203"
Values = Mapping[int, str | float | int]


def words(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def indicator(id_: str, unit: str = "percent", direction: str = "higher", **more: Any) -> dict[str, Any]:
    made = {"id": id_, "name": words("示例率", "Sample rate"), "definition": words("定义", "Definition")}
    return {**made, "unit": unit, "direction": direction, **more}


RATE = {"numerator": words("死亡人数", "Deaths"), "denominator": words("活产数", "Live births")}


def plan_of(kind: str = "at_least", value: Any = None, *, unit: str = "percent", direction: str = "higher",
            milestones: list[dict[str, Any]] | None = None, shape: dict[str, Any] | None = None,
            others: list[dict[str, Any]] | None = None, baselines: list[dict[str, Any]] | None = None,
            **target: Any) -> Plan:  # fmt: skip
    """A plan for 2021–2030 with one target ``G1.1a`` on the indicator ``rate``; ``shape`` adds to the indicator."""
    milestone = {"year": 2030} | ({} if value is None else {"value": str(value)})
    if kind in {"rise", "fall", "times_base"}:
        milestone["base_year"] = 2020
    promise = {
        "id": "G1.1a", "clause": "G1.1", "indicator": "rate", "kind": kind, "binds": "region", "words": "提高",
        "milestones": milestones or [milestone], **target,
    }  # fmt: skip
    return Plan(**{
        "id": "sample-2021-2030", "title": words("样例规划", "Sample plan"), "short_title": words("样例", "Sample"),
        "region": CITY, "start": 2021, "end": 2030, "base_year": 2020, "level": "city",
        "source": {"publisher": words("市政府", "City")},
        "fields": [{"number": 1, "name": words("健康", "Health"), "goals": [{"id": "G1.1", "statement": words("目标", "Goal")}]}],
        "indicators": [indicator("rate", unit, direction, **(shape or {})), *(others or [])],
        "targets": [promise],
        "regions": [
            {"code": CITY, "name": words("样例市", "Sample City"), "level": "city"},
            {"code": SHORE, "name": words("海岸区", "Shore District"), "level": "district", "parent": CITY},
            {"code": HILL, "name": words("山地县", "Hill County"), "level": "county", "parent": CITY},
        ],
        "baselines": baselines or [],
    })  # type: ignore[arg-type]  # fmt: skip


def series(values: Values, name: str = "rate", region: str = CITY, *, sex: Sex = Sex.ALL,
           residence: Residence = Residence.ALL, **more: Any) -> list[Observation]:  # fmt: skip
    """Yearly figures from their values."""
    key = SeriesKey(name, region, sex, "_T", residence)
    return [Observation(key, year, Decimal(str(value)), **more) for year, value in values.items()]


def blank(year: int, status: Status, region: str = CITY) -> Observation:
    return Observation(SeriesKey("rate", region), year, None, status=status)


def events(counts: Mapping[int, int], births: int, region: str = CITY) -> list[Observation]:
    """Yearly rates per 100,000 with the events and births behind them."""
    return [
        Observation(
            SeriesKey("rate", region), year, round(Decimal(n) * 100_000 / births, 2), Decimal(n), Decimal(births)
        )
        for year, n in counts.items()
    ]


def judged(plan: Plan, *figures: list[Observation], as_of: int) -> Verdict:
    """The one verdict of a plan's one target."""
    (verdict,) = assess(plan, Figures(o for part in figures for o in part), as_of=as_of)
    return verdict
