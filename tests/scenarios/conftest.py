"""A database with the small city of the territory's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chengyun.kernel.contracts import system_actor
from chengyun.kernel.events import Bus
from chengyun.kernel.transactions import Database, Tx
from tests.support import Cluster
from tests.territory.support import small_city_template


@pytest.fixture
def city(cluster: Cluster) -> Iterator[Database]:
    """A fresh copy of the small city, as the application role."""
    with cluster.fresh(small_city_template(cluster)) as links:
        database = Database(links.app_url, Bus(), pool_size=5)
        yield database
        database.dispose()


@pytest.fixture
def tx(city: Database) -> Iterator[Tx]:
    with city.begin(system_actor("scenarios")) as found:
        yield found
