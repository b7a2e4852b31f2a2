"""An upload becomes evidence: bound to one incident, read by the incident's readers, kept as long as it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chengyun.attachments.contracts import KEPT_FOR, Attachment
from chengyun.attachments.reading import SHOWN, concerned, shape, show_claims, whole
from chengyun.attachments.tables import item as items
from chengyun.kernel.errors import FieldError, Invalid
from chengyun.kernel.failpoints import failpoint
from chengyun.kernel.transactions import Tx


def bind(
    tx: Tx, ids: Sequence[int], incident_id: int, readers: Sequence[int], claims: Sequence[str] = ()
) -> list[Attachment]:
    """Bind the actor's uploads (by `claims`: those of somebody without a name) to an incident, in the given order.

    Binding again to the same incident is fine and takes the readers anew. Raises Invalid with one field per
    attachment that is unknown, expired, not the actor's, or in use by another incident.
    """
    if not ids:
        return []
    hashes = show_claims(tx, claims)
    usable = sa.and_(items.c.id.in_(list(ids)), concerned(tx.actor, hashes))
    query = sa.select(items.c.id, items.c.incident_id).where(usable).with_for_update()
    held = {row.id: row.incident_id for row in tx.execute(query)}
    wrong = [fault for number, item in enumerate(ids) if (fault := _fault(number, item, held, incident_id))]
    if wrong:
        raise Invalid(wrong)
    keep = sa.func.coalesce(items.c.retention_until, tx.now + KEPT_FOR)
    values = {"incident_id": incident_id, "readers": sorted(set(readers)), "retention_until": keep}
    tx.execute(sa.update(items).where(usable).values(values))
    failpoint("attachments.bound")
    return of(tx, ids, claims)


def _fault(number: int, item: int, held: dict[int, Any], incident_id: int) -> FieldError | None:
    if item not in held:
        return FieldError(f"attachments.{number}", "attachments.unknown", {"id": item})
    if held[item] not in (None, incident_id):
        return FieldError(f"attachments.{number}", "attachments.taken", {"id": item})
    return None


def of(tx: Tx, ids: Sequence[int], claims: Sequence[str] = ()) -> list[Attachment]:
    """Those of the attachments that the actor may see, in the given order, each as far as the actor may see it."""
    if not ids:
        return []
    hashes = show_claims(tx, claims)
    seen = whole(tx.actor, hashes)
    query = SHOWN.add_columns(seen.label("seen")).where(
        items.c.id.in_(list(ids)), sa.or_(seen, items.c.public_sha256.is_not(None))
    )
    found = {row.id: shape(row, bool(row.seen)) for row in tx.execute(query)}
    return [found[item] for item in ids if item in found]


def public_of(tx: Tx, incident_ids: Sequence[int]) -> dict[int, str]:
    """incident → path of its first file that was made fit for the public; incidents without one are left out."""
    first = sa.func.min(items.c.id).label("first")
    query = sa.select(items.c.incident_id, first).group_by(items.c.incident_id)
    wanted = sa.and_(items.c.incident_id.in_(list(incident_ids)), items.c.public_sha256.is_not(None))
    return {
        row.incident_id: f"/api/attachments/{row.first}/public" for row in tx.execute(query.where(wanted))
    }


def share(tx: Tx, incident_id: int, readers: Sequence[int]) -> int:
    """The incident's readers changed (transfer, dispatch): its attachments follow. Call it while still a reader.

    Returns the number of attachments.
    """
    changed = sa.update(items).where(items.c.incident_id == incident_id).values(readers=sorted(set(readers)))
    return tx.execute(changed).rowcount


def pass_on(tx: Tx, ids: Sequence[int], source: int, incident_id: int, readers: Sequence[int]) -> None:
    """Attachments of an incident belong to another one from now on. Call it while still a reader of both."""
    if ids:
        theirs = sa.and_(items.c.id.in_(list(ids)), items.c.incident_id == source)
        values = {"incident_id": incident_id, "readers": sorted(set(readers))}
        tx.execute(sa.update(items).where(theirs).values(values))


def retain(tx: Tx, incident_id: int, until: datetime) -> int:
    """Keep an incident's attachments until a time of the installation's clock; the number concerned."""
    changed = sa.update(items).where(items.c.incident_id == incident_id).values(retention_until=until)
    return tx.execute(changed).rowcount
