"""Each kind of fault has a broken pack that shows it, and is found with its code, file, line and clause.

``broken/<name>/`` holds the one file that differs from ``sound/``. The line where the fault must be found ends
with ``# FAULT code clause``. Faults that no file can show (a file that is not there, one that is too large)
are made here.
"""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

import pytest

from halfsky.plan import Fault, Faulty, check, check_ledgers, check_pack, check_targets, load_plan, pack, yamltree

HERE = Path(__file__).parent
SOUND = HERE / "sound"
BROKEN = sorted(path for path in (HERE / "broken").iterdir() if path.is_dir())
MARK = re.compile(r"# FAULT (?P<code>[a-z-]+) ?(?P<clause>\S*)$", re.MULTILINE)
MADE_HERE = {"pack-missing", "file-missing", "yaml-too-large", "yaml-deep"}


def overlay(broken: Path, folder: Path) -> str:
    """Lay the one broken file over the sound pack; returns its name."""
    shutil.copytree(SOUND, folder)
    [file] = (path for path in broken.rglob("*") if path.is_file())
    name = file.relative_to(broken).as_posix()
    shutil.copyfile(file, folder / name)
    return name


def expected(file: Path) -> tuple[str, int, str]:
    """Code, line and clause by the mark in a broken file."""
    text = file.read_bytes().decode("latin-1")
    [mark] = MARK.finditer(text)
    return mark["code"], text[: mark.start()].count("\n") + 1, mark["clause"]


def found(folder: Path) -> list[Fault]:
    return check_pack(folder)[1]


def test_the_pack_that_all_start_from_is_sound() -> None:
    plan, faults = check_pack(SOUND)
    assert faults == []
    assert plan is not None
    assert {target.kind for target in plan.targets} >= {
        "at_most",
        "rise",
        "near",
        "not_below",
        "slow",
        "times_base",
        "exists",
    }


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, str, list[Fault]]]:
    """Every broken pack, checked once: its folder, the name of its broken file, the faults found."""
    results = {}
    for broken in BROKEN:
        folder = tmp_path_factory.mktemp("broken") / "pack"
        name = overlay(broken, folder)
        results[broken.name] = (folder, name, found(folder))
    return results


Checked = dict[str, tuple[Path, str, list[Fault]]]
each_broken = pytest.mark.parametrize("broken", [path.name for path in BROKEN])


@each_broken
def test_a_broken_pack_names_code_file_line_and_clause(broken: str, checked: Checked) -> None:
    folder, name, faults = checked[broken]
    code, line, clause = expected(folder / name)
    assert (code, name, line, clause) in [(f.code, f.file, f.line, f.clause) for f in faults]
    assert broken.startswith(code)


@each_broken
def test_one_mistake_is_not_reported_as_many(broken: str, checked: Checked) -> None:
    # A changed id, clause or year leaves other places that name the old one: those are faults of their own.
    follow_on = {
        "clause-unknown", "clause-order", "indicator-unknown", "milestone-outside", "base-late", "region-unknown", "binds-nobody",
        "unit-unknown", "value-outside",
    }  # fmt: skip
    codes = {fault.code for fault in checked[broken][2]}
    assert len(codes - follow_on) <= 1, codes


@each_broken
def test_every_fault_speaks_both_languages(broken: str, checked: Checked) -> None:
    for fault in checked[broken][2]:
        assert re.search(r"[一-鿿]", fault.message.zh)
        assert not re.search(r"[一-鿿]", re.sub(r"'[^']*'", "", fault.message.en)), fault.message.en


def test_a_broken_pack_gives_no_plan_to_work_with(checked: Checked) -> None:
    with pytest.raises(Faulty) as raised:
        load_plan(checked["value-outside"][0])
    assert [fault.code for fault in raised.value.faults] == ["value-outside"]


def test_a_folder_without_plan_yaml_is_not_a_pack(tmp_path: Path) -> None:
    [fault] = found(tmp_path)
    assert (fault.code, fault.file) == ("pack-missing", "plan.yaml")


@pytest.mark.parametrize("name", ["indicators", "targets", "regions"])
def test_a_list_that_a_pack_cannot_do_without(name: str, tmp_path: Path) -> None:
    shutil.copytree(SOUND, tmp_path / "pack")
    (tmp_path / "pack" / f"{name}.yaml").unlink()
    assert ("file-missing", f"{name}.yaml") in [(f.code, f.file) for f in found(tmp_path / "pack")]


def test_a_pack_needs_a_field(tmp_path: Path) -> None:
    shutil.copytree(SOUND, tmp_path / "pack")
    shutil.rmtree(tmp_path / "pack" / "fields")
    assert ("file-missing", "fields.yaml") in [(f.code, f.file) for f in found(tmp_path / "pack")]


def test_a_file_that_cannot_be_read_is_not_also_called_missing(tmp_path: Path) -> None:
    shutil.copytree(SOUND, tmp_path / "pack")
    (tmp_path / "pack" / "targets.yaml").write_text("targets: [", encoding="utf-8")
    assert [f.code for f in found(tmp_path / "pack")] == ["yaml-syntax"]


def test_a_file_beyond_two_megabytes(tmp_path: Path) -> None:
    shutil.copytree(SOUND, tmp_path / "pack")
    with (tmp_path / "pack" / "units.yaml").open("a", encoding="utf-8") as file:
        file.write("# " + "x" * yamltree.MAX_BYTES)
    assert ("yaml-too-large", "units.yaml", 1) in [(f.code, f.file, f.line) for f in found(tmp_path / "pack")]


def test_brackets_without_end(tmp_path: Path) -> None:
    shutil.copytree(SOUND, tmp_path / "pack")
    (tmp_path / "pack" / "units.yaml").write_text("units: " + "[" * 20_000, encoding="utf-8")
    assert ("yaml-deep", "units.yaml") in [(f.code, f.file) for f in found(tmp_path / "pack")]


def test_all_faults_come_in_one_go(tmp_path: Path) -> None:
    shutil.copytree(SOUND, tmp_path / "pack")
    targets = tmp_path / "pack" / "targets.yaml"
    text = targets.read_text(encoding="utf-8")
    targets.write_text(
        text.replace("kind: at_most", "kind: below").replace("window: 3", "window: 99"), encoding="utf-8"
    )
    assert {f.code for f in found(tmp_path / "pack")} == {"code-unknown", "value-wrong"}


def test_every_code_has_a_broken_pack() -> None:
    shown = {expected(file)[0] for broken in BROKEN for file in broken.rglob("*") if file.is_file()} | MADE_HERE
    assert codes_in_source() == shown


def codes_in_source() -> set[str]:
    """Every fault code that the modules can yield, read from their calls."""
    position = {"fault": 0, "_fault": 0, "_refuse": 0}
    codes: set[str] = set()
    for module in (yamltree, pack, check, check_ledgers, check_targets):
        for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                owner = node.func.value if isinstance(node.func, ast.Attribute) else None
                at = 2 if getattr(owner, "id", getattr(owner, "attr", "")) == "where" else position.get(name)
                arguments = [*node.args[at : at + 1]] if name in position and at is not None else []
                arguments += [k.value for k in node.keywords if k.arg == "code" and name == "Fault"]
                codes |= {a.value for a in arguments if isinstance(a, ast.Constant) and isinstance(a.value, str)}
    return codes | {advice[0] for advice in pack.ADVICE.values()} | {pack.OTHER_ADVICE[0]}
