"""``halfsky plan``: packs of promises, checked and shown; official texts, read and drafted into packs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import typer

from halfsky.cli.output import Format, Language, Row, emit, fail, show_faults
from halfsky.plan import Fault, Kind, Plan, Target, check_pack
from halfsky.plan.reader import PlanText, Suggestion, decoded, read_text, suggest
from halfsky.plan.reader.draft import draft_pack

app = typer.Typer(
    help="Plan packs 规划数据包: check, show, list targets; read an official text 读规划原文.", no_args_is_help=True
)

TARGET_COLUMNS = (
    "target", "clause", "indicator", "kind", "value", "year", "binds", "aspiration", "tolerance", "reference", "words",
)  # fmt: skip
SUGGESTION_COLUMNS = (
    "clause", "kind", "subject", "value", "unit", "year", "base_year", "binds", "aspiration", "hold", "reference", "words",
)  # fmt: skip
# What a table has room for; CSV and JSON hold every column.
SHOWN = ("target", "kind", "value", "year", "binds", "indicator", "words")
SHOWN_SUGGESTIONS = ("clause", "kind", "value", "year", "binds", "subject", "words")

PACK = typer.Argument(
    ..., metavar="DIR", exists=True, file_okay=False, help="Folder of a pack 数据包目录, e.g. plans/dalian-2021-2030."
)
FORMAT = typer.Option(Format.TABLE, "--format", help="table for people 给人看; csv or json for programs 给程序用.")
LANGUAGE = typer.Option(
    None, "--lang", envvar="HALFSKY_LANG", help="Language of what is printed 输出语言: zh (default) or en."
)


@app.command()
def check(folder: Path = PACK, format_: Format = FORMAT, language: Language | None = LANGUAGE) -> None:
    """Is a pack sound? 检查规划数据包。

    Prints how many fields, goals, measures and provisions it holds, and its targets by kind; or every fault
    with file, line and clause, and what to do. Exit code 0 when sound, 1 on faults, 2 for a wrong argument.

    Example: halfsky plan check plans/dalian-2021-2030
    """
    plan = _sound(folder, format_, language or Language.ZH)
    kinds = Counter(target.kind for target in plan.targets)
    rows: list[Row] = [
        *({"part": name, "count": count} for name, count in _parts(plan)),
        *({"part": f"targets.{kind.value}", "count": kinds[kind]} for kind in Kind),
    ]
    if format_ is not Format.TABLE:
        emit(rows, format_)
        return
    print(plan.title.in_language(_code(language)))
    fields, goals, measures, provisions, indicators, targets, units, assignments, regions = (n for _, n in _parts(plan))
    print(f"{fields} fields 领域, {goals} goals 主要目标, {measures} measures 策略措施, {provisions} provisions 规定")
    print(
        f"{targets} targets 目标值, {indicators} indicators 指标, {regions} regions 地区, {units} units 单位, {assignments} assignments 分工"
    )
    emit([{"kind": kind.value, "targets": kinds[kind]} for kind in Kind], format_)


@app.command()
def show(
    folder: Path = PACK,
    clause: str = typer.Argument("", help="A clause 条款号 such as G1.2; all fields without one."),
    format_: Format = FORMAT,
    language: Language | None = LANGUAGE,
) -> None:
    """What a plan promises: its fields, or one clause 查看领域或某一条款。

    Examples: halfsky plan show plans/dalian-2021-2030 · halfsky plan show plans/dalian-2021-2030 G1.2
    """
    plan, code = _sound(folder, format_, language or Language.ZH), _code(language)
    if clause and clause not in plan.clauses:
        fail(f"没有条款“{clause}”。 No clause '{clause}': ids look like G1.2, M4.5, O3, E5.", code=2)
    if clause:
        if format_ is Format.TABLE:
            print(f"{clause}  {plan.clauses[clause].statement.in_language(code)}")
        emit(
            [row for target in plan.targets_of(clause) for row in _target_rows(target)], format_, columns=TARGET_COLUMNS
        )
        return
    rows = [
        {
            "field": field.number,
            "name": field.name.in_language(code),
            "goals": len(field.goals),
            "measures": len(field.measures),
            "targets": sum(plan.field_of(target.clause) is field for target in plan.targets),
        }
        for field in plan.fields
    ]
    emit(rows, format_, title=plan.title.in_language(code) if format_ is Format.TABLE else "")


@app.command()
def targets(
    folder: Path = PACK,
    clause: str = typer.Option("", help="Only this clause 仅某条款, e.g. G1.2."),
    kind: Kind | None = typer.Option(None, help="Only this kind 仅某类别."),
    format_: Format = FORMAT,
    language: Language | None = LANGUAGE,
) -> None:
    """Every promise of a pack, one row per milestone 列出全部目标值，每个阶段目标一行。

    Columns: target, clause, indicator, kind, value, year, binds, aspiration, tolerance, reference, words.

    Example: halfsky plan targets plans/dalian-2021-2030 --format csv
    """
    plan = _sound(folder, format_, language or Language.ZH)
    chosen = [t for t in plan.targets if clause in {"", t.clause} and kind in {None, t.kind}]
    emit([row for target in chosen for row in _target_rows(target)], format_, columns=TARGET_COLUMNS, shown=SHOWN)


@app.command()
def read(
    text: Path = typer.Argument(
        ..., metavar="TEXT", exists=True, dir_okay=False, help="Official text 规划原文, UTF-8 or GB 18030."
    ),
    draft: Path | None = typer.Option(
        None, "--draft", metavar="DIR", help="Write a draft pack into this new folder 生成数据包草稿."
    ),
    plan_id: str = typer.Option("draft-plan", "--id", help="Id of the drafted plan 规划编号, e.g. shenyang-2021-2030."),
    region: str = typer.Option("000000", help="GB/T 2260 code of the drafted plan's region 地区代码."),
    format_: Format = FORMAT,
    language: Language | None = LANGUAGE,
) -> None:
    """Read an official plan text: its parts, and every promise its words seem to make 读规划原文，找出目标值。

    Each row is a suggestion for a person to judge: clause, kind, value, year, whom it binds, the words.
    With --draft a pack is written for a person to finish; `halfsky plan check` then accepts it.

    Example: halfsky plan read plan.txt --draft plans/shenyang-2021-2030 --id shenyang-2021-2030 --region 210100
    """
    plan_text = read_text(_decoded(text))
    if not plan_text.fields:
        fail(
            "没有找到“主要目标”和“策略措施”：这不像妇女发展规划的原文。 No fields with goals and measures found: is this a plan text?"
        )
    suggestions = suggest(plan_text)
    emit(
        [row for s in suggestions for row in _suggestion_rows(s)],
        format_,
        columns=SUGGESTION_COLUMNS,
        shown=SHOWN_SUGGESTIONS,
    )
    if format_ is Format.TABLE:
        print(_contents(plan_text, suggestions))
    if draft is not None:
        try:
            points = draft_pack(plan_text, suggestions, draft, plan_id=plan_id, region=region)
        except FileExistsError:
            fail(f"{draft} 不是空目录，未写入。 {draft} is not empty; nothing was written.", code=2)
        _, faults = check_pack(draft)
        show_faults(faults, language or Language.ZH)
        if format_ is Format.TABLE:
            print(f"→ {draft}")
            code = _code(language)
            emit([{"file": p.file, "count": p.count, "to_do": p.what.in_language(code)} for p in points], format_)


def _sound(folder: Path, format_: Format, language: Language) -> Plan:
    """The plan of a sound pack; otherwise its faults are printed and the command ends with 1."""
    plan, faults = check_pack(folder)
    if plan is not None and not faults:
        return plan
    if format_ is not Format.TABLE:
        emit([_fault_row(fault, language) for fault in faults], format_)
    show_faults(faults, language)
    fail(f"{len(faults)} 处错误 faults", code=1)


def _fault_row(fault: Fault, language: Language) -> Row:
    return {
        "code": fault.code, "file": fault.file, "line": fault.line, "clause": fault.clause,
        "message": fault.message.in_language(language.value),
    }  # fmt: skip


def _parts(plan: Plan) -> list[tuple[str, int]]:
    return [
        ("fields", len(plan.fields)),
        ("goals", len(plan.goals)),
        ("measures", len(plan.measures)),
        ("provisions", len(plan.provisions)),
        ("indicators", len(plan.indicators)),
        ("targets", len(plan.targets)),
        ("units", len(plan.units)),
        ("assignments", len(plan.assignments)),
        ("regions", len(plan.regions)),
    ]


def _target_rows(target: Target) -> Iterator[Row]:
    for milestone in target.milestones:
        yield {
            "target": target.id,
            "clause": target.clause,
            "indicator": target.indicator,
            "kind": target.kind.value,
            "value": milestone.value,
            "year": milestone.year,
            "binds": target.binds.value,
            "aspiration": target.aspiration,
            "tolerance": target.tolerance.value if target.tolerance else None,
            "reference": target.reference,
            "words": target.words,
        }


def _suggestion_rows(suggestion: Suggestion) -> Iterator[Row]:
    for milestone in suggestion.milestones:
        yield {
            "clause": suggestion.clause,
            "kind": suggestion.kind.value,
            "subject": suggestion.subject,
            "value": milestone.value if suggestion.points is None else suggestion.points,
            "unit": suggestion.unit.value if suggestion.unit else None,
            "year": milestone.year,
            "base_year": milestone.base_year,
            "binds": suggestion.binds.value,
            "aspiration": suggestion.aspiration,
            "hold": suggestion.hold,
            "reference": suggestion.reference or None,
            "words": suggestion.words,
        }


def _contents(plan_text: PlanText, suggestions: list[Suggestion]) -> str:
    organisation = sum(p.id.startswith("O") for p in plan_text.provisions)
    evaluation = len(plan_text.provisions) - organisation
    return (
        f"{plan_text.title}\n{len(plan_text.fields)} fields 领域, {len(plan_text.goals)} goals 主要目标, "
        f"{len(plan_text.measures)} measures 策略措施, {organisation} provisions of organisation 组织实施, "
        f"{evaluation} of monitoring and evaluation 监测评估; {len(suggestions)} suggestions 建议, "
        f"{len(plan_text.figures)} figures in the preface 前言数据"
    )


def _decoded(path: Path) -> str:
    text = decoded(path.read_bytes())
    if text is None:
        fail(f"{path} 既不是 UTF-8 也不是 GB 18030 文本。 {path} is neither UTF-8 nor GB 18030 text.", code=1)
    return text


def _code(language: Language | None) -> str:
    return (language or Language.ZH).value
