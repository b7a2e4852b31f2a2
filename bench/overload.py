"""Five times more than it carries, for a minute: life-safety first, the rest told when to come back, memory bounded.

Requests come at their time whether earlier ones are answered or not (open loop): a twentieth are red reports of the
hotline, three tenths lists, the rest ordinary reports. Generator, web server and PostgreSQL share this machine; who is
turned away does not come back, which is harder than life: nothing is spread over later seconds.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import sqlalchemy as sa
from bench._common import Figure, figure
from bench._site import SEED, Site, installed

TIMES, OVERLOAD_S, CAPACITY_S, SENDERS = 5, 60.0, 8.0, 8
CONNECTIONS_MOST = 1_500
RECOVERY_LIMIT_S, STEADY_S = 120.0, 3.0
VITAL, LIST, ORDINARY = "vital", "list", "ordinary"
TURNS = (VITAL, *[ORDINARY] * 13, *[LIST] * 6)


@dataclass
class Told:
    """What became of one kind of request."""

    statuses: list[int] = field(default_factory=list)
    spent: list[float] = field(default_factory=list)

    def share(self, *wanted: int) -> float:
        return sum(status in wanted for status in self.statuses) / max(1, len(self.statuses))

    def p99(self) -> float:
        """Milliseconds, of those that were let in."""
        done = [s for s, status in zip(self.spent, self.statuses, strict=True) if status in (200, 201)]
        return float(np.percentile(done, 99)) * 1e3 if done else float("inf")


def run() -> list[Figure]:
    """All figures, on an installation of its own."""
    with installed("serve", "work") as site:
        return asyncio.run(_measured(site))


async def _measured(site: Site) -> list[Figure]:
    line = Line(site, site.cookie("hotline"))
    await _warmed_up()
    carried, calm = await _capacity(line)
    before = _web().rss
    told, highest = await _overload(line, carried * TIMES)
    recovered = await _recovery(line, calm)
    with site.database.begin(SEED) as tx:
        red = tx.execute(sa.text("SELECT count(*) FROM incidents_incident WHERE level = 'red'")).scalar_one()
    accepted = sum(status == 201 for status in told[VITAL].statuses)
    if red < accepted:
        raise RuntimeError(
            f"{accepted} red reports acknowledged, {red} stored: the figures would mean nothing"
        )
    everyone = [status for one in told.values() for status in one.statuses]
    turned = sum(status == 429 for status in everyone) / len(everyone)
    broken = sum(status not in (200, 201, 429) for status in everyone)
    n = len(everyone)
    return [
        figure("overload.carried_per_s", carried, "1/s", None, "higher", int(carried * CAPACITY_S)),
        figure("overload.offered_per_s", n / OVERLOAD_S, "1/s", None, "higher", n),
        figure(
            "overload.vital_accepted",
            told[VITAL].share(201),
            "share",
            1.0,
            "higher",
            len(told[VITAL].statuses),
        ),
        figure("overload.vital_p99", told[VITAL].p99(), "ms", 2_000, "lower", len(told[VITAL].statuses)),
        figure("overload.others_p99", max(told[LIST].p99(), told[ORDINARY].p99()), "ms", None, "lower", n),
        figure("overload.turned_away", turned, "share", None, "lower", n),
        figure("overload.neither_done_nor_429", broken, "requests", 0, "lower", n),
        figure("overload.memory_added", (highest - before) / 1e6, "MB", 200, "lower", 1),
        figure("overload.recovery", recovered, "s", 60, "lower", 1),
    ]


class Line:
    """HTTP/1.1 on as many connections as are needed at a moment, with as little work per request as can be."""

    def __init__(self, site: Site, cookie: str) -> None:
        self.site, self.cookie = site, cookie
        self.idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self.open = 0
        self.count = 0

    async def ask(self, kind: str) -> tuple[int, float]:
        """Status (0: no answer) and seconds."""
        began, request = time.perf_counter(), self._bytes(kind)
        for fresh in (False, True):  # one that was kept may have been closed by the server meanwhile
            try:
                status = await asyncio.wait_for(self._asked(request, fresh), 60)
                break
            except (asyncio.IncompleteReadError, ConnectionError):
                status = 0
            except (OSError, TimeoutError):
                status = 0
                break
        return status, time.perf_counter() - began

    async def _asked(self, request: bytes, fresh: bool) -> int:
        if self.idle and not fresh:
            reader, writer = self.idle.pop()
        elif self.open >= CONNECTIONS_MOST:
            raise OSError("the generator has no connection left")
        else:
            self.open += 1
            reader, writer = await asyncio.open_connection("127.0.0.1", self.site.port)
        try:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
        except BaseException:
            self.open -= 1
            writer.close()
            raise
        self.idle.append((reader, writer))
        return int(head[9:12])

    def _bytes(self, kind: str) -> bytes:
        self.count += 1
        common = f"Host: x\r\nCookie: {self.cookie}\r\nX-Chengyun: 1\r\n"
        if kind == LIST:
            return f"GET /api/incidents/?limit=20 HTTP/1.1\r\n{common}\r\n".encode()
        lon, lat = self.site.points[self.count % len(self.site.points)]
        level = "red" if kind == VITAL else "blue"
        told = {"text": "路边一堆垃圾没有人清运", "category": "0102", "level": level, "channel": "hotline"}
        body = json.dumps({**told, "lon": lon, "lat": lat}).encode()
        key = f"Idempotency-Key: overload-{self.count:08d}\r\n"
        head = f"POST /api/incidents/reports HTTP/1.1\r\n{common}{key}Content-Type: application/json\r\n"
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def _warmed_up() -> None:
    """The server prepares its map in a thread of its own; wait (≤ 2 minutes) until it is busy with nothing."""
    for _ in range(120):
        before = _web().cpu_s
        await asyncio.sleep(1)
        if _web().cpu_s - before < 0.1:
            return


async def _capacity(line: Line) -> tuple[float, float]:
    """Requests per second of the mix that are carried by senders who wait, and the median seconds of a list."""
    end, lists, done = time.perf_counter() + CAPACITY_S, [], 0

    async def sender(number: int) -> None:
        nonlocal done
        turn = number
        while time.perf_counter() < end:
            kind = TURNS[turn % len(TURNS)]
            status, spent = await line.ask(kind)
            turn += 1
            done += status in (200, 201)
            if kind == LIST:
                lists.append(spent)

    await asyncio.gather(*(sender(number * 3) for number in range(SENDERS)))
    return done / CAPACITY_S, float(np.median(lists))


async def _overload(line: Line, rate: float) -> tuple[dict[str, Told], int]:
    """Offer `rate` per second; what became of them, and the most memory the server held."""
    told = {VITAL: Told(), LIST: Told(), ORDINARY: Told()}
    highest, tasks = 0, set()

    async def one(kind: str) -> None:
        status, spent = await line.ask(kind)
        told[kind].statuses.append(status)
        told[kind].spent.append(spent)

    began, sent, last, stalled = time.perf_counter(), 0, 0.0, 0.0
    while (now := time.perf_counter() - began) < OVERLOAD_S:
        stalled, last = max(stalled, now - last), now
        while sent < now * rate:
            task = asyncio.create_task(one(TURNS[sent % len(TURNS)]))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            sent += 1
        if int(now) != int(now - 0.01):
            highest = max(highest, _web().rss)
        await asyncio.sleep(0.004)
    highest = max(highest, _web().rss)
    while tasks:
        await asyncio.wait(tasks)
    for kind, one in told.items():
        print(kind, dict(Counter(one.statuses)))
    print(f"the generator itself stood still for up to {stalled:.2f} s")
    return told, highest


async def _recovery(line: Line, calm: float) -> float:
    """Seconds until lists are answered as before (within three times the median) for three seconds on end."""
    began = steady = time.perf_counter()
    while (now := time.perf_counter()) - began < RECOVERY_LIMIT_S:
        status, spent = await line.ask(LIST)
        if status != 200 or spent > 3 * calm:
            steady = time.perf_counter()
        elif now - steady > STEADY_S:
            return steady - began
        await asyncio.sleep(0.05)
    return RECOVERY_LIMIT_S


@dataclass
class Web:
    """What our web process uses."""

    rss: int  # bytes
    cpu_s: float


def _web() -> Web:
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            told = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            if int(told[1]) == os.getpid() and b"serve" in (folder / "cmdline").read_bytes().split(b"\0"):
                pages = int((folder / "statm").read_text().split()[1])
                ticks = int(told[11]) + int(told[12])
                return Web(pages * os.sysconf("SC_PAGE_SIZE"), ticks / os.sysconf("SC_CLK_TCK"))
        except (FileNotFoundError, ProcessLookupError):
            continue
    raise RuntimeError("the web process is gone")
