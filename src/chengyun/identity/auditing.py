"""Reading the audit: a search within one's jurisdiction, and the whole chain as JSON lines. Every read is audited first.

A row concerns a jurisdiction when the post acted in lies there, or its subject does. What a subject of a feature above
is seen by, that feature says (`register_subject`). Who administers the whole city sees every row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chengyun.identity.audit_names import groups, names
from chengyun.identity.contracts import AuditGroup, AuditPage, AuditRow
from chengyun.identity.jurisdiction import readable_by
from chengyun.identity.tables import person as persons
from chengyun.identity.tables import post as posts
from chengyun.identity.tables import token as tokens
from chengyun.identity.tables import unit as units
from chengyun.kernel import audit
from chengyun.kernel.contracts import Actor
from chengyun.kernel.errors import Forbidden
from chengyun.kernel.tables import audit as rows
from chengyun.kernel.transactions import Database, Tx
from chengyun.territory import service as territory

PAGE = 100
Ids = Callable[[Actor], sa.Select[Any]]


@dataclass(frozen=True, slots=True)
class Search:
    """`who`: a person's id; `subject` as in ("person", "7"), the id may be empty; `action`: its beginning;
    `actions`: any of these; `person`: a part of the name or account of who did it or to whom it was done."""

    who: int | None = None
    subject_kind: str = ""
    subject_id: str = ""
    action: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None
    actions: tuple[str, ...] = ()
    person: str = ""


_SUBJECTS: dict[str, Ids] = {
    "person": lambda actor: sa.select(persons.c.id).where(readable_by(actor, persons.c.readers)),
    "post": lambda actor: sa.select(posts.c.id).where(readable_by(actor, posts.c.readers)),
    "token": lambda actor: sa.select(tokens.c.id).where(readable_by(actor, tokens.c.readers)),
}


def register_subject(kind: str, ids: Ids) -> None:
    """Say which subjects of a kind an actor may see: a query for their ids."""
    _SUBJECTS[kind] = ids


def search(db: Database, actor: Actor, wanted: Search) -> AuditPage:
    """Rows of one's jurisdiction, newest first. Needs audit.read; the search itself is on the record before."""
    actor.require("audit.read")
    asked = {name: str(value) for name, value in asdict(wanted).items() if value not in (None, "", ())}
    audit.record_read(db, actor, "audit.searched", ("audit", "search"), asked)
    query = sa.select(rows).order_by(rows.c.id.desc()).limit(PAGE + 1)
    for condition in _asked(wanted):
        query = query.where(condition)
    with db.begin(actor) as tx:
        if not _whole(tx):
            query = query.where(_concerns(tx))
        found = [_shape(row, actor) for row in tx.execute(query)]
    return AuditPage(found[:PAGE], more=len(found) > PAGE)


def _asked(wanted: Search) -> Iterator[sa.ColumnElement[bool]]:
    for name, condition in _CONDITIONS.items():
        value = getattr(wanted, name)
        if value not in (None, "", ()):
            yield condition(value)


def _of(who: int) -> sa.ColumnElement[bool]:
    """Done by or to a person."""
    about = sa.and_(rows.c.subject_kind == "person", rows.c.subject_id == str(who))
    return sa.or_(sa.and_(rows.c.actor_kind == "person", rows.c.actor_id == who), about)


def _by_name(part: str) -> sa.ColumnElement[bool]:
    """Done by somebody whose name or account holds `part`, or to them or one of their posts; a name counts as it was
    when it was done, too."""
    held = (persons.c.name, persons.c.login)
    ids = sa.select(persons.c.id).where(sa.or_(*(text.icontains(part, autoescape=True) for text in held)))
    subjects = {"person": ids, "post": sa.select(posts.c.id).where(posts.c.person_id.in_(ids))}
    return sa.or_(
        sa.and_(rows.c.actor_kind == "person", rows.c.actor_id.in_(ids)),
        rows.c.actor_name.icontains(part, autoescape=True),
        *(_about(kind, theirs) for kind, theirs in subjects.items()),
    )


def _about(kind: str, ids: sa.Select[Any]) -> sa.ColumnElement[bool]:
    """The subject is one of a kind; the audit keeps ids as texts."""
    texts = sa.select(sa.cast(ids.subquery().c[0], sa.Text))
    return sa.and_(rows.c.subject_kind == kind, rows.c.subject_id.in_(texts))


_CONDITIONS: dict[str, Callable[[Any], sa.ColumnElement[bool]]] = {
    "who": _of,
    "person": _by_name,
    "subject_kind": lambda kind: rows.c.subject_kind == kind,
    "subject_id": lambda subject: rows.c.subject_id == subject,
    "action": lambda start: rows.c.action.startswith(start, autoescape=True),
    "actions": lambda chosen: rows.c.action.in_(chosen),
    "since": lambda since: rows.c.at >= since,
    "until": lambda until: rows.c.at < until,
    "before": lambda last: rows.c.id < last,
}


def actions(actor: Actor) -> list[AuditGroup]:
    """What the audit records, for whoever may search it. Needs audit.read."""
    actor.require("audit.read")
    return groups(actor.language)


def _concerns(tx: Tx) -> sa.ColumnElement[bool]:
    """The post acted in, or the subject, lies in the actor's jurisdiction."""
    actor = tx.actor
    held = sa.select(posts.c.id).where(readable_by(actor, posts.c.readers))
    parts = [rows.c.post.in_(held), sa.and_(rows.c.actor_kind == actor.kind, rows.c.actor_id == actor.id)]
    for kind, ids in _SUBJECTS.items():
        parts.append(_about(kind, ids(actor)))
    regions = _regions(tx)
    parts.append(sa.and_(rows.c.subject_kind.in_(("region", "centre")), rows.c.subject_id.in_(regions)))
    theirs = sa.select(sa.cast(units.c.id, sa.Text)).where(sa.cast(units.c.region_id, sa.Text).in_(regions))
    parts.append(sa.and_(rows.c.subject_kind == "unit", rows.c.subject_id.in_(theirs)))
    return sa.or_(*parts)


def _regions(tx: Tx) -> list[str]:
    """The regions of one's jurisdiction, down to the villages, as the audit names them."""
    found: set[int] = set()
    for scope in tx.actor.scopes:
        found.add(scope)
        for level in ("district", "town", "village"):
            found.update(territory.descendants(tx, scope, level) if scope < 1_000_000 else ())
    return [str(region) for region in sorted(found)]


def _whole(tx: Tx) -> bool:
    """Whether the actor's jurisdiction is the city."""
    city = {ref.id for ref in territory.find_regions(tx, "city")}
    return bool(city & set(tx.actor.scopes))


def export(db: Database, actor: Actor) -> Iterator[str]:
    """The sealed chain, a line each, as `chengyun audit verify` reads it. Needs audit.verify over the whole city.

    A part of a chain proves nothing: who administers a part searches, and does not export. Raises Forbidden.
    """
    actor.require("audit.verify")
    with db.begin(actor) as tx:
        if not _whole(tx):
            raise Forbidden("audit.whole_only")
    audit.record_read(db, actor, "audit.exported", ("audit", "export"))
    return _lines(db, actor)


def _lines(db: Database, actor: Actor) -> Iterator[str]:
    with db.begin(actor) as tx:
        for line in audit.export_lines(tx):
            yield line + "\n"


def own_security(db: Database, actor: Actor, limit: int = 20) -> list[AuditRow]:
    """What happened lately to one's own account: sign-ins, resets, sessions ended by others."""
    mine = sa.and_(rows.c.subject_kind == "person", rows.c.subject_id == str(actor.id))
    kinds = sa.or_(
        *(rows.c.action.startswith(start) for start in ("login", "password.", "factor.", "account."))
    )
    query = sa.select(rows).where(mine, kinds).order_by(rows.c.id.desc()).limit(limit)
    with db.begin(actor) as tx:
        return [_shape(row, actor) for row in tx.execute(query)]


def _shape(row: sa.Row[Any], reader: Actor) -> AuditRow:
    return AuditRow(
        row.id, row.at, row.actor_kind, row.actor_id, row.actor_name, row.action, row.subject_kind, row.subject_id,
        row.detail, row.seq, names(reader.language).get(row.action, ""),
    )  # fmt: skip
