"""What the notices of this room say, by their kind; they are told and mailed like those of the collection."""

from __future__ import annotations

from halfsky.plan import Text

SENTENCES: dict[str, Text] = {
    "task-given": Text(
        zh="{office}有一项新任务“{title}”，请于{due}前完成。",
        en="{office_en} has a new task, “{title}”, due by {due}.",
    ),
    "task-reported": Text(
        zh="{office}报告任务“{title}”已完成，请确认。", en="{office_en} reports the task “{title}” as done; please confirm it."
    ),
    "task-confirmed": Text(zh="{office}的任务“{title}”已确认办结。", en="The task “{title}” of {office_en} is confirmed as done."),
    "task-returned": Text(
        zh="{office}的任务“{title}”被退回，请继续办理：{reason}",
        en="The task “{title}” of {office_en} was sent back; please go on with it: {reason}",
    ),
    "task-withdrawn": Text(
        zh="{office}的任务“{title}”已撤销：{reason}", en="The task “{title}” of {office_en} is withdrawn: {reason}"
    ),
    "task-before": Text(
        zh="{office}的任务“{title}”应于{due}前完成，还有{days}天。",
        en="The task “{title}” of {office_en} is due by {due}: {days} days left.",
    ),
    "task-late": Text(
        zh="{office}的任务“{title}”应于{due}前完成，已逾期{days}天。",
        en="The task “{title}” of {office_en} was due by {due}: {days} days late.",
    ),
    "tasks-late": Text(
        zh="有{count}项任务逾期超过{after}天：{names}。", en="{count} tasks are more than {after} days late: {names_en}."
    ),
    "yearly-opened": Text(
        zh="{year}年度报告已布置：{office}应于{due}前提交。", en="The yearly reports of {year} are open: {office_en} is to submit its own by {due}."
    ),
    "yearly-submitted": Text(
        zh="{office}{year}年度报告已提交，请审核。", en="The yearly report {year} of {office_en} was submitted; please review it."
    ),
    "yearly-returned": Text(
        zh="{office}{year}年度报告被退回，请修改后重新提交：{reason}",
        en="The yearly report {year} of {office_en} was sent back; revise and submit it again: {reason}",
    ),
    "yearly-accepted": Text(
        zh="{office}{year}年度报告已通过审核。", en="The yearly report {year} of {office_en} is accepted."
    ),
    "yearly-before": Text(
        zh="{office}{year}年度报告应于{due}前提交，还有{days}天。",
        en="The yearly report {year} of {office_en} is due by {due}: {days} days left.",
    ),
    "yearly-late": Text(
        zh="{office}{year}年度报告应于{due}前提交，已逾期{days}天。",
        en="The yearly report {year} of {office_en} was due by {due}: {days} days late.",
    ),
    "yearlies-late": Text(
        zh="{year}年度有{count}份年度报告逾期超过{after}天：{names}。",
        en="{count} yearly reports of {year} are more than {after} days late: {names_en}.",
    ),
    "meeting-called": Text(
        zh="“{title}”定于{day}召开，地点：{venue}，请{office}派员参加。",
        en="“{title}” is held on {day} at {venue}; {office_en} is asked to attend.",
    ),
    "meeting-off": Text(zh="原定{day}召开的“{title}”已取消。", en="“{title}” of {day} is called off."),
    "meeting-issued": Text(zh="“{title}”会议纪要已印发。", en="The minutes of “{title}” are issued."),
}  # fmt: skip
