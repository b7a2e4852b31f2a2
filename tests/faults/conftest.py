"""A city of a module's own, seen from within the test and by processes that are killed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.ledger import Ledger
from tests.faults.support import Process
from tests.support import Cluster, Links, quick_folder
from tests.web.support import COOKIE, Hub, browser, hub_on, ruled_template, served, sign_in


@dataclass
class Town:
    """A database, its home, and a web server that nothing happens to."""

    links: Links
    home: Path
    hub: Hub
    cookie: str

    def ledger(self) -> Ledger:
        return Ledger(self.hub, self.home, self.cookie)

    def process(self, what: str, point: str = "", defect: str = "") -> Process:
        """Another process of the same installation."""
        return Process(what, self.links, self.home, point, defect)


@pytest.fixture(scope="module")
def open_folder() -> Iterator[Path]:
    """One that the database's account can reach also where root runs the tests. What kills a process spares memory too."""
    with tempfile.TemporaryDirectory(prefix="chengyun-drill-", dir=quick_folder()) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@contextmanager
def a_town(cluster: Cluster, home: Path) -> Iterator[Town]:
    """A fresh one, signed in as somebody on duty."""
    with cluster.fresh(ruled_template(cluster)) as links, hub_on(links, home) as hub, served(hub):
        with browser(hub) as client:
            sign_in(client, "shiqiaopu-duty")
            cookie = str(client.cookies[COOKIE])
        yield Town(links, home, hub, cookie)


@pytest.fixture(scope="module")
def town(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One town for all tests of a module."""
    with a_town(cluster, tmp_path_factory.mktemp("town")) as found:
        yield found


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many of the builds that were broken on purpose were caught, and how many processes were killed."""
    reports = [report for found in terminalreporter.stats.values() for report in found]
    called = [report for report in reports if getattr(report, "when", "") == "call"]
    told = [pair for report in called for pair in report.user_properties]
    caught = [value for name, value in told if name == "noticed"]
    if caught:
        terminalreporter.write_line(f"broken builds: {sum(caught)} of {len(caught)} caught")
    kills = sum(int(value) for name, value in told if name == "kills")
    if kills:
        terminalreporter.write_line(f"kill -9: {kills:,} processes")
