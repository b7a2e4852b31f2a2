"""Every feature's jobs and subscriptions, in one list; adding a feature is adding a line. Its routes: `web/routers.py`."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import chengyun.attachments.jobs
import chengyun.exchange.jobs
import chengyun.identity.jobs
import chengyun.incidents.classification.jobs
import chengyun.incidents.jobs
import chengyun.incidents.privacy.jobs
import chengyun.kernel.jobs
import chengyun.sensing.history.jobs
import chengyun.vitals.alarms.jobs
import chengyun.vitals.checkup.jobs
import chengyun.web.jobs
from chengyun.exchange.service import register as register_exchange
from chengyun.identity.service import register as register_identity
from chengyun.incidents.service import register as register_incidents
from chengyun.kernel.events import Bus
from chengyun.sensing.service import register as register_sensing
from chengyun.vitals.alarms.hub import register as register_alarms

JOBS: tuple[ModuleType, ...] = (
    chengyun.attachments.jobs,
    chengyun.exchange.jobs,
    chengyun.identity.jobs,
    chengyun.incidents.classification.jobs,
    chengyun.incidents.jobs,
    chengyun.incidents.privacy.jobs,
    chengyun.kernel.jobs,
    chengyun.sensing.history.jobs,
    chengyun.vitals.alarms.jobs,
    chengyun.vitals.checkup.jobs,
    chengyun.web.jobs,
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
