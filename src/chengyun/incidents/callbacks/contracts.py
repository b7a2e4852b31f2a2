"""What the call-back list shows. Times are UTC and aware."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Callback:
    """Somebody to be called about a closed incident; `report` is the one whose contact may be revealed."""

    incident: int
    report: int
    number: str
    title: str
    place: str
    outcome: str | None
    closed_at: datetime
    reason: str
    reason_words: str
    reporter: str
    phone: str  # masked
    tries: int
    tried_at: datetime | None
    stars: int | None
    solved: bool | None
    reopen_until: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """A call that was made."""

    incident: int
    number: str
    title: str
    at: datetime
    reason_words: str
    reached: bool
    stars: int | None
    solved: bool | None
    words: str
    by: str


@dataclass(frozen=True, slots=True)
class Callbacks:
    total: int
    items: list[Callback]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call has brought. `stars` and `solved` are asked for when somebody was reached."""

    reached: bool
    stars: int | None = None
    solved: bool | None = None
    words: str = ""
    reopen: bool = False
