"""Builds that are broken on purpose: what the harness must notice, or it proves nothing.

Each defect is put into a forked process of its own; `at` is the point at which that process dies ("" where the defect
shows without).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from chengyun.attachments import uploading
from chengyun.attachments.storage import DiskStorage
from chengyun.incidents.clock import sweeper
from chengyun.incidents.reporting import once
from chengyun.kernel import audit, job_queue, job_worker, outbox
from chengyun.kernel.contracts import Actor
from chengyun.kernel.failpoints import failpoint
from chengyun.kernel.job_registry import find_job
from chengyun.kernel.transactions import Ask, Database, Tx


@dataclass(frozen=True, slots=True)
class Defect:
    """What is broken, in which process, and where that process is killed."""

    what: str
    process: str  # serve | work
    at: str
    break_it: Callable[[], None]


@contextmanager
def apart(tx: Tx, actor: Actor | None = None) -> Iterator[Tx]:
    """Another transaction than the one that one is in."""
    database = Database(tx.conn.engine.url.render_as_string(hide_password=False), pool_size=1)
    try:
        with database.begin(actor or tx.actor) as other:
            yield other
    finally:
        database.dispose()


def reply_before_commit() -> None:
    """The answer leaves while the commit is still on its way."""
    begin = Database.begin

    @contextmanager
    def eager(self: Database, actor: Actor, ask: Ask | None = None) -> Iterator[Tx]:
        if actor.kind != "person" and actor.system != "intake":
            with begin(self, actor, ask) as tx:
                yield tx
            return
        inner = begin(self, actor, ask)
        yield inner.__enter__()
        threading.Timer(1.0, inner.__exit__, (None, None, None)).start()

    Database.begin = eager  # type: ignore[assignment, method-assign]


def receipt_first() -> None:
    """The receipt is committed on its own, before the report."""
    remember = once.remember

    def early(tx: Tx, *given: Any) -> None:
        with apart(tx) as other:
            remember(other, *given)

    once.remember = early


def receipt_never() -> None:
    """The receipt is not kept: every retry is a new report."""
    once.remember = lambda *_given: None


def audit_apart() -> None:
    """Audit rows are committed on their own, whether the act counts or not."""
    record = audit.record

    def alone(tx: Tx, *given: Any) -> None:
        with apart(tx) as other:
            record(other, *given)

    audit.record = alone


def news_apart() -> None:
    """News are committed on their own, after the act."""
    begin, emit = Database.begin, outbox.emit
    waiting: list[tuple[Any, ...]] = []
    outbox.emit = lambda _tx, *given: waiting.append(given)

    @contextmanager
    def later(self: Database, actor: Actor, ask: Ask | None = None) -> Iterator[Tx]:
        with begin(self, actor, ask) as tx:
            yield tx
        while waiting:
            failpoint("intake.committed")
            with begin(self, actor) as tx:
                emit(tx, *waiting.pop(0))

    Database.begin = later  # type: ignore[assignment, method-assign]


def row_before_content() -> None:
    """The upload's row is committed; its content follows."""

    def named(tx: Tx, storage: Any, sha256: str, size: int, media: str, _stream: Any) -> None:
        values = {"sha256": sha256, "bytes": size, "media": media, "storage": storage.name}
        tx.execute(sa.insert(uploading.blobs).values(values))

    place = DiskStorage.put
    DiskStorage.put = lambda self, *given: threading.Timer(1.0, place, (self, *given)).start()  # type: ignore[method-assign]
    uploading.hold = named


def job_ended_first() -> None:
    """A job's end is committed before its work."""

    def attempt(self: job_worker.Worker, claimed: job_queue.Claimed) -> None:
        actor = self._actor(claimed)
        with self.db.begin(actor) as tx:
            job_queue.finish(tx, claimed.id)
        failpoint("jobs.acted", claimed.name)
        with self.db.begin(actor) as tx:
            find_job(claimed.name).run(tx, **claimed.ids)

    job_worker.Worker._attempt = attempt  # type: ignore[method-assign]


def job_ended_later() -> None:
    """A job's work is committed before its end."""

    def attempt(self: job_worker.Worker, claimed: job_queue.Claimed) -> None:
        actor = self._actor(claimed)
        with self.db.begin(actor) as tx:
            find_job(claimed.name).run(tx, **claimed.ids)
        failpoint("jobs.acted", claimed.name)
        with self.db.begin(actor) as tx:
            job_queue.finish(tx, claimed.id)

    job_worker.Worker._attempt = attempt  # type: ignore[method-assign]


def job_taken_for_good() -> None:
    """A job that its worker took is never given to another."""
    job_queue.abandoned = lambda *_given: []


def sweeper_skips() -> None:
    """The sweeper puts every second deadline aside without telling it."""
    tell = sweeper._tell_due
    count = iter(range(10**9))

    def skipping(swept: Any, row: Any, running: Any) -> None:
        if next(count) % 2:
            statement = "UPDATE incidents_deadline SET state = 'done' WHERE id = :id"
            swept.tx.execute(sa.text(statement), {"id": running.id})
        else:
            tell(swept, row, running)

    sweeper._tell_due = skipping


def sweeper_tells_twice() -> None:
    """What was swept is committed, that it was swept is not."""
    write = sweeper.write
    sweeper.write = lambda tx, lives, _fired: write(tx, lives, [])


def sealer_forgets() -> None:
    """The sealer passes over rows whose id is odd."""
    text = sa.text

    def odd(query: str) -> Any:
        return text(query.replace("WHERE seq IS NULL ORDER", "WHERE seq IS NULL AND id % 2 = 0 ORDER"))

    class Forgetful:
        text = staticmethod(odd)

    audit.sa = Forgetful


DEFECTS: dict[str, Defect] = {
    function.__name__: Defect((function.__doc__ or "").strip(), process, at, function)
    for function, process, at in (
        (reply_before_commit, "serve", "web.replied"),
        (receipt_first, "serve", "intake.receipt"),
        (receipt_never, "serve", "intake.committed"),
        (audit_apart, "serve", "attachments.recorded"),
        (news_apart, "serve", "intake.committed"),
        (row_before_content, "serve", "attachments.committed"),
        (job_ended_first, "work", "jobs.acted@faults.note"),
        (job_ended_later, "work", "jobs.acted@faults.note"),
        (job_taken_for_good, "work", "jobs.fetched@faults.note"),
        (sweeper_skips, "work", ""),
        (sweeper_tells_twice, "work", ""),
        (sealer_forgets, "work", ""),
    )
}
