"""The pages of gaps and of the composite: every figure with its sides, every part one click away, nothing said of nothing."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import lxml.html
import pytest
from django.test import Client

from halfsky.alerts.actions import assess_plan
from halfsky.collect.actions import import_figures
from halfsky.observations import Confidentiality, Observation, SeriesKey
from halfsky.plan import Plan, Sex
from tests.support import CLERK, words
from tests.web import pack
from tests.web.conftest import fill, visitor

MORE = ("reading", "savings", "voting")


def read(client: Client, address: str) -> lxml.html.HtmlElement:
    response = client.get(address)
    assert response.status_code == 200, address
    return lxml.html.fromstring(response.content.decode())


def text(element: lxml.html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


@pytest.fixture
def english() -> Client:
    client = visitor()
    client.cookies["halfsky_language"] = "en"
    return client


@pytest.fixture
def equal(db: None, settings: object, tmp_path: Path) -> Plan:
    """The small plan with three more indicators by sex in its second field, and figures of women and men for them."""
    content = pack.pack().model_dump(mode="json", exclude_defaults=True)
    content["indicators"] += [
        {
            "id": name, "name": words(f"指标{i}", name.capitalize()), "definition": words("占比", "Share"),
            "unit": "percent", "direction": "higher", "disaggregation": ["sex"], "clauses": ["G2.1"],
        }
        for i, name in enumerate(MORE)
    ]  # fmt: skip
    plan = Plan.model_validate(content)
    settings.PLANS_DIR = tmp_path  # type: ignore[attr-defined]
    pack.write(plan, tmp_path)
    fill(plan)
    figures = [
        Observation(SeriesKey(name, place, sex), year, Decimal(40 + step + (year - 2020) + (10 if sex is Sex.MALE else 0)), source="年鉴")
        for step, name in enumerate(MORE)
        for place in (pack.CITY, pack.SHORE)
        for sex in (Sex.FEMALE, Sex.MALE)
        for year in range(2020, 2025)
    ]  # fmt: skip
    import_figures(plan=plan, observations=figures, by=CLERK, file="sexes.csv")
    assess_plan(plan=plan, as_of=2024, by=CLERK)
    return plan


def test_a_gap_stands_with_both_figures_its_base_and_where_it_goes(site: Plan, english: Client) -> None:
    page = read(english, f"/{site.id}/gaps/?kind=sex")
    (row,) = page.xpath("//table[contains(@class, 'gaps')]/tbody/tr")
    told = text(row)
    assert "Scientific literacy" in told
    assert "women 12.00%" in told
    assert "men 14.20%" in told
    assert "men 2.20 percentage points above women" in told
    assert "men 2.60 percentage points above women" in told
    assert "Closing" in told
    assert row.xpath("./th/a/@href") == [f"/{site.id}/indicators/science_literacy/?region={pack.CITY}"]
    assert row.xpath(".//*[local-name()='svg'][contains(@class, 'spark')]")


def test_gaps_are_narrowed_by_kind_field_place_and_course(site: Plan, english: Client) -> None:
    for query, rows in (
        ("kind=residence", 1),
        ("field=2", 2),
        ("field=1", 0),
        ("course=widening", 0),
        (f"region={pack.ISLE}", 0),
    ):
        page = read(english, f"/{site.id}/gaps/?{query}")
        assert len(page.xpath("//table[contains(@class, 'gaps')]/tbody/tr")) == rows, query
    assert english.get(f"/{site.id}/gaps/?kind=age").status_code == 400


def test_a_withheld_figure_makes_no_gap(site: Plan, english: Client) -> None:
    secret = [
        Observation(SeriesKey("science_literacy", pack.SHORE, sex), 2024, Decimal(value), confidentiality=Confidentiality.CONFIDENTIAL)
        for sex, value in ((Sex.FEMALE, "31.41"), (Sex.MALE, "27.18"))
    ]  # fmt: skip
    import_figures(plan=site, observations=secret, by=CLERK, file="secret.csv")
    told = text(read(english, f"/{site.id}/gaps/?region={pack.SHORE}"))
    assert "31.41" not in told
    assert "4.23" not in told


def test_a_plan_that_was_never_assessed_says_so_on_both_pages(bare_site: Plan, english: Client) -> None:
    for name in ("gaps", "composite"):
        assert "has not been assessed yet" in text(read(english, f"/{bare_site.id}/{name}/"))


def test_without_figures_of_both_sides_the_page_says_why_there_is_nothing(bare_site: Plan, english: Client) -> None:
    only = [o for o in pack.figures() if o.series.indicator == "maternal_mortality"]
    import_figures(plan=bare_site, observations=only, by=CLERK, file="some.csv")
    assess_plan(plan=bare_site, as_of=2024, by=CLERK)
    told = text(read(english, f"/{bare_site.id}/gaps/"))
    assert "No gap can be computed" in told
    assert "for no year are there figures of both sides" in told


def test_too_few_indicators_make_no_composite_and_the_page_says_so(site: Plan, english: Client) -> None:
    told = text(read(english, f"/{site.id}/composite/?field=2"))
    assert "fewer than the 3 needed, so there is no composite" in told
    told = text(read(english, f"/{site.id}/composite/?field=1"))
    assert "no indicator is collected by sex" in told


def test_every_part_of_a_composite_is_one_click_away_and_the_parts_add_up(equal: Plan, english: Client) -> None:
    page = read(english, f"/{equal.id}/composite/?field=2")
    rows = page.xpath("//section[@data-part='parts']//tbody/tr")
    links = {row.xpath("./th/a/@href")[0] for row in rows}
    assert links == {f"/{equal.id}/indicators/{name}/?region={pack.CITY}" for name in (*MORE, "science_literacy")}
    for link in links:
        assert english.get(link).status_code == 200
    costs = [float(cell.text_content()) for cell in page.xpath("//span[@class='cost']")]
    score = float(page.xpath("string(//section[@data-part='parts']//tfoot/tr/td[5])"))
    assert sum(costs) == pytest.approx(100 - score, abs=0.1)
    assert "the gap-only index of the same year" in text(page)


def test_districts_have_composites_beside_the_city(equal: Plan, english: Client) -> None:
    page = read(english, f"/{equal.id}/composite/?field=2")
    links = page.xpath("//section[@data-part='districts']//tbody//th/a/@href")
    assert links == [f"/{equal.id}/composite/?field=2&region={pack.SHORE}#parts"]
    assert "Shore District" in text(read(english, links[0].split("#")[0]))


def test_new_figures_are_on_the_page_at_once(equal: Plan, english: Client) -> None:
    address = f"/{equal.id}/gaps/?kind=sex&region={pack.SHORE}"
    assert "men 10.00 percentage points above women" in text(read(english, address))
    revised = Observation(SeriesKey("reading", pack.SHORE, Sex.FEMALE), 2024, Decimal("53"), source="年鉴")
    import_figures(plan=equal, observations=[revised], by=CLERK, reason="核实", file="revised.csv")
    assert "men 1.00 percentage points above women" in text(read(english, address))


def test_the_field_and_the_navigation_lead_to_both_pages(site: Plan, english: Client) -> None:
    links = set(read(english, f"/{site.id}/fields/2/").xpath("//a/@href"))
    for name in ("gaps", "composite"):
        assert {f"/{site.id}/{name}/", f"/{site.id}/{name}/?field=2"} <= links
