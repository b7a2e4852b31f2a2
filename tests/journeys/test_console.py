"""A shift in front of the console: calls taken down by keyboard, the queue worked off by keyboard, alarms heard."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import FloatRect, Locator, Route, expect

from tests.journeys.support import Desk, Stage
from tests.journeys.test_axe import take_a_call

pytestmark = pytest.mark.browser

VILLAGES = ("寨子坪社区", "綦口村", "重石社区", "曾家坝村")
FAR = "云枫街道"


def call(desk: Desk, text: str, village: str) -> str:
    """A call of which only what it needs is written down; returns the number that is read out."""
    if desk.by("call-next").count():
        desk.page.keyboard.press("Control+Enter")
    desk.by("call-text").fill(text)
    desk.by("call-place").locator("input").fill(f"石桥铺 {village}")
    desk.page.locator(".place-option").filter(has_text=village).first.click()
    expect(desk.by("chain")).to_contain_text(village)
    desk.page.keyboard.press("Control+Enter")
    return desk.by("receipt-number").inner_text().strip()


def standing(desk: Desk) -> Locator:
    """The row on which the keyboard stands."""
    return desk.page.locator(".queue-row-on")


def test_sign_in_shows_who_can_be_played(stage: Stage) -> None:
    desk = stage.desk(timezone_id="Europe/Berlin")
    desk.go("/login")
    accounts = desk.page.locator('[data-testid^="demo-"]')
    expect(accounts).to_have_count(19)
    for words in ("九龙坡区城市管理局", "寨子坪社区居委会", "石桥铺街道综合执法大队", "云枫街道环卫所"):
        expect(accounts.filter(has_text=words).first).to_be_visible()
    desk.shot("login")
    desk.by("demo-jiulongpo-duty").click()
    expect(desk.page.locator(".centre-name")).to_have_text("九龙坡区城市运行治理中心")
    shown = desk.page.locator(".live-clock").inner_text()[-8:]
    now = datetime.now(ZoneInfo("Asia/Shanghai"))
    near = {(now + timedelta(seconds=s)).strftime("%H:%M:%S") for s in range(-90, 30)}
    assert shown in near, "the clock shows the city's time wherever the browser stands"


def test_calls_are_taken_down_by_keyboard(stage: Stage) -> None:
    desk = stage.desk("hotline")
    desk.go("/hotline")
    keys = desk.page.keyboard
    expect(desk.by("call-phone")).to_be_focused()
    keys.type("13912345678")
    keys.press("Tab")
    keys.type("周女士")
    tab_to(desk, "call-text")
    keys.type("人行道路面破损，地砖松动，差点摔跤")
    expect(desk.page.locator(".call-category")).to_contain_text("道路破损")
    tab_to(desk, "call-place")
    keys.type("yunfeng")
    expect(desk.page.locator(".place-option").first).to_contain_text(FAR)
    keys.press("Enter")
    expect(desk.by("chain")).to_contain_text(f"开州区 · {FAR}")
    desk.shot("hotline")
    keys.press("Control+Enter")
    number = desk.by("receipt-number").inner_text()
    expect(desk.by("receipt")).to_contain_text("杠")  # as it is read aloud
    keys.press("Control+Enter")
    expect(desk.by("call-phone")).to_be_focused()
    expect(desk.by("call-text")).to_have_value("")
    desk.by("call-place").locator("input").fill("yfjd")
    desk.page.locator(".place-option").filter(has_text=FAR).first.click()
    expect(desk.page.locator(".similar")).to_contain_text(number)


def tab_to(desk: Desk, test_id: str, *, key: str = "Tab") -> None:
    """Press until the focus is in the field."""
    inside = f'() => !!document.activeElement.closest(\'[data-testid="{test_id}"], [data-need="{test_id}"]\')'
    for _ in range(20):
        desk.page.keyboard.press(key)
        if desk.page.evaluate(inside):
            return
    raise AssertionError(f"no way to {test_id} by {key}")


def test_the_queue_is_worked_off_by_keyboard(stage: Stage) -> None:
    hotline = stage.desk("hotline")
    hotline.go("/hotline")
    for village in VILLAGES[:3]:
        call(hotline, f"{village}门口路面破损，有坑洼", village)
    desk = stage.desk("shiqiaopu-duty")
    walk_and_accept(desk)
    marks_and_bulk(desk)
    filters_in_the_url(desk)
    what_is_new_waits(desk, hotline)
    map_and_list_in_step(desk)
    palette(desk)


def walk_and_accept(desk: Desk) -> None:
    """j and k move, ? explains, Enter makes the proposed step, Esc steps back."""
    keys, rows = desk.page.keyboard, desk.by("queue-row")
    expect(rows.nth(2)).to_be_visible()
    keys.press("?")
    expect(desk.page.get_by_role("dialog")).to_contain_text("执行建议的下一步")
    keys.press("Escape")
    expect(desk.page.get_by_role("dialog")).to_have_count(0)
    keys.press("j")
    expect(standing(desk)).to_have_attribute("data-row", rows.first.get_attribute("data-row") or "")
    keys.press("j")
    keys.press("j")
    expect(standing(desk)).to_have_attribute("data-row", rows.nth(2).get_attribute("data-row") or "")
    keys.press("k")
    expect(standing(desk)).to_have_attribute("data-row", rows.nth(1).get_attribute("data-row") or "")
    expect(desk.by("next-step")).to_contain_text("受理")
    keys.press("Enter")
    expect(rows.nth(1)).to_contain_text("待核实")
    keys.press("Escape")
    expect(standing(desk)).to_have_count(0)


def marks_and_bulk(desk: Desk) -> None:
    """x marks; one act on all marked rows says of each what became of it."""
    keys, rows = desk.page.keyboard, desk.by("queue-row")
    for _ in range(3):
        keys.press("j")
        keys.press("x")
    expect(desk.page.locator(".queue-row-marked")).to_have_count(3)
    desk.by("bulk-accept").click()
    desk.by("bulk-now").click()
    results = desk.by("bulk-results").locator("li")
    expect(results).to_have_count(3)
    expect(results.filter(has_text="已办")).to_have_count(2)
    expect(results.filter(has_text="未办")).to_have_count(1)  # it was accepted before
    desk.shot("bulk")
    desk.by("bulk-results").get_by_role("button").click()
    expect(rows.filter(has_text="待核实")).to_have_count(3)
    keys.press("Escape")


def filters_in_the_url(desk: Desk) -> None:
    """A filter is part of the address: it survives a reload and goes away with one click."""
    desk.by("count-to_verify").click()
    desk.by("queue-search").fill(VILLAGES[1])
    desk.by("queue-search").press("Enter")
    expect(desk.page).to_have_url(re.compile(r"state=accepted.*q=|q=.*state=accepted"))
    expect(desk.by("queue-row")).to_have_count(1)
    desk.page.reload()
    expect(desk.by("count-to_verify")).to_have_attribute("aria-pressed", "true")
    expect(desk.by("queue-search")).to_have_value(VILLAGES[1])
    expect(desk.by("queue-row")).to_have_count(1)
    desk.by("queue-search").fill("")
    desk.by("count-to_verify").click()
    expect(desk.by("queue-row")).to_have_count(3)


def what_is_new_waits(desk: Desk, hotline: Desk) -> None:
    """What comes in is a number on a pill; no row moves until somebody asks."""
    number = call(hotline, f"{VILLAGES[3]}门口路面破损", VILLAGES[3])
    expect(desk.by("new-pill")).to_contain_text("1 件新事件")
    expect(desk.by("queue-row")).to_have_count(3)
    desk.page.keyboard.press("n")
    expect(desk.row(number)).to_be_visible()


def map_and_list_in_step(desk: Desk) -> None:
    """Every row is a dot; a click on the dot stands on its row."""
    expect(desk.page.locator('.queue-map [data-ready="yes"]')).to_be_visible()
    keys = desk.page.keyboard
    keys.press("j")
    first = standing(desk).get_attribute("data-row") or ""
    ring = desk.page.locator(".queue-map .maplibregl-marker").first
    box = at_rest(desk, ring)
    keys.press("j")
    expect(standing(desk)).not_to_have_attribute("data-row", first)
    desk.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(standing(desk)).to_have_attribute("data-row", first)
    desk.shot("queue")
    keys.press("Escape")


def at_rest(desk: Desk, ring: Locator) -> FloatRect:
    """Where the ring of the chosen row is once the map has moved there."""
    box = None
    for _ in range(40):
        now = ring.bounding_box()
        if now and now == box:
            return now
        box = now
        desk.page.wait_for_timeout(250)
    raise AssertionError("the map does not come to rest")


def palette(desk: Desk) -> None:
    """Commands and places by pinyin and initials; Esc returns to where one was."""
    page, box = desk.page, desk.by("palette-input")
    page.keyboard.press("Control+k")
    box.fill("qkc")
    place = page.locator("#palette-list li").filter(has_text=VILLAGES[1]).first
    expect(place).to_contain_text("地点")
    place.click()
    expect(page).to_have_url(re.compile("region="))
    page.keyboard.press("/")
    expect(box).to_be_focused()
    page.keyboard.press("Escape")
    expect(box).to_have_count(0)
    page.keyboard.press("Control+k")
    box.fill("jjb")
    expect(page.locator("#palette-list li").first).to_contain_text("交接班")
    box.press("Enter")
    expect(page).to_have_url(re.compile("/handover"))


def test_a_red_one_flashes_until_acknowledged(stage: Stage) -> None:
    desk = stage.desk("jiulongpo-duty")
    expect(desk.by("alert-chip")).to_have_count(0)
    hotline = stage.desk("hotline")
    hotline.go("/hotline")
    call(hotline, "闻到很浓的天然气味，楼道里都是", VILLAGES[0])
    chip = desk.by("alert-chip")
    expect(chip).to_contain_text("未确认告警")
    expect(desk.page).to_have_title(re.compile("（1）未确认告警"))
    assert desk.page.locator(".alert-dot").evaluate("dot => getComputedStyle(dot).animationName") != "none"
    desk.shot("alert")
    chip.click()
    desk.by("alert-ack").click()
    expect(chip).to_have_count(0)
    expect(desk.page).to_have_title("城运")


# what is a name or data, not a word of the screen
DATA = ".demo-groups b, .demo-groups span, h3, code, .brand, .account, .centre-name, .queue-title, .queue-place, .map-fill, kbd"
SWITCH = ("中文", "English")
TEXTS = f"""() => {{
  const skip = '{DATA}'
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const found = []
  while (walker.nextNode()) {{
    const owner = walker.currentNode.parentElement
    if (!owner.closest(skip + ', script, style')) found.push(walker.currentNode.textContent.trim())
  }}
  document.querySelectorAll('[aria-label], [placeholder], [title]').forEach((one) => {{
    if (!one.closest(skip)) found.push(one.getAttribute('aria-label') ?? '', one.getAttribute('placeholder') ?? '')
  }})
  return found.filter(Boolean)
}}"""


def test_each_language_stands_alone(stage: Stage) -> None:
    desk = stage.desk()
    desk.go("/login")
    expect(desk.by("demo-admin")).to_be_visible()
    assert foreign(desk, r"[A-Za-z]{3,}") == []
    desk.page.get_by_role("button", name="English").click()
    expect(desk.page.get_by_role("button", name="中文")).to_be_visible()
    assert foreign(desk, "[一-鿿]") == []

    hotline = stage.desk("hotline")
    hotline.go("/hotline")
    call(hotline, "门口路面破损，有坑洼", VILLAGES[0])
    desk.by("login").fill("shiqiaopu-duty")
    desk.by("password").fill("chengyun")
    desk.by("password").press("Enter")
    expect(desk.by("queue-row").first).to_be_visible()
    assert foreign(desk, "[一-鿿]") == []
    desk.shot("english")

    chinese = stage.desk("shiqiaopu-duty")
    expect(chinese.by("queue-row").first).to_be_visible()
    assert foreign(chinese, r"[A-Za-z]{3,}") == []


def foreign(desk: Desk, pattern: str) -> list[str]:
    """Words of the screen that are written in the other language."""
    return [text for text in desk.page.evaluate(TEXTS) if re.search(pattern, text) and text not in SWITCH]


def test_a_shift_is_handed_over_and_signed(stage: Stage) -> None:
    desk = stage.desk("shiqiaopu-duty")
    desk.go("/handover")
    desk.by("handover-notes").fill("三号路口积水，泵已到位")
    desk.by("handover-sign").click()
    desk.by("confirm").click()
    # Among the past ones, which may be folded.
    expect(desk.page.locator("p", has_text="三号路口积水，泵已到位").last).to_be_attached()
    signed = desk.page.request.get(f"{desk.url}/api/command/handovers").json()
    assert [one["notes"] for one in signed] == ["三号路口积水，泵已到位"]


def test_the_phone_can_be_installed(stage: Stage) -> None:
    phone = stage.phone()
    phone.go("/m/")
    manifest, icons = phone.page.evaluate(
        """async () => {
          const found = await (await fetch(document.querySelector('link[rel=manifest]').href)).json()
          const icons = await Promise.all(found.icons.map(async (icon) => (await fetch(icon.src)).headers.get('content-type')))
          return [found, icons]
        }"""
    )
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/m/", "/m/", "standalone")
    assert icons == ["image/svg+xml"]
    scope = phone.page.evaluate("navigator.serviceWorker.ready.then((found) => found.scope)")
    assert scope == f"{phone.url}/m/"


def test_a_dispatch_waits_for_its_proposal(stage: Stage) -> None:
    """Whoever confirms has seen what the rules propose: until it is there, nothing can be confirmed."""
    desk = stage.desk("shiqiaopu-duty")
    number = take_a_call(desk)
    desk.page.get_by_role("link", name="事件").first.click()
    desk.open_incident(number)
    if desk.by("move-accept").count():
        desk.by("move-accept").click()
    expect(desk.by("move-forward")).to_be_visible()
    held: list[Route] = []
    desk.page.route("**/proposal*", lambda route: route.continue_() if held else held.append(route))
    desk.by("move-forward").click()
    expect(desk.by("move-dialog")).to_be_visible()
    expect(desk.by("confirm")).to_be_disabled()
    held[0].continue_()
    expect(desk.by("confirm")).to_be_enabled()


def test_an_incident_is_handled_from_end_to_end_without_a_mouse(stage: Stage) -> None:
    """Accepted, dispatched to the street's enforcement team, handled, checked, closed."""
    hotline = stage.desk("hotline")
    hotline.go("/hotline")
    number = call(hotline, "门口路面破损，有坑洼", VILLAGES[3])
    centre = stage.desk("shiqiaopu-duty")
    stand_on(centre, number)
    keys, dialog = centre.page.keyboard, centre.by("move-dialog")
    keys.press("Enter")
    expect(centre.row(number)).to_contain_text("待核实")
    keys.press("Enter")
    expect(dialog).to_be_visible()
    keys.press("Escape")  # Escape leaves the dialog, not the incident
    expect(dialog).to_have_count(0)
    expect(standing(centre)).to_have_attribute("data-number", number)
    keys.press("Enter")
    expect(centre.by("confirm")).to_be_enabled()
    tab_to(centre, "unit-select")
    keys.type("石桥铺街道综合执法")
    found = centre.page.locator(
        ".ant-select-dropdown:not(.ant-select-dropdown-hidden) .ant-select-item-option"
    )
    expect(found).to_have_text(["石桥铺街道综合执法大队"])
    keys.press("Enter")
    expect(centre.by("units").locator(".candidate").first).to_contain_text("综合执法大队")
    keys.press("Control+Enter")
    expect(dialog).to_have_count(0)
    expect(centre.row(number)).to_contain_text("待签收")

    team = stage.desk("shiqiaopu-enforcement")
    stand_on(team, number)
    team.page.keyboard.press("Enter")
    make_step(team, "处置")
    make_step(team, "反馈")
    write(team, "outcome", "已修补")
    expect(centre.row(number)).to_contain_text("待核查")

    make_step(centre, "核查通过")
    write(centre, "note", "现场已查看")
    make_step(centre, "结案")
    write(centre, "outcome", "已修补")
    expect(centre.by("peek")).to_contain_text("已结案")


def make_step(desk: Desk, name: str) -> None:
    """Enter, once the card proposes that step and is done with the one before."""
    expect(desk.by("next-step")).to_contain_text(name)
    expect(desk.page.locator(".peek .ant-btn-loading")).to_have_count(0)
    desk.page.keyboard.press("Enter")


def write(desk: Desk, need: str, text: str) -> None:
    """Into the dialog that a key has opened, by Tab; then it is sent."""
    expect(desk.by("move-dialog")).to_be_visible()
    tab_to(desk, need)
    desk.page.keyboard.type(text)
    desk.page.keyboard.press("Control+Enter")
    expect(desk.by("move-dialog")).to_have_count(0)


def stand_on(desk: Desk, number: str) -> None:
    """From a fresh queue to the row by the arrow keys; the list says which row that is."""
    expect(desk.row(number)).to_be_visible()
    for _ in range(30):
        desk.page.keyboard.press("ArrowDown")
        if standing(desk).get_attribute("data-number") == number:
            break
    active = desk.page.get_by_role("listbox").first.get_attribute("aria-activedescendant")
    assert active
    expect(desk.page.locator(f"#{active}")).to_have_attribute("data-number", number)
    expect(desk.by("next-step")).to_be_visible()
