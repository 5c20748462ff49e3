"""What people are told of cases, one sentence a kind."""

from __future__ import annotations

from halfsky.alerts.models import Case
from halfsky.collect.notices import speak
from halfsky.plan import Text


def _t(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


LETTERS: dict[str, Text] = {
    Case.Owed.REMIND: _t("提醒函", "reminder letter"),
    Case.Owed.SUPERVISE: _t("督办单", "supervision order"),
    Case.Owed.SUMMON: _t("约谈通知书", "summons for a talk"),
}

speak({
    "case-raised": _t(
        "{office}有{count}项预警需要整改（红色{red}项），请于{due}前答复原因、措施和完成时限。",
        "{office_en} has {count} warnings to put right ({red} red): answer with cause, remedy and deadline by {due}.",
    ),
    "case-raised-office": _t(
        "{place}新增整改事项{count}项（红色{red}项），已转责任单位。",
        "{count} new cases in {place_en} ({red} red); they are with the units that answer for them.",
    ),
    "case-raised-leaders": _t(
        "{place}新增红色预警整改事项{count}项：{names}。", "{count} new red cases in {place_en}: {names_en}."
    ),
    "case-answered": _t(
        "{office}已就“{what}”（{place}）提交整改答复，请于{due}前审核。",
        "{office_en} has answered on “{what_en}” ({place_en}); review it by {due}.",
    ),
    "case-accepted": _t(
        "“{what}”（{place}）的整改措施已审核通过，请按期整改，整改期限{deadline}。",
        "The remedy for “{what_en}” ({place_en}) is accepted; carry it out by {deadline}.",
    ),
    "case-returned": _t(
        "“{what}”（{place}）的整改答复被退回，请修改后于{due}前重新提交：{reason}",
        "The answer on “{what_en}” ({place_en}) was sent back; revise it by {due}: {reason}",
    ),
    "case-finished": _t(
        "{office}报告“{what}”（{place}）的整改措施已完成，请于{due}前核实。",
        "{office_en} reports that the remedy for “{what_en}” ({place_en}) is carried out; see to it by {due}.",
    ),
    "case-extended": _t(
        "“{what}”（{place}）的整改期限改为{deadline}：{reason}",
        "The remedy for “{what_en}” ({place_en}) is now due on {deadline}: {reason}",
    ),
    "case-closed": _t("“{what}”（{place}）的整改事项已销号：{reason}", "The case “{what_en}” ({place_en}) is closed: {reason_en}"),
    "case-before": _t(
        "“{what}”（{place}）应于{due}前{task}，还有{days}天。", "“{what_en}” ({place_en}) is to be {task_en} by {due}: {days} days left."
    ),
    "case-late": _t(
        "“{what}”（{place}）应于{due}前{task}，已逾期{days}天。", "“{what_en}” ({place_en}) was to be {task_en} by {due}: {days} days late."
    ),
    "cases-before": _t(
        "{office}有{count}项整改事项即将到期，最早一项期限为{due}。", "{count} cases of {office_en} are due soon, the first on {due}."
    ),
    "cases-late": _t(
        "{office}有{count}项整改事项已逾期，最长逾期{days}天。", "{count} cases of {office_en} are late, by up to {days} days."
    ),
    "case-owed": _t(
        "“{what}”（{place}）{why}，按规则应向{office}发出{letter}，请签发。",
        "“{what_en}” ({place_en}) {why_en}: by the rule {office_en} is to receive a {letter_en}; please issue it.",
    ),
    "case-letter": _t(
        "{letter}（{mark}）已发至{office}，事由为“{what}”（{place}），请阅办。",
        "A {letter_en} ({mark}) on “{what_en}” ({place_en}) was sent to {office_en}.",
    ),
})  # fmt: skip

TASKS: dict[str, Text] = {
    Case.Stage.RAISED: _t("答复整改措施", "answered"),
    Case.Stage.RETURNED: _t("重新答复整改措施", "answered again"),
    Case.Stage.ANSWERED: _t("审核整改答复", "reviewed"),
    Case.Stage.PROGRESS: _t("报告整改进展或完成整改", "reported on"),
}
VERIFY = _t("核实整改完成情况", "looked into")

WHYS: dict[str, Text] = {
    "late": _t("逾期{days}天", "is {days} days late"),
    "again": _t("预警再次出现", "has come back"),
    "back": _t("答复两次被退回", "was sent back twice"),
}

ENDINGS: dict[str, Text] = {
    Case.Ending.FIGURE: _t("新的监测数据已不再触发预警", "the new figure no longer calls for a warning"),
    Case.Ending.REVISION: _t("数据修订或重新测算后不再触发预警", "after a revision of figures there is no warning"),
    Case.Ending.GONE: _t("规划已不含该项目标", "the plan no longer has this promise"),
}
