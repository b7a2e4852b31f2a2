"""API tokens: for integrations and wall displays. A secret is shown once; the database keeps its hash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from chengyun.identity import changes
from chengyun.identity.changes import ChangeKind, register_kind
from chengyun.identity.contracts import IssuedToken, TokenRef, invalid
from chengyun.identity.jurisdiction import readable_by
from chengyun.identity.roles import TOKEN_PERMISSIONS
from chengyun.identity.tables import token as tokens
from chengyun.identity.vault import bearer_hash, new_secret
from chengyun.kernel.errors import FieldError, NotFound
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory

PREFIX = "cy_"
MAX_DAYS = 730


def issue(tx: Tx, name: str, permissions: Sequence[str], region_id: int, days: int) -> IssuedToken:
    """A token that sees `region_id` and all below it. Needs admin.tokens; permissions are those of machines at most."""
    actor = tx.actor
    actor.require("admin.tokens")
    wrong = []
    refused = sorted(set(permissions) - TOKEN_PERMISSIONS)
    if refused or not permissions:
        wrong.append(FieldError("permissions", "token.permissions", {"names": ", ".join(refused) or "∅"}))
    if not 1 <= days <= MAX_DAYS:
        wrong.append(FieldError("days", "token.lifetime"))
    readers = list(territory.ancestors(tx, region_id))
    if actor.kind != "system" and not set(readers) & set(actor.scopes):
        wrong.append(FieldError("region", "token.region_outside"))
    if wrong:
        raise invalid(*wrong)
    secret = new_secret(PREFIX)
    values = {
        "name": name, "token_hash": bearer_hash(secret), "permissions": sorted(set(permissions)),
        "region_id": region_id, "readers": readers, "created_by": actor.id,
        "ends_at": sa.func.now() + timedelta(days=days),
    }  # fmt: skip
    row = tx.execute(sa.insert(tokens).values(values).returning(*tokens.c)).one()
    _record(tx, "token.issued", row, {}, {"living": True, "name": name, "permissions": values["permissions"]})
    return IssuedToken(_ref(row), secret)


def listed(tx: Tx) -> list[TokenRef]:
    """Every token in the actor's jurisdiction, newest first. Needs admin.tokens."""
    tx.actor.require("admin.tokens")
    query = sa.select(tokens).where(readable_by(tx.actor, tokens.c.readers)).order_by(tokens.c.id.desc())
    return [_ref(row) for row in tx.execute(query)]


def revoke(tx: Tx, token_id: int) -> int:
    """End a token at once. Needs admin.tokens; raises NotFound outside one's jurisdiction. The change's id."""
    row = _set_revoked(tx, token_id, tokens.c.revoked_at.is_(None), sa.func.now())
    return _record(tx, "token.revoked", row, {"living": True}, {"living": False})


def restore(tx: Tx, token_id: int) -> int:
    """Let a revoked token count again, as long as its own end has not come. The change's id."""
    revoked = sa.and_(tokens.c.revoked_at.is_not(None), tokens.c.ends_at > sa.func.now())
    row = _set_revoked(tx, token_id, revoked, None)
    return _record(tx, "token.restored", row, {"living": False}, {"living": True})


def _set_revoked(tx: Tx, token_id: int, where: sa.ColumnElement[bool], at: object) -> sa.Row[Any]:
    tx.actor.require("admin.tokens")
    mine = sa.and_(tokens.c.id == token_id, where, readable_by(tx.actor, tokens.c.readers))
    row = tx.execute(sa.update(tokens).where(mine).values(revoked_at=at).returning(*tokens.c)).one_or_none()
    if row is None:
        raise NotFound("token.not_found")
    return row


def _record(
    tx: Tx, kind: str, row: sa.Row[Any], before: Mapping[str, object], after: Mapping[str, object]
) -> int:
    touches = [f"{changes.key('token', row.id)}.living"]
    return changes.record(
        tx,
        kind,
        ("token", row.id),
        row.name,
        before=before,
        after=after,
        readers=row.readers,
        touches=touches,
    )


for _kind, _zh, _en, _inverse in (
    ("token.issued", "签发令牌", "token issued", lambda tx, change: revoke(tx, int(change.subject_id))),
    ("token.revoked", "吊销令牌", "token revoked", lambda tx, change: restore(tx, int(change.subject_id))),
    ("token.restored", "恢复令牌", "token restored", lambda tx, change: revoke(tx, int(change.subject_id))),
):
    register_kind(ChangeKind(_kind, "admin.tokens", _zh, _en, _inverse))


def _ref(row: sa.Row[Any]) -> TokenRef:
    return TokenRef(
        row.id,
        row.name,
        list(row.permissions),
        row.region_id,
        row.created_at,
        row.ends_at,
        row.used_at,
        row.revoked_at,
    )
