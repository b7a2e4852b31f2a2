"""Fixtures of attachments: the application with identity's and its own routes, over the small city."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from chengyun.attachments import limiting, routes
from chengyun.attachments.storage import Storage, storage_of
from chengyun.kernel.transactions import Database
from tests.identity.support import SEED, application, paths, peopled_template
from tests.support import Cluster, opened


@pytest.fixture
def city(cluster: Cluster) -> Iterator[Database]:
    """A fresh peopled database."""
    with opened(cluster, peopled_template(cluster)) as database:
        yield database


@pytest.fixture
def place(city: Database) -> dict[str, int]:
    """Region ids by path."""
    with city.begin(SEED) as tx:
        return paths(tx)


@pytest.fixture
def app(city: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    """Attachments over HTTP, one megabyte at most, with a limiter of its own."""
    monkeypatch.setattr(routes, "LIMITER", limiting.Limiter(burst=60, per_second=0.2))
    found = application(city, tmp_path, upload_max_mb=1)
    found.include_router(routes.router)
    return found


@pytest.fixture
def storage(app: FastAPI) -> Storage:
    """Where the application keeps contents."""
    return storage_of(app.state.settings)
