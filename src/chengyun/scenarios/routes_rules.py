"""HTTP of the rules on screen: sheets, drafts, publishing, history, export, try-out."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import AfterValidator, AwareDatetime, Field

from chengyun.identity.routing import Caller, Configured, Db
from chengyun.incidents.contracts import Channel, Level
from chengyun.kernel.contracts import Actor
from chengyun.kernel.fields import Body, Id, Text, storable
from chengyun.scenarios import service
from chengyun.scenarios.contracts_rules import (
    READ,
    Edit,
    Part,
    RuleDraft,
    RuleEvent,
    RuleReview,
    RuleSheet,
    RulesInUse,
    RulesPublished,
)
from chengyun.scenarios.trials import TrialView
from chengyun.scenarios.words import RulesVocabulary

router = APIRouter(prefix="/api/scenarios/rules", tags=["rules"])
Name = Annotated[Text, Field(min_length=1, max_length=100)]
Reason = Annotated[Text, Field(min_length=1, max_length=500)]
MOST_EDITS = 50
DEEPEST, LONGEST = 6, 4_000


def plain(data: Any, depth: int = 0) -> Any:
    """What a file can hold: a few levels deep, texts of a sensible length that PostgreSQL stores."""
    if depth > DEEPEST:
        raise ValueError("nested too deeply")
    if isinstance(data, dict):
        return {storable(str(key)): plain(one, depth + 1) for key, one in data.items()}
    if isinstance(data, list):
        return [plain(one, depth + 1) for one in data]
    if isinstance(data, str) and len(data) > LONGEST:
        raise ValueError("too long")
    return storable(data) if isinstance(data, str) else data


class RuleEditBody(Body):
    do: Literal["put", "remove", "move"]
    part: Part
    key: Name | None = None
    data: Annotated[dict[str, Any], AfterValidator(plain)] | None = None
    before: Name | None = None
    group: Name | None = None

    def as_edit(self) -> Edit:
        return Edit(self.do, self.part, self.key, self.data, self.before, self.group)


class RuleEdits(Body):
    revision: Annotated[int, Field(ge=1, le=2**31 - 1)]
    edits: Annotated[list[RuleEditBody], Field(min_length=1, max_length=MOST_EDITS)]


class BeginDraft(Body):
    """From the version in force, or from another stored one."""

    version: Id | None = None


class PublishDraft(Body):
    revision: Annotated[int, Field(ge=1, le=2**31 - 1)]
    reason: Reason


class PublicationDecision(Body):
    approve: bool
    reason: Annotated[Text, Field(max_length=500)] = ""


class UndoRules(Body):
    reason: Reason


class TryOutBody(Body):
    """A report that nobody told. `draft` names the scenario whose draft counts; `at` a moment instead of now."""

    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    text: Annotated[Text, Field(max_length=4000)] = ""
    category: Name | None = None
    level: Level | None = None
    channel: Channel = Channel.RESIDENT
    at: AwareDatetime | None = None
    draft: Name | None = None


def reader(actor: Actor) -> Actor:
    """Rules are for staff who may read them, refused before the database is asked."""
    actor.require(READ)
    return actor


@router.get("")
def read_overview(actor: Caller, db: Db) -> list[RulesInUse]:
    """The scenarios in use: version, since when, who changes them now, what waits for approval."""
    with db.begin(reader(actor)) as tx:
        return service.overview(tx)


@router.get("/vocabulary")
def read_vocabulary(actor: Caller) -> RulesVocabulary:
    """What forms offer: kinds of unit, stages, clocks, moves."""
    reader(actor)
    return service.vocabulary()


@router.post("/try-out")
def try_out(body: TryOutBody, actor: Caller, db: Db) -> TrialView:
    """Where would this report go, and why. Nothing is stored."""
    given = service.ReportIn(
        text=body.text,
        lon=body.lon,
        lat=body.lat,
        category=body.category,
        level=body.level,
        channel=body.channel,
    )
    with db.begin(reader(actor)) as tx:
        return service.try_out(tx, given, body.at, body.draft)


@router.post("/publications/{publication}")
def decide(publication: Id, body: PublicationDecision, actor: Caller, db: Db) -> RulesPublished:
    """Approve or refuse a version that waits; never one's own."""
    with db.begin(reader(actor)) as tx:
        return service.decide(tx, publication, body.approve, body.reason)


@router.get("/{scenario}/sheet")
def read_sheet(scenario: Name, actor: Caller, db: Db, version: Id | None = None) -> RuleSheet:
    """A scenario as tables: the version in force, or the one asked for."""
    with db.begin(reader(actor)) as tx:
        return service.read_sheet(tx, scenario, version)


@router.get("/{scenario}/history")
def read_history(scenario: Name, actor: Caller, db: Db) -> list[RuleEvent]:
    """Who made which version current, when and why."""
    with db.begin(reader(actor)) as tx:
        return service.history(tx, scenario)


@router.get("/{scenario}/export.zip", response_class=Response)
def export_zip(scenario: Name, actor: Caller, db: Db, version: Id | None = None) -> Response:
    """The folder of a version, ready for `chengyun scenario check`."""
    with db.begin(reader(actor)) as tx:
        found = service.files(tx, scenario, version)
    name = f"{found.version.scenario}-{found.version.version}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    content = service.packed(found.version.scenario, found.files)
    return Response(content, media_type="application/zip", headers=headers)


@router.post("/{scenario}/undo")
def undo(scenario: Name, body: UndoRules, actor: Caller, db: Db) -> list[RuleEvent]:
    """Make the version that was in force before current again."""
    with db.begin(reader(actor)) as tx:
        return service.undo_on_screen(tx, scenario, body.reason)


@router.get("/{scenario}/draft")
def read_draft(scenario: Name, actor: Caller, db: Db) -> RuleDraft:
    """The draft with its findings and what it changes."""
    with db.begin(reader(actor)) as tx:
        return service.read_draft(tx, scenario)


@router.post("/{scenario}/draft", status_code=201)
def begin_draft(scenario: Name, body: BeginDraft, actor: Caller, db: Db) -> RuleDraft:
    """Begin to change a scenario; a draft that is there already is answered as it stands."""
    with db.begin(reader(actor)) as tx:
        return service.begin_draft(tx, scenario, body.version)


@router.delete("/{scenario}/draft", status_code=204)
def discard_draft(scenario: Name, actor: Caller, db: Db) -> None:
    """Throw the draft away."""
    with db.begin(reader(actor)) as tx:
        service.discard_draft(tx, scenario)


@router.post("/{scenario}/draft/edits")
def edit_draft(scenario: Name, body: RuleEdits, actor: Caller, db: Db) -> RuleDraft:
    """Change entries of the draft, all or none."""
    with db.begin(reader(actor)) as tx:
        return service.edit_draft(tx, scenario, body.revision, [one.as_edit() for one in body.edits])


@router.get("/{scenario}/draft/review")
def review_draft(scenario: Name, actor: Caller, db: Db) -> RuleReview:
    """Findings, differences, and what the last thousand incidents would have met under the draft."""
    with db.begin(reader(actor)) as tx:
        return service.review_draft(tx, scenario)


@router.post("/{scenario}/draft/publish")
def publish_draft(
    scenario: Name, body: PublishDraft, actor: Caller, db: Db, configured: Configured
) -> RulesPublished:
    """Make the draft a version: in force at once, or once a second person has approved it."""
    with db.begin(reader(actor)) as tx:
        return service.publish_draft(tx, scenario, body.revision, body.reason, configured.rules_second_person)
