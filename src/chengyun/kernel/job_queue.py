"""The queue in PostgreSQL. procrastinate's tables and SQL functions are called here and nowhere else.

Its Python worker is not used (docs/decisions/0003-jobs-and-sweepers.md): our loop commits a job's effect and
its end in one transaction, and the row lock which that transaction holds shows that the job is alive.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from chengyun.kernel.contracts import Actor
from chengyun.kernel.job_registry import ActorRef, Id, find_job
from chengyun.kernel.transactions import Tx

CHANNEL = "procrastinate_any_queue_v1"  # notified by procrastinate's own trigger when a job is inserted
MAX_TEXT_ID = 200


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job that this worker fetched. `failed` counts the attempts that failed before."""

    id: int
    name: str
    ids: dict[str, Id]
    asked_by: ActorRef
    run_as: ActorRef | None
    failed: int


@dataclass(frozen=True, slots=True)
class FailedJob:
    """A job that used up its attempts; it stays until somebody retries or deletes it."""

    id: int
    name: str
    ids: dict[str, Id]
    attempts: int
    failed_at: datetime | None


def defer(tx: Tx, name: str, *, at: datetime | None = None, actor: Actor | None = None, **ids: Id) -> None:
    """Run job `name` after this transaction has committed; if it rolls back, there is no job.

    `ids` are keys of rows (short text or whole numbers), never content: the queue stands outside row-level
    security. `at` is a moment of the city's clock, like `tx.now`. The job runs as its own system actor, or,
    with `actor`, as that actor with the rights it has when the job runs. Raises UnknownJob, TypeError.
    """
    found = find_job(name)
    _check(ids)
    args = {
        "ids": ids,
        "by": ActorRef.of(tx.actor).as_json(),
        "as": ActorRef.of(actor).as_json() if actor else None,
    }
    tx.execute(
        sa.text(
            "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(:queue, :name, 0, NULL, NULL, CAST(:args AS jsonb),"
            " now() + CAST(:delay AS interval))]::procrastinate_job_to_defer_v1[])"
        ),
        {"queue": found.queue, "name": name, "args": json.dumps(args), "delay": at and at - tx.now},
    )


def _check(ids: Mapping[str, object]) -> None:
    for key, value in ids.items():
        if isinstance(value, bool) or not isinstance(value, (int, str)):
            raise TypeError(f"{key}: a job carries ids only, not {type(value).__name__}")
        if isinstance(value, str) and len(value) > MAX_TEXT_ID:
            raise TypeError(f"{key}: {len(value)} characters are content, not an id")


def bring_forward(tx: Tx, delta: timedelta) -> None:
    """Waiting jobs keep their moment of the city's clock when that clock jumps ahead by `delta`."""
    tx.execute(
        sa.text(
            "UPDATE procrastinate_jobs SET scheduled_at = scheduled_at - CAST(:delta AS interval)"
            " WHERE status = 'todo' AND scheduled_at IS NOT NULL"
        ),
        {"delta": delta},
    )


def register_worker(tx: Tx) -> int:
    worker = tx.execute(sa.text("SELECT worker_id FROM procrastinate_register_worker_v1()")).scalar_one()
    return int(worker)


def unregister_worker(tx: Tx, worker: int) -> None:
    tx.execute(sa.text("SELECT procrastinate_unregister_worker_v1(:worker)"), {"worker": worker})


def heartbeat(tx: Tx, worker: int) -> None:
    """For people who look whether a worker lives; recovery does not depend on it."""
    tx.execute(sa.text("SELECT procrastinate_update_heartbeat_v1(:worker)"), {"worker": worker})


def workers_alive(tx: Tx, within: float = 30.0) -> int:
    """How many workers were heard of in the last `within` seconds."""
    query = sa.text("SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - :age")
    return int(tx.execute(query, {"age": timedelta(seconds=within)}).scalar_one())


def fetch(tx: Tx, worker: int, queue: str | None = None) -> Claimed | None:
    """Take the next due job of a queue, or of any; commit at once, then `hold` it in the job's own transaction."""
    row = tx.execute(
        sa.text(
            "SELECT id, task_name, args, attempts"
            " FROM procrastinate_fetch_job_v2(CAST(:queues AS varchar[]), :worker)"
        ),
        {"queues": [queue] if queue else None, "worker": worker},
    ).one()
    if row.id is None:
        return None
    args: dict[str, Any] = row.args
    run_as = args.get("as")
    return Claimed(
        row.id,
        row.task_name,
        args["ids"],
        ActorRef.parse(args["by"]),
        ActorRef.parse(run_as) if run_as else None,
        row.attempts,
    )


def hold(tx: Tx, job: int, worker: int) -> bool:
    """Lock the job's row until this transaction ends; False when it is not this worker's any more."""
    query = sa.text(
        "SELECT 1 FROM procrastinate_jobs WHERE id = :job AND status = 'doing' AND worker_id = :worker"
        " FOR NO KEY UPDATE"
    )
    return tx.execute(query, {"job": job, "worker": worker}).first() is not None


def finish(tx: Tx, job: int) -> None:
    """The job is done: its row goes, in the transaction that holds its effects."""
    tx.execute(sa.text("SELECT procrastinate_finish_job_v1(:job, 'succeeded', true)"), {"job": job})


def give_up(tx: Tx, job: int) -> None:
    """Keep the job as failed."""
    tx.execute(sa.text("SELECT procrastinate_finish_job_v1(:job, 'failed', false)"), {"job": job})


def retry(tx: Tx, job: int, delay: float = 0.0) -> None:
    """Put a running or failed job back, due in `delay` seconds of real time."""
    query = sa.text("SELECT procrastinate_retry_job_v2(:job, now() + :delay, NULL, NULL, NULL)")
    tx.execute(query, {"job": job, "delay": timedelta(seconds=delay)})


def abandoned(tx: Tx, after: float) -> list[tuple[int, str, int]]:
    """Jobs begun more than `after` seconds ago that no transaction holds → (id, name, attempts), locked.

    Their worker died, or lost its connection: a living one holds the row from `hold` until the end.
    """
    query = sa.text(
        "SELECT j.id, j.task_name, j.attempts FROM procrastinate_jobs j WHERE j.status = 'doing' AND NOT EXISTS"
        " (SELECT 1 FROM procrastinate_events e WHERE e.job_id = j.id AND e.type = 'started'"
        "  AND e.at > now() - CAST(:after AS interval))"
        " ORDER BY j.id LIMIT 100 FOR NO KEY UPDATE OF j SKIP LOCKED"
    )
    return [(r.id, r.task_name, r.attempts) for r in tx.execute(query, {"after": timedelta(seconds=after)})]


def forget_workers(tx: Tx, silent: float) -> None:
    """Drop workers not heard of for `silent` seconds that hold no job."""
    query = sa.text(
        "DELETE FROM procrastinate_workers w WHERE last_heartbeat < now() - CAST(:silent AS interval)"
        " AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs j WHERE j.worker_id = w.id AND j.status = 'doing')"
    )
    tx.execute(query, {"silent": timedelta(seconds=silent)})


def failed_jobs(tx: Tx, limit: int = 100) -> list[FailedJob]:
    """Jobs that used up their attempts, newest first."""
    query = sa.text(
        "SELECT j.id, j.task_name, j.args, j.attempts, (SELECT max(e.at) FROM procrastinate_events e"
        " WHERE e.job_id = j.id AND e.type = 'failed') AS failed_at"
        " FROM procrastinate_jobs j WHERE j.status = 'failed' ORDER BY j.id DESC LIMIT :limit"
    )
    rows = tx.execute(query, {"limit": limit})
    return [FailedJob(r.id, r.task_name, r.args["ids"], r.attempts, r.failed_at) for r in rows]


def retry_failed(tx: Tx, job: int) -> bool:
    """Run a failed job again, with all its attempts; False when there is no such failed job."""
    query = sa.text(
        "UPDATE procrastinate_jobs SET attempts = -1 WHERE id = :job AND status = 'failed' RETURNING id"
    )
    if tx.execute(query, {"job": job}).first() is None:
        return False
    retry(tx, job)
    return True
