"""Housekeeping of identity: what has ended long ago goes, and posts that ran out stop showing their holder."""

from __future__ import annotations

import sqlalchemy as sa

from chengyun.identity.resolving import DOOR, actor_for_post, resident_actor
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.errors import Unauthenticated
from chengyun.kernel.jobs import ActorRef, periodic, resolve_actors_with
from chengyun.kernel.transactions import Database, Tx

_PURGES = (
    "DELETE FROM identity_session WHERE coalesce(ended_at, ends_at) < now() - interval '30 days'",
    "DELETE FROM identity_attempt WHERE at < now() - interval '30 days'",
    "DELETE FROM identity_code WHERE ends_at < now() - interval '1 day'",
    "DELETE FROM identity_oidc_flow WHERE ends_at < now() - interval '1 day'",
    "UPDATE identity_device SET half = NULL WHERE cut_at < now() - interval '1 day' AND half IS NOT NULL",
)
_EXPIRE = """
UPDATE identity_person p SET readers = identity_readers_of(p.id)
WHERE EXISTS (SELECT 1 FROM identity_post o WHERE o.person_id = p.id AND o.valid_to <= :now)
  AND p.readers IS DISTINCT FROM identity_readers_of(p.id)
"""


@periodic("identity.sweep", every=600.0)
def sweep(tx: Tx) -> None:
    """Purge old sessions, attempts and codes; let expired posts go."""
    for statement in _PURGES:
        tx.execute(sa.text(statement))
    tx.execute(sa.text(_EXPIRE), {"now": tx.now})


def resolve_ref(db: Database, ref: ActorRef) -> Actor:
    """Whom a job acts for, as of now. Raises Unauthenticated when the post or token is no longer there."""
    if ref.kind == "system" and ref.system:
        return system_actor(ref.system)
    with db.begin(DOOR) as tx:
        if ref.kind == "person" and ref.id is not None:
            return actor_for_post(tx, ref.id, ref.post)
        if ref.kind == "resident" and ref.id is not None:
            query = sa.text("SELECT language FROM identity_resident WHERE id = :id")
            return resident_actor(ref.id, tx.execute(query, {"id": ref.id}).scalar_one())
    raise Unauthenticated("session.ended")


resolve_actors_with(resolve_ref)
