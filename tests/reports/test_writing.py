"""Reports written from the database: files whole, one event, nothing that is not free to publish."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from halfsky.alerts.actions import assess_plan
from halfsky.audit.models import Event
from halfsky.collect.actions import import_figures
from halfsky.observations import Confidentiality
from halfsky.reports.actions import NotAssessed, write_report
from tests.support import CITY, CLERK, rising, small_plan

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_cache(settings: Any, tmp_path: Path) -> None:
    settings.CACHE_DIR = tmp_path / "cache"


def stored(**changes: Any) -> Any:
    plan = small_plan()
    rows = rising(
        "maternal_mortality", CITY, 2016, "14", "13", "12.5", "12", "11.2", "10.9", "10.1", "9.8", "9.9", "9.61"
    )
    rows = [replace(row, **changes) for row in rows]
    import_figures(plan=plan, observations=rows, by=CLERK, reason="test")
    assess_plan(plan=plan, as_of=2025, by=CLERK)
    return plan


def words_of(path: Path) -> str:
    document = Document(str(path))
    cells = (p.text for t in document.tables for row in t.rows for c in row.cells for p in c.paragraphs)
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


def test_both_files_are_written_once_with_one_event(tmp_path: Path) -> None:
    plan, folder = stored(), tmp_path / "out"
    paths = write_report(plan=plan, as_of=2025, language="zh", folder=folder, by=CLERK)
    assert [p.name for p in paths] == ["small-2021-2030-2025-zh.docx", "small-2021-2030-2025-zh.pdf"]
    assert paths[1].read_bytes().startswith(b"%PDF")
    assert "9.61" in words_of(paths[0])
    before = [p.stat().st_mtime_ns for p in paths]
    assert write_report(plan=plan, as_of=2025, language="zh", folder=folder, by=CLERK) == paths
    assert [p.stat().st_mtime_ns for p in paths] == before
    assert Event.objects.filter(action="report.write").count() == 1
    paths[0].write_bytes(b"damaged")
    write_report(plan=plan, as_of=2025, language="zh", folder=folder, by=CLERK)
    assert "9.61" in words_of(paths[0])
    assert sorted(p.name for p in folder.iterdir()) == sorted(p.name for p in paths)


def test_what_is_confidential_is_not_told(tmp_path: Path) -> None:
    plan = stored(confidentiality=Confidentiality.CONFIDENTIAL)
    path = write_report(plan=plan, as_of=2025, language="zh", folder=tmp_path, by=CLERK, formats=["docx"])[0]
    said = words_of(path)
    assert "9.61" not in said
    assert "另有1项判定涉及不公开的数据" in said


def test_a_year_that_was_not_assessed_has_no_report(tmp_path: Path) -> None:
    with pytest.raises(NotAssessed):
        write_report(plan=small_plan(), as_of=2025, language="zh", folder=tmp_path, by=CLERK)
    assert not list(tmp_path.iterdir())


def test_a_revised_figure_makes_a_new_report(tmp_path: Path) -> None:
    plan = stored()
    path = write_report(plan=plan, as_of=2025, language="zh", folder=tmp_path, by=CLERK, formats=["docx"])[0]
    revised = rising("maternal_mortality", CITY, 2025, "9.77")
    import_figures(plan=plan, observations=revised, by=CLERK, reason="corrected")
    assess_plan(plan=plan, as_of=2025, by=CLERK)
    write_report(plan=plan, as_of=2025, language="zh", folder=tmp_path, by=CLERK, formats=["docx"])
    said = words_of(path)
    assert "9.77" in said
    assert "9.61" not in said


def test_a_plan_that_changed_since_has_to_be_assessed_again(tmp_path: Path) -> None:
    plan = stored()
    fewer = small_plan(targets=[t.model_dump() for t in plan.targets[:1]])
    with pytest.raises(NotAssessed):
        write_report(plan=fewer, as_of=2025, language="zh", folder=tmp_path, by=CLERK)
