"""Fixtures of the registry: the small city with kinds of things, over HTTP and through the door."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chengyun.identity.service import register as register_identity
from chengyun.kernel.events import Bus
from chengyun.kernel.transactions import Database
from chengyun.sensing import routes
from chengyun.sensing.service import register
from tests.identity.conftest import place
from tests.identity.support import application, hire, peopled_template, unit_in
from tests.identity.test_changes import Desk
from tests.sensing.registry.support import install
from tests.support import Cluster, opened, seeded

__all__ = ["place"]


@pytest.fixture
def city(cluster: Cluster) -> Iterator[Database]:
    """A fresh copy of the small city."""
    template = cluster.make_template("registry", seeded(install), base=peopled_template(cluster))
    bus = Bus()
    register_identity(bus)
    register(bus)
    with opened(cluster, template, bus) as database:
        yield database


@pytest.fixture
def desk(city: Database, place: dict[str, int], tmp_path: Path) -> Desk:
    """An administrator of 九龙坡区 in front of the application."""
    app = application(city, tmp_path)
    app.include_router(routes.router)
    hire(city, "jlp-admin", unit_in(city, "centre", place["九龙坡区"]), "admin", password="chengyun")
    return Desk(app, "jlp-admin")
