"""Fills one Word template in a process of its own, within limits.

    python -m halfsky.reports.wordtemplate_child TEMPLATE RESULT < values.json

A template is a program of other people's making: a compressed archive of XML with jinja in it. This process is what may
break on it. Three walls stand behind each other: the package is looked through before any of it is read as a document;
the jinja is walked as a tree, and whatever is not a slot, a loop over a list or a condition is refused with its place;
and what is left runs in a sandbox without functions, methods or globals. No Django here. The answer is one JSON value on
standard output: ``{"faults": [{"code": …, "place": …, …}]}``, empty when the result was written.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from halfsky.observations.workbook_child import MEGABYTE, Refused, check_archive

MAX_MEMORY = 1024 * MEGABYTE
MAX_CPU_SECONDS = 15
MAX_OUTPUT = 64 * MEGABYTE
MAX_UNPACKED = 48 * MEGABYTE

_MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_MACROS = (b"macroenabled", b"vbaproject", b"ms-office.activex")
_FOREIGN = ("word/embeddings/", "word/activex/", "word/vba", "customui/")
_FIELDS = re.compile(
    r"^\s*(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|LINK|IMPORT|MACROBUTTON|DATABASE|EMBED|RD|GOTOBUTTON)\b", re.I
)
_SAFE_LINKS = ("http://", "https://", "mailto:")

FILTERS = ("default", "join", "length", "trim", "upper", "lower", "round", "first", "last", "int")
TESTS = ("defined", "undefined", "none", "odd", "even")
MAX_NESTED = 3  # loops within each other
LOOP = ("index", "index0", "first", "last", "length")
_LONGEST_PLACE = 60


def main(template: str, result: str) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_SECONDS, MAX_CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_OUTPUT, MAX_OUTPUT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    asked = json.load(sys.stdin)
    try:
        check_package(Path(template))
        faults = fill(template, result, asked["values"], asked["shape"], asked["required"])
    except Refused as refusal:
        faults = [{"code": refusal.code, **refusal.details}]
    except (MemoryError, RecursionError):
        faults = [{"code": "template-heavy"}]
    except Exception:  # whatever a broken document makes a parser raise, it is a broken document
        faults = [{"code": "template-unreadable"}]
    sys.stdout.write(json.dumps({"faults": faults}))


def check_package(path: Path) -> None:
    """Raise ``Refused`` unless the file is a plain Word document: no macros, nothing embedded, nothing fetched from elsewhere."""
    check_archive(path)
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        if sum(e.file_size for e in entries) > MAX_UNPACKED:
            raise Refused("archive-large", entry="*", most=MAX_UNPACKED // MEGABYTE)
        names = {e.filename.lower(): e.filename for e in entries}
        types = archive.read(names["[content_types].xml"])
        if any(mark in types.lower() for mark in _MACROS):
            raise Refused("template-macros")
        if _MAIN not in types or "word/document.xml" not in names:
            raise Refused("template-not-word")
        for lower, name in names.items():
            if lower.startswith(_FOREIGN):
                raise Refused("template-embedded", part=name[:80])
            if lower.endswith((".xml", ".rels")):
                _check_part(name, archive.read(name))


def _check_part(name: str, content: bytes) -> None:
    from lxml import etree

    words = content.decode("utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8", "replace")
    if "<!DOCTYPE" in words or "<!ENTITY" in words:
        raise Refused("template-entities", part=name[:80])
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        raise Refused("template-unreadable") from None
    for element in root.iter(etree.Element):
        kind = etree.QName(element).localname
        if kind == "Relationship":
            _check_relation(element)
        elif kind in {"altChunk", "object", "OLEObject", "control", "subDoc"}:
            raise Refused("template-embedded", part=kind)
        elif kind in {"instrText", "fldSimple"}:
            _check_field(element.text or "")
            for key, value in element.attrib.items():
                if etree.QName(key).localname == "instr":
                    _check_field(value)


def _check_relation(element: Any) -> None:
    target, kind = element.get("Target", ""), element.get("Type", "").rsplit("/", 1)[-1]
    if kind in {"attachedTemplate", "aFChunk", "oleObject", "subDocument", "frame", "control", "vbaProject", "package"}:
        raise Refused("template-embedded", part=f"{kind} {target}"[:80])
    if element.get("TargetMode") == "External" and not (kind == "hyperlink" and target.lower().startswith(_SAFE_LINKS)):
        raise Refused("template-external", target=target[:80])


def _check_field(words: str) -> None:
    if found := _FIELDS.match(words):
        raise Refused("template-field", field=found[1].upper())


def fill(
    template: str, result: str, values: dict[str, Any], shape: dict[str, Any], required: list[str]
) -> list[dict[str, Any]]:
    """Write the filled document; returns what is wrong with the template instead, every fault of every part.

    ``shape``: slot → ``None`` for words, the names of a row's cells for a list of rows.
    """
    import jinja2
    from docxtpl import DocxTemplate
    from lxml import etree

    environment = _environment()
    used: set[str] = set()
    faults: list[dict[str, Any]] = []

    class Template(DocxTemplate):  # type: ignore[misc]
        """Every part is looked at before it is rendered, and afterwards."""

        def render_xml_part(self, src_xml: str, part: Any, context: Any, jinja_env: Any = None) -> str:
            lines = re.sub(r"<w:p([ >])", r"\n<w:p\1", src_xml)
            found = _looked_at(environment, lines, shape, used)
            if found:
                where = "" if part.partname == "/word/document.xml" else str(part.partname).rsplit("/", 1)[-1]
                faults.extend({**fault, "part": where} for fault in found)
                return src_xml
            try:
                made: str = super().render_xml_part(src_xml, part, context, jinja_env)
            except jinja2.TemplateError as error:
                faults.append(
                    {"code": "template-refused", "place": _place(lines, _line(error)), "what": str(error)[:200]}
                )
                return src_xml
            try:
                root = etree.fromstring(made.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
            except etree.XMLSyntaxError:
                faults.append({"code": "template-crossed", "place": ""})
                return src_xml
            faults.extend(_misplaced(root))
            return made

    document = Template(template)
    document.init_docx()
    core = document.docx.core_properties
    for name in ("author", "comments", "identifier", "language", "subject", "title"):
        if re.search(r"{[{%#]", getattr(core, name) or ""):
            faults.append({"code": "template-property", "what": name})
            setattr(core, name, "")
    document.is_rendered = False
    document.render(_clean(values), environment, autoescape=True)
    if not faults:
        faults = [{"code": "template-lacks", "what": slot} for slot in required if slot not in used]
    if not faults:
        document.save(result)
    return faults[:20]


def _clean(value: Any) -> Any:
    """Values without the characters that XML forbids or that docxtpl gives a meaning to."""
    if isinstance(value, str):
        return re.sub(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]", "", value)
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    return [_clean(item) for item in value] if isinstance(value, list) else value


def _environment() -> Any:
    """Jinja without functions, methods, globals, or arithmetic that can grow."""
    from jinja2 import StrictUndefined
    from jinja2.exceptions import SecurityError
    from jinja2.runtime import LoopContext
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Sandbox(ImmutableSandboxedEnvironment):
        intercepted_binops = frozenset({"*", "**", "%", "/", "//", "+", "-"})

        def getattr(self, obj: Any, attribute: str) -> Any:
            if isinstance(obj, Mapping) and attribute in obj:
                return obj[attribute]
            if isinstance(obj, LoopContext) and attribute in LOOP:
                return getattr(obj, attribute)
            if isinstance(obj, Mapping):
                return self.undefined(obj=obj, name=attribute)
            raise SecurityError(f"{attribute}")

        def getitem(self, obj: Any, argument: Any) -> Any:
            if isinstance(obj, Mapping | list) and isinstance(argument, str | int):
                try:
                    return obj[argument]  # type: ignore[index]
                except (LookupError, TypeError):
                    return self.undefined(obj=obj, name=str(argument))
            raise SecurityError(f"{argument}")

        def call(self, context: Any, obj: Any, *args: Any, **kwargs: Any) -> Any:
            raise SecurityError("()")

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            raise SecurityError(operator)

        def is_safe_callable(self, obj: Any) -> bool:
            return False

    made = Sandbox(undefined=StrictUndefined, autoescape=True, loader=None, extensions=[])
    made.globals.clear()
    made.filters = {name: made.filters[name] for name in FILTERS}
    made.tests = {name: made.tests[name] for name in TESTS}
    return made


def _looked_at(environment: Any, lines: str, shape: dict[str, Any], used: set[str]) -> list[dict[str, Any]]:
    """What a part's jinja holds beside slots, loops over lists and conditions: each with its paragraph."""
    from jinja2 import TemplateSyntaxError

    try:
        tree = environment.parse(lines)
    except TemplateSyntaxError as error:
        return [{"code": "template-syntax", "place": _place(lines, error.lineno), "what": (error.message or "")[:200]}]
    found = _Walk(shape, used)
    found.walk(tree, {})
    return [{**fault, "place": _place(lines, line)} for line, fault in found.faults]


_Names = dict[str, Any]


class _Walk:
    """A walk of jinja's tree that knows what every name stands for."""

    def __init__(self, shape: dict[str, Any], used: set[str]) -> None:
        self.shape, self.used = shape, used
        self.faults: list[tuple[int, dict[str, Any]]] = []

    def fault(self, node: Any, code: str, **more: Any) -> None:
        self.faults.append((node.lineno, {"code": code, **more}))

    def walk(self, node: Any, names: _Names) -> None:
        from jinja2 import nodes

        match node:
            case nodes.Name():
                self._name(node, names)
            case nodes.Getattr() | nodes.Getitem():
                self._member(node, names)
            case nodes.For():
                self._loop(node, names)
            case nodes.Filter() if node.name not in FILTERS:
                self.fault(node, "template-filter", what=node.name, known="、".join(FILTERS))
            case nodes.Test() if node.name not in TESTS:
                self.fault(node, "template-filter", what=node.name, known="、".join(TESTS))
            case (
                nodes.Template() | nodes.Output() | nodes.TemplateData() | nodes.Const() | nodes.If() | nodes.CondExpr()
                | nodes.Compare() | nodes.Operand() | nodes.And() | nodes.Or() | nodes.Not() | nodes.Concat()
                | nodes.Filter() | nodes.Test()
            ):  # fmt: skip
                for child in node.iter_child_nodes():
                    self.walk(child, names)
            case _:
                self.fault(node, "template-forbidden", what=_WHAT.get(type(node).__name__, type(node).__name__))

    def _name(self, node: Any, names: _Names) -> Any:
        """What a name stands for: ``None`` words, a tuple of cells for a row, a list of them for rows."""
        if node.name in names and node.name != "loops":
            return names[node.name]
        if node.name not in self.shape:
            self.fault(node, "template-slot", what=node.name[:60], known="、".join(sorted(self.shape)))
            return None
        self.used.add(node.name)
        cells = self.shape[node.name]
        return cells if cells is None else [tuple(cells)]

    def _member(self, node: Any, names: _Names) -> None:
        from jinja2 import nodes

        held = node.node
        if isinstance(node, nodes.Getattr):
            member: Any = node.attr
        else:
            member = node.arg.value if isinstance(node.arg, nodes.Const) else None
        if not isinstance(held, nodes.Name) or not isinstance(member, str) or member.startswith("_"):
            return self.fault(node, "template-forbidden", what=f".{member}")
        row = self._name(held, names)
        held_row = isinstance(row, tuple)
        if not (held_row and member in row) and (held.name in names or held.name in self.shape):
            known = "、".join(f"{held.name}.{cell}" for cell in row) if held_row else held.name
            self.fault(node, "template-slot", what=f"{held.name}.{member}"[:60], known=known)

    def _loop(self, node: Any, names: _Names) -> None:
        from jinja2 import nodes

        if names.get("loops", 0) == MAX_NESTED:
            return self.fault(node, "template-nested", most=MAX_NESTED)
        rows = self._name(node.iter, names) if isinstance(node.iter, nodes.Name) else None
        if node.recursive or not isinstance(rows, list) or not isinstance(node.target, nodes.Name):
            lists = "、".join(slot for slot, cells in sorted(self.shape.items()) if cells is not None)
            return self.fault(node, "template-loop", known=lists or "—")
        inner = {**names, node.target.name: rows[0] or None, "loop": LOOP, "loops": names.get("loops", 0) + 1}
        for child in (*node.body, *node.else_, *([node.test] if node.test is not None else [])):
            self.walk(child, inner)


_WHAT = {
    "Call": "()", "Macro": "macro", "CallBlock": "call", "Include": "include", "Import": "import", "FromImport": "import",
    "Extends": "extends", "Block": "block", "Assign": "set", "AssignBlock": "set", "FilterBlock": "filter", "Mul": "*",
    "Pow": "**", "Add": "+", "Sub": "-", "Div": "/", "FloorDiv": "//", "Mod": "%", "With": "with", "List": "[]",
    "Dict": "{}", "Tuple": ",", "Slice": ":",
}  # fmt: skip


def _line(error: Any) -> int:
    """The line of the template at which a rendering stopped, from its traceback."""
    line, step = 0, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == "<template>":
            line = step.tb_lineno
        step = step.tb_next
    return line


def _place(lines: str, number: int) -> str:
    """The words of a paragraph, and of which table it is."""
    parts = lines.split("\n")
    if not 0 < number <= len(parts):
        return ""
    words = re.sub(r"<[^>]+>", "", parts[number - 1]).strip()
    words = words.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
    before = "\n".join(parts[: number - 1])
    opened, closed = (len(re.findall(rf"<{slash}w:tbl[ >]", before)) for slash in ("", "/"))
    table = f"#{opened}: " if opened > closed else ""
    return table + (words if len(words) <= _LONGEST_PLACE else words[: _LONGEST_PLACE - 1] + "…")


_PARENTS = {"tr": {"tbl", "sdtContent", "ins", "del", "customXml"}, "tc": {"tr", "sdtContent", "customXml"}}
_TEXTUAL = frozenset({"t", "delText", "instrText", "delInstrText"})


def _misplaced(root: Any) -> Iterable[dict[str, Any]]:
    """What a loop that begins in one cell and ends in another, or a slot outside a run, leaves behind: Word would call it damaged."""
    from lxml import etree

    main = root.nsmap.get("w")
    for element in root.iter(etree.Element):
        name = etree.QName(element)
        if name.namespace != main:
            continue
        parent = element.getparent()
        within = etree.QName(parent).localname if parent is not None else ""
        if (wanted := _PARENTS.get(name.localname)) and within not in wanted:
            yield {"code": "template-crossed", "place": "".join(element.itertext())[:_LONGEST_PLACE]}
            return
        if name.localname == "p" and within in {"p", "r", "t", "tbl", "tr"}:
            yield {"code": "template-crossed", "place": "".join(element.itertext())[:_LONGEST_PLACE]}
            return
        if name.localname == "tc" and not any(etree.QName(c).localname in {"p", "sdt"} for c in element):
            yield {"code": "template-crossed", "place": "".join(element.itertext())[:_LONGEST_PLACE]}
            return
        loose = [element.text if name.localname not in _TEXTUAL else "", *(child.tail for child in element)]
        if any(words and words.strip() for words in loose):
            yield {"code": "template-loose", "place": "".join(w.strip() for w in loose if w)[:_LONGEST_PLACE]}
            return


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
