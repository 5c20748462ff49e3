"""Word templates that an office edits in Word: filled in a limited process, every fault told with its place and remedy.

A template holds slots ``{{ title }}``, loops over the lists that its kind offers (``{%tr for row in rows %}`` …
``{%tr endfor %}`` repeats a table's row, ``{%p for …%}`` a paragraph) and conditions; nothing else runs.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from halfsky.plan import Fault, Faulty, Text

MAX_BYTES = 8 * 1024 * 1024
PATIENCE = 40.0  # seconds on the clock; the child's processor time is limited besides

# Code of the child → (Chinese, English), filled with the details it sends.
_MESSAGES: dict[str, tuple[str, str]] = {
    "workbook-not": ("不是 Word 文档（.docx）。请用文字处理软件另存为“Word 文档（.docx）”。", "Not a Word document (.docx). Save it from a word processor as .docx."),
    "template-not-word": ("不是 Word 文档（.docx）。请用文字处理软件另存为“Word 文档（.docx）”。", "Not a Word document (.docx). Save it from a word processor as .docx."),
    "workbook-old": ("是旧版 Word（.doc）文件，请另存为 .docx。", "An old Word file (.doc); save it as .docx."),
    "workbook-encrypted": ("文档有密码，请去掉密码后再上传。", "The document is protected by a password; remove it."),
    "workbook-macros": ("文档含有宏，请另存为不含宏的 .docx。", "The document holds macros; save it as .docx without them."),
    "template-macros": ("文档含有宏或控件，请另存为不含宏的 .docx。", "The document holds macros or controls; save it as .docx without them."),
    "workbook-unreadable": ("文档已损坏，无法读取。请用文字处理软件打开后另存为 .docx。", "The document is damaged. Open it in a word processor and save it as .docx."),
    "template-unreadable": ("文档已损坏，无法读取。请用文字处理软件打开后另存为 .docx。", "The document is damaged. Open it in a word processor and save it as .docx."),
    "template-entities": ("部件 {part} 的 XML 定义了实体，不是文字处理软件所写，已拒绝。", "Part {part} declares XML entities, which no word processor writes; refused."),
    "template-embedded": ("文档内嵌了其他文件或对象（{part}），请删除后再上传。", "The document embeds another file or object ({part}); remove it."),
    "template-external": ("文档引用了外部文件（{target}），请改为直接插入后再上传；只允许网页和邮件链接。", "The document refers to something outside it ({target}); insert it instead. Only links to web pages and mail addresses may stay."),
    "template-field": ("文档含有域 {field}，会读取外部文件，请删除。", "The document holds a field {field}, which reads from elsewhere; remove it."),
    "template-heavy": ("生成文档所需的内存或时间超出限度。请减少模板中的嵌套循环和图片。", "Filling the template takes too much memory or time. Use fewer nested loops and pictures."),
    "archive-entries": ("文档内有 {count} 个部件，超过 {most} 个，已拒绝。", "The document has {count} parts, more than {most}; refused."),
    "archive-large": ("文档解压后过大（{entry} 超过 {most} MB），已拒绝。", "The document is too large when unpacked ({entry} exceeds {most} MB); refused."),
    "archive-ratio": ("文档的部件 {entry} 压缩比超过 {most}，疑为压缩炸弹，已拒绝。", "Part {entry} of the document unpacks more than {most} times: refused as a likely zip bomb."),
    "template-syntax": ("标记写法有误，请检查花括号是否成对，循环、条件是否都有 endfor、endif。", "The markup is broken: {what} Check that braces come in pairs, and that each for and if has its endfor and endif."),
    "template-slot": ("没有名为“{what}”的填充项。可用的有：{known}。", "There is no slot '{what}'. There are: {known}."),
    "template-filter": ("不能使用“{what}”。可用的有：{known}。", "'{what}' cannot be used. There are: {known}."),
    "template-loop": ("只能对清单逐行循环，写法为“for row in 清单名”。可用的清单：{known}。", "A loop goes over one of the lists only, as in 'for row in LIST'. There are: {known}."),
    "template-nested": ("循环最多套{most}层。", "No more than {most} loops may stand within each other."),
    "template-forbidden": ("模板中不允许“{what}”，已拒绝。模板只能有填充项、循环和条件。", "'{what}' is not allowed in a template; refused. A template holds slots, loops and conditions only."),
    "template-refused": ("此处不能填充：{what}。", "This cannot be filled in: {what}"),
    "template-property": ("文档属性“{what}”中有标记，请在“文件—信息”中删去。", "The document's property '{what}' holds markup; remove it under File, Info."),
    "template-crossed": ("循环或条件的开头和结尾不在同一层。重复表格的一行请用 tr 标记，重复段落请用 p 标记，并各占一行或一段。", "A loop or condition begins and ends at different levels. Repeat a table's row with the tr form and paragraphs with the p form, each in a row or paragraph of its own."),
    "template-loose": ("填充后有文字落在正文之外，Word 会认为文件已损坏。请去掉标记中的 r，或让 p、tr 标记独占一段、一行。", "Some words would stand outside the text and Word would call the file damaged. Drop the r of the markup, or give p and tr forms a paragraph or row of their own."),
    "template-lacks": ("缺少必需的填充项 {{{{ {what} }}}}，请补上。", "The required slot {{{{ {what} }}}} is missing; put it in."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Slot:
    """What can be filled in: its meaning, and a sample: words, or a list of rows (cell → words)."""

    name: Text
    sample: str | list[dict[str, str]]
    required: bool = False


@dataclass(frozen=True)
class TemplateKind:
    """A kind of Word template. ``built_in`` makes the one that comes with Halfsky, which an office may download and edit.

    ``check`` looks at the filled sample besides, and raises ``Faulty`` for what a kind asks beyond its slots.
    """

    code: str
    name: Text
    slots: Mapping[str, Slot]
    built_in: Callable[[], bytes] = field(repr=False)
    check: Callable[[bytes], None] | None = field(default=None, repr=False)

    @property
    def sample(self) -> dict[str, Any]:
        return {name: slot.sample for name, slot in self.slots.items()}

    @property
    def shape(self) -> dict[str, list[str] | None]:
        return {
            name: None if isinstance(slot.sample, str) else list(slot.sample[0]) if slot.sample else []
            for name, slot in self.slots.items()
        }


_KINDS: dict[str, TemplateKind] = {}


def register_template(kind: TemplateKind) -> TemplateKind:
    """Make a kind known to the template pages; a kind is registered when the module that defines it is imported."""
    _KINDS[kind.code] = kind
    return kind


def template_kinds() -> dict[str, TemplateKind]:
    """Every kind, by code."""
    return dict(_KINDS)


def filled(template: bytes, kind: TemplateKind, values: Mapping[str, Any], *, file: str = "") -> bytes:
    """The template filled with values, one for each slot of its kind; the same arguments give the same bytes.

    Raises ``Faulty`` with every fault of the template: what is wrong, in which paragraph or table, and what to do.
    """
    if missing := set(kind.slots) - set(values):
        raise KeyError(f"{kind.code}: no value for {', '.join(sorted(missing))}")
    if len(template) > MAX_BYTES:
        limit = MAX_BYTES >> 20
        words = Text(
            zh=f"文件超过 {limit} MB，请压缩其中的图片。", en=f"The file exceeds {limit} MB; compress its pictures."
        )
        raise Faulty([Fault(code="template-large", file=file, message=words)])
    required = [name for name, slot in kind.slots.items() if slot.required]
    asked = {"values": dict(values), "shape": kind.shape, "required": required}
    with tempfile.TemporaryDirectory(prefix="halfsky-template-") as folder:
        source, result = Path(folder) / "template.docx", Path(folder) / "result.docx"
        source.write_bytes(template)
        faults = _run(source, result, asked)
        if faults:
            raise Faulty(_fault(fault, file) for fault in faults)
        return fixed(result.read_bytes())


def check_template(template: bytes, kind: TemplateKind, *, file: str = "") -> bytes:
    """A trial with the sample: the filled sample document, or ``Faulty``."""
    made = filled(template, kind, kind.sample, file=file)
    if kind.check is not None:
        kind.check(made)
    return made


def _run(source: Path, result: Path, asked: dict[str, Any]) -> list[dict[str, Any]]:
    environment = {
        "PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(Path(__file__).resolve().parents[2]), "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1", "OPENBLAS_NUM_THREADS": "1",
    }  # fmt: skip
    command = [sys.executable, "-P", "-m", "halfsky.reports.wordtemplate_child", str(source), str(result)]
    child = subprocess.Popen(
        command, cwd=source.parent, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )  # fmt: skip
    try:
        said, _ = child.communicate(json.dumps(asked).encode(), PATIENCE)
    except subprocess.TimeoutExpired:
        said = b""
    finally:
        child.kill()
        child.wait()
    try:
        faults: list[dict[str, Any]] = json.loads(said)["faults"]
    except ValueError:  # the child was stopped before it could answer
        return [{"code": "template-heavy"}]
    return faults if faults or result.exists() else [{"code": "template-heavy"}]


def _fault(item: dict[str, Any], file: str) -> Fault:
    code = {"workbook-heavy": "template-heavy"}.get(str(item["code"]), str(item["code"]))
    zh, en = _MESSAGES.get(code, _MESSAGES["template-unreadable"])
    zh, en = zh.format(**item), en.format(**item)
    if item.get("place") or item.get("part", "").endswith(".xml"):
        where, where_en = _where(str(item.get("place", "")), str(item.get("part", "")))
        zh, en = f"{where}：{zh}", f"{where_en}: {en}"
    return Fault(code=code.replace("workbook-", "template-"), file=file, message=Text(zh=zh, en=en))


def _where(place: str, part: str) -> tuple[str, str]:
    """第2个表格中“…”, or 页眉中“…”."""
    zh, en = "正文", "In the text"
    for name, words in {
        "header": ("页眉", "In a header"),
        "footer": ("页脚", "In a footer"),
        "footnotes": ("脚注", "In a footnote"),
    }.items():
        if part.startswith(name):
            zh, en = words
    if place.startswith("#"):
        number, place = place[1:].split(": ", 1)
        zh, en = f"{zh}第{number}个表格", f"{en}, table {number}"
    return (f"{zh}中“{place}”", f"{en}, at '{place}'") if place else (zh, en)


def fixed(content: bytes) -> bytes:
    """The same package with every entry dated 1980-01-01, the zero of the format."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name), old.read(name), zipfile.ZIP_DEFLATED)
    return made.getvalue()
