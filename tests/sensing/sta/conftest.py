"""One service per module, empty when the module begins."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sensing.sta.support import Sta, service
from tests.support import Cluster


@pytest.fixture(scope="module")
def sta(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sta]:
    with service(cluster, tmp_path_factory.mktemp("home")) as found:
        yield found
