"""Fixtures of the territory: a database with the small city."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chengyun.kernel.contracts import system_actor
from chengyun.kernel.transactions import Database, Tx
from tests.support import Cluster, opened
from tests.territory.support import small_city_template


@pytest.fixture
def city_db(cluster: Cluster) -> Iterator[Database]:
    """A fresh database with the small city, as the application role."""
    with opened(cluster, small_city_template(cluster)) as database:
        yield database


@pytest.fixture
def city_tx(city_db: Database) -> Iterator[Tx]:
    """A system transaction in the small city."""
    with city_db.begin(system_actor("seed")) as tx:
        yield tx
