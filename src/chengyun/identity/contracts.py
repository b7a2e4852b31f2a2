"""What others may see of identity: shapes, news and fixed limits. Times are UTC and aware."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chengyun.kernel.errors import FieldError, Invalid

UNIT_IDS_FROM = 1_000_000  # region ids lie below, unit ids from here: one space of scope ids
BREAK_GLASS_MAX_MINUTES = 240


@dataclass(frozen=True, slots=True)
class Unit:
    """An organisation at some level: a centre, a bureau, an enforcement team, a community committee."""

    id: int
    kind: str
    name: str
    level: str  # city | district | town | village
    region_id: int


@dataclass(frozen=True, slots=True)
class PersonRef:
    """A person in one capacity."""

    id: int
    name: str
    post: int
    role: str


@dataclass(frozen=True, slots=True)
class RegionBrief:
    id: int
    level: str
    name: str


@dataclass(frozen=True, slots=True)
class Post:
    """What a person does in a unit; `region` is where, `valid_to` is None while it lasts."""

    id: int
    role: str
    role_name: str
    unit: Unit
    region: RegionBrief
    valid_from: datetime
    valid_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    login: str
    name: str
    active: bool
    posts: list[Post] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with one field of a row, in the reader's language."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A row of a table of people as it was read; `line` is that of the file, the heads are line 1."""

    line: int
    login: str
    name: str
    unit: str
    role: str
    region: str
    valid_from: str
    valid_to: str
    faults: list[RowFault]


@dataclass(frozen=True, slots=True)
class Imported:
    """What a table would make, or has made. `ignored`: heads that nothing is made of; `change`: for undoing, 0: tried."""

    rows: list[ImportRow]
    faults: int
    people: int
    ignored: list[str]
    change: int


@dataclass(frozen=True, slots=True)
class StaffRow:
    """A person for their administrator; `seen_at`: the last use of any session that is still kept."""

    person: Person
    second_factor: bool
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class StaffSession:
    """Somebody's session for their administrator; `offline`: the device keeps sealed data for work without a network."""

    id: int
    person: int
    name: str
    login: str
    created_at: datetime
    seen_at: datetime
    ends_at: datetime
    address: str
    agent: str
    waits: str | None  # "factor" | "enrolment"
    offline: bool


@dataclass(frozen=True, slots=True)
class StaffPage:
    total: int
    page: int
    size: int
    rows: list[StaffRow]


@dataclass(frozen=True, slots=True)
class Me:
    """Who is signed in, in which capacity, with which permissions."""

    kind: str  # person | resident | token
    id: int | None
    name: str
    language: str
    demo: bool
    post: Post | None
    posts: list[Post]
    permissions: list[str]
    centre: RegionBrief | None
    on_duty: bool
    shift_since: datetime | None


@dataclass(frozen=True, slots=True)
class SessionRef:
    """One signed-in browser; `current` marks the one that asks."""

    id: int
    created_at: datetime
    seen_at: datetime
    ends_at: datetime
    address: str
    agent: str
    current: bool
    offline: bool = False  # the device keeps sealed data for work without a network


@dataclass(frozen=True, slots=True)
class TokenRef:
    """An API token without its secret."""

    id: int
    name: str
    permissions: list[str]
    region_id: int
    created_at: datetime
    ends_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """The only moment at which a token's secret is seen."""

    token: TokenRef
    secret: str


@dataclass(frozen=True, slots=True)
class BreakGlass:
    """Access beyond one's jurisdiction, with a reason and an end."""

    id: int
    region_id: int
    reason: str
    started_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class CodeSent:
    """A one-time code is on its way; `demo_code` is set by the demo provider only (模拟)."""

    expires_in: int  # seconds
    demo_code: str | None = None


@dataclass(frozen=True, slots=True)
class Resident:
    """A resident without the phone number; that is revealed by its own audited call."""

    id: int
    label: str
    language: str
    blocked_until: datetime | None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The answer to a sign-in: the cookie's value and how long the browser may keep it."""

    secret: str
    max_age: int  # seconds
    me: Me


@dataclass(frozen=True, slots=True)
class Waits:
    """The answer to a right first step that is not enough: a secret that carries nothing yet."""

    secret: str
    max_age: int  # seconds
    waits: str  # "factor": a code; "enrolment": a second factor must be set up first


@dataclass(frozen=True, slots=True)
class FactorState:
    """`required`: a role held asks for a second factor."""

    enrolled: bool
    since: datetime | None
    recovery_left: int
    required: bool


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator app needs: the secret as text, as an address, and that address as a picture (SVG)."""

    secret: str
    uri: str
    picture: str


@dataclass(frozen=True, slots=True)
class Account:
    """An account at an OpenID Connect provider that is a person here."""

    id: int
    issuer: str
    subject: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class KeyHalf:
    """The server's half of a device's key, base64; never to be written down there."""

    half: str


@dataclass(frozen=True, slots=True)
class DemoAccount:
    login: str
    name: str
    role_name: str
    unit_name: str
    group: str


@dataclass(frozen=True, slots=True)
class Change:
    """One administrative change: what it was, what it became. `undoes` and `undone_by` are ids of changes."""

    id: int
    at: datetime
    actor_id: int | None
    actor_name: str
    kind: str
    subject_kind: str
    subject_id: str
    label: str  # the subject's name for people
    before: dict[str, Any]
    after: dict[str, Any]
    undoes: int | None
    undone_by: int | None


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One row of the audit; `seq` is its place in the sealed chain, None for the seconds before that.

    `name`: the action in the reader's words, "" for one that this code no longer knows.
    """

    id: int
    at: datetime
    actor_kind: str
    actor_id: int | None
    actor_name: str
    action: str
    subject_kind: str | None
    subject_id: str | None
    detail: dict[str, Any]
    seq: int | None
    name: str


@dataclass(frozen=True, slots=True)
class AuditAction:
    action: str
    name: str


@dataclass(frozen=True, slots=True)
class AuditGroup:
    """Actions that are looked for together, named in the reader's language."""

    name: str
    actions: list[AuditAction]


@dataclass(frozen=True, slots=True)
class AuditPage:
    rows: list[AuditRow]
    more: bool


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change with the name of its kind in the reader's language."""

    change: Change
    name: str


# --- news published inside the transaction -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PostChanged:
    person: int
    post: int
    change: str  # given | ended | moved


@dataclass(frozen=True, slots=True)
class UnitMerged:
    """`unit` is closed; its open work belongs to `into` from now on."""

    unit: int
    into: int


@dataclass(frozen=True, slots=True)
class UnitRestored:
    """`unit` works again; the open work that it had when it was merged into `former` comes back to it."""

    unit: int
    former: int


@dataclass(frozen=True, slots=True)
class DutyChanged:
    person: int
    centre: int
    on: bool


def invalid(*fields: FieldError) -> Invalid:
    """422 that lists every wrong field."""
    return Invalid(fields)
