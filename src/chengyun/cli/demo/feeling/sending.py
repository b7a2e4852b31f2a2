"""Sends what the demo's things feel through the product's own doors, in the compact form: gas and fire by MQTT, where there is
a broker, everything else over HTTP (模拟)."""

from __future__ import annotations

import logging
import signal
import threading
import time
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path

import httpx
import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from chengyun.cli.demo.actors import Actors, Refused
from chengyun.cli.demo.feeling.forms import Floats, Form, Signals, feelings
from chengyun.cli.demo.feeling.gateways import Gateways
from chengyun.cli.demo.feeling.stories import Columns, Story, offsets, stories_of
from chengyun.cli.supervisor import stop_with_parent
from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Tx
from chengyun.sensing.intake.codecs import compact

log = logging.getLogger("chengyun.things")
FILE = "things.npz"
BEAT = 1.0  # seconds between two rounds
MEDIA = "application/vnd.chengyun.readings"
GATEWAY = "admin"  # the account that sends over HTTP
SKEW, LATE = 90.0, 240.0  # seconds
LIST = """
    SELECT d.id, d.quantity, d.interval_s, r.name, d.sentinels[1], t.code,
           coalesce(t.properties ->> 'gateway', '')
    FROM sensing_datastream d JOIN sensing_thing t ON t.id = d.thing_id
    JOIN territory_region g ON g.id = ANY (t.readers) AND g.level = 'district' JOIN territory_region r ON r.id = g.id
    WHERE t.simulated AND t.active ORDER BY d.id
"""


@dataclass(frozen=True, slots=True)
class Fed:
    """The datastreams that are fed, as columns."""

    stream: NDArray[np.int32]
    quantity: NDArray[np.str_]
    interval: Floats
    district: NDArray[np.str_]
    sentinel: Floats  # NaN: the kind has none
    thing: NDArray[np.str_]  # its code
    gateway: NDArray[np.str_]  # that sends for it, "" none


def fed_of(tx: Tx) -> Fed:
    """What is simulated."""
    rows = tx.execute(sa.text(LIST)).all()
    stream, quantity, interval, district, sentinel, thing, gateway = (
        zip(*rows, strict=True) if rows else ((),) * 7
    )
    return Fed(
        np.array(stream, np.int32), np.array(quantity, str), np.array(interval, np.float64), np.array(district, str),
        np.array(sentinel, np.float64), np.array(thing, str), np.array(gateway, str),
    )  # fmt: skip


def save_list(tx: Tx, home: Path) -> int:
    """Write down for the sender which datastreams there are → how many."""
    fed = fed_of(tx)
    np.savez(home / FILE, **{one.name: getattr(fed, one.name) for one in fields(Fed)})
    return len(fed.stream)


def read_list(home: Path) -> Fed:
    """What `save_list` wrote."""
    with np.load(home / FILE) as kept:
        return Fed(**{one.name: kept[one.name] for one in fields(Fed)})


@dataclass(frozen=True, slots=True)
class Round:
    """Readings: datastream, moment (microseconds), value, and the gateway that sends it."""

    stream: NDArray[np.int32]
    at: NDArray[np.int64]
    value: Floats
    gateway: NDArray[np.str_]

    def body(self, which: NDArray[np.bool_]) -> bytes:
        """Some of them in the compact form."""
        return compact.encode(self.stream[which], self.at[which], self.value[which])


class Feeling:
    """The readings of one round after the other, with faults and stories."""

    def __init__(self, fed: Fed, source: np.random.Generator, began: float) -> None:
        told = feelings()
        forms: list[Form] = [told.forms[code] for code in fed.quantity.tolist()]
        self._fed, self._source, self._began = fed, source, began
        self._signals = Signals(forms, fed.stream, source)
        where = Columns(fed.quantity, fed.district, fed.thing)
        self.stories: list[Story] = stories_of(told.stories, where, source)
        self._due = began + source.uniform(0, np.minimum(fed.interval, 60.0))
        self._draw_faults()

    def _draw_faults(self) -> None:
        """Each datastream has at most one, and none that a story is about."""
        faults, count = feelings().faults, len(self._fed.stream)
        shares = (faults.dead, faults.stuck, faults.sentinel, faults.skewed, faults.late)
        drawn = np.searchsorted(np.cumsum(shares), self._source.random(count), side="right")
        for story in self.stories:
            drawn[story.which] = len(shares)
        self._dead, self._stuck, self._sentinel, self._skewed, self._late = (
            drawn == n for n in range(len(shares))
        )
        self._first = np.full(count, np.nan)

    def round(self, now: float) -> Round:
        """Everything that is due at `now`."""
        due = np.flatnonzero((self._due <= now) & ~self._dead)
        self._due[due] = now + self._fed.interval[due]
        added = offsets(self.stories, now - self._began, len(self._fed.stream))
        values = self._signals.at(due, now, added[due])
        fresh = np.isnan(self._first[due])
        self._first[due[fresh]] = values[fresh]
        values = np.where(self._stuck[due], self._first[due], values)
        missing = (
            self._sentinel[due] & (self._source.random(len(due)) < 0.1) & ~np.isnan(self._fed.sentinel[due])
        )
        values = np.where(missing, self._fed.sentinel[due], values)
        moment = now + SKEW * self._skewed[due] - LATE * self._late[due]
        return Round(self._fed.stream[due], (moment * 1e6).astype(np.int64), values, self._fed.gateway[due])


def run(url: str) -> None:
    """Feel and send until asked to stop."""
    logging.basicConfig(level=logging.WARNING, format="things: %(message)s")
    stop_with_parent()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    settings = Settings.from_env()
    gateways = Gateways(settings) if settings.mqtt_url else None
    with Actors(url) as actors:
        actors.wait_until_healthy(stop)
        feeling: Feeling | None = None
        while not stop.is_set():
            began = time.monotonic()
            try:
                if actors.switched_on():
                    now = datetime.fromisoformat(actors.guest().get("/api/clock")["now"]).timestamp()
                    feeling = feeling or Feeling(read_list(settings.home), np.random.default_rng(), now)
                    _send(actors, gateways, feeling.round(now))
            except httpx.TransportError as error:
                log.warning("the installation does not answer: %s", type(error).__name__)
            except Refused as refused:
                log.warning("refused: %s", refused)
                if refused.status == 401:
                    actors.forget()
            stop.wait(max(0.05, BEAT - (time.monotonic() - began)))


def _send(actors: Actors, gateways: Gateways | None, told: Round) -> None:
    """By gateway over MQTT, the rest, and all where there is no broker, over HTTP."""
    rest = np.ones(len(told.stream), bool)
    if gateways is not None and gateways.open:
        for gateway in np.unique(told.gateway[told.gateway != ""]).tolist():
            gateways.send(gateway, told.body(told.gateway == gateway))
        rest = told.gateway == ""
    if rest.any():
        actors.staff(GATEWAY).send("/api/sensing/readings", told.body(rest), MEDIA)
