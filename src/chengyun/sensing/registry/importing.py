"""Many things at once: the plain door for rows, and tables that people fill in. All of them count, or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from chengyun.identity import service as identity
from chengyun.identity.contracts import Change
from chengyun.identity.vault import new_secret
from chengyun.kernel.errors import FieldError, Invalid, message
from chengyun.kernel.transactions import Tx
from chengyun.sensing import tables
from chengyun.sensing.contracts import Kind
from chengyun.sensing.registry import adding, sheet
from chengyun.sensing.registry.adding import Checked
from chengyun.sensing.registry.contracts import (
    PREFIX,
    WRITE,
    NewThing,
    ThingFault,
    ThingSecret,
    ThingsImported,
)
from chengyun.sensing.registry.kinds import kinds
from chengyun.sensing.registry.secrets import hashes
from chengyun.sensing.registry.sheet import Lines, Told

MOST_TOLD = 1_000  # faults that an answer holds
t = tables.thing


def add_things(tx: Tx, things: Sequence[NewThing]) -> dict[str, int]:
    """Register things as one change that can be undone; ids by code. Needs thing.write.

    Raises Invalid with every wrong field as "rows.3.code", in which case nothing is added.
    """
    checked = adding.check(tx, things, _by_code(tx))
    if checked.faults:
        told = [FieldError(f"rows.{place}.{one.path}", one.code, one.params) for place, one in checked.faults]
        raise Invalid(told[:MOST_TOLD], "thing.import_refused", count=len(told))
    ids = adding.write(tx, checked)
    _record(tx, list(ids.values()), on=True, label=_label(things))
    return ids


def take_in(tx: Tx, content: bytes, *, dry_run: bool, secrets: bool = False) -> ThingsImported:
    """Try (or do) the import of a table. Needs thing.write. `secrets`: each thing gets one, told in the answer.

    A dry run answers the faults of every line; doing it raises Invalid with them ("rows.3.lon"), or adds all things.
    """
    tx.actor.require(WRITE)
    lines, ignored = sheet.lines_of(content)
    known = _by_code(tx)
    read = sheet.read(tx, lines, known)
    checked = adding.check(tx, read.things, known, hold=not dry_run)
    faults = _faults(read, checked)
    if faults and not dry_run:
        told = [FieldError(f"rows.{line}.{column}", one.code, one.params) for line, column, one in faults]
        raise Invalid(told[:MOST_TOLD], "thing.import_refused", count=len(told))
    change, made = (0, []) if dry_run else _made(tx, checked, secrets)
    return ThingsImported(
        lines=len(lines), things=len(read.things), faults=len(faults),
        report=_report(read, faults[:MOST_TOLD], tx.actor.language), ignored=ignored, change=change, secrets=made,
    )  # fmt: skip


def _by_code(tx: Tx) -> Mapping[str, Kind]:
    return {kind.code: kind for kind in kinds(tx)}


def _made(tx: Tx, checked: Checked, secrets: bool) -> tuple[int, list[ThingSecret]]:
    fresh = {new.code: new_secret(PREFIX) for new in checked.things if secrets}
    ids = adding.write(tx, checked, {code: hashes(secret) for code, secret in fresh.items()})
    change = _record(tx, list(ids.values()), on=True, label=_label(checked.things))
    return change, [ThingSecret(ids[code], code, secret) for code, secret in fresh.items()]


def _label(things: Sequence[NewThing]) -> str:
    return f"{things[0].code} … {len(things)}" if things else "0"


# what is wrong, line by line


def _faults(read: Lines, checked: Checked) -> list[Told]:
    """(line, column, fault): of what could not be read, and of what was read and cannot be."""
    unread = {(line, "lon" if column in ("lat", "datum") else column) for line, column, _ in read.faults}
    found = list(read.faults)
    for place, one in checked.faults:
        line, column = read.where(place, one.path)
        if (line, column) not in unread:
            found.append((line, column, one))
    return sorted(found, key=lambda told: told[0])


def _report(read: Lines, faults: Sequence[Told], language: str) -> list[ThingFault]:
    heads = sheet.titles(language)
    return [
        ThingFault(line, read.codes.get(line, ""), heads[column], message(one.code, one.params, language))
        for line, column, one in faults
    ]


# the change


def _record(tx: Tx, ids: Sequence[int], *, on: bool, label: str) -> int:
    """One change for all of them: it adds them, or takes them out of use."""
    if not ids:
        return 0
    held = {"things": ranges(ids)}
    before, after = ({}, held) if on else (held, {})
    return identity.record_change(
        tx,
        "things.imported",
        ("things", min(ids)),
        label,
        before=before,
        after=after,
        readers=tx.actor.scopes,
    )


def _back(tx: Tx, change: Change) -> int:
    """The other way: what was brought in goes out of use (its readings stay), or comes back."""
    on = not change.after
    held: dict[str, Any] = change.after or change.before
    governed = identity.readable_by(tx.actor, t.c.readers)
    moved: list[int] = []
    for first, last in held["things"]:
        mine = sa.and_(t.c.id.between(first, last), t.c.active.is_not(on), governed)
        moved += tx.execute(sa.update(t).where(mine).values(active=on).returning(t.c.id)).scalars()
    return _record(tx, moved or [held["things"][0][0]], on=on, label=change.label)


def ranges(ids: Sequence[int]) -> list[list[int]]:
    """Ids as [first, last] of what follows one another: a hundred thousand of them are a few numbers."""
    ordered = sorted(ids)
    breaks = [place for place, (one, after) in enumerate(pairwise(ordered), 1) if after != one + 1]
    return [
        [ordered[first], ordered[last - 1]]
        for first, last in zip([0, *breaks], [*breaks, len(ordered)], strict=True)
        if ordered
    ]


identity.register_kind(
    identity.ChangeKind("things.imported", WRITE, "批量登记感知设备", "things registered", _back)
)
