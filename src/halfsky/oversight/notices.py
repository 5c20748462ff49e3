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
}  # fmt: skip
