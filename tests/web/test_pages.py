"""Every page: there, whole, in both languages, without anything inline or from elsewhere."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.test import Client
from lxml import html

from halfsky.assess.rare import fit, poisson_interval
from halfsky.audit.models import Event
from halfsky.catalogue.actions import attach_text
from halfsky.collect.actions import import_figures
from halfsky.observations import Confidentiality, Observation, SeriesKey
from halfsky.plan import Plan
from tests.support import CLERK
from tests.web import pack
from tests.web.conftest import addresses, visitor

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def tree(client: Client, address: str, status: int = 200) -> html.HtmlElement:
    response = client.get(address)
    assert response.status_code == status, f"{address}: {response.status_code}"
    return html.fromstring(response.content.decode())


def words(client: Client, address: str, status: int = 200) -> str:
    return " ".join(tree(client, address, status).text_content().split())


def assert_sound(page: html.HtmlElement, address: str, language: str) -> None:
    """What holds for every page whatever it shows."""
    assert page.get("lang") == language, address
    assert not page.xpath("//style | //@style | //script[not(@src)]"), address
    assert not [name for e in page.iter() if isinstance(e.tag, str) for name in e.attrib if name.startswith("on")], (
        address
    )
    links = page.xpath("//@href | //@src | //@action") + [s.split()[0] for s in page.xpath("//@srcset")]
    assert not [link for link in links if re.match(r"([a-z]+:)?//", link)], address
    headings = [int(h.tag[1]) for h in page.xpath("//h1 | //h2 | //h3 | //h4")]
    assert headings.count(1) == 1, address
    assert headings[0] == 1, address
    assert all(later - before <= 1 for before, later in pairwise(headings)), f"{address}: {headings}"
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids)), f"{address}: {sorted(i for i in ids if ids.count(i) > 1)}"
    assert len(page.xpath("//main")) == 1, address
    for used in page.xpath("//@aria-labelledby | //label/@for | //use/@href"):
        assert set(used.removeprefix("#").split()) <= set(ids), f"{address}: {used}"
    assert page.xpath("string(//title)").strip(), address


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_is_sound(site: Plan, language: str) -> None:
    client = visitor()
    client.cookies["halfsky_language"] = language
    for address in addresses(site):
        assert_sound(tree(client, address), address, "en" if language == "en" else "zh-Hans")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_of_a_plan_without_figures_is_sound(bare_site: Plan, language: str) -> None:
    client = visitor()
    client.cookies["halfsky_language"] = language
    for address in addresses(bare_site):
        if "as_of" not in address:
            assert_sound(tree(client, address), address, "en" if language == "en" else "zh-Hans")


def test_no_english_label_stands_on_a_chinese_page(site: Plan) -> None:
    client = visitor()
    allowed = {"English", "CSV", "Excel", "Parquet", "SDMX", "YAML", "PDF", "DOCX", "Cookie", "X"}
    for address in addresses(site):
        page = tree(client, address)
        for element in page.xpath("//code | //pre | //select[@id='nothing'] | //title"):
            element.drop_tree()
        found = set(re.findall(r"[A-Za-z]{2,}", page.text_content())) - allowed
        assert not found, f"{address}: {sorted(found)}"


def test_no_chinese_label_stands_on_an_english_page(site: Plan) -> None:
    client = visitor()
    client.cookies["halfsky_language"] = "en"
    for address in addresses(site):
        page = tree(client, address)
        for element in page.xpath("//*[@lang='zh-Hans'] | //*[contains(@class, 'source')] | //dd"):
            element.drop_tree()
        texts = [t.strip() for t in page.itertext() if CHINESE.search(t)]
        quoted = {"The plan strives for it (力争): reported, never failed.", "核减误报1例", "李填报", "小城市统计年鉴"}
        assert set(texts) <= quoted, f"{address}: {texts}"


def test_the_policy_of_the_browser_forbids_everything_but_our_own(site: Plan) -> None:
    policy = visitor().get(f"/{site.id}/").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_the_front_door_tells_where_the_plan_stands_and_leads_to_it(site: Plan) -> None:
    page = tree(visitor(), "/")
    assert f"/{site.id}/" in page.xpath("//main//a/@href")
    assert "截至2024年小城市妇女规划进展" in page.text_content()


def test_without_plans_the_front_door_says_what_to_do(
    db: None, settings: object, tmp_path: Path, reader: Client
) -> None:
    settings.PLANS_DIR = tmp_path  # type: ignore[attr-defined]
    page = reader.get("/", follow=True)
    assert b"halfsky plan check" in page.content


def test_a_pack_with_faults_is_shown_with_file_and_line(
    db: None, settings: object, tmp_path: Path, reader: Client
) -> None:
    folder = pack.write(pack.pack(), tmp_path)
    targets = folder / "targets.yaml"
    targets.write_text(targets.read_text(encoding="utf-8").replace("kind: at_most", "kind: below"), encoding="utf-8")
    settings.PLANS_DIR = tmp_path  # type: ignore[attr-defined]
    text = words(reader, f"/{pack.pack().id}/", 500)
    assert re.search(r"targets\.yaml:\d+", text)
    assert re.search(r"targets\.yaml:\d+", words(reader, "/plans/"))


@pytest.mark.parametrize(
    "tail",
    ["fields/9/", "goals/G9.9/", "goals/M1.1/", "indicators/nothing/", "regions/999999/", "?as_of=1999", "data/secrets.csv",
     "data/reports/..%2Fsecret-key", "charts/pie.light.zh.svg", "charts/series.light.zh.svg?indicator=nothing", "nowhere/"],
)  # fmt: skip
def test_what_does_not_exist_is_a_designed_404(site: Plan, reader: Client, tail: str) -> None:
    page = tree(reader, f"/{site.id}/{tail}", 404)
    assert_sound(page, tail, page.get("lang"))
    assert page.xpath("//main//a[@href='/']")


@pytest.mark.parametrize(
    "tail",
    [
        "?as_of=soon",
        "warnings/?level=purple",
        "targets/?status=fine",
        "map/?target=G1.1a",
        "indicators/screening/?region=1",
    ],
)
def test_what_cannot_be_chosen_is_a_designed_400(site: Plan, reader: Client, tail: str) -> None:
    page = tree(reader, f"/{site.id}/{tail}", 400)
    assert_sound(page, tail, page.get("lang"))


def test_an_error_of_ours_is_a_designed_500(site: Plan, reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("halfsky.web.views.overview.by_field", lambda *_: 1 / 0)
    reader.raise_request_exception = False
    page = tree(reader, f"/{site.id}/", 500)
    assert page.xpath("count(//h1)") == 1


def test_a_form_without_its_token_is_refused_with_what_to_do(site: Plan) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post("/choose/theme/", {"theme": "dark"})
    assert response.status_code == 403
    assert "表单已失效" in response.content.decode()


def test_demonstration_data_is_marked_on_every_page_of_a_plan(site: Plan, reader: Client) -> None:
    for address in addresses(site):
        if address.startswith(f"/{site.id}/"):
            assert tree(reader, address).xpath("//*[contains(@class, 'banner demo')]"), address


def test_a_partial_plan_says_so_on_every_page(site: Plan, settings: object, tmp_path: Path) -> None:
    from tests.support import words as text

    pack.write(pack.pack(partial=text("只收有公布数据的目标。", "Only promises with published figures.")), tmp_path)
    settings.PLANS_DIR = tmp_path  # type: ignore[attr-defined]
    for address in addresses(site):
        if address.startswith((f"/{site.id}/", "/plans/")):
            assert "只收有公布数据的目标。" in words(visitor(), address), address


def test_the_overview_names_what_needs_attention_first(site: Plan) -> None:
    page = tree(visitor(), f"/{site.id}/")
    rows = [" ".join(row.text_content().split()) for row in page.xpath("//section[@data-part='urgent']//tbody/tr")]
    assert any("孕产妇死亡率" in row and "15.00/10万" in row for row in rows), rows
    levels = [row.split()[0] for row in rows]
    assert levels == sorted(levels, key=["红色", "橙色", "黄色"].index)


def test_every_promise_is_counted_once_on_the_overview(site: Plan) -> None:
    page = tree(visitor(), f"/{site.id}/")
    totals = [
        int(e.text_content()) for e in page.xpath("//section[@data-part='fields']//td[contains(@class, 'total')]")
    ]
    assert sum(totals) == len(site.targets)


def test_an_earlier_year_is_kept_from_page_to_page(site: Plan, reader: Client) -> None:
    page = tree(reader, f"/{site.id}/?as_of=2022")
    inside = [a for a in page.xpath("//main//a/@href | //nav//a/@href") if a.startswith(f"/{site.id}/")]
    assert inside
    assert all("as_of=2022" in a for a in inside), [a for a in inside if "as_of=2022" not in a]


def test_each_reason_for_a_missing_figure_has_its_own_word(site: Plan) -> None:
    page = words(visitor(), f"/{site.id}/indicators/screening/?region={pack.ISLE}")
    for word in ("不适用", "未统计", "不公布"):
        assert word in page
    gap = words(visitor(), f"/{site.id}/indicators/screening/?region={pack.SHORE}")
    assert "缺数据" in gap
    absent = words(visitor(), f"/{site.id}/indicators/girls_school/?region={pack.ISLE}")
    assert "这不等于零" in absent


def test_zero_is_a_figure_and_no_blank(site: Plan) -> None:
    page = tree(visitor(), f"/{site.id}/indicators/girls_school/?region={pack.HILL}")
    rows = page.xpath("//section[@data-part='years-h']//tbody/tr")
    assert rows[0].xpath("string(td[1])").strip() == "否"


def test_a_confidential_figure_reaches_neither_page_nor_file(site: Plan, reader: Client) -> None:
    for address in (
        *addresses(site), f"/{site.id}/indicators/science_literacy/?region={pack.HILL}", f"/{site.id}/data/figures.csv",
        f"/{site.id}/data/verdicts.csv",
    ):  # fmt: skip
        assert "13.57" not in reader.get(address).content.decode(), address


def test_women_stand_beside_men_with_the_gap(site: Plan) -> None:
    page = tree(visitor(), f"/{site.id}/indicators/science_literacy/")
    first = page.xpath("//section[@data-part='sexes-h']//tbody/tr")[0]
    assert [c.text_content().strip() for c in first] == ["2024", "12.00", "14.20", "−2.20"]


def test_a_revision_shows_both_versions_who_and_why(site: Plan) -> None:
    page = tree(visitor(), f"/{site.id}/indicators/maternal_mortality/")
    rows = page.xpath("//section[@data-part='trails-h']//tbody/tr")
    assert [row.xpath("string(td[3])").strip() for row in rows] == ["15.00", "17.50"]
    assert "核减误报1例" in rows[0].text_content()
    assert "李填报" in rows[0].text_content()


def test_a_figure_to_check_says_what_is_odd_and_what_to_do(site: Plan) -> None:
    """The pack's revised figure: on the page of its indicator and of its verdict."""
    for address in ("indicators/maternal_mortality/", f"warnings/G1.1a/{pack.CITY}/"):
        row = tree(visitor(), f"/{site.id}/{address}").xpath("//section[@data-part='findings-h']//tbody/tr")[0]
        year, what, todo = (cell.text_content().strip() for cell in row)
        assert (year, todo) == ("2024", "无须再核实；已引用原值的报告和报表请同步更正。")
        assert "数据修订" in what
        assert "原值17.5" in what
        assert "现值15" in what


def test_the_derived_gap_is_computed_and_names_its_origins(site: Plan) -> None:
    page = tree(visitor(), f"/{site.id}/indicators/science_gap/")
    assert page.xpath("string(//section[@data-part='years-h']//tbody/tr[1]/td[1])").strip() == "2.20"
    assert page.xpath("//a[contains(@href, 'science_literacy')]")


def test_the_official_words_stand_beside_the_clause_once_attached(site: Plan) -> None:
    lines = ["前 言", "本市重视妇女发展。", "二、发展领域、主要目标和策略措施"]
    for name, field in zip("一二三四五六七八", site.fields, strict=False):
        lines += [f"（{name}）{field.name.zh}", "主要目标："]
        for part, title in ((field.goals, None), (field.measures, "策略措施：")):
            lines += [title] if title else []
            for number, clause in enumerate(part, start=1):
                quoted = "；".join(t.words for t in site.targets_of(clause.id))
                lines.append(f"{number}.第{number}条的正式文本：{quoted}。")
    attach_text(plan=site, document="\n\n".join(lines).encode(), by=CLERK)
    assert "第1条的正式文本" in words(visitor(), f"/{site.id}/goals/G1.1/")


def test_a_clause_tells_who_answers_and_on_what_ground(site: Plan) -> None:
    assert "通行做法" in words(visitor(), f"/{site.id}/goals/G1.1/")
    assert "由科协负责" in words(visitor(), f"/{site.id}/goals/G2.1/")
    assert "六个文明" in words(visitor(), f"/{site.id}/goals/G2.2/")


def test_warnings_are_narrowed_by_unit_place_and_level(site: Plan) -> None:
    def rows(query: str) -> int:
        return len(tree(visitor(), f"/{site.id}/warnings/?{query}").xpath("//tbody/tr"))

    every = rows("")
    assert every >= 1
    assert (
        rows(f"region={pack.CITY}")
        + rows(f"region={pack.SHORE}")
        + rows(f"region={pack.HILL}")
        + rows(f"region={pack.ISLE}")
        == every
    )
    assert sum(rows(f"level={level}") for level in ("red", "orange", "yellow")) == every
    assert 1 <= rows("unit=health") < every + 1


def test_targets_are_found_by_word_field_and_place(site: Plan) -> None:
    def found(query: str) -> list[str]:
        return [e.text_content() for e in tree(visitor(), f"/{site.id}/targets/?{query}").xpath("//tbody/tr/td[1]")]

    assert found("q=科学素质") == ["G2.1a", "G2.1b", "G2.1c"]
    assert found("field=1") == ["G1.1a", "M1.1a"]
    assert found(f"region={pack.HILL}") == ["M1.1a", "G2.1c", "M2.1a"]
    assert found("q=没有的词") == []


def test_a_page_writes_nothing(site: Plan, reader: Client) -> None:
    before = Event.objects.count()
    for address in addresses(site):
        reader.get(address)
    assert Event.objects.count() == before


def test_a_warning_has_a_page_with_every_part_its_chart_and_the_other_places(site: Plan) -> None:
    row = tree(visitor(), f"/{site.id}/warnings/").xpath("//a[contains(@href, '/warnings/G') or contains(@href, '/warnings/M')]/@href")  # fmt: skip
    page = tree(visitor(), row[0])
    heads = page.xpath("//aside//dt/text()")
    assert heads == ["目标", "差距", "近年变化", "所需变化", "把握程度", "横向比较", "需要注意"]
    assert all(dd.text_content().strip().endswith("。") for dd in page.xpath("//aside//dd"))
    assert page.xpath("//figure[contains(@class, 'chart')]")
    assert page.xpath("//a[contains(@href, '/indicators/')]")
    assert page.xpath("//a[contains(@href, '/goals/') or contains(@href, '/measures/')]")


def test_the_page_of_a_place_explains_its_warnings_without_a_script(site: Plan) -> None:
    page = tree(visitor(), f"/{site.id}/regions/{pack.CITY}/")
    assert page.xpath("//details/summary")
    assert all(re.search(r"要求\d{4}年", d.text_content()) for d in page.xpath("//details"))


def test_a_page_of_a_verdict_that_raises_no_warning_says_so_and_a_place_not_bound_is_a_404(site: Plan) -> None:
    assert "没有预警" in words(visitor(), f"/{site.id}/warnings/M1.1a/{pack.CITY}/")
    tree(visitor(), f"/{site.id}/warnings/G2.1a/{pack.HILL}/", 404)
    tree(visitor(), f"/{site.id}/warnings/G9.9z/{pack.HILL}/", 404)


def test_the_page_of_a_warning_does_not_tell_withheld_figures(site: Plan) -> None:
    said = words(visitor(), f"/{site.id}/warnings/G2.1c/{pack.HILL}/")
    assert "该判定所依据的数据不公布" in said
    assert "13.57" not in said


def test_the_page_of_rare_events_has_a_table_of_places_and_withholds_what_may_not_be_shown(site: Plan) -> None:
    def row(place: str, year: int, deaths: int, births: int, kept: Confidentiality) -> Observation:
        rate = round(Decimal(deaths) * 100_000 / births, 2)
        key = SeriesKey("maternal_mortality", place)
        return Observation(key, year, rate, Decimal(deaths), Decimal(births), confidentiality=kept)

    def table() -> tuple[Any, dict[str, list[str]]]:
        found = tree(visitor(), f"/{site.id}/indicators/maternal_mortality/?as_of=2024")
        (section,) = found.xpath("//section[@data-part='funnel-h']")
        cells = {
            r.xpath("string(th)").strip(): [c.text_content() for c in r.xpath("td")]
            for r in section.xpath(".//tbody/tr")
        }
        return section, cells

    free = [row(pack.SHORE, 2024, 7, 9_000, Confidentiality.FREE), row(pack.ISLE, 2024, 0, 500, Confidentiality.FREE)]
    import_figures(plan=site, observations=free, by=CLERK, file="counts.csv")
    section, rows = table()
    assert set(rows) == {"海岸区2024–2024", "海岛县2024–2024"}
    shore, isle = rows["海岸区2024–2024"], rows["海岛县2024–2024"]
    low, high = (float(end) / 9_000 * 100_000 for end in poisson_interval(np.array(7.0)))
    assert shore[:4] == ["7", "9,000", "77.78", f"{low:.2f}–{high:.2f}"]
    shrunk = fit(np.array([7.0, 0.0]), np.array([9_000.0, 500.0])).mean() * 100_000  # the withheld place lends nothing
    assert [shore[4], isle[4]] == [f"{rate:.2f}" for rate in shrunk]
    assert shore[5] == "高于99.8%界限"
    assert isle[:3] + isle[5:] == ["0", "500", "0.00", "界限之内"]
    assert section.xpath(".//figure[contains(@class, 'chart')]") or section.xpath(".//picture")
    kept = row(pack.HILL, 2024, 3, 4_321, Confidentiality.CONFIDENTIAL)
    import_figures(plan=site, observations=[kept], by=CLERK, file="kept.csv")
    section, rows = table()
    assert set(rows) == {"海岛县2024–2024"}  # with the city's figure, the hill's would follow from the shore's
    assert not {"4,321", "69.43", "9,000", "77.78"} & set(section.text_content().split())
