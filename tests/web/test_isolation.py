"""Nothing leaves a jurisdiction: every route × every kind of post × every relation between post and incident."""

from __future__ import annotations

import io
import itertools
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from chengyun.web import routers
from tests.web import (
    test_isolation_alarms,
    test_isolation_apart,
    test_isolation_outside,
    test_isolation_risk,
    test_isolation_signs,
    test_isolation_things,
    test_stream,
)
from tests.web.cast import PLACES, RESIDENTS, STAFF, TOKENS, Sight
from tests.web.probes import FILTERS, PROBES
from tests.web.probing import NOWHERE, About, Apart, Filler, Listing, Public, filled, told
from tests.web.support import Hub, Looker, Register, direct

NAMED = (
    "order",
    "report",
    "attachment",
    "thing",
    "stream",
    "alarm",
    "incident",
)  # what a request may be about
SHARE = 4  # each looker asks one in so many of the queries that a list can be asked; at night every one
CONTROLS = 2  # requests about incidents that one may see, per route: the answer is not "not found"
CITY_ONLY = ("city-duty", "wall", "auditor", "hotline")  # nothing lies outside the city
EVERYBODY = (*STAFF, *RESIDENTS, *TOKENS, "nobody")


@pytest.fixture(scope="session")
def inside(cast_hub: Hub) -> Iterator[httpx.Client]:
    """The application without a socket between."""
    with direct(cast_hub) as client:
        yield client


def operations(hub: Hub) -> set[str]:
    paths = hub.app.openapi()["paths"]
    return {operation["operationId"] for methods in paths.values() for operation in methods.values()}


def test_every_route_is_tried_out(cast_hub: Hub) -> None:
    assert operations(cast_hub) == set(PROBES), "say in probes*.py what the new route must not show"
    assert len(routers.ROUTERS) >= 6
    apart = {probe.test for probes in PROBES.values() for probe in probes if isinstance(probe, Apart)}
    written = {
        name
        for module in (
            test_isolation_alarms,
            test_isolation_apart,
            test_isolation_outside,
            test_isolation_risk,
            test_isolation_signs,
            test_isolation_things,
            test_stream,
        )
        for name in vars(module)
    }
    assert {name for name in apart if name.startswith("test_")} <= written


def shown_text(answer: httpx.Response) -> str:
    """The body as a reader gets it: an archive unpacked, everything else as text."""
    if not answer.content.startswith(b"PK\x03\x04"):  # an archive, or a sheet, which is one
        return answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return "\n".join(name + archive.read(name).decode(errors="replace") for name in archive.namelist())


def share_of(probe: Listing, turn: int, share: int) -> list[tuple[str, str]]:
    """What somebody asks of a list, as (place, parameters): one in `share`, beginning at their turn, at least one."""
    everything = [
        (name, params)
        for params in probe.params
        for name in (PLACES if "{" in probe.path + params else ["own"])  # what names no place is asked once
    ]
    return everything[turn % min(share, len(everything)) :: share]


class Trial:
    """All probes of one looker; counts what was asked and what was compared."""

    def __init__(self, looker: Looker, sight: Sight, filler: Filler, who: str, share: int = 1) -> None:
        self.looker, self.filler, self.who = looker, filler, who
        self.turn, self.share = EVERYBODY.index(who), share
        self.seen = sight.seen(who)
        self.register = sight.register
        self.calls = self.probes = 0
        self.nothing: dict[str, tuple[int, str]] = {}  # how a request about what does not exist is answered

    def run(self, *operations: str) -> None:
        """All of them, or the operations that are named."""
        for operation in operations or PROBES:
            for probe in PROBES[operation]:
                if isinstance(probe, About):
                    self.about(operation, probe)
                elif isinstance(probe, Listing):
                    self.listing(operation, probe)
                elif isinstance(probe, Public):
                    self.public(operation, probe)

    def ask(self, method: str, path: str, body: Any = None) -> httpx.Response:
        self.calls += 1
        answer = self.looker.ask(method, path, body)
        assert answer.status_code < 500, (self.who, method, path, answer.text)
        return answer

    def about(self, operation: str, probe: About) -> None:
        able = [name for name in PLACES if self.filler.values(name)[probe.need] is not None]
        for name in able:
            if name not in self.seen:
                self.hidden(operation, probe, name)
        for name in [name for name in able if name in self.seen][: CONTROLS if probe.control else 0]:
            values = self.filler.values(name)
            answer = self.ask(probe.method, probe.path.format(**values), filled(probe.body, values))
            self.spotless(operation, answer, set(PLACES) - self.seen)
            assert answer.status_code in probe.seen, (self.who, operation, name, answer.text)

    def hidden(self, operation: str, probe: About, name: str) -> None:
        """What is hidden does not exist: the same answer as for an id that nothing has."""
        values = self.filler.values(name)
        answer = self.ask(probe.method, probe.path.format(**values), filled(probe.body, values))
        self.spotless(operation, answer, set(PLACES) - self.seen)
        key = next(key for key in NAMED if self.names(probe, key))
        assert told(answer, values[key]) == self.gone(probe, name), (self.who, operation, name)
        assert answer.headers.get("etag") is None
        if probe.path != "/api/incidents/moves":  # which answers for each row
            assert answer.status_code in (401, 403, 404, 422), (self.who, operation, name, answer.text)

    def gone(self, probe: About, name: str) -> tuple[int, str]:
        wanted = f"{probe.method} {probe.path} {probe.body}"
        if wanted not in self.nothing:
            missing = self.filler.missing(name)
            answer = self.ask(probe.method, probe.path.format(**missing), filled(probe.body, missing))
            self.nothing[wanted] = told(answer, NOWHERE)
        return self.nothing[wanted]

    @staticmethod
    def names(probe: About, key: str) -> bool:
        return f"{{{key}}}" in probe.path + json.dumps(probe.body)

    def listing(self, operation: str, probe: Listing) -> None:
        asked = set()
        for name, params in share_of(probe, self.turn, self.share):
            path = f"{probe.path}?{params}".format(**self.filler.values(name))
            if path not in asked:
                asked.add(path)
                answer = self.ask("GET", path)
                self.spotless(operation, answer, set(PLACES) - self.seen, searched=path)
                if probe.shows and answer.status_code == 200:
                    assert self.shown(answer) == self.seen, (self.who, operation)

    def combined(self) -> None:
        """The queue, its counts and the map under every two filters together."""
        pairs = ["&".join(two) for two in itertools.combinations(FILTERS, 2)]
        for path in ("/api/incidents/", "/api/incidents/counts", "/api/incidents/map"):
            asked = pairs if path != "/api/incidents/map" else [f"bbox=105,28,110,33&{two}" for two in pairs]
            self.listing("incidents_read_queue", Listing(path, tuple(asked)))

    def public(self, operation: str, probe: Public) -> None:
        values = self.filler.values("own")
        answer = self.ask(probe.method, probe.path, filled(probe.body, values))
        self.spotless(operation, answer, set(PLACES) - self.seen)

    def shown(self, answer: httpx.Response) -> set[str]:
        return {name for name, case in self.register.cases.items() if case.mark in answer.text}

    def spotless(self, operation: str, answer: httpx.Response, hidden: set[str], searched: str = "") -> None:
        """No trace of a hidden incident, in body or headers; what the request itself named does not count."""
        text = shown_text(answer) + repr(answer.headers)
        for name in hidden:
            self.probes += 1
            for trace in self.register.cases[name].traces():
                if trace not in searched:
                    assert trace not in text, (self.who, operation, name, trace)


def relation(who: str, case: str) -> str:
    """How an incident's town lies to the region of a post."""
    if who == "p-mover":
        return "just moved"
    mine = [part for part in STAFF[who][1].split("#")[0].split("/") if part]
    theirs = PLACES[case].split("/")
    if mine == theirs[: len(mine)]:
        return "own" if len(mine) == 2 else "child" if len(mine) < 2 else "parent"
    if len(mine) > 2 and mine[:2] == theirs[:2]:
        return "parent"
    if mine[-1] in theirs and mine[-1] != theirs[len(mine) - 1 :][:1]:
        return "same name"
    return "sibling" if mine[:1] == theirs[:1] or len(mine) == 1 else "elsewhere"


def test_the_cast_meets_every_relation() -> None:
    """Every role that has jurisdiction meets its own, what lies beside and far away; all together meet every kind."""
    met: dict[str, set[str]] = {}
    for who, (_, _, role) in STAFF.items():
        met.setdefault(role, set()).update(relation(who, case) for case in PLACES)
    every = set().union(*met.values())
    assert every == {"own", "parent", "child", "sibling", "same name", "just moved", "elsewhere"}
    assert met["town-duty"] >= {"own", "sibling", "same name", "just moved", "elsewhere"}
    assert {
        PLACES[case].split("/")[1] for case in PLACES if relation("p-same-name", case) == "same name"
    } == {"石龙镇"}
    assert all(len(kinds) > 1 for role, kinds in met.items() if role not in CITY_ONLY)


@pytest.fixture
def trial(who: str, cast_hub: Hub, inside: httpx.Client, register: Register) -> Trial:
    looker, sight = Looker(inside, register, who), Sight(cast_hub, register)
    return Trial(looker, sight, Filler(cast_hub, register, PLACES), who)


# Who stands to a place as somebody else does who is asked in every run; at night everybody is.
AT_NIGHT = frozenset(
    [
        "p-far-district",
        "p-sibling-district",
        "p-same-name-far",
        "p-same-name-community",
        "p-sibling-community",
        "p-sibling-enforcement",
        "p-sibling-bureau",
        "p-sibling-grid",
        "p-district-admin",
        "p-chief",
        "t-district",
    ]
)
IN_EVERY_RUN = tuple(who for who in EVERYBODY if who not in AT_NIGHT)


@pytest.mark.nightly
@pytest.mark.parametrize("who", EVERYBODY)
def test_nothing_leaks_however_filters_are_combined(trial: Trial, record_property: Any) -> None:
    trial.combined()
    record_property("probes", trial.probes)


def test_a_share_leaves_out_no_query_and_no_relation() -> None:
    """Every query of every list is asked in every run, and about places of every relation where it names one."""
    staff = [who for who in IN_EVERY_RUN if who in STAFF]
    every = {relation(who, name) for who in staff for name in PLACES}
    for probe in [one for probes in PROBES.values() for one in probes if isinstance(one, Listing)]:
        asked = {who: share_of(probe, EVERYBODY.index(who), SHARE) for who in IN_EVERY_RUN}
        assert all(asked.values()), probe
        assert {params for pairs in asked.values() for _, params in pairs} == set(probe.params), probe
        naming = {who: [name for name, params in asked[who] if "{" in probe.path + params] for who in staff}
        met = {relation(who, name) for who, names in naming.items() for name in names}
        assert met in (set(), every), (probe, every - met)


@pytest.mark.parametrize("who", IN_EVERY_RUN)
def test_nothing_leaks(trial: Trial, record_property: Any) -> None:
    trial.share = SHARE
    trial.run()
    record_property("probes", trial.probes)


@pytest.mark.nightly
@pytest.mark.parametrize("who", EVERYBODY)
def test_nothing_leaks_whatever_is_asked(trial: Trial, record_property: Any) -> None:
    trial.run()
    record_property("probes", trial.probes)
