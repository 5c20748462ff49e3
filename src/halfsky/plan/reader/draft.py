"""The draft of a pack: what the reader found, laid out in the pack's files for a person to finish.

The draft is sound by ``plan check``; what a person must still decide is marked 待填写 / To be written, and
:func:`draft_pack` returns those open points by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.representer import SafeRepresenter

from halfsky.plan.check import check_pack
from halfsky.plan.model import BASED_KINDS, REFERRING_KINDS, VALUED_KINDS, Kind, Unit
from halfsky.plan.reader.coverage import uncovered_figures
from halfsky.plan.reader.model import Clause, PlanText, Suggestion
from halfsky.plan.text import Frozen, Text

OPEN = Text(zh="待填写", en="To be written")
WINDOW = 3  # years; a placeholder for `slow`
_LETTERS = "abcdefghijklmnopqrstuvwxyz"

Item = dict[str, Any]


class OpenPoint(Frozen):
    """Something of a draft that a person must decide: in which file, how many times, and what."""

    file: str
    count: int
    what: Text


def draft_pack(
    plan_text: PlanText,
    suggestions: Sequence[Suggestion],
    folder: Path,
    *,
    plan_id: str = "draft-plan",
    region: str = "000000",
    level: str = "city",
) -> list[OpenPoint]:
    """Write a draft pack into a new or empty folder; returns what is left open.

    ``region`` is the GB/T 2260 code of the plan's region, ``level`` its level. Raises FileExistsError when the
    folder holds anything: a person's work is never overwritten.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty")
    folder.mkdir(parents=True, exist_ok=True)
    drafter = _Drafter(plan_text, folder)
    drafter.plan(plan_id, region, level)
    drafter.clauses()
    drafter.promises(suggestions)
    drafter.baselines()
    drafter.not_targets()
    return drafter.open_points


class _Drafter:
    """Writes the files one by one, noting what each leaves open."""

    def __init__(self, plan_text: PlanText, folder: Path) -> None:
        self.text = plan_text
        self.folder = folder
        self.start = plan_text.start or 2021
        self.end = plan_text.end or self.start + 9
        self.open_points: list[OpenPoint] = []

    def plan(self, plan_id: str, region: str, level: str) -> None:
        place = re.match(r"^(.{2,12}?)妇女(?:儿童)?(?:事业)?发展", self.text.title)
        name = place[1] if place else OPEN.zh
        self._write("plan.yaml", {
            "id": plan_id, "title": _text(self.text.title or OPEN.zh), "short_title": _text(f"{name}妇女规划"), "region": region,
            "start": self.start, "end": self.end, "base_year": self.start - 1, "level": level,
            "source": {"publisher": _text(OPEN.zh)},
        })  # fmt: skip
        self._note(
            "plan.yaml",
            1,
            "英文名称、发布机关、地区代码、规划年份请核对",
            "English title, publisher; check region code and years",
        )
        below = {"code": f"{region}-X1", "name": _text("待填写的区（市）县"), "level": "county", "parent": region}
        self._write("regions.yaml", {"regions": [{"code": region, "name": _text(name), "level": level}, below]})
        self._note(
            "regions.yaml", 1, "用下级地区换掉占位的一行", "Replace the placeholder by the places below the region"
        )

    def clauses(self) -> None:
        for field in self.text.fields:
            self._write(f"fields/{field.number}.yaml", {
                "number": field.number, "name": _text(field.name),
                "goals": _statements(field.goals), "measures": _statements(field.measures),
            })  # fmt: skip
        count = len(self.text.goals) + len(self.text.measures) + len(self.text.provisions)
        if self.text.provisions:
            self._write("provisions.yaml", {"provisions": _statements(self.text.provisions)})
        self._note(
            "fields/",
            count,
            "用自己的话写出每条的要点（中英文）",
            "State each clause in your own words, in both languages",
        )

    def promises(self, suggestions: Sequence[Suggestion]) -> None:
        indicators: dict[tuple[str, Unit], Item] = {}
        targets: list[Item] = []
        counts: dict[str, int] = {}
        for suggestion in suggestions:
            unit = _unit(suggestion)
            indicator = _indicator(indicators, suggestion.subject, unit, suggestion)
            letter = _letter(counts.get(suggestion.clause, 0))
            counts[suggestion.clause] = counts.get(suggestion.clause, 0) + 1
            target = _target(suggestion, f"{suggestion.clause}{letter}", indicator["id"], self.end)
            if suggestion.kind in REFERRING_KINDS:
                target["reference"] = _indicator(indicators, suggestion.reference or OPEN.zh, unit, suggestion)["id"]
            targets.append(target)
        self._write("indicators.yaml", {"indicators": list(indicators.values())})
        self._write("targets.yaml", {"targets": targets})
        self._note(
            "indicators.yaml",
            len(indicators),
            "定义、分子、分母、单位、来源部门",
            "Definition, numerator, denominator, unit, source",
        )
        self._note(
            "targets.yaml",
            len(targets),
            "逐条核对：类别、数值、年份、约束对象",
            "Check each: kind, value, year, whom it binds",
        )
        for kind, zh, en in (
            (Kind.NEAR, "容差及理由（现为0）", "Tolerance and its reason (0 now)"),
            (Kind.MATCH, "容差及理由（现为0）、对照指标", "Tolerance and its reason (0 now), the reference"),
            (Kind.SLOW, f"比较窗口（现为{WINDOW}年）", f"The window ({WINDOW} years now)"),
        ):
            self._note("targets.yaml", sum(t["kind"] == kind.value for t in targets), zh, en)
        points = sum(s.points is not None for s in suggestions)
        self._note(
            "targets.yaml",
            points,
            "“提高若干个百分点”须按基期值换算成目标值",
            "Percentage points over a base: turn into a level",
        )

    def baselines(self) -> None:
        """Figures of the preface as comments: which indicator each belongs to is for a person to say."""
        lines = [f"# {f.clause}: {f.words} → {f.mention.value} {f.mention.unit}".rstrip() for f in self.text.figures]
        self._write("baselines.yaml", {"baselines": []}, comment="\n".join(lines))
        self._note(
            "baselines.yaml",
            len(lines),
            "前言所载数据对应哪个指标",
            "Which indicator each figure of the preface belongs to",
        )

    def not_targets(self) -> None:
        plan, _ = check_pack(self.folder)
        if plan is None:
            return
        left = uncovered_figures(self.text, plan)
        items = [{"clause": u.clause, "words": u.figure, "reason": {"zh": OPEN.zh, "en": OPEN.en}} for u in left]
        self._write("not-targets.yaml", {"not_targets": items})
        self._note(
            "not-targets.yaml",
            len(items),
            "这些数字为何不是目标；若是，请列入目标",
            "Why these figures promise nothing; or make them targets",
        )

    def _write(self, name: str, content: Item, *, comment: str = "") -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        head = f"# 草稿，待人工核对完善。 A draft, for a person to finish.\n{comment}".rstrip()
        path.write_text(f"{head}\n{_yaml(content)}", encoding="utf-8")

    def _note(self, file: str, count: int, zh: str, en: str) -> None:
        if count:
            self.open_points.append(OpenPoint(file=file, count=count, what=Text(zh=zh, en=en)))


def _statements(clauses: Iterable[Clause]) -> list[Item]:
    return [{"id": c.id, "statement": {"zh": f"{OPEN.zh}：{c.text[:24]}…", "en": OPEN.en}} for c in clauses]


def _indicator(known: dict[tuple[str, Unit], Item], subject: str, unit: Unit, suggestion: Suggestion) -> Item:
    """The indicator of a subject, made at its first mention; a subject said again shares it."""
    key = (subject or OPEN.zh, unit)
    item = known.setdefault(key, {
        "id": f"draft_{len(known) + 1:03d}", "name": _text(key[0]), "definition": {"zh": OPEN.zh, "en": OPEN.en},
        "unit": unit.value, "direction": _direction(suggestion), "clauses": [],
    })  # fmt: skip
    if suggestion.clause not in item["clauses"]:
        item["clauses"].append(suggestion.clause)
    return item


def _direction(suggestion: Suggestion) -> str:
    match suggestion.kind:
        case Kind.AT_MOST | Kind.FALL | Kind.SLOW:
            return "lower"
        case Kind.NEAR | Kind.MATCH:
            return "neither"
        case Kind.TIMES_BASE if any(m.value is not None and m.value < 1 for m in suggestion.milestones):
            return "lower"
        case _:
            return "higher"


def _unit(suggestion: Suggestion) -> Unit:
    """A factor or points say nothing of the indicator's own unit: most such promises are of a percentage."""
    if suggestion.kind is Kind.TIMES_BASE or suggestion.points is not None or suggestion.unit is None:
        return Unit.PERCENT
    return suggestion.unit


def _target(suggestion: Suggestion, target_id: str, indicator: str, end: int) -> Item:
    target: Item = {"id": target_id, "clause": suggestion.clause, "indicator": indicator, "kind": suggestion.kind.value}
    valued, based = suggestion.kind in VALUED_KINDS, suggestion.kind in BASED_KINDS
    milestones = {
        m.year or end: {"value": m.value if valued else None, "base_year": m.base_year if based else None}
        for m in suggestion.milestones
    }
    if milestones:
        target["milestones"] = {y: {k: v for k, v in m.items() if v is not None} for y, m in milestones.items()}
    target |= {"binds": suggestion.binds.value, "words": suggestion.words}
    if suggestion.only:
        target["only"] = list(suggestion.only)
    for flag in ("aspiration", "hold"):
        if getattr(suggestion, flag):
            target[flag] = True
    if suggestion.kind in {Kind.NEAR, Kind.MATCH}:
        target["tolerance"] = {"value": 0, "reason": {"zh": OPEN.zh, "en": OPEN.en}}
    if suggestion.kind is Kind.SLOW:
        target["window"] = WINDOW
    return target


def _letter(n: int) -> str:
    return _LETTERS[n] if n < 26 else _LETTERS[n // 26 - 1] + _LETTERS[n % 26]


def _text(zh: str) -> Item:
    return {"zh": zh, "en": OPEN.en}


class _PlainRepresenter(SafeRepresenter):
    """Numbers as numbers, and every value written out: packs refuse aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_decimal(self, value: Decimal) -> Any:
        whole = value == value.to_integral_value()
        return self.represent_scalar(
            "tag:yaml.org,2002:int" if whole else "tag:yaml.org,2002:float", format(value.normalize(), "f")
        )


_PlainRepresenter.add_representer(Decimal, _PlainRepresenter.represent_decimal)


def _yaml(content: Item) -> str:
    writer = YAML(typ="safe", pure=True)
    writer.Representer = _PlainRepresenter
    writer.allow_unicode = True
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # keep the order written
    writer.default_flow_style = None  # the innermost mappings on one line
    writer.width = 160
    stream = StringIO()
    writer.dump(content, stream)
    return stream.getvalue()
