"""The whole application on the small city: both scenarios, own people with posts of every kind, a real server.

`hub_template` builds the database once per test run, through the application itself; what one needs to know
about it afterwards (cookies, ids, secrets) stands in a `Register` beside it.
"""

from __future__ import annotations

import json
import socket
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
import uvicorn
from fastapi import FastAPI

from chengyun.identity import service as identity
from chengyun.identity.passwords import hash_password
from chengyun.kernel.contracts import system_actor
from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Database
from chengyun.scenarios import service as scenarios
from chengyun.web.app import create_app
from chengyun.web.features import build_bus
from tests.identity.support import SEED, paths, peopled_template
from tests.support import Cluster, Links, seeded

with warnings.catch_warnings():
    # Starlette's client announces its own future dependency; that is its business, not a failure of ours.
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

PASSWORD = "chengyun"
WRITE = {"X-Chengyun": "1"}
COOKIE = "chengyun_session"
# For httpx: straight to an address of ours, without the certificates that it else reads for each client (40 ms).
PLAIN: dict[str, Any] = {"trust_env": False, "verify": False}


@dataclass(frozen=True, slots=True)
class Case:
    """An incident of the cast: everything about it that must not be seen from outside carries its `mark`."""

    mark: str
    id: int
    number: str
    report: int
    tracking: str
    attachment: int
    sha256: str
    orders: list[int]
    units: list[int]
    lon: float
    lat: float

    def traces(self) -> list[str]:
        """Texts that show this incident wherever they occur."""
        return [self.mark, self.number, self.sha256, self.tracking]


@dataclass(slots=True)
class Register:
    """What was put into the template database."""

    cookies: dict[str, str] = field(default_factory=dict)  # person or resident → session cookie
    persons: dict[str, int] = field(default_factory=dict)
    sessions: dict[str, int] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    tokens: dict[str, int] = field(default_factory=dict)
    bearers: dict[str, str] = field(default_factory=dict)
    handovers: dict[str, int] = field(default_factory=dict)
    webhooks: dict[str, int] = field(default_factory=dict)
    sources: dict[str, int] = field(default_factory=dict)
    things: dict[str, int] = field(default_factory=dict)  # by the incident that they stand beside
    streams: dict[str, int] = field(default_factory=dict)
    alarms: dict[str, int] = field(default_factory=dict)

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), ensure_ascii=False))

    @classmethod
    def load(cls, path: Path) -> Register:
        found = cls(**json.loads(path.read_text()))
        found.cases = {name: Case(**case) for name, case in found.cases.items()}  # type: ignore[arg-type]
        return found


@dataclass(slots=True)
class Hub:
    """One database with the application on it."""

    links: Links
    db: Database
    app: FastAPI
    regions: dict[str, int]
    url: str = ""  # of the real server, when one runs

    def unit(self, kind: str, path: str) -> int:
        """The id of a unit by kind and the path of its region."""
        with self.db.begin(SEED) as tx:
            found = identity.unit_of(tx, kind, self.regions[path])
        assert found is not None, (kind, path)
        return found.id

    def count(self, query: str, **params: object) -> Any:
        """One value by raw SQL, seen by a system actor that everything is open to."""
        with self.db.begin(system_actor("seed")) as tx:
            return tx.execute(sa.text(query), params).scalar()


def settings(home: Path, **values: Any) -> Settings:
    """A demo installation with small uploads."""
    return Settings(home=home, **{"demo": True, "upload_max_mb": 1, **values})


def ruled_template(cluster: Cluster) -> str:
    """The small city with units, demo accounts and both shipped scenarios."""

    def build(database: Database) -> None:
        with database.begin(SEED) as tx:
            scenarios.seed_demo(tx)

    return cluster.make_template("ruled", seeded(build), base=peopled_template(cluster))


@contextmanager
def hub_on(links: Links, home: Path, pool_size: int = 12, **values: Any) -> Iterator[Hub]:
    """The application on an existing database."""
    database = Database(links.app_url, build_bus(), pool_size=pool_size)
    try:
        with database.begin(SEED) as tx:
            regions = paths(tx)
        yield Hub(links, database, create_app(settings(home, **values), database), regions)
    finally:
        database.dispose()


@contextmanager
def served(hub: Hub) -> Iterator[Hub]:
    """The hub's application behind a real server on a free port, as long as the block runs."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(hub.app, log_level="error", ws="none", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        until(lambda: server.started)
        hub.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        try:
            yield hub
        finally:
            server.should_exit = True
            thread.join(20)
            assert not thread.is_alive()


def until(condition: Any, limit: float = 20.0) -> None:
    """Wait until `condition()` holds."""
    end = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.01)


def browser(hub: Hub, cookie: str = "", **options: Any) -> httpx.Client:
    """A browser of its own in front of the real server; writes carry the header that our scripts send."""
    cookies = {COOKIE: cookie} if cookie else {}
    return httpx.Client(base_url=hub.url, headers=WRITE, cookies=cookies, timeout=30, **PLAIN, **options)


def direct(hub: Hub) -> TestClient:
    """The same application without a socket between; `client.headers["cookie"]` says who calls."""
    return TestClient(hub.app, headers=WRITE, raise_server_exceptions=False)


class Looker:
    """Somebody of the cast in front of the application."""

    def __init__(self, client: httpx.Client, register: Register, who: str) -> None:
        self.client = client
        self.headers = dict(WRITE)
        if who in register.bearers:
            self.headers["Authorization"] = f"Bearer {register.bearers[who]}"
        elif who in register.cookies:
            self.headers["Cookie"] = f"{COOKIE}={register.cookies[who]}"

    def get(self, path: str, **params: Any) -> Any:
        """The JSON of an answer that must be 200."""
        answer = self.ask("GET", path, params=params or None)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        self.client.cookies.clear()
        return self.client.request(method, path, json=body, headers=self.headers, **more)


Look = Callable[[str], Looker]


def sign_in(client: httpx.Client, login: str) -> dict[str, Any]:
    """Sign in with the demo's password; Me."""
    answer = client.post("/api/identity/login", json={"login": login, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def sign_in_resident(client: httpx.Client, phone: str) -> dict[str, Any]:
    """Sign in by the code that the demo shows; Me."""
    sent = client.post("/api/identity/resident/code", json={"phone": phone}).json()
    answer = client.post("/api/identity/resident/login", json={"phone": phone, "code": sent["demo_code"]})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def hire(hub: Hub, staff: dict[str, tuple[str, str, str]]) -> dict[str, int]:
    """People with one post each, login → (unit kind, region path, role), all with the demo's password."""
    units = {name: hub.unit(kind, path.split("#")[0]) for name, (kind, path, _) in staff.items()}
    hashed = hash_password(PASSWORD)
    found = {}
    with hub.db.begin(SEED) as tx:
        for name, (_, path, role) in staff.items():
            person = identity.create_person(tx, name, f"人员-{name}", demo=True)
            grid = hub.regions[path.replace("#", "/")] if "#" in path else None
            identity.give_post(tx, person, units[name], role, region_id=grid)
            statement = "INSERT INTO identity_password (person_id, hash) VALUES (:id, :hash)"
            tx.execute(sa.text(statement), {"id": person, "hash": hashed})
            found[name] = person
    return found
