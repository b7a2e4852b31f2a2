"""Fixtures of the HTTP tests: the cast's database with the application on it, once per worker and per test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import Cluster
from tests.web.cast import Sight, hub_template
from tests.web.support import Hub, Look, Looker, Register, direct, hub_on, ruled_template, served


@pytest.fixture(scope="session")
def cast_hub(cluster: Cluster) -> Iterator[Hub]:
    """The whole cast behind a real server, shared by this worker's tests, which leave it as they found it."""
    home = cluster.folder / "hub-home"
    with cluster.fresh(hub_template(cluster)) as links, hub_on(links, home) as hub, served(hub):
        yield hub


@pytest.fixture(scope="session")
def register(cluster: Cluster, cast_hub: Hub) -> Register:
    """What the cast's database holds."""
    return Register.load(cluster.folder / "hub.json")


@pytest.fixture
def hub(cluster: Cluster, tmp_path: Path) -> Iterator[Hub]:
    """A database of this test's own (small city, scenarios, demo accounts) behind a real server."""
    with cluster.fresh(ruled_template(cluster)) as links, hub_on(links, tmp_path) as found, served(found):
        yield found


@pytest.fixture(scope="module")
def stage(cluster: Cluster) -> Iterator[Hub]:
    """The cast on a database of this module's own."""
    with cluster.fresh(hub_template(cluster)) as links, hub_on(links, cluster.folder / "hub-home") as hub:
        yield hub


@pytest.fixture(scope="module")
def known(cluster: Cluster, stage: Hub) -> Register:
    return Register.load(cluster.folder / "hub.json")


@pytest.fixture(scope="module")
def sight(stage: Hub, known: Register) -> Sight:
    return Sight(stage, known)


@pytest.fixture(scope="module")
def look(stage: Hub, known: Register) -> Iterator[Look]:
    with direct(stage) as client:
        yield lambda who: Looker(client, known, who)
