"""The worker: runs jobs and sweepers and gives outbox rows their order, each in its own transaction.

Synchronous threads over PostgreSQL. A job's effects and its end commit together, so a job that was killed
has either happened or runs again; it never happened twice in the database.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from chengyun.kernel import audit, job_queue, leases, listening, sequencer
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.errors import Unavailable
from chengyun.kernel.failpoints import failpoint
from chengyun.kernel.job_queue import Claimed
from chengyun.kernel.job_registry import (
    DEFAULT_ATTEMPTS,
    URGENT,
    Loop,
    Running,
    Sweeper,
    UnknownJob,
    backoff,
    find_job,
    loops,
    resolve_actor,
    running_job,
    sweepers,
)
from chengyun.kernel.transactions import Database, Tx

log = logging.getLogger(__name__)

SYSTEM = "kernel.worker"
JOB_THREADS = 2
POLL = 1.0  # seconds between looks when nothing was notified (a job's moment comes without a notification)
WATCH = 3.0  # seconds between heartbeats and looks for abandoned jobs
RECOVER_AFTER = 10.0  # seconds before a job that nobody holds is taken from its worker
SILENT = 120.0  # seconds after which a worker is forgotten
SWEEPER_BACKOFF = 60.0  # at most so many seconds between attempts of a sweeper that fails
SWEEPERS_AT_ONCE = 3  # so that the pool's connections suffice for everybody


def run_worker(
    db: Database,
    stop: threading.Event,
    *,
    recover_after: float = RECOVER_AFTER,
    only: Callable[[str], bool] = lambda _name: True,
) -> None:
    """Run jobs, sweepers and loops (those whose name passes `only`) and the sequencer until `stop`; blocks.

    What runs when `stop` is set comes to its end first. A database that is away is waited for.
    """
    chosen = [s for s in sweepers() if only(s.name)]
    Worker(db, stop, recover_after, chosen, [one for one in loops() if only(one.name)]).run()


@dataclass
class Worker:
    """One worker of an installation; several may run at once, on one database."""

    db: Database
    stop: threading.Event
    recover_after: float
    sweepers: list[Sweeper]
    loops: list[Loop]
    id: int = 0
    jobs_wake: threading.Event = field(default_factory=threading.Event)
    outbox_wake: threading.Event = field(default_factory=threading.Event)
    sweeping: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(SWEEPERS_AT_ONCE))

    def run(self) -> None:
        while not self._safely("register", self._register) and not self.stop.wait(POLL):
            pass
        threads = [threading.Thread(target=loop, name=name) for name, loop in self._loops()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self.id:
            self._safely("unregister", lambda tx: job_queue.unregister_worker(tx, self.id))

    def _loops(self) -> list[tuple[str, Callable[[], None]]]:
        channels = (job_queue.CHANNEL, sequencer.WAITING)
        return [
            ("listen", partial(listening.listen, self.db, channels, self._wake, self.stop)),
            ("sequencer", self._sequence),
            ("watch", self._watch),
            *((f"jobs-{number}", partial(self._run_jobs, None)) for number in range(JOB_THREADS)),
            ("jobs-urgent", partial(self._run_jobs, URGENT)),
            *((sweeper.name, partial(self._sweep, sweeper)) for sweeper in self.sweepers),
            *((one.name, partial(self._keep, one)) for one in self.loops),
        ]

    def _safely(self, what: str, act: Callable[[Tx], object]) -> bool:
        """One transaction of the worker itself; a failure is logged, and tried again by whoever calls."""
        try:
            with self.db.begin(system_actor(SYSTEM)) as tx:
                act(tx)
        except Unavailable as away:
            log.warning("worker: cannot %s: %s", what, away)
            return False
        except Exception:
            log.exception("worker: %s failed", what)
            return False
        return True

    def _register(self, tx: Tx) -> None:
        self.id = job_queue.register_worker(tx)

    def _wake(self, channels: set[str]) -> None:
        if job_queue.CHANNEL in channels:
            self.jobs_wake.set()
        if sequencer.WAITING in channels:
            self.outbox_wake.set()

    def _sequence(self) -> None:
        given = [0]

        def give(tx: Tx) -> None:
            given[0] = sequencer.sequence(tx)

        while not self.stop.is_set():
            done = self._safely("sequence", give)
            if done and given[0]:
                failpoint("sequencer.committed")
            if not done or given[0] < sequencer.BATCH:
                self.outbox_wake.wait(POLL)
                self.outbox_wake.clear()

    def _watch(self) -> None:
        while not self.stop.wait(WATCH):
            self._safely("heartbeat", lambda tx: job_queue.heartbeat(tx, self.id))
            self._safely("recover", self._recover)

    def _recover(self, tx: Tx) -> None:
        for job, name, failed in job_queue.abandoned(tx, self.recover_after):
            log.warning("job %s (%s) was abandoned by its worker", job, name)
            settle_failure(tx, job, name, failed, "abandoned")
        job_queue.forget_workers(tx, SILENT)

    # jobs

    def _run_jobs(self, queue: str | None) -> None:
        while not self.stop.is_set():
            claimed: list[Claimed] = []
            self._safely("fetch", lambda tx, into=claimed: self._fetch(tx, queue, into))  # type: ignore[misc]
            if claimed:
                failpoint("jobs.fetched", claimed[0].name)
                self._run_job(claimed[0])
            else:
                self.jobs_wake.wait(POLL)
                self.jobs_wake.clear()

    def _fetch(self, tx: Tx, queue: str | None, into: list[Claimed]) -> None:
        found = job_queue.fetch(tx, self.id, queue)
        if found:
            into.append(found)

    def _run_job(self, claimed: Claimed) -> None:
        """The edge: whatever a job raises ends here, as another attempt or as a failed job."""
        running = Running(claimed.id, claimed.name, claimed.asked_by, claimed.failed + 1)
        token = running_job.set(running)
        try:
            self._attempt(claimed)
        except Exception as error:
            log.exception("job %s (%s), attempt %s failed", claimed.id, claimed.name, running.attempt)
            why = type(error).__name__
            self._safely("give back a job", lambda tx: self._give_back(tx, claimed, why))
        finally:
            running_job.reset(token)

    def _attempt(self, claimed: Claimed) -> None:
        found = find_job(claimed.name)
        with self.db.begin(self._actor(claimed)) as tx:
            if job_queue.hold(tx, claimed.id, self.id):
                found.run(tx, **claimed.ids)
                failpoint("jobs.acted", claimed.name)
                job_queue.finish(tx, claimed.id)
                failpoint("jobs.finished", claimed.name)
        failpoint("jobs.committed", claimed.name)

    def _actor(self, claimed: Claimed) -> Actor:
        if claimed.run_as is None:
            return system_actor(claimed.name)
        if claimed.run_as.system:
            return system_actor(claimed.run_as.system)
        return resolve_actor(self.db, claimed.run_as)

    def _give_back(self, tx: Tx, claimed: Claimed, why: str) -> None:
        if job_queue.hold(tx, claimed.id, self.id):
            settle_failure(tx, claimed.id, claimed.name, claimed.failed, why)

    # loops

    def _keep(self, one: Loop) -> None:
        """Keep a loop running: the edge for whatever it raises."""
        while not self.stop.is_set():
            try:
                one.run(self.db, self.stop)
            except Exception:
                log.exception("loop %s failed", one.name)
                self.stop.wait(WATCH)

    # sweepers

    def _sweep(self, sweeper: Sweeper) -> None:
        failures = 0
        pause = 0.0
        while not self.stop.wait(pause):
            failures = self._swept(sweeper, failures)
            slowed = min(2.0**failures, SWEEPER_BACKOFF) if failures else 0.0
            pause = max(sweeper.every, slowed)

    def _swept(self, sweeper: Sweeper, failures: int) -> int:
        """One run → failures in a row. The first failure and the recovery are audited, not each repetition."""
        try:
            with self.sweeping, self.db.begin(system_actor(sweeper.name)) as tx:
                if not leases.take(tx, sweeper.name, sweeper.every):
                    return failures
                failpoint("sweeper.taken", sweeper.name)
                sweeper.run(tx)
                failpoint("sweeper.swept", sweeper.name)
                if failures:
                    audit.record(tx, "sweeper.recovered", ("sweeper", sweeper.name), {"failures": failures})
        except Exception as error:
            log.exception("sweeper %s failed", sweeper.name)
            why = type(error).__name__
            self._safely(
                "tell of a sweeper", partial(_failing, name=sweeper.name, why=why, failures=failures)
            )
            return failures + 1
        failpoint("sweeper.committed", sweeper.name)
        return 0


def settle_failure(tx: Tx, job: int, name: str, failed: int, why: str) -> None:
    """After an attempt that failed: another one later, or, with all used up, keep the job as failed."""
    try:
        attempts = find_job(name).attempts
    except UnknownJob:  # a newer version deferred it; a worker of that version may come
        attempts = DEFAULT_ATTEMPTS
    if failed + 1 < attempts:
        job_queue.retry(tx, job, backoff(failed + 1))
        return
    job_queue.give_up(tx, job)
    audit.record(tx, "job.failed", ("job", job), {"name": name, "why": why, "attempts": failed + 1})


def _failing(tx: Tx, name: str, why: str, failures: int) -> None:
    leases.failed(tx, name, why)
    if failures == 0:
        audit.record(tx, "sweeper.failing", ("sweeper", name), {"why": why})
