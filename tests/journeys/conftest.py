"""Fixtures of the journeys: the browser, the running product, and a stage for the actors of each test."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from tests.journeys.support import (
    FLAGS,
    FLAT,
    RESULTS,
    WAIT_MS,
    Product,
    Stage,
    browser_path,
    city_template,
    product,
)
from tests.support import Cluster

FAILED = pytest.StashKey[bool]()
expect.set_options(timeout=WAIT_MS)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Remember whether the test itself failed, for the fixtures that leave after it."""
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as found:
        yield found


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One browser; every actor has a context of their own in it."""
    launched = playwright.chromium.launch(executable_path=browser_path(), args=[*FLAGS, FLAT])
    yield launched
    launched.close()


@pytest.fixture(scope="module")
def running(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product on a database of its own for the tests of one file: they share its clock."""
    home = tmp_path_factory.mktemp("home")
    with cluster.fresh(city_template(cluster)) as links, product(links, home) as found:
        yield found


@pytest.fixture
def stage(request: pytest.FixtureRequest, browser: Browser, running: Product) -> Iterator[Stage]:
    """Where actors enter. A script error or an answer of 500 on any page fails the test."""
    folder = RESULTS / request.node.path.stem / request.node.name
    shutil.rmtree(folder, ignore_errors=True)
    made = Stage(browser, running.url, folder)
    yield made
    failed = request.node.stash.get(FAILED, True)
    faults = made.leave(failed)
    assert not faults, os.linesep.join(faults)
