"""Sessions of the people one administers: seeing them, ending one, cutting off a lost device; both can be undone."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from chengyun.identity import changes, devices, people
from chengyun.identity.changes import ChangeKind, register_kind
from chengyun.identity.contracts import Change, StaffSession
from chengyun.identity.jurisdiction import readable_by
from chengyun.identity.tables import person as persons
from chengyun.identity.tables import session as sessions
from chengyun.identity.within import own_part
from chengyun.kernel.errors import Conflict, NotFound
from chengyun.kernel.transactions import Tx

LIMIT = 200


def listed(tx: Tx, person_id: int | None = None) -> list[StaffSession]:
    """Open sessions of people in one's jurisdiction, last used first. Needs admin.people."""
    tx.actor.require("admin.people")
    seen = sa.select(persons.c.id, persons.c.name, persons.c.login).where(
        readable_by(tx.actor, persons.c.readers)
    )
    if person_id is not None:
        seen = seen.where(persons.c.id == person_id)
    people_seen = seen.subquery()
    query = (
        sa.select(sessions, people_seen.c.name, people_seen.c.login)
        .join(people_seen, people_seen.c.id == sessions.c.person_id)
        .where(sessions.c.ended_at.is_(None), sessions.c.ends_at > sa.func.now())
        .order_by(sessions.c.seen_at.desc(), sessions.c.id.desc())
        .limit(LIMIT)
    )
    with own_part(tx):
        rows = tx.execute(query).all()
    return [_shape(row) for row in rows]


def _shape(row: sa.Row[Any]) -> StaffSession:
    return StaffSession(
        id=row.id,
        person=row.person_id,
        name=row.name,
        login=row.login,
        created_at=row.created_at,
        seen_at=row.seen_at,
        ends_at=row.ends_at,
        address=row.address,
        agent=row.agent,
        waits=row.waits,
        offline=row.device_id is not None,
    )


def end(tx: Tx, session_id: int, *, lost: bool = False) -> int:
    """End somebody's session at once; `lost` also cuts its device off. The change's id.

    Needs admin.people over the whole person; raises NotFound for sessions that are not open or not visible.
    """
    tx.actor.require("admin.people")
    row = _row(tx, session_id)
    if row is None or row.ended_at is not None:
        raise NotFound("session.not_found")
    person = _governed(tx, row.person_id)
    with own_part(tx):
        tx.execute(
            sa.update(sessions).where(sessions.c.id == row.id).values(ended_at=sa.func.now(), cut=lost)
        )
        if lost:
            devices.cut(tx, row.device_id)
    kind = "session.cut" if lost else "session.ended"
    return _record(tx, kind, row, person, before={"open": True}, after={"open": False, "lost": lost})


def _reopen(tx: Tx, change: Change) -> int:
    """The session counts again, and the device gets its half, unless the phone has been told meanwhile and wiped."""
    row = _row(tx, int(change.subject_id))
    if row is None:
        raise NotFound("session.not_found")
    person = _governed(tx, row.person_id)
    with own_part(tx):
        lasts = sa.and_(sessions.c.id == row.id, sessions.c.ends_at > sa.func.now())
        opened = tx.execute(sa.update(sessions).where(lasts).values(ended_at=None, cut=False))
        if change.kind == "session.cut":
            devices.trust_again(tx, row.device_id)
    if opened.rowcount == 0:
        raise Conflict("session.expired")
    return _record(tx, "session.reopened", row, person, before={"open": False}, after={"open": True})


def _end_again(tx: Tx, change: Change) -> int:
    return end(tx, int(change.subject_id))


def _row(tx: Tx, session_id: int) -> sa.Row[Any] | None:
    with own_part(tx):
        query = sa.select(sessions).where(sessions.c.id == session_id, sessions.c.person_id.is_not(None))
        return tx.execute(query.with_for_update()).one_or_none()


def _governed(tx: Tx, person_id: int) -> sa.Row[Any]:
    """Whose session it is; an invisible person's session does not exist."""
    try:
        return people.governed(tx, person_id)
    except NotFound:
        raise NotFound("session.not_found") from None


def _record(
    tx: Tx,
    kind: str,
    row: sa.Row[Any],
    person: sa.Row[Any],
    *,
    before: dict[str, object],
    after: dict[str, object],
) -> int:
    return changes.record(
        tx,
        kind,
        ("session", row.id),
        f"{person.name} {person.login} · {row.address}",
        before={"person": person.id, **before},
        after={"person": person.id, **after},
        readers=person.readers,
        touches=[f"{changes.key('session', row.id)}.open"],
        stands_on=[f"{changes.key('person', person.id)}.active"],
    )


for _kind, _zh, _en, _inverse in (
    ("session.ended", "结束登录会话", "session ended", _reopen),
    ("session.cut", "切断丢失的设备", "lost device cut off", _reopen),
    ("session.reopened", "恢复登录会话", "session reopened", _end_again),
):
    register_kind(ChangeKind(_kind, "admin.people", _zh, _en, _inverse))
