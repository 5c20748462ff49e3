"""The database of figures on its pages: tables, trails, files, what is missing, and the register of surveys."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from django.test import Client

from halfsky.collect.actions import SurveyData, add_survey, import_figures
from halfsky.collect.models import Survey
from halfsky.observations import Confidentiality, read_csv
from halfsky.places.actions import add_person, appoint, establish
from halfsky.places.models import Office
from halfsky.places.restructure import NewPlace, merge
from halfsky.plan import Plan, Text
from tests.support import CLERK, figure
from tests.web import pack
from tests.web.conftest import visitor
from tests.web.test_pages import tree, words

BASE = f"/{pack.pack().id}/database/"
FILES = f"{BASE}figures."
SURVEYS = f"/{pack.pack().id}/surveys/"


@pytest.fixture
def placed(site: Plan) -> Plan:
    establish(plan=site, by=CLERK)
    return site


def signed_in(role: str, region: str, unit: str | None = None) -> Client:
    user = add_person(username=f"{role}@{region}", full_name=role, by=CLERK)
    appoint(user=user, role=role, region=region, unit=unit, by=CLERK)
    client = Client()
    client.force_login(user)
    client.cookies["halfsky_language"] = "en"
    return client


def rows(client: Client, address: str) -> dict[str, list[str]]:
    """The table of a page: head of each row → its cells as read."""
    page = tree(client, address)
    return {
        " ".join(row.xpath("string(th)").split()): [" ".join(c.text_content().split()) for c in row.xpath("td")]
        for row in page.xpath("//table[contains(@class, 'database')]/tbody/tr")
    }


class TestTable:
    def test_women_men_gap_and_total_stand_side_by_side_for_several_years(self, site: Plan, reader: Client) -> None:
        found = rows(reader, f"{BASE}?field=2")
        literacy = next(cells for head, cells in found.items() if "%" in head and len(cells) == 12)
        assert literacy[:4] == ["11.00", "13.40", "−2.40", "12.20"]  # 2022
        assert literacy[8:] == ["12.00", "14.20", "−2.20", "13.10"]  # 2024

    def test_women_only_stand_under_women(self, site: Plan) -> None:
        client = visitor()
        client.cookies["halfsky_language"] = "en"
        mortality = next(v for k, v in rows(client, BASE).items() if k.startswith("Maternal"))
        assert mortality[8] == mortality[11] == "15.00"
        assert mortality[9:11] == ["–", "–"]  # of men nothing is asked

    @pytest.mark.parametrize("down", ["indicator", "region", "year", "sex", "age", "residence"])
    @pytest.mark.parametrize("across", ["indicator", "region", "year", "sex", "age", "residence"])
    def test_any_two_dimensions_make_a_table(self, site: Plan, down: str, across: str) -> None:
        address = f"{BASE}?rows={down}&columns={across}&indicator=science_literacy&field=all&year=2024"
        if down == across:
            assert visitor().get(address).status_code == 400
        else:
            assert rows(visitor(), address)

    @pytest.mark.parametrize(
        "query", ["rows=x", "year=1", "span=7", "sex=Z", "region=1", "indicator=x", "field=9", "structure=x", "page=2"]
    )
    def test_what_cannot_be_chosen_is_refused(self, site: Plan, query: str) -> None:
        assert visitor().get(f"{BASE}?{query}").status_code == 400

    def test_a_figure_leads_to_its_trail(self, site: Plan) -> None:
        page = tree(visitor(), f"{BASE}?rows=year&columns=sex&indicator=maternal_mortality&year=2024")
        link = page.xpath("//a[@class='figure' and contains(@href, 'year=2024')]/@href")[0]
        said = words(visitor(), link)
        assert "核减误报1例" in said
        assert "李填报" in said
        assert "17.50" in said

    def test_a_sum_is_marked_and_comes_from_numerators_and_never_replaces_a_figure(self, placed: Plan) -> None:
        parts = [
            figure("maternal_mortality", place, year, str(v), numerator=Decimal(n), denominator=Decimal(d))
            for year in (2015, 2021)
            for place, v, n, d in ((pack.SHORE, 10, 1, 10000), (pack.HILL, 0, 0, 20000), (pack.ISLE, 20, 1, 5000))
        ]
        import_figures(plan=placed, observations=parts, by=CLERK)
        query = f"{BASE}?rows=region&columns=year&indicator=maternal_mortality&span=1&year="
        assert rows(visitor(), f"{query}2015")["小城市"] == ["5.71 Σ"]
        assert rows(visitor(), f"{query}2021")["小城市"] == ["15.00"]

    def test_statuses_are_letters_with_a_legend(self, site: Plan) -> None:
        said = words(visitor(), f"{BASE}?rows=region&columns=year&indicator=screening&year=2024&span=3")
        assert "M 不适用" in said
        assert "L 未统计" in said
        found = rows(visitor(), f"{BASE}?rows=region&columns=year&indicator=screening&year=2024&span=3")
        assert found["海岛县"] == ["Q", "L", "M"]

    def test_charts_and_maps_show_the_selection(self, site: Plan) -> None:
        for query, kind in (
            ("rows=region&columns=year", "map"),
            ("rows=year&columns=sex", "sexes"),
            ("rows=age&columns=year", "series"),
        ):
            page = tree(visitor(), f"{BASE}?{query}&indicator=science_literacy&year=2022")
            source = page.xpath("//figure//img/@src")[0]
            assert f"/charts/{kind}." in source
            assert visitor().get(source).status_code == 200

    def test_without_figures_it_says_so(self, bare_site: Plan, reader: Client) -> None:
        assert tree(reader, BASE).xpath("//p[@class='empty']")

    def test_both_structures_of_places_can_be_read(self, placed: Plan) -> None:
        parts = [
            figure("maternal_mortality", place, 2021, str(v), numerator=Decimal(n), denominator=Decimal(d))
            for place, v, n, d in ((pack.SHORE, 10, 1, 10000), (pack.HILL, 0, 0, 20000))
        ]
        import_figures(plan=placed, observations=parts, by=CLERK)
        new = NewPlace("210205", Text(zh="山海区", en="Hillshore"))
        merge(codes=[pack.SHORE, pack.HILL], into=new, year=2023, by=CLERK, reason="批复")
        query = f"{BASE}?rows=region&columns=year&indicator=maternal_mortality&year=2021&span=1"
        assert rows(visitor(), query)["海岸区"] == ["10.00"]
        merged = rows(visitor(), f"{query}&structure=2023")
        assert merged["山海区"][0].startswith("3.33")
        assert "海岸区" not in merged
        assert rows(visitor(), f"{query}&structure=2022")["海岸区"] == ["10.00"]


class TestWhoSeesWhat:
    ADDRESS = f"{BASE}?rows=region&columns=year&indicator=science_literacy&year=2024&span=1"

    def test_what_is_confidential_is_shown_to_its_own_and_withheld_from_others(self, placed: Plan) -> None:
        assert rows(visitor(), self.ADDRESS)["山地区"] == ["Q"]
        assert rows(signed_in("statistics", pack.CITY), self.ADDRESS)["Hill District"] == ["13.57"]
        assert rows(signed_in("district_statistics", pack.SHORE), self.ADDRESS)["Hill District"] == ["Q"]

    @pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
    def test_no_file_and_no_trail_tells_it_either(self, placed: Plan, kind: str) -> None:
        chosen = "rows=region&columns=year&indicator=science_literacy&year=2024"

        def told(client: Client, query: str) -> list[tuple[Any, ...]]:
            return [
                (r["OBS_VALUE"], r["OBS_STATUS"], r["COMMENT"])
                for r in table(client, f"{FILES}{kind}?{query}", kind)
                if r["REF_AREA"] == pack.HILL and r["CONF_STATUS"] == "C"
            ]

        own = signed_in("statistics", pack.CITY)
        for query in ("all=1", chosen):
            assert told(visitor(), query) == [(None, "Q", None)]
            assert told(own, query) == [(Decimal("13.57"), "A", "内部掌握")]
        trail = f"{BASE}figure/?indicator=science_literacy&region={pack.HILL}&year=2024"
        said = words(visitor(), trail)
        assert "13.57" not in said
        assert "内部掌握" not in said


def table(client: Client, address: str, kind: str) -> list[dict[str, Any]]:
    """A downloaded file as rows; numbers as decimals, blanks as ``None``."""
    answer = client.get(address)
    assert answer.status_code == 200
    assert f".{kind}" in answer["Content-Disposition"]
    if kind == "parquet":
        return pq.read_table(io.BytesIO(answer.content)).to_pylist()
    if kind == "csv":
        assert answer.content.startswith(b"\xef\xbb\xbf")
        found = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content))["figures"]
        head, *lines = sheet.iter_rows(values_only=True)
        found = [dict(zip(head, line, strict=True)) for line in lines]
    numbers = ("OBS_VALUE", "NUMERATOR", "DENOMINATOR")
    return [
        {k: None if v in (None, "") else Decimal(str(v)) if k in numbers else v for k, v in r.items()} for r in found
    ]


class TestFiles:
    def test_the_three_kinds_tell_the_same(self, site: Plan) -> None:
        made = [table(visitor(), f"{FILES}{kind}?all=1", kind) for kind in ("csv", "xlsx", "parquet")]
        numbers = [
            sorted(
                (
                    r["INDICATOR"],
                    r["REF_AREA"],
                    int(r["TIME_PERIOD"]),
                    r["SEX"],
                    r["AGE"],
                    r["URBANISATION"],
                    r["OBS_VALUE"] or 0,
                )
                for r in rows_
            )
            for rows_ in made
        ]
        assert numbers[0] == numbers[1] == numbers[2]
        assert len(numbers[0]) > 100

    def test_a_csv_can_be_read_back_but_for_what_is_derived(self, site: Plan) -> None:
        content = visitor().get(f"{FILES}csv?rows=year&columns=sex&indicator=screening").content
        reading = read_csv(content, plan=site, file="x.csv")
        assert reading.faults == ()
        assert {o.series.indicator for o in reading.observations} == {"screening"}

    def test_parquet_keeps_exact_decimals_and_says_what_it_holds(self, site: Plan) -> None:
        made = pq.read_table(io.BytesIO(visitor().get(f"{FILES}parquet?all=1").content))
        assert str(made.schema.field("OBS_VALUE").type) == "decimal128(24, 8)"
        told = json.loads(made.schema.metadata[b"halfsky"])
        assert told["plan"]["id"] == site.id
        assert told["indicators"]["screening"]["unit"] == "percent"
        assert "演示数据" in told["demonstration"]
        assert "小城市统计年鉴" in told["sources"]

    def test_there_is_no_other_kind(self, site: Plan) -> None:
        assert visitor().get(f"{FILES}exe").status_code == 404


class TestMissing:
    def test_it_says_how_long_whose_and_why(self, placed: Plan) -> None:
        address = f"/{placed.id}/missing/"
        said = words(visitor(), f"{address}?field=1&region={pack.ISLE}")
        assert "宫颈癌筛查率" in said
        assert "从未有过" in said
        content = visitor().get(f"{address}?format=csv").content.decode("utf-8-sig")
        lines = list(csv.DictReader(io.StringIO(content)))
        girls = next(r for r in lines if r["INDICATOR"] == "girls_school" and r["REF_AREA"] == pack.SHORE)
        assert (girls["YEARS_MISSING"], girls["LAST_KNOWN"], girls["WHY"]) == ("2021 2022 2023", "2024", "absent")
        isle = next(r for r in lines if r["INDICATOR"] == "screening" and r["REF_AREA"] == pack.ISLE)
        assert (isle["YEARS_MISSING"], isle["WHY"], isle["LAST_KNOWN"]) == ("2021 2023", "not_collected", "")

    def test_what_comes_in_is_no_longer_missing(self, placed: Plan) -> None:
        address = f"/{placed.id}/missing/?format=csv"
        assert b"girls_school,210202,_T,_T,_T,2021 2022 2023" in visitor().get(address).content
        import_figures(plan=placed, observations=[figure("girls_school", pack.SHORE, 2023, "1")], by=CLERK)
        assert b"girls_school,210202,_T,_T,_T,2021 2022,2024" in visitor().get(address).content

    def test_a_survey_can_be_opened_from_it_by_those_who_keep_them(self, placed: Plan) -> None:
        address = f"/{placed.id}/missing/?region={pack.ISLE}"
        assert not tree(visitor(), address).xpath("//a[contains(@href, '/surveys/add/')]")
        client = signed_in("statistics", pack.CITY)
        link = tree(client, address).xpath("//a[contains(@href, '/surveys/add/')]/@href")[0]
        form = tree(client, link)
        assert form.xpath(f"//select[@name='region']/option[@selected and @value='{pack.ISLE}']")


WRITTEN = {
    "indicator": "science_literacy", "region": pack.ISLE, "year": "2024", "sex": "F", "residence": "_T", "estimate": "12.5",
    "sample_size": "800", "standard_error": "0.9", "low": "10.7", "high": "14.3", "level": "95", "method": "入户调查",
    "began": "2024-05-01", "ended": "2024-06-30", "confidentiality": "F",
}  # fmt: skip


class TestSurveys:
    def written(self, **changes: str) -> dict[str, str]:
        office = Office.objects.get(unit="science", region=pack.CITY)
        return {**WRITTEN, "office": str(office.pk), **changes}

    def test_a_survey_is_added_shown_with_its_error_revised_and_withdrawn(self, placed: Plan) -> None:
        client = signed_in("statistics", pack.CITY)
        answer = client.post(f"{SURVEYS}add/", self.written())
        assert answer.status_code == 302, words(client, f"{SURVEYS}add/")
        assert "95%: 10.7–14.3" in words(client, SURVEYS)
        shown = rows(client, f"{BASE}?rows=year&columns=sex&indicator=science_literacy&region={pack.ISLE}&year=2024")
        assert shown["2024"][0] == "12.50 E95%: 10.7–14.3 · n=800"
        survey = Survey.objects.get()
        one = f"{SURVEYS}{survey.pk}/"
        assert client.post(one, self.written(version="1", estimate="12.8")).status_code == 200  # says not why
        assert client.post(one, self.written(version="1", estimate="12.8", reason="加权")).status_code == 302
        assert client.post(one, {"version": "2", "withdraw": "1", "reason": "误"}).status_code == 302
        assert "Withdrawn" in words(client, SURVEYS)

    def test_every_fault_is_told_beside_its_field_and_nothing_typed_is_lost(self, placed: Plan) -> None:
        client = signed_in("statistics", pack.CITY)
        answer = client.post(f"{SURVEYS}add/", self.written(low="13", sample_size="0", method="抽样"))
        from lxml import html

        page = html.fromstring(answer.content.decode())
        assert {e.get("id") for e in page.xpath("//span[@class='fault']")} == {"e-low", "e-sample_size"}
        assert page.xpath("//section[@role='alert']//a[@href='#id_low']")
        assert page.xpath("string(//textarea[@name='method'])").strip() == "抽样"
        assert not Survey.objects.exists()

    def test_only_those_who_keep_it_open_the_form(self, placed: Plan) -> None:
        assert visitor().get(f"{SURVEYS}add/").status_code == 403
        assert visitor().get(SURVEYS).status_code == 200
        survey = add_survey(plan=placed, data=self.data(), by=CLERK)
        assert signed_in("district_statistics", pack.SHORE).get(f"{SURVEYS}{survey.pk}/").status_code == 403

    def test_a_confidential_estimate_is_withheld_in_the_register(self, placed: Plan) -> None:
        add_survey(plan=placed, data=replace(self.data(), confidentiality=Confidentiality.CONFIDENTIAL.value), by=CLERK)
        said = words(visitor(), SURVEYS)
        assert "12.5" not in said
        assert "10.7" not in said
        assert "10.7" in words(signed_in("statistics", pack.CITY), SURVEYS)

    def data(self) -> SurveyData:
        office = Office.objects.get(unit="science", region=pack.CITY)
        return SurveyData(
            "science_literacy", pack.ISLE, 2024, Decimal("12.5"), 800, "入户调查", office.pk, date(2024, 5, 1), date(2024, 6, 30),
            Decimal("0.9"), Decimal("10.7"), Decimal("14.3"), Decimal(95), sex="F",
        )  # fmt: skip
