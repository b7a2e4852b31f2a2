"""Jobs and sweepers: the door. A job is deferred inside a transaction and runs after its commit.

@job("feature.verb")                 def f(tx: Tx, **ids) -> None   one piece of work, retried with backoff
@job("feature.verb", URGENT)         …                              the same, with a thread of the worker for such alone
@periodic("feature.sweep", every=5)  def f(tx: Tx) -> None          every 5 s of real time, one run at a time
@loop("feature.send")                def f(db, stop) -> None        in every worker, for what waits for the outside
"""

from __future__ import annotations

from chengyun.kernel.job_queue import FailedJob, defer, failed_jobs, retry_failed, workers_alive
from chengyun.kernel.job_registry import (
    URGENT,
    ActorRef,
    Running,
    UnknownJob,
    job,
    loop,
    periodic,
    registered,
    resolve_actor,
    resolve_actors_with,
    running_job,
)
from chengyun.kernel.job_worker import run_worker
from chengyun.kernel.leases import SweeperState, sweeper_states

__all__ = [
    "URGENT",
    "ActorRef",
    "FailedJob",
    "Running",
    "SweeperState",
    "UnknownJob",
    "defer",
    "failed_jobs",
    "job",
    "loop",
    "periodic",
    "registered",
    "resolve_actor",
    "resolve_actors_with",
    "retry_failed",
    "run_worker",
    "running_job",
    "sweeper_states",
    "workers_alive",
]
