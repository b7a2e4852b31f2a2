"""Fixtures of identity: a database with the small city, its units and the demo accounts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from chengyun.identity.service import register
from chengyun.kernel.events import Bus
from chengyun.kernel.transactions import Database
from tests.identity.support import SEED, application, paths, peopled_template
from tests.support import Cluster, Links
from tests.territory.support import small_city_template


@pytest.fixture
def city_links(cluster: Cluster) -> Iterator[Links]:
    """A fresh peopled database, as URLs."""
    with cluster.fresh(peopled_template(cluster)) as links:
        yield links


@pytest.fixture
def city(city_links: Links) -> Iterator[Database]:
    """A fresh peopled database, as the application role."""
    bus = Bus()
    register(bus)
    database = Database(city_links.app_url, bus)
    yield database
    database.dispose()


@pytest.fixture
def place(city: Database) -> dict[str, int]:
    """Region ids by path."""
    with city.begin(SEED) as tx:
        return paths(tx)


@pytest.fixture
def app(city: Database, tmp_path: Path) -> FastAPI:
    """Identity over HTTP in demo mode."""
    return application(city, tmp_path)


@pytest.fixture
def small_links(cluster: Cluster) -> Iterator[Links]:
    """A fresh database with the small city only: no units, no people."""
    with cluster.fresh(small_city_template(cluster)) as links:
        yield links
