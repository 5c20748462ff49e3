"""A report as canonical JSON, from which it comes back as it was: the snapshot of a document."""

from __future__ import annotations

import hashlib
import json
from functools import cache

from pydantic import TypeAdapter

from halfsky.reports.report.model import Report


@cache
def _form() -> TypeAdapter[Report]:
    return TypeAdapter(Report)


def dumped(report: Report) -> bytes:
    """UTF-8, keys in order, no spaces: the same report is the same bytes."""
    plain = _form().dump_python(report, mode="json")
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def loaded(content: bytes) -> Report:
    """The report of a snapshot; raises ``pydantic.ValidationError`` for what is none."""
    return _form().validate_python(json.loads(content), strict=False)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
