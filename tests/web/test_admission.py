"""More comes than can be done: what is vital goes first and is not turned away, the rest hears when to come back."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from chengyun.incidents.service import Vital
from chengyun.kernel.errors import AppError, TooMany, Unavailable
from chengyun.kernel.transactions import Database
from chengyun.web.admission import LATE, RECEIVING_MOST, VITAL_MOST, Admission, Gate
from chengyun.web.pulse import BEAT, LOOKS, Pulse
from chengyun.web.triage import Triage
from tests.support import in_loop
from tests.web.support import Hub, until

REPORTS = "/api/incidents/reports"
COOKIE = (b"cookie", b"chengyun_session=x")
KNOWN = Vital(frozenset({"0901"}), ("着火",), frozenset({7}), frozenset({70}))


class Place:
    """An application that works on each request until told to end it, and notes the order in which they began."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.going: list[asyncio.Event] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            while scope["method"] == "POST" and (await receive()).get("more_body"):
                pass
        except AppError:  # a framework answers for itself when a body breaks off
            await send({"type": "http.response.start", "status": 400, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        self.begun.append(scope["name"])
        end = asyncio.Event()
        self.going.append(end)
        await end.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    def finish(self) -> None:
        self.going.pop(0).set()


class Front:
    """Requests to an `Admission`; each answer as (status, headers, body)."""

    def __init__(self, places: int = 3, reserved: int = 1, intake: int = 0, **more: Any) -> None:
        self.place = Place()
        self.patient = asyncio.Event()
        self.gate = Gate(places, reserved, **more)
        triage = Triage(Database("postgresql://nobody@127.0.0.1:1/none"))
        triage.known = KNOWN
        triage.refresh = lambda: None  # type: ignore[method-assign]
        self.intake = Gate(intake, 1) if intake else self.gate
        self.door = Admission(self.place, self.gate, triage, self.intake)

    def ask(self, name: str, path: str, body: object = None, *, named: bool = True) -> asyncio.Task[Any]:
        content = b"" if body is None else json.dumps(body).encode()
        headers = [(b"content-length", str(len(content)).encode()), *([COOKIE] if named else [])]
        method = "GET" if body is None else "POST"
        scope = {"type": "http", "path": path, "method": method, "headers": headers, "name": name}
        return asyncio.create_task(self._asked(scope | {"client": ("10.0.0.1", 1)}, content))

    async def _asked(self, scope: dict[str, Any], content: bytes) -> tuple[int, dict[bytes, bytes], bytes]:
        told: list[dict[str, Any]] = []
        pieces = [content[:3], content[3:]]

        async def receive() -> dict[str, Any]:
            piece = pieces.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

        async def send(message: dict[str, Any]) -> None:
            told.append(message)

        await self.door(scope, receive, send)  # type: ignore[arg-type]
        return told[0]["status"], dict(told[0]["headers"]), told[1]["body"]

    async def slowly(self) -> None:
        """A request whose body comes in two pieces, the second when `patient` is set; nobody reads the answer."""
        pieces = [b"{", b"}"]

        async def receive() -> dict[str, Any]:
            if len(pieces) == 1:
                await self.patient.wait()
            return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

        async def send(_message: dict[str, Any]) -> None:
            await asyncio.Event().wait()

        head = {"path": "/api/incidents/1/moves", "headers": [(b"content-length", b"2")], "name": "slow"}
        await self.door({"type": "http", "method": "POST", **head}, receive, send)  # type: ignore[arg-type]


def run(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    in_loop(story(), 10)


async def soon() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def test_life_safety_goes_first_and_is_not_turned_away() -> None:
    async def story() -> None:
        front = Front(usual=0.5, longest_wait=0.6)
        first = [front.ask(f"list-{n}", "/api/incidents/") for n in range(4)]
        await soon()
        assert front.place.begun == ["list-0", "list-1"], "a third place is kept for what is vital"
        vital = [
            front.ask("red", REPORTS, {"text": "x", "level": "red"}),
            front.ask("category", REPORTS, {"text": "x", "category": "0901"}),
            front.ask("words", REPORTS, {"text": "三楼着火了"}, named=False),
            front.ask("move", "/api/incidents/7/moves", {"moves": []}),
            front.ask("order", "/api/incidents/orders/70/moves", {"moves": []}),
            front.ask("heard", "/api/incidents/8/alert-ack", {}),
            front.ask("login", "/api/identity/login", {}, named=False),
        ]
        await soon()
        late = front.ask("late", REPORTS, {"text": "路灯不亮", "category": "0102"})
        pretended = front.ask("pretended", REPORTS, {"text": "x", "level": "red"}, named=False)
        for refused in (late, pretended):
            status, headers, body = await refused
            assert status == 429
            assert int(headers[b"retry-after"]) >= 1
            assert json.loads(body)["code"] == "web.overloaded"
        while front.place.going:
            front.place.finish()
            await soon()
        assert front.place.begun[2] == "red"
        assert set(front.place.begun[2:9]) == {
            "red", "category", "words", "move", "order", "heard", "login",
        }  # fmt: skip
        statuses = [(await task)[0] for task in (*first, *vital)]
        assert statuses.count(200) >= len(vital) + 2
        assert front.gate.working == 0

    run(story)


def test_reports_do_not_wait_behind_lists() -> None:
    """They share connections: so many more are at work, at a gate of their own."""

    async def story() -> None:
        front = Front(places=2, reserved=1, intake=6)
        asked = [front.ask(f"list-{n}", "/api/incidents/") for n in range(3)]
        asked += [front.ask(f"told-{n}", REPORTS, {"text": "路灯不亮"}) for n in range(6)]
        await soon()
        assert front.place.begun == ["list-0", *(f"told-{n}" for n in range(5))]
        while front.place.going:
            front.place.finish()
            await soon()
        assert [(await task)[0] for task in asked] == [200] * 9
        assert front.gate.working == front.intake.working == 0

    run(story)


def test_one_address_cannot_call_everything_vital() -> None:
    async def story() -> None:
        front = Front(usual=5.0)
        for n in range(2):
            front.ask(f"list-{n}", "/api/incidents/")
        await soon()
        tasks = [front.ask(f"fire-{n}", REPORTS, {"text": "着火"}, named=False) for n in range(14)]
        await soon()
        refused = [task for task in tasks if task.done() and task.result()[0] == 429]
        assert len(refused) == 4
        while front.place.going:
            front.place.finish()
            await soon()

    run(story)


def test_who_gives_up_waiting_leaves_no_place_taken() -> None:
    async def story() -> None:
        front = Front(usual=0.01)
        tasks = [front.ask(f"list-{n}", "/api/incidents/") for n in range(3)]
        await soon()
        tasks[2].cancel()
        await soon()
        assert len(front.gate.line) == 0
        for _ in range(2):
            front.place.finish()
            await soon()
        assert front.gate.working == 0
        after = front.ask("after", "/api/incidents/")
        await soon()
        front.place.finish()
        assert (await after)[0] == 200

    run(story)


def test_a_place_given_to_who_gives_up_at_that_moment_goes_on() -> None:
    async def story() -> None:
        gate = Gate(1, 0)
        await gate.enter(vital=False)
        first, second = (asyncio.create_task(gate.enter(vital=False)) for _ in range(2))
        await soon()
        gate.leave(0.01)
        first.cancel()
        await asyncio.wait_for(second, 1)
        assert first.cancelled()
        gate.leave(0.01)
        assert gate.working == 0

    run(story)


def test_who_sends_or_reads_slowly_keeps_nobody_from_work() -> None:
    """No place is taken until a body is there whole, nor once the answer has begun; bodies have a bound of their own."""

    async def story() -> None:
        front = Front(places=2, reserved=1)
        slow = [asyncio.create_task(front.slowly()) for _ in range(RECEIVING_MOST)]
        await soon()
        assert (front.gate.working, front.door.receiving) == (0, RECEIVING_MOST)
        assert (await front.ask("late", REPORTS, {}))[0] == 429
        front.patient.set()
        await soon()
        assert (front.gate.working, front.place.begun[0]) == (1, "slow")
        front.place.finish()
        await soon()
        assert front.place.begun[:2] == ["slow", "slow"], "the first answer has begun, and is not read"
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
        assert (front.gate.working, front.door.receiving) == (0, 0)

    run(story)


def test_a_wait_that_takes_longer_than_expected_ends_too() -> None:
    async def story() -> None:
        gate = Gate(2, 1, usual=0.001, patience=0.02)
        await gate.enter(vital=False)
        with pytest.raises(TooMany):
            await gate.enter(vital=False)
        assert not gate.line
        assert gate.refused == 1

    run(story)


def test_memory_stays_bounded_however_many_come() -> None:
    async def story() -> None:
        front = Front(usual=0.1)
        tasks = [front.ask(f"list-{n}", "/api/incidents/") for n in range(3_000)]
        await soon()
        assert len(front.gate.line) <= 30
        assert sum(task.done() for task in tasks) > 2_900
        while front.place.going:
            front.place.finish()
            await soon()
        assert front.gate.working == 0
        gate = Gate(1, 0)
        await gate.enter(vital=True)
        vital = [asyncio.create_task(gate.enter(vital=True)) for _ in range(VITAL_MOST)]
        await soon()
        with pytest.raises(Unavailable):
            await gate.enter(vital=True)
        for task in vital:
            task.cancel()

    run(story)


def test_work_for_others_gives_way_where_reading_comes_late() -> None:
    async def story() -> None:
        front = Front(places=32, reserved=8)
        front.gate.pulse.late = LATE
        asked = [front.ask(f"list-{n}", "/api/incidents/") for n in range(4)]
        asked += [front.ask(f"red-{n}", REPORTS, {"text": "燃气泄漏", "level": "red"}) for n in range(3)]
        await soon()
        assert front.place.begun == ["list-0", "list-1", "red-0", "red-1", "red-2"]
        front.gate.pulse.late = 0.0
        while front.place.going:
            front.place.finish()
            await soon()
        assert [(await task)[0] for task in asked] == [200] * 7

    run(story)


@pytest.mark.parametrize(("hiccups", "overloaded"), [(LOOKS - 1, False), (LOOKS, True)])
def test_an_event_loop_that_keeps_being_late_is_overloaded(hiccups: int, overloaded: bool) -> None:
    async def story() -> None:
        pulse = Pulse()
        looking = asyncio.create_task(pulse.run())
        await asyncio.sleep(0)  # the look begins
        for _ in range(hiccups):
            time.sleep(BEAT + 0.2)
            await asyncio.sleep(BEAT / 10)  # it ends, and the next one begins
        assert (pulse.late >= LATE) is overloaded
        looking.cancel()

    run(story)


def test_both_gates_of_a_running_application_hear_how_late_it_is(hub: Hub) -> None:
    state = hub.app.state
    assert state.gate.pulse is state.intake.pulse is state.pulse
    state.pulse.late = 9.0
    until(lambda: state.pulse.late < 9.0)
