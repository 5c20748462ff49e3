"""Every command that speaks to the database, in the order in which an office uses them."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import LazySettings
from docx import Document
from typer.testing import CliRunner, Result

from halfsky import __version__
from halfsky.cli import app
from halfsky.collect.models import Figure
from halfsky.observations.columns import HEADER
from tests.catalogue.test_installed_plans import OFFICIAL

SOUND = Path(__file__).parents[1] / "plan" / "sound"
PLAN = "small-2021-2030"
LITERACY = [("990200", "2020", "30.5"), ("990200", "2022", "33"), ("990200", "2024", "36.5")]
COMMANDS = [
    (), ("plan",), ("plan", "check"), ("plan", "show"), ("plan", "targets"), ("plan", "read"), ("plan", "attach"),
    ("figures",), ("figures", "import"), ("figures", "export"), ("figures", "template"), ("audit",), ("audit", "verify"),
    ("assess",), ("gaps",), ("report",), ("serve",), ("demo",),
]  # fmt: skip


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments])


def figures_file(folder: Path, *rows: tuple[str, str, str]) -> Path:
    path = folder / "figures.csv"
    lines = [
        f"health_literacy,{region},{year},F,_T,_T,{value},,,percent,A,F,reported,年报," for region, year, value in rows
    ]
    path.write_text("\n".join([",".join(HEADER), *lines, ""]), encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def installed(settings: LazySettings, tmp_path: Path) -> Path:
    """The sound pack, as the only plan of this installation."""
    settings.PLANS_DIR = tmp_path / "plans"
    shutil.copytree(SOUND, settings.PLANS_DIR / PLAN)
    return settings.PLANS_DIR / PLAN


@pytest.fixture
def imported(db: None, tmp_path: Path) -> None:
    assert run("figures", "import", figures_file(tmp_path, *LITERACY)).exit_code == 0


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_is_there_and_speaks_both_languages(command: tuple[str, ...]) -> None:
    told = run(*command, "--help")
    assert told.exit_code == 0
    assert any("\u4e00" <= c <= "\u9fff" for c in told.stdout)
    assert "Usage: " in told.stdout


@pytest.mark.usefixtures("imported")
def test_assess_gives_the_same_verdicts_in_every_format() -> None:
    as_csv = list(csv.DictReader(io.StringIO(run("assess", "--format", "csv").stdout)))
    as_json = json.loads(run("assess", "--format", "json").stdout)
    assert [(v["target"], v["region"], v["status"]) for v in as_csv] == [
        (v["target"], v["region"], v["status"]) for v in as_json
    ]
    met = next(v for v in as_json if v["target"] == "G1.2a" and v["region"] == "990200")
    assert (met["status"], met["year"], met["value"]) == ("met", 2024, 36.5)
    assert {v["status"] for v in as_json if v["region"] == "990202"} == {"no_data"}
    assert "G1.2a" in run("assess").stdout


@pytest.mark.usefixtures("imported")
def test_assess_may_be_narrowed_and_speaks_english() -> None:
    found = json.loads(run("assess", "--region", "990202", "--status", "no_data", "--format", "json").stdout)
    assert {v["region"] for v in found} == {"990202"}
    english = json.loads(run("assess", "--lang", "en", "--format", "json").stdout)
    assert all(v["sentence"].isascii() or "–" in v["sentence"] for v in english)
    nothing = run("assess", "--status", "missed", "--format", "csv")
    assert (nothing.exit_code, len(nothing.stdout.splitlines())) == (0, 1)  # a header even so


@pytest.mark.usefixtures("imported")
def test_assess_explains_each_verdict_in_a_paragraph() -> None:
    told = json.loads(run("assess", "--explain", "--region", "990200", "--format", "json").stdout)
    assert all(re.search(r"\d{4}年.*。$", v["explanation"]) for v in told)
    assert "2020—2024年（3个可比数据）年均上升1.50个百分点。" in run("assess", "--explain").stdout
    assert (
        "(3 comparable figures) it rose by 1.50 percentage points a year."
        in run("assess", "--explain", "--lang", "en").stdout
    )
    assert "explanation" not in json.loads(run("assess", "--format", "json").stdout)[0]


@pytest.mark.usefixtures("imported")
@pytest.mark.parametrize(
    "arguments",
    [("--as-of", 1990), ("--as-of", 0), ("--as-of", -5), ("--as-of", 2020), ("--as-of", 2026), ("--as-of", 10**14),
     ("--region", "999999"), ("--plan", "nothing"), ("--status", "fine"), ("--as-of", "last")],
    ids=str,
)  # fmt: skip
def test_assess_refuses_what_cannot_be_judged_and_stores_nothing(arguments: tuple[object, ...]) -> None:
    refused = run("assess", *arguments)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert run("report").exit_code == 1  # nothing has been assessed


@pytest.mark.django_db
def test_without_figures_there_is_nothing_to_assess() -> None:
    assert run("assess").exit_code == 1
    assert run("gaps").exit_code == 1


@pytest.mark.usefixtures("imported")
def test_gaps_are_listed_in_every_format(tmp_path: Path) -> None:
    men = figures_file(tmp_path, ("990200", "2020", "32.5"), ("990200", "2022", "34"), ("990200", "2024", "37"))
    men.write_text(men.read_text(encoding="utf-8").replace(",F,_T,_T,", ",M,_T,_T,"), encoding="utf-8")
    assert run("figures", "import", men).exit_code == 0
    (found,) = json.loads(run("gaps", "--year", 2024, "--format", "json").stdout)
    assert (found["kind"], found["unit"], found["gap"], found["base_gap"]) == ("sex", "percentage_points", -0.5, -2)
    assert (found["course"], found["ahead"], found["probability"]) == ("too_little", "men", None)
    (row,) = csv.DictReader(io.StringIO(run("gaps", "--format", "csv").stdout))
    assert (row["gap"], row["sentence"]) == ("-0.5", found["sentence"])
    assert run("gaps", "--kind", "district", "--format", "csv").stdout.count("\n") == 1
    assert "health_literacy" in run("gaps", "--lang", "en").stdout
    for wrong in (("--year", 2031), ("--region", "1"), ("--kind", "age")):
        assert run("gaps", *wrong).exit_code == 2


@pytest.mark.usefixtures("imported")
def test_the_report_follows_the_assessment(tmp_path: Path) -> None:
    run("assess")
    written = run("report", "--format", "docx", "-o", tmp_path / "reports")
    [path] = written.stdout.splitlines()
    assert (written.exit_code, Path(path).read_bytes()[:2]) == (0, b"PK")
    assert run("report", "--year", 2023, "-o", tmp_path).exit_code == 1
    assert run("report", "--format", "docx", "-o", tmp_path / "figures.csv" / "x").exit_code == 1


@pytest.mark.usefixtures("imported")
@pytest.mark.parametrize(
    ("arguments", "name", "said"),
    [
        (("--kind", "brief"), f"{PLAN}-brief-2024-zh.docx", "请研究决定的事项"),
        (("--kind", "card", "--region", "990202", "--lang", "en"), f"{PLAN}-card-2024-990202-en.docx", "Report card"),
        (("--kind", "card", "--unit", "health"), f"{PLAN}-card-2024-health-zh.docx", "卫健委报告卡"),
        (("--kind", "midterm", "--year", 2025), f"{PLAN}-midterm-2025-zh.docx", "中期监测报告"),
        (("--region", "990202"), f"{PLAN}-annual-2024-990202-zh.docx", "监测报告"),
    ],
    ids=str,
)  # fmt: skip
def test_other_documents_are_written_as_asked(
    arguments: tuple[object, ...], name: str, said: str, tmp_path: Path, settings: LazySettings
) -> None:
    settings.CACHE_DIR = tmp_path / "cache"
    run("assess")
    run("assess", "--as-of", 2025)
    written = run(
        "report",
        "--format",
        "docx",
        "-o",
        tmp_path / "out",
        *(() if "--year" in arguments else ("--year", 2024)),
        *arguments,
    )
    [path] = written.stdout.splitlines()
    assert (written.exit_code, Path(path).name) == (0, name), written.stderr
    assert said in "\n".join(p.text for p in Document(path).paragraphs)


@pytest.mark.usefixtures("imported")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--kind", "card", "--unit", "nobody"), 2), (("--region", "1"), 2), (("--kind", "final"), 1),
        (("--kind", "midterm", "--year", 2022), 1), (("--kind", "poem"), 2),
    ],
    ids=str,
)  # fmt: skip
def test_documents_that_cannot_be_are_refused_in_words(
    arguments: tuple[object, ...], code: int, tmp_path: Path
) -> None:
    run("assess")
    refused = run("report", *arguments, "-o", tmp_path / "out")
    assert (refused.exit_code, refused.stdout) == (code, "")
    assert "Traceback" not in refused.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.django_db
def test_attach_keeps_the_plans_words_and_refuses_those_of_another(installed: Path, tmp_path: Path) -> None:
    targets = installed / "targets.yaml"
    text = tmp_path / "plan.txt"
    text.write_text(OFFICIAL, encoding="utf-8")
    refused = run("plan", "attach", text, "--lang", "en")
    assert (refused.exit_code, "[text-foreign]" in refused.stderr) == (1, True)
    promise = targets.read_text(encoding="utf-8").split("- id: G1.2a")[0]
    targets.write_text(promise, encoding="utf-8")
    taken = run("plan", "attach", text)
    assert (taken.exit_code, "2 clauses 条" in taken.stdout) == (0, True), taken.stderr


@pytest.mark.usefixtures("imported")
def test_the_ledger_holds() -> None:
    told = run("audit", "verify")
    assert (told.exit_code, told.stdout[:2]) == (0, "1 ")


@pytest.mark.usefixtures("imported")
@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_a_folder_that_is_not_there_is_told(tmp_path: Path, name: str) -> None:
    for command in (("export",), ("template", "--year", 2024)):
        told = run("figures", *command, "-o", tmp_path / "absent" / name)
        assert (told.exit_code, "Cannot write to" in told.stderr) == (1, True)


def test_no_template_for_a_year_whose_figures_would_be_refused(tmp_path: Path) -> None:
    assert run("figures", "template", "--year", 99, "-o", tmp_path / "t.xlsx").exit_code == 2
    assert not (tmp_path / "t.xlsx").exists()


@pytest.mark.usefixtures("imported")
def test_a_dry_run_and_a_refusal_leave_what_is_stored(tmp_path: Path) -> None:
    assert run("figures", "import", figures_file(tmp_path, ("990200", "2023", "34")), "--dry-run").exit_code == 0
    assert run("figures", "import", figures_file(tmp_path, ("990200", "2024", "37"))).exit_code == 1  # no reason
    assert Figure.objects.count() == len(LITERACY)


def test_the_version_is_told() -> None:
    assert run("--version").stdout == f"halfsky {__version__}\n"


@pytest.mark.django_db
@pytest.mark.parametrize("arguments", [("serve",), ("serve", "--address", "no.such.host.invalid"), ("demo",)])
def test_a_port_that_is_taken_is_told(arguments: tuple[str, ...]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        told = run(*arguments, "--port", other.getsockname()[1])
    assert (told.exit_code, "choose another --port" in told.stderr) == (1, True)


def command(home: Path, plans: Path, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command as a new process of a new installation."""
    env = {**os.environ, "HALFSKY_HOME": str(home), "HALFSKY_PLANS": str(plans), **environment}
    env.pop("DJANGO_SETTINGS_MODULE", None)
    if "HALFSKY_DATABASE" not in environment:
        env.pop("HALFSKY_DATABASE", None)
    start = [sys.executable, "-c", "from halfsky.cli import main; main()", *map(str, arguments)]
    return subprocess.run(start, env=env, capture_output=True, text=True, timeout=60)


def test_the_first_command_on_a_new_machine_may_be_any(installed: Path, tmp_path: Path) -> None:
    taken = command(tmp_path / "home", installed.parent, "figures", "import", figures_file(tmp_path, *LITERACY))
    assert (taken.returncode, taken.stderr) == (0, "")
    assert "3 新增" in taken.stdout
    assert command(tmp_path / "home", installed.parent, "audit", "verify").stdout.startswith("1 events")


def test_commands_that_start_together_on_a_new_machine_do_not_trip_each_other(installed: Path, tmp_path: Path) -> None:
    file = figures_file(tmp_path, *LITERACY)
    with ThreadPoolExecutor() as pool:
        imports = [
            pool.submit(command, tmp_path / "home", installed.parent, "figures", "import", file) for _ in range(2)
        ]
    assert [(i.result().returncode, i.result().stderr) for i in imports] == [(0, "")] * 2
    assert sum("3 新增" in i.result().stdout for i in imports) == 1
    assert [path.name for path in (tmp_path / "home").iterdir() if path.name.startswith("tmp")] == []


@pytest.mark.parametrize("address", ["nonsense", "sqlite:////absent/folder/x.sqlite3", "postgresql://x@127.0.0.1:1/x"])
def test_a_database_that_cannot_be_reached_is_told(installed: Path, tmp_path: Path, address: str) -> None:
    told = command(tmp_path / "home", installed.parent, "audit", "verify", HALFSKY_DATABASE=address)
    assert told.returncode == 1
    assert "HALFSKY_DATABASE" in told.stderr
    assert "Traceback" not in told.stderr


def test_a_pack_with_faults_ends_a_command_with_them(installed: Path, tmp_path: Path) -> None:
    (installed / "units.yaml").write_text("x: [", encoding="utf-8")
    told = command(tmp_path / "home", installed.parent, "assess", "--plan", PLAN)
    assert (told.returncode, "units.yaml:" in told.stderr, "Traceback" in told.stderr) == (1, True, False)
