"""What is taken away is what is stored: exact, complete, and readable again."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from django.test import Client

from halfsky.observations import Confidentiality, read_csv
from halfsky.plan import Plan
from tests.web import pack
from tests.web.conftest import visitor


def table(client: Client, address: str) -> list[dict[str, str]]:
    response = client.get(address)
    assert response.headers["Content-Disposition"].startswith("attachment")
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_figures_come_back_exactly_as_they_were_stored(site: Plan) -> None:
    reading = read_csv(visitor().get(f"/{site.id}/data/figures.csv").content, plan=site, file="figures.csv")
    assert reading.faults == ()
    stored = {o.key: o for o in [*pack.figures(), pack.revision()] if o.confidentiality is Confidentiality.FREE}
    assert {o.key: o for o in reading.observations} == stored


def test_the_workbook_is_one(site: Plan) -> None:
    content = visitor().get(f"/{site.id}/data/figures.xlsx").content
    assert content.startswith(b"PK")


def test_verdicts_carry_both_sentences_and_the_year(site: Plan) -> None:
    rows = table(visitor(), f"/{site.id}/data/verdicts.csv?as_of=2022")
    assert {row["as_of"] for row in rows} == {"2022"}
    assert len(rows) == sum(len(site.places_bound(t)) for t in site.targets)
    assert all(row["sentence_zh"] and row["sentence_en"] for row in rows)


def test_targets_have_a_row_a_milestone(site: Plan) -> None:
    rows = table(visitor(), f"/{site.id}/data/targets.csv")
    assert [(r["target"], r["year"], r["value"]) for r in rows[:2]] == [("G1.1a", "2025", "9"), ("G1.1a", "2030", "8")]


def test_reports_are_listed_by_plan_and_fetched_by_name(site: Plan, settings: object, tmp_path: Path) -> None:
    settings.HOME = tmp_path  # type: ignore[attr-defined]
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / f"{site.id}-2024-zh.pdf").write_bytes(b"%PDF-")
    (folder / "another-plan-2024-zh.pdf").write_bytes(b"%PDF-")
    page = visitor().get(f"/{site.id}/data/").content.decode()
    assert f"{site.id}-2024-zh.pdf" in page
    assert "another-plan" not in page
    assert b"".join(visitor().get(f"/{site.id}/data/reports/{site.id}-2024-zh.pdf")) == b"%PDF-"
    assert visitor().get(f"/{site.id}/data/reports/another-plan-2024-zh.pdf").status_code == 404
