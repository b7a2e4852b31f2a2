"""What others may see of identity: shapes, news and fixed limits. Times are UTC and aware."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

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
class DemoAccount:
    login: str
    name: str
    role_name: str
    unit_name: str
    group: str


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
class DutyChanged:
    person: int
    centre: int
    on: bool


def invalid(*fields: FieldError) -> Invalid:
    """422 that lists every wrong field."""
    return Invalid(fields)
