"""The Excel form of a return: what it holds, whom it belongs to, and that reading it back guesses nothing."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from halfsky.audit.models import Event
from halfsky.collect.actions import CellChange, open_cycle, save_cells
from halfsky.collect.actions.uploading import Changed, confirm_form, dry_run_of, hold_form
from halfsky.collect.models import Entry, Return, Upload
from halfsky.collect.sheetform import Imprint, write_form
from halfsky.collect.sheetlayout import SHEET, address, layout
from halfsky.collect.sheetread import DryRun, dry_run
from halfsky.observations import SheetRow
from halfsky.places.actions import add_person, appoint, establish
from halfsky.places.policy import Forbidden, principal
from halfsky.plan import Faulty, Plan
from tests.support import CLERK, SHORE, plan_by_sex, words

DAYS = {"unit_due": date(2025, 3, 31), "district_due": date(2025, 4, 15), "city_due": date(2025, 4, 30)}


PLAN = plan_by_sex()
pytestmark = pytest.mark.django_db


@pytest.fixture
def sheet() -> Return:
    establish(plan=PLAN, by=CLERK)
    cycle = open_cycle(plan=PLAN, year=2024, by=CLERK, **DAYS)
    return cycle.returns.select_related("cycle", "office").get(unit="health")


def entry(sheet: Return, indicator: str, sex: str = "_T", residence: str = "_T") -> Entry:
    return sheet.entries.get(indicator=indicator, sex=sex, residence=residence)


def put(sheet: Return, held: Entry, **content: Any) -> None:
    save_cells(
        plan=PLAN,
        sheet=sheet.pk,
        changes=[CellChange(held.pk, held.version, **content)],
        by=CLERK,
        key=str(hash(f"{held.pk} {content}")),
    )


def cell(sheet: Return, indicator: str, item: str, column: str = "D") -> str:
    block = next(b for b in layout(PLAN, sheet, sheet.entries.all()).blocks if b.indicator.id == indicator)
    return f"{column}{block.row(item) + 1}"


def edited(data: bytes, change: Callable[[Any], object]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    change(book[SHEET])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def typed(data: bytes, cells: dict[str, Any]) -> bytes:
    def change(page: Any) -> None:
        for name, content in cells.items():
            page[name] = content

    return edited(data, change)


def rows(data: bytes) -> list[SheetRow]:
    """What stands on a form, without a reading process: for properties that read hundreds of them."""
    page = openpyxl.load_workbook(io.BytesIO(data))[SHEET]
    kinds = {"n": "number", "s": "text", "f": "formula"}
    found = []
    for number, row in enumerate(page.iter_rows(), start=1):
        cells = {
            c.column: (kinds[c.data_type], repr(c.value) if c.data_type == "n" else str(c.value))
            for c in row
            if c.value is not None
        }
        if cells:
            found.append(SheetRow(number, cells))
    return found


def read(sheet: Return, data: bytes, **more: Any) -> DryRun:
    return dry_run_of(PLAN, hold_form(plan=PLAN, sheet=sheet, content=data, name="表.xlsx", by=CLERK, **more))


class TestTheForm:
    def test_it_says_what_a_statistical_form_says_and_invents_nothing(self, sheet: Return) -> None:
        data = write_form(PLAN, sheet, imprint=Imprint(number="妇规01表", issued_by="小城市统计局"))
        page = openpyxl.load_workbook(io.BytesIO(data))[SHEET]
        text = "\n".join(str(c.value) for row in page.iter_rows() for c in row if c.value is not None)
        assert all(
            part in text for part in ("表号：妇规01表", "制定机关：小城市统计局", "填报单位：", "2024年", "计量单位")
        )
        assert "批准" not in text
        assert "有效期" not in text
        assert (page.print_title_rows, page.page_setup.orientation) == ("$6:$7", "landscape")
        assert "&P" in page.oddFooter.center.text

    def test_only_the_cells_to_fill_in_are_unlocked(self, sheet: Return) -> None:
        page = openpyxl.load_workbook(io.BytesIO(write_form(PLAN, sheet)))[SHEET]
        form = layout(PLAN, sheet, sheet.entries.all())
        wanted = {
            address(line.block.row(line.item), 3 + form.cuts.index(cut))
            for line in form.lines() if not line.computed for cut in line.block.entries
        }  # fmt: skip
        unlocked = {c.coordinate for row in page.iter_rows() for c in row if not c.protection.locked}
        assert page.protection.sheet
        assert unlocked == wanted
        lists = [rule for rule in page.data_validations.dataValidation if rule.type == "list"]
        assert {"不适用", "保密"} <= set(",".join(rule.formula1.strip('"') for rule in lists).split(","))

    def test_nothing_on_it_becomes_a_merged_cell_where_another_program_saves_it(self, sheet: Return) -> None:
        page = openpyxl.load_workbook(io.BytesIO(write_form(PLAN, sheet)))[SHEET]
        assert not page.merged_cells.ranges
        assert {c.alignment.horizontal for row in page.iter_rows() for c in row} <= {
            None,
            "center",
            "left",
            "right",
            "general",
        }

    def test_women_stand_beside_men(self, sheet: Return) -> None:
        page = openpyxl.load_workbook(io.BytesIO(write_form(PLAN, sheet)))[SHEET]
        assert [page.cell(7, c).value for c in range(4, 9)] == ["合计", "女", "男", "城镇", "农村"]


class TestADryRun:
    def test_an_untouched_form_changes_nothing(self, sheet: Return) -> None:
        put(sheet, entry(sheet, "screening"), numerator=Decimal(600), denominator=Decimal(1000), comment="=核对\n两行")
        found = read(sheet, write_form(PLAN, sheet))
        assert (found.told, found.changes, found.unchanged) == ((), (), sheet.entries.count())

    def test_each_change_names_its_cell_with_what_it_holds_and_would_hold(self, sheet: Return) -> None:
        put(sheet, entry(sheet, "teachers", "F"), value=Decimal(10))
        at = cell(sheet, "teachers", "value", "E")
        found = read(sheet, typed(write_form(PLAN, sheet), {at: "１，２３４ "}))
        (told,) = found.told
        assert (told.address, told.now, told.then, told.refused) == (at, "10", "1234", None)
        assert told.note is not None
        assert "1234" in told.note.zh

    def test_zero_blank_and_the_three_ways_of_having_no_figure_are_five_things(self, sheet: Return) -> None:
        data = typed(
            write_form(PLAN, sheet),
            {
                cell(sheet, "teachers", "value"): 0,
                cell(sheet, "teachers", "status", "E"): "不适用",
                cell(sheet, "teachers", "value", "F"): "未统计",
                cell(sheet, "screening", "status"): "不公布",
            },
        )
        upload = hold_form(plan=PLAN, sheet=sheet, content=data, name="f.xlsx", by=CLERK)
        confirm_form(plan=PLAN, upload=upload.pk, seen=dry_run_of(PLAN, upload).seen, by=CLERK)
        states = {(e.indicator, e.sex): (e.value, e.status) for e in sheet.entries.filter(residence="_T")}
        assert states["teachers", "_T"] == (0, "A")
        assert states["teachers", "F"] == (None, "M")
        assert states["teachers", "M"] == (None, "L")
        assert states["screening", "_T"] == (None, "Q")
        assert states["maternal_mortality", "_T"] == (None, "")

    def test_a_blank_does_not_erase_unless_the_user_says_so(self, sheet: Return) -> None:
        put(sheet, entry(sheet, "teachers"), value=Decimal(10), comment="已核对")
        at = cell(sheet, "teachers", "value")
        emptied = typed(write_form(PLAN, sheet), {at: None})
        assert read(sheet, emptied).changes == ()
        (told,) = read(sheet, emptied, erase=True).told
        assert (told.address, told.now, told.then) == (at, "10", "")

    @pytest.mark.parametrize(
        ("content", "code"),
        [("约十人", "number-malformed"), ("45%", "percent-sign"), ("=1+1", "formula"), (True, "boolean"), (date(2024, 1, 5), "date"),
         (-3, "count-negative"), ("#DIV/0!", "cell-error"), ("1e300", "number-digits"), ("暂无", "missing-word")],
    )  # fmt: skip
    def test_what_is_no_figure_is_refused_at_its_cell(self, sheet: Return, content: Any, code: str) -> None:
        at = cell(sheet, "teachers", "value", "F")
        good = cell(sheet, "teachers", "value", "E")
        found = read(sheet, typed(write_form(PLAN, sheet), {at: content, good: 7}))
        assert [(t.address, t.code) for t in found.refused] == [(at, code)]
        assert [t.address for t in found.changed] == [good]  # the rest of the form is not lost
        assert found.refused[0].refused is not None
        assert found.refused[0].refused.zh
        assert found.refused[0].refused.en

    def test_a_rate_is_computed_and_may_not_be_typed(self, sheet: Return) -> None:
        parts = {cell(sheet, "screening", "numerator"): 600, cell(sheet, "screening", "denominator"): 1000}
        at = cell(sheet, "screening", "value")
        assert [t.code for t in read(sheet, typed(write_form(PLAN, sheet), {**parts, at: 61})).refused] == [
            "value-computed"
        ]
        assert read(sheet, typed(write_form(PLAN, sheet), {**parts, at: 60})).refused == ()

    def test_numbers_shifted_under_another_name_are_never_read(self, sheet: Return) -> None:
        data = typed(write_form(PLAN, sheet), {cell(sheet, "teachers", "value"): 55})
        first = int(cell(sheet, "teachers", "value")[1:])
        shifted = edited(data, lambda page: page.move_range(f"B{first}:H{page.max_row}", rows=3))
        found = read(sheet, shifted)
        assert found.changes == ()
        assert {t.code for t in found.refused} >= {"line-label"}

    def test_a_whole_row_that_moved_is_read_where_it_is(self, sheet: Return) -> None:
        data = typed(write_form(PLAN, sheet), {cell(sheet, "teachers", "value"): 55})
        first = int(cell(sheet, "teachers", "value")[1:])
        found = read(sheet, edited(data, lambda page: page.move_range(f"A{first}:H{page.max_row}", rows=2)))
        assert [(t.address, t.then) for t in found.changed] == [(f"D{first + 2}", "55")]

    def test_something_beside_the_cells_is_told(self, sheet: Return) -> None:
        at = cell(sheet, "screening", "numerator", "E")  # women only: there is no cell by sex
        assert [(t.address, t.code) for t in read(sheet, typed(write_form(PLAN, sheet), {at: 5})).refused] == [
            (at, "cell-stray")
        ]


class TestWhoseFormItIs:
    def test_another_units_another_years_and_an_older_form_are_recognised(self, sheet: Return) -> None:
        other = sheet.cycle.returns.select_related("cycle", "office").get(region=SHORE)
        assert [f.code for f in read(sheet, write_form(PLAN, other)).faults] == ["form-unit"]
        next_year = (
            open_cycle(plan=PLAN, year=2025, by=CLERK, **DAYS)
            .returns.select_related("cycle", "office")
            .get(unit="health")
        )
        assert [f.code for f in read(next_year, write_form(PLAN, sheet)).faults] == ["form-year"]
        content = PLAN.model_dump(mode="json", exclude_defaults=True)
        content["indicators"][0]["numerator"] = words("孕产妇死亡数（旧口径）", "Deaths, old scope")
        assert [f.code for f in read(sheet, write_form(Plan(**content), sheet)).faults] == ["form-older"]

    def test_a_workbook_of_somebody_elses_making_is_refused_with_its_reason(self, sheet: Return) -> None:
        assert [f.code for f in read(sheet, b"name,value\n").faults] == ["workbook-not"]
        assert [f.code for f in read(sheet, edited(write_form(PLAN, sheet), lambda p: p.insert_cols(1))).faults] == [
            "form-unknown"
        ]


class TestConfirming:
    def test_one_event_carries_the_hash_of_the_file(self, sheet: Return) -> None:
        data = typed(write_form(PLAN, sheet), {cell(sheet, "teachers", "value"): 5})
        upload = hold_form(plan=PLAN, sheet=sheet, content=data, name="f.xlsx", by=CLERK)
        seen = dry_run_of(PLAN, upload).seen
        before = Event.objects.count()
        assert confirm_form(plan=PLAN, upload=upload.pk, seen=seen, by=CLERK).saved == 1
        assert confirm_form(plan=PLAN, upload=upload.pk, seen=seen, by=CLERK).saved == 0  # a double click
        assert Event.objects.count() == before + 1
        assert upload.digest in Event.objects.latest("number").reason

    def test_a_cell_changed_since_the_download_is_told_and_kept(self, sheet: Return) -> None:
        data = typed(write_form(PLAN, sheet), {cell(sheet, "teachers", "value"): 5})
        put(sheet, entry(sheet, "teachers"), value=Decimal(9))
        put(sheet, entry(sheet, "teachers", "F"), value=Decimal(4))  # not touched on the form: stays
        found = read(sheet, data)
        assert [(t.code, t.now, t.then) for t in found.told] == [("cell-conflict", "9", "5")]

    def test_what_was_not_shown_is_not_written(self, sheet: Return) -> None:
        data = typed(write_form(PLAN, sheet), {cell(sheet, "teachers", "value"): 5})
        upload = hold_form(plan=PLAN, sheet=sheet, content=data, name="f.xlsx", by=CLERK)
        seen = dry_run_of(PLAN, upload).seen
        put(sheet, entry(sheet, "teachers"), value=Decimal(9))
        with pytest.raises(Changed):
            confirm_form(plan=PLAN, upload=upload.pk, seen=seen, by=CLERK)
        assert entry(sheet, "teachers").value == 9

    def test_it_expires_and_is_nobody_elses(self, sheet: Return) -> None:
        clerk = add_person(username="clerk", full_name="填报人", by=CLERK)
        appoint(user=clerk, role="district_clerk", region=SHORE, unit="health-d", by=CLERK)
        with pytest.raises(Forbidden):
            hold_form(plan=PLAN, sheet=sheet, content=b"", name="f.xlsx", by=principal(clerk, door="web"))
        upload = hold_form(plan=PLAN, sheet=sheet, content=write_form(PLAN, sheet), name="f.xlsx", by=CLERK)
        Upload.objects.update(expires_at=upload.made_at)
        with pytest.raises(Faulty):
            confirm_form(plan=PLAN, upload=upload.pk, seen="", by=CLERK)


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn")), max_size=30)
NUMBER = st.decimals(0, 10**12, places=3, allow_nan=False)
CONTENT = st.fixed_dictionaries({
    "numbers": st.tuples(st.none() | NUMBER, st.none() | NUMBER), "status": st.sampled_from(["", "A", "B", "E", "P", "U", "M", "L", "Q"]),
    "confidentiality": st.sampled_from(["F", "N", "C"]), "comment": TEXT,
})  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    contents=st.lists(CONTENT, min_size=10, max_size=10), language=st.sampled_from(["zh", "en"]), erase=st.booleans()
)
def test_any_draft_comes_back_from_its_form_unchanged(
    sheet: Return, contents: list[dict[str, Any]], language: Any, erase: bool
) -> None:
    changes = []
    for held, content in zip(sheet.entries.all(), contents, strict=True):
        first, second = content.pop("numbers")
        rate = PLAN.indicator[held.indicator].scale is not None
        second = second if second and second >= 1 else None  # a quotient has to stay within the column
        numbers = {"numerator": first, "denominator": second} if rate else {"value": first}
        changes.append(CellChange(held.pk, held.version, **numbers, **content))
    try:
        save_cells(plan=PLAN, sheet=sheet.pk, changes=changes, by=CLERK, key=str(hash(str(changes))))
    except Faulty:
        reject()  # a quotient beyond what the column keeps is no draft
    cells = list(sheet.entries.all())
    found = dry_run(
        PLAN, sheet, rows(write_form(PLAN, sheet, entries=cells, language=language)), entries=cells, erase=erase
    )
    assert (found.faults, found.told, found.changes) == ((), (), ())
