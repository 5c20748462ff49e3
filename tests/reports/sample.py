"""A plan of Dalian's ten districts with figures, targets and verdicts, small enough to draw in a second."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from halfsky.assess import Forecast, Standing, Verdict
from halfsky.observations import Figures, Nature, Observation, SeriesKey, Status
from halfsky.plan import Kind, Plan, Residence, Sex, Text
from tests.support import figure, rising, small_plan, words

CITY = "210200"
DISTRICTS = {
    "210202": ("中山区", "Zhongshan District"), "210203": ("西岗区", "Xigang District"),
    "210204": ("沙河口区", "Shahekou District"), "210211": ("甘井子区", "Ganjingzi District"),
    "210212": ("旅顺口区", "Lüshunkou District"), "210213": ("金州区", "Jinzhou District"),
    "210214": ("普兰店区", "Pulandian District"), "210224": ("长海县", "Changhai County"),
    "210281": ("瓦房店市", "Wafangdian City"), "210283": ("庄河市", "Zhuanghe City"),
}  # fmt: skip


def plan() -> Plan:
    """The small plan on Dalian's map; the screening target binds the city and every district."""
    regions = [{"code": CITY, "name": words("大连市", "Dalian"), "level": "city"}]
    for code, (zh, en) in DISTRICTS.items():
        regions.append({"code": code, "name": words(zh, en), "level": "district", "parent": CITY})
    small = small_plan()
    indicators = [i.model_dump() for i in small.indicators]
    indicators[1]["disaggregation"] = ["sex", "residence"]
    return small_plan(
        region=CITY, regions=regions, indicators=indicators, targets=[t.model_dump() for t in small.targets]
    )


def figures(*, demonstration: bool = False) -> Figures:
    """Maternal mortality of the city with a gap and a break; screening of the city and of all districts but one."""
    rows: list[Observation] = []
    for year, value in zip(
        range(2013, 2026),
        ["16.2", "14.1", "-", "12.2", "11.9", "11.1", "10.4", "9.9", "10.2", "8.7", "9.1", "8.4", "8.6"],
        strict=True,
    ):
        if value != "-":
            status = Status.BREAK if year == 2018 else Status.PROVISIONAL if year == 2025 else Status.NORMAL
            rows.append(figure("maternal_mortality", CITY, year, value, status=status))
    rows += rising("screening", CITY, 2020, "55", "58", "60", "63", "66", "68.5")
    for place, code in enumerate(DISTRICTS):
        if code != "210224":
            rows += rising("screening", code, 2023, *(str(60 + place + step) for step in (0, 1, 2)))
    for sex, value in ((Sex.FEMALE, "66"), (Sex.MALE, "70")):
        rows.append(replace(figure("screening", CITY, 2025, value), series=SeriesKey("screening", CITY, sex)))
    for residence, value in ((Residence.URBAN, "71"), (Residence.RURAL, "61")):
        key = SeriesKey("screening", CITY, residence=residence)
        rows.append(replace(figure("screening", CITY, 2025, value), series=key))
    return Figures(replace(o, nature=Nature.DEMO) if demonstration else o for o in rows)


def verdicts(*, demonstration: bool = False) -> tuple[Verdict, ...]:
    """One of each of several statuses, the city's mortality with a forecast."""
    path = tuple(
        Forecast(year=2025 + k, median=8.6 - 0.15 * k, low80=8.0 - 0.2 * k, high80=9.2, low95=7.5 - 0.3 * k, high95=9.9)
        for k in range(1, 6)
    )
    made = [
        _verdict("G1.1a", "maternal_mortality", Kind.AT_MOST, CITY, Standing.AT_RISK, "8", "8.6", demonstration,
                 forecast=path[-1], path=path, probability=0.23),
        _verdict("M1.1a", "screening", Kind.AT_LEAST, CITY, Standing.ON_TRACK, "70", "68.5", demonstration, probability=0.9),
    ]  # fmt: skip
    statuses = (Standing.MET, Standing.ON_TRACK, Standing.UNCERTAIN, Standing.AT_RISK, Standing.MISSED)
    for place, code in enumerate(DISTRICTS):
        status = Standing.NO_DATA if code == "210224" else statuses[place % 5]
        value = None if code == "210224" else str(62 + place)
        made.append(_verdict("M1.1a", "screening", Kind.AT_LEAST, code, status, "70", value, demonstration))
    return tuple(made)


def _verdict(
    target: str, indicator: str, kind: Kind, region: str, status: Standing, bound: str, value: str | None,
    demonstration: bool, **more: object,
) -> Verdict:  # fmt: skip
    name = DISTRICTS.get(region, ("大连市", "Dalian"))
    return Verdict(
        plan="small-2021-2030", target=target, clause=target[:-1], indicator=indicator, kind=kind, region=region,
        as_of=2025, status=status, milestone=2030, bound=Decimal(bound), year=None if value is None else 2025,
        value=None if value is None else Decimal(value), demonstration=demonstration,
        sentence=Text(zh=f"{name[0]}{target}的判定语句。", en=f"The sentence on {target} in {name[1]}."), **more,
    )  # fmt: skip
