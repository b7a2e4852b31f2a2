"""Signs in the cast's city: every region has a value, a past and thresholds of its own that name it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from chengyun.kernel.contracts import system_actor
from chengyun.sensing import service as sensing
from chengyun.territory import service as territory
from chengyun.vitals.alarms.recording import record
from chengyun.vitals.contracts import Change, Detector, EpisodeKind, Level, Normal
from chengyun.vitals.lookup import service
from chengyun.vitals.lookup.contracts import SignThreshold
from tests.vitals import lookup_support as made
from tests.vitals.lookup_support import METHANE
from tests.web.support import Hub, Register

CODE = METHANE.code
NORMAL = Normal(Detector.VALUE, 1_762_790_400_000_000, 60.0, 60.0, 1.0, 2.0, 50.0, 1.0, (None,) * 48)
_VALUES = 7_000_000  # and the region's id: seven digits that are nothing else, and exact as float32


def mark(region: int) -> str:
    """What a value of the region looks like, wherever it is shown."""
    return f"{_VALUES + region}.0"


def reason(region: int) -> str:
    return f"REASON-{region}-END"


def ring(hub: Hub, register: Register) -> None:
    """An anomaly of the thing beside each incident, with a picture of its readings; its name carries the mark."""
    with hub.db.begin(made.LIVE) as tx:
        for name, stream in register.streams.items():
            (brief,) = sensing.things_of_streams(tx, [stream]).values()
            grid = territory.locate(tx, brief.lon, brief.lat).grid.id
            moments = {"began": tx.now, "at": tx.now}
            change = Change(
                CODE,
                grid,
                EpisodeKind.ANOMALY,
                **moments,
                before=Level.NONE,
                after=Level.RED,
                value=60.0,
                stream=stream,
                normal=NORMAL,
            )
            (register.alarms[name],) = record(tx, [change], {CODE: METHANE})


def populate_signs(hub: Hub, home: Path) -> None:
    """Nobody computes: what is shown is stale, and no less to be kept apart."""
    with hub.db.begin(system_actor("seed")) as tx:
        made.define(tx)
        levels = {number: territory.region(tx, number).level for number in hub.regions.values()}
        for number, level in levels.items():
            if level in ("district", "town"):
                service.change(tx, CODE, number, [SignThreshold(4, 90.0, 80.0)], reason(number))
        now = tx.now
    values = made.Values(levels, lambda _code, region: float(_VALUES + region))
    board = made.publish_board(home, made.SIGNS, values, now)
    made.remember(hub.db, board, now - timedelta(hours=1))
