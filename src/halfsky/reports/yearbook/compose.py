"""The yearbook as a report: compiler's notes, a chapter for each field, definitions and sources.

Pure: the same book gives the same report.
"""

from __future__ import annotations

from datetime import date

from halfsky.reports.report.annex import entry_of
from halfsky.reports.report.compose import mark_of
from halfsky.reports.report.model import Block, Entries, Paragraph, Report, Section
from halfsky.reports.report.phrases import chinese_number
from halfsky.reports.words import years_words
from halfsky.reports.yearbook.book import Book, Chapter
from halfsky.reports.yearbook.preface import notes, sources
from halfsky.reports.yearbook.tables import sections
from halfsky.reports.yearbook.totals import Totals


def compose(book: Book, *, made: date, number: str = "") -> Report:
    """The whole yearbook; ``made`` is the day that it was put together."""
    zh, plan = book.zh, book.plan
    totals = Totals.of(book)
    every: list[Section] = [
        Section(1, "", "编者说明" if zh else "Compiler's notes", tuple(map(Paragraph, notes(book))), "new")
    ]
    for chapter in book.chapters:
        every += _chapter(book, chapter, totals)
    every.append(Section(1, "", "资料来源" if zh else "Sources", tuple(map(Paragraph, sources(book))), "new"))
    day = f"{made.year}年{made.month}月{made.day}日" if zh else made.isoformat()
    return Report(
        language=book.language,
        title=f"{book.place}妇女统计资料" if zh else f"Women and men in {book.place}: statistics",
        subtitle=f"{book.year}年" if zh else str(book.year),
        issuer=plan.source.publisher.in_language(book.language),
        number=number,
        facts=(
            ("资料年份" if zh else "Years", years_words(book.years[0], book.year, book.language)),
            ("统计地区" if zh else "Region", book.place),
            ("所据规划" if zh else "Plan", plan.short_title.in_language(book.language)),
            ("编印日期" if zh else "Compiled", day),
        ),
        made=made,
        mark=mark_of(book.demonstration, book.language),
        sections=tuple(every),
        look="book",
    )


def _chapter(book: Book, chapter: Chapter, totals: Totals) -> list[Section]:
    zh = book.zh
    tables = sections(book, chapter, totals)
    number = f"{chinese_number(chapter.number)}、" if zh else str(chapter.number)
    entries = Entries(tuple(entry_of(book.plan, indicator, book.language) for indicator in chapter.indicators))
    blocks: tuple[Block, ...] = (Paragraph(_opening(book, chapter)), *(Paragraph(s.heading, "item") for s in tables))
    return [
        Section(1, number, chapter.title, blocks, "new"),
        *tables,
        Section(2, "", "主要统计指标解释" if zh else "Definitions", (entries,)),
    ]


def _opening(book: Book, chapter: Chapter) -> str:
    """What the chapter holds, in numbers of its own indicators."""
    n = len(chapter.indicators)
    sexes, residences = (sum(map(split, chapter.indicators)) for split in (book.by_sex, book.by_residence))
    women = sum(i.population == "women" and not book.by_sex(i) for i in chapter.indicators)
    below = sum("district" in i.levels for i in chapter.indicators) if book.districts else 0
    if book.zh:
        parts = [f"分性别的{sexes}个" if sexes else "", f"只统计女性的{women}个" if women else ""]
        parts += [f"分城乡的{residences}个" if residences else "", f"统计到区（市）县的{below}个" if below else ""]
        told = "，其中" + "、".join(filter(None, parts)) if any(parts) else ""
        return f"本章反映{book.place}“{chapter.title}”领域的情况，收录指标{n}个{told}。"
    parts = [f"{sexes} by sex" if sexes else "", f"{women} of women only" if women else ""]
    parts += [f"{residences} by residence" if residences else "", f"{below} down to the districts" if below else ""]
    told = ": " + ", ".join(filter(None, parts)) if any(parts) else ""
    return f"This chapter shows {book.place} in the field “{chapter.title}”, by {n} indicators{told}."
