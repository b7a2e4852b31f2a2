"""Dialogs, drawers and popups, narrow and wide: within the window, labelled, and the keyboard stays in until they close."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.support import DESK, PHONE, Desk, Stage, photo
from tests.journeys.test_axe import findings
from tests.journeys.test_supervision import SHIQIAOPU, TEAM, call

pytestmark = [pytest.mark.browser, pytest.mark.nightly]  # every dialog there is: more than a minute

DIALOG = '[role="dialog"]:visible'
ASKED = ".ant-popconfirm:visible"
POPUP = ".ant-popover:visible"
REPORT: dict[str, Any] = {"text": "夜市摊位占满人行道，满地油污", "category": "0102", **SHIQIAOPU}
MENU = ".ant-dropdown:visible"
PARTS = ("categories", "limits", "duties", "routing", "messages")


@dataclass(frozen=True)
class Opened:
    """What the last of `by` opens on `page`; `back`: where the focus returns to if what was clicked is gone by then."""

    name: str
    page: str
    by: tuple[str, ...]
    box: str = DIALOG
    back: str = ""


def button(text: str) -> str:
    """A button of the page by its words."""
    return f'#main button:has-text("{text}")'


def named(name: str) -> str:
    """By its test id."""
    return f'[data-testid="{name}"]'


def moves(page: str, *names: str) -> Iterator[Opened]:
    """The dialogs of moves on an incident's page; those that are no buttons there stand in a menu."""
    for name in names:
        yield Opened(
            name, page, (named(f"move-{name}"),), back=f"{named('move-more')}, {named(f'move-{name}')}"
        )


SHEET = "/admin/rules/city-management"
ADMIN = (
    Opened("person, new", "/admin/people", (named("person-new"),)),
    Opened("people, import", "/admin/people", (named("people-import"),)),
    Opened("person", "/admin/people", (named("person-admin"),)),
    Opened("post, end", "/admin/people?person=1", ('.admin-panel button:has-text("结束")',), ASKED),
    Opened("unit, new", "/admin/units", (button("新建单位"),)),
    Opened("unit, merge", "/admin/units", (button("撤并"),)),
    *(Opened(f"rule of {part}", SHEET, (named(f"tab-{part}"), named("entry-add"))) for part in PARTS),
    Opened("rule, remove", SHEET, (named("tab-limits"), button("删除")), ASKED),
    Opened("device lost", "/settings", (button("设备丢失"),), ASKED),
    Opened("webhook", "/exchange", (named("new-subscription"),)),
    Opened("source", "/exchange", (named("new-source"),)),
    Opened("account", "/exchange", (named("account"),), MENU),
    Opened("palette", "/exchange", (named("open-palette"),)),
)


def on_incidents(fresh: str, worked: str) -> tuple[Opened, ...]:
    """What a duty officer opens on an incident that has just come and on one that a unit works at, and on the queue."""
    return (
        *moves(fresh, "decline", "classify", "transfer", "supervise", "merge_into", "split_off"),
        Opened("contact", fresh, (named("reporter-contact"),)),
        Opened("blur", fresh, ('.evidence button:has-text("打码")',)),
        Opened("in the menu", fresh.replace("/incidents/", "/incidents?at="), (named("move-more"),), MENU),
        Opened(
            "from the menu",
            fresh.replace("/incidents/", "/incidents?at="),
            (named("move-more"), f"{MENU} li"),
            back=named("move-more"),
        ),
        *moves(worked, "add_order", "suspend_request"),
        Opened(
            "several, merge",
            "/incidents",
            (f"mark {named('queue-row')}", f"mark {named('queue-row')} >> nth=1", named("bulk-merge_into")),
        ),
        Opened("filters", "/incidents", (named("filter-menu"),), POPUP),
        Opened("duty", "/incidents", (named("duty"),), ASKED),
        Opened(
            "keys",
            "/incidents",
            (named("account"), '[role="menuitem"]:has-text("键盘操作")'),
            back=named("account"),
        ),
        Opened("figures behind", "/evaluation", (named("evaluation-line") + " .evaluation-pair button",)),
    )


# What is wrong with the box that is open, at the window's present size. The pin of a map is dragged; what it does, the
# search beside it does too.
PLACED = """(box) => {
  const faults = [], seen = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && e.getBoundingClientRect().width > 1
  const name = (e) => `${e.tagName.toLowerCase()}.${e.className} ${(e.innerText || e.ariaLabel || '').slice(0, 20)}`
  const scrolls = (e, axis) => /auto|scroll|hidden|clip/.test(getComputedStyle(e)[`overflow${axis}`])
  const held = (e) => { for (let up = e.parentElement; up && up !== box.parentElement; up = up.parentElement) if (scrolls(up, 'X')) return true }
  const touchable = (e) => {
    if (e.closest('.maplibregl-map') || e.getBoundingClientRect().height >= 43.5) return true
    e.scrollIntoView({ block: 'center' })
    const { left, width, top, height } = e.getBoundingClientRect()
    return [-21, 21].every((off) => (e.closest('label') ?? e).contains(document.elementFromPoint(left + width / 2, top + height / 2 + off)))
  }
  if (document.documentElement.scrollWidth > innerWidth) faults.push('page scrolls sideways')
  for (const e of [box, ...box.querySelectorAll('*')]) {
    const { left, right } = e.getBoundingClientRect()
    if (seen(e) && !held(e) && (left < -0.5 || right > innerWidth + 0.5)) faults.push(`outside: ${name(e)} ${Math.round(left)}…${Math.round(right)}`)
    if (/auto|scroll/.test(getComputedStyle(e).overflowX) && e.scrollWidth > e.clientWidth + 1) faults.push(`scrolls sideways: ${name(e)}`)
  }
  const { top, bottom } = box.getBoundingClientRect()
  let up = box
  while (up && !(/auto|scroll/.test(getComputedStyle(up).overflowY) && up.scrollHeight > up.clientHeight)) up = up.parentElement
  if ((top < -0.5 || bottom > innerHeight + 0.5) && !up) faults.push(`cut off: ${Math.round(top)}…${Math.round(bottom)}`)
  for (const e of box.querySelectorAll('button, a.ant-btn, [role="button"], [role="menuitem"]')) {
    if (innerWidth < 720 && seen(e) && !e.ariaDisabled && !touchable(e)) faults.push(`low: ${name(e)} ${e.getBoundingClientRect().height}`)
  }
  for (const e of box.querySelectorAll('input:not([type="hidden"]), textarea, select')) {
    const named = e.labels?.length || e.ariaLabel || e.getAttribute('aria-labelledby')
    if (seen(e) && !named) faults.push(`no label: ${name(e)} ${e.id}`)
  }
  return faults
}"""
WITHIN = "(box) => (box.closest('.ant-drawer') ?? box).contains(document.activeElement)"
EDGE = """(box, last) => {
  const able = [...box.querySelectorAll('a[href], button, input, textarea, select, summary, [tabindex]')].filter((e) => e.tabIndex >= 0 && !e.disabled && e.checkVisibility())
  able.at(last ? -1 : 0)?.focus()
}"""
WHERE = "() => `${document.activeElement.tagName} ${document.activeElement.className} ${document.activeElement.innerText?.slice(0, 20)}`"


def faults_of(desk: Desk, wanted: Opened) -> list[str]:
    """Open it in a narrow window, look at it there and in a wide one, walk it by keyboard, close it."""
    box = opened(desk, wanted)
    found = [] if box.evaluate(WITHIN) else [f"focus outside: {desk.page.evaluate(WHERE)}"]
    found += box.evaluate(PLACED)
    found += [f"axe: {fault}" for fault in findings(desk, box)]
    if wanted.box != MENU:  # Tab leaves and closes a menu, as menus do
        found += leaving(desk, box)
    if wanted.box != DIALOG:  # those stand beside their button, which goes elsewhere
        found += closed(desk, wanted)
    desk.page.set_viewport_size(DESK)
    box = box if wanted.box == DIALOG else opened(desk, wanted)
    found += [f"wide: {fault}" for fault in box.evaluate(PLACED)]
    found += closed(desk, wanted)
    return found


def opened(desk: Desk, wanted: Opened) -> Locator:
    """Open it; what it shows is there."""
    for step in wanted.by:
        press(desk, step)
    box = desk.page.locator(wanted.box).last
    expect(box).to_be_visible()
    expect(box.locator(".ant-skeleton, .ant-spin-spinning")).to_have_count(0)
    return box


def closed(desk: Desk, wanted: Opened) -> list[str]:
    """Escape closes it, and the focus is where it was."""
    desk.page.keyboard.press("Escape")
    expect(desk.page.locator(wanted.box)).to_have_count(0)
    there = desk.page.locator(wanted.back or wanted.by[-1]).first.evaluate(WITHIN)
    return [] if there else [f"focus not back: {desk.page.evaluate(WHERE)}"]


def press(desk: Desk, step: str) -> None:
    """What a selector finds, as the keyboard's owner would stand on it; "mark" before it: with Ctrl."""
    opener = desk.page.locator(step.removeprefix("mark ")).first
    opener.focus()
    opener.click(modifiers=["Control"] if step.startswith("mark ") else [])


def leaving(desk: Desk, box: Locator) -> Iterator[str]:
    """Whether Tab from the last and Shift+Tab from the first field leave the box."""
    for last, key in ((True, "Tab"), (False, "Shift+Tab")):
        box.evaluate(EDGE, last)
        desk.page.keyboard.press(key)
        if not box.evaluate(WITHIN):
            yield f"{key} leaves: {desk.page.evaluate(WHERE)}"


def sweep(desk: Desk, table: tuple[Opened, ...]) -> dict[str, list[str]]:
    """Faults by name, those without any left out."""
    found: dict[str, list[str]] = {}
    at = ""
    for wanted in table:
        desk.page.set_viewport_size(PHONE)
        if wanted.page != at:
            desk.go(at := wanted.page)
        if faults := faults_of(desk, wanted):
            found[wanted.name] = faults
    return found


def test_of_the_administration(stage: Stage) -> None:
    admin = stage.desk("admin")
    stage.desk("admin")  # a second device
    call(admin, "/api/scenarios/rules/city-management/draft", {})
    region = admin.page.request.get(f"{admin.url}/api/identity/me").json()["post"]["region"]["id"]
    call(admin, "/api/identity/tokens", {"name": "大屏", "permissions": ["incident.read"], "region": region})
    assert sweep(admin, ADMIN) == {}


def test_of_incidents(stage: Stage) -> None:
    town = stage.desk("shiqiaopu-duty")
    fresh, worked = two_incidents(town)
    found = sweep(town, on_incidents(f"/incidents/{fresh}", f"/incidents/{worked}"))
    team = stage.desk("shiqiaopu-enforcement")
    order = team.page.request.get(f"{team.url}/api/incidents/{worked}").json()["orders"][0]["id"]
    asked = {"move": "defer_request", "reason": "连日下雨", "until": "2099-01-01T00:00:00Z"}
    call(team, f"/api/incidents/orders/{order}/moves", {"moves": [{"move": "acknowledge"}, asked]})
    chief = stage.desk("jiulongpo-chief")
    granting = tuple(moves(f"/incidents/{worked}", "defer_approve", "defer_reject"))
    assert found | sweep(chief, granting) == {}


def two_incidents(town: Desk) -> tuple[int, int]:
    """One that has just come, with a photo and somebody to ask back, and one at a unit."""
    file = {"file": photo("stall")}
    answer = town.page.request.post(
        f"{town.url}/api/attachments", multipart=file, headers={"X-Chengyun": "1"}
    )
    fresh, worked = (
        int(call(town, "/api/incidents/reports", {**REPORT, **more}, **{"Idempotency-Key": key})["incident"])
        for key, more in (
            (
                "dialogs-fresh",
                {"reporter": {"name": "陈静", "phone": "13812345678"}, "attachments": [answer.json()["id"]]},
            ),
            ("dialogs-worked", {}),
        )
    )
    unit = town.page.request.get(f"{town.url}/api/identity/units?q={TEAM}").json()[0]["id"]
    steps = [{"move": name} for name in ("accept", "verify", "file")]
    steps.append({"move": "dispatch", "units": {"lead": unit}})
    call(town, f"/api/incidents/{worked}/moves", {"moves": steps})
    return fresh, worked
