"""What the tests of identity and of the features above share: the small city with units and demo accounts, over HTTP."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from chengyun.identity import routes, service
from chengyun.identity.resolving import actor_for_post
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.errors import AppError, problem
from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Database, Tx
from chengyun.territory import service as territory
from tests.support import Cluster, seeded
from tests.territory.support import small_city_template

with warnings.catch_warnings():
    # Starlette's client announces its own future dependency; that is its business, not a failure of ours.
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient

SEED = system_actor("seed")
DOOR = system_actor("identity.signin")
WRITE = {"X-Chengyun": "1"}


def peopled_template(cluster: Cluster) -> str:
    """A template database: the small city, every unit, the demo accounts."""

    def build(database: Database) -> None:
        with database.begin(SEED) as tx:
            service.seed_units(tx)
            service.seed_demo_accounts(tx, demo=True)

    return cluster.make_template("peopled", seeded(build), base=small_city_template(cluster))


def paths(tx: Tx) -> dict[str, int]:
    """Region ids by path: "" the city, "巴南区/花溪街道/寨子坪社区/001 网格" a grid."""
    city = territory.find_regions(tx, "city")[0].id
    found = {"": city}

    def walk(parent: int, prefix: str) -> None:
        for ref in territory.children(tx, parent):
            found[prefix + ref.name] = ref.id
            walk(ref.id, f"{prefix}{ref.name}/")

    walk(city, "")
    return found


@dataclass(frozen=True, slots=True)
class Hired:
    """A person with one post, and the actor they are."""

    id: int
    post: int
    login: str


def hire(
    db: Database, login: str, unit: int, role: str, *, region: int | None = None, password: str | None = None
) -> Hired:
    """A new person with a post in a unit."""
    with db.begin(SEED) as tx:
        person = service.create_person(tx, login, f"测试{login}", password, demo=True)
        post = service.give_post(tx, person, unit, role, region_id=region)
    return Hired(person, post, login)


def acting(db: Database, who: Hired) -> Actor:
    """The person's actor as of now."""
    with db.begin(DOOR) as tx:
        return actor_for_post(tx, who.id, None)


def unit_in(db: Database, kind: str, region: int) -> int:
    """The id of the unit of that kind in the region."""
    with db.begin(SEED) as tx:
        found = service.unit_of(tx, kind, region)
    assert found is not None
    return found.id


def application(db: Database, home: Path, *, demo: bool = True, **values: object) -> FastAPI:
    """A minimal application with identity's routes."""
    app = FastAPI()
    app.state.db = db
    app.state.settings = Settings(home=home, demo=demo, **values)  # type: ignore[arg-type]
    app.include_router(routes.router)

    @app.exception_handler(AppError)
    def told(request: Request, error: AppError) -> JSONResponse:
        return JSONResponse(problem(error, "zh", request.url.path), status_code=error.status)

    return app


def browser(app: FastAPI, address: str = "10.0.0.1") -> TestClient:
    """A browser of its own: its own cookies, its own address; writes carry the header that scripts of ours send."""
    return TestClient(app, headers=WRITE, client=(address, 50000))


def sign_in(client: TestClient, login: str, password: str = "chengyun") -> Mapping[str, object]:
    """Sign in and answer Me."""
    answer = client.post("/api/identity/login", json={"login": login, "password": password})
    assert answer.status_code == 200, answer.text
    found: Mapping[str, object] = answer.json()
    return found


def officer(app: FastAPI, login: str, address: str = "10.0.0.1") -> Any:
    client = browser(app, address)
    sign_in(client, login)
    return client


def count(tx: Tx, table: str, where: str = "true", **params: object) -> int:
    """Rows of a table that the transaction's actor sees, by raw SQL."""
    return int(tx.execute(sa.text(f"SELECT count(*) FROM {table} WHERE {where}"), params).scalar_one())


def execute(tx: Tx, statement: str, **params: object) -> None:
    """Change rows by raw SQL."""
    tx.execute(sa.text(statement), params)
