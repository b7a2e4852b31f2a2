"""Administrative changes that can be undone: each is recorded with before and after, and its kind knows the inverse.

A feature registers its kinds once (`register_kind`) and calls `record` in the transaction of every change. The inverse
is the feature's ordinary door with the former values; it records a change itself and answers its id, so that an undo
is a change like any other: it stands in the audit, and can be undone in turn.

A change is undone only while nothing newer stands on it. `touches` names what it set ("person:7.name"), `stands_on`
what it needs (a post needs "person:7"); a newer change in force that touches or needs one of the touched things holds
the older one fast. An undone change and its undo cancel each other and hold nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, array

from chengyun.identity.contracts import Change, ChangeView
from chengyun.identity.jurisdiction import readable_by
from chengyun.identity.tables import change as changes
from chengyun.kernel import audit
from chengyun.kernel.errors import Conflict, Forbidden, NotFound
from chengyun.kernel.transactions import Tx

Subject = tuple[str, int | str]
Inverse = Callable[[Tx, Change], int]


@dataclass(frozen=True, slots=True)
class ChangeKind:
    """One kind of change: who may undo it, how it is called on the screen, and how it is taken back."""

    kind: str
    permission: str
    name_zh: str
    name_en: str
    inverse: Inverse


_KINDS: dict[str, ChangeKind] = {}


def register_kind(kind: ChangeKind) -> None:
    """Make a kind known; registering it again with the same inverse has no effect."""
    if _KINDS.setdefault(kind.kind, kind).inverse is not kind.inverse:
        raise ValueError(f"kind of change {kind.kind!r} is registered twice")


def record(
    tx: Tx,
    kind: str,
    subject: Subject,
    label: str,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    readers: Sequence[int],
    touches: Sequence[str] = (),
    stands_on: Sequence[str] = (),
) -> int:
    """Audit the change and, where a person made it, keep it for undoing; its id (0 for the system's own acts).

    `before` and `after` are JSON without secrets; `label` names the subject for people; `readers` as on any
    protected row. `touches` defaults to the subject's changed fields.
    """
    was, now = dict(before or {}), dict(after or {})
    if tx.actor.kind == "system":
        audit.record(tx, kind, subject, {"before": was, "after": now})
        return 0
    if kind not in _KINDS:
        raise ValueError(f"kind of change {kind!r} is not registered")
    name = key(*subject)
    _hold(tx, name, *stands_on)
    values = {
        "at": tx.now, "actor_id": tx.actor.id, "actor_name": tx.actor.name, "kind": kind,
        "subject_kind": subject[0], "subject_id": str(subject[1]), "label": label, "before": was, "after": now,
        "readers": sorted(set(readers)), "touches": list(touches) or [f"{name}.{part}" for part in {**was, **now}],
        "stands_on": list(stands_on),
    }  # fmt: skip
    made = int(tx.execute(sa.insert(changes).values(values).returning(changes.c.id)).scalar_one())
    audit.record(tx, kind, subject, {"change": made, "before": was, "after": now})
    return made


def key(kind: str, ident: int | str) -> str:
    """How a thing is named in `touches` and `stands_on`."""
    return f"{kind}:{ident}"


def undo(tx: Tx, change_id: int) -> Change:
    """Take a change back by its kind's inverse; the change that this makes.

    Raises NotFound outside one's jurisdiction, Forbidden without the kind's permission, Conflict when it is undone
    already ("change.undone") or something newer stands on it ("change.stood_on", which says what and by whom).
    """
    row = tx.execute(_visible(tx).where(changes.c.id == change_id)).one_or_none()
    kind = _KINDS.get(row.kind) if row is not None else None
    if row is None or kind is None:
        raise NotFound("change.not_found")
    tx.actor.require(kind.permission)
    _hold(tx, key(row.subject_kind, row.subject_id))
    row = tx.execute(sa.select(changes).where(changes.c.id == change_id).with_for_update()).one()
    if row.undone_by is not None:
        raise Conflict("change.undone")
    _require_last(tx, row)
    made = kind.inverse(tx, _shape(row))
    link = sa.update(changes).where(changes.c.id == made).values(undoes=row.id, in_force=not row.in_force)
    tx.execute(link)
    tx.execute(sa.update(changes).where(changes.c.id == row.id).values(undone_by=made, in_force=False))
    return _shape(tx.execute(sa.select(changes).where(changes.c.id == made)).one())


def _require_last(tx: Tx, row: sa.Row[Any]) -> None:
    touched = sa.cast(array(list(row.touches)), ARRAY(sa.Text))
    # An undo holds what lies between it and the older change that it took back.
    reaches_back = sa.and_(changes.c.undoes < row.id, changes.c.undone_by.is_(None))
    newer = (
        sa.select(changes)
        .where(changes.c.id > row.id, sa.or_(changes.c.in_force, reaches_back))
        .where(sa.or_(changes.c.touches.overlap(touched), changes.c.stands_on.overlap(touched)))
        .order_by(changes.c.id.desc())
        .limit(1)
    )
    found = tx.execute(newer).one_or_none()
    if found is not None:
        name = _name(found.kind, tx.actor.language)
        raise Conflict("change.stood_on", change=name, label=found.label, who=found.actor_name, id=found.id)


def listed(
    tx: Tx, *, before: int | None = None, subject: Subject | None = None, limit: int = 50
) -> list[ChangeView]:
    """Changes in one's jurisdiction of kinds that one may undo, newest first. `before`: older than this id."""
    allowed = [kind.kind for kind in _KINDS.values() if tx.actor.may(kind.permission)]
    if not allowed:
        raise Forbidden("kernel.forbidden", permission="admin.people")
    query = _visible(tx).where(changes.c.kind.in_(allowed)).order_by(changes.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(changes.c.id < before)
    if subject is not None:
        query = query.where(changes.c.subject_kind == subject[0], changes.c.subject_id == str(subject[1]))
    language = tx.actor.language
    return [ChangeView(_shape(row), _name(row.kind, language)) for row in tx.execute(query)]


def _visible(tx: Tx) -> sa.Select[Any]:
    return sa.select(changes).where(readable_by(tx.actor, changes.c.readers))


def _hold(tx: Tx, *names: str) -> None:
    """Changes of one subject, what stands on it and its undoing wait for one another; in one order, always."""
    lock = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 7108071))")
    for name in sorted(set(names)):
        tx.execute(lock, {"name": name})


def _name(kind: str, language: str) -> str:
    found = _KINDS.get(kind)
    if found is None:
        return kind
    return found.name_en if language == "en" else found.name_zh


def _shape(row: sa.Row[Any]) -> Change:
    return Change(
        id=row.id,
        at=row.at,
        actor_id=row.actor_id,
        actor_name=row.actor_name,
        kind=row.kind,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        label=row.label,
        before=row.before,
        after=row.after,
        undoes=row.undoes,
        undone_by=row.undone_by,
    )
