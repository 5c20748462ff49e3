"""A record's way through its ledger: who may take it on, what each step needs, and what it feeds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from halfsky.audit.models import Event
from halfsky.audit.queries import verify
from halfsky.collect.actions import CellChange, Stale, open_cycle, save_cells
from halfsky.collect.models import Return
from halfsky.implementation.actions import Typed, add_record, adopt, change_record, move_record, take_over
from halfsky.implementation.feeding import offered
from halfsky.implementation.models import Record
from halfsky.implementation.queries import steps, totals, visible
from halfsky.places.actions import add_person, appoint, establish
from halfsky.places.policy import Forbidden, Principal, principal
from halfsky.plan import Faulty, Plan
from tests.support import CITY, CLERK, HILL, SHORE, small_plan, with_units

pytestmark = pytest.mark.django_db
PRACTICE = {"problem": "筛查率低", "doing": "送检下乡", "effect": "筛查率提高", "evidence": "工作报告", "cost": "12.5"}


@pytest.fixture
def plan() -> Plan:
    made = with_units(small_plan())
    establish(plan=made, by=CLERK)
    return made


def holder(name: str, role: str, region: str, unit: str | None = None) -> Principal:
    user = add_person(username=name, full_name=name, by=CLERK)
    appoint(user=user, role=role, region=region, unit=unit, by=CLERK)
    return principal(user, door="web", address="10.0.0.8")


def training(plan: Plan, by: Principal, key: str = "one", **fields: str) -> Record:
    typed = Typed("妇女骨干培训", 2025, ("G1.1",), {"audience": "grassroots", "planned": "100", **fields})
    return add_record(plan=plan, ledger="training", region=CITY, unit="health", typed=typed, key=key, by=by)


def test_a_training_is_planned_then_held_with_women_beside_men(plan: Plan) -> None:
    clerk = holder("lin", "clerk", CITY, "health")
    row = training(plan, clerk)
    assert row.stage == "planned"
    with pytest.raises(Faulty) as refused:
        move_record(plan=plan, pk=row.pk, version=row.version, to="held", by=clerk)
    assert {fault.cell for fault in refused.value.faults} == {"held_on", "women", "men"}
    typed = Typed(row.title, 2025, ("G1.1",), {**row.content, "held_on": "2025-05-12", "women": "81", "men": "0"})
    row = change_record(plan=plan, pk=row.pk, version=row.version, typed=typed, by=clerk)
    row = move_record(plan=plan, pk=row.pk, version=row.version, to="held", by=clerk)
    assert row.content["men"] == "0"
    told = Event.objects.filter(subject=f"record:{row.pk}").order_by("number").values_list("action", flat=True)
    assert list(told) == ["ledger.add", "ledger.change", "ledger.move"]
    assert verify() == []


def test_the_same_request_twice_makes_one_record_and_one_step(plan: Plan) -> None:
    clerk = holder("lin", "clerk", CITY, "health")
    row = training(plan, clerk, held_on="2025-05-12", women="81", men="4")
    assert training(plan, clerk).pk == row.pk
    move_record(plan=plan, pk=row.pk, version=1, to="held", by=clerk)
    assert move_record(plan=plan, pk=row.pk, version=1, to="held", by=clerk).version == 2
    assert Event.objects.filter(subject=f"record:{row.pk}", action="ledger.move").count() == 1


def test_of_two_who_change_it_at_once_the_second_is_told(plan: Plan) -> None:
    row = training(plan, CLERK)
    fields = dict(row.content)
    change_record(plan=plan, pk=row.pk, version=1, typed=Typed("甲", 2025, fields=fields), by=CLERK)
    with pytest.raises(Stale):
        change_record(plan=plan, pk=row.pk, version=1, typed=Typed("乙", 2025, fields=fields), by=CLERK)
    assert Record.objects.get(pk=row.pk).title == "甲"


def test_nobody_keeps_the_records_of_another_office(plan: Plan) -> None:
    with pytest.raises(Forbidden):
        training(plan, holder("wu", "district_clerk", SHORE, "health-d"))
    row = training(plan, CLERK)
    assert not visible(holder("xu", "district_clerk", HILL, "health-d"), plan).exists()
    with pytest.raises(Forbidden):
        move_record(plan=plan, pk=row.pk, version=1, to="cancelled", reason="无", by=holder("yu", "leader", CITY))


def test_a_good_practice_is_checked_spread_and_adopted_by_another_place(plan: Plan) -> None:
    clerk = holder("wu", "district_clerk", SHORE, "health-d")
    shore, hill = holder("gu", "district_committee", SHORE), holder("he", "district_committee", HILL)
    row = add_record(
        plan=plan, ledger="practice", region=SHORE, unit="health-d", typed=Typed("流动筛查车", 2025, fields=PRACTICE),
        key="p", by=clerk,
    )  # fmt: skip
    assert steps(plan, row, clerk) == ()
    assert not visible(hill, plan).exists()
    row = move_record(plan=plan, pk=row.pk, version=1, to="checked", by=shore)
    with pytest.raises(Faulty):
        adopt(plan=plan, pk=row.pk, region=HILL, on=date(2025, 9, 1), words="", by=hill)
    row = move_record(plan=plan, pk=row.pk, version=2, to="spread", by=shore)
    assert visible(hill, plan).get() == row  # what is being spread shows to every place
    adopt(plan=plan, pk=row.pk, region=HILL, on=date(2025, 9, 1), words="山区试行", by=hill)
    adopt(plan=plan, pk=row.pk, region=HILL, on=date(2025, 9, 2), words="又一次", by=hill)
    assert [(a.region, a.words) for a in row.adoptions.all()] == [(HILL, "山区试行")]


def test_plan_against_actual_counts_neither_blanks_nor_what_was_cancelled(plan: Plan) -> None:
    base = {"purpose": "implementation", "origin": "budget"}
    for key, fields, to in (
        ("a", {"budget": "100", "actual": "60.5"}, "spending"),
        ("b", {"budget": "50"}, None),
        ("c", {"budget": "900"}, "cancelled"),
    ):
        row = add_record(
            plan=plan, ledger="funds", region=CITY, unit="health", typed=Typed(key, 2025, fields={**base, **fields}),
            key=key, by=CLERK,
        )  # fmt: skip
        if to:
            move_record(plan=plan, pk=row.pk, version=1, to=to, reason="压减", by=CLERK)
    sums = {t.field.id: (t.value, t.records, t.share) for t in totals(plan.ledger["funds"], Record.objects.all())}
    assert sums["budget"] == (Decimal(150), 2, None)
    assert sums["actual"] == (Decimal("60.5"), 1, 40)


def test_the_sum_of_a_ledger_fills_the_blank_cell_that_it_feeds_and_no_other(plan: Plan) -> None:
    feed = {"indicator": "fed", "ledger": "training", "sum": "women", "where": {"audience": "grassroots"}}
    extra = {
        **plan.indicators[0].model_dump(mode="json"), "id": "fed", "numerator": None, "denominator": None,
        "unit": "persons", "source_unit": "health", "population": "women",
    }  # fmt: skip
    content = plan.model_dump(mode="json")
    plan = Plan.model_validate({**content, "indicators": [*content["indicators"], extra], "feeds": [feed]})
    days = dict.fromkeys(("unit_due", "district_due", "city_due"), date(2026, 3, 31))
    open_cycle(plan=plan, year=2025, by=CLERK, **days)
    sheet = Return.objects.get(region=CITY, unit="health")
    for key, women, to in (("a", "81", "held"), ("b", "19", "held"), ("c", "500", None)):
        row = training(plan, CLERK, key, held_on="2025-05-12", women=women, men="0")
        if to:
            move_record(plan=plan, pk=row.pk, version=1, to=to, by=CLERK)
    [offer] = offered(plan, sheet)
    assert (offer.value, offer.records, offer.blank) == (Decimal(100), 2, True)
    assert take_over(plan=plan, sheet=sheet.pk, by=CLERK) == 1
    entry = sheet.entries.get(pk=offer.entry)
    assert (entry.value, entry.comment) == (Decimal(100), "据“培训”台账2条记录汇总")
    save_cells(
        plan=plan, sheet=sheet.pk, changes=[CellChange(entry.pk, entry.version, value=Decimal(7))], by=CLERK, key="k"
    )
    assert take_over(plan=plan, sheet=sheet.pk, by=CLERK) == 0  # what a person wrote is not replaced
    assert sheet.entries.get(pk=offer.entry).value == 7
