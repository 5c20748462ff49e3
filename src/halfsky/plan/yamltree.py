"""YAML with the line of every value, so that a fault can name where it stands.

Only plain YAML is accepted: mappings, lists and scalars. Anchors' copies, custom tags and repeated keys
are refused, because a person reading the file would not see what the program sees.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path as FilePath
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from halfsky.plan.faults import Fault, Faulty
from halfsky.plan.text import Text

Path = tuple[str | int, ...]

MAX_BYTES = 2_000_000
PLAIN_TAGS = frozenset(
    f"tag:yaml.org,2002:{kind}" for kind in ("map", "seq", "str", "int", "float", "bool", "null", "timestamp")
)


class Tree:
    """The content of one YAML file and the line of each of its values."""

    def __init__(self, file: str, content: Any, lines: dict[Path, int]) -> None:
        self.file = file
        self.content = content
        self._lines = lines

    def line(self, path: Path) -> int:
        """The line of a value, or of the nearest thing that encloses it (one-based)."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)


def read_tree(path: FilePath, *, name: str) -> Tree:
    """Read one file. Raises :class:`Faulty` naming file and line when it is not plain YAML."""
    try:
        raw = path.read_bytes()
        if len(raw) > MAX_BYTES:
            raise Faulty(
                [_fault("yaml-too-large", name, 1, "文件超过 2 MB，请拆分。", "The file exceeds 2 MB; split it.")]
            )
        node = YAML(typ="safe", pure=True).compose(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise Faulty(
            [
                _fault(
                    "yaml-encoding",
                    name,
                    line,
                    "文件不是 UTF-8 编码，请另存为 UTF-8。",
                    "Not UTF-8; save the file as UTF-8.",
                )
            ]
        ) from error
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = str(getattr(error, "problem", None) or "syntax").strip()
        raise Faulty(
            [
                _fault(
                    "yaml-syntax",
                    name,
                    line,
                    f"YAML 语法错误（{problem}），请检查缩进、冒号和引号。",
                    f"YAML syntax error ({problem}); check indentation, colons and quotes.",
                )
            ]
        ) from error
    except RecursionError as error:
        raise Faulty(
            [_fault("yaml-deep", name, 1, "嵌套过深，请检查括号。", "Nested too deeply; check the brackets.")]
        ) from error
    builder = _Builder(name)
    content = builder.build(node, ()) if node is not None else None
    if builder.faults:
        raise Faulty(builder.faults)
    return Tree(name, content, builder.lines)


class _Builder:
    """Turns nodes into plain values, remembering lines and refusing what is not plain YAML."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Path, int] = {}
        self.faults: list[Fault] = []
        self._seen: set[int] = set()

    def build(self, node: Node, path: Path, line: int = 0) -> Any:
        """``line`` is where a key introduces the node: an alias itself has no mark of its own."""
        line = line or node.start_mark.line + 1
        self.lines[path] = line
        if id(node) in self._seen:
            self._refuse(
                "yaml-alias",
                line,
                "不接受 YAML 引用（*名称），请写出内容。",
                "YAML aliases (*name) are not accepted; write it out.",
            )
            return None
        self._seen.add(id(node))
        if str(node.tag) not in PLAIN_TAGS:
            self._refuse(
                "yaml-tag", line, f"不接受 YAML 标签“{node.tag}”。", f"The YAML tag '{node.tag}' is not accepted."
            )
            return None
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.build(child, (*path, i)) for i, child in enumerate(node.value)]
        assert isinstance(node, ScalarNode)  # the composer yields no other node
        return _scalar(node)

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key, line = str(key_node.value), key_node.start_mark.line + 1
            if key in mapping:
                self._refuse(
                    "yaml-repeated-key",
                    line,
                    f"键“{key}”重复，请只保留一个。",
                    f"The key '{key}' is repeated; keep one.",
                )
            mapping[key] = self.build(value_node, (*path, key), line)
            self.lines[(*path, key)] = line
        return mapping

    def _refuse(self, code: str, line: int, zh: str, en: str) -> None:
        self.faults.append(_fault(code, self.file, line, zh, en))


def _scalar(node: ScalarNode) -> Any:
    """Numbers become exact decimals: 1.10 in a file is 1.10, not the nearest binary fraction."""
    text: str = node.value
    tag = str(node.tag)
    if tag.endswith(":null"):
        return None
    if tag.endswith(":bool"):
        return text.lower() in {"true", "yes", "on"}
    if tag.endswith((":int", ":float")):
        try:
            number = Decimal(text.replace("_", ""))
        except InvalidOperation:
            return text
        return int(number) if tag.endswith(":int") else number
    return text


def _fault(code: str, file: str, line: int, zh: str, en: str) -> Fault:
    return Fault(code=code, file=file, line=line, message=Text(zh=zh, en=en))
