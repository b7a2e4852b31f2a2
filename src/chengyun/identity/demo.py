"""Demo accounts. They exist in demo mode only: the code asks for it, and the database refuses them otherwise."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from chengyun.identity import posts, units
from chengyun.identity.contracts import DemoAccount, Unit
from chengyun.identity.passwords import hash_password
from chengyun.identity.roles import ROLES, role_name
from chengyun.identity.tables import mode
from chengyun.identity.tables import password as passwords
from chengyun.identity.tables import person as persons
from chengyun.identity.tables import post as post_table
from chengyun.identity.tables import shift as shifts
from chengyun.identity.tables import unit as unit_table
from chengyun.kernel.contracts import system_actor
from chengyun.kernel.errors import Conflict, NotFound
from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Database, Tx
from chengyun.territory import service as territory

PASSWORD = "chengyun"  # noqa: S105  published: it opens nothing outside a demo
DEMO = system_actor("identity.demo")


@dataclass(frozen=True, slots=True)
class _Line:
    """`place`: beginnings of names from the district down; an empty one takes the first region there."""

    login: str
    name: str
    role: str
    kind: str
    place: tuple[str, ...]
    group: str


_ACCOUNTS: tuple[_Line, ...] = (
    _Line("city-duty", "陈立", "city-duty", "centre", (), "市级"),
    _Line("hotline", "林静", "hotline", "centre", (), "市级"),
    _Line("admin", "管理员", "admin", "centre", (), "市级"),
    _Line("auditor", "何明", "auditor", "centre", (), "市级"),
    _Line("wall", "指挥大屏", "wall", "centre", (), "市级"),
    _Line("jiulongpo-duty", "周敏", "district-duty", "centre", ("九龙坡区",), "九龙坡区"),
    _Line("jiulongpo-chief", "郑卫国", "duty-chief", "centre", ("九龙坡区",), "九龙坡区"),
    _Line("jlp-cg", "黄强", "department", "city-management", ("九龙坡区",), "九龙坡区"),
    _Line("jlp-housing", "罗洁", "department", "housing", ("九龙坡区",), "九龙坡区"),
    _Line("shiqiaopu-duty", "唐丽", "town-duty", "centre", ("九龙坡区", "石桥铺街道"), "九龙坡区"),
    _Line(
        "shiqiaopu-enforcement",
        "谭勇",
        "enforcement",
        "enforcement-team",
        ("九龙坡区", "石桥铺街道"),
        "九龙坡区",
    ),
    _Line("jiulongpo-grid", "蒋芳", "grid-worker", "community", ("九龙坡区", "石桥铺街道", ""), "九龙坡区"),
    _Line("banan-duty", "袁磊", "district-duty", "centre", ("巴南区",), "巴南区"),
    _Line("banan-chief", "邓红", "duty-chief", "centre", ("巴南区",), "巴南区"),
    _Line("kaizhou-duty", "冯涛", "district-duty", "centre", ("开州区",), "开州区"),
    _Line("yunfeng-duty", "曾燕", "town-duty", "centre", ("开州区", "云枫街道"), "开州区"),
    _Line("zhaiziping", "彭玲", "community", "community", ("开州区", "云枫街道", "寨子坪"), "开州区"),
    _Line("zhaiziping-grid", "吕军", "grid-worker", "community", ("开州区", "云枫街道", "寨子坪"), "开州区"),
    _Line("yunfeng-crew", "袁桂", "department", "sanitation", ("开州区", "云枫街道"), "开州区"),
)


def seed_demo_accounts(tx: Tx, *, demo: bool | None = None) -> int:
    """Make the demo accounts that are missing, duty officers on duty; the number made.

    `demo` defaults to the settings'. Raises Conflict("demo.refused") outside demo mode or beside real accounts.
    """
    if not (Settings.from_env().demo if demo is None else demo):
        raise Conflict("demo.refused")
    if tx.execute(sa.select(persons.c.id).where(sa.not_(persons.c.demo)).limit(1)).one_or_none() is not None:
        raise Conflict("demo.refused")
    tx.execute(sa.update(mode).values(demo=True))
    present = set(tx.execute(sa.select(persons.c.login)).scalars())
    missing = [line for line in _ACCOUNTS if line.login not in present]
    hashed = hash_password(PASSWORD) if missing else ""
    for line in missing:
        _make(tx, line, hashed)
    return len(missing)


def _make(tx: Tx, line: _Line, hashed: str) -> None:
    unit = _unit(tx, line)
    person_id = posts.create_person(tx, line.login, line.name, demo=True)
    tx.execute(sa.insert(passwords).values(person_id=person_id, hash=hashed))
    post_id = posts.give_post(tx, person_id, unit.id, line.role)
    if ROLES[line.role].duty:
        values = {
            "person_id": person_id, "post_id": post_id, "name": line.name, "role": line.role,
            "centre_id": unit.region_id, "since": tx.now,
        }  # fmt: skip
        tx.execute(sa.insert(shifts).values(values))


def _unit(tx: Tx, line: _Line) -> Unit:
    """The unit at the line's place; the first village of a town where its name is left open."""
    city = territory.find_regions(tx, "city")[0]
    region = city
    for name in line.place:
        below = territory.children(tx, region.id)
        matching = [ref for ref in below if ref.name.startswith(name)]
        if not matching:
            raise NotFound("unit.not_found")
        region = matching[0]
    found = units.unit_of(tx, line.kind, region.id)
    if found is None:
        raise NotFound("unit.not_found")
    return found


def demo_accounts(tx: Tx, language: str, *, demo: bool) -> list[DemoAccount]:
    """The accounts for the sign-in page, in their order; roles in that language. Raises NotFound outside demo mode."""
    if not demo:
        raise NotFound("demo.absent")
    query = (
        sa.select(persons.c.login, persons.c.name, post_table.c.role, unit_table.c.name.label("unit"))
        .join(post_table, post_table.c.person_id == persons.c.id)
        .join(unit_table, unit_table.c.id == post_table.c.unit_id)
        .where(persons.c.demo, posts.lasting(tx.now))
        .order_by(post_table.c.id)
    )
    rows = {row.login: row for row in tx.execute(query)}
    return [
        DemoAccount(line.login, row.name, role_name(row.role, language), row.unit, line.group)
        for line in _ACCOUNTS
        if (row := rows.get(line.login)) is not None
    ]


def check_mode(db: Database, *, demo: bool) -> None:
    """Refuse to serve a real installation from a database with demo accounts. Raises Conflict("demo.left_over")."""
    with db.begin(DEMO) as tx:
        left = tx.execute(sa.select(persons.c.id).where(persons.c.demo).limit(1)).one_or_none()
    if left is not None and not demo:
        raise Conflict("demo.left_over")
