"""A real PostgreSQL for every test: one cluster per run, one template, one database per test."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

import tests.hashing  # noqa: F401  for every test
from chengyun.kernel.contracts import system_actor
from chengyun.kernel.events import Bus
from chengyun.kernel.transactions import Database, Tx
from tests.support import Cluster, Links, migrated, run_name, shared_cluster


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """PostgreSQL shared by all workers of this run; `cluster.make_template` builds further templates."""
    with shared_cluster(run_name()) as found:
        yield found


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> str:
    """Name of the database with every migration applied and no rows; copies of it are cheap."""
    return cluster.make_template("schema", migrated)


@pytest.fixture
def links(cluster: Cluster, template: str) -> Iterator[Links]:
    """A fresh, migrated database for this test, as URLs."""
    with cluster.fresh(template) as found:
        yield found


@pytest.fixture
def db(links: Links) -> Iterator[Database]:
    """The test's database as the application role."""
    database = Database(links.app_url, Bus(), pool_size=5)
    yield database
    database.dispose()


@pytest.fixture
def owner_conn(links: Links) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """The test's database as its owner, autocommit: for what the application role may not do."""
    with psycopg.connect(links.owner_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def system_tx(db: Database) -> Iterator[Tx]:
    """A transaction of the system actor "seed", which every protected table is open to."""
    with db.begin(system_actor("seed")) as tx:
        yield tx


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How often the isolation tests asked for what they must not see, and how much the parity tests compared."""
    reports = [report for found in terminalreporter.stats.values() for report in found]
    calls = [
        report for report in reports if getattr(report, "when", "") == "call"
    ]  # setup and teardown repeat them
    properties = [pair for report in calls for pair in report.user_properties]
    probes = sum(int(value) for name, value in properties if name == "probes")
    if probes:
        terminalreporter.write_line(f"jurisdiction: {probes:,} probes")
    for name, told in properties:
        if name == "parity":
            terminalreporter.write_line(f"parity: {told}")
    seeded = sum(name == "leak" for name, _ in properties)
    if seeded:
        caught = sum(name == "caught" for name, _ in properties)
        terminalreporter.write_line(f"seeded leaks: {caught} of {seeded} caught ({caught / seeded:.0%})")
