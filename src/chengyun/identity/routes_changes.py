"""HTTP of administrative changes: the list, and taking one back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from chengyun.identity import changes
from chengyun.identity.contracts import Change, ChangeView
from chengyun.identity.routing import Db, Proven, SignedInCaller
from chengyun.kernel.fields import Id, Text

router = APIRouter()


@router.get("/changes")
def list_changes(
    found: SignedInCaller,
    db: Db,
    before: Id | None = None,
    subject: Annotated[Text | None, Query(max_length=80, pattern=r"^[a-z.-]+:.+$")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[ChangeView]:
    """Recent changes of one's jurisdiction that one may undo, newest first; `subject` as in "person:7"."""
    kind, _, ident = (subject or "").partition(":")
    with db.begin(found.actor) as tx:
        return changes.listed(tx, before=before, subject=(kind, ident) if subject else None, limit=limit)


@router.post("/changes/{change_id}/undo")
def undo_change(change_id: Id, found: Proven, db: Db) -> Change:
    """Take a change back; 409 says what newer stands on it."""
    with db.begin(found.actor) as tx:
        return changes.undo(tx, change_id)
