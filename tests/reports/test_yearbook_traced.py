"""Every number of the demonstration's yearbook is in the database, under the key that its place in the table says.

Walked are the tables that Word and PDF are set from, the workbook as it is read back, and pages of the PDF.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from halfsky.collect import queries as collect
from halfsky.collect.actions import import_figures
from halfsky.collect.models import Figure
from halfsky.observations import Confidentiality, Observation, SeriesKey
from halfsky.observations.columns import COUNTED
from halfsky.observations.demonstration import demonstration_figures
from halfsky.plan import Plan, Residence, Sex, load_plan
from halfsky.reports.report.model import Cell, Column, Paragraph, Report, Section, Table
from halfsky.reports.report.pdf import pdf
from halfsky.reports.yearbook import Book, book_of, compose, workbook
from halfsky.reports.yearbook.excel import TRACE_HEADER
from tests.support import CLERK

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
YEAR, DAY = 2025, date(2026, 3, 1)
PACK = Path(__file__).parents[2] / "plans" / "dalian-2021-2030"
Stored = dict[tuple[str, str, int, str, str, str], Decimal]


def closed(plan: Plan) -> tuple[SeriesKey, SeriesKey]:
    """Two figures that may not be published: an amount of one district, and one of a rate."""
    count = next(i for i in plan.indicators if i.unit in COUNTED and i.additive and "district" in i.levels)
    rate = next(i for i in plan.indicators if i.scale is not None and "district" in i.levels)
    return SeriesKey(count.id, "210202"), SeriesKey(rate.id, "210204")


@pytest.fixture
def plan() -> Plan:
    return load_plan(PACK)


@pytest.fixture
def book(plan: Plan) -> Book:
    secret = closed(plan)

    def marked(o: Observation) -> Observation:
        hidden = o.series in secret and o.year == YEAR and o.value is not None
        return replace(o, confidentiality=Confidentiality.NOT_FOR_PUBLICATION) if hidden else o

    rows = [marked(o) for o in demonstration_figures(plan, first_year=2020, last_year=YEAR)]
    import_figures(plan=plan, observations=rows, by=CLERK, reason="test")
    return book_of(plan, collect.visible(None, plan), year=YEAR, language="zh")


def stored(plan: Plan) -> Stored:
    """What may be published of what stands in the database, read past everything that the yearbook is made with."""
    rows = Figure.objects.filter(plan=plan.id, current=True, confidentiality="F", value__isnull=False)
    held = {
        tuple(row[:6]): row[6]
        for row in rows.values_list("indicator", "region", "year", "sex", "age", "residence", "value")
    }
    made = dict(held)
    for indicator in plan.indicators:
        derive = indicator.derive
        if derive is None:
            continue
        for region in plan.place:
            for year in range(2019, YEAR + 1):
                one, other = (
                    held.get((o.indicator, region, year, o.sex.value, o.age, o.residence.value))
                    for o in (derive.of, derive.against)
                )
                if one is None or other is None:
                    continue
                value = one - other if derive.op == "difference" else one / other
                value = abs(value) if derive.absolute else value
                made[indicator.id, region, year, "_T", "_T", "_T"] = value
    return made


def key_of(series: SeriesKey, year: int) -> tuple[str, str, int, str, str, str]:
    return series.indicator, series.region, year, series.sex.value, series.age, series.residence.value


def agrees(cell: Cell, there: Stored) -> bool:
    """Whether a cell's number is what the database gives for its trace."""
    assert cell.trace is not None
    assert cell.number is not None
    values = [there[key_of(*key)] for key in cell.trace.of]
    match cell.trace.how:
        case "figure":
            expected = values[0]
        case "share":
            expected = 100 * values[0] / (values[0] + values[1])
        case "difference":
            expected = values[0] - values[1]
        case "ratio":
            expected = values[0] / values[1]
    places = -int(cell.number.as_tuple().exponent)
    derived = (
        cell.number.quantize(Decimal(1).scaleb(-places)),
        expected.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP),
    )
    return derived[0] == derived[1]


def walked(content: Report) -> Iterator[tuple[Section, tuple[Cell, ...], Column, Cell]]:
    for section in content.sections:
        for block in section.blocks:
            if isinstance(block, Table):
                for row in block.rows:
                    for column, cell in zip(block.columns, row, strict=True):
                        yield section, row, column, cell


def written(text: str) -> bool:
    return re.search(r"\d", text) is not None


def test_every_number_is_in_the_database_and_every_total_is_its_sum_or_noted(plan: Plan, book: Book) -> None:
    there, content = stored(plan), compose(book, made=DAY)
    _tables(plan, content, there)
    _totals(plan, content, there)
    _workbook(book, there)
    _pages(content)


def _tables(plan: Plan, content: Report, there: Stored) -> None:
    names: dict[str, set[str]] = {}
    for indicator in plan.indicators:
        names.setdefault(indicator.name.zh, set()).add(indicator.id)
    numbers = 0
    indicators: set[str] = set()
    owner = ""
    for section, row, column, cell in walked(content):
        if cell is row[0] and not cell.text.startswith("　"):
            owner = cell.text.rstrip("*")
        if cell.trace is None:
            assert cell is row[0] or cell is row[1] or not written(cell.text), (section.title, cell)
            continue
        numbers += 1
        assert agrees(cell, there), (section.title, owner, column, cell)
        for series, year in cell.trace.of:
            indicators.add(series.indicator)
            assert series.indicator in names[owner]
            assert str(year) in column.group + column.head + section.title
            whole = series.region == plan.region
            assert whole or column.head == plan.place[series.region].name.zh
        first, _ = cell.trace.of[0]
        split = row[0].text.strip("　") + column.head
        if cell.trace.how == "figure" and plan.indicator[first.indicator].population != "women":
            assert (first.sex is Sex.FEMALE) == (column.head == "女" or row[0].text == "　女"), split
            assert (first.sex is Sex.MALE) == (column.head == "男" or row[0].text == "　男"), split
        assert (first.residence is Residence.URBAN) == (column.head in {"城镇", "城镇占比\n或城乡对比"}), split
    assert numbers > 7_000
    missing = set(plan.indicator) - indicators
    told = {key[0] for key in there if 2020 <= key[2] <= YEAR and key[1] == plan.region}
    assert not missing & told, missing & told
    for secret in closed(plan):
        rows = [
            r
            for s, r, _, c in walked(content)
            if "各区" in s.title and r[0].text.rstrip("*") == plan.indicator[secret.indicator].name.zh
        ]
        assert any(c.text == "不公布" for c in rows[0])


def _totals(plan: Plan, content: Report, there: Stored) -> None:
    """Women and men, and the districts, sum to the total: of amounts as printed, of rates by what stands in the database."""
    sums = 0
    for section in content.sections:
        said = "".join(b.text for b in section.blocks if isinstance(b, Paragraph))
        for table in (b for b in section.blocks if isinstance(b, Table)):
            for row in table.rows:
                figures = [c for c in row if c.trace is not None and c.trace.how == "figure" and c.number is not None]
                if not figures or figures[0].trace is None:
                    continue
                indicator = plan.indicator[figures[0].trace.of[0][0].indicator]
                if indicator.unit not in COUNTED:
                    continue
                by = {c.trace.of[0]: c.number for c in figures if c.trace is not None and c.number is not None}
                if "男女对照" in section.title:
                    whole, women, men = (
                        by.get((SeriesKey(indicator.id, plan.region, s), YEAR)) for s in (Sex.ALL, Sex.FEMALE, Sex.MALE)
                    )
                    if None not in (whole, women, men):
                        sums += 1
                        assert women + men == whole or indicator.name.zh in said  # type: ignore[operator]
                if "各区（市）县" in section.title:
                    whole = by.pop((replace(figures[0].trace.of[0][0], region=plan.region), YEAR), None)
                    if whole is None:
                        continue
                    sums += 1
                    rule = next(r for r in plan.rules if r.id == "places")
                    holds = abs(sum(by.values()) - whole) <= rule.tolerance * abs(whole)
                    assert holds or indicator.name.zh in said or row[0].text.endswith("*"), (indicator.id, said)
    assert sums > 40
    rows = Figure.objects.filter(
        plan=plan.id, current=True, numerator__isnull=False, age="_T", residence="_T", year=YEAR
    )
    counts = {tuple(r[:3]): r[3:] for r in rows.values_list("indicator", "region", "sex", "numerator", "denominator")}
    split = [
        key for key in counts if key[2] == "_T" and (key[0], key[1], "F") in counts and (key[0], key[1], "M") in counts
    ]
    assert len(split) > 100
    for indicator_id, region, _ in split:
        pair = [counts[indicator_id, region, sex] for sex in "FM"]
        assert tuple(a + b for a, b in zip(*pair, strict=True)) == counts[indicator_id, region, "_T"]


def _workbook(book: Book, there: Stored) -> None:
    """Each number of each chapter's sheet has its row in the trace, with the value that the database has under that key."""
    file = load_workbook(io.BytesIO(workbook(book, made=DAY)))
    head, *lines = file["数据对照"].iter_rows(values_only=True)
    assert head == TRACE_HEADER
    traced: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
    for sheet, where, *rest in lines:
        traced.setdefault((str(sheet), str(where)), []).append(tuple(rest))
    names = {i.name.zh: i.id for i in book.plan.indicators}
    places = {r.name.zh: r.code for r in book.plan.regions}
    groups = {"合计": ("_T", "_T"), "女": ("F", "_T"), "男": ("M", "_T"), "城镇": ("_T", "U"), "农村": ("_T", "R")}
    seen = 0
    chapters = [n for n in file.sheetnames if n[0].isdigit()]
    assert len(chapters) == len(book.chapters)
    for name in chapters:
        sheet = file[name]
        upper, lower = ([c.value for c in sheet[i]] for i in (3, 4))
        for row in sheet.iter_rows(min_row=5):
            for cell in row[3:]:
                if not isinstance(cell.value, int | float):
                    assert cell.value in {"…", "—", "不公布", None}, cell.value
                    continue
                seen += 1
                found = traced.pop((name, cell.coordinate))
                made = []
                for _, indicator, region, year, sex, age, residence, value in found:
                    number, held = Decimal(str(value)), there[indicator, region, year, sex, age, residence]
                    if book.plan.indicator[indicator].derive is not None:  # computed above without rounding
                        held = held.quantize(number, ROUND_HALF_UP)
                    assert held == number
                    made.append(number)
                how, indicator, region, year, sex, _, residence, _ = found[0]
                head = str(lower[cell.column - 1])
                assert indicator == names[row[0].value] or book.plan.indicator[indicator].name.zh == row[0].value
                if how == "figure":
                    assert Decimal(str(cell.value)) == made[0]
                    assert (sex, residence) == groups[row[2].value]
                    expected = (book.plan.region, int(head[:4])) if head[:4].isdigit() else (places[head], YEAR)
                    assert (region, year) == expected
                elif how == "share":
                    assert abs(Decimal(str(cell.value)) - 100 * made[0] / sum(made)) <= Decimal("0.05")
                elif how == "difference":
                    assert abs(Decimal(str(cell.value)) - (made[0] - made[1])) <= Decimal("0.005")
                else:
                    assert abs(Decimal(str(cell.value)) - made[0] / made[1]) <= Decimal("0.005")
        assert upper[3] == book.place
    assert not traced
    assert seen > 7_000


def _pages(content: Report) -> None:
    """Every fifteenth row stands in the PDF as it stands in the table."""
    reader = PdfReader(io.BytesIO(pdf(content)))
    said = "".join(re.sub(r"\s", "", page.extract_text()) for page in reader.pages)
    rows = [row for _, row, _, cell in walked(content) if cell is row[0] and any(c.trace for c in row)]
    sample = rows[::15]
    assert len(sample) > 40
    for row in sample:
        line = re.sub(r"\s", "", "".join(c.text for c in row[2:]))
        assert line in said, [c.text for c in row]
