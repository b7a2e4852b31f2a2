"""Everything at once, for a while: `make faults` runs it for CHENGYUN_STORM_S seconds (60 unless set), CI does not."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.conftest import Town, a_town
from tests.faults.ledger import Ledger
from tests.faults.support import Process, Wire
from tests.support import Cluster

SECONDS = float(os.environ.get("CHENGYUN_STORM_S", "60"))
SENDERS = 4


@pytest.mark.nightly
def test_processes_are_killed_at_random_while_the_wire_is_cut(
    cluster: Cluster, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Two web processes, two workers and backends of the database die again and again; replies are lost."""
    chance, stop = random.Random(11), threading.Event()
    with a_town(cluster, tmp_path) as town:
        ledger = town.ledger()
        ledger.patience = SECONDS + 120
        processes = [town.process(what) for what in ("serve", "serve", "work", "work")]
        for process in processes:
            process.start()
        wires = [Wire(process.port) for process in processes[:2]]
        for wire in wires:
            wire.on_reply = lambda: chance.random() < 0.7
        killer = threading.Thread(target=storm, args=(town, processes, stop, chance))
        killer.start()
        try:
            with ThreadPoolExecutor(SENDERS) as pool:
                urls = [wire.url for wire in wires]
                for sender in [pool.submit(keep_telling, ledger, urls, n) for n in range(SENDERS)]:
                    sender.result()
            stop.set()
            killer.join()
            found = ledger.settled(60)
        finally:
            stop.set()
            killer.join()
            for process in processes:
                process.kill()
        record_property("kills", sum(process.kills for process in processes))
        record_property("stories", len(ledger.reports))
    assert found == []
    assert len(ledger.reports) >= SENDERS


def keep_telling(ledger: Ledger, urls: list[str], sender: int) -> None:
    end, number = time.monotonic() + SECONDS, 0
    while time.monotonic() < end:
        number += 1
        ledger.tell(urls, f"storm-{sender}-{number:05d}")


def storm(town: Town, processes: list[Process], stop: threading.Event, chance: random.Random) -> None:
    """Kill one of them, or some of the database's connections, every half second or so; what died starts again.

    A web process is let come up before the next strike: under nothing but kills nothing is ever told.
    """
    while not stop.wait(chance.uniform(0.2, 1.0)):
        victim = chance.choice([*processes, None])
        if victim is None:
            town.hub.count(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = current_user"
                " AND pid <> pg_backend_pid() AND random() < 0.3"
            )
        else:
            victim.kill()
            victim.kills += 1
            victim.start()
            while victim.what == "serve" and not victim.healthy() and not stop.wait(0.1):
                pass
