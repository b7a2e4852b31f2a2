"""Units: founding, renaming, merging one into another, and taking each of these back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from chengyun.identity import changes, posts, units
from chengyun.identity.changes import ChangeKind, register_kind
from chengyun.identity.contracts import Change, PostChanged, Unit, UnitMerged, UnitRestored, invalid
from chengyun.identity.posts import lasting
from chengyun.identity.tables import post as post_table
from chengyun.identity.tables import unit as unit_table
from chengyun.identity.within import own_part
from chengyun.kernel.errors import Conflict, FieldError, Forbidden
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory

KIND = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
KIND_MAX, NAME_MAX = 40, 80
CENTRE = "centre"
# A unit's open work may belong to centres that its administrator does not see; it follows all the same.
REORGANISE = "territory.reorganise"


def found(tx: Tx, kind: str, name: str, region_id: int) -> int:
    """A new unit of a region of one's jurisdiction; its id. A region has one living unit of a kind.

    Needs admin.units. Raises Invalid per field, Forbidden("unit.outside"), Conflict("unit.kind_taken").
    """
    tx.actor.require("admin.units")
    wrong = []
    if not KIND.fullmatch(kind) or len(kind) > KIND_MAX or kind == CENTRE:
        wrong.append(FieldError("kind", "unit.kind"))
    if not 1 <= len(name.strip()) <= NAME_MAX:
        wrong.append(FieldError("name", "unit.name"))
    if wrong:
        raise invalid(*wrong)
    region = territory.region(tx, region_id)
    readers = _governed_region(tx, region_id)
    values = {"kind": kind, "name": name.strip(), "level": region.level, "region_id": region_id}
    with _one_of_a_kind(tx, kind):
        made = int(tx.execute(sa.insert(unit_table).values(values).returning(unit_table.c.id)).scalar_one())
    changes.record(
        tx, "unit.founded", ("unit", made), name.strip(), after=values, readers=[*readers, made],
        touches=[changes.key("unit", made), f"{changes.key('unit', made)}.living"],
    )  # fmt: skip
    return made


def rename(tx: Tx, unit_id: int, name: str) -> int:
    """Give a unit another name; the change's id (0: it has that name). Needs admin.units in one's jurisdiction."""
    unit, readers = _governed(tx, unit_id)
    name = name.strip()
    if not 1 <= len(name) <= NAME_MAX:
        raise invalid(FieldError("name", "unit.name"))
    if name == unit.name:
        return 0
    tx.execute(sa.update(unit_table).where(unit_table.c.id == unit_id).values(name=name))
    tx.renew()
    return changes.record(
        tx, "unit.renamed", ("unit", unit_id), name, before={"name": unit.name}, after={"name": name}, readers=readers
    )  # fmt: skip


def merge(tx: Tx, unit_id: int, into_id: int) -> int:
    """Close a unit; its posts and its open work go to another one. The change's id.

    A governing centre ends by a reorganisation of regions only. Both units lie in one's jurisdiction.
    """
    unit, readers = _governed(tx, unit_id)
    into, _ = _governed(tx, into_id)
    if unit.kind == CENTRE:
        raise Conflict("unit.centre")
    if unit_id == into_id or not _living(tx, unit_id) or not _living(tx, into_id):
        raise Conflict("unit.not_living")
    moved = _move_posts(tx, unit_id, into)
    tx.execute(sa.update(unit_table).where(unit_table.c.id == unit_id).values(merged_into=into_id))
    tx.renew()
    change = changes.record(
        tx, "unit.merged", ("unit", unit_id), f"{unit.name} → {into.name}", before={"posts": moved},
        after={"into": into_id}, readers=readers, touches=[f"{changes.key('unit', unit_id)}.living"],
        stands_on=[changes.key("unit", into_id), f"{changes.key('unit', into_id)}.living"],
    )  # fmt: skip
    with own_part(tx, REORGANISE):
        tx.publish(UnitMerged(unit_id, into_id))
    return change


def restore(tx: Tx, unit_id: int, held: Sequence[Mapping[str, Any]]) -> int:
    """Open a merged unit again: the posts in `held` and the open work that the merger took go back to it."""
    unit, readers = _governed(tx, unit_id)
    query = sa.select(unit_table.c.merged_into).where(unit_table.c.id == unit_id).with_for_update()
    former = tx.execute(query).scalar_one()
    if former is None:
        raise Conflict("unit.not_merged")
    with _one_of_a_kind(tx, unit.kind):
        tx.execute(sa.update(unit_table).where(unit_table.c.id == unit_id).values(merged_into=None))
    for post in held:
        values = {name: post[name] for name in ("unit_id", "region_id", "home_id", "readers")}
        here = sa.and_(post_table.c.id == post["id"], post_table.c.unit_id == former, lasting(tx.now))
        if tx.execute(sa.update(post_table).where(here).values(**values)).rowcount:
            tx.publish(PostChanged(int(post["person_id"]), int(post["id"]), "moved"))
    change = changes.record(
        tx, "unit.restored", ("unit", unit_id), unit.name, before={"into": former}, after={"posts": list(held)},
        readers=readers, touches=[f"{changes.key('unit', unit_id)}.living"],
    )  # fmt: skip
    with own_part(tx, REORGANISE):
        tx.publish(UnitRestored(unit_id, former))
    return change


def _move_posts(tx: Tx, unit_id: int, into: Unit) -> list[dict[str, Any]]:
    """Lasting posts of a unit go to another; what they were, for the way back."""
    columns = ("id", "person_id", "unit_id", "region_id", "home_id", "readers")
    query = sa.select(*(post_table.c[name] for name in columns)).where(
        post_table.c.unit_id == unit_id, lasting(tx.now)
    )
    held = [dict(row._mapping) for row in tx.execute(query)]
    readers = sorted({*territory.ancestors(tx, into.region_id), into.id})
    values = {
        "unit_id": into.id, "region_id": into.region_id, "home_id": posts.home_of(tx, into), "readers": readers
    }  # fmt: skip
    for post in held:
        tx.execute(sa.update(post_table).where(post_table.c.id == post["id"]).values(**values))
        tx.publish(PostChanged(post["person_id"], post["id"], "moved"))
    return held


def _governed(tx: Tx, unit_id: int) -> tuple[Unit, list[int]]:
    """The unit and who may see its changes. Raises Forbidden("unit.outside"), NotFound."""
    tx.actor.require("admin.units")
    unit = units.unit(tx, unit_id)
    return unit, [*_governed_region(tx, unit.region_id), unit_id]


def _governed_region(tx: Tx, region_id: int) -> list[int]:
    chain = list(territory.ancestors(tx, region_id))
    if tx.actor.kind != "system" and not set(chain) & set(tx.actor.scopes):
        raise Forbidden("unit.outside")
    return chain


def _living(tx: Tx, unit_id: int) -> bool:
    query = sa.select(unit_table.c.merged_into).where(unit_table.c.id == unit_id).with_for_update()
    return tx.execute(query).scalar_one() is None


@contextmanager
def _one_of_a_kind(tx: Tx, kind: str) -> Iterator[None]:
    """A region has one living unit of each kind: routing finds units by it."""
    try:
        with tx.savepoint():
            yield
    except IntegrityError as error:
        raise Conflict("unit.kind_taken", kind=kind) from error
    tx.renew()


def _close(tx: Tx, change: Change) -> int:
    """A unit that should not have been founded goes to the centre that it belongs to; nothing stands on it."""
    unit = units.unit(tx, int(change.subject_id))
    return merge(tx, unit.id, units.centre_unit(tx, posts.home_of(tx, unit)).id)


def _renamed_back(tx: Tx, change: Change) -> int:
    return rename(tx, int(change.subject_id), change.before["name"])


def _restored(tx: Tx, change: Change) -> int:
    return restore(tx, int(change.subject_id), change.before["posts"])


def _merged_again(tx: Tx, change: Change) -> int:
    return merge(tx, int(change.subject_id), int(change.before["into"]))


for _kind, _zh, _en, _inverse in (
    ("unit.founded", "新建单位", "unit founded", _close),
    ("unit.renamed", "单位更名", "unit renamed", _renamed_back),
    ("unit.merged", "撤并单位", "unit merged", _restored),
    ("unit.restored", "恢复单位", "unit restored", _merged_again),
):
    register_kind(ChangeKind(_kind, "admin.units", _zh, _en, _inverse))
