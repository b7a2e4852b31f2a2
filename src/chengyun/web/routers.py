"""Every router of the application, in one list. Only the web process needs it: what it imports is slow to start."""

from __future__ import annotations

from fastapi import APIRouter

import chengyun.attachments.routes
import chengyun.command.routes
import chengyun.exchange.routes
import chengyun.exchange.routes_inbound
import chengyun.exchange.routes_open311
import chengyun.identity.routes
import chengyun.incidents.callbacks.routes
import chengyun.incidents.classification.routes
import chengyun.incidents.duplicates.routes
import chengyun.incidents.evaluation.routes
import chengyun.incidents.privacy.routes
import chengyun.incidents.public
import chengyun.incidents.reporting.routes
import chengyun.incidents.routes
import chengyun.incidents.supervision.routes
import chengyun.scenarios.routes
import chengyun.scenarios.routes_calendar
import chengyun.scenarios.routes_rules
import chengyun.sensing.intake.routes
import chengyun.sensing.routes
import chengyun.sensing.sensorthings.routes
import chengyun.territory.routes
import chengyun.vitals.alarms.routes
import chengyun.vitals.checkup.routes
import chengyun.vitals.lookup.routes
import chengyun.vitals.numbers.routes
import chengyun.vitals.risk.routes
import chengyun.web.audit

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
