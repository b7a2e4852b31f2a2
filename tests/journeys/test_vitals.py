"""A district chief looks a sign up, goes down to the sensor, and tries stricter thresholds before setting them."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from playwright.sync_api import expect

from chengyun.kernel.contracts import system_actor
from chengyun.kernel.transactions import Database
from chengyun.territory import service as territory
from chengyun.vitals.board import Board
from tests.identity.support import paths
from tests.journeys.support import PHONE, Desk, Product, Stage, city_template, product
from tests.journeys.test_axe import findings
from tests.support import Cluster
from tests.vitals import lookup_support as made
from tests.vitals.lookup_support import METHANE

pytestmark = pytest.mark.browser
TOWN, GRID = "九龙坡区/石桥铺街道", "九龙坡区/石桥铺街道/寨子坪社区/001 网格"
HOURS = 60


@pytest.fixture(scope="module")
def running(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product on a city whose sensors tell of a leak, with somebody computing."""
    home = tmp_path_factory.mktemp("home")
    with cluster.fresh(city_template(cluster)) as links:
        database = Database(links.app_url)
        board = told(database, home)
        database.dispose()
        with beating(board), product(links, home) as found:
            yield found


def told(database: Database, home: Path) -> Board:
    """Signs, their present values and two and a half days of a gas level that rises every twelve hours."""
    with database.begin(system_actor("seed")) as tx:
        made.define(tx)
        regions, now = paths(tx), tx.now
        levels = {number: territory.region(tx, number).level for number in regions.values()}
        readers = list(territory.ancestors(tx, regions[GRID]))
        made.sensor(
            tx, "GAS-1", regions[GRID], readers, 35.25, now.replace(minute=0, second=0, microsecond=0)
        )
    on_line = [regions[path] for path in ("", "九龙坡区", TOWN, GRID.rsplit("/", 1)[0], GRID)]
    more = {(METHANE.code, region): {"value": 35.25, "level": 3} for region in on_line}
    board = made.publish_board(home, made.SIGNS, made.Values(levels, lambda *_: 1.0, more), now)
    row = made.cell(board, METHANE.code, regions["九龙坡区"])
    for hour in range(HOURS, 0, -1):
        board.rows["value"][row] = 25 + 20 * math.sin(hour / 12 * 2 * math.pi)
        made.remember(database, board, now - timedelta(hours=hour))
    board.rows["value"][row] = 35.25
    return board


@contextmanager
def beating(board: Board) -> Iterator[None]:
    """As the live process does, every second."""
    over = Event()

    def beat() -> None:
        while not over.wait(1):
            made.beat(board)

    thread = Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(5)


def test_from_a_word_to_the_sensor_and_to_other_thresholds(stage: Stage) -> None:
    desk = stage.desk("jiulongpo-chief")
    desk.page.get_by_role("link", name="城市体征").click()
    expect(desk.by("sign-board")).to_contain_text("燃气")
    desk.page.locator("h1").click()
    desk.page.keyboard.press("/")
    expect(desk.by("lookup-box")).to_be_focused()
    desk.by("lookup-box").fill("ranqixilou")  # a letter is missing
    row = desk.page.locator(f'[data-testid="lookup-row"][data-code="{METHANE.code}"]')
    expect(row).to_contain_text("35.3%LEL")
    expect(row).to_contain_text("橙色预警")
    expect(row).to_contain_text("实时")
    assert findings(desk) == []
    began = time.monotonic()
    desk.by("lookup-box").fill("石桥铺 燃气泄漏")
    expect(desk.by("sign-scope")).to_contain_text("石桥铺街道")
    assert time.monotonic() - began < 5
    desk.by("lookup-box").fill("燃气泄漏")
    expect(desk.by("sign-scope")).not_to_contain_text("石桥铺街道")
    desk.page.keyboard.press("Enter")
    the_sign_is_told(desk)
    down_to_the_sensor(desk)
    other_thresholds(desk)
    on_a_phone_s_width(desk)


def the_sign_is_told(desk: Desk) -> None:
    expect(desk.by("sign-name")).to_have_text(METHANE.name_zh)
    expect(desk.by("sign-now")).to_contain_text("35.3")
    expect(desk.by("sign-why")).to_contain_text("在线测点最新值的最高")
    desk.by("sign-span").get_by_text("7 天").click()
    expect(desk.by("sign-chart").locator("svg")).to_be_visible()
    expect(desk.page.locator('.sign-map [data-testid="map"][data-ready="yes"]')).to_be_visible()
    expect(desk.by("below-row")).to_have_count(3)
    assert findings(desk) == []
    for width in (1440, 1920):
        desk.page.set_viewport_size({"width": width, "height": 900})
        assert sideways(desk) <= 0, width


def down_to_the_sensor(desk: Desk) -> None:
    for name in ("石桥铺街道", "寨子坪社区", "001 网格"):
        desk.by("below-row").filter(has_text=name).first.click()
        expect(desk.by("sign-scope")).to_contain_text(name)
    expect(desk.by("stream-row")).to_contain_text("GAS-1")
    expect(desk.by("stream-row")).to_contain_text("模拟")


def other_thresholds(desk: Desk) -> None:
    desk.go(f"/vitals/{METHANE.code}")
    desk.by("thresholds-edit").click()
    for level in (1, 2, 3):
        desk.by(f"threshold-{level}").uncheck()
    desk.by("threshold-4-on").fill("44")
    desk.by("threshold-4-off").fill("30")
    desk.by("thresholds-try").click()
    expect(desk.by("tried")).to_contain_text("会响 5 次")
    desk.by("thresholds-reason").fill("汛期加严")
    desk.by("thresholds-save").click()
    expect(desk.by("thresholds-whose")).to_contain_text("九龙坡区")
    desk.by("undo-toast").click()
    expect(desk.by("thresholds-whose")).to_contain_text("体征目录")


def on_a_phone_s_width(desk: Desk) -> None:
    desk.page.set_viewport_size(PHONE)
    assert sideways(desk) <= 0
    desk.go("/vitals?view=catalogue")
    expect(desk.by("catalogue-row").first).to_be_visible()
    assert sideways(desk) <= 0
    assert findings(desk) == []


def sideways(desk: Desk) -> int:
    """Pixels that one would have to scroll."""
    return int(
        desk.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )
