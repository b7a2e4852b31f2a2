"""HTTP of the administration: directory, units, sessions of others, the audit. Each in one's own jurisdiction."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime, BaseModel, Field

from chengyun.identity import auditing, people, seats, stepping, upkeep
from chengyun.identity.auditing import Search
from chengyun.identity.contracts import AuditGroup, AuditPage, AuditRow, StaffPage, StaffSession
from chengyun.identity.kinds import UNIT_KINDS
from chengyun.identity.people import Wanted
from chengyun.identity.routing import Db, Proven, SignedInCaller
from chengyun.kernel.fields import Body, Id, Text

router = APIRouter()


class Changed(BaseModel):
    """The change that an act made, for undoing it; 0: it was so already."""

    change: int


class Founded(BaseModel):
    id: int


class PersonEditIn(Body):
    login: Text = Field(min_length=1, max_length=100)
    name: Text = Field(min_length=1, max_length=100)


class ActiveIn(Body):
    active: bool


class UnitIn(Body):
    kind: Text = Field(min_length=1, max_length=upkeep.KIND_MAX)
    name: Text = Field(min_length=1, max_length=upkeep.NAME_MAX)
    region: Id


class UnitNameIn(Body):
    name: Text = Field(min_length=1, max_length=upkeep.NAME_MAX)


class MergeIn(Body):
    into: Id


class UnitKindView(BaseModel):
    """A kind of unit of the shipped vocabulary, and the levels that have it."""

    kind: str
    name: str
    levels: list[str]


@router.get("/directory")
def read_directory(
    found: SignedInCaller,
    db: Db,
    q: Annotated[Text, Query(max_length=50)] = "",
    unit: Id | None = None,
    region: Id | None = None,
    role: Annotated[Text | None, Query(max_length=50)] = None,
    active: bool | None = None,
    page: Annotated[int, Query(ge=0, le=10_000)] = 0,
) -> StaffPage:
    """People of one's jurisdiction by name, login, pinyin or initials, with or without a post."""
    with db.begin(found.actor) as tx:
        return people.directory(tx, Wanted(q, unit, region, role, active), page)


@router.post("/people/{person_id}")
def edit_person(person_id: Id, body: PersonEditIn, found: Proven, db: Db) -> Changed:
    """Set a person's login and name."""
    with db.begin(found.actor) as tx:
        return Changed(change=people.edit(tx, person_id, body.login, body.name))


@router.post("/people/{person_id}/active")
def set_active(person_id: Id, body: ActiveIn, found: Proven, db: Db) -> Changed:
    """Switch an account off, which ends its sessions, or on."""
    with db.begin(found.actor) as tx:
        return Changed(change=people.set_active(tx, person_id, body.active))


@router.post("/people/{person_id}/factor/reset")
def reset_factor(person_id: Id, found: Proven, db: Db) -> Changed:
    """Take a person's second factor off; their sessions end."""
    with db.begin(found.actor) as tx:
        return Changed(change=stepping.reset(tx, person_id))


@router.get("/staff-sessions")
def list_staff_sessions(found: SignedInCaller, db: Db, person: Id | None = None) -> list[StaffSession]:
    """Open sessions of people in one's jurisdiction."""
    with db.begin(found.actor) as tx:
        return seats.listed(tx, person)


@router.delete("/staff-sessions/{session_id}")
def end_staff_session(session_id: Id, found: Proven, db: Db, lost: bool = False) -> Changed:
    """End somebody's session at once; `lost`: its device is cut off and wipes itself."""
    with db.begin(found.actor) as tx:
        return Changed(change=seats.end(tx, session_id, lost=lost))


@router.get("/unit-kinds")
def list_unit_kinds(found: SignedInCaller) -> list[UnitKindView]:
    """The vocabulary of units."""
    english = found.actor.language == "en"
    return [
        UnitKindView(
            kind=one.kind,
            name=one.name_en if english else next(iter(one.suffix.values())),
            levels=list(one.suffix),
        )
        for one in UNIT_KINDS
    ]


@router.post("/units", status_code=201)
def found_unit(body: UnitIn, found: Proven, db: Db) -> Founded:
    """A new unit in a region of one's jurisdiction."""
    with db.begin(found.actor) as tx:
        return Founded(id=upkeep.found(tx, body.kind, body.name, body.region))


@router.post("/units/{unit_id}")
def rename_unit(unit_id: Id, body: UnitNameIn, found: Proven, db: Db) -> Changed:
    """Give a unit another name."""
    with db.begin(found.actor) as tx:
        return Changed(change=upkeep.rename(tx, unit_id, body.name))


@router.post("/units/{unit_id}/merge")
def merge_unit(unit_id: Id, body: MergeIn, found: Proven, db: Db) -> Changed:
    """Close a unit; its posts and open work go to another one."""
    with db.begin(found.actor) as tx:
        return Changed(change=upkeep.merge(tx, unit_id, body.into))


@router.get("/audit")
def search_audit(
    found: SignedInCaller,
    db: Db,
    who: Id | None = None,
    subject_kind: Annotated[Text, Query(max_length=40)] = "",
    subject_id: Annotated[Text, Query(max_length=80)] = "",
    action: Annotated[Text, Query(max_length=60)] = "",
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
    before: Id | None = None,
    actions: Annotated[Text, Query(max_length=4000, description="any of these, with commas")] = "",
    person: Annotated[Text, Query(max_length=100, description="part of a name or account")] = "",
) -> AuditPage:
    """Who did what to what, within one's jurisdiction, newest first; the search is on the record."""
    chosen = tuple(name for name in actions.split(",") if name)
    wanted = Search(who, subject_kind, subject_id, action, since, until, before, chosen, person.strip())
    return auditing.search(db, found.actor, wanted)


@router.get("/audit/actions")
def read_audit_actions(found: SignedInCaller) -> list[AuditGroup]:
    """What can be looked for in the audit, in words, by group."""
    return auditing.actions(found.actor)


@router.get(
    "/audit/export",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "The sealed chain, one JSON object per line",
            "content": {"application/jsonl": {}},
        }
    },
)
def export_audit(found: Proven, db: Db) -> StreamingResponse:
    """The whole sealed chain as `chengyun audit verify` reads it; for the whole city's administrators only."""
    headers = {
        "Content-Disposition": 'attachment; filename="chengyun-audit.jsonl"',
        "Cache-Control": "no-store",
    }
    return StreamingResponse(
        auditing.export(db, found.actor), media_type="application/jsonl", headers=headers
    )


@router.get("/me/security")
def read_security(found: SignedInCaller, db: Db) -> list[AuditRow]:
    """What happened lately to one's own account."""
    return auditing.own_security(db, found.actor)
