"""Every feature that the application serves, in one list; adding a feature is adding a line."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter

import chengyun.attachments.jobs
import chengyun.attachments.routes
import chengyun.command.routes
import chengyun.identity.jobs
import chengyun.identity.routes
import chengyun.incidents.callbacks.routes
import chengyun.incidents.jobs
import chengyun.incidents.public
import chengyun.incidents.routes
import chengyun.incidents.supervision.routes
import chengyun.kernel.jobs
import chengyun.scenarios.routes
import chengyun.territory.routes
import chengyun.web.jobs
from chengyun.identity.service import register as register_identity
from chengyun.incidents.service import register as register_incidents
from chengyun.kernel.events import Bus

ROUTERS: tuple[APIRouter, ...] = (
    chengyun.territory.routes.router,
    chengyun.identity.routes.router,
    chengyun.attachments.routes.router,
    chengyun.incidents.public.router,  # before the next: its /mine is no incident's id
    chengyun.incidents.callbacks.routes.router,
    chengyun.incidents.supervision.routes.router,
    chengyun.incidents.routes.router,
    chengyun.command.routes.router,
    chengyun.scenarios.routes.router,
)
SUBSCRIBERS: tuple[Callable[[Bus], None], ...] = (register_identity, register_incidents)


def build_bus() -> Bus:
    """The in-transaction event bus with every feature's subscriptions."""
    bus = Bus()
    for subscribe in SUBSCRIBERS:
        subscribe(bus)
    return bus
