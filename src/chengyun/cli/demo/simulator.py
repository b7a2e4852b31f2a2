"""The live simulator: a city's worth of people, each an account of its own, acting through the API only.

It keeps its hands off what a person in front of the demo reported, and follows the demo's simulator switch.
"""

from __future__ import annotations

import logging
import random
import signal
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from chengyun.cli.demo.actors import Actors, Refused
from chengyun.cli.demo.stories import Places, plausible_report
from chengyun.cli.supervisor import stop_with_parent
from chengyun.kernel.settings import Settings

log = logging.getLogger("chengyun.simulator")
MOVES_PER_REPORT = 7  # moves of the people who handle, for every new report
OBSERVER = "city-duty"
DUTY_STATES = {"reported", "accepted", "verified", "filed", "handled", "checked"}
UNIT_STATES = {"dispatched", "handling"}
OUTCOMES = (
    "已到现场处理完毕，现场恢复正常。",
    "已清理完成，并请物业加强巡查。",
    "已维修，试用正常。",
    "已劝导整改，商户已恢复原状。",
)
NEVER = {
    "void",
    "decline",
    "transfer",
    "escalate",
    "suspend_request",
    "return",
    "supervise",
    "urge",
    "note",
    "reopen",
}


@dataclass
class Simulation:
    """One run against one installation; `pace` is reports per minute."""

    actors: Actors
    places: Places
    pace: float
    random: random.Random
    stop: threading.Event = field(default_factory=threading.Event)
    tracking: list[str] = field(default_factory=list)

    def run(self) -> None:
        """Act until stopped, about `pace` reports a minute and the moves that keep up with them."""
        while not self.stop.is_set():
            began = time.monotonic()
            try:
                if self.actors.switched_on(OBSERVER):
                    self.round()
            except httpx.TransportError as error:
                log.warning("the installation does not answer: %s", type(error).__name__)
            except Refused as refused:
                log.warning("a round was refused: %s", refused)
            pause = 60.0 / self.pace * self.random.uniform(0.6, 1.4)
            self.stop.wait(max(0.5, pause - (time.monotonic() - began)))

    def round(self) -> None:
        """One report and the moves of everyone who has something to do."""
        self.report()
        for row in self.chosen():
            try:
                self.advance(row)
            except Refused as refused:
                log.info("%s: %s", row["number"], refused)
        self.rate()

    def report(self) -> None:
        """A simulated resident reports something somewhere."""
        lon, lat = self.places.draw(self.random)
        body = plausible_report(self.random, lon, lat)
        receipt = self.actors.resident(self.random).post("/api/incidents/reports", body, once=True)
        self.tracking = [*self.tracking[-200:], str(receipt["tracking"])]

    def chosen(self) -> list[dict[str, Any]]:
        """Some open, simulated incidents whose turn it is."""
        observer = self.actors.staff(OBSERVER)
        found: list[dict[str, Any]] = []
        for sort in ("due", "newest"):
            page = observer.get("/api/incidents/", {"open": "1", "sort": sort, "limit": "60"})
            found += [row for row in page["items"] if row["simulated"]]
        unique = {row["id"]: row for row in found}
        count = min(len(unique), MOVES_PER_REPORT)
        return self.random.sample(list(unique.values()), count)

    def advance(self, row: dict[str, Any]) -> None:
        """Make the next step of one incident, as whoever has to make it."""
        if row["state"] in DUTY_STATES:
            self.duty_step(row)
        elif row["state"] in UNIT_STATES:
            self.unit_step(row)

    def duty_step(self, row: dict[str, Any]) -> None:
        officer = self.actors.centre(int(row["centre"]["id"]))
        detail = officer.get(f"/api/incidents/{row['id']}")
        proposed = [item for item in detail["allowed"] if item["proposed"] and item["move"] not in NEVER]
        if proposed:
            move = self.filled(proposed[0], detail)
            officer.post(f"/api/incidents/{row['id']}/moves", {"moves": [move]})

    def unit_step(self, row: dict[str, Any]) -> None:
        detail = self.actors.staff(OBSERVER).get(f"/api/incidents/{row['id']}")
        for order in detail["orders"]:
            if order["state"] not in {"issued", "acknowledged", "handling"}:
                continue
            worker = self.actors.unit(int(order["unit"]["id"]))
            move: dict[str, Any] = {"move": "acknowledge"}
            if order["state"] != "issued":
                move = {"move": "report_back", "outcome": self.random.choice(OUTCOMES)}
            worker.post(f"/api/incidents/orders/{order['id']}/moves", {"moves": [move]})

    def filled(self, allowed: dict[str, Any], detail: dict[str, Any]) -> dict[str, Any]:
        """A move with what it needs filled in as an officer in a hurry would."""
        move: dict[str, Any] = {"move": allowed["move"]}
        for need in allowed["needs"]:
            if not need["required"]:
                continue
            if need["kind"] == "text":
                move[need["name"]] = "情况属实，按流程办理。"
            elif need["kind"] == "category":
                move["category"] = detail["row"]["category"] or "0199"
        return move

    def rate(self) -> None:
        """Now and then a simulated resident rates what was closed."""
        if not self.tracking or self.random.random() > 0.4:
            return
        token = self.random.choice(self.tracking)
        guest = self.actors.guest()
        seen = guest.get(f"/api/incidents/tracking/{token}")
        if seen["can_rate"]:
            stars = self.random.choices((5, 4, 3, 2, 1), (55, 28, 9, 5, 3))[0]
            guest.post(f"/api/incidents/tracking/{token}/rating", {"stars": stars, "solved": stars > 2})


def run(url: str, pace: float) -> None:
    """Simulate against `url` until asked to stop."""
    logging.basicConfig(level=logging.WARNING, format="simulator: %(message)s")
    stop_with_parent()
    source = random.Random()  # noqa: S311  simulation, not security
    with Actors(url) as actors:
        simulation = Simulation(actors, Places.read(Settings.from_env().home), pace, source)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: simulation.stop.set())
        actors.wait_until_healthy(simulation.stop)
        simulation.run()
