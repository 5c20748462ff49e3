"""Cases follow warnings: one for each indicator and place, raised, changed, closed and opened again by assessments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from halfsky.alerts.actions.common import Kind, Moment, answering, reviewing, say, step
from halfsky.alerts.models import Assessment, Case, CaseStep, Warning
from halfsky.alerts.notices import ENDINGS
from halfsky.alerts.policy import GRAVITY
from halfsky.alerts.queries import verdicts_of
from halfsky.alerts.routing import lead_of, leaders_of, named_in, office_of, unit_name
from halfsky.assess import Standing, Verdict
from halfsky.audit.actions import record
from halfsky.audit.models import Actor, Event
from halfsky.collect.actions.notices import tell
from halfsky.collect.models import Figure
from halfsky.plan import Plan

_Stage, _Ending = Case.Stage, Case.Ending
_SETTLES_NOTHING = frozenset({Standing.NO_DATA, Standing.TOO_LITTLE})
_NAMED = 8  # indicators named in one sentence
_FIELDS = (
    "stage", "version", "level", "grounds", "targets", "as_of", "figure_year", "warned", "unsettled", "judged_by", "due",
    "cause", "remedy", "deadline", "draft", "finished_at", "round", "repeats", "returned", "owed", "ending", "stood",
    "closed_at", "parent", "unit",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cause:
    """The warnings that stand for one indicator in one place."""

    level: str
    grounds: list[str]
    targets: list[str]


@dataclass
class _Round:
    """What one assessment does to the cases of a plan."""

    plan: Plan
    made: Assessment
    by: Actor
    now: Moment
    found: Mapping[tuple[str, str], Verdict]
    event: Event | None = None
    new: list[Case] = field(default_factory=list)
    changed: list[Case] = field(default_factory=list)
    lines: list[tuple[Case, Kind, str, str, dict[str, Any]]] = field(default_factory=list)

    def note(self, case: Case, kind: Kind, before: str, text: str = "", **facts: Any) -> None:
        facts |= {"as_of": self.made.as_of, "level": case.level}
        self.lines.append((case, kind, before, text, facts))

    def verdicts(self, case: Case) -> list[Verdict]:
        return [v for t in case.targets if (v := self.found.get((t, case.region))) is not None]

    def newest(self, case: Case) -> int | None:
        return max((v.year for v in self.verdicts(case) if v.year is not None), default=None)


def causes(plan: Plan) -> dict[tuple[str, str], Cause]:
    """The causes of the warnings that stand, by indicator and place; the plan's own place comes first."""
    grouped: dict[tuple[str, str], list[Warning]] = defaultdict(list)
    for warning in Warning.objects.filter(plan=plan.id, cleared_by__isnull=True):
        if warning.target in plan.target and warning.region in plan.place:
            grouped[plan.target[warning.target].indicator, warning.region].append(warning)
    order = {target.id: i for i, target in enumerate(plan.targets)}
    found = {}
    for key in sorted(grouped, key=lambda k: (k[1] != plan.region, k)):
        rows = sorted(grouped[key], key=lambda w: order[w.target])
        grounds = list(dict.fromkeys(g for w in rows for g in w.grounds))
        gravest = min((w.level for w in rows), key=GRAVITY.index)
        found[key] = Cause(gravest, grounds, [w.target for w in rows])
    return found


def follow(plan: Plan, made: Assessment) -> None:
    """Bring the cases of a plan up to its warnings, inside the assessment's own transaction.

    A plan that assigns nobody has no cases: there would be nobody to put anything right.
    """
    if not plan.assignments:
        return
    standing = causes(plan)
    held = {(c.indicator, c.region): c for c in Case.objects.filter(plan=plan.id)}
    if not standing and not held:
        return
    actor = Actor(name=made.event.actor, role=made.event.role, door=made.event.door, address=made.event.address)
    found = {(v.target, v.region): v for v in verdicts_of(made)}
    round_ = _Round(plan, made, actor, Moment.of(made.made_at), found)
    for key, cause in standing.items():
        case = held.get(key)
        if case is None:
            _raise(round_, key, cause)
        elif case.open:
            _change(round_, case, cause)
        else:
            _again(round_, case, cause)
    for key, case in held.items():
        if key not in standing and case.warned:
            _gone(round_, case)
    _store(round_, held)
    _tell(round_)


def _raise(round_: _Round, key: tuple[str, str], cause: Cause) -> None:
    plan, now, (indicator, region) = round_.plan, round_.now, key
    case = Case(
        plan=plan.id, indicator=indicator, region=region, unit=lead_of(plan, indicator, cause.targets, region),
        raised_at=now.at, due=now.after(plan.alerting.days_to_answer(cause.level)), judged_by=round_.made,
        as_of=round_.made.as_of, level=cause.level, grounds=cause.grounds, targets=cause.targets,
        demonstration=round_.made.demonstration,
    )  # fmt: skip
    case.figure_year = round_.newest(case)
    round_.new.append(case)
    round_.note(case, Kind.RAISED, "")


def _change(round_: _Round, case: Case, cause: Cause) -> None:
    """A case at work whose warning stands: its level, its targets and the year it is judged as of may be others."""
    before, year = case.level, case.as_of
    if not _adopt(round_, case, cause):
        return
    round_.changed.append(case)
    if before == case.level and year == case.as_of:
        return
    if case.stage in {_Stage.RAISED, _Stage.RETURNED} and GRAVITY.index(case.level) < GRAVITY.index(before):
        sooner = round_.now.after(round_.plan.alerting.days_to_answer(case.level))
        case.due = min(case.due or sooner, sooner)
    round_.note(case, Kind.CHANGED, case.stage, was=before)


def _adopt(round_: _Round, case: Case, cause: Cause) -> bool:
    """Take over what stands now; whether anything is other than before."""
    now = (cause.level, cause.grounds, cause.targets, round_.made.as_of, True, False)
    was = (case.level, case.grounds, case.targets, case.as_of, case.warned, case.unsettled)
    case.level, case.grounds, case.targets, case.as_of, case.warned, case.unsettled = now
    newest = round_.newest(case)
    same = now == was and newest == case.figure_year
    case.figure_year = newest if newest is not None else case.figure_year
    if not same:
        case.judged_by = round_.made
    return not same


def _again(round_: _Round, case: Case, cause: Cause) -> None:
    """A closed case whose warning stands.

    One that a revision removed and that comes back without a new year's figure goes on where it stood: nothing was
    put right in between. One that the reviewer closed opens only on news: a newer figure, a graver level, or a
    warning that had gone meanwhile.
    """
    level, year, warned, ending = case.level, case.figure_year, case.warned, case.ending
    moved = _adopt(round_, case, cause)
    newer = (case.figure_year or 0) > (year or 0)
    if ending == _Ending.REVISION and case.stood and not newer:
        before, case.stage = case.stage, case.stood
        fair = round_.now.after(
            round_.plan.alerting.days_to_answer(case.level)
        )  # nobody is late for the time it was gone
        case.due = max(case.due or fair, fair)
        _opened(round_, case)
        round_.note(case, Kind.RESUMED, before)
        return
    if warned and not newer and GRAVITY.index(case.level) >= GRAVITY.index(level):
        if moved:
            round_.changed.append(case)
        return
    before, case.stage = case.stage, _Stage.RAISED
    case.round, case.repeats, case.returned = case.round + 1, case.repeats + 1, 0
    case.cause = case.remedy = ""
    case.deadline = case.finished_at = None
    case.draft = {}
    case.unit = lead_of(round_.plan, case.indicator, case.targets, case.region)
    case.due = round_.now.after(round_.plan.alerting.days_to_answer(case.level))
    _opened(round_, case)
    round_.note(case, Kind.REOPENED, before)


def _opened(round_: _Round, case: Case) -> None:
    case.version += 1
    case.ending = case.stood = ""
    case.closed_at = None
    round_.changed.append(case)


def _gone(round_: _Round, case: Case) -> None:
    """The warning of a case is gone: what that means depends on why."""
    verdicts = round_.verdicts(case)
    if case.open and verdicts and all(v.status in _SETTLES_NOTHING for v in verdicts):
        if not case.unsettled:  # nobody knows: that puts nothing right
            case.unsettled = True
            round_.changed.append(case)
            round_.note(case, Kind.UNSETTLED, case.stage)
        return
    case.warned, case.unsettled = False, False
    case.as_of, case.judged_by = round_.made.as_of, round_.made
    round_.changed.append(case)
    if not case.open:
        return
    newest = round_.newest(case)
    if not verdicts:
        ending = _Ending.GONE
    elif newest is None or newest <= (case.figure_year or 0):
        ending = _Ending.REVISION
    else:
        ending = _Ending.FIGURE
    before = case.stage
    why = _revised(round_.plan, case) if ending == _Ending.REVISION else ""
    case.stood = before if ending == _Ending.REVISION else ""
    case.stage, case.ending, case.owed = _Stage.CLOSED, ending, ""
    case.version, case.closed_at = case.version + 1, round_.now.at
    case.figure_year = newest if newest is not None else case.figure_year
    if ending != _Ending.REVISION:
        case.due = None
    kind = Kind.QUIET if ending == _Ending.REVISION else Kind.CLOSED
    round_.note(case, kind, before, why, ending=ending.value, figure_year=newest)


def _revised(plan: Plan, case: Case) -> str:
    """The reason of the newest revision of the indicator's figures in the place, if there was one."""
    rows = Figure.objects.filter(
        plan=plan.id, indicator=case.indicator, region=case.region, current=True, version__gt=1
    )
    newest = rows.select_related("delivery").order_by("-delivery_id").first()
    return newest.delivery.reason if newest is not None else ""


def _store(round_: _Round, held: Mapping[tuple[str, str], Case]) -> None:
    """Write the cases and their history; one event tells of all."""
    plan = round_.plan
    if not round_.lines and not round_.changed:
        return
    told: dict[str, list[str]] = defaultdict(list)
    for case, kind, *_ in round_.lines:
        told[kind.value].append(f"{case.indicator}@{case.region}")
    after = {"assessment": round_.made.pk, **told}
    event = record(by=round_.by, action="cases.follow", subject=f"plan:{plan.id}", after=after)
    own = {c.indicator: c for c in (*held.values(), *round_.new) if c.region == plan.region}
    for above in (True, False):  # the city's first: a district's case hangs below it
        batch = [c for c in round_.new if (c.region == plan.region) is above]
        for case in batch:
            case.parent = None if above else own.get(case.indicator)
        Case.objects.bulk_create(batch, batch_size=200)
    for case in held.values():
        if case.region != plan.region and case.parent_id is None and case.indicator in own:
            case.parent = own[case.indicator]
            round_.changed.append(case)
    Case.objects.bulk_update({c.pk: c for c in round_.changed}.values(), _FIELDS, batch_size=100)
    CaseStep.objects.bulk_create(
        (
            step(case, kind, before, now=round_.now, by=round_.by, event=event, text=text, **facts)
            for case, kind, before, text, facts in round_.lines
        ),
        batch_size=200,
    )


def _tell(round_: _Round) -> None:
    """Units, committee offices and leading groups hear of what is new in one notice each, whatever the number of cases."""
    plan = round_.plan
    opened = [c for c, kind, *_ in round_.lines if kind in {Kind.RAISED, Kind.REOPENED}]
    by_place: dict[str, list[Case]] = defaultdict(list)
    by_office: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in opened:
        by_place[case.region].append(case)
        by_office[case.region, case.unit].append(case)
    for (_, unit), cases in by_office.items():
        if unit:
            office = office_of(cases[0])
            name = unit_name(plan, cases[0], office)
            params = {
                **_counted(cases),
                "office": name.zh,
                "office_en": name.en,
                "due": str(min(c.due for c in cases if c.due)),
            }
            tell(plan=plan, kind="case-raised", users=answering(cases[0]), params=params, office=office)
    for region, cases in by_place.items():
        place = plan.place[region].name
        params = {**_counted(cases), "place": place.zh, "place_en": place.en}
        tell(plan=plan, kind="case-raised-office", users=reviewing(cases[0]), params=params)
        if red := [c for c in cases if c.level == Warning.Level.RED]:
            told = {**_counted(red), "place": place.zh, "place_en": place.en, **_names(plan, red)}
            tell(plan=plan, kind="case-raised-leaders", users=leaders_of(region), params=told)
    for case, kind, _, _, facts in round_.lines:
        if (
            kind is Kind.CLOSED and facts["ending"] == _Ending.FIGURE
        ):  # what a revision removes goes quietly: its history says so
            why = ENDINGS[facts["ending"]]
            say(plan, case, "case-closed", answering(case), by="", unit=True, reason=why.zh, reason_en=why.en)


def _counted(cases: Sequence[Case]) -> dict[str, Any]:
    link = {"name": "case", "kwargs": {"pk": cases[0].pk}} if len(cases) == 1 else {"name": "cases", "kwargs": {}}
    return {"count": len(cases), "red": sum(c.level == Warning.Level.RED for c in cases), "link": link}


def _names(plan: Plan, cases: Iterable[Case]) -> dict[str, str]:
    names = [named_in(plan, c) for c in cases]
    more = len(names) > _NAMED
    return {
        "names": "、".join(n.zh for n in names[:_NAMED]) + "等" * more,
        "names_en": ", ".join(n.en for n in names[:_NAMED]) + ", …" * more,
    }
