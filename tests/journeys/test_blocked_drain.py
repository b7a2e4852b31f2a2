"""The second story: a resident of 寨子坪社区 reports a blocked drain and sees each step until it is solved."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.support import Desk, Phone, Stage

pytestmark = pytest.mark.browser

PLACE = "开州区 · 云枫街道 · 寨子坪社区"
COMMUNITY = "寨子坪社区居委会"
WORKER = "吕军"


def test_blocked_drain(stage: Stage) -> None:
    resident = stage.phone()
    resident.sign_in_resident("13800000001")
    number = report(resident)
    follow(resident, number)
    expect_steps(resident, "已收到", "已受理", "已交给责任单位")

    community = stage.desk("zhaiziping")
    order_the_grid_worker(community, number)

    worker = stage.phone("zhaiziping-grid")
    confirm_on_the_spot(worker, number)
    call_the_crew(worker)
    expect_told(resident, "环卫所")
    crew_handles(stage, number)
    report_back(worker)
    expect_told(resident, "管道已疏通")

    check_and_close(stage, number)
    expect_steps(resident, "已收到", "已受理", "已交给责任单位", "正在处理", "核查结果", "已办结")
    rate(resident)


def report(resident: Phone) -> str:
    """A photo, a sentence, a place found by its name; the receipt comes by itself."""
    resident.take_photo("drain")
    resident.by("report-text").fill("我们楼下下水道堵了，污水外溢到路上")
    resident.place("寨子坪社区", "云枫街道")
    expect(resident.by("chain")).to_contain_text("寨子坪社区")
    resident.shot("1-report", picture="phone-report")
    resident.by("report-submit").click()
    expect(resident.by("saved")).to_be_visible()
    resident.by("see-progress").click()
    receipt = resident.by("receipt")
    expect(receipt).to_have_attribute("data-stage", "dispatched")
    resident.shot("2-receipt")
    return resident.by("draft").locator(".meta").inner_text().split(" · ")[0]


def follow(resident: Phone, number: str) -> None:
    """The tracking page, like a parcel's."""
    resident.by("open-tracking").click()
    expect(resident.page.get_by_text(f"编号 {number}", exact=True)).to_be_visible()
    expect(resident.page.get_by_text(PLACE)).to_be_visible()
    expect(resident.page.get_by_text(f"现由 {COMMUNITY} 办理")).to_be_visible()


def expect_steps(resident: Phone, *done: str) -> None:
    """These steps of the parcel are passed, and no others; the page reads itself again."""
    expect(resident.page.locator('[data-testid="tracking-step"][data-done="true"] strong')).to_have_text(
        list(done)
    )


def expect_told(resident: Phone, words: str) -> None:
    """A message to the resident says so."""
    expect(resident.page.locator(".messages")).to_contain_text(words)


def order_the_grid_worker(community: Desk, number: str) -> None:
    """It came to the community by rule, without a chain of approvals; the community sends its grid worker."""
    community.open_incident(number)
    expect(community.page.locator(".incident-aside")).to_contain_text("先由所在社区派网格员上门核实")
    own = community.page.get_by_test_id("order")
    expect(own).to_contain_text("主办")
    own.get_by_test_id("move-assign_person").click()
    community.choose("person", WORKER)
    community.by("confirm").click()
    expect(own).to_contain_text(WORKER)
    community.shot("3-ordered")


def confirm_on_the_spot(worker: Phone, number: str) -> None:
    """The grid worker signs, goes there and confirms with a photo."""
    card = worker.page.locator(f'[data-testid="task-card"][data-number="{number}"]')
    expect(card).to_contain_text("寨子坪社区")
    worker.shot("4-tasks", picture="phone-tasks")
    card.locator(".task-open").click()
    worker.move("acknowledge")
    worker.by("move-start").click()
    worker.by("need-note").fill("已到现场，确认堵塞")
    worker.take_photo("confirmed")
    worker.by("confirm").click()
    expect(worker.by("order-state")).to_have_attribute("data-state", "handling")
    worker.shot("5-task")


def call_the_crew(worker: Phone) -> None:
    """He cannot clear it by hand: the street's sanitation crew is called in."""
    worker.by("move-call_in").click()
    worker.by("need-unit").fill("环卫所")
    worker.by("choice").filter(has_text="云枫街道环卫所").click()
    worker.by("need-reason").fill("管道深处堵塞，需要疏通车")
    worker.by("confirm").click()
    expect(worker.by("confirm")).to_have_count(0)


def crew_handles(stage: Stage, number: str) -> None:
    """The crew, on a phone of its own: signs, clears the pipe, says so with a photo."""
    crew = stage.phone("yunfeng-crew")
    crew.page.locator(f'[data-testid="task-card"][data-number="{number}"] .task-open').click()
    crew.move("acknowledge")
    crew.by("move-report_back").click()
    crew.by("need-outcome").fill("已用疏通车疏通")
    crew.take_photo("cleared")
    crew.by("confirm").click()
    expect(crew.by("task-gone")).to_be_visible()


def report_back(worker: Phone) -> None:
    """Solved: outcome and photo."""
    worker.by("move-report_back").click()
    worker.by("need-outcome").fill("管道已疏通，路面已冲洗")
    worker.take_photo("solved")
    worker.by("confirm").click()
    expect(worker.by("task-gone")).to_be_visible()


def check_and_close(stage: Stage, number: str) -> None:
    """The street's centre checks and closes."""
    centre = stage.desk("yunfeng-duty")
    centre.open_incident(number)
    centre.by("move-check_pass").click()
    centre.by("move-dialog").locator('[data-need="note"] textarea').fill("电话回访居民，已解决")
    centre.by("confirm").click()
    expect(centre.steps("check_pass")).to_have_count(1)
    centre.by("move-close").click()
    centre.by("confirm").click()
    expect(centre.page.locator(".incident-state")).to_contain_text("已结案")
    centre.shot("6-closed")


def rate(resident: Phone) -> None:
    """Five stars; the thanks stay on the page."""
    resident.by("star-5").click()
    resident.by("rating-submit").click()
    expect(resident.page.get_by_text("您评了 5 星")).to_be_visible()
    expect(resident.by("tracking-state")).to_have_attribute("data-state", "rated")
    resident.shot("7-rated", picture="phone-tracking")
