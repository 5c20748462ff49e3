"""What the notices of this room say, by their kind. None of them ever tells a mark."""

from __future__ import annotations

from halfsky.plan import Text

SENTENCES: dict[str, Text] = {
    "evaluation-submitted": Text(
        zh="{evaluation}方案已报送，请领导小组审定。", en="The scheme of the {evaluation_en} awaits the leading group's approval."
    ),
    "evaluation-approved": Text(
        zh="{evaluation}方案已经领导小组批准，评估工作开始。", en="The scheme of the {evaluation_en} is approved; the evaluation begins."
    ),
    "evaluation-returned": Text(
        zh="{evaluation}方案被领导小组退回：{reason}", en="The scheme of the {evaluation_en} was sent back: {reason}"
    ),
    "evaluation-self": Text(
        zh="请于{due}前提交{office}的{evaluation}自评报告。", en="The self-evaluation of {office_en} for the {evaluation_en} is due by {due}."
    ),
    "evaluation-assigned": Text(
        zh="您在{evaluation}中承担{method}{count}个对象，请于{due}前完成评分。",
        en="You score {count} subjects of the {evaluation_en} ({method_en}), by {due}.",
    ),
    "evaluation-self-submitted": Text(
        zh="{office}已提交{evaluation}自评报告。", en="{office_en} has handed in its self-evaluation for the {evaluation_en}."
    ),
    "evaluation-sheet-returned": Text(
        zh="{office}的{evaluation}材料被退回，请补充后重新提交：{reason}",
        en="What was handed in for {office_en} in the {evaluation_en} was sent back: {reason}",
    ),
    "evaluation-done": Text(
        zh="{evaluation}已形成结论，评估结果已反馈。", en="The {evaluation_en} is concluded; its results are fed back."
    ),
}  # fmt: skip
