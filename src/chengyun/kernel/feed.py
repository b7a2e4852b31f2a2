"""Live changes to browsers: one LISTEN per web process, no connection held per stream, bounded memory.

The rows come from the database once per process and are handed to the clients on the event loop. What a
client may see is decided at delivery, by the actor it is at that moment.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field

import sqlalchemy as sa

from chengyun.kernel import listening, sequencer
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.errors import Unavailable
from chengyun.kernel.sequencer import Event
from chengyun.kernel.transactions import Database

log = logging.getLogger(__name__)

HEARTBEAT = 15.0  # seconds without a word, at most
QUEUE = 256  # events that wait for one slow client; more, and it is told to read everything again
RING = 2_000  # events kept in memory, so that a reconnection does not ask the database
PAGE = 1_000
REPLAY = 5_000  # more missed than this: reading lists again is cheaper than replaying
PACE = 0.05  # seconds in which further notifications are answered by one look
POLL = 5.0  # seconds between looks without a notification
RETRY_MS = 2_000

CurrentActor = Callable[[], Actor | None]


def always() -> bool:
    """For an actor of whom nothing is known in advance."""
    return True


@dataclass(eq=False)
class Client:
    """One open stream. Events up to `seen` were offered to it, or it had them before."""

    known: Actor
    seen: int
    queue: deque[Event] = field(default_factory=deque)
    lost: bool = False
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    def offer(self, event: Event) -> None:
        if event.seq <= self.seen:
            return
        self.seen = event.seq
        if self.lost or not event.visible_to(self.known):
            return
        if len(self.queue) >= QUEUE:
            self.forget()
        else:
            self.queue.append(event)
        self.wake.set()

    def forget(self) -> None:
        """What waited is dropped; the client must read everything again."""
        self.queue.clear()
        self.lost = True


class Feed:
    """The web process's source of live changes: `run()` as a task, `stream()` per browser, `close()`."""

    def __init__(
        self, db: Database, *, heartbeat: float = HEARTBEAT, ring: int = RING, replay: int = REPLAY
    ) -> None:
        self._db = db
        self._heartbeat = heartbeat
        self._replay = replay
        self._ring: deque[Event] = deque(maxlen=ring)
        self._clients: set[Client] = set()
        self._head = 0
        self._ready = asyncio.Event()
        self._stop = threading.Event()
        self._reader_head = 0

    @property
    def clients(self) -> int:
        """Open streams of this process."""
        return len(self._clients)

    async def run(self) -> None:
        """Read what the sequencer numbers until `close()`; a database that is away is waited for."""
        loop = asyncio.get_running_loop()
        notified = threading.Event()
        channels = (sequencer.SEQUENCED,)
        listener = threading.Thread(
            target=listening.listen,
            args=(self._db, channels, lambda _channels: notified.set(), self._stop),
            name="feed-listen",
            daemon=True,
        )
        listener.start()
        await asyncio.to_thread(self._read_until_closed, loop, notified)

    def close(self) -> None:
        """End every stream and `run()`. Call it on the event loop."""
        self._stop.set()
        self._ready.set()
        for client in self._clients:
            client.wake.set()

    # the reader's thread

    def _read_until_closed(self, loop: asyncio.AbstractEventLoop, notified: threading.Event) -> None:
        started = False
        while not self._stop.is_set():
            notified.clear()
            try:
                if not started:
                    started = self._start(loop)
                while self._read_page(loop) == PAGE:
                    pass
            except (sa.exc.SQLAlchemyError, Unavailable) as away:
                log.warning("the feed cannot read, trying again: %s", away)
                self._stop.wait(1.0)
            self._wait(notified)
            self._stop.wait(PACE)

    def _wait(self, notified: threading.Event) -> None:
        until = time.monotonic() + POLL
        while not (self._stop.is_set() or notified.wait(listening.TICK)) and time.monotonic() < until:
            pass

    def _start(self, loop: asyncio.AbstractEventLoop) -> bool:
        size = self._ring.maxlen or 0
        with self._db.begin(system_actor("kernel.feed")) as tx:
            _first, last = sequencer.span(tx)
            recent = sequencer.events_after(tx, last - size, size)
        self._reader_head = recent[-1].seq if recent else last
        loop.call_soon_threadsafe(self._begin, recent, self._reader_head)
        return True

    def _read_page(self, loop: asyncio.AbstractEventLoop) -> int:
        with self._db.begin(system_actor("kernel.feed")) as tx:
            events = sequencer.events_after(tx, self._reader_head, PAGE)
        if events:
            self._reader_head = events[-1].seq
            loop.call_soon_threadsafe(self._publish, events)
        return len(events)

    # on the event loop

    def _begin(self, recent: list[Event], head: int) -> None:
        self._ring.extend(recent)
        self._head = head
        self._ready.set()

    def _publish(self, events: list[Event]) -> None:
        self._ring.extend(events)
        self._head = events[-1].seq
        for client in self._clients:
            for event in events:
                client.offer(event)

    async def stream(
        self, actor: CurrentActor, last_event_id: int | None, due: Callable[[], bool] = always
    ) -> AsyncIterator[bytes]:
        """The body of a text/event-stream response for whoever `actor()` is, for as long as it is somebody.

        `actor` is asked before every delivery and every heartbeat, in a thread where `due()` says that it has to
        look. When it becomes somebody who sees other things, or too much was missed, `event: reset` says: read
        everything again, then go on from here.
        """
        await self._ready.wait()
        known = await asyncio.to_thread(actor)
        if known is None:
            return
        client = Client(known, self._head)
        try:
            missed = await self._join(client, last_event_id)
            yield f"retry: {RETRY_MS}\n\n".encode() + self._opening(client, missed)
            while not self._stop.is_set():
                chunk = await self._next(client, actor, due)
                if chunk is None:
                    return
                yield chunk
        finally:
            self._clients.discard(client)

    async def _join(self, client: Client, after: int | None) -> list[Event] | None:
        """Register the client → what it missed since `after`; None when that cannot be told any more."""
        head = self._head
        self._clients.add(client)
        client.seen = head if after is None else max(after, head)
        if after is None or after == head:
            return []
        if after < head and self._ring and self._ring[0].seq <= after + 1:
            missed: list[Event] | None = [event for event in self._ring if event.seq > after]
        else:
            missed = await asyncio.to_thread(self._missed, after, head)
        return missed

    def _missed(self, after: int, head: int) -> list[Event] | None:
        with self._db.begin(system_actor("kernel.feed")) as tx:
            first, last = sequencer.span(tx)
            if after > last or after < first - 1 or head - after > self._replay:
                return None
            return [e for e in sequencer.events_after(tx, after, self._replay) if e.seq <= head]

    def _opening(self, client: Client, missed: list[Event] | None) -> bytes:
        if missed is None:
            return self._reset(client)
        shown = [_frame(event) for event in missed if event.visible_to(client.known)]
        queued = client.queue[0].seq - 1 if client.queue else client.seen
        return b"".join(shown) + _mark("welcome", queued)

    async def _next(self, client: Client, actor: CurrentActor, due: Callable[[], bool]) -> bytes | None:
        """The next piece for this client; None when it must see nothing more."""
        await self._news(client)
        batch, seen = list(client.queue), client.seen
        client.queue.clear()
        now = await asyncio.to_thread(actor) if due() else actor()
        if now is None or self._stop.is_set():
            return None
        if client.lost or _view(now) != _view(client.known):
            client.known = now
            return self._reset(client)
        return b"".join(map(_frame, batch)) or _mark("still here", seen)

    async def _news(self, client: Client) -> None:
        if not client.queue and not client.lost:
            with suppress(TimeoutError):
                await asyncio.wait_for(client.wake.wait(), self._heartbeat)
        client.wake.clear()

    def _reset(self, client: Client) -> bytes:
        client.queue.clear()
        client.lost = False
        client.seen = self._head
        return f"id: {client.seen}\nevent: reset\ndata: {{}}\n\n".encode()


def _view(actor: Actor) -> tuple[object, ...]:
    """What decides which events an actor sees."""
    return actor.kind, actor.id, actor.post, frozenset(actor.scopes)


def _frame(event: Event) -> bytes:
    return f"id: {event.seq}\nevent: {event.topic}\ndata: {event.data}\n\n".encode()


def _mark(word: str, seen: int) -> bytes:
    """A comment that also moves the browser's Last-Event-ID past events which were not for it."""
    return f": {word}\nid: {seen}\n\n".encode()
