"""What a request sees of the live process: its board and the latest reading of every datastream."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from chengyun.identity.routing import Configured
from chengyun.sensing.service import Latest, LatestReader
from chengyun.vitals.board import Reader
from chengyun.vitals.lookup.values import Live


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known of the latest readings; `now` real time in microseconds, as their heartbeat."""

    latest: Latest | None
    now: int


async def live_board(request: Request, settings: Configured) -> Live:
    """The board of the live process as it stands now; its files stay open between requests."""
    state = request.app.state
    if not hasattr(state, "board"):
        state.board = Reader(settings.home / "live")
    reader: Reader = state.board
    return Live.of(reader.board())


async def latest_readings(request: Request, settings: Configured) -> Heard:
    """The latest reading of every datastream; the file stays open between requests."""
    state = request.app.state
    if not hasattr(state, "latest"):
        state.latest = LatestReader(settings.home / "live")
    reader: LatestReader = state.latest
    return Heard(reader.latest(), time.time_ns() // 1000)


Now = Annotated[Live, Depends(live_board)]
Listening = Annotated[Heard, Depends(latest_readings)]
