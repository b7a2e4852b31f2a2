"""Learning without anybody asking, once officers have confirmed enough."""

from __future__ import annotations

import logging

from chengyun.incidents.classification import service, training
from chengyun.kernel.errors import Conflict
from chengyun.kernel.jobs import defer, job, periodic
from chengyun.kernel.transactions import Tx

log = logging.getLogger(__name__)
HOUR = 3600.0


@periodic("incidents.learn_when_due", every=HOUR)
def learn_when_due(tx: Tx) -> None:
    """Look whether enough was confirmed since the last attempt."""
    if training.due(tx):
        defer(tx, service.JOB)


@job(service.JOB, attempts=2)
def learn(tx: Tx, by_hand: int = 0) -> None:
    """Train. What was enough when it was asked for may have been learned by another run meanwhile."""
    try:
        number = training.train(tx, by_hand=bool(by_hand))
    except Conflict as conflict:
        log.info("nothing to learn: %s", conflict)
        return
    log.info("classification model %s trained", number)
