"""People and their dated posts: giving, ending, looking up. Every change is audited and published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from chengyun.identity import changes, units
from chengyun.identity.contracts import Person, PersonRef, Post, PostChanged, RegionBrief, Unit, invalid
from chengyun.identity.jurisdiction import readable_by
from chengyun.identity.passwords import hash_password
from chengyun.identity.roles import ROLES, role_name
from chengyun.identity.rules import LOGIN, normal_login, password_faults
from chengyun.identity.tables import password as passwords
from chengyun.identity.tables import person as persons
from chengyun.identity.tables import post as posts
from chengyun.identity.tables import shift as shifts
from chengyun.identity.tables import unit as unit_table
from chengyun.kernel.errors import Conflict, FieldError, Forbidden, NotFound
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory


def lasting(now: datetime) -> sa.ColumnElement[bool]:
    """The post has begun and has not ended."""
    return sa.and_(posts.c.valid_from <= now, sa.or_(posts.c.valid_to.is_(None), posts.c.valid_to > now))


def create_person(tx: Tx, login: str, name: str, password: str | None = None, *, demo: bool = False) -> int:
    """A new person without a post; without a password nobody can sign in yet. Needs admin.people.

    Raises Invalid for the login's or password's shape, Conflict when the login is taken.
    """
    tx.actor.require("admin.people")
    login = normal_login(login)
    wrong = [] if LOGIN.fullmatch(login) else [FieldError("login", "login.shape")]
    fault = password_faults(password, login) if password is not None and not demo else None
    if fault:
        wrong.append(FieldError("password", fault))
    if wrong:
        raise invalid(*wrong)
    values = {"login": login, "name": name.strip(), "demo": demo, "readers": list(tx.actor.scopes)}
    try:
        with tx.savepoint():
            person_id = tx.execute(sa.insert(persons).values(values).returning(persons.c.id)).scalar_one()
    except IntegrityError as error:
        raise Conflict("login.taken", login=login) from error
    if password is not None:
        tx.execute(sa.insert(passwords).values(person_id=person_id, hash=hash_password(password)))
    key = changes.key("person", person_id)
    changes.record(
        tx, "person.created", ("person", person_id), f"{values['name']} {login}", readers=tx.actor.scopes,
        after={"login": login, "name": values["name"], "active": True}, touches=[key, f"{key}.active"],
    )  # fmt: skip
    return int(person_id)


def give_post(
    tx: Tx,
    person_id: int,
    unit_id: int,
    role: str,
    *,
    region_id: int | None = None,
    areas: Sequence[int] = (),
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
) -> int:
    """Give a post in a unit; `region_id` (a grid, for grid workers) and `areas` (grids) lie inside the unit's region.

    Needs admin.people and the unit inside one's jurisdiction. Returns the post's id.
    """
    tx.actor.require("admin.people")
    if role not in ROLES:
        raise invalid(FieldError("role", "post.role_unknown", {"role": role}))
    unit = units.unit(tx, unit_id)
    region = unit.region_id if region_id is None else region_id
    start = valid_from or tx.now
    readers = _readers(tx, unit, region, areas)
    if tx.actor.kind != "system" and not set(readers) & set(tx.actor.scopes):
        raise Forbidden("unit.outside")
    if valid_to is not None and valid_to <= start:
        raise invalid(FieldError("valid_to", "post.dates"))
    values = {
        "person_id": person_id, "unit_id": unit_id, "role": role, "region_id": region, "areas": list(areas),
        "home_id": home_of(tx, unit), "readers": readers, "valid_from": start, "valid_to": valid_to,
    }  # fmt: skip
    person_row(tx, person_id)
    post_id = int(tx.execute(sa.insert(posts).values(values).returning(posts.c.id)).scalar_one())
    after = {"unit": unit_id, "role": role, "region": region, "from": start, "to": valid_to}
    record_post(tx, "post.given", post_id, after=after)
    tx.publish(PostChanged(person_id, post_id, "given"))
    return post_id


def record_post(
    tx: Tx,
    kind: str,
    post_id: int,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> int:
    """Record a change of a post: it stands on its person and its unit, and both kinds of dates are one thing."""
    row = tx.execute(
        sa.select(posts, persons.c.name, unit_table.c.name.label("unit"))
        .join(persons, persons.c.id == posts.c.person_id)
        .join(unit_table, unit_table.c.id == posts.c.unit_id)
        .where(posts.c.id == post_id)
    ).one()
    return changes.record(
        tx,
        kind,
        ("post", post_id),
        f"{row.name} · {row.unit} · {role_name(row.role, tx.actor.language)}",
        before=_told(row.person_id, before),
        after=_told(row.person_id, after),
        readers=row.readers,
        touches=[f"{changes.key('post', post_id)}.dates"],
        stands_on=[changes.key("person", row.person_id), changes.key("unit", row.unit_id)],
    )


def _told(person_id: int, values: Mapping[str, object] | None) -> dict[str, object]:
    """As JSON: times in ISO form, the person named."""
    told = {
        key: value.isoformat() if isinstance(value, datetime) else value
        for key, value in (values or {}).items()
    }
    return {"person": person_id, **told} if told else {}


def end_post(tx: Tx, post_id: int) -> int:
    """End a post now; its holder loses its permissions with the next request, and goes off duty. The change's id."""
    row = _own_post(tx, post_id)
    until = max(row.valid_from, tx.now)
    # Recorded first: whoever ends somebody's last post here may lose sight of them by it.
    change = record_post(tx, "post.ended", post_id, before={"to": row.valid_to}, after={"to": until})
    open_shift = sa.and_(shifts.c.post_id == post_id, shifts.c.until.is_(None))
    tx.execute(sa.update(shifts).where(open_shift).values(until=sa.func.greatest(shifts.c.since, tx.now)))
    tx.execute(sa.update(posts).where(posts.c.id == post_id).values(valid_to=until))
    tx.publish(PostChanged(int(row.person_id), post_id, "ended"))
    return change


def date_post(tx: Tx, post_id: int, valid_from: datetime, valid_to: datetime | None) -> int:
    """Set from when to when a post lasts. Needs admin.people and the post in one's jurisdiction; the change's id."""
    row = _own_post(tx, post_id)
    if valid_to is not None and valid_to < valid_from:
        raise invalid(FieldError("valid_to", "post.dates"))
    before = {"from": row.valid_from, "to": row.valid_to}
    change = record_post(tx, "post.dated", post_id, before=before, after={"from": valid_from, "to": valid_to})
    tx.execute(sa.update(posts).where(posts.c.id == post_id).values(valid_from=valid_from, valid_to=valid_to))
    lasts = valid_from <= tx.now and (valid_to is None or valid_to > tx.now)
    tx.publish(PostChanged(int(row.person_id), post_id, "given" if lasts else "ended"))
    return change


def redate_post(tx: Tx, post_id: int, former: Mapping[str, Any]) -> int:
    """Give a post the dates of a recorded change back (ISO; a missing one stays)."""
    row = _own_post(tx, post_id)
    begin = datetime.fromisoformat(former["from"]) if "from" in former else row.valid_from
    end = datetime.fromisoformat(former["to"]) if former.get("to") else None
    return date_post(tx, post_id, begin, end)


def _own_post(tx: Tx, post_id: int) -> sa.Row[Any]:
    """The post's row, where the actor administers it. Raises Forbidden, NotFound."""
    tx.actor.require("admin.people")
    query = sa.select(posts).where(posts.c.id == post_id, readable_by(tx.actor, posts.c.readers))
    row = tx.execute(query.with_for_update()).one_or_none()
    if row is None:
        raise NotFound("post.not_found")
    return row


def bootstrap_admin(tx: Tx, login: str, password: str, name: str) -> int:
    """The first administrator of a real installation. Raises Conflict("admin.exists") when there is one."""
    held = sa.select(posts.c.id).where(posts.c.role == "admin", lasting(tx.now)).limit(1)
    if tx.execute(held).one_or_none() is not None:
        raise Conflict("admin.exists")
    centre = units.find_units(tx, kind="centre", level="city")
    if not centre:
        raise NotFound("unit.not_found")
    person_id = create_person(tx, login, name, password)
    give_post(tx, person_id, centre[0].id, "admin")
    return person_id


def home_of(tx: Tx, unit: Unit) -> int:
    """The region whose centre a unit belongs to: its own, for a village's community the town's."""
    if unit.level != "village":
        return unit.region_id
    town = territory.chain_of(tx, unit.region_id).town
    if town is None:
        raise NotFound("unit.not_found")
    return town.id


def _readers(tx: Tx, unit: Unit, region: int, areas: Sequence[int]) -> list[int]:
    """Who may see a post: its region's governing chain, its grids and its unit. Checks that all lie in the unit."""
    chain = territory.ancestors(tx, region)
    if unit.region_id not in chain:
        raise invalid(FieldError("region", "post.area_outside"))
    outside = [area for area in areas if unit.region_id not in territory.ancestors(tx, area)]
    if outside:
        raise invalid(FieldError("areas", "post.area_outside"))
    return sorted({*chain, *areas, unit.id})


def person_row(tx: Tx, person_id: int) -> sa.Row[Any]:
    """Id, login, name and whether active, of somebody whom the actor may see. Raises NotFound."""
    query = sa.select(persons.c.id, persons.c.login, persons.c.name, persons.c.active).where(
        persons.c.id == person_id, _seen(tx, persons.c.id, persons.c.readers)
    )
    row = tx.execute(query).one_or_none()
    if row is None:
        raise NotFound("person.not_found")
    return row


def _seen(tx: Tx, person: sa.ColumnElement[Any], readers: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """Within the actor's jurisdiction, or the actor."""
    if tx.actor.kind != "person":
        return readable_by(tx.actor, readers)
    return sa.or_(readable_by(tx.actor, readers), person == tx.actor.id)


_POST = (
    posts.c.id, posts.c.person_id, posts.c.role, posts.c.region_id, posts.c.valid_from, posts.c.valid_to,
    unit_table.c.id.label("unit_id"), unit_table.c.kind, unit_table.c.name, unit_table.c.level,
    unit_table.c.region_id.label("unit_region"),
)  # fmt: skip


def posts_of(tx: Tx, person_ids: Sequence[int]) -> dict[int, list[Post]]:
    """person id → lasting posts that the actor may see, oldest first."""
    query = (
        sa.select(*_POST)
        .join(unit_table, unit_table.c.id == posts.c.unit_id)
        .where(posts.c.person_id.in_(list(person_ids)), lasting(tx.now))
        .where(_seen(tx, posts.c.person_id, posts.c.readers))
        .order_by(posts.c.id)
    )
    found: dict[int, list[Post]] = {person_id: [] for person_id in person_ids}
    names: dict[int, RegionBrief] = {}
    for row in tx.execute(query).all():
        if row.region_id not in names:
            names[row.region_id] = region_brief(tx, row.region_id)
        found[row.person_id].append(_post(row, names[row.region_id], tx.actor.language))
    return found


def _post(row: sa.Row[Any], region: RegionBrief, language: str) -> Post:
    unit = Unit(row.unit_id, row.kind, row.name, row.level, row.unit_region)
    return Post(row.id, row.role, role_name(row.role, language), unit, region, row.valid_from, row.valid_to)


def region_brief(tx: Tx, region_id: int) -> RegionBrief:
    """The region's id, level and name."""
    ref = territory.region(tx, region_id)
    return RegionBrief(ref.id, ref.level, ref.name)


def find_people(
    tx: Tx, *, unit_id: int | None = None, region_id: int | None = None, limit: int = 200
) -> list[Person]:
    """People with a lasting post in the unit or anywhere in the region, as far as the actor's jurisdiction goes."""
    tx.actor.require("person.read")
    query = (
        sa.select(persons.c.id, persons.c.login, persons.c.name, persons.c.active)
        .where(persons.c.id.in_(_holders(tx.now, unit_id, region_id)))
        .where(_seen(tx, persons.c.id, persons.c.readers))
        .order_by(persons.c.id)
        .limit(limit)
    )
    rows = tx.execute(query).all()
    held = posts_of(tx, [row.id for row in rows])
    return [Person(row.id, row.login, row.name, row.active, held[row.id]) for row in rows]


def person(tx: Tx, person_id: int) -> Person:
    """A person whom the actor may see, with their lasting posts. Needs person.read; raises NotFound."""
    tx.actor.require("person.read")
    row = person_row(tx, person_id)
    return Person(row.id, row.login, row.name, row.active, posts_of(tx, [person_id])[person_id])


def _holders(now: datetime, unit_id: int | None, region_id: int | None) -> sa.Select[tuple[int]]:
    query = sa.select(posts.c.person_id).where(lasting(now))
    if unit_id is not None:
        query = query.where(posts.c.unit_id == unit_id)
    if region_id is not None:
        query = query.where(posts.c.readers.contains([region_id]))
    return query


def grid_workers(tx: Tx, region_id: int) -> list[PersonRef]:
    """Grid workers of a grid, a village, or all of a town: those whose area holds the region or lies in it."""
    above = list(territory.ancestors(tx, region_id))
    covers = sa.or_(
        posts.c.readers.contains([region_id]),
        sa.and_(posts.c.areas == [], posts.c.region_id.in_(above)),
    )
    query = (
        sa.select(persons.c.id, persons.c.name, posts.c.id.label("post"), posts.c.role)
        .join(posts, posts.c.person_id == persons.c.id)
        .where(posts.c.role == "grid-worker", lasting(tx.now), persons.c.active, covers)
        .order_by(posts.c.id)
    )
    return [PersonRef(row.id, row.name, row.post, row.role) for row in tx.execute(query)]


def people_of_unit(tx: Tx, unit_id: int) -> list[PersonRef]:
    """Everybody with a lasting post in the unit."""
    query = (
        sa.select(persons.c.id, persons.c.name, posts.c.id.label("post"), posts.c.role)
        .join(posts, posts.c.person_id == persons.c.id)
        .where(posts.c.unit_id == unit_id, lasting(tx.now), persons.c.active)
        .order_by(posts.c.id)
    )
    return [PersonRef(row.id, row.name, row.post, row.role) for row in tx.execute(query)]
