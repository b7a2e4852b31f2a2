"""The parts of the isolation walk, each as something that a seeded leak has to be caught by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.kernel.working import worker
from tests.web import test_isolation_apart as apart
from tests.web import test_isolation_outside as outside
from tests.web.cast import HANDING_OVER, PLACES, STAFF, Sight
from tests.web.probing import Filler
from tests.web.support import Hub, Looker, Register, served, until
from tests.web.test_isolation import Trial
from tests.web.test_stream import everybody, note


@dataclass(slots=True)
class Stage:
    """The cast on a database of its own, and ways to look at it."""

    hub: Hub
    register: Register
    client: Any
    sight: Sight = field(init=False)

    def __post_init__(self) -> None:
        self.sight = Sight(self.hub, self.register)

    def look(self, who: str) -> Looker:
        return Looker(self.client, self.register, who)

    def walk(self, people: str, *operations: str) -> None:
        """The walk of `test_nothing_leaks`, for some people and operations."""
        for who in people.split():
            filler = Filler(self.hub, self.register, PLACES)
            Trial(self.look(who), self.sight, filler, who).run(*operations)


Check = Callable[[Stage], None]


def figures(people: str) -> Check:
    def check(stage: Stage) -> None:
        for who in people.split():
            apart.test_figures_are_those_of_the_model(stage.hub, stage.sight, stage.look, who)

    return check


def walk(people: str, *operations: str) -> Check:
    return lambda stage: stage.walk(people, *operations)


def heard(stage: Stage) -> None:
    """Who hears of a change on the live stream."""
    with served(stage.hub), worker(stage.hub.db):
        people = ["p-city", "p-sibling-town", "p-same-name-far"]
        with everybody(stage.hub, stage.register, people) as ears:
            marked = {note(stage.hub, stage.register, name): name for name in ("own", "same-name-far")}
            last = max(marked, key=lambda case: marked[case] == "same-name-far")
            until(lambda: any(event["data"].get("id") == last for event in ears["p-city"].events))
            for who, listener in ears.items():
                told = {marked[e["data"]["id"]] for e in listener.events if e["data"].get("id") in marked}
                assert told == stage.sight.seen(who) & set(marked.values()), who


def people(stage: Stage) -> None:
    apart.test_people_are_those_of_the_model(stage.sight, stage.look, "p-sibling-district")
    apart.test_people_of_others_do_not_exist(stage.hub, stage.sight, stage.look)


def handed_over(stage: Stage) -> None:
    """Nobody reads a handover of a centre outside their jurisdiction."""
    for who in STAFF:
        text = stage.look(who).ask("GET", "/api/command/handovers").text
        for desk in HANDING_OVER:
            path = [part for part in STAFF[desk][1].split("/") if part]
            line = {stage.hub.regions["/".join(path[:length])] for length in range(len(path) + 1)}
            if not line & stage.sight.scopes(who):
                assert f"NOTE-{desk}-END" not in text, (who, desk)


def mine(stage: Stage) -> None:
    """A resident's list holds their own reports; the first one of another resident makes sure there is one."""
    one = stage.look("r-one")
    one.headers["Idempotency-Key"] = "of-resident-one"
    receipt = one.ask("POST", "/api/incidents/reports", outside.told(stage.sight))
    assert receipt.status_code == 201, receipt.text
    assert receipt.json()["number"] not in stage.look("r-two").ask("GET", "/api/incidents/mine").text
