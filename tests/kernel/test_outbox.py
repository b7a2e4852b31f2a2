"""Live changes: numbered in commit order, streamed to whoever may see them now, replayed, bounded."""

import asyncio
import re
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa
from tests.kernel.working import until, worker
from tests.support import Cluster, Links, actor, in_loop

from chengyun.kernel import feed as feeding
from chengyun.kernel import job_worker, outbox
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.outbox import Feed
from chengyun.kernel.transactions import Database

TEST = system_actor("test")
ALL = actor(scopes=[1])
Message = tuple[int | None, str, str]


def tell(db: Database, *numbers: int, scope: int = 1, persons: tuple[int, ...] = ()) -> None:
    with db.begin(TEST) as tx:
        for number in numbers:
            outbox.emit(tx, "incident", {"id": number}, [scope], persons)


def sequence(db: Database) -> int:
    with db.begin(TEST) as tx:
        return outbox.sequence(tx)


def numbered(db: Database) -> list[tuple[int | None, int]]:
    with db.begin(TEST) as tx:
        rows = tx.execute(sa.text("SELECT seq, payload->'id' AS id FROM kernel_outbox ORDER BY seq, id"))
        return [(row.seq, row.id) for row in rows]


def test_numbers_follow_commits_not_ids(db: Database) -> None:
    with db.begin(TEST) as slow:
        outbox.emit(slow, "incident", {"id": 1}, [1])
        tell(db, 2)
        assert sequence(db) == 1
        assert numbered(db) == [(1, 2)], "the open transaction has the lower id and no number yet"
    assert sequence(db) == 1
    assert numbered(db) == [(1, 2), (2, 1)]
    assert sequence(db) == 0


def test_an_event_of_a_rolled_back_transaction_never_was(db: Database) -> None:
    def tell_and_fail() -> None:
        with db.begin(TEST) as tx:
            outbox.emit(tx, "incident", {"id": 1}, [1])
            raise RuntimeError("undo")

    with pytest.raises(RuntimeError, match="undo"):
        tell_and_fail()
    tell(db, 2)
    assert sequence(db) == 1
    assert numbered(db) == [(1, 2)], "and it leaves no gap in the numbers"


def test_two_sequencers_never_give_a_number_twice(db: Database) -> None:
    tell(db, *range(400))
    threads = [threading.Thread(target=sequence, args=(db,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    tell(db, *range(400, 500))
    for thread in threads:
        thread.join()
    sequence(db)
    assert [seq for seq, _ in numbered(db)] == list(range(1, 501))


def test_pruning_keeps_the_newest_so_that_numbers_go_on(db: Database) -> None:
    tell(db, 1, 2, 3)
    sequence(db)
    with db.begin(TEST) as tx:
        assert outbox.prune(tx, timedelta(hours=1)) == 0
        assert outbox.prune(tx, timedelta(0)) == 2
    tell(db, 4)
    sequence(db)
    assert numbered(db) == [(3, 3), (4, 4)]
    tell(db, *range(5, 15))
    sequence(db)
    with db.begin(TEST) as tx:
        outbox.prune(tx, timedelta(hours=1), keep=3)
    assert [seq for seq, _ in numbered(db)] == [12, 13, 14]


def test_topics_cannot_break_the_stream(db: Database) -> None:
    with db.begin(TEST) as tx:
        for topic in ("reset", "a\nb"):
            with pytest.raises(ValueError, match="topic"):
                outbox.emit(tx, topic, {}, [1])
        with pytest.raises(ValueError, match="JSON compliant"):
            outbox.emit(tx, "x", {"n": float("nan")}, [1])


# streams


def parsed(chunk: bytes) -> list[Message]:
    """(id, event, data) of each block; comments and retry lines show as event ':'."""
    found: list[Message] = []
    for block in filter(None, chunk.decode().split("\n\n")):
        fields = dict(re.findall(r"^(id|event|data): (.*)$", block, re.MULTILINE))
        if fields:
            seq = int(fields["id"]) if "id" in fields else None
            found.append((seq, fields.get("event", ":"), fields.get("data", "")))
    return found


class Reader:
    """What one browser has received."""

    def __init__(self, body: AsyncIterator[bytes]) -> None:
        self.body = body
        self.got: list[Message] = []

    async def read(self, limit: float = 10.0) -> list[Message]:
        """The next piece."""
        piece = parsed(await asyncio.wait_for(anext(self.body), limit))
        self.got += piece
        return piece

    async def ids(self, count: int) -> list[int]:
        """Read until `count` events have come → the `id` of each one's payload."""
        while len(self.events()) < count:
            await self.read()
        return self.events()

    def events(self) -> list[int]:
        return [int(re.findall(r"\d+", data)[0]) for _, event, data in self.got if event == "incident"]


@asynccontextmanager
async def running(db: Database, **options: float) -> AsyncIterator[Feed]:
    feed = Feed(db, **options)  # type: ignore[arg-type]
    task = asyncio.create_task(feed.run())
    try:
        yield feed
    finally:
        feed.close()
        await asyncio.wait_for(task, 10)


def with_feed(db: Database, story: Callable[[Feed], Awaitable[None]], **options: float) -> None:
    async def run() -> None:
        async with running(db, **options) as feed:
            await story(feed)

    in_loop(run())


async def told(db: Database, *numbers: int, scope: int = 1, persons: tuple[int, ...] = ()) -> None:
    await asyncio.to_thread(tell, db, *numbers, scope=scope, persons=persons)
    await asyncio.to_thread(sequence, db)


def test_a_browser_sees_what_its_actor_may_see_and_no_more(db: Database) -> None:
    async def story(feed: Feed) -> None:
        mine = Reader(feed.stream(lambda: actor(scopes=[1, 20], id=5), None))
        other = Reader(feed.stream(lambda: actor(scopes=[2], id=6), None))
        resident = Reader(feed.stream(lambda: actor(kind="resident", id=5), None))
        assert (await mine.read())[-1] == (0, ":", "")
        await other.read()
        await resident.read()
        await told(db, 10, scope=1)
        await told(db, 11, scope=2)
        await told(db, 12, scope=3, persons=(5,))
        await told(db, 13, scope=20)
        assert await mine.ids(3) == [10, 12, 13]
        assert await other.ids(1) == [11]
        await told(db, 14, scope=2)
        assert await other.ids(2) == [11, 14]
        assert mine.got[-1] == (4, "incident", '{"id":13}')
        with pytest.raises(TimeoutError):
            await resident.read(0.3)
        assert resident.events() == []

    with_feed(db, story)


@pytest.mark.parametrize("ring", [2000, 2])
def test_what_was_missed_is_replayed_from_memory_or_from_the_database(db: Database, ring: int) -> None:
    tell(db, 1, 2, 3, 4, 5)
    sequence(db)

    async def story(feed: Feed) -> None:
        reader = Reader(feed.stream(lambda: ALL, 2))
        assert await reader.ids(3) == [3, 4, 5]
        await told(db, 6)
        assert await reader.ids(4) == [3, 4, 5, 6]
        assert [seq for seq, event, _ in reader.got if event == "incident"] == [3, 4, 5, 6]
        again = Reader(feed.stream(lambda: ALL, 6))
        assert await again.read() == [(6, ":", "")]

    with_feed(db, story, ring=ring)


def write_in_pairs(db: Database, first: int) -> None:
    for number in range(first, first + 60, 2):
        with db.begin(TEST) as tx:
            outbox.emit(tx, "incident", {"id": number}, [1])
            time.sleep(0.002)
            outbox.emit(tx, "incident", {"id": number + 1}, [1])


async def read_with_interruptions(feed: Feed, count: int) -> list[int]:
    """One browser that loses its connection after every third piece."""
    seen: list[int] = []
    last = 0
    while len(seen) < count:
        body = feed.stream(lambda: ALL, last)
        reader = Reader(body)
        for _ in range(3):
            await reader.read()
        await body.aclose()  # type: ignore[attr-defined]
        seen += reader.events()
        last = max([last, *(seq for seq, _, _ in reader.got if seq is not None)])
    return seen


def test_reconnecting_during_a_storm_loses_and_repeats_nothing(db: Database) -> None:
    """Writers with interleaved transactions, a real worker, a browser that drops its connection often."""
    starts = (0, 1000, 2000)

    async def story(feed: Feed) -> None:
        writers = [asyncio.to_thread(write_in_pairs, db, first) for first in starts]
        reading = asyncio.create_task(read_with_interruptions(feed, 180))
        await asyncio.gather(*writers)
        seen = await reading
        assert len(seen) == len(set(seen)) == 180
        for first in starts:
            own = [number for number in seen if first <= number < first + 1000]
            assert own == sorted(own), "one writer's events keep their order"
        assert feed.clients == 0

    with worker(db):
        with_feed(db, story, ring=20, heartbeat=0.5)


@pytest.mark.parametrize("ring", [2000, 1])
def test_a_gap_beyond_retention_says_reset(db: Database, ring: int) -> None:
    tell(db, *range(1, 11))
    sequence(db)
    with db.begin(TEST) as tx:
        outbox.prune(tx, timedelta(hours=1), keep=4)  # 7 … 10 stay

    async def story(feed: Feed) -> None:
        for last, expected in ((5, "reset"), (0, "reset"), (99, "reset"), (6, "incident"), (10, ":")):
            reader = Reader(feed.stream(lambda: ALL, last))
            first = await reader.read()
            assert first[0][1] == expected, last
            if expected == "reset":
                assert first == [(10, "reset", "{}")]
        await told(db, 11)
        assert await reader.ids(1) == [11]

    with_feed(db, story, ring=ring)


def test_too_much_missed_says_reset(db: Database) -> None:
    tell(db, *range(1, 31))
    sequence(db)

    async def story(feed: Feed) -> None:
        assert (await Reader(feed.stream(lambda: ALL, 1)).read())[0][1] == "reset"
        assert (await Reader(feed.stream(lambda: ALL, 25)).read())[0][1] == "incident"

    with_feed(db, story, ring=1, replay=10)


def test_permission_is_that_of_the_moment_of_delivery(db: Database) -> None:
    async def story(feed: Feed) -> None:
        now: list[Actor | None] = [actor(scopes=[1])]
        reader = Reader(feed.stream(lambda: now[0], None))
        await reader.read()
        await told(db, 1, scope=1)
        assert await reader.ids(1) == [1]
        now[0] = actor(scopes=[2])  # another post
        await told(db, 2, scope=1)
        assert await reader.read() == [(2, "reset", "{}")], "not the event: the post that saw it is over"
        await told(db, 3, scope=1)
        await told(db, 4, scope=2)
        assert await reader.ids(2) == [1, 4]
        now[0] = None  # the session ended
        await told(db, 5, scope=2)
        with pytest.raises(StopAsyncIteration):
            await reader.read()
        assert feed.clients == 0

    with_feed(db, story)


def test_a_quiet_stream_is_kept_open_and_notices_a_change_of_post(db: Database) -> None:
    async def story(feed: Feed) -> None:
        now = [actor(scopes=[1])]
        reader = Reader(feed.stream(lambda: now[0], None))
        await reader.read()
        began = time.monotonic()
        assert await anext(reader.body) == b": still here\nid: 0\n\n"
        assert 0.15 < time.monotonic() - began < 5
        await told(db, 1, scope=9)
        await asyncio.sleep(0.3)
        while (await reader.read()) != [(1, ":", "")]:
            pass  # the mark moves past events that were not for this actor
        now[0] = actor(scopes=[9])
        assert (await reader.read())[0][1] == "reset"

    with_feed(db, story, heartbeat=0.2)


def test_a_slow_browser_is_told_to_start_again_and_memory_stays_bounded(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeding, "QUEUE", 10)

    async def story(feed: Feed) -> None:
        slow = Reader(feed.stream(lambda: ALL, None))
        quick = Reader(feed.stream(lambda: ALL, None))
        await slow.read()
        await quick.read()
        for number in range(1, 31):
            await told(db, number)
            await quick.ids(number)
        waiting = [len(client.queue) for client in feed._clients]
        assert max(waiting) <= 10
        assert await slow.read() == [(30, "reset", "{}")]
        await told(db, 31)
        assert await slow.ids(1) == [31]
        assert quick.events() == list(range(1, 32)) or await quick.ids(31) == list(range(1, 32))

    with_feed(db, story)


def test_many_streams_hold_one_connection(db: Database, cluster: Cluster) -> None:
    async def story(feed: Feed) -> None:
        readers = [Reader(feed.stream(lambda: ALL, None)) for _ in range(50)]
        for reader in readers:
            await reader.read()
        await told(db, 1)
        for reader in readers:
            assert await reader.ids(1) == [1]
        await asyncio.to_thread(until, lambda: db.engine.pool.checkedout() == 0)  # type: ignore[attr-defined]
        with cluster.admin() as admin:
            row = admin.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND query LIKE 'LISTEN%%'",
                [db.engine.url.database],
            ).fetchone()
        assert row == (1,)

    with_feed(db, story)


def test_the_feed_survives_a_lost_connection(
    db: Database, cluster: Cluster, links: Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeding, "POLL", 0.3)

    async def story(feed: Feed) -> None:
        reader = Reader(feed.stream(lambda: ALL, None))
        await reader.read()
        with cluster.admin() as admin:
            cut = admin.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s",
                [db.engine.url.database],
            ).fetchone()
        assert cut != (0,)
        writer = Database(links.app_url)
        await told(writer, 1)
        assert await reader.ids(1) == [1]
        writer.dispose()

    with_feed(db, story)


def test_an_emitted_event_reaches_the_browser_quickly_through_the_worker(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_worker, "POLL", 5.0)  # so that only notifications can be this quick

    async def story(feed: Feed) -> None:
        reader = Reader(feed.stream(lambda: ALL, None))
        await reader.read()
        await asyncio.to_thread(tell, db, 1)
        await reader.ids(1)
        began = time.monotonic()
        await asyncio.to_thread(tell, db, 2)
        await reader.ids(2)
        assert time.monotonic() - began < 2.0

    with worker(db):
        with_feed(db, story)
