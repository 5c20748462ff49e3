"""Reading a pack: a folder of YAML becomes one :class:`~halfsky.plan.model.Plan`, or a list of faults.

The layout is documented in docs/plan-packs.md. Lists may be split over several files: ``targets.yaml``
and every file of ``targets/`` together hold the targets, and so on for each list.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from pydantic import BaseModel, ValidationError

from halfsky.plan import model
from halfsky.plan.faults import Fault, Faulty
from halfsky.plan.ledgers import Feed, Ledger
from halfsky.plan.rules import Rule
from halfsky.plan.text import Text
from halfsky.plan.yamltree import Path as TreePath
from halfsky.plan.yamltree import Tree, read_tree

CLAUSE = r"^[GMOEP]\d{1,2}(?:\.\d{1,2})?$"

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
    "quality": (Rule, True),
    "ledgers": (Ledger, True),
    "feeds": (Feed, True),
}


@dataclass
class Where:
    """Where each object of a pack was written: (list, key) → its file and its path in it."""

    places: dict[tuple[str, str], tuple[Tree, TreePath]] = field(default_factory=dict)

    def fault(
        self, kind: str, key: str, code: str, zh: str, en: str, clause: str = "", at: TreePath = ("id",)
    ) -> Fault:
        """A fault of an object, at the line of one of its values (``at``), else where the object begins."""
        message = Text(zh=zh, en=en)
        if (kind, key) not in self.places:
            return Fault(code=code, file="plan.yaml", line=1, clause=clause, message=message)
        tree, path = self.places[(kind, key)]
        return Fault(code=code, file=tree.file, line=tree.line((*path, *at)), clause=clause, message=message)

    def keys(self, kind: str) -> list[str]:
        """The keys of a list's objects, in the order in which they were read."""
        return [key for noted, key in self.places if noted == kind]

    def line(self, kind: str, key: str) -> tuple[str, int]:
        tree, path = self.places[(kind, key)]
        return tree.file, tree.line(path)


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
        message = Text(
            zh=f"{folder} 中没有 plan.yaml，这不是规划数据包。", en=f"{folder} holds no plan.yaml: not a plan pack."
        )
        return Pack(None, [Fault(code="pack-missing", file="plan.yaml", line=1, message=message)], where)

    head: dict[str, Any] = {}
    for tree in _trees(folder, "plan", faults):
        if isinstance(tree.content, dict):
            head = tree.content
        else:
            faults.append(_shape(tree, (), "plan.yaml 应为键值表。", "plan.yaml must be a mapping."))
        where.places[("plan", "")] = (tree, ())
    if faults:  # without its years nothing else can be judged
        return Pack(None, faults, where)
    fields = [item for tree in _trees(folder, "fields", faults) if (item := _field(tree, faults, where))]
    lists: dict[str, list[BaseModel]] = {}
    for name, (kind, _) in LISTS.items():
        trees = _trees(folder, name, faults)
        lists[name] = [item for tree in trees for item in _items(tree, name, kind, head, faults, where)]
    for name in ("fields", *(name for name, (_, optional) in LISTS.items() if not optional)):
        if not _files(folder, name):
            message = Text(
                zh=f"缺少 {name}.yaml 或 {name}/ 目录。", en=f"{name}.yaml or the folder {name}/ is missing."
            )
            faults.append(Fault(code="file-missing", file=f"{name}.yaml", line=1, message=message))
    if faults:
        return Pack(None, faults, where)

    tree = read_tree(folder / "plan.yaml", name="plan.yaml")
    try:
        content = {**head, "fields": tuple(sorted(fields, key=lambda f: f.number)), **lists}
        plan = model.Plan.model_validate(content)
    except ValidationError as error:
        return Pack(None, list(_validation_faults(error, tree, ())), where)
    return Pack(plan, [], where)


_reading: defaultdict[Path, Lock] = defaultdict(Lock)


@lru_cache(maxsize=32)
def _load(folder: Path, stamp: tuple[tuple[str, int, int], ...], kept: Path | None) -> model.Plan:
    from halfsky.plan.check import check_pack  # check reads packs itself: imported late to break the circle

    copy = None if kept is None else kept / f"{_digest(folder, stamp)}.json"
    if copy is not None and copy.exists():
        return model.Plan.model_validate_json(copy.read_bytes())
    plan, faults = check_pack(folder)
    if plan is None or faults:
        raise Faulty(faults)
    if copy is not None:
        copy.parent.mkdir(parents=True, exist_ok=True)
        part = copy.with_suffix(f".{os.getpid()}")
        part.write_text(plan.model_dump_json(), encoding="utf-8")
        part.replace(copy)  # whole or not at all
    return plan


def load_plan(folder: Path, *, kept: Path | None = None) -> model.Plan:
    """The plan of a sound pack; raises :class:`Faulty` with every fault otherwise.

    Parsed once per state of the folder, so that pages may ask for it on every request; threads that ask together wait for
    the one that parses. In the folder ``kept`` a sound plan is left as JSON, under the digest of its files and of the code
    that judges them: the next process reads that in a fortieth of the time.
    """
    folder = folder.resolve()
    with _reading[folder]:
        return _load(folder, _stamp(folder), kept)


def _stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Every file of a pack with its time and size: different whenever the pack may be."""
    found = []
    for root, _, names in os.walk(folder):
        for name in names:
            if name.endswith(".yaml"):
                path = f"{root}{os.sep}{name}"
                state = os.stat(path)  # noqa: PTH116  a page asks on every request, and a Path takes three times as long
                found.append((path, state.st_mtime_ns, state.st_size))
    return tuple(sorted(found))


def _digest(folder: Path, stamp: tuple[tuple[str, int, int], ...]) -> str:
    """SHA-256 over the pack's files and this package's own."""
    seal = hashlib.sha256()
    here = Path(__file__).parent
    for root, names in (
        (folder, [Path(name) for name, _, _ in stamp]),
        (here, sorted(p for kind in ("*.py", "*.yaml") for p in here.glob(kind))),
    ):
        for path in names:
            content = path.read_bytes()
            seal.update(f"{path.relative_to(root).as_posix()}|{len(content)}|".encode() + content)
    return seal.hexdigest()


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
        made = model.PlanField.model_validate(content)
    except ValidationError as error:
        faults.extend(_validation_faults(error, tree, ()))
        return None
    _note(where, faults, "fields", str(made.number), tree, (), "")
    for part in ("goals", "measures"):
        for i, clause in enumerate(getattr(made, part)):
            _note(where, faults, "clauses", clause.id, tree, (part, i), clause.id)
    return made


def _items(
    tree: Tree, name: str, kind: type[BaseModel], head: dict[str, Any], faults: list[Fault], where: Where
) -> Iterator[BaseModel]:
    content = tree.content
    if not isinstance(content, dict) or set(content) != {name} or not isinstance(content[name], list):
        faults.append(
            _shape(
                tree,
                (),
                f"文件顶层应只有一个列表“{name}”。",
                f"The file must hold one list called '{name}' and nothing else.",
            )
        )
        return
    for i, raw in enumerate(content[name]):
        path: TreePath = (name, i)
        if not isinstance(raw, dict):
            faults.append(_shape(tree, path, "列表的每一项应为键值表。", "Each item of the list must be a mapping."))
            continue
        clause = str(raw.get("clause") or raw.get("id") or "")
        try:
            made = kind.model_validate(_target_shape(raw, head) if name == "targets" else raw)
        except ValidationError as error:
            faults.extend(_validation_faults(error, tree, path))
            continue
        key = str(getattr(made, "id", None) or getattr(made, "code", None) or f"{clause}#{i}@{tree.file}")
        _note(where, faults, "clauses" if name == "provisions" else name, key, tree, path, clause)
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
    if shaped.get("kind") in model.BASED_KINDS:
        base_year = shaped.pop("base_year", head.get("base_year"))
        listed = shaped.get("milestones")
        for milestone in listed if isinstance(listed, list) else []:
            if isinstance(milestone, dict) and milestone.get("base_year") is None:
                milestone["base_year"] = base_year
    return shaped


def _year(text: str) -> int | str:
    return int(text) if text.isdigit() else text


def _note(where: Where, faults: list[Fault], kind: str, key: str, tree: Tree, path: TreePath, clause: str) -> None:
    if (kind, key) in where.places:
        first_file, first_line = where.line(kind, key)
        faults.append(
            Fault(
                code="id-repeated",
                file=tree.file,
                line=tree.line(path),
                clause=clause,
                message=Text(
                    zh=f"“{key}”已在 {first_file}:{first_line} 出现，编号不得重复。",
                    en=f"'{key}' already stands at {first_file}:{first_line}; ids must be unique.",
                ),
            )
        )
    else:
        where.places[(kind, key)] = (tree, path)


def _shape(tree: Tree, path: TreePath, zh: str, en: str) -> Fault:
    return Fault(code="shape", file=tree.file, line=tree.line(path), message=Text(zh=zh, en=en))


# pydantic's error type → what to tell the person, in both languages; {x} is the offending value.
ADVICE: dict[str, tuple[str, str, str]] = {
    "missing": ("key-missing", "缺少必填项“{key}”。", "The required key '{key}' is missing."),
    "extra_forbidden": (
        "key-unknown",
        "不认识的键“{key}”，请检查拼写。",
        "The key '{key}' is not known; check its spelling.",
    ),
    "enum": (
        "code-unknown",
        "“{key}”的取值“{x}”不在允许范围内（{expected}）。",
        "'{x}' is not a value of '{key}' (one of {expected}).",
    ),
    "literal_error": (
        "code-unknown",
        "“{key}”的取值“{x}”不在允许范围内（{expected}）。",
        "'{x}' is not a value of '{key}' (one of {expected}).",
    ),
    "string_pattern_mismatch": ("id-malformed", "“{key}”的写法“{x}”不合规则。", "'{x}' is not a well-formed '{key}'."),
}

OTHER_ADVICE = (
    "value-wrong", "“{key}”的值“{x}”有误，请对照 docs/plan-packs.md 填写。", "The value '{x}' of '{key}' is wrong: {reason}.",
)  # fmt: skip


def _clause_at(content: Any, path: TreePath) -> str:
    """The clause of the innermost thing on a path that names one, as its ``clause`` or its ``id``."""
    clause = ""
    for part in (*path, None):
        if isinstance(content, dict):
            named = (str(content.get(key)) for key in ("clause", "id"))
            clause = next((name for name in named if re.match(CLAUSE, name)), clause)
        try:
            content = content[part]
        except (KeyError, IndexError, TypeError):  # the path goes on into what is missing
            break
    return clause


def _validation_faults(error: ValidationError, tree: Tree, base: TreePath) -> Iterator[Fault]:
    for item in error.errors():
        loc = tuple(part for part in item["loc"])
        key = str(loc[-1]) if loc else ""
        code, zh, en = ADVICE.get(item["type"], OTHER_ADVICE)
        context = item.get("ctx", {})
        words = {
            "key": key,
            "x": _short(item.get("input")),
            "expected": context.get("expected", ""),
            "reason": item["msg"],
        }
        yield Fault(
            code=code,
            file=tree.file,
            line=tree.line((*base, *loc)),
            clause=_clause_at(tree.content, (*base, *loc)),
            message=Text(zh=zh.format(**words), en=en.format(**words)),
        )


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:39] + "…"
