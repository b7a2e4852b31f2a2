"""A small simulated city with scenarios, staff and three hundred simulated lives."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chengyun.kernel.events import Bus
from chengyun.kernel.transactions import Database
from tests.cli.commanding import city_with_units
from tests.cli.support import peopled, with_history
from tests.support import Cluster, Links, opened


@pytest.fixture(scope="session")
def peopled_city(cluster: Cluster) -> str:
    """Template: the small city with units, shipped scenarios, demo accounts and simulated staff."""
    return peopled(cluster)


@pytest.fixture(scope="session")
def lived_city(cluster: Cluster) -> str:
    """Template: the same with simulated history."""
    return with_history(cluster)


@pytest.fixture
def people(cluster: Cluster, peopled_city: str) -> Iterator[Database]:
    with opened(cluster, peopled_city, Bus(), pool_size=4) as database:
        yield database


@pytest.fixture
def lived(cluster: Cluster, lived_city: str) -> Iterator[Database]:
    with opened(cluster, lived_city, Bus(), pool_size=4) as database:
        yield database


@pytest.fixture
def city(cluster: Cluster) -> Iterator[Links]:
    """The small city with its units, as URLs."""
    with cluster.fresh(city_with_units(cluster)) as links:
        yield links
