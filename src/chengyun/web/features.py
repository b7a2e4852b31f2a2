"""Every feature that the application serves, in one list; adding a feature is adding a line."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter

import chengyun.attachments.jobs
import chengyun.attachments.routes
import chengyun.command.routes
import chengyun.exchange.jobs
import chengyun.exchange.routes
import chengyun.exchange.routes_inbound
import chengyun.exchange.routes_open311
import chengyun.identity.jobs
import chengyun.identity.routes
import chengyun.incidents.callbacks.routes
import chengyun.incidents.classification.jobs
import chengyun.incidents.classification.routes
import chengyun.incidents.duplicates.routes
import chengyun.incidents.evaluation.routes
import chengyun.incidents.jobs
import chengyun.incidents.privacy.jobs
import chengyun.incidents.privacy.routes
import chengyun.incidents.public
import chengyun.incidents.reporting.routes
import chengyun.incidents.routes
import chengyun.incidents.supervision.routes
import chengyun.kernel.jobs
import chengyun.scenarios.routes
import chengyun.scenarios.routes_calendar
import chengyun.scenarios.routes_rules
import chengyun.sensing.history.jobs
import chengyun.sensing.intake.routes
import chengyun.sensing.routes
import chengyun.sensing.sensorthings.routes
import chengyun.territory.routes
import chengyun.vitals.alarms.jobs
import chengyun.vitals.alarms.routes
import chengyun.vitals.checkup.jobs
import chengyun.vitals.checkup.routes
import chengyun.vitals.lookup.routes
import chengyun.vitals.numbers.routes
import chengyun.vitals.risk.routes
import chengyun.web.audit
import chengyun.web.jobs
from chengyun.exchange.service import register as register_exchange
from chengyun.identity.service import register as register_identity
from chengyun.incidents.service import register as register_incidents
from chengyun.kernel.events import Bus
from chengyun.sensing.service import register as register_sensing
from chengyun.vitals.alarms.hub import register as register_alarms

ROUTERS: tuple[APIRouter, ...] = (
    chengyun.incidents.reporting.routes.router,  # first: routes are tried one after the other
    chengyun.territory.routes.router,
    chengyun.identity.routes.router,
    chengyun.attachments.routes.router,
    chengyun.incidents.public.router,  # before the next: its /mine is no incident's id
    chengyun.incidents.classification.routes.router,
    chengyun.incidents.privacy.routes.router,
    chengyun.incidents.duplicates.routes.router,
    chengyun.incidents.evaluation.routes.router,  # before the next, likewise
    chengyun.incidents.callbacks.routes.router,
    chengyun.incidents.supervision.routes.router,
    chengyun.incidents.routes.router,
    chengyun.sensing.intake.routes.router,
    chengyun.sensing.routes.router,
    chengyun.exchange.routes.router,
    chengyun.exchange.routes_inbound.router,
    chengyun.exchange.routes_open311.router,
    chengyun.sensing.sensorthings.routes.router,
    chengyun.command.routes.router,
    chengyun.vitals.numbers.routes.router,
    chengyun.vitals.alarms.routes.router,
    chengyun.vitals.lookup.routes.router,
    chengyun.vitals.risk.routes.router,
    chengyun.scenarios.routes_rules.router,  # before the next: "rules" and "calendar" are no scenario's names
    chengyun.scenarios.routes_calendar.router,
    chengyun.scenarios.routes.router,
    chengyun.vitals.checkup.routes.router,
    chengyun.web.audit.router,
)
SUBSCRIBERS: tuple[Callable[[Bus], None], ...] = (
    register_identity,
    register_incidents,
    register_sensing,
    register_exchange,
    register_alarms,
)


def build_bus() -> Bus:
    """The in-transaction event bus with every feature's subscriptions."""
    bus = Bus()
    for subscribe in SUBSCRIBERS:
        subscribe(bus)
    return bus
