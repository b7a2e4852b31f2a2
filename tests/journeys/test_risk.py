"""A district chief looks at the map of risks: goes down, asks why, narrows the time, and an alarm rings meanwhile."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from chengyun.kernel.contracts import system_actor
from chengyun.kernel.outbox import emit
from chengyun.kernel.transactions import Database
from chengyun.territory import service as territory
from chengyun.vitals.board import Board
from tests.identity.support import paths
from tests.journeys.support import PHONE, Desk, Product, Stage, city_template, product
from tests.journeys.test_axe import findings
from tests.journeys.test_vitals import beating, sideways
from tests.support import Cluster
from tests.vitals import lookup_support as made
from tests.vitals.lookup_support import METHANE, STRAIN
from tests.vitals.test_risk import ring

pytestmark = pytest.mark.browser
DISTRICT, TOWN = "九龙坡区", "九龙坡区/石桥铺街道"
GRID, NEXT = f"{TOWN}/寨子坪社区/001 网格", f"{TOWN}/寨子坪社区/002 网格"
WIDE = {"width": 1920, "height": 1080}


@dataclass
class City:
    database: Database
    regions: dict[str, int]


@pytest.fixture(scope="module")
def city(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[City, Product]]:
    """The product with a red alarm in a grid and one of hours ago that is over; somebody computes."""
    home = tmp_path_factory.mktemp("home")
    with cluster.fresh(city_template(cluster)) as links:
        database = Database(links.app_url)
        regions, board = told(database, home)
        with beating(board), product(links, home) as found:
            yield City(database, regions), found
        database.dispose()


@pytest.fixture(scope="module")
def running(city: tuple[City, Product]) -> Product:
    return city[1]


def told(database: Database, home: Path) -> tuple[dict[str, int], Board]:
    with database.begin(system_actor("seed")) as tx:
        made.define(tx)
        regions, now = paths(tx), tx.now
        levels = {number: territory.region(tx, number).level for number in regions.values()}
        readers = list(territory.ancestors(tx, regions[GRID]))
        made.sensor(tx, "GAS-1", regions[GRID], readers, 35.25, now.replace(minute=0, second=0, microsecond=0))  # fmt: skip
    with database.begin(made.LIVE) as tx:
        ring(tx, regions[GRID], 4, now - timedelta(minutes=3))
        ring(tx, regions[NEXT], 0, now - timedelta(hours=9), peak=3, cleared=now - timedelta(hours=8), sign=STRAIN.code)  # fmt: skip
    return regions, made.publish_board(home, made.SIGNS, made.Values(levels, lambda *_: 1.0), now)


def test_risks_are_seen_explained_and_live(city: tuple[City, Product], stage: Stage) -> None:
    desk = stage.desk("jiulongpo-chief")
    began = time.monotonic()
    desk.page.get_by_role("link", name="风险图").click()
    expect(desk.by("risk-here")).to_have_text("黄色")
    expect(desk.by("risk-item")).to_have_count(1)
    assert time.monotonic() - began < 5
    expect(desk.by("risk-item")).to_contain_text("预警 · 红色")
    expect(desk.by("risk-item")).to_contain_text("模拟")
    expect(desk.page.locator('[data-testid="map"][data-ready="yes"]')).to_be_visible()
    expect(desk.by("risk-legend")).to_contain_text("示意")
    down_and_why(desk)
    a_time(desk)
    the_list_and_the_map(desk)
    it_rings(desk, city[0])
    other_widths(desk)


def down_and_why(desk: Desk) -> None:
    tab(desk, "区域")
    first = desk.by("risk-region").first
    expect(first).to_contain_text("石桥铺街道")
    expect(first).to_have_attribute("data-level", "3")
    first.click()
    expect(desk.by("risk-crumbs")).to_contain_text("石桥铺街道")
    expect(desk.page).to_have_url(re.compile(r"region=\d+"))
    expect(desk.by("risk-region").first).to_contain_text("001 网格")
    tab(desk, "为什么")
    expect(desk.by("risk-fact")).to_contain_text(METHANE.name_zh)
    expect(desk.by("risk-why")).to_contain_text("单项最高到橙色；合计 8 分")
    assert findings(desk) == []
    desk.by("risk-crumbs").get_by_role("button", name=DISTRICT).click()
    expect(desk.by("risk-here")).to_have_text("黄色")
    tab(desk, "事项")


def tab(desk: Desk, name: str) -> None:
    desk.by("risk-tabs").get_by_text(name).click()


def a_time(desk: Desk) -> None:
    """Dragging over the first two thirds of the day finds the alarm that is over."""
    box = desk.by("risk-bars").bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    desk.page.mouse.move(box["x"] + 2, middle)
    desk.page.mouse.down()
    desk.page.mouse.move(box["x"] + box["width"] * 0.66, middle, steps=4)
    desk.page.mouse.up()
    expect(desk.by("risk-when")).to_contain_text("发生的")
    expect(desk.page).to_have_url(re.compile("since="))
    expect(desk.by("risk-item")).to_contain_text(STRAIN.name_zh)
    expect(desk.by("risk-item")).to_contain_text("已结束")
    desk.by("risk-unbrush").click()
    expect(desk.by("risk-when")).to_have_text("现在未解除的")
    expect(desk.by("risk-item")).to_contain_text(METHANE.name_zh)


def the_list_and_the_map(desk: Desk) -> None:
    desk.by("risk-item").first.hover()
    expect(desk.page.locator(".map-ring")).to_have_count(1)
    desk.by("risk-item").first.focus()
    desk.page.keyboard.press("Enter")
    expect(desk.by("risk-peek")).to_contain_text("看预警")
    expect(desk.by("risk-item").first).to_have_attribute("aria-pressed", "true")
    desk.by("risk-layer-things").check()
    expect(desk.page).to_have_url(re.compile("layers=.*things"))
    desk.by("risk-layer-alarms").uncheck()
    expect(desk.by("risk-empty")).to_be_visible()
    desk.by("risk-layer-alarms").check()
    desk.by("risk-find").fill("GAS-1")
    desk.page.locator(".ant-select-item-option").filter(has_text="GAS-1").first.click()
    expect(desk.by("risk-peek")).to_contain_text("看设备")


def it_rings(desk: Desk, city: City) -> None:
    """A new alarm is in the list and flashes on the map without anybody asking."""
    with city.database.begin(made.LIVE) as tx:
        region = city.regions[NEXT]
        alarm = ring(tx, region, 4, tx.now, sign=STRAIN.code)
        emit(tx, "alarm", {"id": alarm, "sign": STRAIN.code, "region": region, "level": 4, "kind": "threshold", "what": "raised"}, list(territory.ancestors(tx, region)))  # fmt: skip
    expect(desk.page.locator(f'[data-item="alarm-{alarm}"].risk-fresh')).to_be_visible()
    expect(desk.page.locator(".map-ring-pulse").first).to_be_attached()
    expect(desk.by("risk-item")).to_have_count(2)


def other_widths(desk: Desk) -> None:
    for size in ({"width": 1440, "height": 900}, WIDE):
        desk.page.set_viewport_size(size)
        assert sideways(desk) <= 0, size
        map_ = desk.page.locator(".risk-map").bounding_box()
        assert map_
        assert map_["width"] * map_["height"] > size["width"] * size["height"] * 0.45, size
    assert desk.page.locator(".risk").evaluate("(one) => parseFloat(getComputedStyle(one).fontSize)") >= 17
    desk.page.set_viewport_size(PHONE)
    assert sideways(desk) <= 0
    list_, map_ = (desk.page.locator(one).bounding_box() for one in (".risk-side", ".risk-map"))
    assert list_
    assert map_
    assert list_["y"] >= map_["y"] + map_["height"]
    assert findings(desk) == []
