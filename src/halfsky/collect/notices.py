"""Notices in words: one sentence for each kind, made when it is read, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from halfsky.collect.models import Notice, State
from halfsky.plan import Text


def _t(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en)


SENTENCES: dict[str, Text] = {
    "opened": _t(
        "{year}年度填报已开启：{office}应于{due}前完成填报和审核。",
        "The year {year} is open: {office_en} is to fill in and approve its return by {due}.",
    ),
    "extended": _t(
        "{office}{year}年度报送表已延期至{due}：{reason}",
        "The return {year} of {office_en} is extended to {due}: {reason}",
    ),
    "submitted": _t(
        "{office}{year}年度报送表已提交，请审核。", "The return {year} of {office_en} was submitted; please approve it."
    ),
    "approved": _t(
        "{office}{year}年度报送表已经本单位审核，请审定。",
        "The return {year} of {office_en} was approved in its unit; please review it.",
    ),
    "passed": _t(
        "{office}{year}年度报送表已经区（市）县统计局审核，请审定。",
        "The return {year} of {office_en} has passed its district's statistics office; please review it.",
    ),
    "returned": _t(
        "{office}{year}年度报送表被退回，请更正后重新提交：{reason}",
        "The return {year} of {office_en} was sent back; correct it and submit it again: {reason}",
    ),
    "accepted": _t(
        "{office}{year}年度报送表已通过，数据已入库。",
        "The return {year} of {office_en} is accepted and its figures are in the database.",
    ),
    "remind-before": _t(
        "{office}{year}年度报送表应于{due}前{task}，还有{days}天。",
        "The return {year} of {office_en} is to be {task_en} by {due}: {days} days left.",
    ),
    "remind-late": _t(
        "{office}{year}年度报送表应于{due}前{task}，已逾期{days}天。",
        "The return {year} of {office_en} was to be {task_en} by {due}: {days} days late.",
    ),
    "late-unit": _t(
        "本单位{year}年度报送表尚未提交，已逾期{days}天（期限{due}），请督促填报。",
        "Your unit's return {year} has not been submitted: {days} days late (due {due}). Please see to it.",
    ),
    "late-offices": _t(
        "{year}年度有{count}张报送表逾期超过{after}天：{names}。",
        "{count} returns of {year} are more than {after} days late: {names_en}.",
    ),
    "filing-before": _t(
        "{office}的{what}应于{due}前报备，还有{days}天。",
        "{what_en} of {office_en} is to be filed by {due}: {days} days left.",
    ),
    "filing-late": _t(
        "{office}的{what}应于{due}前报备，已逾期{days}天。",
        "{what_en} of {office_en} was to be filed by {due}: {days} days late.",
    ),
    "filing-filed": _t("{office}已报备{what}，请审阅。", "{office_en} has filed its {what_en}; please review it."),
    "filing-accepted": _t("{office}的{what}已备案。", "{what_en} of {office_en} is on file."),
    "filing-returned": _t(
        "{office}的{what}被退回，请修改后重新报备：{reason}",
        "{what_en} of {office_en} was sent back; revise and file it again: {reason}",
    ),
}

_MORE: dict[str, Text] = {}

DIGESTS: dict[str, Text] = {
    "opened": _t(
        "{years}年度填报已开启：有{count}份报送表待填报。",
        "The year {years} is open: {count} returns are to be filled in.",
    ),
    "submitted": _t(
        "有{count}份{years}年度报送表已提交，待审核。",
        "{count} returns of {years} were submitted and wait for your approval.",
    ),
    "approved": _t(
        "有{count}份{years}年度报送表已经本单位审核，待审定。",
        "{count} returns of {years} were approved in their units and wait for your review.",
    ),
    "passed": _t(
        "有{count}份{years}年度报送表已经区（市）县统计局审核，待审定。",
        "{count} returns of {years} have passed their districts' statistics offices and wait for your review.",
    ),
    "accepted": _t(
        "有{count}份{years}年度报送表已通过，数据已入库。",
        "{count} returns of {years} are accepted and their figures are in the database.",
    ),
    "remind-before": _t("有{count}份{years}年度报送表临近期限。", "{count} returns of {years} are due soon."),
    "remind-late": _t("有{count}份{years}年度报送表已逾期。", "{count} returns of {years} are late."),
    "filing-before": _t("有{count}项报备临近期限。", "{count} filings are due soon."),
    "filing-late": _t("有{count}项报备已逾期。", "{count} filings are overdue."),
    "filing-filed": _t("有{count}项报备待审阅。", "{count} filings wait for your review."),
}
"""What several notices of a kind say together. The kinds that are not here carry each its own reason or task."""

TASKS: dict[str, Text] = {
    "clerk": _t("填报并提交", "filled in and submitted"),
    "approver": _t("经本单位审核", "approved in its unit"),
    "district": _t("经区（市）县统计局审核", "passed by its district's statistics office"),
    "city": _t("审定", "accepted"),
}

FILINGS: dict[str, Text] = {
    "plan": _t("区（市）县规划", "the district's plan"),
    "scheme": _t("实施方案", "the implementation plan"),
}

STATES: dict[State, Text] = {
    State.DRAFT: _t("填报中", "Being filled in"),
    State.SUBMITTED: _t("待单位审核", "With the unit's approver"),
    State.APPROVED: _t("待统计局审核", "With the statistics office"),
    State.PASSED: _t("待市统计局审定", "With the city's statistics office"),
    State.RETURNED: _t("已退回", "Returned"),
    State.ACCEPTED: _t("已通过", "Accepted"),
    State.LOCKED: _t("已锁定", "Locked"),
}


def speak(sentences: Mapping[str, Text]) -> None:
    """Take in what another room's notices say, by their kind."""
    _MORE.update(sentences)


def digest(kind: str, params: Sequence[Mapping[str, Any]]) -> Text:
    """Several notices of one kind in one sentence; of a single one its own."""
    if len(params) == 1:
        return worded(kind, params[0])
    years = sorted({int(p["year"]) for p in params if "year" in p})
    pattern = DIGESTS[kind]
    return Text(
        zh=pattern.zh.format(count=len(params), years="、".join(map(str, years))),
        en=pattern.en.format(count=len(params), years=", ".join(map(str, years))),
    )


def sentence(notice: Notice) -> Text:
    """The notice in both languages."""
    return worded(notice.kind, notice.params)


def worded(kind: str, params: Mapping[str, Any]) -> Text:
    pattern = SENTENCES.get(kind) or _MORE[kind]
    en = pattern.en.format(**params)
    return Text(zh=pattern.zh.format(**params), en=en[0].upper() + en[1:])
