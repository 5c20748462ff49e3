"""The one-page brief and the report cards: what they say, whom they rank, and that they keep to their pages."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from halfsky.alerts.actions import assess_plan
from halfsky.assess import Standing, Verdict, assess
from halfsky.collect.actions import import_figures
from halfsky.observations import Figures
from halfsky.observations.demonstration import demonstration_figures
from halfsky.observations.derive import with_derived
from halfsky.plan import Plan, load_plan
from halfsky.reports.kinds import Ask, NotReady, kind_of
from halfsky.reports.report.model import Paragraph, Report, Table
from halfsky.reports.report.pdf import pdf
from halfsky.reports.sheets.brief import brief
from halfsky.reports.sheets.card import card
from halfsky.reports.sheets.common import Matters, by_chance, rank
from halfsky.reports.sheets.returns import Handed
from tests.reports import sample
from tests.support import CITY, CLERK, HILL, ISLE, SHORE, figure, rising, small_plan, with_units

DAY = date(2026, 3, 1)
HANDED = Handed(2026, owed=12, sent=10, on_time=8, overdue=1, accepted=6, returned=3)


def matters(language: Any = "zh", *, before: bool = False) -> Matters:
    verdicts = sample.verdicts(demonstration=True)
    then = tuple(v.model_copy(update={"status": Standing.UNCERTAIN}) for v in verdicts) if before else ()
    return Matters(sample.plan(), sample.figures(demonstration=True), verdicts, then, 2025, language, DAY)


def texts(content: Report) -> str:
    made = []
    for section in content.sections:
        made.append(section.heading)
        for block in section.blocks:
            if isinstance(block, Paragraph):
                made.append(block.text)
            elif isinstance(block, Table):
                made += [c.text for row in block.rows for c in row]
    return "\n".join(made)


def test_the_brief_says_where_the_plan_stands_what_to_decide_and_who_does_what() -> None:
    content = brief(matters(before=True))
    assert [s.heading for s in content.sections] == ["一、总体情况", "二、请研究决定的事项", "三、请各方落实"]
    said = texts(content)
    assert "2025年大连市判定目标值2项，已达标和预计达标1项，占50.0%" in said
    assert "与2024年判定相比，转好1项、转差1项。" in said
    assert "孕产妇死亡率（G1.1）" in said
    assert "2025年8.60/10万，目标不高于8/10万" in said
    assert content.mark.startswith("演示数据")


def test_a_district_card_has_targets_warnings_and_returns() -> None:
    content = card(matters(), region="210211", handed=HANDED)
    said = texts(content)
    assert content.title == "甘井子区报告卡"
    assert "宫颈癌筛查率" in said
    assert "应报12份，已报10份，其中按时8份、逾期2份；未报2份，其中已逾期1份；已审定6份，退回修改3次。" in said
    assert "预警1项" in said
    assert "没有数据报送任务" in texts(card(matters(), region="210211"))


def test_a_unit_card_holds_the_targets_that_it_leads() -> None:
    plan = with_units(sample.plan())
    content = plan.model_dump(mode="json", exclude_defaults=True)
    content["assignments"] = [{"clause": "G1.1", "level": "city", "lead": ["health"], "basis": "practice"}]
    asked = replace(matters(), plan=Plan(**content))
    said = texts(card(asked, region=plan.region, unit="health"))
    assert "孕产妇死亡率" in said
    assert "宫颈癌筛查率" not in said


def counted(code: str, events: int, of: int) -> Any:
    value = f"{100 * events / of:.2f}"
    return replace(figure("screening", code, 2025, value), numerator=events, denominator=of)


@pytest.mark.parametrize(("of", "chance"), [(20, True), (20_000, False)])
def test_a_rank_is_given_only_outside_the_limits_of_chance(of: int, chance: bool) -> None:
    rows = [counted(SHORE, of * 7 // 10, of), counted(HILL, of * 6 // 10, of), counted(ISLE, of * 6 // 10, of)]
    figures, plan = Figures(rows), small_plan()
    verdicts = assess(plan, figures, as_of=2025)
    held = Matters(plan, figures, verdicts, (), 2025, "zh", DAY)
    verdict = next(v for v in verdicts if v.region == SHORE and v.indicator == "screening")
    assert by_chance(held, verdict) == chance
    assert rank(held, verdict) == ("—" if chance else "1/3")


def test_the_english_sheets_are_english() -> None:
    for content in (brief(matters("en", before=True)), card(matters("en"), region="210202", handed=HANDED)):
        assert not [c for c in texts(content) + content.title if "\u4e00" <= c <= "\u9fff"]


@pytest.mark.django_db
def test_sheets_are_kinds_of_documents(settings: Any, tmp_path: Path) -> None:
    settings.CACHE_DIR = tmp_path
    plan = small_plan()
    import_figures(
        plan=plan, observations=rising("screening", CITY, 2018, *map(str, range(50, 58))), by=CLERK, reason="test"
    )
    with pytest.raises(NotReady):
        kind_of("brief").compose(Ask(plan, 2025, CITY, "zh"))
    assess_plan(plan=plan, as_of=2025, by=CLERK)
    assert kind_of("brief").compose(Ask(plan, 2025, CITY, "zh")).look == "sheet"
    assert kind_of("card").compose(Ask(plan, 2025, SHORE, "zh")).title == "海岸区报告卡"
    with pytest.raises(NotReady):
        kind_of("card").compose(Ask(plan, 2025, CITY, "zh", unit="nobody"))


@pytest.fixture(scope="module")
def dalian() -> tuple[Plan, Figures, tuple[Verdict, ...], tuple[Verdict, ...]]:
    plan = load_plan(Path(__file__).parents[2] / "plans" / "dalian-2021-2030")
    figures = demonstration_figures(plan, last_year=2025)
    before, now = (assess(plan, figures, as_of=year) for year in (2024, 2025))
    return plan, with_derived(plan, figures), before, now


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_brief_is_one_page_and_cards_are_at_most_two(dalian: Any, language: Any) -> None:
    plan, figures, before, now = dalian
    held = Matters(plan, figures, now, before, 2025, language, DAY)

    def pages(content: Report) -> int:
        return len(PdfReader(io.BytesIO(pdf(content))).pages)

    assert pages(brief(held)) == 1
    for unit in ("health", "human-resources", "water"):
        assert pages(card(held, region=plan.region, unit=unit, handed=HANDED)) <= 2
    for region in ("210202", "210224", "210281"):
        assert pages(card(held, region=region, handed=HANDED)) <= 2
    assert pages(card(held, region=plan.region, handed=HANDED)) <= 2
