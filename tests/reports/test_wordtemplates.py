"""Word templates of an office: edited ones work, broken ones are told where and how, hostile ones are refused."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from halfsky.plan import Faulty, Text
from halfsky.reports import wordtemplate_child as child
from halfsky.reports import wordtemplates
from halfsky.reports.wordtemplates import Slot, TemplateKind, check_template, filled


def _t(words: str) -> Text:
    return Text(zh=words, en=words)


KIND = TemplateKind(
    "letter", _t("函"),
    {
        "title": Slot(_t("标题"), "提醒函", required=True),
        "rows": Slot(_t("清单"), [{"name": "甲", "value": "1"}, {"name": "乙", "value": "2"}]),
    },
    lambda: letter("{{ title }}"),
)  # fmt: skip


def letter(*paragraphs: str, table: list[list[str]] | None = None, header: str = "") -> bytes:
    """A letter as an office would type it."""
    document = Document()
    for words in paragraphs:
        document.add_paragraph(words)
    if table:
        grid = document.add_table(len(table), len(table[0]))
        for i, row in enumerate(table):
            for j, words in enumerate(row):
                grid.cell(i, j).text = words
    document.sections[0].header.paragraphs[0].text = header
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def words_of(content: bytes) -> str:
    document = Document(io.BytesIO(content))
    cells = [c.text for t in document.tables for r in t.rows for c in r.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells, document.sections[0].header.paragraphs[0].text])


def faults_of(content: bytes) -> dict[str, str]:
    with pytest.raises(Faulty) as refused:
        check_template(content, KIND)
    return {fault.code: fault.message.zh for fault in refused.value.faults}


def with_part(content: bytes, name: str, words: bytes, *, old: bytes = b"", new: bytes = b"") -> bytes:
    """The package with one part more, or with words of a part changed."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.namelist():
            held = source.read(entry)
            target.writestr(entry, held.replace(old, new) if entry == name and old else held)
        if not old:
            target.writestr(name, words)
    return made.getvalue()


def test_an_edited_template_is_filled_in_paragraphs_rows_and_headers() -> None:
    rows = [
        ["名称", "数值"],
        ["{%tr for row in rows %}", ""],
        ["{{ row.name }}", "{{ row.value }}"],
        ["{%tr endfor %}", ""],
    ]
    template = letter("关于{{ title }}的通知", "{%p for row in rows %}", "{{ loop.index }}．{{ row.name }}", "{%p endfor %}",
                      "{% if rows %}以上。{% endif %}", table=rows, header="{{ title|upper }}")  # fmt: skip
    values = {"title": "A<&>b 函", "rows": [{"name": "丙", "value": "{{ title }}"}, {"name": "丁\x07", "value": "4"}]}
    said = words_of(filled(template, KIND, values))
    assert said.split("\n") == [
        "关于A<&>b 函的通知", "1．丙", "2．丁", "以上。", "名称", "数值", "丙", "{{ title }}", "丁", "4", "A<&>B 函",
    ]  # fmt: skip
    assert filled(template, KIND, values) == filled(template, KIND, values)


def test_words_that_word_split_into_runs_are_one_slot() -> None:
    document = Document()
    line = document.add_paragraph()
    for part in ("{", "{ ti", "tle }", "}"):
        line.add_run(part).bold = True
    made = io.BytesIO()
    document.save(made)
    assert "提醒函" in words_of(check_template(made.getvalue(), KIND))


@pytest.mark.parametrize(
    ("paragraphs", "code", "said"),
    [
        (("{{ title }}", "甲{{ titel }}"), "template-slot", "正文中“甲{{ titel }}”：没有名为“titel”的填充项。可用的有：rows、title。"),
        (("{{ title }}", "{% for row in rows %}{{ row.nam }}{% endfor %}"), "template-slot", "row.name、row.value"),
        (("{{ title }", "乙"), "template-syntax", "花括号是否成对"),
        (("{{ title }}", "{% for row in rows %}丙"), "template-syntax", "endfor"),
        (("{{ title }}", "{% endif %}丁"), "template-syntax", "正文中“{% endif %}丁”"),
        (("没有填充项",), "template-lacks", "{{ title }}"),
        (("{{ title }}{{ rows|tojson }}",), "template-filter", "tojson"),
        (("{{r title }}",), "template-loose", "Word 会认为文件已损坏"),
    ],
)  # fmt: skip
def test_a_broken_template_is_told_where_and_what_to_do(paragraphs: tuple[str, ...], code: str, said: str) -> None:
    assert said in faults_of(letter(*paragraphs))[code]


def test_a_fault_in_a_table_or_a_header_names_it() -> None:
    found = faults_of(letter("{{ title }}", table=[["一", "{{ nothing }}"]]))
    assert found["template-slot"].startswith("正文第1个表格中“{{ nothing }}”")
    assert faults_of(letter("{{ title }}", header="{{ nix }}"))["template-slot"].startswith("页眉中“{{ nix }}”")


def test_a_loop_that_would_damage_the_table_is_told() -> None:
    damaged = letter("{{ title }}{% for row in rows %}", table=[["甲", "乙"], ["丙{% endfor %}", "丁"]])
    assert "tr" in faults_of(damaged)["template-crossed"]


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__.__mro__ }}", "{{ title.__class__ }}", "{{ title.upper() }}", "{{ rows.append }}",
        "{{ title['__class__'] }}", "{{ (title|default).__class__ }}", "{{ self }}", "{{ self.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}", "{{ lipsum.__globals__ }}", "{{ namespace() }}",
        "{{ title|attr('__class__') }}", "{% for x in range(10**9) %}x{% endfor %}", "{{ 'a' * 10**9 }}",
        "{% for a in ().__class__.__base__.__subclasses__() %}{{ a }}{% endfor %}", "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}", "{% extends 'x' %}", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% set x = title %}{{ x }}", "{% for row in rows recursive %}{{ loop(rows) }}{% endfor %}",
        "{{ title.format(title) }}", "{{ '%s'|format(title) }}", "{{ loop.index }}", "{{ rows[0].name.__class__ }}",
        "{% for row in rows %}{{ row.keys }}{% endfor %}", "{% for row in rows %}{{ row.__class__ }}{% endfor %}",
        "{% for row in rows %}{{ loop.__class__ }}{% endfor %}", "{% call title() %}{% endcall %}", "{% debug %}",
        "{% for a in rows %}" * 4 + "x" + "{% endfor %}" * 4, "{% for a in rows %}" * 60 + "{% endfor %}" * 60,
    ],
)  # fmt: skip
def test_a_hostile_template_is_refused(attack: str, tmp_path: Path) -> None:
    """In this process, to be quick: what a child does between its limits."""
    template, result = tmp_path / "template.docx", tmp_path / "result.docx"
    template.write_bytes(letter("{{ title }}", attack))
    try:
        faults = child.fill(str(template), str(result), KIND.sample, KIND.shape, ["title"])
    except SyntaxError:  # of the code that jinja makes: loops beyond what Python nests; a child says "unreadable"
        faults = [{"code": "template-heavy"}]
    found = {fault["code"] for fault in faults}
    assert found
    assert not result.exists()
    assert found <= {
        "template-forbidden", "template-slot", "template-filter", "template-loop", "template-syntax", "template-nested",
        "template-heavy",
    }, found  # fmt: skip


@pytest.mark.parametrize("attack", ["{{ ''.__class__.__mro__ }}", "{% for x in range(10**9) %}x{% endfor %}"])
def test_a_hostile_upload_is_answered_with_its_place(attack: str) -> None:
    found = faults_of(letter("{{ title }}", attack))
    assert all("正文中" in said for said in found.values())
    assert found


def test_markup_hidden_in_an_attribute_or_a_property_is_refused_too() -> None:
    hidden = with_part(
        letter("{{ title }}"), "word/document.xml", b"", old=b"<w:body>", new=b'<w:body xml:id="{{ self.x }}">'
    )
    assert faults_of(hidden)
    document = Document(io.BytesIO(letter("{{ title }}")))
    document.core_properties.title = "{{ title.__class__ }}"
    made = io.BytesIO()
    document.save(made)
    assert "标记" in faults_of(made.getvalue())["template-property"]


def test_the_sandbox_holds_even_where_the_walk_is_passed_by() -> None:
    """The second wall alone: what a template may not do, it cannot."""
    environment = child._environment()
    for attack in ("{{ x.__class__ }}", "{{ x.upper() }}", "{{ x['y'] }}", "{{ 'a' * 9 }}", "{{ rows.append(1) }}",
                   "{{ range(3) }}", "{{ x }}{{ nothing }}"):  # fmt: skip
        with pytest.raises(Exception, match=r".") as stopped:
            environment.from_string(attack).render(x="x", rows=[{"a": 1}])
        assert type(stopped.value).__name__ in {"SecurityError", "UndefinedError"}, attack


def _packages() -> dict[str, tuple[str, bytes]]:
    sound = letter("{{ title }}")
    rels = b"</Relationships>"
    external = b'<Relationship Id="rX" TargetMode="External" Target="%s" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s"/>'
    document_rels = "word/_rels/document.xml.rels"

    def related(target: bytes, kind: bytes) -> bytes:
        return with_part(sound, document_rels, b"", old=rels, new=external % (target, kind) + rels)

    entity = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><w>&b;</w>'
    field = b"<w:r><w:instrText>%s</w:instrText></w:r></w:p>"
    return {
        "text": ("template-not", b"hello"),
        "cut": ("template-not", sound[: len(sound) // 2]),
        "old": ("template-old", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600),
        "excel": ("template-not-word", with_part(sound, "[Content_Types].xml", b"", old=b"wordprocessingml.document.main", new=b"spreadsheetml.sheet.main")),
        "macro": ("template-macros", with_part(sound, "word/vbaProject.bin", b"macro")),
        "docm": ("template-macros", with_part(sound, "[Content_Types].xml", b"", old=b"openxmlformats-officedocument.wordprocessingml.document.main", new=b"ms-word.document.macroEnabled.main")),
        "embedded": ("template-embedded", with_part(sound, "word/embeddings/a.xlsx", b"PK")),
        "picture": ("template-external", related(b"http://evil.example/x.png", b"image")),
        "file-link": ("template-external", related(b"file:///etc/passwd", b"hyperlink")),
        "attached": ("template-embedded", related(b"http://evil.example/x.dotm", b"attachedTemplate")),
        "entities": ("template-entities", with_part(sound, "word/extra.xml", entity)),
        "utf-16": ("template-entities", with_part(sound, "word/extra.xml", entity.decode().encode("utf-16"))),
        "dde": ("template-field", with_part(sound, "word/document.xml", b"", old=b"</w:p>", new=field % b" DDEAUTO cmd /c calc ")),
        "include": ("template-field", with_part(sound, "word/document.xml", b"", old=b"</w:p>", new=field % b" INCLUDETEXT c:/x ")),
        "bomb": ("archive-ratio", with_part(sound, "word/media/a.xml", b"0" * 30_000_000)),
        "broken": ("template-unreadable", with_part(sound, "word/document.xml", b"", old=b"</w:body>", new=b"")),
    }  # fmt: skip


@pytest.mark.parametrize("name", list(_packages()))
def test_a_package_that_is_no_plain_word_document_is_refused(name: str) -> None:
    code, content = _packages()[name]
    found = faults_of(content)
    assert code in found
    assert "。" in found[code]


def test_a_web_link_may_stay_and_too_large_a_file_may_not() -> None:
    link = b'<Relationship Id="rX" TargetMode="External" Target="https://example.org/" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"/></Relationships>'
    kept = with_part(letter("{{ title }}"), "word/_rels/document.xml.rels", b"", old=b"</Relationships>", new=link)
    assert "提醒函" in words_of(check_template(kept, KIND))
    assert "template-large" in faults_of(b"PK" + b"0" * wordtemplates.MAX_BYTES)


def test_a_template_that_takes_too_long_is_stopped(monkeypatch: Any) -> None:
    monkeypatch.setattr(wordtemplates, "PATIENCE", 0.01)
    assert "时间" in faults_of(letter("{{ title }}"))["template-heavy"]
