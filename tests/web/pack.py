"""A small pack on disk, and figures with everything that a page can show: groups, gaps, revisions, blanks of every kind."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from halfsky.observations import Confidentiality, Nature, Observation, SeriesKey, Status, demonstration
from halfsky.plan import Plan, Residence, Sex
from tests.support import small_plan, words

CITY, SHORE, HILL, ISLE = "210200", "210202", "210203", "210224"  # drawn on the map, so codes of real places
LISTS = ("provisions", "indicators", "targets", "regions", "units", "assignments", "not_targets", "baselines")


def pack(**changes: Any) -> Plan:
    """One city, two districts, a county and a zone; two fields; five indicators; seven targets of several kinds."""
    plan = small_plan()
    content: dict[str, Any] = plan.model_dump(mode="json", exclude_defaults=True)
    content["region"] = CITY
    content["regions"] = [
        {"code": CITY, "name": words("小城市", "Smalltown"), "level": "city"},
        {"code": SHORE, "name": words("海岸区", "Shore District"), "level": "district", "parent": CITY},
        {"code": HILL, "name": words("山地区", "Hill District"), "level": "district", "parent": CITY},
        {"code": ISLE, "name": words("海岛县", "Isle County"), "level": "county", "parent": CITY},
        {"code": "210202-X", "name": words("新区", "New Zone"), "level": "zone", "parent": SHORE},
    ]
    content["fields"] = [
        *content["fields"],
        {
            "number": 2,
            "name": words("妇女与教育", "Women and education"),
            "goals": [
                {"id": "G2.1", "statement": words("提高科学素质。", "Raise scientific literacy.")},
                {"id": "G2.2", "statement": words("弘扬文明风尚。", "Foster good customs.")},
            ],
            "measures": [{"id": "M2.1", "statement": words("各设置1所学校。", "One school in each place.")}],
        },
    ]
    content["provisions"] = [{"id": "O1", "statement": words("加强领导。", "Strengthen leadership.")}]
    content["indicators"] += [
        {
            "id": "science_literacy",
            "name": words("具备科学素质的比例", "Scientific literacy"),
            "definition": words("具备科学素质的公民占比", "Share of citizens with scientific literacy"),
            "unit": "percent",
            "direction": "higher",
            "disaggregation": ["sex", "residence", "age"],
            "source_unit": "science",
            "note": words("每年抽样调查。", "A yearly sample survey."),
        },
        {
            "id": "science_gap",
            "name": words("科学素质性别差距", "Gap in scientific literacy"),
            "definition": words("男女之差", "Men less women"),
            "unit": "percentage_points",
            "direction": "lower",
            "derive": {
                "op": "difference",
                "of": {"indicator": "science_literacy", "sex": "M"},
                "against": {"indicator": "science_literacy", "sex": "F"},
            },
        },
        {
            "id": "girls_school",
            "name": words("女子学校", "Schools for girls"),
            "definition": words("是否设有", "Whether there is one"),
            "unit": "yes_no",
            "direction": "higher",
            "decimals": 0,
        },
    ]
    end = {"year": 2030}
    content["targets"] += [
        {
            "id": "G2.1a", "clause": "G2.1", "indicator": "science_literacy", "kind": "at_least", "binds": "region",
            "milestones": [{**end, "value": "15"}], "cut": {"sex": "F"}, "words": "达到15%以上",
            "reading": words("按女性计。", "Counted among women."),
        },
        {
            "id": "G2.1b", "clause": "G2.1", "indicator": "science_gap", "kind": "fall", "binds": "region",
            "milestones": [{**end, "base_year": 2020}], "words": "差距逐步缩小",
        },
        {
            "id": "G2.1c", "clause": "G2.1", "indicator": "science_literacy", "kind": "near", "binds": "every_district",
            "milestones": [{**end, "value": "12.5"}], "words": "12.5%左右", "aspiration": True,
            "tolerance": {"value": "0.5", "reason": words("半个百分点。", "Half a point.")},
        },
        {
            "id": "M2.1a", "clause": "M2.1", "indicator": "girls_school", "kind": "exists", "binds": "every_district",
            "milestones": [{**end, "value": "1"}], "words": "各设置1所",
        },
    ]  # fmt: skip
    content["units"] = [
        {"id": "health", "name": words("市卫生健康委员会", "Health Commission"), "level": "city"},
        {"id": "science", "name": words("市科学技术协会", "Science Association"), "level": "city"},
    ]
    content["assignments"] = [
        {"clause": "G1.1", "level": "city", "lead": ["health"], "support": ["science"], "basis": "practice"},
        {"clause": "G2.1", "level": "city", "lead": ["science"], "basis": "plan", "words": "由科协负责"},
    ]
    content["not_targets"] = [{"clause": "G2.2", "words": "六个文明", "reason": words("只是名称。", "A name only.")}]
    return Plan(**{**content, **changes})


def write(plan: Plan, root: Path) -> Path:
    """The pack of a plan under a plans folder."""
    folder = root / plan.id
    (folder / "fields").mkdir(parents=True)
    content = json.loads(plan.model_dump_json(exclude_defaults=True))
    for field in content.pop("fields"):
        _dump(field, folder / "fields" / f"{field['number']}.yaml")
    for name in LISTS:
        if items := content.pop(name, None):
            _dump({name: items}, folder / f"{name.replace('_', '-')}.yaml")
    _dump(content, folder / "plan.yaml")
    return folder


def _dump(content: Any, path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        YAML().dump(content, file)


def _figure(indicator: str, region: str, year: int, value: str | None, **more: Any) -> Observation:
    cut = {name: more.pop(name) for name in ("sex", "age", "residence") if name in more}
    more.setdefault("source", "小城市统计年鉴")
    return Observation(SeriesKey(indicator, region, **cut), year, None if value is None else Decimal(value), **more)


def figures() -> list[Observation]:
    """2016 to 2024: a slide in maternal mortality, a rise in screening, and every way in which a figure can be absent."""
    found = [
        _figure("maternal_mortality", CITY, 2016 + i, value, numerator=Decimal(n), denominator=Decimal(40000))
        for i, (value, n) in enumerate([("7.5", 3), ("10", 4), ("12.5", 5), ("10", 4), ("12.5", 5), ("15", 6), ("12.5", 5), ("15", 6), ("17.5", 7)])
    ]  # fmt: skip
    for step, place in enumerate((CITY, SHORE, HILL)):
        found += [
            _figure("screening", place, 2016 + i, str(40 + 3 * i + step)) for i in range(9) if (place, i) != (SHORE, 4)
        ]
    found += [
        _figure("screening", ISLE, 2022, None, status=Status.NOT_APPLICABLE),
        _figure("screening", ISLE, 2023, None, status=Status.NOT_COLLECTED),
        _figure("screening", ISLE, 2024, None, status=Status.SUPPRESSED),
        _figure("girls_school", SHORE, 2024, "1"),
        _figure("girls_school", HILL, 2024, "0"),
    ]
    for i in range(9):
        women, men = Decimal("8") + i * Decimal("0.5"), Decimal("11") + i * Decimal("0.4")
        mean = (women + men) / 2
        for value, cut in (
            (mean, {}), (women, {"sex": Sex.FEMALE}), (men, {"sex": Sex.MALE}),
            (mean + 1, {"residence": Residence.URBAN}), (mean - 1, {"residence": Residence.RURAL}),
            (mean + 2, {"age": "Y18T34"}), (mean - 2, {"age": "Y_GE60"}),
        ):  # fmt: skip
            found.append(
                _figure(
                    "science_literacy",
                    CITY,
                    2016 + i,
                    str(value),
                    nature=Nature.DEMO,
                    source=demonstration.SOURCE,
                    **cut,
                )
            )
        found.append(
            _figure("science_literacy", SHORE, 2016 + i, str(mean), nature=Nature.DEMO, source=demonstration.SOURCE)
        )
    found.append(
        _figure(
            "science_literacy", HILL, 2024, "13.57", confidentiality=Confidentiality.CONFIDENTIAL, comment="内部掌握"
        )
    )
    return found


def revision() -> Observation:
    """A later version of one of the figures."""
    return _figure("maternal_mortality", CITY, 2024, "15", numerator=Decimal(6), denominator=Decimal(40000))
