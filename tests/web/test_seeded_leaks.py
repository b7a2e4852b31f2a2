"""Does the walk notice? Every seeded defect has to be caught, and both walls are tried one without the other.

For a defect in a query: with the policies of its tables taken away the walk is silent before the defect (the queries
hold alone) and speaks after it; with the policies back it is silent again (the policies hold alone).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import psycopg
import pytest

from tests.support import Cluster
from tests.web.cast import hub_template
from tests.web.leaks import LEAKS, SAMPLE, Leak, unfenced
from tests.web.noticing import Stage
from tests.web.support import Hub, Register, direct, hub_on


@pytest.fixture
def stage(cluster: Cluster) -> Iterator[Stage]:
    """A database of its own for each defect: what leaks may also be changed."""
    home = cluster.folder / "hub-home"
    with (
        cluster.fresh(hub_template(cluster)) as links,
        hub_on(links, home) as hub,
        direct(hub) as client,
    ):
        yield Stage(hub, Register.load(cluster.folder / "hub.json"), client)


def caught(stage: Stage, leak: Leak) -> bool:
    """Whether the walk fails while the defect is there. An answer of 500 is no catch."""
    with pytest.MonkeyPatch.context() as patch:
        leak.seed(patch, stage.hub)
        try:
            leak.check(stage)
        except AssertionError as found:
            return "Internal Server Error" not in str(found)
    return False


def tried(stage: Stage, leak: Leak, record_property: Any) -> None:
    record_property("leak", leak.family)
    if not leak.fences:
        leak.check(stage)
        assert caught(stage, leak), f"not noticed: {leak.name}"
    else:
        assert not caught(stage, leak), f"the policy alone does not hold: {leak.name}"
        with (
            psycopg.connect(stage.hub.links.owner_url, autocommit=True) as owner,
            unfenced(owner, leak.fences),
        ):
            leak.check(stage)  # the query alone holds
            assert caught(stage, leak), f"not noticed: {leak.name}"
    record_property("caught", leak.name)


@pytest.mark.parametrize("name", SAMPLE)
def test_a_seeded_leak_is_noticed(name: str, stage: Stage, record_property: Any) -> None:
    tried(stage, next(leak for leak in LEAKS if leak.name == name), record_property)


@pytest.mark.nightly
@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: leak.name)
def test_every_seeded_leak_is_noticed(leak: Leak, stage: Stage, record_property: Any) -> None:
    tried(stage, leak, record_property)


def test_every_leak_finds_what_it_breaks() -> None:
    """What has moved or is called otherwise now breaks nothing, and shows here before the nightly run."""
    for leak in LEAKS:
        with pytest.MonkeyPatch.context() as patch:
            leak.seed(patch, cast(Hub, None))


def test_the_seeded_leaks_are_many_and_of_every_kind() -> None:
    assert len(LEAKS) >= 20
    assert len({leak.name for leak in LEAKS}) == len(LEAKS)
    assert set(SAMPLE) <= {leak.name for leak in LEAKS}
    families = {leak.family for leak in LEAKS}
    assert families >= {
        "counts",
        "tiles",
        "sse",
        "exports",
        "error texts",
        "search",
        "attachments",
        "handover",
    }
