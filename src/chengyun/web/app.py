"""Build the application: features, errors, headers, live stream, console."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import sqlalchemy as sa
from fastapi import FastAPI, Request
from fastapi.routing import APIRoute

from chengyun.identity.recent import Recent
from chengyun.identity.routing import Db, language_of, resolve
from chengyun.identity.service import anonymous
from chengyun.incidents.service import Gathering
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.errors import AppError
from chengyun.kernel.outbox import Feed
from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Database
from chengyun.sensing.intake.routes import leave
from chengyun.web import demo, errors, stream
from chengyun.web.admission import Admission, Gate
from chengyun.web.charsets import Charsets
from chengyun.web.express import Express
from chengyun.web.headers import SecurityHeaders
from chengyun.web.limits import BodyLimit
from chengyun.web.openapi import describe
from chengyun.web.pulse import Pulse
from chengyun.web.routers import ROUTERS
from chengyun.web.static import mount_console
from chengyun.web.triage import Triage

TOGETHER = (64, 16)  # reports at work, and places among them for what is vital: two rounds of Gathering
FORM_OVERHEAD = 1_000_000  # bytes of a multipart body that are not the file


def operation_id(route: APIRoute) -> str:
    """`incidents_report` rather than a path spelled out: readable names in generated clients."""
    return f"{route.tags[0] if route.tags else 'api'}_{route.name}"


def visitor(request: Request) -> Actor:
    """Who looks at the public map. Only the search asks (it names one's own places first), so that tiles cost no
    look-up; a session that has ended shows the map all the same.
    """
    nobody = anonymous(language_of(request))
    if request.scope["route"].name != "places":
        return nobody
    try:
        return resolve(request)
    except AppError:
        return nobody


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """The feed of the live stream and the look at the event loop run as long as the application."""
    feed = Feed(app.state.db)
    app.state.feed = feed
    tasks = [asyncio.create_task(feed.run()), asyncio.create_task(app.state.pulse.run())]
    try:
        yield
    finally:
        feed.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.to_thread(leave, app.state)


def create_app(settings: Settings, database: Database) -> FastAPI:
    """The one application; `database` works under the application role."""
    app = FastAPI(
        title="chengyun 城运",
        version="0.1.0",
        summary="An open city operations and governance centre",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        generate_unique_id_function=operation_id,
    )
    app.state.settings = settings
    app.state.db = database
    app.state.visitor = visitor
    app.state.recent = Recent()
    app.state.gathering = Gathering(database)
    errors.install(app)
    for router in (*ROUTERS, demo.clock_router, demo.router, stream.router):
        app.include_router(router)
    add_health(app)
    mount_console(app)
    describe(app)
    guard(app, settings)
    return app


def guard(app: FastAPI, settings: Settings) -> None:
    """What every request passes on its way in, the last one named first."""
    app.add_middleware(Charsets)
    app.add_middleware(BodyLimit, limit=settings.upload_max_mb * 1_000_000 + FORM_OVERHEAD)
    app.add_middleware(Express)
    app.state.triage = Triage(app.state.db)
    app.state.pulse = pulse = Pulse()
    app.state.gate = gate_of(settings, pulse)
    app.state.intake = Gate(*TOGETHER, pulse=pulse)
    app.add_middleware(Admission, gate=app.state.gate, triage=app.state.triage, intake=app.state.intake)
    tianditu = bool(settings.tianditu_key)
    app.add_middleware(SecurityHeaders, tile_url=settings.tile_url, tianditu=tianditu)


def gate_of(settings: Settings, pulse: Pulse) -> Gate:
    """As many requests at work as there are connections, a fifth of them for what is vital."""
    places = max(2, settings.database_pool)
    return Gate(places, max(1, places // 5), pulse=pulse)


def add_health(app: FastAPI) -> None:
    """`/api/health` answers 200 when the database answers."""

    @app.get("/api/health", tags=["health"])
    def health(request: Request, db: Db) -> dict[str, str]:
        with db.begin(system_actor("health")) as tx:
            revision = tx.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one()
        return {"status": "ok", "version": request.app.version, "schema": str(revision)}
