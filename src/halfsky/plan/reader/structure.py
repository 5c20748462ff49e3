"""Splitting an official text into its parts: preface, fields with goals and measures, provisions.

Plans of this family are numbered 一、 parts, （一） fields or provisions, 1. clauses. A number counts as a
heading only where it is the next one expected, so that a line broken by a page ("35~45岁…", "3岁以下…") never
starts a clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from halfsky.plan.reader.cleaning import clean
from halfsky.plan.reader.figures import figures_in
from halfsky.plan.reader.model import Clause, FieldText, Form, PlanText, PrefaceFigure
from halfsky.plan.reader.numerals import chinese_number

_ORDINAL = "一二三四五六七八九十"
_PART = re.compile(rf"^([{_ORDINAL}]{{1,3}})、(.{{2,40}})$")
_SECTION = re.compile(rf"^（([{_ORDINAL}]{{1,3}})）(.+)$")
_ITEM = re.compile(r"(?:^|(?<=[。；：]))(\d{1,2})[.．、](?=\D)")
_GOALS = re.compile(r"^[【（]?(?:主要目标|发展目标|目标任务|具体目标)[】）]?[：。]?(?=\d|$)")
_MEASURES = re.compile(
    r"^[【（]?(?:策略措施|策略与措施|策略和措施|主要措施|支持措施|支持策略|政策措施)[】）]?[：。]?(?=\d|$)"
)
_PREFACE = re.compile(r"^(?:前言|序言|引言)$")
_PAGE_NUMBER = re.compile(r"^[-—·\s]*(?:第)?\d{1,3}(?:页)?[-—·\s]*$")
_SENTENCE_END = "。！？；：”》）"
_YEARS = re.compile(r"((?:19|20)\d\d)(?:年)?[—~-]((?:19|20)\d\d)年")


@dataclass
class _Field:
    name: str
    goals: list[Clause] = field(default_factory=list)
    measures: list[Clause] = field(default_factory=list)


@dataclass
class _Split:
    """What has been read so far, and where in the text we are."""

    title: list[str] = field(default_factory=list)
    preface: list[str] = field(default_factory=list)
    fields: list[_Field] = field(default_factory=list)
    provisions: dict[str, list[str]] = field(default_factory=lambda: {"O": [], "E": []})
    part: str = "title"  # title, preface, general, fields, O, E
    section: int = 0
    kind: str = ""  # goals, measures

    @property
    def clauses(self) -> list[Clause]:
        """The list that the next numbered clause joins."""
        current = self.fields[-1]
        return current.measures if self.kind == "measures" else current.goals


def read_text(text: str) -> PlanText:
    """Split an official text. Unknown matter (guiding thought, principles) is left out; nothing is guessed."""
    split = _Split()
    for line in _lines(text):
        _take(split, line)
    title = "".join(split.title)
    years = _YEARS.search(title)
    preface = tuple(Clause(id=f"P{n}", text=paragraph) for n, paragraph in enumerate(split.preface, start=1))
    return PlanText(
        title=title,
        start=int(years[1]) if years else None,
        end=int(years[2]) if years else None,
        preface=preface,
        fields=tuple(
            FieldText(number=n, name=f.name, goals=tuple(f.goals), measures=tuple(f.measures))
            for n, f in enumerate(split.fields, start=1)
        ),
        provisions=tuple(
            Clause(id=f"{letter}{n}", text=words)
            for letter, texts in split.provisions.items()
            for n, words in enumerate(texts, start=1)
        ),
        figures=tuple(_preface_figures(preface)),
    )


def _lines(text: str) -> Iterator[str]:
    for line in text.lstrip("\ufeff").splitlines():
        if (cleaned := clean(line)) and not _PAGE_NUMBER.match(cleaned):
            yield cleaned


def _take(split: _Split, line: str) -> None:
    if _PREFACE.match(line):
        split.part = "preface"
    elif (match := _PART.match(line)) and (part := _part_of(match[2])):
        split.part, split.section, split.kind = part, 0, ""
    elif split.part == "title":
        split.title.append(line)
    elif split.part == "preface":
        _join(split.preface, line)
    elif split.part == "fields":
        _take_field_line(split, line)
    elif split.part in split.provisions:
        section = _next_section(split, line)
        if section is not None:
            split.provisions[split.part].append(section)
        elif texts := split.provisions[split.part]:
            texts[-1] += line


def _part_of(heading: str) -> str:
    """Which part a heading opens; nothing when a body line only looks like one."""
    if heading[-1] in "。，；":
        return ""
    if re.search(r"发展领域|重点领域|策略措施", heading):
        return "fields"
    if re.search(r"监测(?:与|和)?评估|监测|评估", heading):
        return "E"
    if re.search(r"组织|实施|保障措施|组织领导", heading):
        return "O"
    if re.search(r"指导思想|基本原则|总体|规划背景|发展基础", heading):
        return "general"
    return ""


def _next_section(split: _Split, line: str) -> str | None:
    """The words after （n） when n is the section expected next."""
    match = _SECTION.match(line)
    if match and chinese_number(match[1]) == split.section + 1:
        split.section += 1
        return match[2]
    return None


def _take_field_line(split: _Split, line: str) -> None:
    section = _next_section(split, line) if len(line) <= 30 else None
    if section is not None:
        split.fields.append(_Field(name=section.rstrip("。：")))
        split.kind = "goals"
        return
    if not split.fields:
        return  # an introduction of the part, before its first field
    for kind, heading in (("goals", _GOALS), ("measures", _MEASURES)):
        if match := heading.match(line):
            split.kind, line = kind, line[match.end() :]
    _take_clauses(split, line)


def _take_clauses(split: _Split, line: str) -> None:
    """A line may hold the end of one clause and the start of others."""
    field_number, done = len(split.fields), 0
    for match in _ITEM.finditer(line):
        number, clauses = int(match[1]), split.clauses
        if split.kind == "goals" and number == 1 and len(clauses) > 1:  # the heading of the measures was lost
            _continue(split, line[done : match.start()])
            split.kind, done = "measures", match.start()
            clauses = split.clauses
        if number == len(clauses) + 1:
            _continue(split, line[done : match.start()])
            letter = "G" if split.kind == "goals" else "M"
            clauses.append(Clause(id=f"{letter}{field_number}.{number}", text=""))
            done = match.end()
    _continue(split, line[done:])


def _continue(split: _Split, words: str) -> None:
    if words and split.clauses:
        last = split.clauses[-1]
        split.clauses[-1] = Clause(id=last.id, text=last.text + words)


def _join(paragraphs: list[str], line: str) -> None:
    """A paragraph goes on where the one before did not end its sentence (a page break)."""
    if paragraphs and paragraphs[-1][-1] not in _SENTENCE_END:
        paragraphs[-1] += line
    else:
        paragraphs.append(line)


def _preface_figures(preface: tuple[Clause, ...]) -> Iterator[PrefaceFigure]:
    for paragraph in preface:
        for mention in figures_in(paragraph.text):
            if mention.form is not Form.YEAR and mention.unit != "年":
                start = max(paragraph.text.rfind(mark, 0, mention.start) for mark in "，。；") + 1
                yield PrefaceFigure(clause=paragraph.id, mention=mention, words=paragraph.text[start : mention.end])
