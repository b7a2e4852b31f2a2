"""The worker is killed while it works through what has come due; the next one finishes, and tells nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from chengyun.incidents import service as incidents
from chengyun.incidents.inputs import ReportIn
from chengyun.kernel import clock
from tests.faults.support import Process, running
from tests.identity.support import SEED
from tests.support import Cluster, Links
from tests.web.support import Hub, hub_on, ruled_template, until

REPORTS = 40
LATE = "SELECT count(*) FROM incidents_incident WHERE lamp = 'red'"
TOLD = "SELECT max(n) FROM (SELECT count(*) n FROM incidents_step WHERE move = 'overdue' GROUP BY incident_id, why, text) x"


@pytest.fixture
def links(cluster: Cluster) -> Iterator[Links]:
    with cluster.fresh(ruled_template(cluster)) as found:
        yield found


@pytest.fixture
def hub(links: Links, tmp_path: Path) -> Iterator[Hub]:
    with hub_on(links, tmp_path) as found:
        yield found


def test_a_killed_worker_s_sweep_is_finished_by_the_next(hub: Hub, links: Links, tmp_path: Path) -> None:
    for number in range(REPORTS):
        with hub.db.begin(SEED) as tx:
            incidents.report(
                tx, ReportIn(f"有一堆垃圾 {number}", 106.45, 29.49, category="0102", level="orange")
            )
    assert hub.count(LATE) == 0
    with hub.db.begin(SEED) as tx:
        clock.advance(tx, timedelta(days=20))
    for point in ("sweeper.swept", "sweeper.committed"):
        with running("work", links, tmp_path, point=f"{point}@incidents.sweep") as armed:
            assert armed.killed_itself(60)
    worker = Process("work", links, tmp_path)
    worker.start()
    try:
        until(lambda: hub.count(LATE) == REPORTS, 60)
        until(lambda: hub.count("SELECT count(*) FROM kernel_outbox WHERE seq IS NULL") == 0)
    finally:
        worker.kill()
    assert hub.count(TOLD) == 1, "each limit is told once"
    assert (
        hub.count(
            "SELECT count(*) FROM kernel_outbox WHERE topic = 'incident' AND payload->>'id' IS NOT NULL"
        )
        >= REPORTS
    )
