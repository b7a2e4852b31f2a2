"""People's administration: finding, renaming, switching off and on, passwords set for them; each can be undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from chengyun.identity import changes, posts, sessions
from chengyun.identity.changes import ChangeKind, register_kind
from chengyun.identity.contracts import Change, Person, StaffPage, StaffRow, invalid
from chengyun.identity.jurisdiction import readable_by
from chengyun.identity.passwords import hash_password
from chengyun.identity.pinyin import spelled
from chengyun.identity.posts import lasting, posts_of
from chengyun.identity.rules import LOGIN, normal_login, password_faults
from chengyun.identity.tables import attempt as attempts
from chengyun.identity.tables import factor as factors
from chengyun.identity.tables import password as passwords
from chengyun.identity.tables import person as persons
from chengyun.identity.tables import post as post_table
from chengyun.identity.tables import session as session_table
from chengyun.identity.within import own_part
from chengyun.kernel.errors import Conflict, FieldError, Forbidden, NotFound
from chengyun.kernel.transactions import Tx

PAGE = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for; `q` is a part of a name or login, or pinyin or its initials."""

    q: str = ""
    unit: int | None = None
    region: int | None = None
    role: str | None = None
    active: bool | None = None


def directory(tx: Tx, wanted: Wanted, page: int = 0) -> StaffPage:
    """People of one's jurisdiction, with or without a post now, by login. Needs admin.people."""
    tx.actor.require("admin.people")
    query = sa.select(persons.c.id, persons.c.login, persons.c.name).where(
        readable_by(tx.actor, persons.c.readers)
    )
    if wanted.active is not None:
        query = query.where(persons.c.active == wanted.active)
    if wanted.unit or wanted.region or wanted.role:
        query = query.where(persons.c.id.in_(_holders(tx, wanted)))
    found = [row.id for row in tx.execute(query.order_by(persons.c.login)) if _matches(row, wanted.q)]
    shown = found[page * PAGE : (page + 1) * PAGE]
    return StaffPage(len(found), page, PAGE, _rows(tx, shown))


def _holders(tx: Tx, wanted: Wanted) -> sa.Select[tuple[int]]:
    query = sa.select(post_table.c.person_id).where(
        lasting(tx.now), readable_by(tx.actor, post_table.c.readers)
    )
    if wanted.unit:
        query = query.where(post_table.c.unit_id == wanted.unit)
    if wanted.region:
        query = query.where(post_table.c.readers.contains([wanted.region]))
    return query.where(post_table.c.role == wanted.role) if wanted.role else query


def _matches(row: sa.Row[Any], q: str) -> bool:
    """Names are few enough to be read through; sounds are looked up per character, so nothing is stored for them."""
    folded = q.strip().casefold()
    return not folded or folded in row.login or folded in row.name.casefold() or spelled(row.name, folded)


def _rows(tx: Tx, ids: Sequence[int]) -> list[StaffRow]:
    held = posts_of(tx, ids)
    rows = {row.id: row for row in tx.execute(sa.select(persons).where(persons.c.id.in_(list(ids))))}
    with own_part(tx):
        enrolled = set(tx.execute(sa.select(factors.c.person_id).where(_enrolled(ids))).scalars())
        seen = sa.select(session_table.c.person_id, sa.func.max(session_table.c.seen_at).label("at"))
        seen = seen.where(session_table.c.person_id.in_(list(ids))).group_by(session_table.c.person_id)
        last = {row.person_id: row.at for row in tx.execute(seen)}
    return [
        StaffRow(
            Person(one, rows[one].login, rows[one].name, rows[one].active, held[one]),
            second_factor=one in enrolled,
            seen_at=last.get(one),
        )
        for one in ids
    ]


def _enrolled(ids: Sequence[int]) -> sa.ColumnElement[bool]:
    living = sa.and_(factors.c.confirmed_at.is_not(None), factors.c.removed_at.is_(None))
    return sa.and_(living, factors.c.person_id.in_(list(ids)))


def edit(tx: Tx, person_id: int, login: str, name: str) -> int:
    """Set login and name. Raises Invalid, Conflict("login.taken"); the change's id (0: nothing differs)."""
    row = governed(tx, person_id)
    login, name = normal_login(login), name.strip()
    if not LOGIN.fullmatch(login):
        raise invalid(FieldError("login", "login.shape"))
    wanted = {"login": login, "name": name}
    before = {key: getattr(row, key) for key, value in wanted.items() if getattr(row, key) != value}
    if not before:
        return 0
    with own_part(tx):
        taken = sa.select(persons.c.id).where(persons.c.login == login, persons.c.id != person_id)
        if tx.execute(taken).one_or_none() is not None:
            raise Conflict("login.taken", login=login)
    after = {key: wanted[key] for key in before}
    tx.execute(sa.update(persons).where(persons.c.id == person_id).values(**after))
    return _record(tx, "person.edited", row, before, after)


def set_active(tx: Tx, person_id: int, active: bool) -> int:
    """Switch an account off (all its sessions end) or on; the change's id (0: it was so already)."""
    row = governed(tx, person_id)
    if row.active == active:
        return 0
    if person_id == tx.actor.id:
        raise Conflict("person.self")
    tx.execute(sa.update(persons).where(persons.c.id == person_id).values(active=active))
    if not active:
        with own_part(tx):
            sessions.end_all(tx, person_id)
    kind = "person.activated" if active else "person.deactivated"
    return _record(tx, kind, row, {"active": row.active}, {"active": active})


def reset_password(tx: Tx, person_id: int, new: str) -> int:
    """Set a person's password: lifts the lockout, ends every session of theirs; the change's id.

    The former hash stays, sealed from everybody but identity itself, until the next one: a mistake can be undone.
    """
    row = governed(tx, person_id)
    fault = password_faults(new, row.login)
    if fault:
        raise invalid(FieldError("new", fault))
    _replace(tx, row, hash_password(new))
    return _record(tx, "password.reset", row, {"password": "former"}, {"password": "set"})


def _replace(tx: Tx, row: sa.Row[Any], hashed: str | None) -> None:
    """Exchange the hash; None: with the former one."""
    mine = passwords.c.person_id == row.id
    with own_part(tx):
        held = tx.execute(sa.select(passwords).where(mine).with_for_update()).one_or_none()
        fresh = hashed if hashed is not None else held.former if held is not None else None
        if fresh is None:
            raise Conflict("password.no_former")
        if held is None:
            tx.execute(sa.insert(passwords).values(person_id=row.id, hash=fresh))
        else:
            values = {"hash": fresh, "former": held.hash, "changed_at": sa.func.now()}
            tx.execute(sa.update(passwords).where(mine).values(**values))
        sessions.end_all(tx, row.id)
        subject = sa.func.sha256(sa.func.convert_to(row.login, "UTF8"))
        tx.execute(sa.delete(attempts).where(attempts.c.subject == subject, sa.not_(attempts.c.ok)))


def governed(tx: Tx, person_id: int) -> sa.Row[Any]:
    """The person's row, where *every* post they hold lies in the actor's jurisdiction. Needs admin.people.

    Who also works elsewhere is administered above: else a district's administrator could set the password of
    somebody with a post in the city. Raises NotFound for the invisible, Forbidden("person.elsewhere").
    """
    tx.actor.require("admin.people")
    query = sa.select(persons).where(persons.c.id == person_id, readable_by(tx.actor, persons.c.readers))
    row = tx.execute(query.with_for_update()).one_or_none()
    if row is None:
        raise NotFound("person.not_found")
    outside = sa.select(post_table.c.id).where(
        post_table.c.person_id == person_id,
        sa.or_(post_table.c.valid_to.is_(None), post_table.c.valid_to > tx.now),
        sa.not_(readable_by(tx.actor, post_table.c.readers)),
    )
    with own_part(tx):
        elsewhere = tx.execute(outside.limit(1)).one_or_none()
    if elsewhere is not None:
        raise Forbidden("person.elsewhere")
    return row


def _record(
    tx: Tx, kind: str, row: sa.Row[Any], before: Mapping[str, object], after: Mapping[str, object]
) -> int:
    label = f"{row.name} {row.login}"
    return changes.record(
        tx, kind, ("person", row.id), label, before=before, after=after, readers=row.readers
    )


record_of = _record


def _former_password(tx: Tx, change: Change) -> int:
    row = governed(tx, int(change.subject_id))
    _replace(tx, row, None)
    return _record(tx, "password.reset", row, {"password": "set"}, {"password": "former"})


def _edited(tx: Tx, change: Change) -> int:
    row = governed(tx, int(change.subject_id))
    held = {"login": row.login, "name": row.name}
    return edit(tx, row.id, **{**held, **change.before})


def _post_dates(tx: Tx, change: Change) -> int:
    """Give the post its former dates again; a post that was given ends."""
    ident = int(change.subject_id)
    if change.kind == "post.given":
        return posts.end_post(tx, ident)
    return posts.redate_post(tx, ident, change.before)


def _kinds() -> None:
    kinds: tuple[tuple[str, str, str, changes.Inverse], ...] = (
        ("person.created", "新建人员", "person created", lambda tx, was: set_active(tx, int(was.subject_id), False)),
        ("person.deactivated", "停用账号", "account switched off", lambda tx, was: set_active(tx, int(was.subject_id), True)),
        ("person.activated", "启用账号", "account switched on", lambda tx, was: set_active(tx, int(was.subject_id), False)),
        ("person.edited", "修改人员", "person edited", _edited),
        ("password.reset", "重置密码", "password set", _former_password),
        ("post.given", "给予岗位", "post given", _post_dates),
        ("post.ended", "结束岗位", "post ended", _post_dates),
        ("post.dated", "调整任期", "post's dates changed", _post_dates),
    )  # fmt: skip
    for kind, zh, en, inverse in kinds:
        register_kind(ChangeKind(kind, "admin.people", zh, en, inverse))


_kinds()
