"""Writing the annual monitoring report 年度监测报告 to files."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from django.db import transaction
from django.utils import timezone

from halfsky.alerts import queries as alerts
from halfsky.assess import Verdict
from halfsky.audit.actions import record
from halfsky.audit.models import Actor
from halfsky.collect import queries as collect
from halfsky.observations import Confidentiality, Figures, Observation, SeriesKey, Status
from halfsky.observations.derive import with_derived
from halfsky.plan import Plan
from halfsky.reports.report.compose import compose
from halfsky.reports.report.model import Report
from halfsky.reports.report.pdf import pdf
from halfsky.reports.report.word import word
from halfsky.reports.words import Language

Format = Literal["docx", "pdf"]
_WRITERS: dict[Format, Callable[[Report], bytes]] = {"docx": word, "pdf": pdf}


class NotAssessed(LookupError):  # noqa: N818 (says what is the case)
    """The plan has not been judged as of this year: there is nothing to report."""


@transaction.atomic
def write_report(
    *, plan: Plan, as_of: int, language: Language, folder: Path, by: Actor, formats: Sequence[Format] = ("docx", "pdf")
) -> list[Path]:
    """Write the report of the newest assessment as of a year; returns the files, in the order of ``formats``.

    The same assessment gives the same bytes, and files that are there already and the same are left alone,
    without an event. Raises :class:`NotAssessed`.
    """
    made = alerts.latest(plan.id, as_of)
    if made is None:
        raise NotAssessed(f"{plan.id} {as_of}")
    held = with_derived(plan, collect.figures(plan))
    closed = {o.key for o in held if o.confidentiality is not Confidentiality.FREE}
    verdicts = alerts.verdicts(plan.id, as_of)
    shown = tuple(v for v in verdicts if not _rests_on(plan, v, closed))
    report = compose(
        plan=plan,
        figures=Figures(_open(o) for o in held),
        verdicts=shown,
        warnings=alerts.warnings_in(shown),
        as_of=as_of,
        language=language,
        made=timezone.localdate(made.made_at),
        number=f"{plan.id}〔{as_of}〕{made.pk}号" if language == "zh" else f"{plan.id} [{as_of}] no. {made.pk}",
        withheld=len(verdicts) - len(shown),
    )
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{plan.id}-{as_of}-{language}.{kind}" for kind in formats]
    written = {
        p.name: content for p, kind in zip(paths, formats, strict=True) if (content := _new(p, _WRITERS[kind](report)))
    }
    if written:
        digests = {name: hashlib.sha256(content).hexdigest() for name, content in written.items()}
        after = {"assessment": made.pk, "files": digests}
        record(by=by, action="report.write", subject=f"plan:{plan.id}", after=after)
    for name, content in written.items():
        _put(folder / name, content)
    return paths


def _rests_on(plan: Plan, verdict: Verdict, closed: Iterable[tuple[SeriesKey, int]]) -> bool:
    """Whether a verdict tells a figure that is not free to publish: its sentence and its forecast would."""
    key = SeriesKey.of(verdict.indicator, verdict.region, plan.target[verdict.target].cut)
    return any(series == key and year <= verdict.as_of for series, year in closed)


def _open(observation: Observation) -> Observation:
    """A figure that is not free to publish keeps its place and loses its value."""
    if observation.confidentiality is Confidentiality.FREE:
        return observation
    return replace(
        observation, value=None, numerator=None, denominator=None, status=Status.SUPPRESSED, source="", comment=""
    )


def _new(path: Path, content: bytes) -> bytes | None:
    """The content, if the file does not hold it already."""
    return None if path.exists() and path.read_bytes() == content else content


def _put(path: Path, content: bytes) -> None:
    """The file appears whole or not at all."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
