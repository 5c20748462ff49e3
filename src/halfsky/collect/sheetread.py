"""Reading an Excel form back: what each cell of the draft would hold, what is refused and why, and nothing guessed.

A block of the form (one indicator) is read only when every line of it is there once, with the labels it was given: lines
that were sorted, cut out or shifted never put a number under another indicator's name.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from typing import Any

from halfsky.collect.actions.filling import FIELDS, CellChange, settled
from halfsky.collect.checking import observation
from halfsky.collect.models import Entry, Return
from halfsky.collect.sheetlayout import (
    FIRST,
    HEAD,
    IDENTITY,
    KEY,
    LABEL,
    PLAIN,
    SHEET,
    UNIT,
    Block,
    Cut,
    Held,
    Layout,
    Line,
    address,
    held,
    layout,
    one_line_end,
    seal,
)  # fmt: skip
from halfsky.collect.sheettyped import NO_VALUE, Problem, item_name, shown, typed_cell
from halfsky.collect.sheetwords import FOREIGN, WORDS, said
from halfsky.observations import SheetRow
from halfsky.observations.bounds import Cuts, range_faults
from halfsky.observations.numbers import exact, read_number
from halfsky.observations.quotient import agrees
from halfsky.plan import Fault, Faulty, Plan, Text
from halfsky.plan.wording import Language

# Half a rate is a draft in the making; that a return is complete is asked when it is submitted.
_LATER = frozenset({"quotient-half", "value-missing", "cut-unknown"})
_ITEM_OF = {"OBS_VALUE": "value", "NUMERATOR": "numerator", "DENOMINATOR": "denominator"}

Raw = Mapping[int, tuple[str, str]]  # column from 1 → kind and text, as the workbook's reader tells it


@dataclass(frozen=True, slots=True)
class Told:
    """One cell of the form in the dry run: where it stands, what it holds now and would hold, or why it is refused."""

    address: str
    label: str
    cut: Cut
    now: str
    then: str
    code: str = ""
    refused: Text | None = None
    note: Text | None = None


@dataclass(frozen=True)
class DryRun:
    """What an upload would do. With ``faults`` the file is refused as a whole and nothing else is told."""

    faults: tuple[Fault, ...] = ()
    told: tuple[Told, ...] = ()
    changes: tuple[CellChange, ...] = ()
    unchanged: int = 0

    @property
    def changed(self) -> tuple[Told, ...]:
        return tuple(t for t in self.told if t.refused is None)

    @property
    def refused(self) -> tuple[Told, ...]:
        return tuple(t for t in self.told if t.refused is not None)

    @cached_property
    def seen(self) -> str:
        """A fingerprint of everything that would be written, versions included: what a confirmation confirms."""
        return sha256(repr(self.changes).encode()).hexdigest()


def dry_run(
    plan: Plan,
    sheet: Return,
    rows: Sequence[SheetRow],
    *,
    entries: Iterable[Entry] | None = None,
    erase: bool = False,
    file: str = "",
    shown_in: Language = "zh",
) -> DryRun:
    """Compare a form with the draft. ``erase``: a blank on the form empties what the draft holds; else it does not.

    ``shown_in`` is the language in which names are told, whatever the form's own is.
    """
    form = layout(plan, sheet, sheet.entries.all() if entries is None else entries)
    by_row = {row.number - 1: row.cells for row in rows}
    try:
        language = _identified(form, by_row, file)
    except Faulty as error:
        return DryRun(faults=error.faults)
    return _Reader(form, by_row, language, shown_in, erase).run()


def _whole(code: str, file: str, cell: str = "", **details: object) -> Faulty:
    return Faulty([Fault(code=code, file=file, sheet=SHEET if cell else "", cell=cell, message=said(code, **details))])


def _identified(form: Layout, rows: Mapping[int, Raw], file: str) -> Language:
    """The language of the form, once it is sure that it is this return's, of this structure, with heads in place."""
    kind, text = rows.get(0, {}).get(KEY + 1, ("", ""))
    if kind != "text" or not text.startswith(IDENTITY + " "):
        raise _whole("form-unknown", file, "A1")
    try:
        found: Any = json.loads(text.removeprefix(IDENTITY))
        language: Language = "en" if found["language"] == "en" else "zh"
    except (ValueError, TypeError, KeyError, RecursionError):
        raise _whole("form-unknown", file, "A1") from None
    wanted = form.identity(language)
    if found.get("plan") != wanted["plan"]:
        raise _whole("form-plan", file)
    if (found.get("region"), found.get("unit")) != (wanted["region"], wanted["unit"]):
        raise _whole("form-unit", file, unit=form.sheet.office.name_zh)
    if found.get("year") != wanted["year"]:
        raise _whole("form-year", file, found=str(found.get("year"))[:10], year=wanted["year"])
    if found.get("return") != wanted["return"]:
        raise _whole("form-return", file)
    if found.get("structure") != wanted["structure"]:
        raise _whole("form-older", file)
    heads = [row for row, cells in rows.items() if cells.get(KEY + 1, ("", ""))[1] == HEAD]
    if len(heads) != 1:
        raise _whole("form-head", file, address(heads[1] if heads else form.head, KEY), head="")
    for i, name in enumerate(form.heads(language)):
        if rows[heads[0]].get(FIRST + i + 1, ("", ""))[1].strip() != name:
            raise _whole("form-head", file, address(heads[0], FIRST + i), head=name)
    return language


class _Reader:
    """Reads one form against one draft."""

    def __init__(
        self, form: Layout, rows: Mapping[int, Raw], language: Language, shown_in: Language, erase: bool
    ) -> None:
        self.form, self.rows, self.language, self.shown_in, self.erase = form, rows, language, shown_in, erase
        self.cuts = Cuts(form.plan)
        self.told: list[Told] = []
        self.changes: list[CellChange] = []
        self.unchanged = 0
        self.at: dict[str, list[int]] = {}
        self.bases: dict[tuple[str, Cut], tuple[int, str]] = {}

    def run(self) -> DryRun:
        self._find_lines()
        for block in self.form.blocks:
            where = self._whole_block(block)
            if where is None:
                continue
            for cut, entry in block.entries.items():
                self._cell(block, cut, entry, where)
        self._strays()
        return DryRun(told=tuple(self.told), changes=tuple(self.changes), unchanged=self.unchanged)

    def _find_lines(self) -> None:
        for row, cells in sorted(self.rows.items()):
            kind, text = cells.get(KEY + 1, ("", ""))
            key, _, bases = text.partition("|value|")
            if bases:
                key += "|value"
                for part in bases.split(","):
                    cut, _, rest = part.partition(":")
                    version, _, mark = rest.partition(":")
                    if version.isascii() and version.isdigit() and len(version) < 10:
                        sex, _, residence = cut.partition("/")
                        self.bases[key, (sex, residence)] = int(version), mark
            if kind == "text":
                self.at.setdefault(key or text, []).append(row)

    def _whole_block(self, block: Block) -> dict[str, int] | None:
        """The row of each line of a block; where it is not whole, every cell of it is refused by the first reason."""
        where: dict[str, int] = {}
        for line in block.lines:
            rows = self.at.get(line.key, [])
            expected = block.row(line.item)
            if len(rows) != 1:
                code = "line-twice" if rows else "line-missing"
                self._refuse_block(block, line, rows[1] if rows else expected, code)
                return None
            row = where[line.item] = rows[0]
            for column, words in ((LABEL, line.label(self.language)), (UNIT, line.unit(self.language))):
                text = self.rows[row].get(column + 1, ("", ""))[1]
                if _squeezed(text) != _squeezed(words):
                    self._refuse_block(block, line, row, "line-label", column)
                    return None
        if any((block.lines[0].key, cut) not in self.bases for cut in block.entries):
            self._refuse_block(block, block.lines[0], where["value"], "line-key", KEY)
            return None
        return where

    def _refuse_block(self, block: Block, line: Line, row: int, code: str, column: int = LABEL) -> None:
        message = said(code, label=line.label("zh"), label_en=line.label("en"))
        for cut in block.entries:
            name = block.indicator.name.in_language(self.shown_in)
            self.told.append(Told(address(row, column), name, cut, "", "", code, message))

    def _cell(self, block: Block, cut: Cut, entry: Entry, where: Mapping[str, int]) -> None:
        column = FIRST + self.form.cuts.index(cut)
        notes: dict[str, Text] = {}
        now = held(entry)
        typed: Held = {}

        def problem(item: str, code: str, message: Text, then: str = "") -> None:
            label = block.lines[0].label(self.shown_in) + (
                "" if item == "value" else f" · {item_name(item, self.shown_in)}"
            )
            if not then:
                then = self._text(where[item], column)[1][:80]
            self.told.append(
                Told(address(where[item], column), label, cut, shown(now, item, self.shown_in), then, code, message)
            )

        faulty = False
        for line in block.lines:
            kind, text = self._text(where[line.item], column)
            try:
                if line.computed:
                    continue
                typed[line.item] = typed_cell(line.item, kind, text, notes)
            except Problem as found:
                faulty = True
                problem(found.item, found.code, found.message)
        if faulty:
            return
        try:
            version, mark = self.bases[block.lines[0].key, cut]
            words = [i for i in block.numbers if isinstance(typed[i], str)]
            if not words and seal(block, typed) == mark:
                self._computed(block, where, column, typed)
                self.unchanged += 1
                return
            change = self._wanted(block, entry, typed, words)
            content = settled(block.indicator, change)
            if {f: getattr(entry, f) for f in FIELDS} == content:
                self._computed(block, where, column, typed)
                self.unchanged += 1
                return
            self._possible(block, entry, content)
            self._computed(block, where, column, typed)
        except Problem as found:
            problem(found.item, found.code, found.message)
            return
        except Faulty as error:  # more digits than can be kept
            problem(block.numbers[0], error.faults[0].code, error.faults[0].message)
            return
        then = held(_with(entry, content))
        if version != entry.version:
            who = entry.changed_by or "—"
            item = next(
                (i for i in (*block.numbers, "status", "confidentiality", "comment") if now[i] != then[i]), "value"
            )
            problem(item, "cell-conflict", said("cell-conflict", who=who), shown(then, item, self.shown_in))
            return
        self.changes.append(change)
        for line in block.lines:
            if now[line.item] != then[line.item]:
                label = block.lines[0].label(self.shown_in)
                label += "" if line.item == "value" else f" · {item_name(line.item, self.shown_in)}"
                old, new = (shown(h, line.item, self.shown_in) for h in (now, then))
                self.told.append(
                    Told(address(where[line.item], column), label, cut, old, new, note=notes.get(line.item))
                )

    def _text(self, row: int, column: int) -> tuple[str, str]:
        return self.rows[row].get(column + 1, ("text", ""))

    def _wanted(self, block: Block, entry: Entry, typed: Held, words: Sequence[str]) -> CellChange:
        """The change that the form asks for, blanks read by the rule that the user chose."""
        status = str(typed["status"])
        if words:
            said_so = {str(typed[i]) for i in words}
            other = [i for i in block.numbers if typed[i] is not None and i not in words]
            if len(said_so) > 1 or other or (status and status not in said_so):
                raise Problem(words[0], "status-two", said("status-two"))
            status = said_so.pop()
        numbers: dict[str, Decimal | None] = {
            i: x if isinstance(x := typed[i], Decimal) else None for i in block.numbers
        }
        if status in NO_VALUE:
            if given := [i for i in block.numbers if numbers[i] is not None]:
                raise Problem(given[0], "value-with-status", said("value-with-status"))
        else:
            given = [i for i in block.numbers if numbers[i] is not None]
            if not self.erase:
                numbers = {i: held(entry)[i] if x is None else x for i, x in numbers.items()}  # type: ignore[misc]
            if not status and not self.erase and not (given and entry.status in NO_VALUE):
                status = entry.status
            if status and status not in NO_VALUE and any(x is None for x in numbers.values()):
                if typed["status"]:
                    raise Problem("status", "status-without-value", said("status-without-value"))
                status = ""
        confidentiality = str(typed["confidentiality"]) or (
            PLAIN["confidentiality"] if self.erase else entry.confidentiality
        )
        comment = str(typed["comment"]) or ("" if self.erase else entry.comment)
        if one_line_end(comment) == one_line_end(entry.comment):
            comment = entry.comment
        return CellChange(
            entry.pk, entry.version, numbers.get("value"), numbers.get("numerator"), numbers.get("denominator"),
            status, confidentiality, comment,
        )  # fmt: skip

    def _possible(self, block: Block, entry: Entry, content: Mapping[str, Any]) -> None:
        """Refuse what cannot be: the bounds of one figure. What figures say of each other is asked later."""
        value = content["value"]
        if value is not None and not exact(value):
            raise Problem(block.numbers[0], "number-digits", said("quotient-digits"))
        changed = _with(entry, content)
        if not changed.status and any(content[i] is not None for i in block.numbers):
            changed.status = "A"  # half a rate: its half may be impossible already
        made = observation(changed, self.form.sheet)
        if made is None:
            return
        for column, code, message in range_faults(block.indicator, made, self.cuts):
            if code in _LATER:
                continue
            item = _ITEM_OF.get(column, "value")
            if item not in block.numbers:
                item = block.numbers[0]
            raise Problem(item, code, said(code) if code in WORDS else message)

    def _computed(self, block: Block, where: Mapping[str, int], column: int, typed: Held) -> None:
        """A rate's own cell holds the form's formula or nothing; a number typed over it has to agree with its parts."""
        if block.indicator.scale is None:
            return
        kind, text = self._text(where["value"], column)
        if kind == "formula" or not text.strip():
            return
        top, bottom = typed["numerator"], typed["denominator"]
        number = read_number(text).number if kind in {"text", "number"} else None
        if (
            number is None
            or not isinstance(top, Decimal)
            or not isinstance(bottom, Decimal)
            or not bottom
            or not agrees(block.indicator, number, top, bottom)
        ):
            raise Problem("value", "value-computed", said("value-computed"))

    def _strays(self) -> None:
        """Something beside or below the cells of the form: told, so that no figure is lost there unseen."""
        lines = {line.key: line for line in self.form.lines()}
        known = {row: lines[key] for key, rows in self.at.items() if key in lines for row in rows}
        top = next(row for row, cells in self.rows.items() if cells.get(KEY + 1, ("", ""))[1] == HEAD)
        for row, cells in sorted(self.rows.items()):
            if row <= top:
                continue
            line = known.get(row)
            for column, (_, text) in sorted(cells.items()):
                inside = FIRST <= column - 1 < self.form.after
                of_form = line is not None and (not inside or self.form.cuts[column - 1 - FIRST] in line.block.entries)
                if text.strip() and inside and not of_form:
                    self.told.append(
                        Told(address(row, column - 1), "", FOREIGN, "", text[:80], "cell-stray", said("cell-stray"))
                    )


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _with(entry: Entry, content: Mapping[str, Any]) -> Entry:
    """A copy of a cell that is not saved."""
    made = Entry(**{f.attname: getattr(entry, f.attname) for f in Entry._meta.concrete_fields})
    for name, held_ in content.items():
        setattr(made, name, held_)
    return made
