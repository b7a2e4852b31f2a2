"""What comes in through the door: a report, and a move with what it was given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Move:
    """A move of the plain table. `given`: need → value, as the table names the needs.

    Units come as {"lead": id, "assist": [id], "assign_down": [id]}, moments as aware datetimes, `order` as the
    id of a work order.
    """

    name: str
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who tells, as far as they wish: kept encrypted, shown masked."""

    name: str | None = None
    phone: str | None = None
    hidden: bool = False  # from the units that handle it


@dataclass(frozen=True, slots=True)
class ReportIn:
    """One telling. Positions are WGS-84 degrees; `incident` adds it to one that is open already."""

    text: str
    lon: float
    lat: float
    title: str | None = None
    category: str | None = None
    level: str | None = None
    address: str = ""
    channel: str | None = None
    occurred_at: datetime | None = None
    attachments: tuple[int, ...] = ()
    claims: tuple[str, ...] = ()
    reporter: Reporter = Reporter()
    positioned: str | None = None
    origin: tuple[str, str] | None = None
    source_hash: bytes | None = None
    simulated: bool = False
    incident: int | None = None
    former: str | None = None  # the secret link of an earlier report that this one takes up again
