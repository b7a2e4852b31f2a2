"""The story of the issue: a restaurant's gas alarm, the town's centre, the grid worker on the spot, closed."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import expect

from chengyun.kernel.contracts import system_actor
from chengyun.kernel.transactions import Database
from chengyun.sensing import service as sensing
from chengyun.sensing.service import NewThing
from chengyun.vitals.alarms import hub
from tests.identity.support import paths
from tests.journeys.support import Desk, Phone, Product, Stage, city_template, product
from tests.support import Cluster

pytestmark = pytest.mark.browser

COMMUNITY, WORKER = "寨子坪社区居委会", "吕军"
SIGN, THING = "餐饮场所可燃气体最高浓度", "老灶火锅燃气探测器"


@pytest.fixture(scope="module")
def running(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product with its live process, and a gas detector in a restaurant of 寨子坪社区."""
    home = tmp_path_factory.mktemp("home")
    with cluster.fresh(city_template(cluster)) as links:
        database = Database(links.app_url)
        with database.begin(system_actor("seed")) as tx:
            lon, lat = hub.inside(tx, paths(tx)["开州区/云枫街道/寨子坪社区/001 网格"])
            place = {"place": "restaurant"}
            sensing.add_things(
                tx, [NewThing("GAS-1", "gas", THING, lon, lat, properties=place, simulated=True)]
            )
        database.dispose()
        with product(links, home, "sense") as found:
            yield found


def test_a_restaurants_gas_alarm_is_looked_at_and_closed(stage: Stage) -> None:
    centre = stage.desk("yunfeng-duty")
    send(stage.url, 1.0, 14.0)
    number = the_centre_sees(centre)
    dispatch(centre)
    order_the_grid_worker(stage.desk("zhaiziping"), number)
    on_the_spot(stage.phone("zhaiziping-grid"), number)
    send(stage.url, 2.0)
    closed(centre)
    the_alarm_tells_of_it(centre, number)


def send(url: str, *values: float) -> None:
    """Readings of the detector, through the door."""
    with httpx.Client(base_url=url, headers={"X-Chengyun": "1"}, timeout=20, trust_env=False) as client:
        client.post("/api/identity/login", json={"login": "admin", "password": "chengyun"}).raise_for_status()
        for back, value in enumerate(reversed(values)):
            reading = {"thing": "GAS-1", "quantity": "methane", "value": value, "at": time.time() - back}
            answer = client.post("/api/sensing/readings", json={"readings": [reading]})
            assert answer.json()["accepted"] == 1, answer.text


def the_centre_sees(centre: Desk) -> str:
    """The alarm with the thing that rings; acknowledged; from it to the incident."""
    centre.go("/alarms")
    alarm = centre.by("alarm").filter(has_text=SIGN)
    expect(alarm).to_contain_text(THING)
    expect(alarm).to_contain_text("14.0 %LEL")
    centre.shot("1-alarm")
    alarm.get_by_test_id("acknowledge").click()
    expect(alarm).to_have_count(0)  # it rings no more
    centre.by("alarm-tab-acknowledged").click()
    alarm.locator(".chip-brand").click()
    expect(centre.by("incident-number")).to_be_visible()
    expect(centre.page.locator("main")).to_contain_text("设备编号 GAS-1")
    return centre.by("incident-number").inner_text().strip()


def dispatch(centre: Desk) -> None:
    """The rule proposes the community; the officer agrees."""
    centre.by("move-accept").click()
    expect(centre.steps("accept")).to_have_count(1)
    centre.by("move-forward").click()
    expect(centre.by("units")).to_contain_text(COMMUNITY)
    centre.by("confirm").click()
    expect(centre.order(COMMUNITY)).to_contain_text("待签收")
    centre.shot("2-dispatched")


def order_the_grid_worker(community: Desk, number: str) -> None:
    community.open_incident(number)
    own = community.order(COMMUNITY)
    own.get_by_test_id("move-assign_person").click()
    community.choose("person", WORKER)
    community.by("confirm").click()
    expect(own).to_contain_text(WORKER)


def on_the_spot(worker: Phone, number: str) -> None:
    """Signs, goes there, shuts the valve, says so with a photo."""
    worker.page.locator(f'[data-testid="task-card"][data-number="{number}"] .task-open').click()
    worker.move("acknowledge")
    worker.move("start", **{"need-note": "已到店，后厨测得 12 %LEL"})
    worker.shot("3-on-the-spot")
    worker.by("move-report_back").click()
    worker.by("need-outcome").fill("灶具阀门未关紧，已关阀通风，复测为 0")
    worker.take_photo("valve")
    worker.by("confirm").click()
    expect(worker.by("task-gone")).to_be_visible()


def closed(centre: Desk) -> None:
    """Checked and closed by the centre."""
    centre.by("move-check_pass").click()
    centre.by("move-dialog").locator('[data-need="note"] textarea').fill("读数已恢复正常，店主已整改")
    centre.by("confirm").click()
    expect(centre.steps("check_pass")).to_have_count(1)
    centre.by("move-close").click()
    centre.by("confirm").click()
    expect(centre.page.locator(".incident-state")).to_contain_text("已结案")


def the_alarm_tells_of_it(centre: Desk, number: str) -> None:
    """The loop is closed: the alarm's history has its incident, who heard it, and that it was closed."""
    centre.go("/alarms?tab=acknowledged")
    alarm = centre.by("alarm").filter(has_text=SIGN)
    alarm.locator(".alarm-what").click()
    panel = centre.by("alarm-panel")
    for word in ("触发", "生成事件", "确认", "事件已办结"):
        expect(panel).to_contain_text(word)
    expect(panel).to_contain_text(number)
    centre.shot("4-loop-closed")
