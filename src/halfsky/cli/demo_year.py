"""The demonstration's year in the middle of its collection: some accepted, some under review, some sent back, some late.

Everything goes through the same actions that people use. Figures are generated and marked 演示数据; people exist for the
demonstration only, all with one printed password.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING

from halfsky.observations import Figures
from halfsky.observations.demonstration import SEED
from halfsky.plan import Faulty, Plan
from halfsky.plan.model import COUNTY_LEVELS

if TYPE_CHECKING:
    from halfsky.collect.actions import CellChange
    from halfsky.collect.models import Cycle, Entry, Return
    from halfsky.places.policy import Principal

PASSWORD = "Halfsky-demo-2026"  # noqa: S105  printed on purpose: these people exist for the demonstration only
_UNIT = "health"  # the unit that collects most, at both levels

# Of a hundred returns, how far each has come; the rest are still drafts.
_COURSE = (("accepted", 34), ("passed", 8), ("approved", 10), ("submitted", 8), ("returned", 6), ("half", 20))
_WRONG = 0.01  # share of cells in which a clerk made a mistake


@dataclass(frozen=True, slots=True)
class SignIn:
    """One line of the printed list."""

    username: str
    name: str
    role: str
    place: str


def play(plan: Plan, figures: Figures, year: int, by: Principal) -> tuple[Cycle, list[SignIn]]:
    """Open a year, fill it half, and appoint one person of every role; may be run again, and then does nothing."""
    from halfsky.collect.actions import open_cycle
    from halfsky.collect.models import Cycle
    from halfsky.places.actions import establish

    establish(plan=plan, by=by)
    people = _people(plan, by)
    found = Cycle.objects.filter(plan=plan.id, year=year).first()
    if found is not None:
        return found, people
    today = date.today()
    cycle = open_cycle(
        plan=plan, year=year, unit_due=today - timedelta(days=6), district_due=today + timedelta(days=9),
        city_due=today + timedelta(days=24), by=by, demonstration=True,
    )  # fmt: skip
    rng = Random(SEED)  # noqa: S311  a demonstration, not a secret
    sheets = list(cycle.returns.order_by("pk"))
    for sheet, course in zip(sheets, _courses(len(sheets), rng), strict=True):
        _one(plan, sheet, figures, course, rng, by)
    return cycle, people


def _courses(count: int, rng: Random) -> list[str]:
    names = [name for name, share in _COURSE for _ in range(round(count * share / 100))][:count]
    names += ["draft"] * (count - len(names))
    rng.shuffle(names)
    return names


def _one(plan: Plan, sheet: Return, figures: Figures, course: str, rng: Random, by: Principal) -> None:
    from halfsky.collect.actions import move, save_cells
    from halfsky.collect.models import State

    if course == "draft":
        return
    entries = list(sheet.entries.all())
    if course == "half":
        entries = entries[: max(len(entries) // 2, 1)]
    changes = [_change(sheet, entry, figures, course, rng) for entry in entries]
    save_cells(plan=plan, sheet=sheet.pk, changes=changes, by=by, key=f"demo-{sheet.pk}")
    district = sheet.region != plan.region
    ways: dict[str, tuple[State, ...]] = {
        "submitted": (State.SUBMITTED,),
        "returned": (State.SUBMITTED, State.APPROVED, State.RETURNED),
        "approved": (State.SUBMITTED, State.APPROVED),
        "passed": (State.SUBMITTED, State.APPROVED, *((State.PASSED,) if district else ())),
        "accepted": (State.SUBMITTED, State.APPROVED, *((State.PASSED,) if district else ()), State.ACCEPTED),
    }
    version = sheet.version
    for to in ways.get(course, ()):
        remarks = {entries[0].pk: "与上年同口径数据差异较大，请核对分母。"} if to is State.RETURNED else None
        try:
            version = move(plan=plan, sheet=sheet.pk, to=to, version=version, by=by, remarks=remarks).version
        except Faulty:
            return  # a mistake was found: the return stays with its clerk, as it would


def _change(sheet: Return, entry: Entry, figures: Figures, course: str, rng: Random) -> CellChange:
    from halfsky.collect.actions import CellChange

    key = entry.series(sheet.region)
    known = figures.get(key, sheet.cycle.year)
    if known is None or known.value is None:
        return CellChange(entry.pk, entry.version, status="L" if known is None else known.status.value)
    value, numerator, denominator = known.value, known.numerator, known.denominator
    wrong = course in {"half", "submitted"} and rng.random() < _WRONG
    if wrong:
        value, numerator = value * 10, None if numerator is None else numerator * 10
    usual = figures.value(key, sheet.cycle.year - 1)
    explained = usual is not None and abs(value - usual) > Decimal("0.05") * abs(usual) and not wrong
    return CellChange(
        entry.pk, entry.version, value=value, numerator=numerator, denominator=denominator,
        comment="业务量变化所致，已与业务科室核对。" if explained else "",
    )  # fmt: skip


def _people(plan: Plan, by: Principal) -> list[SignIn]:
    """One person of every role; in two districts, so that one can be held against the other."""
    from halfsky.places.actions import add_person, appoint
    from halfsky.places.models import User
    from halfsky.places.roles import ROLES, Reach

    found = []
    for username, role, region in _posts(plan):
        kind = ROLES[role]
        place = plan.place[region].name.zh
        name = f"{place}{kind.name.zh.removeprefix('区（市）县')}"
        user = User.objects.filter(username=username).first()
        if user is None:
            user = add_person(username=username, full_name=name, by=by, password=PASSWORD, demonstration=True)
            unit = None if kind.reach is not Reach.OFFICE else _UNIT if region == plan.region else f"{_UNIT}-d"
            appoint(user=user, role=role, region=region, unit=unit, by=by)
        found.append(SignIn(username, name, kind.name.zh, place))
    return found


def _posts(plan: Plan) -> Iterator[tuple[str, str, str]]:
    from halfsky.places.roles import ROLES

    districts = [r.code for r in plan.regions if r.level in COUNTY_LEVELS][:2]
    for code, role in ROLES.items():
        if role.level == "district":
            for number, region in enumerate(districts, start=1):
                yield f"{code.removeprefix('district_')}-{number}", code, region
        else:
            yield code, code, plan.region
