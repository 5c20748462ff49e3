"""A small plan and figures for tests of the rooms: one city, two districts, one county, one zone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from halfsky.audit.models import Actor
from halfsky.observations import Observation, SeriesKey
from halfsky.places.policy import trusted
from halfsky.plan import Plan

CLERK = trusted(Actor(name="李填报", role="clerk", door="web"))  # acts without limits where limits are not the point
CITY, SHORE, HILL, ISLE = "990200", "990202", "990203", "990224"


def words(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def small_plan(**changes: Any) -> Plan:
    """A sound plan of two indicators and three targets; ``changes`` replace whole keys of the pack."""
    content: dict[str, Any] = {
        "id": "small-2021-2030",
        "title": words("小城市妇女发展规划（2021—2030年）", "Women's development plan of Smalltown (2021–2030)"),
        "short_title": words("小城市妇女规划", "Smalltown women's plan"),
        "region": CITY,
        "start": 2021,
        "end": 2030,
        "base_year": 2020,
        "level": "city",
        "source": {"publisher": words("小城市人民政府", "Government of Smalltown")},
        "fields": [
            {
                "number": 1,
                "name": words("妇女与健康", "Women and health"),
                "goals": [{"id": "G1.1", "statement": words("保障孕产妇安全。", "Keep mothers safe.")}],
                "measures": [{"id": "M1.1", "statement": words("普及筛查。", "Spread screening.")}],
            }
        ],
        "indicators": [
            {
                "id": "maternal_mortality",
                "name": words("孕产妇死亡率", "Maternal mortality ratio"),
                "definition": words("每10万活产的孕产妇死亡数", "Maternal deaths per 100,000 live births"),
                "numerator": words("孕产妇死亡人数", "Maternal deaths"),
                "denominator": words("活产数", "Live births"),
                "unit": "per_100k",
                "direction": "lower",
                "population": "women",
            },
            {
                "id": "screening",
                "name": words("宫颈癌筛查率", "Cervical screening rate"),
                "definition": words("应筛查妇女中已筛查的比例", "Share of eligible women screened"),
                "numerator": words("已筛查人数", "Women screened"),
                "denominator": words("应筛查人数", "Women eligible"),
                "unit": "percent",
                "direction": "higher",
                "population": "women",
            },
        ],
        "targets": [
            {
                "id": "G1.1a",
                "clause": "G1.1",
                "indicator": "maternal_mortality",
                "kind": "at_most",
                "milestones": [{"year": 2025, "value": "9"}, {"year": 2030, "value": "8"}],
                "binds": "region",
                "words": "控制在9/10万以下",
            },
            {
                "id": "M1.1a",
                "clause": "M1.1",
                "indicator": "screening",
                "kind": "at_least",
                "milestones": [{"year": 2030, "value": "70"}],
                "binds": "region_and_every_district",
                "words": "达到70%以上",
            },
        ],
        "regions": [
            {"code": CITY, "name": words("小城市", "Smalltown"), "level": "city"},
            {"code": SHORE, "name": words("海岸区", "Shore District"), "level": "district", "parent": CITY},
            {"code": HILL, "name": words("山地区", "Hill District"), "level": "district", "parent": CITY},
            {"code": ISLE, "name": words("海岛县", "Isle County"), "level": "county", "parent": CITY},
            {"code": "990202-X", "name": words("新区", "New Zone"), "level": "zone", "parent": SHORE},
        ],
    }
    return Plan(**{**content, **changes})


def figure(indicator: str, region: str, year: int, value: str | None, **more: Any) -> Observation:
    """One observation of the small plan, from its printed value."""
    amount = None if value is None else Decimal(value)
    return Observation(SeriesKey(indicator, region), year, amount, source=more.pop("source", "小城市统计局"), **more)


def rising(indicator: str, region: str, first: int, *values: str) -> list[Observation]:
    """A series of yearly figures from its first year on."""
    return [figure(indicator, region, first + i, value) for i, value in enumerate(values)]


def with_units(plan: Plan) -> Plan:
    """The plan with a health and a statistics unit at both levels, and every indicator collected by health."""
    content = plan.model_dump(mode="json", exclude_defaults=True)
    for indicator in content["indicators"]:
        indicator["source_unit"] = "health"
    units = [
        {"id": "health", "name": words("市卫生健康委员会", "Municipal Health Commission"), "level": "city"},
        {"id": "statistics", "name": words("市统计局", "Municipal Bureau of Statistics"), "level": "city"},
        {
            "id": "health-d",
            "name": words("区（市）县卫生健康委员会", "District Health Commission"),
            "level": "district",
        },
        {"id": "statistics-d", "name": words("区（市）县统计局", "District Bureau of Statistics"), "level": "district"},
    ]
    known = {unit["id"] for unit in units}
    content["units"] = [*units, *(u for u in content.get("units", []) if u["id"] not in known)]
    return Plan(**content)


def plan_by_sex() -> Plan:
    """The small plan, with an amount by sex and a rate by sex and residence besides."""
    content = with_units(small_plan()).model_dump(mode="json", exclude_defaults=True)
    content["indicators"] += [
        {
            "id": "teachers", "name": words("专任教师数", "Teachers"), "definition": words("年末在岗教师", "Teachers at the end of the year"),
            "unit": "persons", "direction": "higher", "decimals": 0, "disaggregation": ["sex"], "source_unit": "health",
        },
        {
            "id": "literacy", "name": words("识字率", "Literacy"), "definition": words("识字人口比例", "Share who can read"),
            "numerator": words("识字人数", "Who can read"), "denominator": words("常住人口", "Residents"),
            "unit": "percent", "direction": "higher", "disaggregation": ["sex", "residence"], "source_unit": "health",
        },
    ]  # fmt: skip
    return Plan(**content)
