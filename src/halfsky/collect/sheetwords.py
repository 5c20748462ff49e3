"""What is said of an Excel form and its cells, in both languages."""

from __future__ import annotations

from halfsky.plan import Text

FOREIGN = ("", "")  # the cut of a cell that belongs to none

# Code → (Chinese, English), filled with details.
WORDS: dict[str, tuple[str, str]] = {
    "form-unknown": (
        "不是从本系统下载的报送表，或其隐藏标识已被删改。请在报送表页面重新下载后填写。",
        "Not a form downloaded from here, or its hidden identity was changed. Download the form again from the return's page.",
    ),
    "form-plan": ("这是另一规划的报送表，请从本页重新下载。", "This form is of another plan; download it from this page."),
    "form-unit": ("这是其他单位或其他地区的报送表，不是{unit}的，请从本页重新下载。", "This form is of another unit or place, not of this return; download it from this page."),
    "form-year": ("这是{found}年度的报送表，应为{year}年度，请从本页重新下载。", "This form is of {found}; it should be of {year}. Download it from this page."),
    "form-return": ("这份报送表出自另一套系统或已被替换的年度，请从本页重新下载。", "This form is of another installation or of a year opened anew; download it from this page."),
    "form-older": ("报送表的结构已经变动（指标或口径有调整），这是旧表，请重新下载后填写。", "The form has changed since (indicators or their wording); this is an older one. Download it again."),
    "form-head": ("表头已被改动，此处应为“{head}”：可能插入或删除了列。请重新下载后填写。", "The heads were changed; '{head}' should stand here. Columns may have been inserted or deleted; download the form again."),
    "line-missing": ("缺少“{label}”一行，本指标未读取。请重新下载后填写。", "The line '{label_en}' is missing, so this indicator was not read. Download the form again."),
    "line-twice": ("“{label}”一行出现两次，不知以哪行为准，本指标未读取。", "The line '{label_en}' stands here twice; which one holds is unclear, so this indicator was not read."),
    "line-label": ("此处应为“{label}”一行的名称或单位，已被改动或移位，本指标未读取。请重新下载后填写。", "The label or unit of the line '{label_en}' was changed or moved, so this indicator was not read. Download the form again."),
    "line-key": ("“{label}”一行的隐藏标识已被删改，本指标未读取。请重新下载后填写。", "The hidden mark of the line '{label_en}' was changed, so this indicator was not read. Download the form again."),
    "cell-stray": ("这里不是填报单元格，内容未读取，请删去或移到应填之处。", "This is not a cell to fill in; what stands here was not read. Remove it or move it where it belongs."),
    "cell-conflict": ("下载之后，{who}已在网上改过这一格，未予覆盖。请在网上核对，或重新下载后填写。", "Since the download {who} has changed this cell here; it was not overwritten. Check it on the page, or download the form again."),
    "missing-word": ("“{text}”不是数字。没有数据时请将数字留空，并在“数据状态”选择“不适用”“未统计”或“不公布”。", "'{text}' is not a number. Leave it empty and choose 'not applicable', 'not collected' or 'withheld' as the status."),
    "percent-sign": ("“{text}”请去掉百分号，只填数字，单位以“计量单位”栏为准。", "Write '{text}' without its sign, in the unit of the form."),
    "choice-unknown": ("没有“{text}”这一选项。可选：{zh}。", "There is no choice '{text}'. Choose from: {en}."),
    "status-two": ("数字与“不适用”“未统计”“不公布”不能同时填写，或各格说法不一，请核对。", "A number and 'not applicable', 'not collected' or 'withheld' cannot both stand, or the cells disagree; check them."),
    "value-with-status": ("数据状态表示没有数据，却填了数字；请删去数字，或改正数据状态。", "The status says that there is no figure, yet a number stands here; remove it or correct the status."),
    "status-without-value": ("数据状态表示有数据，数字却没有填全；请补填数字，或改正数据状态。", "The status says that there is a figure, yet its numbers are not complete; fill them in or correct the status."),
    "denominator-zero": ("分母为0，没有可计算的数值；请清空分子、分母，数据状态选“不适用”。", "The denominator is 0, so there is no value: empty numerator and denominator and choose 'not applicable'."),
    "quotient-digits": ("由分子、分母算得的数值过大，无法准确保存，请核对。", "The value that numerator and denominator give is too large to be kept exactly; check both."),
    "value-computed": ("比率由分子、分母计算，此处的数与计算结果不符；请恢复原公式，或清空此格。", "A rate is computed from its parts, and the number here does not agree with them; restore the formula or empty the cell."),
    "text-long": ("说明超过{most}字，请缩短。", "The explanation has more than {most} characters; shorten it."),
    "text-control": ("说明含有不可见的控制字符，请重新输入。", "The explanation holds invisible control characters; type it again."),
    "formula": ("单元格是公式，请复制后“选择性粘贴—数值”。", "The cell is a formula; copy it and paste as values."),
    "date": ("单元格是日期，请设为常规并填数字。", "The cell is a date; format it as General and write a number."),
    "boolean": ("单元格是逻辑值，请填数字。", "The cell is TRUE or FALSE; write a number."),
    "cell-error": ("单元格是错误值，请改正。", "The cell holds a spreadsheet error; correct it."),
    "percent-format": (
        "单元格为百分比格式，存储的数是显示值的百分之一；请设为常规并填百分数本身，如45.2。",
        "The cell is formatted as a percentage and stores a hundredth of what it shows; format it as General and write, say, 45.2.",
    ),
}  # fmt: skip


def said(code: str, **details: object) -> Text:
    """The sentence of a code; numbers and names are its details."""
    zh, en = WORDS[code]
    return Text(zh=zh.format(**details), en=en.format(**details))


KINDS: dict[str, tuple[str, Text]] = {
    "formula": ("formula", said("formula")),
    "date": ("date", said("date")),
    "boolean": ("boolean", said("boolean")),
    "error": ("cell-error", said("cell-error")),
    "percent": ("percent-format", said("percent-format")),
}
"""Kinds of cells that are neither text nor number: code and what to do."""
