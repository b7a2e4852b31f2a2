"""A small city with things, and the application on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chengyun.kernel.transactions import Database
from tests.sensing.support import Store, sensing_template
from tests.support import Cluster, opened
from tests.web.support import Hub, hub_on


@pytest.fixture
def city(cluster: Cluster) -> Iterator[Database]:
    """A database of the test's own, as the application role."""
    with opened(cluster, sensing_template(cluster)) as db:
        yield db


@pytest.fixture
def store(city: Database) -> Store:
    return Store(city)


@pytest.fixture
def hub(cluster: Cluster, tmp_path: Path) -> Iterator[Hub]:
    """The application on such a database."""
    with cluster.fresh(sensing_template(cluster)) as links, hub_on(links, tmp_path) as found:
        yield found
        desk = getattr(found.app.state, "sensing_desk", None)
        if desk is not None:
            desk.close()
