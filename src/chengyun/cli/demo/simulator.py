"""The live simulator: a city's worth of people, each an account of its own, acting through the API only.

It moves nothing but simulated incidents, leaves alone what a person in front of the demo has taken in hand, and
follows the demo's simulator switch.
"""

from __future__ import annotations

import logging
import random
import signal
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from chengyun.cli.demo.actors import Account, Actors, Refused
from chengyun.cli.demo.crews import Crew
from chengyun.cli.demo.desks import Desk
from chengyun.cli.demo.manual import Manual
from chengyun.cli.demo.stories import Places, plausible_report
from chengyun.cli.supervisor import stop_with_parent
from chengyun.kernel.clock import SHANGHAI
from chengyun.kernel.settings import Settings

log = logging.getLogger("chengyun.simulator")
MOVES_PER_REPORT = 14  # what a report costs until it is closed, and a little more: the backlog shrinks
RATINGS_PER_REPORT = 0.4
BY_COMMUNITY = 0.25  # of all reports; the others come from residents
UNIT_STATES = {"dispatched", "handling"}
PAGES = (("due", "30"), ("newest", "15"))  # how the city's open incidents are looked through


@dataclass
class Simulation:
    """One run against one installation; `pace` is reports per minute."""

    actors: Actors
    places: Places
    pace: float
    random: random.Random
    stop: threading.Event = field(default_factory=threading.Event)
    waiting: deque[dict[str, Any]] = field(default_factory=deque)
    tracking: deque[str] = field(default_factory=lambda: deque(maxlen=300))
    manual: Manual = field(default_factory=Manual)
    city: int = 0

    def run(self) -> None:
        """Act until stopped: one thing at a time, as often as the pace asks."""
        pause = 60.0 / self.pace / (1 + MOVES_PER_REPORT + RATINGS_PER_REPORT)
        while not self.stop.is_set():
            began = time.monotonic()
            self.turn()
            wait = pause * self.random.uniform(0.5, 1.5) - (time.monotonic() - began)
            self.stop.wait(max(0.05, wait))

    def turn(self) -> None:
        """One thing that somebody does, if the switch is on; what the installation refuses is no disaster."""
        try:
            if self.actors.switched_on():
                self.act()
        except httpx.TransportError as error:
            log.warning("the installation does not answer: %s", type(error).__name__)
            self.stop.wait(2.0)
        except Refused as refused:
            log.info("refused: %s", refused)
            if refused.status == 401:
                self.actors.forget()

    def act(self) -> None:
        """Report, rate, or make the next move of something that waits."""
        kinds = (self.report, self.rate, self.advance)
        self.random.choices(kinds, (1.0, RATINGS_PER_REPORT, MOVES_PER_REPORT))[0]()

    @property
    def observer(self) -> Account:
        """The simulated officer of the city's centre, who sees everything."""
        if not self.city:
            found = self.actors.guest().get("/api/territory/regions", {"q": "重庆", "level": "city"})
            self.city = int(found[0]["id"])
        return self.actors.centre(self.city)

    def report(self) -> None:
        """A simulated resident or community worker reports something, fitting for the season and the hour."""
        lon, lat = self.places.draw(self.random)
        now = datetime.fromisoformat(self.actors.guest().get("/api/clock")["now"]).astimezone(SHANGHAI)
        body = plausible_report(self.random, lon, lat, now)
        reporter = self.actors.resident(self.random)
        if self.random.random() < BY_COMMUNITY:
            reporter = self.community(lon, lat) or reporter
            body["channel"] = "grid" if reporter.headers != self.actors.guest().headers else "resident"
        receipt = reporter.post("/api/incidents/reports", body, once=True)
        self.tracking.append(str(receipt["tracking"]))

    def community(self, lon: float, lat: float) -> Account | None:
        """Somebody of the community committee that looks after a point."""
        where = self.actors.guest().get("/api/territory/locate", {"lon": str(lon), "lat": str(lat)})
        village = str(where["chain"]["village"]["id"])
        units = self.observer.get("/api/identity/units", {"region": village, "kind": "community"})
        return self.actors.unit(int(units[0]["id"])) if units else None

    def rate(self) -> None:
        """Somebody who reported something looks it up, and rates it when it is closed."""
        if not self.tracking:
            return
        token = self.random.choice(self.tracking)
        guest = self.actors.guest()
        if guest.get(f"/api/incidents/tracking/{token}")["can_rate"]:
            stars = self.random.choices((5, 4, 3, 2, 1), (55, 28, 9, 5, 3))[0]
            body = {"stars": stars, "solved": stars > 2}
            guest.post(f"/api/incidents/tracking/{token}/rating", body)
            self.tracking.remove(token)

    def advance(self) -> None:
        """The next step of something that waits, by whoever has to make it."""
        if not self.waiting:
            self.look_around()
        if self.waiting:
            row = self.waiting.popleft()
            detail = self.observer.get(f"/api/incidents/{row['id']}")
            kind = Crew if detail["row"]["state"] in UNIT_STATES else Desk
            kind(self.actors, self.manual, self.random, self.city, detail).act()

    def look_around(self) -> None:
        """Simulated incidents that are due first, some new ones, and some of a district that nobody looked at."""
        self.manual.learn(self.actors.guest())
        observer, found = self.observer, list[dict[str, Any]]()
        for sort, limit in PAGES:
            page = observer.get("/api/incidents/", {"open": "true", "sort": sort, "limit": limit})
            found += page["items"]
        districts = list(observer.get("/api/incidents/region-values", {"level": "district"}))
        if districts:
            where = {"region": self.random.choice(districts), "open": "true", "sort": "due", "limit": "30"}
            found += observer.get("/api/incidents/", where)["items"]
        rows = {row["id"]: row for row in found if row["simulated"]}
        chosen = list(rows.values())
        self.random.shuffle(chosen)
        self.waiting.extend(chosen[:24])


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
