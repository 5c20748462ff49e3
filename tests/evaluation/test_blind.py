"""Nobody sees others' marks while an evaluation is blind: not by sheets, results, evidence, and not in the ledger."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from halfsky.audit.models import Event
from halfsky.audit.queries import verify
from halfsky.collect.actions.review import Stale
from halfsky.collect.models import Notice
from halfsky.evaluation.actions import (
    MarkData,
    attach,
    close_evaluation,
    detach,
    return_sheet,
    save_sheet,
    submit_sheet,
)
from halfsky.evaluation.actions.sheets import seal
from halfsky.evaluation.models import Sheet
from halfsky.evaluation.policy import Sight
from halfsky.evaluation.queries import Standing, readable_evidence, readable_sheet, waiting
from halfsky.places.actions import appoint
from halfsky.places.models import Mail
from halfsky.places.policy import Forbidden
from halfsky.plan import Faulty
from tests.evaluation.world import World
from tests.support import CLERK
from tests.web import pack

SHORE = (pack.SHORE, "")


def sights(world: World, name: str) -> dict[tuple[str, str], Sight]:
    """(method, scorer) → how much of the sheets of one district a person sees."""
    made = world.plan and Sheet.objects.filter(region=pack.SHORE).first()
    assert made is not None
    standing = Standing.of(world.who(name), world.plan, made.evaluation)
    return {
        (s.method, s.user.username if s.user else ""): sight for s, sight in standing.sheets() if s.region == pack.SHORE
    }


def test_while_open_each_sees_what_is_theirs_and_no_more(world: World) -> None:
    world.scored()
    assert sights(world, "third") == {("third", "third"): Sight.FULL, ("self", ""): Sight.TEXT}
    assert sights(world, "desk") == {("desk", "desk"): Sight.FULL, ("self", ""): Sight.FULL}
    assert sights(world, "site") == {("site", "site"): Sight.FULL, ("self", ""): Sight.FULL}
    assert sights(world, "shore") == {("self", ""): Sight.FULL}
    for name in ("hill", "clerk", "statistician", "auditor", "chief"):
        assert sights(world, name) == {}, name
    # An officer who scores nothing follows desk and site; the third party's marks nobody follows.
    assert sights(world, "officer") == {
        ("self", ""): Sight.FULL, ("desk", "desk"): Sight.FULL, ("site", "site"): Sight.FULL,
    }  # fmt: skip


def test_while_open_nothing_is_summed_up_for_anybody(world: World) -> None:
    made = world.scored()
    for name in world.people:
        assert Standing.of(world.who(name), world.plan, made).results() == []


def test_a_third_party_sees_only_what_it_was_assigned(world: World) -> None:
    made = world.draft()
    scheme = world.assigned(made)
    from halfsky.evaluation.actions import assign, decide_scheme, submit_scheme

    scheme = assign(
        plan=world.plan, scheme=scheme.pk, version=scheme.version, method="third", user=world.people["second-third"].pk,
        subjects=[(pack.HILL, "")], by=world.who("officer"),
    )  # fmt: skip
    scheme = submit_scheme(plan=world.plan, scheme=scheme.pk, version=scheme.version, by=world.who("officer"))
    decide_scheme(plan=world.plan, scheme=scheme.pk, version=scheme.version, approve=True, by=world.who("chief"))
    world.fill(world.sheet(made, "self", *SHORE), "0.9", CLERK)
    who = world.who("second-third")
    for sheet in made.sheets.all():
        seen = readable_sheet(who, world.plan, sheet.pk)
        assert (seen is not None) == (sheet.user == world.people["second-third"]), sheet
    assert {w.kwargs["pk"] for w in waiting(who, world.plan)} == set(
        made.sheets.filter(user=world.people["second-third"]).values_list("pk", flat=True)
    )


def test_who_loses_the_post_loses_the_sheets(world: World) -> None:
    from halfsky.places.actions import dismiss
    from halfsky.places.models import Post

    made = world.opened()
    dismiss(post=Post.objects.get(user=world.people["third"]), by=CLERK, reason="离任")
    sheet = world.sheet(made, "third", *SHORE, name="third")
    assert readable_sheet(world.who("third"), world.plan, sheet.pk) is None
    with pytest.raises(Forbidden):
        world.fill(sheet, "0.5", world.who("third"))


def test_a_second_post_does_not_open_the_third_partys_marks(world: World) -> None:
    world.scored()
    appoint(user=world.people["third"], role="committee", region=pack.CITY, by=CLERK)
    assert ("third", "second-third") not in sights(world, "third")
    assert ("desk", "desk") not in sights(world, "third")


def test_nobody_writes_on_anothers_sheet(world: World) -> None:
    made = world.opened()
    for method, scorer in (("third", "third"), ("desk", "desk"), ("self", None)):
        sheet = world.sheet(made, method, *SHORE, name=scorer)
        for name in ("second-third", "site", "hill", "officer", "chief", "clerk"):
            with pytest.raises(Forbidden):
                world.fill(sheet, "0.5", world.who(name))


MARKS = ("13.37", "7.77")


def test_no_mark_stands_in_the_ledger_a_notice_or_a_mail_before_scoring_is_closed(world: World) -> None:
    made = world.opened()
    sheet = world.sheet(made, "third", *SHORE, name="third")
    code = "measures"
    saved = save_sheet(
        plan=world.plan, sheet=sheet.pk, version=sheet.version, by=world.who("third"),
        marks={code: MarkData(Decimal("13.37"), "暗记-依据"), "satisfaction": MarkData(Decimal("7.77"), "暗记-依据")},
        texts={"opinion": "暗记-意见"},
    )  # fmt: skip
    said = json.dumps([[e.before, e.after, e.reason] for e in Event.objects.all()], ensure_ascii=False)
    said += json.dumps([n.params for n in Notice.objects.all()], ensure_ascii=False) + "".join(
        m.body for m in Mail.objects.all()
    )
    for mark in (*MARKS, "暗记"):
        assert mark not in said
    event = Event.objects.filter(action="evaluation.sheet.save").latest("number")
    assert event.after["seal"] == seal(saved)
    # The same marks under another key of the installation give another seal: it cannot be guessed from outside.
    from django.test import override_settings

    with override_settings(SECRET_KEY="another"):
        assert seal(saved) != event.after["seal"]
    assert verify() == []


def test_a_seal_tells_a_mark_that_was_changed_behind_the_actions(world: World) -> None:
    made = world.opened()
    sheet = world.fill(world.sheet(made, "third", *SHORE, name="third"), "0.5", world.who("third"))
    event = Event.objects.filter(action="evaluation.sheet.submit").latest("number")
    assert event.after["seal"] == seal(sheet)
    sheet.scores.update(points=Decimal(1))
    assert event.after["seal"] != seal(Sheet.objects.get(pk=sheet.pk))


def test_evidence_is_seen_with_its_sheet(world: World) -> None:
    made = world.opened()
    own = world.sheet(made, "self", *SHORE)
    found = attach(
        plan=world.plan, sheet=own.pk, code="measures", name="总结.pdf", content=b"%PDF-1.7 x", by=world.who("shore")
    )
    again = attach(
        plan=world.plan, sheet=own.pk, code="measures", name="总结.pdf", content=b"%PDF-1.7 x", by=world.who("shore")
    )
    assert found == again
    with pytest.raises(Faulty):
        attach(plan=world.plan, sheet=own.pk, code="", name="总结.pdf", content=b"MZ", by=world.who("shore"))
    with pytest.raises(Forbidden):
        attach(plan=world.plan, sheet=own.pk, code="", name="a.pdf", content=b"%PDF-", by=world.who("hill"))
    assert readable_evidence(world.who("third"), world.plan, found.pk) is None  # not handed in yet
    world.fill(own, "0.9", world.who("shore"))
    assert readable_evidence(world.who("third"), world.plan, found.pk) == found
    third = world.sheet(made, "third", *SHORE, name="third")
    note = attach(
        plan=world.plan, sheet=third.pk, code="", name="访谈.pdf", content=b"%PDF-1.7 y", by=world.who("third")
    )
    for name in ("shore", "desk", "officer", "second-third", "chief"):
        assert readable_evidence(world.who(name), world.plan, note.pk) is None, name
    detach(plan=world.plan, sheet=third.pk, evidence=note.pk, by=world.who("third"))
    assert readable_evidence(world.who("third"), world.plan, note.pk) is None


def test_marks_lie_within_their_maximum_and_two_people_do_not_overwrite_each_other(world: World) -> None:
    made = world.opened()
    sheet = world.sheet(made, "desk", *SHORE, name="desk")
    for points in ("-1", "20.01", "NaN", "3.333"):
        with pytest.raises(Faulty):
            save_sheet(
                plan=world.plan, sheet=sheet.pk, version=sheet.version, by=world.who("desk"), texts={},
                marks={"measures": MarkData(Decimal(points))},
            )  # fmt: skip
    with pytest.raises(Faulty):
        save_sheet(
            plan=world.plan, sheet=sheet.pk, version=sheet.version, by=world.who("desk"), texts={},
            marks={"satisfaction": MarkData(Decimal(1))},  # not the desk's to score
        )  # fmt: skip
    world.fill(sheet, "0.5", world.who("desk"), hand_in=False)
    with pytest.raises(Stale):
        world.fill(sheet, "0.6", world.who("desk"))


def test_nought_is_a_mark_and_nothing_is_none(world: World) -> None:
    made = world.opened()
    sheet = world.sheet(made, "desk", *SHORE, name="desk")
    with pytest.raises(Faulty) as refused:
        submit_sheet(plan=world.plan, sheet=sheet.pk, version=sheet.version, by=world.who("desk"))
    assert {f.code for f in refused.value.faults} == {"points-missing", "text-missing"}
    handed_in = world.fill(sheet, "0", world.who("desk"))
    assert {s.points for s in handed_in.scores.all()} == {Decimal(0)}


def test_a_sheet_goes_back_with_a_reason_and_not_after_closing(world: World) -> None:
    made = world.scored()
    sheet = world.sheet(made, "third", *SHORE, name="third")
    for name in ("desk", "third"):
        if name == "third":
            with pytest.raises(Forbidden):
                return_sheet(plan=world.plan, sheet=sheet.pk, version=sheet.version, by=world.who(name), reason="x")
    with pytest.raises(Faulty):
        return_sheet(plan=world.plan, sheet=sheet.pk, version=sheet.version, by=world.who("officer"), reason="")
    back = return_sheet(
        plan=world.plan, sheet=sheet.pk, version=sheet.version, by=world.who("officer"), reason="依据过简"
    )
    assert back.remark == "依据过简"
    with pytest.raises(Faulty, match="1 sheets"):
        close_evaluation(plan=world.plan, evaluation=made.pk, version=made.version, by=world.who("officer"))
    close_evaluation(
        plan=world.plan, evaluation=made.pk, version=made.version, by=world.who("officer"), reason="第三方退出"
    )
    with pytest.raises(Stale):
        world.fill(Sheet.objects.get(pk=sheet.pk), "0.5", world.who("third"))


def test_once_closed_marks_are_open_to_those_concerned(world: World) -> None:
    made = world.closed()
    everything = {("self", ""), ("desk", "desk"), ("site", "site"), ("third", "third"), ("third", "second-third")}
    for name in ("officer", "desk", "third", "chief"):
        assert set(sights(world, name)) == everything, name
    assert set(sights(world, "shore")) == {("self", "")}
    assert sights(world, "hill") == sights(world, "auditor") == sights(world, "statistician") == {}
    own = Standing.of(world.who("shore"), world.plan, made).results()
    assert [(r.region, r.detail) for r in own] == [(pack.SHORE, False)]
    event = Event.objects.get(action="evaluation.close")
    assert event.after["seals"] == {str(s.pk): seal(s) for s in made.sheets.all()}
