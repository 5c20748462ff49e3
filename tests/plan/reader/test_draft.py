"""A draft made from any plan's text is a sound pack, and says what a person must still decide."""

from __future__ import annotations

from pathlib import Path

import pytest

from halfsky.plan import check_pack
from halfsky.plan.reader import read_text, suggest
from halfsky.plan.reader.coverage import uncovered_figures
from halfsky.plan.reader.draft import draft_pack
from tests.plan.official import official_text
from tests.plan.reader.test_structure import TEXT

RICH = TEXT.replace(
    "3．健康素养提高。",
    "3．健康素养提高，比例保持在45%左右，与男性比例相适应，增长率持续减缓，知晓率比2020年提高10%，参训率提高5个百分点。\n"
    "4．每个县（市）建设1所机构，用人单位每年安排1次检查，热线12338。",
)


def test_a_draft_passes_the_check(tmp_path: Path) -> None:
    text = read_text(RICH)
    suggestions = suggest(text)
    draft_pack(text, suggestions, tmp_path / "draft", plan_id="linjiang-2021-2030", region="990100")
    plan, faults = check_pack(tmp_path / "draft")
    assert faults == []
    assert plan is not None
    assert (plan.id, plan.region, plan.start, plan.end) == ("linjiang-2021-2030", "990100", 2021, 2030)
    assert [len(field.goals) for field in plan.fields] == [4, 1]
    assert [t.kind for t in plan.targets] == [s.kind for s in suggestions]
    assert {t.kind.value for t in plan.targets} >= {
        "at_most",
        "at_least",
        "near",
        "match",
        "slow",
        "times_base",
        "rise",
    }


def test_every_figure_is_in_a_drafted_target_or_waits_for_a_reason(tmp_path: Path) -> None:
    text = read_text(RICH)
    draft_pack(text, suggest(text), tmp_path / "draft")
    plan, _ = check_pack(tmp_path / "draft")
    assert plan is not None
    assert uncovered_figures(text, plan) == []
    assert "12338" in {item.words for item in plan.not_targets}


def test_open_points_are_named(tmp_path: Path) -> None:
    text = read_text(RICH)
    points = draft_pack(text, suggest(text), tmp_path / "draft")
    assert {p.file for p in points} >= {
        "plan.yaml",
        "regions.yaml",
        "fields/",
        "indicators.yaml",
        "targets.yaml",
        "baselines.yaml",
    }
    assert all(p.count > 0 for p in points)
    for name in ("plan.yaml", "indicators.yaml", "fields/1.yaml"):
        assert "To be written" in (tmp_path / "draft" / name).read_text(encoding="utf-8")


def test_a_persons_work_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text("id: mine\n", encoding="utf-8")
    text = read_text(TEXT)
    with pytest.raises(FileExistsError):
        draft_pack(text, suggest(text), tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["plan.yaml"]


def test_the_draft_of_dalians_plan_passes_the_check(tmp_path: Path) -> None:
    text = official_text()
    draft_pack(text, suggest(text), tmp_path / "draft")
    plan, faults = check_pack(tmp_path / "draft")
    assert faults == []
    assert plan is not None
    assert (len(plan.goals), len(plan.measures), len(plan.provisions)) == (82, 96, 14)
