"""Nothing leaves a jurisdiction: every route × every kind of post × every relation between post and incident."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from chengyun.web import features
from tests.web import test_isolation_apart, test_stream
from tests.web.cast import PLACES, RESIDENTS, STAFF, TOKENS, Sight
from tests.web.probes import NOWHERE, PROBES, About, Apart, Filler, Listing, Public, filled
from tests.web.support import Hub, Looker, Register, direct

CONTROLS = 2  # requests about incidents that one may see, per route: the answer is not "not found"
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
    assert operations(cast_hub) == set(PROBES), "say in probes.py what the new route must not show"
    assert len(features.ROUTERS) >= 6
    apart = {probe.test for probes in PROBES.values() for probe in probes if isinstance(probe, Apart)}
    written = {name for module in (test_isolation_apart, test_stream) for name in vars(module)}
    assert {name for name in apart if name.startswith("test_")} <= written


def told(answer: httpx.Response, asked: object) -> tuple[int, str]:
    """An answer without what differs by nature: the id that was asked for, the reference number."""
    text = re.sub(r'"reference": ?"[0-9a-f]+"', '"reference":""', answer.text)
    return answer.status_code, re.sub(rf"(?<!\d){asked}(?!\d)", "ID", text)


def shown_text(answer: httpx.Response) -> str:
    """The body as a reader gets it: an archive unpacked, everything else as text."""
    if answer.headers.get("content-type") != "application/zip":
        return answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return "\n".join(name + archive.read(name).decode(errors="replace") for name in archive.namelist())


class Trial:
    """All probes of one looker; counts what was asked and what was compared."""

    def __init__(self, looker: Looker, sight: Sight, filler: Filler, who: str) -> None:
        self.looker, self.filler, self.who = looker, filler, who
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
        key = next(key for key in ("order", "report", "attachment", "incident") if self.names(probe, key))
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
        for name in PLACES:
            for params in probe.params:
                path = f"{probe.path}?{params}".format(**self.filler.values(name))
                if path not in asked:
                    asked.add(path)
                    answer = self.ask("GET", path)
                    self.spotless(operation, answer, set(PLACES) - self.seen, searched=path)
                    if probe.shows and answer.status_code == 200:
                        assert self.shown(answer) == self.seen, (self.who, operation)

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


@pytest.mark.parametrize("who", EVERYBODY)
def test_nothing_leaks(
    who: str, cast_hub: Hub, inside: httpx.Client, register: Register, record_property: Any
) -> None:
    looker, sight = Looker(inside, register, who), Sight(cast_hub, register)
    trial = Trial(looker, sight, Filler(cast_hub, register, PLACES), who)
    trial.run()
    record_property("probes", trial.probes)
