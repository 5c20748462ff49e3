"""Every warning explains itself, in both languages, for every kind of target and whatever is missing."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from halfsky.assess import Flag, Standing, Verdict, assess
from halfsky.assess.certainty import CALIBRATED
from halfsky.assess.explain import Explanation, explain
from halfsky.assess.words import STANDINGS, WITHHELD
from halfsky.observations import Figures, Observation, SeriesKey, Status
from halfsky.observations.derive import with_derived
from halfsky.plan import Kind, Plan
from tests.assess.sample import CITY, HILL, RATE, SHORE, events, indicator, judged, plan_of, series, words

TOLERANCE = {"value": "2", "reason": words("理由", "Reason")}
DOCS = Path(__file__).parents[2] / "docs"
LONGEST = 120  # characters of a Chinese sentence
EVERYWHERE = "region_and_every_district"


def said(plan: Plan, *figures: list[Observation], as_of: int = 2024, region: str = CITY) -> Explanation:
    """The explanation of a plan's one target in a place."""
    known = Figures(o for part in figures for o in part)
    verdicts = assess(plan, known, as_of=as_of)
    verdict = next(v for v in verdicts if v.region == region)
    return explain(plan, verdict, verdicts, known)


def falling_short(**target: Any) -> Explanation:
    return said(
        plan_of("at_least", 80, **target), series({2019: 60, 2020: 61, 2021: 61.5, 2022: 62, 2023: 62.5, 2024: 63})
    )


class TestItsParts:
    def test_which_target(self) -> None:
        told = falling_short().promise
        assert told.zh == "样例（G1.1）要求2030年样例市示例率不低于80%。"
        assert told.en == "Sample plan (G1.1) asks for this in Sample City by 2030: sample rate, at least 80%.".replace(
            "Sample plan", "Sample"
        )

    def test_how_far_with_unit_year_and_share(self) -> None:
        assert falling_short().distance.zh == "2024年为63.00%，比2030年目标值80%低17.00个百分点（相当于该值的21.2%）。"

    def test_how_fast_it_moved_over_which_years_on_how_many_figures(self) -> None:
        assert falling_short().pace.zh == "2019—2024年（6个可比数据）年均上升0.60个百分点。"
        assert said(plan_of("at_least", 80), series({2019: 60, 2024: 63})).pace.en == (
            "In 2019–2024 (2 comparable figures) it rose by 0.60 percentage points a year."
        )

    def test_how_fast_it_would_have_to_move_beside_how_fast_it_did(self) -> None:
        assert falling_short().needed.zh == "从2024年到2030年须年均上升2.83个百分点，近年速度约为所需的21%。"

    def test_how_sure_in_words_and_numbers_and_what_that_has_meant(self) -> None:
        sure = falling_short().sure.zh
        assert re.search(r"2030年达标的概率(约\d+%|不到1%)，可能性(很|较)小。", sure)
        assert re.search(r"每100个约有\d+个最终达标", sure)
        assert re.search(r"2030年预测中位数为[\d.]+%，八成可能在[\d.]+%至[\d.]+%之间", sure)

    def test_the_calibration_it_claims_is_the_one_that_the_docs_show(self) -> None:
        rows = [line.split("|") for line in (DOCS / "methods-kernel.md").read_text(encoding="utf-8").splitlines()]
        errors = [float(row[6]) for row in rows if len(row) > 6 and row[2].strip() == "halfsky"]
        assert errors
        assert max(errors) <= CALIBRATED

    def test_compared_with_whom(self) -> None:
        plan = plan_of("at_least", 80, binds=EVERYWHERE)
        years = range(2019, 2025)
        known = [series({y: level + y - 2019 for y in years}, region=place)
                 for place, level in ((CITY, 66), (SHORE, 60), (HILL, 78))]  # fmt: skip
        told = said(plan, *known, region=SHORE).compared
        assert told.zh.startswith(
            "在2024年有数据的2个地区中，由优到劣排第2位。其他1个地区中，已达标，最好的是山地县（83.00%）。样例市2024年为71.00%。"
        )
        assert told.zh.endswith("预测同时参考了另外2个地区的同一指标。")
        assert said(plan, *known).compared.zh.startswith("下级2个有2024年数据的地区中，1个已达标")

    def test_the_level_above_is_told_also_where_the_target_does_not_bind_it(self) -> None:
        plan = plan_of("at_least", 80, binds="every_district")
        assert "样例市2024年为70.00%。" in said(plan, series({2024: 60}, region=SHORE), series({2024: 70}), region=SHORE).compared.zh  # fmt: skip

    def test_a_place_alone_is_judged_from_its_own_figures_and_says_so(self) -> None:
        assert falling_short().compared.zh == "没有可以借鉴的同类地区，预测只依据本地区自身的数据。"
        assert said(plan_of("at_least", 80), series({2024: 60})).compared.zh == "判定只依据本地区自身的数据。"

    def test_places_are_not_ranked_on_chance(self) -> None:
        plan = plan_of("at_most", 10, unit="per_100k", direction="lower", shape=RATE, binds=EVERYWHERE)
        known = [events(dict.fromkeys(range(2018, 2025), n), 9000, place) for place, n in ((SHORE, 1), (HILL, 3))]
        told = said(plan, *known, region=HILL)
        assert "不作排名" in told.compared.zh
        assert "排第" not in told.compared.zh
        assert "多一例少一例" in told.mind.zh

    def test_breaks_and_stale_figures_are_to_be_minded(self) -> None:
        broken = Observation(SeriesKey("rate", CITY), 2022, Decimal(70), status=Status.BREAK)
        mind = said(plan_of("at_least", 80), series({2020: 50, 2021: 55}), [broken]).mind.zh
        assert "2022年统计口径变动" in mind
        assert "2024年数据尚缺" in mind

    def test_the_paragraph_is_its_parts_in_order_and_says_nothing_twice(self) -> None:
        told = falling_short()
        assert told.paragraph.zh.startswith(told.promise.zh + told.distance.zh + told.pace.zh)
        empty = said(plan_of("at_least", 80))
        assert empty.paragraph.zh.count("尚无数据") == 1


class TestWhatDecides:
    def test_a_level_not_kept_is_at_risk_by_rule_and_not_by_chance(self) -> None:
        assert "应当保持的水平目前没有保持住，按规则判定为“预计达标困难”。" in falling_short(hold=True).sure.zh

    def test_what_is_missed_is_a_result_and_no_forecast(self) -> None:
        sure = said(plan_of("at_least", 80), series({2029: 70, 2030: 71}), as_of=2030).sure
        assert sure.zh == "2030年数据已有，未达标是既成结果，不是预测。"

    def test_the_pace_needed_leads_to_the_edge_of_what_is_tolerated(self) -> None:
        plan = plan_of("near", 50, tolerance=TOLERANCE)
        known = series({y: 40 + (y - 2020) * 0.5 for y in range(2020, 2025)})
        assert judged(plan, known, as_of=2024).required == pytest.approx((48 - 42) / 6)
        assert "比容许的2.00个百分点多6.00个百分点" in said(plan, known).distance.zh

    def test_pooled_years_decide_and_no_single_year_speaks(self) -> None:
        plan = plan_of("at_most", 10, unit="per_100k", direction="lower", shape=RATE)
        known = events({2020: 9, 2021: 9, 2022: 9, 2023: 9, 2024: 0}, 9000)
        told = said(plan, known)
        assert "近" in told.distance.zh
        assert "比2030年目标值10/10万高" in told.distance.zh
        assert judged(plan, known, as_of=2024).required < 0  # type: ignore[operator]

    def test_withheld_figures_stay_withheld(self) -> None:
        verdict = judged(plan_of("at_least", 80), series({2024: 63.21}), as_of=2024)
        hidden = verdict.model_copy(update={"value": None, "gap": None, "bound": None, "reasons": ()})
        told = explain(plan_of("at_least", 80), hidden)
        assert told.distance == WITHHELD
        assert "63.21" not in told.paragraph.zh


# Whatever the figures: a seeded generator of plans and figures


def _plans() -> list[Plan]:
    """Every kind of target, with what changes how it is told."""
    reference = [indicator("other", name=words("对照率", "Reference rate"))]
    count = {"unit": "count", "shape": {"decimals": 0}}
    kinds: list[tuple[str, Any, dict[str, Any]]] = [
        ("at_least", 60, {}),
        ("at_least", 60, {"hold": True}),
        ("at_least", 60, {"aspiration": True}),
        ("at_least", 60, {"milestones": [{"year": 2024, "value": "50"}, {"year": 2030, "value": "60"}]}),
        ("at_most", 40, {"direction": "lower"}),
        ("at_most", 9, {"unit": "per_100k", "direction": "lower", "shape": RATE}),
        ("near", 50, {"tolerance": TOLERANCE}),
        ("near", 50, {"tolerance": TOLERANCE, "hold": True}),
        ("rise", None, {}),
        ("fall", None, {"direction": "lower"}),
        ("slow", None, {"direction": "lower", "window": 2}),
        ("times_base", "1.1", {}),
        ("not_below", None, {"reference": "other", "others": reference}),
        ("match", None, {"reference": "other", "others": reference, "tolerance": TOLERANCE}),
        ("exists", 3, count),
        ("exists", 1, {"unit": "yes_no", "shape": {"decimals": 0}}),
        ("exists", 100, {}),
    ]
    return [plan_of(kind, value, **more, binds=EVERYWHERE) for kind, value, more in kinds]


def _figures(plan: Plan, rng: np.random.Generator) -> Figures:
    """Series with gaps, breaks, swings and small numbers; some places have none."""
    rare = plan.indicators[0].numerator is not None
    made: list[Observation] = []
    for place, name in product((CITY, SHORE, HILL), [i.id for i in plan.indicators]):
        if rng.random() < 0.15:
            continue
        years = [int(y) for y in range(2013, 2031) if rng.random() < rng.choice([0.3, 0.9])]
        if rare:
            births = int(rng.choice([900, 9_000, 200_000]))
            made += events({y: int(rng.poisson(births * rng.choice([5, 12, 40]) / 1e5)) for y in years}, births, place)
            continue
        top = 1 if plan.indicators[0].unit == "yes_no" else 5 if plan.indicators[0].unit == "count" else 100
        level, drift, noise = rng.uniform(0, top), rng.normal(0, top / 60), top * rng.choice([0, 0.002, 0.05])
        values = {y: float(np.clip(level + drift * (y - 2020) + noise * rng.normal(), 0, top)) for y in years}
        rounded = {y: round(v, 0 if top < 100 else 2) for y, v in values.items()}
        status = {y: Status.BREAK for y in years if rng.random() < 0.05}
        made += [
            o for y, v in rounded.items() for o in series({y: v}, name, place, status=status.get(y, Status.NORMAL))
        ]
    return Figures(made)


def _lent(verdict: Verdict) -> int:
    """How many other places lent strength to the probability that is stated."""
    if verdict.probability is None:
        return 0
    few = Flag.SMALL_NUMBERS in verdict.flags and verdict.rare is not None
    return (verdict.rare.peers if few else verdict.peers) or 0  # type: ignore[union-attr]


def check(plan: Plan, verdict: Verdict, told: Explanation) -> None:
    """No empty slot, nothing unwritten, nothing too long, and no part against another."""
    for _, part in told.parts:
        for text in (part.zh, part.en):
            assert text.strip()
            assert not re.search(r"None|nan|\binf|[{}]|，，|。。|，。|  |\.\.|：。", text), text
        assert all(len(sentence) <= LONGEST for sentence in re.split(r"[。；]", part.zh)), part.zh
        assert part.zh.endswith("。"), part.zh
        assert part.en.endswith("."), part.en
        assert not re.search(r"[\u4e00-\u9fff，。；]", part.en), part.en
    own = "".join(part.zh for part in (told.distance, told.pace, told.needed, told.sure, told.mind))
    for status in (Standing.AT_RISK, Standing.ON_TRACK, Standing.UNCERTAIN):
        if status is not verdict.status:
            assert f"“{STANDINGS[status].zh}”" not in own
    if verdict.status is Standing.MET:
        assert not re.search(r"未达标|达标困难|尚未|没有改善|须尽快", own), own
    elif verdict.status is not Standing.NO_DATA:
        assert not re.search(r"已达标|已经达标|仍能达标", own), own
    if verdict.probability is not None and verdict.status is not Standing.MISSED:
        assert "概率" in told.sure.zh
        assert ("较大" in told.sure.zh) == (verdict.probability >= 0.8)
    assert "不给出概率" not in told.sure.zh or verdict.probability is None
    if verdict.gap is not None and verdict.gap > 0 and verdict.status is not Standing.TOO_LITTLE:
        assert not re.search(r"好于|以内|持平|余量", told.distance.zh), told.distance.zh
    assert ("只依据本地区自身" in told.compared.zh) == (not _lent(verdict)) or (
        verdict.status in {Standing.NO_DATA, Standing.NOT_APPLICABLE}
    )
    if Flag.SMALL_NUMBERS in verdict.flags:
        assert "排第" not in told.compared.zh


@pytest.mark.slow
def test_whatever_the_figures_every_part_is_told_and_none_contradicts_another() -> None:
    rng = np.random.default_rng(3)
    plans, sets, seen = _plans(), 0, set()
    while sets < 1000:
        for plan in plans:
            as_of = int(rng.integers(2018, 2031))
            figures = with_derived(plan, _figures(plan, rng))
            verdicts = assess(plan, figures, as_of=as_of)
            sets += 1
            for verdict in verdicts:
                check(plan, verdict, explain(plan, verdict, verdicts, figures))
                seen.add((verdict.kind, verdict.status))
    assert {kind for kind, _ in seen} == set(Kind)
    assert {status for _, status in seen} >= set(Standing) - {Standing.NOT_APPLICABLE}
    assert {kind for kind, status in seen if status is Standing.AT_RISK} >= set(Kind) - {Kind.SLOW}


def test_what_does_not_apply_says_so() -> None:
    plan = plan_of("at_least", 80)
    blank = Observation(SeriesKey("rate", CITY), 2024, None, status=Status.NOT_APPLICABLE)
    assert said(plan, [blank]).distance.zh == "该目标在本地区不适用。"
