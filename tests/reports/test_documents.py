"""A document's life: drafted, edited, refreshed, approved, issued, fed back, released, and made again in ten years."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from docx import Document as WordDocument

from halfsky.alerts.actions import assess_plan
from halfsky.audit.models import Event
from halfsky.collect.actions import Stale, import_figures
from halfsky.collect.models import Notice
from halfsky.collect.notices import sentence
from halfsky.observations import Confidentiality
from halfsky.places.actions import add_person, appoint, establish
from halfsky.places.policy import Forbidden, Principal, principal
from halfsky.plan import Faulty, Plan
from halfsky.reports import drafting, issuing, templates
from halfsky.reports.files import path_of
from halfsky.reports.models import Document, Edit
from halfsky.reports.report.edits import differences
from halfsky.reports.report.model import Paragraph, Table
from halfsky.reports.reporttemplate import REPORT, built_in
from tests.support import CITY, CLERK, SHORE, rising, small_plan, with_units

pytestmark = pytest.mark.django_db
STANDING = "妇女与健康/总体情况/standing"
CONCERN = "妇女与健康/总体情况/concern:G1.1a"


@pytest.fixture(autouse=True)
def _own_home(settings: Any, tmp_path: Path) -> None:
    settings.HOME, settings.CACHE_DIR = tmp_path, tmp_path / "cache"


@pytest.fixture
def plan(db: None) -> Plan:
    plan = with_units(small_plan())
    content = plan.model_dump(mode="json", exclude_defaults=True)
    content["assignments"] = [{"clause": "G1.1", "level": "city", "lead": ["health"], "basis": "practice"}]
    plan = Plan(**content)
    establish(plan=plan, by=CLERK)
    store(plan, "9.61")
    return plan


def store(plan: Plan, newest: str, **changes: Any) -> None:
    rows = rising("maternal_mortality", CITY, 2016, *"14 13 12.5 12 11.2 10.9 10.1 9.8 9.9".split(), newest)
    import_figures(plan=plan, observations=[replace(r, **changes) for r in rows], by=CLERK, reason="test")
    assess_plan(plan=plan, as_of=2025, by=CLERK)


def person(name: str, role: str, region: str = CITY, unit: str | None = None) -> Principal:
    user = add_person(username=name, full_name=name, by=CLERK)
    appoint(user=user, role=role, region=region, unit=unit, by=CLERK)
    return principal(user, door="web")


def drafted(plan: Plan, by: Principal = CLERK, **more: Any) -> Document:
    asked = {"kind": "annual", "year": 2025, "region": plan.region, "language": "zh", **more}
    return drafting.draft(plan=plan, by=by, **asked)


def edit(plan: Plan, held: Document, key: str, what: str, text: str = "", by: Principal = CLERK) -> Document:
    return drafting.edit_block(plan=plan, document=held.pk, version=held.version, key=key, what=what, text=text, by=by)


def approved(plan: Plan, held: Document) -> Document:
    held = issuing.submit(plan=plan, document=held.pk, version=held.version, by=CLERK)
    return issuing.decide(plan=plan, document=held.pk, version=held.version, approve=True, by=CLERK)


def issued(plan: Plan, held: Document) -> Document:
    held = approved(plan, held)
    return issuing.issue(plan=plan, document=held.pk, version=held.version, by=CLERK)


def words_of(held: Document) -> str:
    return "\n".join(b.text for s in drafting.laid(held).final.sections for b in s.blocks if isinstance(b, Paragraph))


def test_edits_stay_when_the_data_are_refreshed_and_are_marked_where_the_text_below_moved(plan: Plan) -> None:
    held = drafted(plan)
    held = edit(plan, held, CONCERN, "words", "孕产妇死亡率仍高于目标，须加强危重孕产妇救治。")
    held = edit(plan, held, STANDING, "add", "本领域由市卫生健康委员会牵头。")
    held = edit(plan, held, "监测与判定方法/paragraph4", "hide")
    store(plan, "9.77")
    held = drafting.refresh(plan=plan, document=held.pk, version=held.version, by=CLERK)
    laid, said = drafting.laid(held), words_of(held)
    assert "须加强危重孕产妇救治" in said
    assert "本领域由市卫生健康委员会牵头。" in said
    assert "预测值以中位数" not in said
    assert [c.key for c in laid.open] == [CONCERN]
    table = next(b for s in laid.final.sections for b in s.blocks if isinstance(b, Table) and "监测表" in b.caption)
    assert "9.77" in " ".join(c.text for row in table.rows for c in row), "what nobody edited follows the data"
    line = next(x for _, lines in laid.sections for x in lines if x.block.key == CONCERN)
    assert line.moved
    assert line.change is not None
    assert "9.61" in line.change.below
    assert isinstance(line.block, Paragraph)
    assert "9.77" in line.block.text, "both what it said then and what it says now are there to be shown"
    first, second = (drafting.snapshot_report(c.snapshot) for c in held.compositions.select_related("snapshot"))
    assert CONCERN in {d.key for d in differences(first, second)}


def test_nothing_is_submitted_before_every_mark_is_decided_on(plan: Plan) -> None:
    held = edit(plan, drafted(plan), CONCERN, "words", "须加强救治。")
    store(plan, "9.77")
    held = drafting.refresh(plan=plan, document=held.pk, version=held.version, by=CLERK)
    with pytest.raises(Faulty, match="Decide on each"):
        issuing.submit(plan=plan, document=held.pk, version=held.version, by=CLERK)
    kept = held.edits.get(ended_at__isnull=True)
    held = drafting.confirm_edit(plan=plan, document=held.pk, version=held.version, edit=kept.pk, by=CLERK)
    assert not drafting.laid(held).open
    assert issuing.submit(plan=plan, document=held.pk, version=held.version, by=CLERK).state == "review"


def test_an_edit_whose_block_is_gone_is_neither_printed_nor_lost(plan: Plan) -> None:
    held = edit(plan, drafted(plan), CONCERN, "words", "须加强救治。")
    store(plan, "6.5")
    held = drafting.refresh(plan=plan, document=held.pk, version=held.version, by=CLERK)
    laid = drafting.laid(held)
    assert [c.text for c in laid.lost] == ["须加强救治。"]
    assert "须加强救治" not in words_of(held)
    with pytest.raises(Faulty):
        issuing.submit(plan=plan, document=held.pk, version=held.version, by=CLERK)
    held = drafting.withdraw_edit(plan=plan, document=held.pk, version=held.version, edit=laid.lost[0].number, by=CLERK)
    assert issuing.submit(plan=plan, document=held.pk, version=held.version, by=CLERK).state == "review"


def test_a_withdrawn_edit_gives_the_composed_text_back_and_its_history_stays(plan: Plan) -> None:
    held = drafted(plan)
    before = words_of(held)
    held = edit(plan, held, STANDING, "words", "甲")
    held = edit(plan, held, STANDING, "words", "乙")
    assert "乙" in words_of(held)
    last = held.edits.get(ended_at__isnull=True)
    held = drafting.withdraw_edit(plan=plan, document=held.pk, version=held.version, edit=last.pk, by=CLERK)
    assert words_of(held) == before
    assert [(e.text, e.ended_by) for e in held.edits.all()] == [("甲", "李填报"), ("乙", "李填报")]
    assert Event.objects.filter(subject=f"document:{held.pk}").count() == 4


def test_hiding_a_table_numbers_the_others_anew_and_an_empty_chapter_falls_away(plan: Plan) -> None:
    held = drafted(plan)
    report = drafting.composed(held)
    captions = [b.caption for s in report.sections for b in s.blocks if isinstance(b, Table)]
    assert captions[0].startswith("表1　")
    first = next(b.key for s in report.sections for b in s.blocks if isinstance(b, Table))
    held = edit(plan, held, first, "hide")
    for key in ("附件1：指标解释/paragraph1", "附件1：指标解释/entries1"):
        held = edit(plan, held, key, "hide")
    final = drafting.laid(held).final
    again = [b.caption for s in final.sections for b in s.blocks if isinstance(b, Table)]
    assert again == [f"表{i}{c[2:]}" for i, c in enumerate(captions[1:], 1)]
    assert not [s for s in final.sections if "附件1" in s.title]


def test_numbers_cannot_be_typed_over_and_words_are_plain(plan: Plan) -> None:
    held = drafted(plan)
    table = next(b.key for s in drafting.composed(held).sections for b in s.blocks if isinstance(b, Table))
    for key, what, text, code in (
        (table, "words", "改", "edit-numbers"), (STANDING, "words", "  ", "edit-empty"), ("无/此段", "words", "甲", "block-gone"),
        (STANDING, "add", "长" * 5001, "edit-long"), (STANDING, "delete", "", "edit-kind"),
    ):  # fmt: skip
        with pytest.raises(Faulty) as refused:
            edit(plan, held, key, what, text)
        assert refused.value.faults[0].code == code
    held = edit(plan, held, STANDING, "words", "一\x00二\r\n三 {{ title }} <b>")
    assert "一二 三 {{ title }} <b>" in words_of(held)
    assert "{{ title }} <b>" in "".join(
        p.text for p in WordDocument(io.BytesIO(path_of(issued(plan, held).files["docx"]).read_bytes())).paragraphs
    )


def test_who_was_slower_is_told_and_changes_nothing(plan: Plan) -> None:
    held = drafted(plan)
    edit(plan, held, STANDING, "words", "甲")
    for act in (
        lambda: edit(plan, held, STANDING, "words", "乙"),
        lambda: drafting.refresh(plan=plan, document=held.pk, version=held.version, by=CLERK),
        lambda: issuing.submit(plan=plan, document=held.pk, version=held.version, by=CLERK),
    ):
        with pytest.raises(Stale):
            act()
    assert Edit.objects.count() == 1


def test_one_writes_another_approves_and_each_is_told(plan: Plan) -> None:
    writer, leader, clerk = (
        person("writer", "committee"),
        person("leader", "leader"),
        person("clerk", "clerk", unit="health"),
    )
    held = drafted(plan, writer)
    for outsider in (leader, clerk):
        with pytest.raises(Forbidden):
            edit(plan, held, STANDING, "words", "甲", by=outsider)
    held = issuing.submit(plan=plan, document=held.pk, version=held.version, by=writer)
    with pytest.raises(Forbidden):
        issuing.decide(plan=plan, document=held.pk, version=held.version, approve=True, by=writer)
    with pytest.raises(Faulty, match="Say why"):
        issuing.decide(plan=plan, document=held.pk, version=held.version, approve=False, by=leader)
    held = issuing.decide(
        plan=plan, document=held.pk, version=held.version, approve=False, by=leader, reason="措辞再斟酌。"
    )
    assert held.state == "draft"
    held = issuing.submit(plan=plan, document=held.pk, version=held.version, by=writer)
    held = issuing.decide(plan=plan, document=held.pk, version=held.version, approve=True, by=leader)
    held = issuing.issue(plan=plan, document=held.pk, version=held.version, by=writer)
    said = {(n.user.username, sentence(n).zh) for n in Notice.objects.all()}
    title = "小城市妇女发展规划（2021—2030年） 2025年度监测报告"
    assert ("leader", f"《{title}》已提交，请审批。") in said
    assert ("writer", f"《{title}》被退回修改：措辞再斟酌。") in said
    number = f"监测报告〔{held.number_year}〕1号"
    assert ("clerk", f"《{title}》（{number}）已印发，请小城市卫生健康委员会阅研，可在页面上反馈意见。") in said
    assert [s.what for s in held.steps.all()] == ["draft", "submit", "return", "submit", "approve", "issue"]


def test_an_issued_document_is_reproduced_byte_for_byte_after_later_revisions(plan: Plan, monkeypatch: Any) -> None:
    held = edit(plan, drafted(plan), STANDING, "add", "另附说明。")
    held = issued(plan, held)
    pdf, said = path_of(held.files["pdf"]).read_bytes(), issuing.final_report(held)
    store(plan, "12.34")
    from halfsky.reports.report import pdf as typesetting

    monkeypatch.setattr(typesetting, "_TEMPLATE", Path("gone.typ"))  # this version's layout is not needed either
    again = Document.objects.get(pk=held.pk)
    assert issuing.reproduce(again) == pdf
    assert issuing.final_report(again) == said
    assert "另附说明。" in "".join(b.text for s in said.sections for b in s.blocks if isinstance(b, Paragraph))
    monkeypatch.undo()
    assert typesetting.pdf(issuing.final_report(again)) == pdf, "and from the snapshot of its content"


def test_a_project_that_was_tampered_with_is_noticed(plan: Plan) -> None:
    held = issued(plan, drafted(plan))
    path = path_of(held.files["project"])
    from halfsky.reports.files import packed, unpacked

    parts = unpacked(path.read_bytes())
    path.write_bytes(
        packed({**parts, "report.json": parts["report.json"].replace("小城市".encode(), "大城市".encode())})
    )
    with pytest.raises(issuing.NotReproduced):
        issuing.reproduce(held)


def test_issued_is_frozen_numbered_and_followed_by_a_corrected_edition(plan: Plan) -> None:
    held = issued(plan, drafted(plan))
    with pytest.raises(Stale):
        edit(plan, held, STANDING, "words", "甲")
    second = drafted(plan)
    assert second.edition == 2
    second = issued(plan, second)
    assert (held.number, second.number) == (1, 2)
    assert held.number_words == f"监测报告〔{held.number_year}〕1号"
    held.refresh_from_db()
    held = issuing.release(plan=plan, document=held.pk, version=held.version, by=CLERK)
    assert held.state == "released"
    assert held.released_on is not None
    drafted(plan)
    with pytest.raises(Faulty, match="already being written"):
        drafted(plan)


def test_offices_read_what_was_fed_back_and_comment(plan: Plan) -> None:
    clerk, other = person("clerk", "clerk", unit="health"), person("district", "district_committee", SHORE)
    stranger = person("evaluator", "evaluator")
    held = issued(plan, drafted(plan))
    issuing.comment(plan=plan, document=held.pk, text="第三章建议补充救治网络情况。", by=clerk)
    issuing.comment(plan=plan, document=held.pk, text="已阅。", by=other)
    assert [(c.region, c.unit) for c in held.comments.all()] == [(CITY, "health"), (SHORE, "")]
    with pytest.raises(Forbidden):
        issuing.comment(plan=plan, document=held.pk, text="也说一句。", by=stranger)
    issuing.opened(document=held, by=clerk)
    issuing.opened(document=held, by=clerk)
    assert held.recipients.get(unit="health", region=CITY).opened_by == "clerk"
    assert Event.objects.filter(action="document.opened").count() == 1


def test_what_is_confidential_is_not_told(plan: Plan) -> None:
    store(plan, "9.99", confidentiality=Confidentiality.CONFIDENTIAL)
    held = issued(plan, drafted(plan))
    from halfsky.reports.report.stored import dumped

    content = dumped(issuing.final_report(held)).decode()
    assert "9.99" not in content
    assert str(Decimal("9.99").quantize(Decimal("0.1"))) not in content


def test_nothing_is_drafted_for_a_year_or_place_that_has_no_such_document(plan: Plan) -> None:
    for asked in ({"year": 2024}, {"kind": "unknown"}, {"region": "999999"}, {"unit": "health"}):
        with pytest.raises(Faulty):
            drafted(plan, **asked)
    assert not Document.objects.exists()


def test_an_office_edits_the_template_and_its_documents_follow(plan: Plan) -> None:
    template = WordDocument(io.BytesIO(built_in()))
    template.paragraphs[0].insert_paragraph_before("小城市妇女儿童工作委员会文件")
    template.styles["Normal"].font.name = "Arial"
    template.add_paragraph("抄送：各成员单位。")
    made = io.BytesIO()
    template.save(made)
    templates.upload_template(kind="report", region=CITY, name="红头.docx", content=made.getvalue(), by=CLERK)
    held = issued(plan, drafted(plan))
    document = WordDocument(io.BytesIO(path_of(held.files["docx"]).read_bytes()))
    said = [p.text for p in document.paragraphs]
    assert said[0] == "小城市妇女儿童工作委员会文件"
    assert said[-1] == "抄送：各成员单位。"
    assert held.number_words in said
    assert any(t.startswith("一、摘要") for t in said)
    assert document.styles["Normal"].font.name == "Arial"
    assert len(document.tables) > 3
    assert held.template is not None
    assert held.template.version == 1


def test_a_template_that_would_not_work_is_not_taken(plan: Plan) -> None:
    template = WordDocument()
    template.add_paragraph("{{ title }}{{ subtitle }}{{ number }}正文：{{ body }}")
    made = io.BytesIO()
    template.save(made)
    with pytest.raises(Faulty) as refused:
        templates.upload_template(kind="report", region=CITY, name="a.docx", content=made.getvalue(), by=CLERK)
    assert refused.value.faults[0].code == "template-body"
    with pytest.raises(Forbidden):
        clerk = person("clerk", "clerk", unit="health")
        templates.upload_template(kind="report", region=CITY, name="a.docx", content=built_in(), by=clerk)
    assert templates.template_in_force("report", CITY) is None


def test_versions_of_a_template_are_kept_and_may_be_withdrawn(plan: Plan) -> None:
    first = templates.upload_template(kind="report", region=CITY, name="C:\\a\\一.docx", content=built_in(), by=CLERK)
    assert (first.version, first.name) == (1, "一.docx")
    assert templates.upload_template(kind="report", region=CITY, name="一.docx", content=built_in(), by=CLERK) == first
    templates.withdraw_template(kind="report", region=CITY, version=1, by=CLERK)
    assert templates.template_in_force("report", CITY) is None
    again = templates.upload_template(kind="report", region=CITY, name="二.docx", content=built_in(), by=CLERK)
    assert again.version == 2
    assert [e.action for e in Event.objects.filter(subject__startswith="template:")] == [
        "template.upload", "template.withdraw", "template.upload",
    ]  # fmt: skip


def test_the_built_in_template_is_the_same_bytes_and_passes_its_own_check() -> None:
    from halfsky.reports.wordtemplates import check_template

    assert built_in() == built_in()
    assert check_template(built_in(), REPORT)
