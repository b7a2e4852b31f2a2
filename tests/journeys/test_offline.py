"""A phone in a hollow without signal: what was written survives, is sent once, and is nobody else's."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator, Page, Playwright, Route, expect

from tests.journeys.support import FLAGS, PHONE, WAIT_MS, Phone, Stage, browser_path

pytestmark = pytest.mark.browser

HERE = {"longitude": 106.48, "latitude": 29.52}  # 石桥铺街道
TEXTS = ("石桥铺正街路面破损，有个大坑", "楼下下水道堵了，污水外溢", "路口绿化带里有人乱搭棚子")
REPORTS = "**/api/incidents/reports"


@pytest.fixture
def pocket(playwright: Playwright, stage: Stage, tmp_path: Path) -> Pocket:
    return Pocket(playwright, stage, tmp_path / "phone")


class Pocket:
    """A phone that can be switched off hard: a browser of its own with a profile on disk."""

    def __init__(self, playwright: Playwright, stage: Stage, profile: Path) -> None:
        self.playwright, self.stage, self.profile = playwright, stage, profile

    def open(self, *, offline: bool = False) -> Phone:
        """Start the browser on the profile, with or without a network."""
        context = self.playwright.chromium.launch_persistent_context(
            self.profile,
            executable_path=browser_path(),
            args=FLAGS,
            viewport=PHONE,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            geolocation=HERE,
            permissions=["geolocation"],
            offline=offline,
        )
        context.set_default_timeout(WAIT_MS)
        phone = Phone("pocket", context, context.pages[0], self.stage.url, self.stage.folder)
        phone.watch(phone.page)
        self.stage.actors.append(phone)
        return phone

    def kill(self, phone: Phone) -> None:
        """The browser dies without a chance to tidy up."""
        self.stage.actors.remove(phone)
        session = phone.context.new_cdp_session(phone.page)
        with pytest.raises(PlaywrightError, match="closed"):
            session.send("Browser.crash")


def test_three_drafts_without_signal_are_sent_once_each(stage: Stage, pocket: Pocket) -> None:
    phone = pocket.open()
    phone.sign_in_resident("13800000002")
    phone.page.evaluate("navigator.serviceWorker.ready")
    phone.context.close()  # yesterday
    stage.actors.clear()

    phone = pocket.open()
    phone.go("/m/")
    expect(phone.page.get_by_text("以 ")).to_be_visible()
    phone.context.set_offline(True)
    expect(phone.page.get_by_role("status")).to_have_text("离线")
    for text in TEXTS:
        write(phone, text)
    expect(phone.page.get_by_role("status")).to_have_text("离线 · 3 条待上传")
    pocket.kill(phone)

    phone = pocket.open(offline=True)
    phone.go("/m/progress")
    expect(receipts(phone.page, "saved")).to_have_count(3)
    phone.shot("1-after-the-kill")

    send_with_a_lost_answer(phone)
    expect(receipts(phone.page, "dispatched")).to_have_count(1)  # the drain goes by rule
    expect(receipts(phone.page, "accepted")).to_have_count(2)
    phone.shot("2-receipts")

    waiting = phone.by("draft").filter(has=receipts(phone.page, "accepted")).first
    dispatch(stage, waiting.locator(".meta").inner_text().split(" · ")[0])
    phone.page.bring_to_front()
    expect(receipts(phone.page, "dispatched")).to_have_count(2)

    elsewhere = stage.phone()
    elsewhere.sign_in_resident("13800000002")
    elsewhere.tab("进度")
    cards = elsewhere.page.locator("main .card")
    expect(cards).to_have_count(3)
    for text in TEXTS:
        expect(cards.filter(has_text=text[:6])).to_have_count(1)


def write(phone: Phone, text: str, *, offline: bool = True) -> None:
    """Photo, words, the phone's own position; kept at once."""
    if phone.by("report-another").count():
        phone.by("report-another").click()
    phone.take_photo(text[:4])
    phone.by("report-text").fill(text)
    phone.page.get_by_role("button", name="用我的位置").click()
    expect(phone.page.locator(".chain")).to_contain_text("位置已记下" if offline else "石桥铺街道")
    phone.by("report-submit").click()
    expect(phone.by("saved")).to_be_visible()


def receipts(page: Page, stage: str) -> Locator:
    """Receipts that have come so far."""
    return page.locator(f'[data-testid="receipt"][data-stage="{stage}"]')


def send_with_a_lost_answer(phone: Phone) -> None:
    """The network returns, the first report arrives, its answer does not; then the network returns for good."""
    held: list[Route] = []
    phone.page.route(REPORTS, lambda route: held.append(route))
    with phone.page.expect_request(REPORTS):
        phone.context.set_offline(False)
    expect(receipts(phone.page, "uploaded")).to_have_count(1)  # its photo is there, the report under way
    arrived = held[0].fetch()
    assert arrived.status == 201
    held[0].abort("connectionreset")
    phone.page.unroute(REPORTS)
    phone.context.set_offline(True)
    phone.context.set_offline(False)


def dispatch(stage: Stage, number: str) -> None:
    """The street's officer accepts one and dispatches it."""
    officer = stage.desk("shiqiaopu-duty")
    officer.open_incident(number)
    officer.by("move-accept").click()
    officer.by("move-forward").click()
    officer.by("confirm").click()
    expect(officer.steps("dispatch")).to_have_count(1)


def test_a_borrowed_phone_shows_nothing_of_its_owner(stage: Stage) -> None:
    phone = stage.phone(geolocation=HERE, permissions=["geolocation"])
    phone.sign_in_resident("13800000003")
    phone.page.route("**/api/attachments", lambda route: route.abort())
    write(phone, TEXTS[0], offline=False)
    phone.by("see-progress").click()
    expect(receipts(phone.page, "saved")).to_have_count(1)
    leave(phone)

    phone.page.unroute("**/api/attachments")
    phone.sign_in_resident("13800000004")
    phone.tab("进度")
    expect(phone.page.get_by_text("还没有上报过")).to_be_visible()
    leave(phone)

    phone.sign_in_resident("13800000003")
    phone.tab("进度")
    expect(receipts(phone.page, "accepted")).to_have_count(1)


def leave(phone: Phone) -> None:
    """Sign out on the page of one's own."""
    phone.tab("我的")
    phone.by("sign-out").click()
    expect(phone.by("sign-in")).to_be_visible()
