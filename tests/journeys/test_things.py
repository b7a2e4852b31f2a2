"""An administrator registers devices by a table, finds one, calibrates it, gives it a secret, and takes an act back."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import FilePayload, expect

from tests.journeys.support import Desk, Product, Stage, city_template, product
from tests.journeys.test_axe import findings
from tests.sensing.registry.support import HERE, install
from tests.support import Cluster, seeded

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def running(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product with kinds of things."""
    template = cluster.make_template("journeys_things", seeded(install), base=city_template(cluster))
    with cluster.fresh(template) as links, product(links, tmp_path_factory.mktemp("home")) as found:
        yield found


def table(*rows: str) -> FilePayload:
    text = "\r\n".join(["设备编号,名称,设备类型,经度,纬度", *rows])
    return {"name": "设备.csv", "mimeType": "text/csv", "buffer": text.encode("gb18030")}


def test_devices_from_a_table_to_a_calibrated_one_with_a_secret(stage: Stage) -> None:
    admin = stage.desk("admin")
    admin.go("/things")
    expect(admin.page.get_by_text("还没有登记任何设备")).to_be_visible()
    bring_in(admin)
    admin.by("things-q").fill("餐馆")
    rows = admin.page.locator(".card-table tbody tr.ant-table-row")
    expect(rows).to_have_count(1)
    assert "q=" in admin.page.url
    assert findings(admin) == []
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert admin.page.evaluate(wide) <= 0
    admin.by("thing-g-1").click()
    panel = admin.by("thing-panel")
    expect(panel).to_contain_text("九龙坡区 · 石桥铺街道 · 寨子坪社区")
    calibrate(admin)
    admin.by("thing-secret").click()
    expect(admin.by("thing-secret-shown")).to_contain_text("cyd_")
    expect(panel).to_contain_text("已签发密钥")
    expect(panel.locator(".ant-spin-spinning")).to_have_count(0)
    assert findings(admin, admin.page.locator(".ant-drawer")) == []
    admin.by("thing-retire").click()
    admin.page.locator(".ant-popconfirm-buttons .ant-btn-primary").click()
    expect(admin.by("thing-restore")).to_be_visible()
    admin.page.locator(".ant-message-notice", has_text="停用").get_by_test_id("undo-toast").click()
    expect(admin.by("thing-retire")).to_be_visible(timeout=15_000)
    words = admin.page.locator("body").inner_text()
    assert not re.search(r"things\.\w+", words), "a text without its words"


def bring_in(admin: Desk) -> None:
    """A table with a fault is told where; mended, it counts."""
    lon, lat = HERE
    good = f"g-1,餐馆燃气报警器,燃气,{lon},{lat}"
    admin.by("things-import").click()
    dialog = admin.page.get_by_role("dialog")
    dialog.locator("input[type=file]").set_input_files(table(good, f"g-2,二号,燃气,{lon},北纬"))
    expect(admin.by("things-result")).to_contain_text("1 处问题")
    expect(dialog.locator(".card-table tbody tr.ant-table-row")).to_contain_text("3g-2纬度“北纬”不是数。")
    assert findings(admin, dialog) == []
    dialog.locator("input[type=file]").set_input_files(table(good, f"w-1,水位计,水位,{lon},{lat}"))
    expect(admin.by("things-result")).to_contain_text("2 台设备，可以登记")
    admin.by("things-make").click()
    expect(dialog).to_have_count(0)


def calibrate(admin: Desk) -> None:
    """Another scale is dated today and shown with the datastream."""
    admin.by("stream-gas.lel").click()
    admin.by("stream-scale").fill("1.5")
    admin.by("stream-save").click()
    expect(admin.by("thing-panel")).to_contain_text("原始值 × 1.5 + 0")
    expect(admin.by("thing-panel")).to_contain_text(re.compile(r"\d{4}-\d\d-\d\d 校准"))
