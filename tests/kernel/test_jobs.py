"""Jobs and sweepers on a real queue, with real workers."""

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests.kernel.working import until, worker
from tests.support import actor

from chengyun.kernel import job_worker, jobs
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.job_registry import backoff, find_job
from chengyun.kernel.transactions import Database, Tx

TEST = system_actor("test")
seen: list[tuple[object, ...]] = []
trouble = {"left": 0}
holding = threading.Event()


def mark(tx: Tx, text: str) -> None:
    """A row that only stays when the job's transaction commits."""
    tx.execute(
        sa.text("INSERT INTO kernel_idempotency (scope, key, body_hash, status) VALUES ('t', :k, '', 0)"),
        {"k": text},
    )


def marks(db: Database) -> list[str]:
    with db.begin(TEST) as tx:
        return list(tx.execute(sa.text("SELECT key FROM kernel_idempotency ORDER BY key")).scalars())


@jobs.job("test.note")
def note(tx: Tx, **ids: int | str) -> None:
    running = jobs.running_job.get()
    seen.append((tx.actor, running and running.asked_by, ids))


@jobs.job("test.flaky", attempts=3)
def flaky(tx: Tx, number: int) -> None:
    mark(tx, f"{number}-{trouble['left']}")
    if trouble["left"]:
        trouble["left"] -= 1
        raise RuntimeError("not yet")


@jobs.job("test.poison", attempts=2)
def poison(tx: Tx, number: int) -> None:
    mark(tx, "must never stay")
    raise ValueError(number)


@jobs.job("test.slow")
def slow(tx: Tx, folder: str) -> None:
    """Says that it runs; the first time it then hangs until its process is killed."""
    path = Path(folder)
    count = len(list(path.iterdir()))
    mark(tx, f"run {count}")
    (path / f"began-{count}").touch()
    if count == 0:
        time.sleep(120)


@jobs.job("test.long")
def long(tx: Tx) -> None:
    holding.wait(20)


@jobs.job("test.urgent", jobs.URGENT)
def urgent(tx: Tx) -> None:
    mark(tx, "urgent")


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    seen.clear()
    trouble["left"] = 0
    monkeypatch.setattr(job_worker, "backoff", lambda failed: 0.01 * failed)
    monkeypatch.setattr(job_worker, "WATCH", 0.1)


def queue(db: Database) -> list[tuple[str, str]]:
    with db.begin(TEST) as tx:
        rows = tx.execute(sa.text("SELECT task_name, status::text FROM procrastinate_jobs ORDER BY id"))
        return [tuple(row) for row in rows]


def test_a_rolled_back_transaction_leaves_no_job(db: Database) -> None:
    def defer_and_fail() -> None:
        with db.begin(actor()) as tx:
            jobs.defer(tx, "test.note", incident=1)
            assert tx.execute(sa.text("SELECT count(*) FROM procrastinate_jobs")).scalar_one() == 1
            raise RuntimeError("undo")

    with pytest.raises(RuntimeError, match="undo"):
        defer_and_fail()
    assert queue(db) == []


def test_a_job_runs_after_commit_as_itself_and_knows_who_asked(db: Database) -> None:
    with worker(db):
        with db.begin(actor(id=5, post=9)) as tx:
            jobs.defer(tx, "test.note", incident=7, kind="urge")
            time.sleep(0.3)
            assert not seen, "not before the commit"
        until(lambda: seen and not queue(db))
    who, asked_by, ids = seen[0]
    assert isinstance(who, Actor)
    assert (who.kind, who.system) == ("system", "test.note")
    assert asked_by == jobs.ActorRef("person", 5, 9)
    assert ids == {"incident": 7, "kind": "urge"}


def test_a_job_deferred_with_an_actor_runs_with_the_rights_it_has_then(db: Database) -> None:
    jobs.resolve_actors_with(lambda _db, ref: actor({"today"}, id=ref.id, post=ref.post))
    with db.begin(actor({"yesterday"}, id=5, post=9)) as tx:
        jobs.defer(tx, "test.note", actor=tx.actor, incident=1)
    with worker(db):
        until(lambda: seen)
    assert seen[0][0] == actor({"today"}, id=5, post=9)


def test_only_ids_travel(db: Database) -> None:
    with db.begin(TEST) as tx:
        for content in (1.5, True, None, ["a"], "x" * 201):
            with pytest.raises(TypeError):
                jobs.defer(tx, "test.note", value=content)  # type: ignore[arg-type]
        with pytest.raises(jobs.UnknownJob):
            jobs.defer(tx, "test.no_such_job")
    assert queue(db) == []


def test_a_job_waits_for_its_moment(db: Database) -> None:
    with db.begin(TEST) as tx:
        jobs.defer(tx, "test.note", at=tx.now + timedelta(seconds=1.5), n=1)
        jobs.defer(tx, "test.note", at=tx.now - timedelta(hours=1), n=2)
    began = time.monotonic()
    with worker(db):
        until(lambda: len(seen) == 2)
    assert [ids for _, _, ids in seen] == [{"n": 2}, {"n": 1}]
    assert time.monotonic() - began > 1.0


def test_what_is_urgent_waits_behind_nothing_else(db: Database) -> None:
    with db.begin(TEST) as tx:
        for _ in range(5):
            jobs.defer(tx, "test.long")
        jobs.defer(tx, "test.urgent")
    with worker(db):
        until(lambda: marks(db) == ["urgent"], 5)
        assert len(queue(db)) == 5
        holding.set()


def test_a_failed_attempt_leaves_nothing_and_comes_again(db: Database) -> None:
    trouble["left"] = 2
    with db.begin(TEST) as tx:
        jobs.defer(tx, "test.flaky", number=1)
    with worker(db):
        until(lambda: not queue(db))
    assert marks(db) == ["1-0"]


def test_backoff_grows_to_a_limit() -> None:
    assert [backoff(n) for n in (1, 2, 3, 20)] == [1, 2, 4, 300]


def test_a_poison_job_is_kept_as_failed_seen_audited_and_can_be_tried_again(db: Database) -> None:
    with db.begin(TEST) as tx:
        jobs.defer(tx, "test.poison", number=3)
        jobs.defer(tx, "test.note", after="poison")
    with worker(db):
        until(lambda: ("test.poison", "failed") in queue(db) and seen)
    assert marks(db) == []
    with db.begin(TEST) as tx:
        failed = jobs.failed_jobs(tx)
        assert [(f.name, f.ids, f.attempts) for f in failed] == [("test.poison", {"number": 3}, 2)]
        assert failed[0].failed_at is not None
        told = tx.execute(sa.text("SELECT detail FROM kernel_audit WHERE action = 'job.failed'")).scalar_one()
        assert told.pop("asked_by")["system"] == "test"
        assert told == {"name": "test.poison", "why": "ValueError", "attempts": 2}
        assert jobs.retry_failed(tx, failed[0].id)
        assert not jobs.retry_failed(tx, failed[0].id)
    with worker(db):
        until(lambda: ("test.poison", "failed") in queue(db))
    with db.begin(TEST) as tx:
        assert jobs.failed_jobs(tx)[0].attempts == 2, "all its attempts again"


KILLED = """
import sys, threading
import tests.kernel.test_jobs
from chengyun.kernel import jobs
from chengyun.kernel.transactions import Database
jobs.run_worker(Database(sys.argv[1]), threading.Event(), only=lambda name: False)
"""


def test_a_job_whose_worker_is_killed_runs_again_and_counts_once(db: Database, tmp_path: Path) -> None:
    with db.begin(TEST) as tx:
        jobs.defer(tx, "test.slow", folder=str(tmp_path))
    process = subprocess.Popen([sys.executable, "-c", KILLED, db.url], env={**os.environ, "PYTHONPATH": "."})
    try:
        until((tmp_path / "began-0").exists, 60)
        with worker(db, recover_after=0.2):
            time.sleep(1.0)
            assert queue(db) == [("test.slow", "doing")], "a living worker keeps its job, however slow"
            process.send_signal(signal.SIGKILL)
            process.wait()
            until(lambda: not queue(db))
    finally:
        process.kill()
        process.wait()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["began-0", "began-1"]
    assert marks(db) == ["run 1"]


def test_a_job_that_kills_every_worker_ends_as_failed(db: Database) -> None:
    with db.begin(TEST) as tx:
        jobs.defer(tx, "test.note", n=1)
        attempts = find_job("test.note").attempts
        tx.execute(
            sa.text("UPDATE procrastinate_jobs SET status = 'doing', attempts = :n"), {"n": attempts - 1}
        )
    with worker(db, recover_after=0.0):
        until(lambda: queue(db) == [("test.note", "failed")])
    assert not seen


def test_jobs_of_an_unknown_name_wait_and_then_fail(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with db.begin(TEST) as tx:
        jobs.defer(tx, "test.note", n=1)
        tx.execute(sa.text("UPDATE procrastinate_jobs SET task_name = 'newer.version'"))
    with worker(db):
        until(lambda: queue(db) == [("newer.version", "failed")])


sweeps: list[float] = []
sweeping = {"now": 0, "most": 0, "fail": 0}


@jobs.periodic("test.sweep", every=0.1)
def sweep(tx: Tx) -> None:
    assert tx.actor == system_actor("test.sweep")
    if sweeping["fail"]:
        sweeping["fail"] -= 1
        raise RuntimeError("no")
    sweeping["now"] += 1
    sweeping["most"] = max(sweeping["most"], sweeping["now"])
    time.sleep(0.05)
    sweeps.append(time.monotonic())
    sweeping["now"] -= 1


def test_a_sweeper_runs_again_and_again_one_at_a_time_across_workers(db: Database) -> None:
    sweeps.clear()
    sweeping.update(now=0, most=0, fail=0)
    with worker(db, "test.sweep"), worker(db, "test.sweep"):
        until(lambda: len(sweeps) >= 6)
    assert sweeping["most"] == 1
    gaps = [b - a for a, b in itertools.pairwise(sweeps)]
    assert min(gaps) > 0.045, "two workers do not sweep twice as often"
    with db.begin(TEST) as tx:
        state = {s.name: s for s in jobs.sweeper_states(tx)}["test.sweep"]
    assert state.runs == len(sweeps)
    assert state.last_error is None


def test_a_sweeper_that_fails_goes_on_and_is_told_once(db: Database) -> None:
    sweeps.clear()
    sweeping.update(now=0, most=0, fail=2)
    with worker(db, "test.sweep"):
        until(lambda: sweeping["fail"] == 1)
        until(lambda: _last_error(db) == "RuntimeError")
        until(lambda: sweeps)
        until(lambda: _last_error(db) is None)
    with db.begin(TEST) as tx:
        told = tx.execute(sa.text("SELECT action, detail FROM kernel_audit ORDER BY id")).all()
    assert [tuple(row) for row in told] == [
        ("sweeper.failing", {"why": "RuntimeError"}),
        ("sweeper.recovered", {"failures": 2}),
    ]


def _last_error(db: Database) -> str | None:
    with db.begin(TEST) as tx:
        states = {s.name: s.last_error for s in jobs.sweeper_states(tx)}
    return states.get("test.sweep")


def test_a_name_belongs_to_one_function() -> None:
    assert {"test.note", "test.sweep", "kernel.audit_seal"} <= set(jobs.registered())
    with pytest.raises(ValueError, match="already registered"):
        jobs.job("test.note")(poison)
    jobs.job("test.note")(note)
    assert find_job("test.note").run is note


def test_a_worker_that_is_alive_can_be_seen(db: Database) -> None:
    def alive() -> int:
        with db.begin(TEST) as tx:
            return jobs.workers_alive(tx)

    with worker(db):
        until(lambda: alive() == 1)
    assert alive() == 0


def test_the_worker_waits_for_a_database_that_is_away() -> None:
    away = Database("postgresql://nobody:none@127.0.0.1:1/none")
    stop = threading.Event()
    thread = threading.Thread(target=jobs.run_worker, args=(away, stop), daemon=True)
    thread.start()
    time.sleep(0.5)
    assert thread.is_alive()
    stop.set()
    thread.join(15)
    assert not thread.is_alive()
    away.dispose()


def test_a_loop_runs_in_the_worker_until_it_stops(db: Database) -> None:
    began, ended = threading.Event(), threading.Event()

    @jobs.loop("test.loop")
    def keep(own: Database, stop: threading.Event) -> None:
        with own.begin(system_actor("test.loop")) as tx:  # it opens its own transactions
            assert tx.now is not None
        began.set()
        stop.wait(20)
        ended.set()

    assert "test.loop" in jobs.registered()
    with worker(db, "test.loop"):
        assert began.wait(20)
        assert not ended.is_set()
    assert ended.is_set()
