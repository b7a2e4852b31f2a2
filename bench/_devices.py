"""Gateways that send readings over MQTT: compact messages, made once, stamped as they leave. The sender costs little."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import gmqtt
import numpy as np
import sqlalchemy as sa

from chengyun.cli.demo.feeling.forms import Signals, feelings
from chengyun.kernel.transactions import Tx
from chengyun.sensing.intake.codecs import compact

GATEWAYS = 20
ROUNDS = 4  # different values of every datastream, so that none stands still
MANY = 2_000_000_000
STAMP = slice(16, 24)  # bytes of a compact message: its moment
Messages = list[tuple[str, bytes]]  # topic, body
Found = Sequence[
    sa.Row[tuple[int, str, str, int, str | None]]
]  # datastreams: id, quantity, gateway, region, kind of place
_BEHIND = sa.text(
    "UPDATE sensing_thing SET quota = :many, properties = properties || jsonb_build_object('gateway', 'G-' || id % :n)"
)
_STREAMS = sa.text(
    "SELECT d.id, d.quantity, t.properties ->> 'gateway' AS gateway, t.region_id, t.properties ->> 'place' AS place FROM sensing_datastream d"
    " JOIN sensing_thing t ON t.id = d.thing_id ORDER BY t.id % :n, d.id"
)


def behind_gateways(tx: Tx) -> None:
    """Every thing speaks through a gateway, without a quota."""
    tx.execute(_BEHIND, {"many": MANY, "n": GATEWAYS})


def streams(tx: Tx) -> Found:
    """id, quantity, gateway, region, kind of place of every datastream, those of one gateway together."""
    return tx.execute(_STREAMS, {"n": GATEWAYS}).all()


def messages(found: Found, each: int) -> Messages:
    """ROUNDS times a reading of every datastream, `each` in a message, with values as the demo's things have them."""
    told, source = feelings().forms, np.random.default_rng(3)
    ids, every = np.array([row.id for row in found], np.int32), np.arange(len(found))
    signals = Signals([told[row.quantity] for row in found], ids, source)
    made: Messages = []
    gateways = np.array([row.gateway for row in found])
    for _ in range(ROUNDS):
        values = signals.at(every, time.time())
        for name in dict.fromkeys(gateways.tolist()):
            mine = np.flatnonzero(gateways == name)
            for part in np.array_split(mine, max(1, round(len(mine) / each))):
                made.append(message(name, ids[part], values[part]))
    return made


def message(gateway: str, ids: np.ndarray, values: np.ndarray) -> tuple[str, bytes]:
    """Of one moment, which `stamped` sets."""
    body = compact.encode(ids, np.zeros(len(ids), np.int64), values)
    return f"chengyun/v1/gateways/{gateway}/compact", body


def stamped(body: bytes) -> bytes:
    """The message as of now."""
    return body[: STAMP.start] + (time.time_ns() // 1000).to_bytes(8, "little") + body[STAMP.stop :]


@contextmanager
def sending(port: int, made: Messages, rate: float) -> Iterator[None]:
    """A process that plays all gateways: `rate` readings in a second. The broker acknowledges and keeps what nobody has
    taken yet, so acknowledgements say nothing of what the others can take.
    """
    process = multiprocessing.get_context("spawn").Process(target=_send, args=(port, made, rate))
    process.start()
    try:
        yield
    finally:
        process.kill()
        process.join()


def _send(port: int, made: Messages, rate: float) -> None:
    asyncio.run(_sending(port, made, rate))


async def _sending(port: int, made: Messages, rate: float) -> None:
    client = gmqtt.Client("bench-sender")
    await client.connect("127.0.0.1", port, version=gmqtt.constants.MQTTv311)
    due = time.perf_counter()
    while True:
        for topic, body in made:
            client.publish(topic, stamped(body), qos=1)
            due += (len(body) - compact.HEAD.itemsize) / compact.EACH / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
