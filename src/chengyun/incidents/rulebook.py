"""Rulebooks as rows: what scenario folders compiled to, installed as versions, pinned by incidents."""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from chengyun.incidents.contracts import Rulebook
from chengyun.incidents.deadlines import Book
from chengyun.incidents.tables import rulebook
from chengyun.kernel import audit
from chengyun.kernel.clock import current_calendar
from chengyun.kernel.errors import NotFound, Unavailable
from chengyun.kernel.revisions import remembered
from chengyun.kernel.transactions import Tx

_KEEP = 64
_NEWEST = sa.select(rulebook.c.id, rulebook.c.digest).order_by(rulebook.c.id.desc()).limit(1)


@cache
def _adapter() -> TypeAdapter[Rulebook]:
    return TypeAdapter(Rulebook)


def to_json(content: Rulebook) -> Any:
    return _adapter().dump_python(content, mode="json")


def from_json(content: Any) -> Rulebook:
    return _adapter().validate_python(content)


def install(tx: Tx, content: Rulebook) -> int:
    """Make it the one that new incidents are opened under; the id of its version. Audited.

    Installing what is current already changes nothing.
    """
    newest = _newest(tx)
    if newest is not None and newest.digest == content.digest:
        return int(newest.id)
    values = {"digest": content.digest, "versions": content.versions, "content": to_json(content)}
    statement = sa.insert(rulebook).values(**values, installed_at=tx.now, installed_by=tx.actor.name)
    number = int(tx.execute(statement.returning(rulebook.c.id)).scalar_one())
    tx.renew()
    audit.record(tx, "rulebook.installed", ("rulebook", number), {"digest": content.digest})
    return number


def current(tx: Tx) -> tuple[int, Rulebook]:
    """The version that new incidents are opened under. Unavailable before the first one is installed."""
    newest = _newest(tx)
    if newest is None:
        raise Unavailable("incidents.no_rulebook")
    return newest.id, find(tx, newest.id)


def _newest(tx: Tx) -> Any:
    return remembered(tx, "rulebook", "newest", lambda: tx.execute(_NEWEST).one_or_none())


def find(tx: Tx, number: int) -> Rulebook:
    """A version by its id; versions never change, so they are kept in memory."""
    known = _kept(tx, "contents")
    found: Rulebook | None = known.get(number)
    if found is None:
        content = tx.execute(sa.select(rulebook.c.content).where(rulebook.c.id == number)).scalar()
        if content is None:
            raise NotFound("incidents.no_such_rulebook", id=number)
        found = known[number] = from_json(content)
    return found


def _kept(tx: Tx, what: str) -> dict[int, Any]:
    """By version; begun anew before it grows too large."""
    kept: dict[int, Any] = tx.memory.setdefault(("rulebook", what), {})
    if len(kept) >= _KEEP:
        kept = tx.memory["rulebook", what] = {}
    return kept


def book(tx: Tx, number: int) -> Book:
    """A version with the calendar in force, indexed for moves."""
    calendar = current_calendar(tx)
    books = _kept(tx, "books")
    found: Book | None = books.get(number)
    if found is None or found.calendar is not calendar:
        found = books[number] = Book(number, find(tx, number), calendar)
    return found
