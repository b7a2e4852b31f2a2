"""A database with the small city of the territory's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chengyun.kernel.contracts import system_actor
from chengyun.kernel.events import Bus
from chengyun.kernel.transactions import Database, Tx
from chengyun.scenarios import service
from tests.identity.support import peopled_template
from tests.scenarios.support import SHIPPED
from tests.support import Cluster, opened, seeded
from tests.territory.support import small_city_template


@pytest.fixture
def city(cluster: Cluster) -> Iterator[Database]:
    """A fresh copy of the small city, as the application role."""
    with opened(cluster, small_city_template(cluster), Bus(), pool_size=5) as database:
        yield database


@pytest.fixture
def tx(city: Database) -> Iterator[Tx]:
    with city.begin(system_actor("scenarios")) as found:
        yield found


@pytest.fixture
def staged(cluster: Cluster) -> Iterator[Database]:
    """The small city with its units, people and the shipped scenarios in use."""

    def build(database: Database) -> None:
        with database.begin(system_actor("seed")) as tx:
            service.install(tx, [SHIPPED])

    template = cluster.make_template("scenarios", seeded(build), base=peopled_template(cluster))
    with cluster.fresh(template) as links:
        database = Database(links.app_url, Bus(), pool_size=5)
        yield database
        database.dispose()
