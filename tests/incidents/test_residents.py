"""Residents through the door: the parcel with its promises, urging, rating, reopening, and being called back."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from chengyun.identity.vault import Vault
from chengyun.incidents import service
from chengyun.incidents.callbacks import service as callbacks
from chengyun.incidents.callbacks.contracts import Answer
from chengyun.incidents.callbacks.rules import STRIDE, TRIES, draw
from chengyun.incidents.contracts import State
from chengyun.incidents.inputs import Move, Reporter, ReportIn
from chengyun.incidents.reporter import tracking
from chengyun.incidents.rules import PERIODS
from chengyun.incidents.views import Receipt, Tracking
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.errors import Conflict, Forbidden, Invalid
from tests.incidents.support import HOUR, SHIQIAOPU, City, anonymous, resident

START = datetime(2025, 6, 3, 1, 0, tzinfo=UTC)
TOWN, DISTRICT = "九龙坡区/石桥铺街道", "九龙坡区"
VAULT = Vault(b"e" * 32, b"h" * 32)
LINK = system_actor("tracking")
DAY = timedelta(days=1)


def told(city: City, phone: str | None = "13800000001", who: Actor | None = None) -> Receipt:
    with city.at(who or anonymous(), START) as tx:
        given = ReportIn("路边一堆垃圾", *SHIQIAOPU, reporter=Reporter("张三", phone))
        return service.report(tx, given, VAULT)


def view(city: City, receipt: Receipt, now: datetime, language: str = "zh") -> Tracking:
    with city.at(LINK, now) as tx:
        return tracking.tracking(tx, tracking.report_by_token(tx, receipt.tracking), language)


def by_link(city: City, receipt: Receipt, now: datetime, name: str, **given: object) -> None:
    with city.at(LINK, now) as tx:
        service.move_as_reporter(tx, tracking.report_by_token(tx, receipt.tracking), Move(name, given))


def forward(city: City, incident: int, now: datetime = START, until: str = "close") -> None:
    """The straight way, as far as wanted."""
    chief, other = city.officer(TOWN), city.officer(TOWN, id=999)
    for name in ("accept", "verify", "file", "dispatch"):
        city.move(chief, incident, name, now, note="内部备注：此人常投诉")
        if name == until:
            return
    for order in city.life(incident).open_orders():
        city.order(city.worker_of(order.unit_id), order.id, "acknowledge", now)
        if until == "acknowledge":
            return
        city.order(city.worker_of(order.unit_id), order.id, "report_back", now, outcome="已清理")
    city.move(other, incident, "check_pass", now)
    city.move(chief, incident, "close", now, outcome="垃圾已清运")


def test_the_parcel_names_steps_units_times_and_what_is_next(city: City) -> None:
    receipt = told(city)
    forward(city, receipt.incident, START + HOUR, until="acknowledge")
    seen = view(city, receipt, START + 2 * HOUR)
    assert [(one.name, one.who, one.done, one.now) for one in seen.steps] == [
        ("report", "", True, False),
        ("accept", "石桥铺街道治理中心", True, False),
        ("dispatch", "石桥铺街道综合执法大队", True, False),
        ("handle", "石桥铺街道综合执法大队", False, True),
        ("check", "", False, False),
        ("close", "", False, False),
    ]
    assert seen.steps[3].until == seen.promised_at == START + 11 * HOUR
    assert seen.next_words == "石桥铺街道综合执法大队处理，完成后由他人核查"
    assert seen.delay is None
    english = view(city, receipt, START + 2 * HOUR, "en")
    assert english.steps[1].who == "石桥铺街道 centre"


def test_nothing_internal_reaches_a_reporter(city: City) -> None:
    """Notes, people's names, other reporters and what units said among themselves stay inside, whatever happens."""
    receipt = told(city)
    forward(city, receipt.incident, until="acknowledge")
    incident, chief = receipt.incident, city.officer(TOWN)
    lead = city.life(incident).lead()
    assert lead is not None
    worker = city.worker_of(lead.unit_id)
    city.order(worker, lead.id, "progress", START, note="内部：缺人手")
    city.move(city.officer(DISTRICT), incident, "supervise", START, note="内部：反复投诉件")
    city.move(chief, incident, "supervise_reply", START, note="内部：已约谈")
    city.order(worker, lead.id, "defer_request", START, reason="内部：预算未批", until=START + 3 * DAY)
    city.order(chief, lead.id, "defer_approve", START)
    city.move(chief, incident, "suspend_request", START, reason="内部：等雨停", until=START + 2 * DAY)
    city.report(resident(8), "内部：邻居的话", SHIQIAOPU, START, incident=incident)
    for now in (START + HOUR, START + 5 * DAY):
        shown = str(asdict(view(city, receipt, now)))
        assert "内部" not in shown
        assert not {"duty-chief", "department", "张三"} & set(shown.split("'"))
        assert "duty-chief" not in shown


def test_a_delay_names_its_reason_and_the_new_promise(city: City) -> None:
    receipt = told(city)
    incident, chief = receipt.incident, city.officer(TOWN)
    forward(city, incident, until="acknowledge")
    late = START + 12 * HOUR
    with city.db.begin(system_actor("seed")) as tx:  # nobody was told yet
        assert (
            tx.execute(sa.text("SELECT count(*) FROM incidents_step WHERE move = 'escalated'")).scalar() == 0
        )
    waiting = view(city, receipt, late).delay
    assert waiting is not None
    assert waiting.text == "超过承诺时间，已提醒石桥铺街道综合执法大队尽快办理"
    city.sweep(START + 14 * HOUR)
    told_above = view(city, receipt, START + 14 * HOUR).delay
    assert told_above is not None
    assert (told_above.kind, told_above.text, told_above.until) == ("late", "超过承诺时间，已上报上级", None)
    city.move(
        city.officer(DISTRICT), incident, "supervise", START + 14 * HOUR, note="为何", until=START + 20 * HOUR
    )
    pressed = view(city, receipt, START + 15 * HOUR).delay
    assert pressed is not None
    assert pressed.text == "超过承诺时间，已上报上级并督办，要求 6月4日05:00 前答复"
    lead = city.life(incident).lead()
    assert lead is not None
    until = START + 3 * DAY
    city.order(city.worker_of(lead.unit_id), lead.id, "defer_request", late, reason="缺车", until=until)
    city.order(chief, lead.id, "defer_approve", late, note="清运车检修")
    granted = view(city, receipt, START + 15 * HOUR)
    assert granted.delay is not None
    assert (granted.delay.text, granted.delay.until) == ("经批准延期到 6月6日09:00：清运车检修", until)
    assert granted.promised_at == until
    city.move(chief, incident, "suspend_request", late, reason="x", until=START + 9 * DAY)
    city.move(city.officer(TOWN, id=5), incident, "suspend_approve", late, note="汛期封路")
    held = view(city, receipt, START + 16 * HOUR).delay
    assert held is not None
    assert (held.text, held.until) == ("因客观原因暂缓办理：汛期封路", START + 9 * DAY)


def test_urging_by_the_link_is_possible_once_a_day(city: City) -> None:
    receipt = told(city)
    assert view(city, receipt, START).can_urge
    by_link(city, receipt, START + HOUR, "urge", note="还没人来")
    seen = view(city, receipt, START + 2 * HOUR)
    assert (seen.can_urge, seen.urges, seen.urge_from) == (False, 1, START + 25 * HOUR)
    with pytest.raises(Conflict, match="urged already"):
        by_link(city, receipt, START + 2 * HOUR, "urge")
    by_link(city, receipt, START + 26 * HOUR, "urge")
    with pytest.raises(Forbidden):
        by_link(city, receipt, START + 26 * HOUR, "note", note="别的动作不行")


def test_a_rating_may_be_changed_for_a_while_and_reopening_ends(city: City) -> None:
    receipt = told(city)
    forward(city, receipt.incident)
    by_link(city, receipt, START + DAY, "rate", stars=5, solved=True)
    seen = view(city, receipt, START + 2 * DAY)
    assert (seen.can_rate, seen.rate_until) == (True, START + DAY + PERIODS["rate_change"])
    by_link(city, receipt, START + 5 * DAY, "rate", stars=1, solved=False)
    life = city.life(receipt.incident)
    assert (life.incident.stars, life.incident.rated_at) == (1, START + DAY)
    after = START + 9 * DAY
    assert not view(city, receipt, after).can_rate
    with pytest.raises(Conflict, match="cannot be changed"):
        by_link(city, receipt, after, "rate", stars=5, solved=True)
    too_late = START + 16 * DAY
    assert (view(city, receipt, too_late).can_reopen, view(city, receipt, after).can_reopen) == (False, True)
    with pytest.raises(Conflict, match="closed more than"):
        by_link(city, receipt, too_late, "reopen", reason="又有了")
    by_link(city, receipt, after, "reopen", reason="又有了")
    again = view(city, receipt, after)
    assert [one.label for one in again.steps] == [
        "已收到",
        "已受理",
        "交给责任单位",
        "正在处理",
        "核查结果",
        "办结",
    ]
    assert [one.name for one in again.steps if one.done] == ["report", "accept"]
    assert all(one.at is None for one in again.steps[2:])
    city.check_history(receipt.incident)


def test_too_late_it_is_reported_anew_and_both_know_of_each_other(city: City) -> None:
    first = told(city)
    with city.at(anonymous(), START + 20 * DAY) as tx:
        given = ReportIn("还是那堆垃圾", *SHIQIAOPU, former=first.tracking)
        second = service.report(tx, given, VAULT)
        with pytest.raises(Invalid):
            service.report(tx, ReportIn("x", *SHIQIAOPU, former="x" * 40), VAULT)
    assert city.life(second.incident).incident.origin_id == str(first.incident)
    assert view(city, second, START + 20 * DAY).former == first.number


def operator(city: City) -> Actor:
    return city.officer(DISTRICT, "hotline", id=77)


def due(city: City, now: datetime, who: Actor | None = None) -> dict[int, str]:
    with city.at(who or operator(city), now) as tx:
        found = callbacks.due(tx)
        assert found.total == len(found.items)
        return {one.incident: one.reason for one in found.items}


def record(city: City, incident: int, now: datetime, answer: Answer) -> None:
    with city.at(operator(city), now) as tx:
        callbacks.record(tx, incident, answer)


def test_who_is_called_back_and_why(city: City) -> None:
    unhappy, quiet, silent = told(city), told(city), told(city, phone=None)
    by_phone = told(city, who=operator(city))
    for receipt in (unhappy, quiet, silent, by_phone):
        forward(city, receipt.incident)
    by_link(city, unhappy, START + HOUR, "rate", stars=2, solved=False)
    expected = {unhappy.incident: "dissatisfied"}
    assert due(city, START + HOUR) == expected
    expected[by_phone.incident] = "by_phone"
    drawn = {one.incident: "sample" for one in (quiet, unhappy) if draw(one.incident) < 10}
    assert due(city, START + 2 * DAY) == drawn | expected
    assert due(city, START + 16 * DAY) == {}
    assert due(city, START + 2 * DAY, city.officer("巴南区", "hotline")) == {}
    with city.at(city.worker("city-management", DISTRICT), START) as tx, pytest.raises(Forbidden):
        callbacks.due(tx)


def test_the_draw_is_fair() -> None:
    picked = [number for number in range(20_000) if draw(number) < 10]
    assert len(picked) == 2_000
    assert STRIDE % 2
    assert STRIDE % 5


def test_a_call_becomes_a_rating_on_behalf(city: City) -> None:
    receipt = told(city, who=operator(city))
    forward(city, receipt.incident)
    now, incident = START + 2 * DAY, receipt.incident
    with pytest.raises(Invalid):
        record(city, incident, now, Answer(True, stars=4))
    record(city, incident, now, Answer(False))
    assert due(city, now + HOUR) == {}  # not again at once
    record(city, incident, now + 5 * HOUR, Answer(True, 4, True, "清得很干净"))
    life = city.life(incident)
    last = life.steps[-1]
    assert (life.incident.stars, last.move, last.actor_kind, last.text) == (
        4,
        "rate",
        "person",
        "回访：清得很干净",
    )
    assert due(city, now + DAY) == {}
    with pytest.raises(Conflict):
        record(city, incident, now + DAY, Answer(True, 1, False))
    with city.at(operator(city), now + DAY) as tx:
        assert [(one.reached, one.stars, one.words) for one in callbacks.made(tx)] == [
            (True, 4, "清得很干净"),
            (False, None, ""),
        ]
        audited = tx.execute(sa.text("SELECT count(*) FROM kernel_audit WHERE action = 'incident.callback'"))
        assert audited.scalar() == 2
    city.check_history(incident)


def test_a_call_can_reopen_and_the_next_closing_is_called_anew(city: City) -> None:
    receipt = told(city, who=operator(city))
    forward(city, receipt.incident)
    with pytest.raises(Invalid):
        record(city, receipt.incident, START + 2 * DAY, Answer(True, 1, False, "", reopen=True))
    record(city, receipt.incident, START + 2 * DAY, Answer(True, 1, False, "第二天又堆上了", reopen=True))
    life = city.life(receipt.incident)
    assert [step.move for step in life.steps[-2:]] == ["rate", "reopen"]
    assert (life.incident.state, life.steps[-1].text) == (State.FILED, "回访：第二天又堆上了")
    chief, again = city.officer(TOWN), START + 3 * DAY
    city.move(chief, receipt.incident, "dispatch", again)
    for order in city.life(receipt.incident).open_orders():
        city.order(city.worker_of(order.unit_id), order.id, "acknowledge", again)
        city.order(city.worker_of(order.unit_id), order.id, "report_back", again, outcome="加了围挡")
    city.move(city.officer(TOWN, id=999), receipt.incident, "check_pass", again)
    city.move(chief, receipt.incident, "close", again)
    assert due(city, again + 2 * DAY) == {receipt.incident: "by_phone"}


def test_nobody_is_called_for_ever(city: City) -> None:
    receipt = told(city, who=operator(city))
    forward(city, receipt.incident)
    for number in range(TRIES):
        record(city, receipt.incident, START + (2 + number) * DAY, Answer(False))
    assert due(city, START + 6 * DAY) == {}
