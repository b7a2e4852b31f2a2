"""A district's chief makes the health report of last month, goes to what pulls it down, and takes the paper home."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from chengyun.kernel.contracts import system_actor
from chengyun.vitals.checkup.periods import midnight
from chengyun.vitals.contracts import Level
from tests.identity.support import paths
from tests.journeys.support import PHONE, Desk, Product, Stage, city_template, product
from tests.journeys.test_axe import findings
from tests.support import Cluster, seeded
from tests.vitals import checkup_support as held
from tests.web.support import until

pytestmark = pytest.mark.browser
TOWN = "九龙坡区/石桥铺街道"
GOOD = {"gas.methane.max": 0.0, "gas.methane.mean": 0.0, "fire.pressure.min": 0.5}


MADE = "async () => (await (await fetch('/api/vitals/checkups')).json()).length"


def last_month() -> tuple[datetime, datetime]:
    """When it began and ended, in the city's time."""
    today = (datetime.now(UTC) + timedelta(hours=8)).date()
    ends = today.replace(day=1)
    return midnight((ends - timedelta(days=1)).replace(day=1)), midnight(ends)


def build(database: Any) -> None:
    since, until = last_month()
    with database.begin(system_actor("seed")) as tx:
        held.define(tx)
        regions = paths(tx)
    for path in ("九龙坡区", TOWN, "九龙坡区/杨家坪街道"):
        values = GOOD | ({"gas.methane.max": 30.0} if path == TOWN else {})
        held.remember(database, regions[path], values, since, (until - since).days)
    held.ring(database, held.METHANE.code, regions[TOWN], since + timedelta(days=3), Level.RED)


@pytest.fixture(scope="module")
def running(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product with a month of signs behind it."""
    template = cluster.make_template("checkup_journey", seeded(build), base=city_template(cluster))
    with cluster.fresh(template) as links, product(links, tmp_path_factory.mktemp("home")) as found:
        yield found


def test_from_the_score_to_what_pulls_it_down(stage: Stage) -> None:
    desk = stage.desk("jiulongpo-chief")
    until(lambda: desk.page.evaluate(MADE) == 4, 60)  # of the towns and the district, as scheduled
    desk.page.get_by_role("link", name="体检表").click()
    expect(desk.by("checkup-versions")).to_contain_text("按月自动生成")
    desk.by("checkup-make").click()
    expect(desk.by("checkup-versions")).not_to_contain_text("按月自动生成")
    expect(desk.by("checkup-score")).to_be_visible()
    assert findings(desk) == []
    assert misfits(desk) == []
    desk.by("checkup-area").first.get_by_role("link", name="石桥铺街道").click()
    expect(desk.page).to_have_url(re.compile("region="))
    expect(desk.by("checkup-versions")).to_contain_text("按月自动生成")
    sign = desk.by("checkup-problems").locator(f'[data-code="{held.METHANE.code}"]')
    expect(sign).to_contain_text("30.0 %LEL")
    expect(sign.get_by_role("link", name="燃气浓度最高值")).to_have_attribute(
        "href", re.compile("/vitals/gas.methane.max")
    )
    expect(desk.by("checkup-proposals")).to_contain_text("建议由")
    desk.page.locator('[data-testid="checkup-domain"][data-code="gas"]').click()
    expect(desk.by("checkup-panel")).to_contain_text("预警扣")
    desk.page.keyboard.press("Escape")
    expect(desk.by("checkup-panel")).to_have_count(0)
    score = desk.by("checkup-score").inner_text().split()[0]
    with desk.page.expect_download() as waiting:
        desk.by("checkup-pdf").click()
    said = "".join(held.pdf_text(Path(waiting.value.path()).read_bytes()).split())
    assert "石桥铺街道城市体检表" in said
    assert score in said
    for size in ({"width": 1920, "height": 1080}, PHONE):
        desk.page.set_viewport_size(size)  # type: ignore[arg-type]
        expect(desk.by("checkup-report")).to_be_visible()
        assert misfits(desk) == [], size


WIDER = """() => [...document.querySelectorAll('.checkup *')].filter((one) => {
  const scrolls = one.closest('.checkup-scroll, .ant-segmented')
  return !scrolls && one.getBoundingClientRect().right > innerWidth + 1 && getComputedStyle(one).position !== 'absolute'
}).map((one) => `${one.tagName} ${one.getAttribute('class')}`).slice(0, 5)"""


def misfits(desk: Desk) -> list[str]:
    """What reaches beyond the window, and figures that are squeezed to nothing, once charts have followed its size."""
    with suppress(AssertionError):
        until(lambda: desk.page.evaluate(WIDER) == [], 3)
    chart = desk.by("checkup-trend").bounding_box()
    squeezed = [] if chart and chart["width"] > 200 and chart["height"] > 150 else [f"chart {chart}"]
    sideways = desk.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    found: list[str] = desk.page.evaluate(WIDER)
    return [*found, *squeezed, *(["the page"] if sideways else [])]
