"""``halfsky figures``: what an operator sees, and what scripts can rely on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from halfsky.catalogue import queries as catalogue
from halfsky.cli.figures import app
from halfsky.collect.queries import figures as stored
from halfsky.observations import Observation, read_csv, read_xlsx, write_csv, write_xlsx
from halfsky.plan import Plan
from tests.observations.sample import CITY, CORE, figure, sample_plan

run = CliRunner()


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> Plan:
    """The sample plan, installed."""
    made = sample_plan()
    monkeypatch.setattr(catalogue, "folders", lambda: {made.id: Path("nowhere")})
    monkeypatch.setattr(catalogue, "plan", lambda _id: made)
    return made


@pytest.fixture
def two() -> list[Observation]:
    return [figure("screening", value="70.5", source="年报"), figure("screening", CORE, value="80", source="年报")]


def saved(folder: Path, figures: list[Observation], plan: Plan, name: str = "f.csv") -> str:
    path = folder / name
    path.write_bytes(write_xlsx(figures, plan=plan) if name.endswith("xlsx") else write_csv(figures, plan=plan))
    return str(path)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["f.csv", "f.xlsx"])
def test_import_stores_and_a_second_time_changes_nothing(
    plan: Plan, two: list[Observation], tmp_path: Path, name: str
) -> None:
    first = run.invoke(app, ["import", saved(tmp_path, two, plan, name)])
    assert (first.exit_code, "2 新增" in first.output) == (0, True)
    assert sorted(stored(plan), key=lambda o: o.series) == two
    again = run.invoke(app, ["import", saved(tmp_path, two, plan, name)])
    assert "2 未变" in again.output


@pytest.mark.django_db
def test_a_refused_file_exits_1_with_every_fault_and_stores_nothing(
    plan: Plan, two: list[Observation], tmp_path: Path
) -> None:
    file = Path(saved(tmp_path, two, plan))
    file.write_text(file.read_text("utf-8-sig").replace("70.5", "N/A").replace("80,", "180,"), "utf-8")
    done = run.invoke(app, ["import", str(file), "--lang", "en"])
    assert done.exit_code == 1
    assert "f.csv[OBS_VALUE]:2: [missing-word]" in done.stderr
    assert "f.csv[OBS_VALUE]:3: [value-outside]" in done.stderr
    assert len(stored(plan)) == 0


@pytest.mark.django_db
def test_a_dry_run_stores_nothing(plan: Plan, two: list[Observation], tmp_path: Path) -> None:
    done = run.invoke(app, ["import", saved(tmp_path, two, plan), "--dry-run"])
    assert done.exit_code == 0
    assert len(stored(plan)) == 0


@pytest.mark.django_db
def test_a_revision_needs_its_reason(plan: Plan, two: list[Observation], tmp_path: Path) -> None:
    run.invoke(app, ["import", saved(tmp_path, two, plan)])
    revised = [figure("screening", value="71", source="年报"), two[1]]
    refused = run.invoke(app, ["import", saved(tmp_path, revised, plan)])
    assert (refused.exit_code, "[reason-missing]" in refused.stderr) == (1, True)
    taken = run.invoke(app, ["import", saved(tmp_path, revised, plan), "--reason", "年报更正"])
    assert (taken.exit_code, "1 修订" in taken.output) == (0, True)


@pytest.mark.django_db
def test_export_gives_back_what_import_took(plan: Plan, two: list[Observation], tmp_path: Path) -> None:
    run.invoke(app, ["import", saved(tmp_path, two, plan)])
    book, sheet = tmp_path / "out.xlsx", tmp_path / "out.csv"
    assert run.invoke(app, ["export", "-o", str(book)]).exit_code == 0
    assert run.invoke(app, ["export", "-o", str(sheet), "--region", CITY]).exit_code == 0
    assert list(read_xlsx(book, plan=plan).observations) == two
    assert list(read_csv(sheet.read_bytes(), plan=plan, file="x").observations) == two[:1]
    rows = json.loads(run.invoke(app, ["export", "--format", "json", "--year", "2022"]).stdout)
    assert [row["OBS_VALUE"] for row in rows] == ["70.5", "80"]


def test_the_template_holds_the_expected_rows_and_is_refused_until_filled_in(plan: Plan, tmp_path: Path) -> None:
    output = tmp_path / "t.xlsx"
    done = run.invoke(
        app, ["template", "--year", "2024", "--region", CORE, "--indicator", "obesity", "-o", str(output)]
    )
    assert done.exit_code == 0, done.output
    faults = read_xlsx(output, plan=plan).faults
    assert [(f.code, f.cell) for f in faults] == [("value-missing", f"G{row}") for row in range(2, 7)]


def test_wrong_arguments_exit_2(plan: Plan, tmp_path: Path) -> None:
    for arguments in (
        ["export", "--format", "xlsx"],
        ["export", "--indicator", "nothing"],
        ["template", "--year", "2024", "--unit", "nobody", "-o", str(tmp_path / "t.xlsx")],
        ["import", str(tmp_path / "absent.csv")],
    ):
        assert run.invoke(app, arguments).exit_code == 2, arguments
