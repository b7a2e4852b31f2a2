"""The harness against builds that are broken on purpose: one that it does not notice fails its test here.

CI runs three of them, `make faults` all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from chengyun.incidents import service as incidents
from chengyun.incidents.inputs import ReportIn
from chengyun.kernel import clock
from tests.faults.conftest import Town, a_town
from tests.faults.defects import DEFECTS
from tests.faults.ledger import Ledger, Refused
from tests.faults.support import Process
from tests.identity.support import SEED
from tests.support import Cluster

IN_CI = {"receipt_first", "job_ended_first", "sweeper_skips"}
OVERDUE = 4


@pytest.fixture
def town(cluster: Cluster, tmp_path: Path) -> Iterator[Town]:
    """What is broken stays in a town of its own."""
    with a_town(cluster, tmp_path) as found:
        yield found


def marked(names: Iterable[str]) -> list[object]:
    return [pytest.param(name, marks=() if name in IN_CI else pytest.mark.nightly) for name in names]


@pytest.mark.parametrize("name", marked(sorted(DEFECTS)))
def test_a_broken_build_is_noticed(
    town: Town, name: str, record_property: Callable[[str, object], None]
) -> None:
    defect = DEFECTS[name]
    found = through(town, defect.process, defect.at, name)
    record_property("noticed", bool(found))
    assert found, defect.what


@pytest.mark.nightly
@pytest.mark.parametrize("process", ["serve", "work"])
def test_a_sound_build_is_not_accused(town: Town, process: str) -> None:
    assert through(town, process, "", "") == []


def through(town: Town, process: str, at: str, defect: str) -> list[str]:
    """Some work with a process that has `defect` and dies `at`; a sound one carries on. What is then wrong."""
    ledger = town.ledger()
    one = town.process(process, at, defect)
    if process == "work":
        ledger.defer(0)
        overdue(town, ledger)
    one.start()
    try:
        use(town, ledger, one, at)
    except Refused as refused:
        return [str(refused)]
    finally:
        one.kill()
    sound = town.process("work", defect="" if at else defect)
    sound.start()
    try:
        return ledger.settled(4)
    finally:
        sound.kill()


def use(town: Town, ledger: Ledger, one: Process, at: str) -> None:
    if one.what == "serve":
        one.wait_healthy()
        ledger.tell([one.url, town.hub.url], "a-report")
    if at:
        assert one.killed_itself()
    elif one.what == "work":
        ledger.settled(3)


def overdue(town: Town, ledger: Ledger) -> None:
    for number in range(OVERDUE):
        with town.hub.db.begin(SEED) as tx:
            given = ReportIn(f"有一堆垃圾 {number}", 106.45, 29.49, category="0102", level="orange")
            ledger.overdue.add(incidents.report(tx, given).incident)
    with town.hub.db.begin(SEED) as tx:
        clock.advance(tx, timedelta(days=20))
