"""The ``plan`` commands: what they print, in which form, and with which exit code."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from halfsky.cli.plan import TARGET_COLUMNS, app
from halfsky.plan import check_pack
from tests.plan.official import ROOT, official_path
from tests.plan.reader.test_structure import TEXT

SOUND = Path(__file__).parents[1] / "plan" / "sound"
DALIAN = ROOT / "plans" / "dalian-2021-2030"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments])


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    folder = tmp_path / "pack"
    shutil.copytree(SOUND, folder)
    targets = folder / "targets.yaml"
    targets.write_text(targets.read_text(encoding="utf-8").replace("2030: 45", "2030: 145"), encoding="utf-8")
    return folder


def rows(result: Result) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(result.stdout)))


def test_check_counts_what_a_sound_pack_holds() -> None:
    result = run("check", DALIAN)
    assert result.exit_code == 0, result.output
    assert "8 fields 领域, 82 goals 主要目标, 96 measures 策略措施, 14 provisions 规定" in result.stdout
    assert "at_least" in result.stdout


def test_check_counts_for_programs() -> None:
    counts = {row["part"]: row["count"] for row in json.loads(run("check", SOUND, "--format", "json").stdout)}
    assert counts["goals"] == 2
    assert counts["targets"] == sum(count for part, count in counts.items() if part.startswith("targets."))


def test_check_of_a_broken_pack_exits_1_and_names_file_line_and_clause(broken: Path) -> None:
    result = run("check", broken, "--lang", "en")
    assert result.exit_code == 1
    assert "targets.yaml:" in result.stderr
    assert "G1.2: [value-outside] The value 145" in result.stderr
    assert result.stdout == ""


def test_faults_as_json(broken: Path) -> None:
    result = run("check", broken, "--format", "json", "--lang", "en")
    [fault] = json.loads(result.stdout)
    assert (result.exit_code, fault["code"], fault["file"], fault["clause"]) == (
        1,
        "value-outside",
        "targets.yaml",
        "G1.2",
    )
    assert fault["line"] > 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_faults_speak_the_language_asked_for(broken: Path, language: str) -> None:
    said = run("check", broken, "--lang", language).stderr
    assert ("超出指标取值范围" in said) == (language == "zh")


@pytest.mark.parametrize("command", ["check", "show", "targets", "read"])
def test_what_is_not_there_is_a_usage_error(command: str, tmp_path: Path) -> None:
    assert run(command, tmp_path / "none").exit_code == 2


@pytest.mark.parametrize(
    "arguments", [("check", "--format", "xml", SOUND), ("show", SOUND, "G9.9"), ("targets", SOUND, "--kind", "x")]
)
def test_wrong_arguments_exit_2(arguments: tuple[object, ...]) -> None:
    assert run(*arguments).exit_code == 2


def test_targets_as_csv_have_the_documented_columns_and_a_row_for_each_milestone() -> None:
    result = run("targets", SOUND, "--format", "csv")
    assert (
        result.stdout.splitlines()[0]
        == "target,clause,indicator,kind,value,year,binds,aspiration,tolerance,reference,words"
    )
    mortality = [(row["value"], row["year"]) for row in rows(result) if row["target"] == "G1.1a"]
    assert mortality == [("9", "2025"), ("8", "2030")]
    near = next(row for row in rows(result) if row["target"] == "G1.2b")
    assert (near["tolerance"], near["aspiration"], near["reference"]) == ("2", "false", "")


def test_targets_of_one_clause_and_kind() -> None:
    assert {
        row["target"] for row in rows(run("targets", SOUND, "--format", "csv", "--clause", "G1.2", "--kind", "near"))
    } == {"G1.2b"}


def test_show_lists_fields_and_tells_a_clause() -> None:
    assert rows(run("show", SOUND, "--format", "csv")) == [
        {"field": "1", "name": "妇女与健康", "goals": "2", "measures": "1", "targets": "7"}
    ]
    told = run("show", SOUND, "G1.1", "--lang", "en").stdout
    assert "Mothers are safer." in told
    assert "at_most" in told


def test_read_suggests_and_drafts(tmp_path: Path) -> None:
    text = tmp_path / "plan.txt"
    text.write_text(TEXT, encoding="utf-8")
    result = run("read", text, "--draft", tmp_path / "draft", "--id", "linjiang-2021-2030", "--region", "990100")
    assert result.exit_code == 0, result.output
    assert "2 fields 领域, 4 goals 主要目标, 3 measures 策略措施, 2 provisions of organisation" in result.stdout
    assert check_pack(tmp_path / "draft")[1] == []


def test_read_as_csv_and_json_agree(tmp_path: Path) -> None:
    text = tmp_path / "plan.txt"
    text.write_text(TEXT, encoding="gb18030")  # older offices still write it
    as_csv, as_json = (
        rows(run("read", text, "--format", "csv")),
        json.loads(run("read", text, "--format", "json").stdout),
    )
    assert [row["subject"] for row in as_csv] == [row["subject"] for row in as_json]
    assert as_json[0] | {"kind": "at_most", "value": 8, "year": 2030, "unit": "per_100k"} == as_json[0]


def test_read_refuses_what_is_no_plan_and_what_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("今天天气好。", encoding="utf-8")
    (tmp_path / "picture.txt").write_bytes(b"\x89PNG\xff\xfe\x80\x81")
    for name in ("letter.txt", "picture.txt"):
        result = run("read", tmp_path / name)
        assert (result.exit_code, result.stdout) == (1, "")


def test_read_does_not_overwrite_a_folder(tmp_path: Path) -> None:
    (tmp_path / "plan.txt").write_text(TEXT, encoding="utf-8")
    assert run("read", tmp_path / "plan.txt", "--draft", tmp_path).exit_code == 2


def test_read_finds_all_of_dalians_plan() -> None:
    said = run("read", official_path()).stdout
    assert (
        "8 fields 领域, 82 goals 主要目标, 96 measures 策略措施, 9 provisions of organisation 组织实施, 5 of monitoring"
        in said
    )


def test_help_teaches() -> None:
    for command in ("check", "show", "targets", "read"):
        assert "Example" in run(command, "--help").stdout


def test_columns_are_those_that_are_documented() -> None:
    assert (
        ",".join(TARGET_COLUMNS) == "target,clause,indicator,kind,value,year,binds,aspiration,tolerance,reference,words"
    )
