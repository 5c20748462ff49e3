"""``halfsky regions``: places, how long they stand so, and what becomes of them."""

from __future__ import annotations

import typer

from halfsky.cli.output import Format, emit, fail
from halfsky.cli.setup import database_ready
from halfsky.plan import Text

app = typer.Typer(help="Places and their changes 地区与区划变更.", no_args_is_help=True)

YEAR = typer.Option(..., "--year", help="First year in which the change holds 变更生效年份.")
REASON = typer.Option(..., "--reason", help="The decision and its number; kept in the ledger 批复文号.")
NAME = typer.Option(..., "--name", help="Chinese name of the new place 新地区名称.")
NAME_EN = typer.Option("", "--name-en", help="English name 英文名称.")


@app.callback()
def regions() -> None:
    """Places and their changes 地区与区划变更."""


@app.command("list")
def list_(format_: Format = typer.Option(Format.TABLE, "--format", help="table, csv or json.")) -> None:
    """List every place with the years in which it stood so 列出地区."""
    database_ready()
    from halfsky.cli.actor import operator
    from halfsky.places.queries import structure

    columns = ("code", "name_zh", "name_en", "level", "parent", "since", "until")
    emit([{name: getattr(row, name) for name in columns} for row in structure(operator())], format_, columns=columns)


@app.command()
def history(format_: Format = typer.Option(Format.TABLE, "--format", help="table, csv or json.")) -> None:
    """List the changes, the newest first 列出区划变更."""
    database_ready()
    from halfsky.cli.actor import operator
    from halfsky.places.queries import restructurings, structure

    rows = restructurings({row.code for row in structure(operator())})
    told = [
        {"year": r.year, "kind": r.kind, "before": r.before, "after": r.after, "reason": r.reason, "event": r.event_id}
        for r in rows
    ]
    emit(told, format_, columns=("year", "kind", "before", "after", "reason", "event"))


@app.command()
def merge(
    codes: list[str] = typer.Argument(help="Codes of the places that merge 合并地区的代码."),
    into: str = typer.Option(..., "--into", help="Code of the new place 新地区代码."),
    name: str = NAME,
    name_en: str = NAME_EN,
    year: int = YEAR,
    reason: str = REASON,
) -> None:
    """Several places become one 合并."""
    database_ready()
    from halfsky.cli.actor import operator
    from halfsky.places.restructure import NewPlace, merge

    print(merge(codes=codes, into=NewPlace(into, _name(name, name_en)), year=year, by=operator(), reason=reason))


@app.command()
def split(
    code: str = typer.Argument(help="Code of the place 地区代码."),
    into: list[str] = typer.Option(..., "--into", help="CODE=名称 or CODE=名称=Name, once for each new place 新地区."),
    year: int = YEAR,
    reason: str = REASON,
) -> None:
    """One place becomes several 拆分."""
    database_ready()
    from halfsky.cli.actor import operator
    from halfsky.places.restructure import NewPlace, split

    new = []
    for word in into:
        to, _, names = word.partition("=")
        zh, _, en = names.partition("=")
        if not to or not zh:
            fail(f"--into {word}：应为 代码=名称。 It should be CODE=NAME.")
        new.append(NewPlace(to, _name(zh, en)))
    print(split(code=code, into=new, year=year, by=operator(), reason=reason))


@app.command()
def rename(
    code: str = typer.Argument(help="Code of the place 地区代码."),
    name: str = NAME,
    name_en: str = NAME_EN,
    to: str = typer.Option("", "--code", help="New code, where it gets one 新代码."),
    year: int = YEAR,
    reason: str = REASON,
) -> None:
    """A place gets another name, and another code where it does 更名."""
    database_ready()
    from halfsky.cli.actor import operator
    from halfsky.places.restructure import NewPlace, rename

    print(rename(code=code, to=NewPlace(to or code, _name(name, name_en)), year=year, by=operator(), reason=reason))


def _name(zh: str, en: str) -> Text:
    return Text(zh=zh, en=en or zh)
