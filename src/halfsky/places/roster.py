"""Units and people by the dozen from a workbook: a template to fill in, a reading, and one action that takes it whole.

Two sheets: ``单位 units`` and ``人员 people``. Each cell that names a role, a place or a unit begins with its code; what
follows the first blank is for people. A workbook is taken as a whole or not at all, and every fault names its cell.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter
from django.db import transaction

from halfsky.audit.actions import one_writer, record
from halfsky.observations import SheetRow, read_sheet
from halfsky.places.actions.access import invite
from halfsky.places.actions.people import add_person, appoint, is_email, person_faults, post_fault, taken
from halfsky.places.models import Office, Post, Region, User
from halfsky.places.policy import Principal
from halfsky.places.queries import offices, regions
from halfsky.places.roles import ROLES, Permission, Reach
from halfsky.plan import Fault, Faulty, Text

UNITS, PEOPLE, CODES = "单位 units", "人员 people", "代码 codes"
UNIT_HEADER = ("单位代码 unit", "地区 place", "名称 name", "英文名称 English name", "邮箱 e-mail")
PEOPLE_HEADER = ("姓名 name", "登录名 sign-in name", "邮箱 e-mail", "角色 role", "地区 place", "单位 unit")
_SPARE_ROWS = 1_000
_MOST = 5_000


@dataclass(frozen=True, slots=True)
class NewOffice:
    unit: str
    region: str
    name_zh: str
    name_en: str
    email: str


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A row of people; ``exists``: the sign-in name is there, so the row only gives a post."""

    full_name: str
    username: str
    email: str
    role: str
    region: str
    unit: str | None
    exists: bool


@dataclass(frozen=True, slots=True)
class Roster:
    """What a workbook asks for. Nothing of it may be taken when there is a fault."""

    offices: tuple[NewOffice, ...] = ()
    people: tuple[NewPerson, ...] = ()
    faults: tuple[Fault, ...] = ()


def template(by: Principal) -> bytes:
    """The empty workbook, with drop-downs of the roles, places and units within reach."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(out, options)
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    people, units, codes = (book.add_worksheet(name) for name in (PEOPLE, UNITS, CODES))
    places = [f"{r.code} {r.name_zh}" for r in regions(by, Permission.PEOPLE_MANAGE)]
    known = sorted({f"{o.unit} {o.name_zh}" for o in offices(by)})
    lists = {
        "角色 role": [f"{code} {role.name.zh}" for code, role in ROLES.items()], "地区 place": places, "单位 unit": known
    }  # fmt: skip
    ranges = {}
    for i, (name, values) in enumerate(lists.items()):
        codes.write(0, i, name, head)
        codes.write_column(1, i, values)
        codes.set_column(i, i, 36)
        letter = chr(ord("A") + i)
        ranges[name] = f"='{CODES}'!${letter}$2:${letter}${max(len(values), 1) + 1}"
    for sheet, header in ((people, PEOPLE_HEADER), (units, UNIT_HEADER)):
        sheet.write_row(0, 0, header, head)
        sheet.set_column(0, len(header) - 1, 24)
        sheet.freeze_panes(1, 0)
        for column, name in enumerate(header):
            if name in ranges:
                # A warning only: a unit named on the other sheet is not in the list yet.
                rule = {"validate": "list", "source": ranges[name], "error_type": "warning"}
                sheet.data_validation(1, column, _SPARE_ROWS, column, rule)
    book.close()
    return out.getvalue()


def read_roster(source: Path | bytes, *, by: Principal, file: str = "") -> Roster:
    """What the workbook asks for and everything that is wrong with it; nothing is written."""
    faults: list[Fault] = []
    unit_rows = _table(source, UNITS, UNIT_HEADER, file, faults)
    people_rows = _table(source, PEOPLE, PEOPLE_HEADER, file, faults) if not _unreadable(faults) else []
    new_offices = [office for row in unit_rows if (office := _office(row, by)) is not None]
    coming = {(o.unit, o.region) for o in new_offices}
    new_people = [person for row in people_rows if (person := _person(row, by, coming)) is not None]
    _repeated(unit_rows, lambda r: (r.code(0), r.code(1)), 0)
    _repeated(people_rows, lambda r: (r[1].lower(), r.code(3), r.code(4), r.code(5)), 1)
    names: dict[str, str] = {}
    for row in people_rows:  # one sign-in name over several rows is one person with several posts
        if names.setdefault(row[1].lower(), row[0]) != row[0]:
            row.wrong(0, "name-differs", "同一登录名的姓名不一致。", "The same sign-in name has another name above.")
    if not faults and not unit_rows and not people_rows:
        message = Text(zh="工作簿里没有填写任何一行。", en="No row is filled in.")
        faults.append(Fault(code="roster-empty", message=message, file=file, sheet=PEOPLE, cell="A2"))
    if faults:
        return Roster(faults=tuple(faults))
    return Roster(tuple(new_offices), tuple(new_people))


@dataclass(frozen=True, slots=True)
class _Line:
    """A filled row, its texts by column from 0, and where its faults go."""

    sheet: str
    number: int
    texts: tuple[str, ...]
    file: str
    faults: list[Fault]

    def __getitem__(self, column: int) -> str:
        return self.texts[column]

    def code(self, column: int) -> str:
        """The code with which a cell begins: ``clerk 成员单位填报人`` is ``clerk``."""
        return self.texts[column].split()[0] if self.texts[column] else ""

    def wrong(self, column: int, code: str, zh: str, en: str) -> None:
        self.take(column, Fault(code=code, message=Text(zh=zh, en=en)))

    def take(self, column: int, fault: Fault) -> None:
        cell = f"{chr(ord('A') + column)}{self.number}"
        self.faults.append(fault.model_copy(update={"file": self.file, "sheet": self.sheet, "cell": cell}))


def _unreadable(faults: Sequence[Fault]) -> bool:
    return any(fault.code.startswith(("workbook-", "archive-", "file-")) for fault in faults)


def _table(source: Path | bytes, sheet: str, header: tuple[str, ...], file: str, faults: list[Fault]) -> list[_Line]:
    """The rows below the header; what is wrong with the sheet goes to ``faults``."""
    rows, found = read_sheet(source, sheet=sheet, file=file, most=_MOST)
    faults += found
    if found:
        return []
    given = tuple(rows[0].cells.get(i + 1, ("", ""))[1].strip() for i in range(len(header))) if rows else ()
    if given != header or rows[0].number != 1:
        message = Text(
            zh=f"表头有误。第一行应依次为：{'，'.join(header)}。请使用模板。",
            en=f"The header is wrong. The first row must be: {', '.join(header)}. Use the template.",
        )
        faults.append(Fault(code="header-wrong", message=message, file=file, sheet=sheet, cell="A1"))
        return []
    lines = [_line(row, sheet, len(header), file, faults) for row in rows[1:]]
    return [line for line in lines if any(line.texts)]


def _line(row: SheetRow, sheet: str, width: int, file: str, faults: list[Fault]) -> _Line:
    texts = tuple(row.cells.get(i + 1, ("", ""))[1].strip() for i in range(width))
    line = _Line(sheet, row.number, texts, file, faults)
    for column, (kind, _) in row.cells.items():
        if column > width:
            line.wrong(
                min(column - 1, 25), "row-width", "表头以外有内容，请删除。", "Something stands right of the table."
            )
        elif kind not in {"text", "number"}:
            line.wrong(
                column - 1,
                "cell-kind",
                "此格不是文字（公式、日期等），请改为文字。",
                "This cell is no text; type the text.",
            )
    return line


def _office(row: _Line, by: Principal) -> NewOffice | None:
    before = len(row.faults)
    unit, region = row.code(0), row.code(1)
    if not unit or len(unit) > 48 or not all(c.isascii() and (c.isalnum() or c in "-_") for c in unit):
        row.wrong(
            0,
            "unit-code",
            "单位代码须为 1 至 48 个英文字母、数字或连字符。",
            "A unit's code has 1 to 48 letters, digits or hyphens.",
        )
    if not Region.objects.filter(code=region, until__isnull=True).exists():
        row.wrong(1, "region-unknown", f"没有地区“{region[:40]}”。", f"There is no place '{region[:40]}'.")
    elif not by.may(Permission.PLACES_MANAGE, region=region):
        row.wrong(1, "region-reach", "您无权管理此地区的单位。", "You may not manage units of this place.")
    elif Office.objects.filter(unit=unit, region=region).exists():
        row.wrong(0, "office-there", "该地区已有此单位。", "This place has this unit already.")
    if not row[2] or len(row[2]) > 120:
        row.wrong(2, "office-name", "单位名称须为 1 至 120 个字。", "An office's name has 1 to 120 characters.")
    if len(row[3]) > 160:
        row.wrong(3, "office-name", "英文名称不得超过 160 个字符。", "The English name has at most 160 characters.")
    if row[4] and not is_email(row[4]):
        row.wrong(4, "email-wrong", "不是电子邮箱地址。", "This is no e-mail address.")
    return NewOffice(unit, region, row[2], row[3], row[4]) if len(row.faults) == before else None


_COLUMN = {"full-name": 0, "name-wrong": 1, "email-wrong": 2, "role-unknown": 3, "post-level": 3,
           "region-unknown": 4, "post-office": 5, "office-unknown": 5}  # fmt: skip


def _person(row: _Line, by: Principal, coming: set[tuple[str, str]]) -> NewPerson | None:
    before = len(row.faults)
    for fault in person_faults(username=row[1], full_name=row[0], email=row[2]):
        row.take(_COLUMN[fault.code], fault)
    role, region, unit = row.code(3), row.code(4), row.code(5) or None
    refusal = post_fault(role, region, unit)
    if refusal is not None and not (refusal.code == "office-unknown" and (unit, region) in coming):
        row.take(_COLUMN[refusal.code], refusal)
    elif not by.may(Permission.PEOPLE_MANAGE, region=region):
        row.wrong(4, "region-reach", "您无权管理此地区的人员。", "You may not manage people of this place.")
    user = User.objects.filter(username__iexact=row[1]).first()
    if user is not None:
        if user.username != row[1] or user.full_name != row[0]:
            row.take(1, taken(row[1]))
        elif Post.objects.filter(
            user=user, role=role, region=region, office__unit=unit, until__isnull=True
        ).exists():  # fmt: skip
            row.wrong(3, "post-held", "此人已任此岗位。", "This person holds this post already.")
    if len(row.faults) != before:
        return None
    return NewPerson(
        row[0], row[1], row[2], role, region, unit if ROLES[role].reach is Reach.OFFICE else None, user is not None
    )


def _repeated(rows: Sequence[_Line], key: Callable[[_Line], object], column: int) -> None:
    counts = Counter(key(row) for row in rows)
    for row in rows:
        if counts[key(row)] > 1:
            row.wrong(column, "row-repeated", "此行与另一行相同。", "This row is there twice.")


@transaction.atomic
def take_roster(roster: Roster, *, by: Principal, reason: str = "") -> list[tuple[User, str]]:
    """Carry out what was read: offices, people, posts, and an invitation for each new person, or nothing at all.

    What changed since it was read raises ``Faulty`` or ``Forbidden``. The links are returned to be handed out.
    """
    one_writer()
    if roster.faults:
        raise Faulty(roster.faults)
    for office in roster.offices:
        actor = by.need(Permission.PLACES_MANAGE, region=office.region)
        _, new = Office.objects.get_or_create(
            unit=office.unit, region=office.region,
            defaults={"name_zh": office.name_zh, "name_en": office.name_en, "email": office.email},
        )  # fmt: skip
        if not new:
            message = Text(
                zh=f"{office.region} 已有单位“{office.unit}”。", en=f"'{office.unit}' is in {office.region} already."
            )
            raise Faulty([Fault(code="office-there", message=message)])
        record(
            by=actor, action="places.add-office", subject=f"office:{office.unit}@{office.region}",
            after={"name_zh": office.name_zh, "name_en": office.name_en, "email": office.email}, reason=reason,
        )  # fmt: skip
    added: dict[str, User] = {}
    for p in roster.people:
        user = added.get(p.username) or User.objects.filter(username=p.username).first()
        if user is None or not (p.exists or p.username in added):
            user = added[p.username] = add_person(username=p.username, full_name=p.full_name, email=p.email, by=by)
        appoint(user=user, role=p.role, region=p.region, unit=p.unit, by=by, reason=reason)
    return [(user, invite(user=user, by=by)) for user in added.values()]
