"""An episode as it is being stored, and the rows of its history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chengyun.kernel.transactions import Tx
from chengyun.sensing import service as sensing
from chengyun.territory import service as territory
from chengyun.vitals.alarms.contracts import What
from chengyun.vitals.alarms.rules import Episode
from chengyun.vitals.contracts import Sign


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored of an episode."""

    id: int
    changed_at: datetime
    peak: int
    incident: int | None


@dataclass(frozen=True, slots=True)
class Unusual:
    """An anomaly that is open; `began` in microseconds."""

    sign: str
    region: int
    level: int
    began: int


@dataclass(frozen=True, slots=True)
class Fresh:
    """An episode with changes that are new, its sign, its region's chain and the thing that decided."""

    episode: Episode
    sign: Sign
    chain: tuple[tuple[str, int], ...]  # (level, region) from the region up
    thing: sensing.ThingBrief | None
    known: Known | None

    @property
    def readers(self) -> list[int]:
        """Whoever governs the region, and the unit that owns the thing."""
        return sorted({region for _, region in self.chain} | set(self.thing.readers if self.thing else ()))


def step_row(
    alarm_id: int,
    at: datetime,
    word: What,
    level: int,
    value: float | None = None,
    by: str | None = None,
    note: str = "",
) -> dict[str, Any]:
    """A row of an alarm's history."""
    return {
        "alarm_id": alarm_id,
        "at": at,
        "what": word.value,
        "level": level,
        "value": value,
        "by_name": by,
        "note": note,
    }


def chain_of(tx: Tx, region: int) -> tuple[tuple[str, int], ...]:
    """(level, region) of a region and all that govern it, from itself up."""
    return tuple((territory.region(tx, one).level, one) for one in territory.ancestors(tx, region))
