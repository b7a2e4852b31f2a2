"""A database of the test's own with the application, people of three districts, and a receiver."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.exchange.support import Receiver, Stage, stage_on
from tests.support import Cluster
from tests.web.support import hub_on, ruled_template


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A real HTTP server that answers as it is told and keeps what it gets."""
    with Receiver() as found:
        yield found


@pytest.fixture
def stage(cluster: Cluster, tmp_path: Path) -> Iterator[Stage]:
    with cluster.fresh(ruled_template(cluster)) as links, hub_on(links, tmp_path) as hub:
        yield from stage_on(hub)
