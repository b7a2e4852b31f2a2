"""An administrator takes somebody on; they set up a second factor; their phone is lost, cut off, and holds nothing readable."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Page, expect

from tests.identity.test_factor import code_of
from tests.journeys.support import Desk, Phone, Stage
from tests.journeys.test_axe import findings

pytestmark = pytest.mark.browser

SECRET_WORDS = "后山挡墙裂缝要加固"
# Everything a page's origin keeps, as text: IndexedDB with its bytes, local and session storage, caches.
KEPT = """async () => {
  const words = []
  const read = (value) => {
    if (value instanceof ArrayBuffer) words.push(new TextDecoder().decode(value))
    else if (ArrayBuffer.isView(value)) words.push(new TextDecoder().decode(value))
    else if (value instanceof CryptoKey) words.push(`key ${value.type} ${value.extractable}`)
    else if (value && typeof value === 'object') Object.entries(value).forEach(([k, v]) => { words.push(k); read(v) })
    else words.push(String(value))
  }
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise((done, failed) => { const ask = indexedDB.open(name); ask.onsuccess = () => done(ask.result); ask.onerror = failed })
    for (const table of db.objectStoreNames) {
      words.push(`table ${table}`)
      read(await new Promise((done) => { const all = db.transaction(table).objectStore(table).getAll(); all.onsuccess = () => done(all.result) }))
    }
    db.close()
  }
  read({ ...localStorage }); read({ ...sessionStorage })
  for (const name of await caches.keys()) for (const asked of await (await caches.open(name)).keys()) words.push(asked.url)
  return words.join('\\n')
}"""


def kept(page: Page) -> str:
    """What the phone keeps, as somebody with its disk reads it."""
    found: str = page.evaluate(KEPT)
    return found


def test_a_newcomer_a_second_factor_and_a_lost_phone(stage: Stage) -> None:
    admin = stage.desk("admin")
    hire(admin)
    for page in ("people", "units", "tokens", "sessions", "changes", "audit"):
        admin.go(f"/admin/{page}")
        expect(admin.page.locator(".admin-page h1, .admin-page h2").first).to_be_visible()
        expect(admin.page.locator(".ant-skeleton, .ant-spin-spinning")).to_have_count(0)
        assert findings(admin) == [], page
        wide = admin.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, page
    search_the_audit(admin)

    phone = stage.phone()
    secret = enrol(stage)
    enter(phone, secret)
    write_without_signal(phone)
    disk = kept(phone.page)
    assert "table drafts" in disk
    for word in (SECRET_WORDS, "周新", "石桥铺街道环卫所", "\nlon\n"):
        assert word not in disk, word
    assert "key private" not in disk
    assert "key secret true" not in disk

    admin.go("/admin/sessions")
    seats = admin.by("seats").locator("li").filter(has_text="周新")
    lost = seats.filter(has_text="有离线数据")
    expect(lost).to_have_count(1)
    seats.filter(has_not_text="有离线数据").get_by_test_id("end-zhou.xin").click()
    admin.by("undo-toast").click()  # the wrong one
    expect(admin.page.get_by_text("已撤销")).to_be_visible()
    expect(seats).to_have_count(2)
    lost.get_by_role("button", name="设备丢失").click()
    admin.page.locator(".ant-popconfirm-buttons .ant-btn-primary").click()
    expect(lost).to_have_count(0)

    phone.context.set_offline(False)
    phone.go("/m/")
    expect(phone.page.get_by_role("navigation").get_by_role("button", name="任务")).to_have_count(0)
    end = time.monotonic() + 10
    while "person:" in kept(phone.page):
        assert time.monotonic() < end, "the phone has not wiped itself"
        time.sleep(0.1)


def hire(admin: Desk) -> None:
    """A person with a post, by the form."""
    admin.go("/admin/people")
    admin.by("person-new").click()
    dialog = admin.page.get_by_role("dialog")
    admin.by("person-name").fill("周新")
    admin.by("person-login").fill("zhou.xin")
    admin.by("person-password").fill("first day 1")
    choose(admin, "单位", "石桥铺街道环卫所", typed="石桥铺街道环卫")
    choose(admin, "岗位角色", "部门处置员")
    dialog.get_by_role("button", name="保存").click()
    expect(admin.by("person-panel")).to_contain_text("石桥铺街道环卫所")
    admin.page.get_by_role("button", name="取消").first.click()


def search_the_audit(admin: Desk) -> None:
    """By somebody's name and by what was done, both in words; the address of a search by code still works."""
    admin.by("audit-person").fill("周新")
    admin.by("audit-actions").locator("input").fill("给予")
    admin.option("给予岗位").click()
    admin.page.keyboard.press("Escape")
    expect(admin.page.locator(".ant-select-dropdown:visible")).to_have_count(0)
    admin.by("audit-search").click()
    rows = admin.page.locator(".card-table tbody tr.ant-table-row")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("给予岗位")
    assert "actions=post.given" in admin.page.url
    admin.go("/admin/audit?action=person.created")
    expect(rows.first).to_contain_text("新建人员")
    admin.page.get_by_role("button", name="person.created").click()
    expect(rows.filter(has_text="给予岗位").first).to_be_visible()


def choose(admin: Desk, label: str, option: str, *, typed: str = "") -> None:
    """An option of a select in the open dialog."""
    box = admin.page.get_by_role("dialog").get_by_label(label, exact=True).first
    box.click()
    if typed:
        box.fill(typed)
    admin.option(option).click()


def enrol(stage: Stage) -> str:
    """The newcomer sets the second factor up at a desk; its secret."""
    desk = stage.desk()
    sign_in(desk)
    desk.go("/settings")
    desk.by("factor-begin").click()
    secret = desk.by("factor-secret").inner_text()
    desk.by("enrol-code").fill(code_of(secret))
    desk.by("enrol-submit").click()
    expect(desk.by("recovery").locator("li")).to_have_count(10)
    desk.by("recovery-kept").click()
    expect(desk.by("factor-card")).to_contain_text("剩余恢复码 10 个")
    return secret


def sign_in(desk: Desk) -> None:
    desk.go("/login")
    desk.by("login").fill("zhou.xin")
    desk.by("password").fill("first day 1")
    desk.page.get_by_role("button", name="登录", exact=False).first.click()
    expect(desk.by("account")).to_be_visible()


def enter(phone: Phone, secret: str) -> None:
    """Password, then the code of the app."""
    phone.go("/m/login")
    phone.by("login").fill("zhou.xin")
    phone.by("password").fill("first day 1")
    phone.by("login-submit").click()
    phone.by("second-code").fill(
        code_of(secret, 1)
    )  # this step may have counted; both codes last half a minute
    phone.by("second-submit").click()
    expect(phone.page.get_by_role("navigation").get_by_role("button", name="任务")).to_be_visible()


def write_without_signal(phone: Phone) -> None:
    """A report with a photo that waits on the phone."""
    phone.tab("随手报")
    phone.place("石桥铺街道", "九龙坡区")
    phone.page.route("**/api/attachments", lambda route: route.abort())
    phone.take_photo("wall")
    phone.by("report-text").fill(SECRET_WORDS)
    phone.by("report-submit").click()
    expect(phone.by("saved")).to_be_visible()
    phone.context.set_offline(True)
