"""Readings from an MQTT broker (3.1.1 or 5): acknowledged (PUBACK) only once they are committed.

One client object per connection: an acknowledgement can therefore never reach a later connection, on which the broker
may have given the same number to another message. The session is the broker's and persistent: what comes while we are
away waits there, and what was not acknowledged comes again, marked as such.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import gmqtt

from chengyun.kernel.errors import Unavailable
from chengyun.kernel.settings import Settings
from chengyun.sensing.intake.codecs import LARGEST
from chengyun.sensing.intake.gathering import TOPICS, Gathered, Message, told_on

log = logging.getLogger(__name__)
GATHER_S = 0.01  # how long a message may wait for others
ENOUGH = 1_000_000  # bytes that are not waited beyond, nor put into one transaction
INFLIGHT = 200  # messages that the broker sends before an acknowledgement (MQTT 5): bounds memory to 200 MB
LARGEST_PACKET = 16_000_000  # what is larger the broker drops; between 1 and 16 MB it is refused by name
HELD = 64_000_000  # bytes of messages without acknowledgement (QoS 0), beyond which they are dropped
BACKOFF_S, LONGEST_BACKOFF_S = 0.2, 30.0
KEEPALIVE_S = 20
NEVER = 0xFFFFFFFF  # a session that does not expire
PORTS = {"mqtt": 1883, "mqtts": 8883}


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is and how one signs in. `tls` None: plain."""

    host: str
    port: int
    client_id: str
    user: str
    password: str
    tls: ssl.SSLContext | None
    version: int

    @classmethod
    def of(cls, settings: Settings) -> Broker:
        """As the settings have it."""
        url = urlsplit(settings.mqtt_url)
        tls = None
        if url.scheme == "mqtts":
            tls = ssl.create_default_context(cafile=settings.mqtt_ca or None)
        return cls(
            url.hostname or "127.0.0.1",
            url.port or PORTS[url.scheme],
            settings.mqtt_client,
            settings.mqtt_user,
            settings.mqtt_password,
            tls,
            {"3.1.1": gmqtt.constants.MQTTv311, "5": gmqtt.constants.MQTTv50}[settings.mqtt_version],
        )


@dataclass(slots=True)
class Waiting:
    """A message, and what its acknowledgement waits for."""

    message: Message
    done: asyncio.Future[int]


class Receiver:
    """Takes in what the broker has, until told to stop."""

    def __init__(self, broker: Broker, gathered: Gathered) -> None:
        self._broker = broker
        self._gathered = gathered
        self._line: deque[Waiting] = deque()
        self._taken: list[Waiting] = []  # those in the running transaction
        self._held = 0
        self._arrived = asyncio.Event()
        self._full = asyncio.Event()
        self._lost = asyncio.Event()
        self.connected = threading.Event()
        self.dropped = 0  # messages with QoS 0 that did not fit

    def run(self, stop: threading.Event) -> None:
        """Blocks; give it a thread."""
        asyncio.run(self._run(stop))

    async def _run(self, stop: threading.Event) -> None:
        with ThreadPoolExecutor(1, "sensing-mqtt") as worker:
            backoff = BACKOFF_S
            while not stop.is_set():
                try:
                    await self._session(worker, stop)
                    backoff = BACKOFF_S
                except (OSError, gmqtt.MQTTConnectError, TimeoutError) as away:
                    log.warning("no broker, trying again in %.1f s: %s", backoff, away)
                await _until(stop, backoff)
                backoff = min(backoff * 2, LONGEST_BACKOFF_S)

    async def _session(self, worker: ThreadPoolExecutor, stop: threading.Event) -> None:
        """One connection, from its beginning until it is lost or we stop. Raises OSError, MQTTConnectError."""
        self._held = 0
        self._lost.clear()
        client = self._client()
        try:
            broker = self._broker
            connecting = client.connect(
                broker.host,
                broker.port,
                ssl=broker.tls or False,
                keepalive=KEEPALIVE_S,
                version=broker.version,
            )
            await asyncio.wait_for(connecting, 10)
            _undelayed(client)
            _in_large_pieces(client)
            client.subscribe([gmqtt.Subscription(topic, qos=1) for topic in TOPICS])
            self.connected.set()
            await self._serve(client, worker, stop)
        finally:
            self.connected.clear()
            with suppress(OSError, AttributeError, TimeoutError):
                await asyncio.wait_for(client.disconnect(), 2)
            # The line is closed: these acknowledgements reach nobody, and the messages come again.
            for one in (*self._taken, *self._line):
                if not one.done.done():
                    one.done.set_result(0)
            self._line.clear()

    def _client(self) -> Any:
        quiet = logging.getLogger("gmqtt")
        quiet.setLevel(logging.CRITICAL)  # what matters of a connection is told here
        client = gmqtt.Client(
            self._broker.client_id,
            clean_session=False,
            optimistic_acknowledgement=False,
            logger=quiet,
            session_expiry_interval=NEVER,
            receive_maximum=INFLIGHT,
            maximum_packet_size=LARGEST_PACKET,
        )
        client.set_config({"reconnect_retries": -2, "reconnect_delay": 0})  # never by itself
        if self._broker.user:
            client.set_auth_credentials(self._broker.user, self._broker.password)
        client.on_message = self._on_message
        client.on_disconnect = self._on_disconnect
        return client

    async def _on_message(
        self, _client: Any, topic: str, payload: bytes, qos: int, properties: dict[str, Any]
    ) -> int:
        """Waits until the message is stored; gmqtt acknowledges with what is returned."""
        if qos == 0 and self._held > HELD:
            self.dropped += 1
            return 0
        content = payload if len(payload) <= LARGEST else b""
        message = Message(topic, content, len(payload), bool(properties.get("dup")))
        waiting = Waiting(message, asyncio.get_running_loop().create_future())
        self._line.append(waiting)
        self._held += len(content)
        self._arrived.set()
        if self._held >= ENOUGH:
            self._full.set()
        return await waiting.done

    def _on_disconnect(self, _client: Any, _packet: bytes, *_: Any) -> None:
        self._lost.set()
        self._arrived.set()
        self._full.set()

    async def _serve(self, client: Any, worker: ThreadPoolExecutor, stop: threading.Event) -> None:
        loop = asyncio.get_running_loop()
        while not (stop.is_set() or self._lost.is_set()):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._arrived.wait(), 0.5)
            if not self._line:
                self._arrived.clear()
                continue
            if self._held < ENOUGH:
                self._full.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._full.wait(), GATHER_S)
            self._taken = self._batch()
            answers = await self._stored(loop, worker, [one.message for one in self._taken], stop)
            if answers is not None:
                self._answer(client, self._taken, answers)

    def _batch(self) -> list[Waiting]:
        """What goes into one transaction, the oldest first."""
        found, size = [], 0
        while self._line and size < ENOUGH:
            one = self._line.popleft()
            size += len(one.message.payload)
            found.append(one)
        self._held -= size
        return found

    async def _stored(
        self,
        loop: asyncio.AbstractEventLoop,
        worker: ThreadPoolExecutor,
        messages: list[Message],
        stop: threading.Event,
    ) -> list[bytes | None] | None:
        """Try until it is stored: meanwhile nothing is acknowledged, and the broker keeps the rest. None: we stop."""
        backoff = BACKOFF_S
        while not stop.is_set():
            try:
                return await loop.run_in_executor(worker, self._gathered.take, messages)
            except Unavailable as away:
                log.warning("readings wait for the database: %s", away)
            await _until(stop, backoff)
            backoff = min(backoff * 2, LONGEST_BACKOFF_S / 10)
        return None

    def _answer(self, client: Any, batch: list[Waiting], answers: list[bytes | None]) -> None:
        for one, answer in zip(batch, answers, strict=True):
            if answer is not None and not self._lost.is_set():
                client.publish(told_on(one.message.topic), answer, qos=0)
            if not one.done.done():
                one.done.set_result(0)


async def _until(stop: threading.Event, seconds: float) -> None:
    """Wait, but not much beyond a request to stop."""
    end = asyncio.get_running_loop().time() + seconds
    while not stop.is_set() and asyncio.get_running_loop().time() < end:
        await asyncio.sleep(min(0.05, seconds))


def _undelayed(client: Any) -> None:
    """Acknowledgements leave at once."""
    line = client._connection._transport.get_extra_info("socket")
    if line is not None and line.family in (socket.AF_INET, socket.AF_INET6):
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _in_large_pieces(client: Any) -> None:
    """What has come is read before reading pauses: by default a few messages make the connection stop and go."""
    client._connection._protocol._hard_reader._limit = ENOUGH
