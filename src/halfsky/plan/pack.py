"""Reading a pack: a folder of YAML becomes one :class:`~halfsky.plan.model.Plan`, or a list of faults.

The layout is documented in docs/plan-packs.md. Lists may be split over several files: ``targets.yaml``
and every file of ``targets/`` together hold the targets, and so on for each list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from halfsky.plan import model
from halfsky.plan.faults import Fault, Faulty
from halfsky.plan.text import Text
from halfsky.plan.yamltree import Path as TreePath
from halfsky.plan.yamltree import Tree, read_tree

# List name in the files → class of its items, and whether a pack may do without it.
LISTS: dict[str, tuple[type[BaseModel], bool]] = {
    "provisions": (model.Provision, True),
    "indicators": (model.Indicator, False),
    "targets": (model.Target, False),
    "regions": (model.Region, False),
    "units": (model.UnitOfGovernment, True),
    "assignments": (model.Assignment, True),
    "not_targets": (model.NotTarget, True),
    "baselines": (model.Baseline, True),
}


@dataclass
class Where:
    """Where each object of a pack was written: (list, key) → file and line."""

    places: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)

    def fault(self, kind: str, key: str, code: str, zh: str, en: str, clause: str = "") -> Fault:
        file, line = self.places.get((kind, key), ("plan.yaml", 1))
        return Fault(code=code, file=file, line=line, clause=clause, message=Text(zh=zh, en=en))


@dataclass
class Pack:
    """What reading a folder gave: the plan when its shape is sound, and every fault of shape found."""

    plan: model.Plan | None
    faults: list[Fault]
    where: Where


def read_pack(folder: Path) -> Pack:
    """Read every file of a pack and report all faults of shape; relations are judged by ``check``."""
    faults: list[Fault] = []
    where = Where()
    if not (folder / "plan.yaml").is_file():
        message = Text(zh=f"{folder} 中没有 plan.yaml，这不是规划数据包。", en=f"{folder} holds no plan.yaml: not a plan pack.")
        return Pack(None, [Fault(code="pack-missing", file="plan.yaml", line=1, message=message)], where)

    head: dict[str, Any] = {}
    for tree in _trees(folder, "plan", faults):
        if isinstance(tree.content, dict):
            head = tree.content
        else:
            faults.append(_shape(tree, (), "plan.yaml 应为键值表。", "plan.yaml must be a mapping."))
    fields = [item for tree in _trees(folder, "fields", faults) if (item := _field(tree, faults, where))]
    lists: dict[str, list[BaseModel]] = {}
    for name, (kind, optional) in LISTS.items():
        trees = list(_trees(folder, name, faults))
        lists[name] = [item for tree in trees for item in _items(tree, name, kind, head, faults, where)]
        if not optional and not _files(folder, name):
            message = Text(zh=f"缺少 {name}.yaml 或 {name}/ 目录。", en=f"{name}.yaml or the folder {name}/ is missing.")
            faults.append(Fault(code="file-missing", file=f"{name}.yaml", line=1, message=message))
    if faults:
        return Pack(None, faults, where)

    tree = read_tree(folder / "plan.yaml", name="plan.yaml")
    try:
        plan = model.Plan(**{**head, "fields": tuple(sorted(fields, key=lambda f: f.number)), **lists})
    except ValidationError as error:
        return Pack(None, list(_validation_faults(error, tree, (), "")), where)
    return Pack(plan, [], where)


@lru_cache(maxsize=32)
def _load(folder: Path, stamp: tuple[tuple[str, int, int], ...]) -> model.Plan:
    from halfsky.plan.check import check_pack  # check reads packs itself: imported late to break the circle

    plan, faults = check_pack(folder)
    if plan is None or faults:
        raise Faulty(faults)
    return plan


def load_plan(folder: Path) -> model.Plan:
    """The plan of a sound pack; raises :class:`Faulty` with every fault otherwise.

    Parsed once per state of the folder, so that pages may ask for it on every request.
    """
    folder = folder.resolve()
    files = sorted(folder.rglob("*.yaml"))
    stamp = tuple((str(f), f.stat().st_mtime_ns, f.stat().st_size) for f in files)
    return _load(folder, stamp)


def _trees(folder: Path, name: str, faults: list[Fault]) -> Iterator[Tree]:
    """The YAML file of a list and the files of its folder, in name order."""
    for path in _files(folder, name):
        try:
            yield read_tree(path, name=path.relative_to(folder).as_posix())
        except Faulty as error:
            faults.extend(error.faults)


def _files(folder: Path, name: str) -> list[Path]:
    file_name = name.replace("_", "-")
    paths = [folder / f"{file_name}.yaml", *sorted((folder / file_name).glob("*.yaml"))]
    return [path for path in paths if path.is_file()]


def _field(tree: Tree, faults: list[Fault], where: Where) -> model.PlanField | None:
    content = tree.content
    if not isinstance(content, dict):
        faults.append(_shape(tree, (), "领域文件应为键值表。", "A field file must be a mapping."))
        return None
    try:
        made = model.PlanField(**content)
    except (ValidationError, TypeError) as error:
        if isinstance(error, ValidationError):
            faults.extend(_validation_faults(error, tree, (), ""))
        else:
            faults.append(_shape(tree, (), "领域文件的键有误。", "The keys of the field file are wrong."))
        return None
    where.places[("fields", str(made.number))] = (tree.file, tree.line(("number",)))
    for part in ("goals", "measures"):
        for i, clause in enumerate(getattr(made, part)):
            _note(where, faults, "clauses", clause.id, tree, (part, i, "id"), clause.id)
    return made


def _items(
    tree: Tree, name: str, kind: type[BaseModel], head: dict[str, Any], faults: list[Fault], where: Where
) -> Iterator[BaseModel]:
    content = tree.content
    if not isinstance(content, dict) or set(content) != {name} or not isinstance(content[name], list):
        faults.append(
            _shape(tree, (), f"文件顶层应只有一个列表“{name}”。", f"The file must hold one list called '{name}' and nothing else.")
        )
        return
    for i, raw in enumerate(content[name]):
        path: TreePath = (name, i)
        if not isinstance(raw, dict):
            faults.append(_shape(tree, path, "列表的每一项应为键值表。", "Each item of the list must be a mapping."))
            continue
        clause = str(raw.get("clause") or raw.get("id") or "")
        try:
            made = kind(**(_target_shape(raw, head) if name == "targets" else raw))
        except ValidationError as error:
            faults.extend(_validation_faults(error, tree, path, clause))
            continue
        key = str(getattr(made, "id", None) or getattr(made, "code", None) or f"{clause}#{i}@{tree.file}")
        _note(where, faults, "clauses" if name == "provisions" else name, key, tree, (*path, "id"), clause)
        yield made


def _target_shape(raw: dict[str, Any], head: dict[str, Any]) -> dict[str, Any]:
    """Expand what a target may leave out: ``milestones: {2025: 9}``, and the plan's end where none is named."""
    shaped = dict(raw)
    milestones = shaped.get("milestones")
    if milestones is None and "end" in head:
        shaped["milestones"] = [{"year": head["end"]}]
    elif isinstance(milestones, dict):
        shaped["milestones"] = [
            {"year": _year(year), **(value if isinstance(value, dict) else {"value": value})}
            for year, value in milestones.items()
        ]
    if shaped.get("kind") in model.BASED_KINDS and isinstance(shaped.get("milestones"), list):
        for milestone in shaped["milestones"]:
            if isinstance(milestone, dict) and milestone.get("base_year") is None and "base_year" in head:
                milestone["base_year"] = shaped.get("base_year", head["base_year"])
    shaped.pop("base_year", None)
    return shaped


def _year(text: str) -> int | str:
    return int(text) if text.isdigit() else text


def _note(
    where: Where, faults: list[Fault], kind: str, key: str, tree: Tree, path: TreePath, clause: str
) -> None:
    line = tree.line(path)
    if (kind, key) in where.places:
        first_file, first_line = where.places[(kind, key)]
        faults.append(
            Fault(
                code="id-repeated", file=tree.file, line=line, clause=clause,
                message=Text(
                    zh=f"“{key}”已在 {first_file}:{first_line} 出现，编号不得重复。",
                    en=f"'{key}' already stands at {first_file}:{first_line}; ids must be unique.",
                ),
            )
        )
    else:
        where.places[(kind, key)] = (tree.file, line)


def _shape(tree: Tree, path: TreePath, zh: str, en: str) -> Fault:
    return Fault(code="shape", file=tree.file, line=tree.line(path), message=Text(zh=zh, en=en))


# pydantic's error type → what to tell the person, in both languages; {x} is the offending value.
_ADVICE: dict[str, tuple[str, str, str]] = {
    "missing": ("key-missing", "缺少必填项“{key}”。", "The required key '{key}' is missing."),
    "extra_forbidden": ("key-unknown", "不认识的键“{key}”，请检查拼写。", "The key '{key}' is not known; check its spelling."),
    "enum": ("code-unknown", "“{key}”的取值“{x}”不在允许范围内（{expected}）。", "'{x}' is not a value of '{key}' (one of {expected})."),
    "literal_error": (
        "code-unknown", "“{key}”的取值“{x}”不在允许范围内（{expected}）。", "'{x}' is not a value of '{key}' (one of {expected})."
    ),
    "string_pattern_mismatch": ("id-malformed", "“{key}”的写法“{x}”不合规则。", "'{x}' is not a well-formed '{key}'."),
}


def _validation_faults(error: ValidationError, tree: Tree, base: TreePath, clause: str) -> Iterator[Fault]:
    for item in error.errors():
        loc = tuple(part for part in item["loc"])
        key = str(loc[-1]) if loc else ""
        code, zh, en = _ADVICE.get(
            item["type"], ("value-wrong", "“{key}”的值“{x}”有误。", "The value '{x}' of '{key}' is wrong: {reason}.")
        )
        context = item.get("ctx", {})
        words = {"key": key, "x": _short(item.get("input")), "expected": context.get("expected", ""), "reason": item["msg"]}
        yield Fault(
            code=code, file=tree.file, line=tree.line((*base, *loc)), clause=clause if clause[:1] in "GMOEP" else "",
            message=Text(zh=zh.format(**words), en=en.format(**words)),
        )


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:39] + "…"
