"""The tables of a chapter: several years, women beside men, urban beside rural, every district."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from halfsky.observations import SeriesKey
from halfsky.plan import Indicator, Residence, Sex
from halfsky.reports.report.model import Block, Cell, Column, Section, Table
from halfsky.reports.words import unit_name, year_words, years_words
from halfsky.reports.yearbook.book import Book, Chapter
from halfsky.reports.yearbook.totals import Totals

_Maker = Callable[[Book, Chapter], Table | None]


def sections(book: Book, chapter: Chapter, totals: Totals) -> list[Section]:
    """The tables that the chapter has something for, numbered 1-1, 1-2 …, each with its notes."""
    zh, place = book.zh, book.place
    span = years_words(book.years[0], book.year, book.language)
    year = year_words(book.year, book.language)
    makers: tuple[tuple[_Maker, str, bool], ...] = (
        (_years, f"主要指标（{place}，{span}）" if zh else f"Main indicators, {place}, {span}", False),
        (_sexes, f"男女对照（{place}，{year}）" if zh else f"Women and men, {place}, {year}", False),
        (_residences, f"城乡对照（{place}，{year}）" if zh else f"Urban and rural, {place}, {year}", False),
        (_districts, f"各区（市）县主要指标（{year}）" if zh else f"Main indicators by district, {year}", True),
    )
    made: list[Section] = []
    for make, title, wide in makers:
        table = make(book, chapter)
        if table is not None:
            blocks: tuple[Block, ...] = (table, *totals.notes(book, table))
            made.append(Section(2, f"{chapter.number}-{len(made) + 1}", title, blocks, "wide" if wide else ""))
    return made


def _head(indicator: Indicator, book: Book) -> tuple[Cell, Cell]:
    return Cell(indicator.name.in_language(book.language)), Cell(unit_name(indicator, book.language))


def _names(book: Book, width: float) -> tuple[Column, Column]:
    zh = book.zh
    return Column("指标" if zh else "Indicator", width), Column("单位" if zh else "Unit", 1.35 if zh else 1.7, "center")


def _sex_heads(book: Book) -> tuple[str, str]:
    return ("女", "男") if book.zh else ("Women", "Men")


def _beside_head(book: Book) -> str:
    return "女性占比\n或男女对比" if book.zh else "Share of women,\nor women to men"


def _years(book: Book, chapter: Chapter) -> Table:
    """Every indicator of the chapter: the whole of each year, women and men of the newest."""
    women, men = _sex_heads(book)
    of = f"{book.year}年其中" if book.zh else f"Of {book.year}"
    columns = (
        *_names(book, 5.2), *(Column(year_words(y, book.language), 1.55, "right") for y in book.years),
        Column(women, 1.5, "right", of), Column(men, 1.5, "right", of),
    )  # fmt: skip
    rows = []
    for indicator in chapter.indicators:
        keys = [SeriesKey(indicator.id, book.plan.region, sex) for sex in (Sex.ALL, Sex.FEMALE, Sex.MALE)]
        rows.append((
            *_head(indicator, book), *(book.cell(keys[0], y) for y in book.years),
            book.cell(keys[1], book.year), book.cell(keys[2], book.year),
        ))  # fmt: skip
    return Table("", columns, tuple(rows))


def _sexes(book: Book, chapter: Chapter) -> Table | None:
    """Indicators by sex: the base year, the year before and the newest, and women beside men."""
    indicators = [i for i in chapter.indicators if book.by_sex(i)]
    if not indicators:
        return None
    women, men = _sex_heads(book)
    before = [y for y in dict.fromkeys((book.years[0], book.year - 1)) if y in book.years and y < book.year]
    columns = [*_names(book, 4.2 if book.zh else 3.6)]
    for y in before:
        group = year_words(y, book.language)
        columns += [Column(women, 1.6, "right", group), Column(men, 1.6, "right", group)]
    now = year_words(book.year, book.language)
    heads = (
        ("合计" if book.zh else "All", 1.7),
        (women, 1.6),
        (men, 1.6),
        (_beside_head(book), 2.9 if book.zh else 3.4),
    )
    columns += [Column(head, width, "right", now) for head, width in heads]
    rows = []
    for indicator in indicators:
        all_, first, second = (
            SeriesKey(indicator.id, book.plan.region, sex) for sex in (Sex.ALL, Sex.FEMALE, Sex.MALE)
        )
        rows.append((
            *_head(indicator, book), *(book.cell(key, y) for y in before for key in (first, second)),
            *(book.cell(key, book.year) for key in (all_, first, second)),
            book.beside(indicator, book.plan.region, book.year),
        ))  # fmt: skip
    return Table("", tuple(columns), tuple(rows))


def _residences(book: Book, chapter: Chapter) -> Table | None:
    """Indicators by residence, with women and men beside, and urban to rural."""
    indicators = [i for i in chapter.indicators if book.by_residence(i)]
    if not indicators:
        return None
    women, men = _sex_heads(book)
    heads = (
        ("合计" if book.zh else "All", 1.7), (women, 1.6), (men, 1.6), ("城镇" if book.zh else "Urban", 1.6),
        ("农村" if book.zh else "Rural", 1.6), ("城镇占比\n或城乡对比" if book.zh else "Share of urban,\nor urban to rural", 2.9),
    )  # fmt: skip
    columns = (*_names(book, 5.2), *(Column(head, width, "right") for head, width in heads))
    rows = []
    for indicator in indicators:
        key = SeriesKey(indicator.id, book.plan.region)
        split = [SeriesKey(indicator.id, book.plan.region, sex) for sex in (Sex.FEMALE, Sex.MALE)]
        split += [SeriesKey(indicator.id, book.plan.region, residence=r) for r in (Residence.URBAN, Residence.RURAL)]
        rows.append((
            *_head(indicator, book), *(book.cell(k, book.year) for k in (key, *split)),
            book.compared(indicator, split[2], split[3], book.year),
        ))  # fmt: skip
    return Table("", columns, tuple(rows))


def _districts(book: Book, chapter: Chapter) -> Table | None:
    """Every place beside the whole; women and men in rows of their own below the total."""
    indicators = [i for i in chapter.indicators if book.districts and "district" in i.levels]
    if not indicators:
        return None
    places = (book.plan.region, *book.districts)
    columns = (*_names(book, 4.6 if book.zh else 5.2), *(Column(book.name(code), 1.75, "right") for code in places))
    women, men = _sex_heads(book)
    rows: list[Sequence[Cell]] = []
    for indicator in indicators:
        name, unit = _head(indicator, book)
        if not indicator.additive:
            name = Cell(f"{name.text}*")
        rows.append((name, unit, *(book.cell(SeriesKey(indicator.id, code), book.year) for code in places)))
        if book.by_sex(indicator):
            for sex, words in ((Sex.FEMALE, women), (Sex.MALE, men)):
                cells = (book.cell(SeriesKey(indicator.id, code, sex), book.year) for code in places)
                rows.append((Cell(f"　{words}" if book.zh else f"  {words}"), unit, *cells))
    return Table("", columns, tuple(map(tuple, rows)))
