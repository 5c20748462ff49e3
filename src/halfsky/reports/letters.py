"""Letters that press for a warning to be put right: made from the office's template, numbered, kept as issued."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from halfsky.alerts.actions.common import Kind, Moment, answering, say, step
from halfsky.alerts.casepolicy import needed
from halfsky.alerts.models import Case, Letter
from halfsky.alerts.notices import LETTERS
from halfsky.alerts.opened import open_verdicts
from halfsky.alerts.queries import verdicts_of
from halfsky.alerts.routing import committee_name, held_by_unit, named_in, office_of, unit_name
from halfsky.assess.words import WITHHELD
from halfsky.audit.actions import one_writer, record
from halfsky.collect.actions.review import Stale
from halfsky.places.actions import refuse
from halfsky.places.policy import Forbidden, Principal
from halfsky.places.roles import Permission
from halfsky.plan import Plan
from halfsky.reports.files import keep
from halfsky.reports.lettertemplates import LETTER_KINDS
from halfsky.reports.templates import template_in_force
from halfsky.reports.words import DEMONSTRATION
from halfsky.reports.wordtemplates import filled

_MARKS = {"remind": "提醒", "supervise": "督办", "summon": "约谈"}
_LEVELS = {"red": "红色", "orange": "橙色", "yellow": "黄色"}
_PARTS = {"G": "主要目标", "M": "策略措施", "O": "组织实施", "E": "监测评估", "P": "前言"}
_WEEKDAYS = "一二三四五六日"
_TRIES = 5  # a number taken meanwhile is followed by the next


@dataclass(frozen=True, slots=True)
class Talk:
    """When and where a talk is held; only a summons has one."""

    at: datetime
    place: str


def chinese_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def issue_letter(
    *, plan: Plan, case: int, version: int, by: Principal, talk: Talk | None = None, at: datetime | None = None
) -> Letter:
    """Issue the letter that the rule asks for: numbered, made from its template, kept as it is, told to the unit.

    A request sent twice is answered with the letter of the first. Raises ``Forbidden``; :class:`Stale`; ``Faulty`` where no
    letter is owed, a summons lacks time and place, or the template is not sound. The document is made before the
    transaction: nobody waits for it.
    """
    now = Moment.of(at)
    for _ in range(_TRIES):
        held, letter = _looked_up(plan, case, version, by)
        if letter is not None:
            return letter
        if held.owed == Case.Owed.SUMMON and (talk is None or not talk.place.strip()):
            raise refuse("talk-missing", "请填写约谈的时间和地点。", "Give the time and the place of the talk.")
        number = _next_number(plan, held, now)
        facts = letter_values(plan, held, number, now, talk)
        kind = LETTER_KINDS[held.owed]
        own = template_in_force(kind.code, held.region)
        content = (
            filled(bytes(own.content), kind, facts, file=own.name) if own else filled(kind.built_in(), kind, facts)
        )
        digest = keep(content)
        made = _issued(plan, held, version, number, facts, digest, len(content), by, now)
        if made is not None:
            return made
    raise Stale(held.stage)


def _looked_up(plan: Plan, pk: int, version: int, by: Principal) -> tuple[Case, Letter | None]:
    """The case, and the letter where this very request was carried out before."""
    held = Case.objects.filter(pk=pk, plan=plan.id).first()
    if held is None:
        raise Forbidden(Permission.WARNING_READ, str(pk))
    needed(plan, held, by, "letter")
    if held.version != version:
        line = held.steps.filter(kind=Kind.LETTER, version=version + 1, actor=by.actor.name).last()
        if line is None:
            raise Stale(held.stage)
        return held, held.letters.get(pk=line.facts["letter"])
    if not held.owed:
        raise refuse("letter-none", "按规则目前无须发函。", "The rule asks for no letter now.")
    return held, None


def _next_number(plan: Plan, held: Case, now: Moment) -> int:
    last = (
        Letter.objects.filter(plan=plan.id, region=held.region, kind=held.owed, year=now.day.year)
        .order_by("number")
        .last()
    )
    return last.number + 1 if last else 1


@transaction.atomic
def _issued(
    plan: Plan,
    seen: Case,
    version: int,
    number: int,
    facts: dict[str, str],
    digest: str,
    size: int,
    by: Principal,
    now: Moment,
) -> Letter | None:
    """Write the letter down, unless the case or the number was taken meanwhile."""
    one_writer()
    held = Case.objects.get(pk=seen.pk)
    actor = needed(plan, held, by, "letter")
    if held.version != version or held.owed != seen.owed or _next_number(plan, held, now) != number:
        return None
    kind, title = held.owed, LETTER_KINDS[held.owed].name.zh
    event = record(
        by=actor, action="case.letter", subject=f"case:{held.pk}",
        after={"kind": kind, "number": facts["number"], "to": facts["to"], "sha256": digest},
    )  # fmt: skip
    letter = Letter.objects.create(
        case=held, plan=plan.id, region=held.region, kind=kind, year=now.day.year, number=number, mark=facts["number"],
        to=facts["to"], title=f"{facts['place']}“{facts['indicator']}”{title}", facts=facts, issued_at=now.at,
        issued_by=actor.name, name=f"{facts['number']} {title}.docx", size=size, sha256=digest, event=event,
    )  # fmt: skip
    held.owed, held.cited, held.letters_sent = "", held.repeats, held.letters_sent + 1
    held.version += 1
    held.save()
    step(
        held, Kind.LETTER, held.stage, now=now, by=actor, event=event, letter=letter.pk, rung=kind, mark=letter.mark
    ).save()
    words = LETTERS[kind]
    say(
        plan, held, "case-letter", answering(held), by=actor.name, unit=True, letter=words.zh, letter_en=words.en,
        mark=letter.mark,
    )  # fmt: skip
    return letter


def letter_values(plan: Plan, case: Case, number: int, now: Moment, talk: Talk | None) -> dict[str, str]:
    """What a letter is filled with."""
    kind = case.owed
    you = "贵单位" if kind == Case.Owed.REMIND else "你单位"
    office = committee_name(plan, case.region).zh
    own = plan.alerting.office_mark if case.region == plan.region else ""
    mark = own or f"{plan.place[case.region].name.zh}妇儿工委办"
    facts = {
        "mark": DEMONSTRATION.zh if case.demonstration else "",
        "number": f"{mark}{_MARKS[kind]}〔{now.day.year}〕{number}号",
        "to": unit_name(plan, case, office_of(case)).zh, "office": office, "date": chinese_day(now.day),
        "plan": plan.title.zh, "clauses": _clauses(plan, case), "indicator": named_in(plan, case).zh,
        "place": plan.place[case.region].name.zh, "level": _LEVELS[case.level],
        "raised": chinese_day(timezone.localdate(_raised(case))), "verdict": _verdict(plan, case),
        "why": _why(case, now, you), "earlier": _earlier(case), "request": _request(case),
        "by": chinese_day(now.after(plan.alerting.letter_again_days)),
    }  # fmt: skip
    if kind == Case.Owed.SUMMON:
        assert talk is not None
        when = timezone.localtime(talk.at)
        minutes = f"{when.minute:02d}分" if when.minute else ""
        facts["talk_at"] = f"{chinese_day(when.date())}（星期{_WEEKDAYS[when.weekday()]}）{when.hour}时{minutes}"
        facts["talk_place"] = talk.place.strip()
    return facts


def _raised(case: Case) -> datetime:
    last = case.steps.filter(kind__in=[Kind.RAISED, Kind.REOPENED]).last()
    return last.at if last is not None else case.raised_at


def _clauses(plan: Plan, case: Case) -> str:
    """主要目标G1.1、策略措施M1.1."""
    named = dict.fromkeys(plan.target[t].clause for t in case.targets if t in plan.target)
    return "、".join(f"{_PARTS[c[0]]}{c}" for c in named)


def _verdict(plan: Plan, case: Case) -> str:
    """The sentence of the verdict that warns, in words that everybody may read."""
    held = tuple(v for v in verdicts_of(case.judged_by) if v.region == case.region and v.target in case.targets)
    if not held:
        return ""
    sentence = open_verdicts(plan, held[:1])[0].sentence
    return "" if sentence == WITHHELD else sentence.zh


def _why(case: Case, now: Moment, you: str) -> str:
    owed = case.steps.filter(kind=Kind.OWED, facts__letter=case.owed).last()
    why: str = owed.facts["why"] if owed is not None else "late"
    if why == "again":
        return f"该项预警经整改后再次出现，现为第{case.round}次预警。"
    if why == "back":
        return f"{you}报送的整改答复已两次退回，至今未达到要求。"
    assert case.due is not None
    late = (now.day - case.due).days
    what = {
        Case.Stage.RAISED: "整改答复", Case.Stage.RETURNED: "整改答复（修改后重新报送）", Case.Stage.PROGRESS: "整改任务",
    }.get(Case.Stage(case.stage), "整改任务")  # fmt: skip
    if late > 0 and held_by_unit(case):
        return f"截至{chinese_day(now.day)}，{you}应于{chinese_day(case.due)}前完成的{what}已逾期{late}天。"
    return f"{you}未按期完成{what}。"


def _earlier(case: Case) -> str:
    """Letters before this one, which have not helped."""
    sent = [
        f"{chinese_day(timezone.localdate(one.issued_at))}{LETTERS[one.kind].zh}（{one.mark}）"
        for one in case.letters.all()
    ]
    return f"此前已发出{'、'.join(sent)}。" if sent else ""


def _request(case: Case) -> str:
    if case.stage == Case.Stage.PROGRESS:
        return "完成整改并报送整改情况"
    return "报送原因分析、整改措施和完成时限"
