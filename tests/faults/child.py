"""What a forked process runs: the product's web server or worker, armed with a point or with a seeded defect."""

from __future__ import annotations

import logging
import os
from multiprocessing.connection import Connection

from chengyun.cli import processes, serving
from chengyun.kernel import audit, failpoints, job_worker
from chengyun.kernel.jobs import job
from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Tx
from tests.faults import defects

RECOVER_AFTER = 0.5  # seconds; a product's worker waits longer before it takes a job from another


@job("faults.note")
def note(tx: Tx, number: int) -> None:
    """A job whose effect can be counted."""
    audit.record(tx, "faults.noted", ("note", number))


def main(what: str, environment: dict[str, str], point: str, defect: str, alive: Connection) -> None:
    """Run `chengyun WHAT` until killed, or until the test that started us is gone."""
    os.dup2(alive.fileno(), 0)
    os.environ.update(environment)
    job_worker.RECOVER_AFTER = RECOVER_AFTER
    job_worker.WATCH = RECOVER_AFTER
    job_worker.run_worker.__kwdefaults__["recover_after"] = RECOVER_AFTER
    if defect:
        defects.DEFECTS[defect].break_it()
    failpoints.arm(point)
    logging.raiseExceptions = False
    settings = Settings.from_env()
    if what == "serve":
        serving.serve(settings, None, None)
    else:
        processes.work(settings)
