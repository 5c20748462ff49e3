"""``halfsky people``: who there is, who comes, who holds which post."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from halfsky.cli.output import Format, emit, fail
from halfsky.cli.setup import database_ready

if TYPE_CHECKING:
    from halfsky.places.models import User

app = typer.Typer(help="People and their posts 人员与岗位.", no_args_is_help=True)

USERNAME = typer.Argument(help="Sign-in name 登录名.")
ROLE = typer.Option(..., "--role", help="Role code, such as clerk or administrator 角色代码.")
REGION = typer.Option(..., "--region", help="Code of the place 地区代码.")
UNIT = typer.Option(None, "--unit", help="Code of the unit, for clerks and approvers 单位代码.")
REASON = typer.Option("", "--reason", help="Why; kept in the ledger 原因.")


@app.callback()
def people() -> None:
    """People and their posts 人员与岗位."""


@app.command()
def add(
    username: str = USERNAME,
    name: str = typer.Option(..., "--name", help="Full name 姓名."),
    email: str = typer.Option("", "--email", help="E-mail; the link is sent there 邮箱."),
    role: str = ROLE,
    region: str = REGION,
    unit: str | None = UNIT,
) -> None:
    """Add a person with a post and print the link to set a password 添加人员."""
    _ready()
    from halfsky.cli.actor import operator
    from halfsky.places.actions import bring_in

    _, link = bring_in(
        username=username, full_name=name, email=email, role=role, region=region, unit=unit, by=operator()
    )
    print(link)


@app.command("list")
def list_(
    region: str = typer.Option("", "--region", help="Only posts of this place 地区代码."),
    role: str = typer.Option("", "--role", help="Only this role 角色代码."),
    format_: Format = typer.Option(Format.TABLE, "--format", help="table, csv or json."),
) -> None:
    """List people with the posts held now 列出人员."""
    database_ready()
    from halfsky.cli.actor import operator
    from halfsky.places.queries import people as people_of

    rows = [
        {
            "username": user.username,
            "name": user.full_name,
            "email": user.email,
            "active": user.is_active,
            "posts": [
                f"{post.role}@{post.region}" + (f"/{post.office.unit}" if post.office else "")
                for post in user.posts.select_related("office").filter(until__isnull=True)
            ],
        }
        for user in people_of(operator(), region=region, role=role)
    ]
    emit(rows, format_, columns=("username", "name", "email", "active", "posts"))


@app.command()
def appoint(
    username: str = USERNAME, role: str = ROLE, region: str = REGION, unit: str | None = UNIT, reason: str = REASON
) -> None:
    """Give a person a post 任命岗位."""
    _ready()
    from halfsky.cli.actor import operator
    from halfsky.places.actions import appoint as give

    give(user=_person(username), role=role, region=region, unit=unit, by=operator(), reason=reason)


@app.command("reset-password")
def reset_password(username: str = USERNAME, reason: str = REASON) -> None:
    """Take the password away and print a link to set another 重置密码."""
    database_ready()
    from halfsky.cli.actor import operator
    from halfsky.places.actions import reset_password as reset

    print(reset(user=_person(username), by=operator(), reason=reason))


@app.command("import")
def import_(
    file: Path = typer.Argument(exists=True, dir_okay=False, help="The filled template 填好的模板 (.xlsx)."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Check only 只检查."),
    reason: str = REASON,
) -> None:
    """Take units and people from a workbook, all or nothing; print the links 批量导入单位和人员."""
    _ready()
    from halfsky.cli.actor import operator
    from halfsky.places.roster import read_roster, take_roster
    from halfsky.plan import Faulty

    roster = read_roster(file, by=operator(), file=file.name)
    if roster.faults:
        raise Faulty(roster.faults)
    if dry_run:
        print(f"{len(roster.offices)} units 个单位 · {len(roster.people)} posts 个岗位")
        return
    links = take_roster(roster, by=operator(), reason=reason)
    emit([{"username": user.username, "link": link} for user, link in links], Format.CSV, columns=("username", "link"))


def _ready() -> None:
    """Tables, and the places and units of every installed plan: the first administrator comes before any page opens."""
    database_ready()
    from halfsky.catalogue.queries import plans
    from halfsky.cli.actor import operator
    from halfsky.places.actions import establish

    for plan in plans():
        establish(plan=plan, by=operator())


def _person(username: str) -> User:
    from halfsky.places.models import User

    user = User.objects.filter(username=username).first()
    if user is None:
        fail(f"没有登录名“{username}”。 There is nobody called '{username}'.")
    return user
