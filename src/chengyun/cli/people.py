"""Commands about people: the first administrator, further people, their posts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import sqlalchemy as sa
import typer

from chengyun.kernel.errors import NotFound
from chengyun.kernel.settings import Settings

if TYPE_CHECKING:
    from chengyun.identity.contracts import Person, Unit
    from chengyun.kernel.transactions import Tx
    from chengyun.territory.contracts import RegionRef

user = typer.Typer(no_args_is_help=True, help="People who may sign in, and their posts.")
Password = Annotated[
    str,
    typer.Option(
        prompt="密码 Password",
        hide_input=True,
        confirmation_prompt="再输一遍 Repeat",
        envvar="CHENGYUN_NEW_PASSWORD",
        help="Asked for when it is not given.",
    ),
]
Name = Annotated[str, typer.Option(help="The name as history shows it.")]
# What a role works in, where the role alone tells.
UNIT_OF_ROLE = {"enforcement": "enforcement-team", "community": "community", "grid-worker": "community"}
ASKED = {"department"}


def register(app: typer.Typer) -> None:
    app.add_typer(user, name="user")


@user.command()
def bootstrap(login: str, name: Name, password: Password) -> None:
    """Make the first administrator of a real installation.

    Refused once one exists. Needs the territory (chengyun territory import). The administrator makes everybody else.

    \b
    Example:
      chengyun user bootstrap admin --name 系统管理员
    """
    from chengyun.cli.runtime import opened
    from chengyun.identity import service as identity

    with opened(Settings.from_env()) as tx:
        _require_territory(tx)
        identity.bootstrap_admin(tx, login=login, password=password, name=name)
    print(f"{login}: ok")


@user.command()
def create(
    login: str,
    name: Name,
    role: Annotated[str, typer.Option(help="Key of the first post's role, such as district-duty.")],
    region: Annotated[str, typer.Option(help="Code or name of the region that the post is for.")],
    password: Password,
    unit: Annotated[
        str, typer.Option(help="Kind of unit, such as city-management; needed by departments.")
    ] = "",
) -> None:
    """Make a person with a first post, ready to sign in.

    \b
    Example:
      chengyun user create li.na --name 李娜 --role district-duty --region 九龙坡区
    """
    from chengyun.cli.runtime import opened
    from chengyun.identity import service as identity

    with opened(Settings.from_env()) as tx:
        found = _unit(tx, role, _region(tx, region), unit)
        person_id = identity.create_person(tx, login, name, password)
        identity.give_post(tx, person_id, found.id, role)
    print(f"{login}: {identity.role_name(role, 'zh')}，{found.name}")


@user.command()
def posts(
    login: str,
    give: Annotated[str, typer.Option(help="Role of a further post, such as duty-chief.")] = "",
    region: Annotated[str, typer.Option(help="With --give: code or name of the region.")] = "",
    unit: Annotated[str, typer.Option(help="With --give: kind of unit.")] = "",
    end: Annotated[int | None, typer.Option(help="End the post with this number now.")] = None,
) -> None:
    """Show a person's posts; give another, or end one.

    \b
    Example:
      chengyun user posts li.na
      chengyun user posts li.na --give duty-chief --region 九龙坡区
      chengyun user posts li.na --end 17
    """
    from chengyun.cli.runtime import opened
    from chengyun.identity import service as identity

    if give and not region:
        raise typer.BadParameter("--give needs --region")
    with opened(Settings.from_env()) as tx:
        person = _person(tx, login)
        if end is not None:
            if end not in [post.id for post in person.posts]:
                raise NotFound("post.not_found")
            identity.end_post(tx, end)
        if give:
            identity.give_post(tx, person.id, _unit(tx, give, _region(tx, region), unit).id, give)
        shown = _person(tx, login)
    print(f"{shown.login}  {shown.name}" + ("" if shown.active else "  （已停用 inactive）"))
    for post in shown.posts:
        print(f"  {post.id}  {post.role_name}  {post.unit.name}  {post.valid_from:%Y-%m-%d}–")


@user.command("reset-factor")
def reset_factor(login: str) -> None:
    """Take a person's second factor off: for an administrator who has lost phone and recovery codes.

    \b
    Example:
      chengyun user reset-factor li.na
    """
    from chengyun.cli.runtime import opened
    from chengyun.identity import service as identity

    with opened(Settings.from_env()) as tx:
        person = _person(tx, login)
        identity.reset_factor(tx, person.id)
    print(f"{person.login}: 第二因素已解除，其会话已结束 second factor off, sessions ended")


def _person(tx: Tx, login: str) -> Person:
    from chengyun.identity.posts import person

    query = sa.text("SELECT id FROM identity_person WHERE login = :login")
    found = tx.execute(query, {"login": login.strip().lower()}).scalar_one_or_none()
    if found is None:
        raise NotFound("cli.no_person", login=login)
    return person(tx, found)


def _region(tx: Tx, name: str) -> RegionRef:
    """A region by code or full name, from the city down to villages. Raises NotFound with what could be meant."""
    from chengyun.territory import service as territory

    _require_territory(tx)
    levels = ("city", "district", "town", "village")
    found = [
        ref for level in levels for ref in territory.find_regions(tx, level) if name in (ref.code, ref.name)
    ]
    if not found:
        raise NotFound("cli.no_region", name=name)
    if len(found) > 1:
        listed = "; ".join(f"{ref.code} {territory.chain_of(tx, ref.id).label}" for ref in found[:8])
        raise NotFound("cli.many_regions", name=name, found=listed)
    return found[0]


def _unit(tx: Tx, role: str, region: RegionRef, kind: str) -> Unit:
    """The unit of a post: of the kind given, else the one that the role works in."""
    from chengyun.identity import service as identity
    from chengyun.identity.roles import ROLES

    if role not in ROLES:
        raise NotFound("cli.no_role", role=role, found=", ".join(ROLES))
    there = identity.find_units(tx, region_id=region.id)
    kinds = ", ".join(f"{one.kind} {one.name}" for one in there)
    if role in ASKED and not kind:
        raise NotFound("cli.unit_needed", role=role, region=region.name, found=kinds)
    wanted = kind or UNIT_OF_ROLE.get(role, "centre")
    for one in there:
        if one.kind == wanted:
            return one
    raise NotFound("cli.no_unit", region=region.name, kind=wanted, found=kinds)


def _require_territory(tx: Tx) -> None:
    from chengyun.identity import service as identity

    if not identity.find_units(tx, kind="centre", level="city", limit=1):
        raise NotFound("cli.no_territory")
