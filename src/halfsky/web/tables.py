"""Verdicts and targets as flat tables for files."""

from __future__ import annotations

from collections.abc import Iterator

from halfsky.plan import Plan
from halfsky.web.book import Book

VERDICT_COLUMNS = (
    "target", "clause", "indicator", "region", "as_of", "status", "milestone", "bound", "year", "value", "base_year",
    "base_value", "gap", "change", "required", "probability", "forecast", "low80", "high80", "aspiration", "flags",
    "demonstration", "sentence_zh", "sentence_en",
)  # fmt: skip
TARGET_COLUMNS = (
    "target", "clause", "indicator", "kind", "value", "year", "binds", "aspiration", "tolerance", "reference", "words",
)  # fmt: skip


def verdict_rows(book: Book) -> Iterator[tuple[object, ...]]:
    """One row a verdict; an empty cell where there is nothing to say."""
    for v in book.verdicts:
        f = v.forecast
        yield (
            v.target, v.clause, v.indicator, v.region, v.as_of, v.status.value, v.milestone, _plain(v.bound), v.year, _plain(v.value),
            v.base_year, _plain(v.base_value), _plain(v.gap), v.change, v.required, v.probability,
            f.median if f else None, f.low80 if f else None, f.high80 if f else None,
            "yes" if v.aspiration else "no", " ".join(flag.value for flag in v.flags),
            "yes" if v.demonstration else "no", v.sentence.zh, v.sentence.en,
        )  # fmt: skip


def target_rows(plan: Plan) -> Iterator[tuple[object, ...]]:
    """One row a milestone of a target."""
    for t in plan.targets:
        for m in t.milestones:
            yield (
                t.id, t.clause, t.indicator, t.kind.value, _plain(m.value), m.year, t.binds.value,
                "yes" if t.aspiration else "no", _plain(t.tolerance.value) if t.tolerance else None, t.reference, t.words,
            )  # fmt: skip


def _plain(number: object) -> str | None:
    return None if number is None else format(number, "f")
