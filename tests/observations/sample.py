"""A plan of one city that has every unit, cut, kind and frequency the figures room must handle."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from halfsky.observations import Observation, SeriesKey, Status
from halfsky.plan import Plan, Residence, Sex

CITY, CORE, SHORE, TOWN, ISLE, ZONE = "990200", "990202", "990211", "990281", "990224", "990200-Z"


def words(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def indicator(id_: str, unit: str, direction: str = "higher", quotient: str = "", **more: Any) -> dict[str, Any]:
    """An indicator of the sample; ``quotient`` names its denominator in Chinese."""
    made: dict[str, Any] = {
        "id": id_,
        "name": words(f"{id_}的名称", id_.replace("_", " ").capitalize()),
        "definition": words("定义", "Definition"),
        "unit": unit,
        "direction": direction,
        **more,
    }
    if quotient:
        made |= {"numerator": words("分子", "Numerator"), "denominator": words(quotient, "Denominator")}
    return made


INDICATORS = [
    indicator("maternal_mortality", "per_100k", "lower", "活产数", population="women", disaggregation=["residence"]),
    indicator("screening", "percent", "higher", "应筛查妇女", population="women"),
    indicator("obesity", "percent", "lower", "成年人口", disaggregation=["sex", "age", "residence"], frequency="triennial"),
    indicator("deputies", "percent", "higher", "人大代表总数", frequency="term", additive=False),
    indicator("leaders", "percent", "higher", "领导班子成员总数", additive=False)
    | {"numerator": words("领导班子女干部人数", "Women in the leadership")},
    indicator("women_leaders", "persons", "higher", decimals=0, additive=False)
    | {"name": words("领导班子中女干部人数", "Women in the leadership")},
    indicator("life_expectancy", "years", "higher", disaggregation=["sex"], minimum=50, maximum=100),
    indicator("workers", "persons", "higher", disaggregation=["sex", "residence"], decimals=0),
    indicator("insured", "ten_thousand_persons", "higher", disaggregation=["sex"]),
    indicator("centres", "count", "higher", decimals=0),
    indicator("scheme", "yes_no", "higher", decimals=0),
    indicator("income", "yuan", "higher", "人口", disaggregation=["sex"], decimals=0),
    indicator("toilets", "ratio", "higher", "男厕位数"),
    indicator("enrolment", "percent", "higher", "学龄人口", maximum=150, levels=["city"]),
    indicator("satisfaction", "index", "higher", frequency="biennial", minimum=0, maximum=100),
    indicator("violence", "per_10k", "lower", "妇女人数", levels=["district"]),
    indicator(
        "income_gap", "yuan", "lower",
        derive={"op": "difference", "of": {"indicator": "income", "sex": "M"}, "against": {"indicator": "income", "sex": "F"}},
    ),
]  # fmt: skip


def target(id_: str, indicator_id: str, kind: str, value: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "clause": "G1.1",
        "indicator": indicator_id,
        "kind": kind,
        "milestones": [{"year": 2030, "value": value, **({"base_year": 2020} if kind in {"rise", "fall"} else {})}],
        "binds": "region",
        "words": "提高",
        **more,
    }


TARGETS = [
    target("G1.1a", "maternal_mortality", "at_most", "8"),
    target("G1.1b", "screening", "at_least", "100", binds="region_and_every_district"),
    target("G1.1c", "obesity", "slow", window=3),
    target("G1.1d", "obesity", "fall", cut={"sex": "F", "age": "Y35T45"}),
    target("G1.1e", "deputies", "rise"),
    target("G1.1f", "centres", "exists", "1", binds="every_county"),
    target("G1.1g", "toilets", "at_least", "1.5"),
]


def sample_plan(**changes: Any) -> Plan:
    """The sample; ``changes`` replace whole keys of the pack."""
    statement = words("一项目标", "A goal")
    field = {"number": 1, "name": words("健康", "Health"), "goals": [{"id": "G1.1", "statement": statement}]}
    content: dict[str, Any] = {
        "id": "sample-2021-2030",
        "title": words("样例规划", "Sample plan"),
        "short_title": words("样例", "Sample"),
        "region": CITY,
        "start": 2021,
        "end": 2030,
        "base_year": 2020,
        "level": "city",
        "source": {"publisher": words("市政府", "City")},
        "fields": [field],
        "indicators": INDICATORS,
        "targets": TARGETS,
        "regions": [
            {"code": CITY, "name": words("样例市", "Sample City"), "level": "city"},
            {"code": CORE, "name": words("中心区", "Core District"), "level": "district", "parent": CITY},
            {"code": SHORE, "name": words("海岸区", "Shore District"), "level": "district", "parent": CITY},
            {"code": TOWN, "name": words("山城市", "Hilltown"), "level": "county_level_city", "parent": CITY},
            {"code": ISLE, "name": words("海岛县", "Isle County"), "level": "county", "parent": CITY},
            {"code": ZONE, "name": words("新区", "New Zone"), "level": "zone", "parent": CITY},
        ],
        "baselines": [
            baseline("maternal_mortality", "7.16"),
            baseline("deputies", "30.09"),
            baseline("life_expectancy", "84.04", cut={"sex": "F"}),
        ],
    }
    return Plan(**{**content, **changes})


def baseline(indicator_id: str, value: str, **more: Any) -> dict[str, Any]:
    base = {"indicator": indicator_id, "region": CITY, "year": 2020, "value": value, "clause": "P2", "words": value}
    return {**base, **more}


def figure(
    indicator_id: str, region: str = CITY, year: int = 2022, value: str | None = None, *,
    n: str | None = None, d: str | None = None, sex: Sex = Sex.ALL, residence: Residence = Residence.ALL,
    status: Status = Status.NORMAL, **more: Any,
) -> Observation:  # fmt: skip
    """One observation from the texts of its numbers."""
    amounts = [None if text is None else Decimal(text) for text in (value, n, d)]
    return Observation(SeriesKey(indicator_id, region, sex, "_T", residence), year, *amounts, status=status, **more)
