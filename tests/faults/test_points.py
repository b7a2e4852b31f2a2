"""kill -9 at every named point: whatever was acknowledged is stored and routed, once.

The armed process dies at its point; another one of the same installation carries on, as the supervisor's next one
would. A point that nothing here passes fails this test, and so does one that the code passes without being listed.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

import chengyun
from chengyun.incidents import service as incidents
from chengyun.incidents.inputs import ReportIn
from chengyun.kernel import clock, failpoints
from tests.faults.conftest import Town
from tests.faults.ledger import Ledger, picture
from tests.identity.support import SEED
from tests.web.support import COOKIE, PLAIN, WRITE

SWEEP = "incidents.sweep"
# points of the worker → what it is at work on when it dies
WORK = {
    "jobs.fetched": "faults.note",
    "jobs.acted": "faults.note",
    "jobs.finished": "faults.note",
    "jobs.committed": "faults.note",
    "sweeper.taken": SWEEP,
    "sweeper.swept": SWEEP,
    "sweeper.committed": SWEEP,
    "sequencer.numbered": "",
    "sequencer.committed": "",
    "audit.sealed": "",
    "attachments.dropped": "",
}
LEFT_OVER = (
    "SELECT count(*) FROM attachments_blob b WHERE NOT EXISTS"
    " (SELECT 1 FROM attachments_item i WHERE b.sha256 IN (i.sha256, i.thumb_sha256, i.public_sha256))"
)
AT_NIGHT = {"attachments.written", "attachments.placed", "attachments.recorded", "attachments.bound"}
WEB = sorted(set(failpoints.POINTS) - set(WORK))


@pytest.fixture(scope="module")
def ledger(town: Town) -> Ledger:
    return town.ledger()


def passed_in_the_code() -> set[str]:
    """The names that the product passes."""
    found = set()
    for file in Path(chengyun.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "failpoint":
                assert isinstance(node.args[0], ast.Constant), file
                found.add(node.args[0].value)
    return found


def test_every_point_of_the_code_is_listed_and_the_other_way_round() -> None:
    assert passed_in_the_code() == set(failpoints.POINTS)
    assert set(WORK) <= set(failpoints.POINTS)


def test_a_point_that_does_not_exist_stops_the_start() -> None:
    with pytest.raises(ValueError, match=r"intake\.nowhere"):
        failpoints.arm("intake.nowhere")


@pytest.mark.parametrize(
    "point", [pytest.param(one, marks=pytest.mark.nightly if one in AT_NIGHT else ()) for one in WEB]
)
def test_the_web_process_dies_at(
    town: Town, ledger: Ledger, point: str, record_property: Callable[[str, object], None]
) -> None:
    armed = town.process("serve", point)
    armed.start()
    try:
        armed.wait_healthy()
        ledger.tell([armed.url, town.hub.url], f"web-{point}")
        assert armed.killed_itself()
        record_property("kills", 1)
    finally:
        armed.kill()
    assert not [fault for fault in ledger.faults() if "seal" not in fault and "news" not in fault]


@pytest.mark.parametrize("point", WORK)
def test_the_worker_dies_at(
    town: Town, ledger: Ledger, point: str, record_property: Callable[[str, object], None]
) -> None:
    """Each leaves its work to the next one; what became of all of it is seen at the end."""
    ledger.defer(len(ledger.notes))
    give_work(town, ledger, point)
    armed = town.process("work", f"{point}@{WORK[point]}" if WORK[point] else point)
    armed.start()
    try:
        assert armed.killed_itself()
        record_property("kills", 1)
    finally:
        armed.kill()


def test_nothing_was_lost_and_nothing_counts_twice(town: Town, ledger: Ledger) -> None:
    worker = town.process("work")
    worker.start()
    try:
        found = ledger.settled(30)
    finally:
        worker.kill()
    assert not found
    assert town.hub.count(LEFT_OVER) == 0


def give_work(town: Town, ledger: Ledger, point: str) -> None:
    """Something that the worker will be at when it dies: an overdue incident, news, an upload nobody claimed."""
    with town.hub.db.begin(SEED) as tx:
        told = incidents.report(
            tx, ReportIn(f"有一堆垃圾 {point}", 106.45, 29.49, category="0102", level="orange")
        )
    ledger.overdue.add(told.incident)
    with town.hub.db.begin(SEED) as tx:
        clock.advance(tx, timedelta(days=20))
        tx.execute(sa.text("UPDATE kernel_lease SET last_run = NULL"))
    if point == "attachments.dropped":
        leave_upload(town, ledger, point)


def leave_upload(town: Town, ledger: Ledger, point: str) -> None:
    """An upload of two days ago that no report has used."""
    photo = {"file": ("a.jpg", picture(point), "image/jpeg")}
    where = f"{town.hub.url}/api/attachments"
    sent = httpx.post(where, files=photo, headers=WRITE, cookies={COOKIE: town.cookie}, **PLAIN)
    assert sent.status_code == 201
    with town.hub.db.begin(SEED) as tx:
        statement = "UPDATE attachments_item SET uploaded_at = now() - interval '2 days' WHERE id = :id"
        tx.execute(sa.text(statement), {"id": sent.json()["id"]})
    ledger.purged += 1
