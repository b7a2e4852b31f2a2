"""Fixtures of incidents: a database with the small city, its units and rules."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chengyun.kernel.events import Bus
from tests.incidents.support import City, incidents_template
from tests.support import Cluster, opened


@pytest.fixture(scope="session")
def incidents_city(cluster: Cluster) -> str:
    return incidents_template(cluster)


@pytest.fixture
def city(cluster: Cluster, incidents_city: str) -> Iterator[City]:
    """A fresh copy of the small city."""
    with opened(cluster, incidents_city, Bus(), pool_size=4) as database:
        yield City(database)
