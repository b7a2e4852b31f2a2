"""Reports: who may send them how, what comes of them, what they cost."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from chengyun.identity.vault import Vault
from chengyun.incidents import service
from chengyun.incidents.contracts import IncidentOpened, State
from chengyun.incidents.inputs import Move, Reporter, ReportIn
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.errors import AppError, Conflict, Forbidden, Invalid, NotFound
from chengyun.kernel.transactions import Tx
from tests.incidents.support import HUAXI, SHIQIAOPU, ZHAIZIPING, City, anonymous, resident

TOWN = "九龙坡区/石桥铺街道"
VAULT = Vault(b"e" * 32, b"h" * 32)
STATEMENTS = 16  # a report with its dispatch, from BEGIN to COMMIT


def test_a_report_with_its_dispatch_takes_few_statements(city: City) -> None:
    city.report(resident(), "下水道堵了", ZHAIZIPING)
    seen: list[str] = []
    sa.event.listen(city.db.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    receipt = city.report(resident(), "下水道堵了", ZHAIZIPING)
    assert receipt.state is State.DISPATCHED
    assert len(seen) <= STATEMENTS, "\n".join(seen)


def test_an_unknown_matter_waits_at_the_town(city: City) -> None:
    receipt = city.report(anonymous(), "这里有点奇怪", SHIQIAOPU)
    incident = city.life(receipt.incident).incident
    assert (incident.state, incident.category, incident.level) == (State.REPORTED, None, "yellow")
    assert incident.centre_id == city.region(TOWN)
    with pytest.raises(Invalid) as refused:
        city.move(city.officer(TOWN), receipt.incident, "accept")
    assert [field.path for field in refused.value.fields] == ["category"]
    city.move(city.officer(TOWN), receipt.incident, "accept", category="0401")
    assert city.life(receipt.incident).incident.level == "red"


@pytest.mark.parametrize(
    ("text", "category", "owner"),
    [
        ("路边有垃圾", "0102", TOWN),
        ("渣土车冒装", "truck", "九龙坡区"),
        ("渣土车撒了一地垃圾", None, TOWN),  # two categories: an officer decides
    ],
)
def test_words_decide_the_category_only_where_one_fits(
    city: City, text: str, category: str | None, owner: str
) -> None:
    incident = city.life(city.report(anonymous(), text, SHIQIAOPU).incident).incident
    assert (incident.category, incident.centre_id) == (category, city.region(owner))


def test_a_category_of_the_city_is_taken_on_by_the_city(city: City) -> None:
    incident = city.life(city.report(anonymous(), "山上冒烟", HUAXI, category="fire").incident).incident
    assert (incident.centre_id, incident.level, incident.alerts) == (
        city.region(""),
        "red",
        [city.region("")],
    )


def test_people_without_a_post_cannot_pose_as_staff(city: City) -> None:
    with pytest.raises(Invalid):
        city.report(resident(), "垃圾", SHIQIAOPU, channel="hotline")
    receipt = city.report(resident(), "垃圾", SHIQIAOPU, level="red")
    incident = city.life(receipt.incident).incident
    assert (incident.channel, incident.level) == ("resident", "yellow")
    nobody = Actor("person", 3, "无权限", frozenset())
    with pytest.raises(Forbidden):
        city.report(nobody, "垃圾", SHIQIAOPU)


def test_wrong_reports_name_the_field(city: City) -> None:
    with pytest.raises(Invalid):
        city.report(anonymous(), "垃圾", SHIQIAOPU, category="9999")
    with pytest.raises(AppError):
        city.report(anonymous(), "垃圾", (100.0, 20.0))
    with city.at(anonymous()) as tx, pytest.raises(Invalid):
        service.report(tx, ReportIn("垃圾", *SHIQIAOPU, occurred_at=tx.now + timedelta(hours=1)))


def test_a_reporter_is_sealed_masked_and_opened_with_the_key_only(city: City) -> None:
    with city.at(anonymous()) as tx:
        who = Reporter("张三", "13812340001", hidden=True)
        receipt = service.report(tx, ReportIn("垃圾", *SHIQIAOPU, reporter=who), VAULT)
    with city.db.begin(system_actor("seed")) as tx:
        row = tx.execute(sa.text("SELECT * FROM incidents_report")).one()
    assert (row.masked_name, row.masked_phone, row.hidden) == ("张**", "138****0001", True)
    assert "1381234" not in json.dumps([str(value) for value in row])
    opened = service.opened_contact(row.contact, receipt.report, VAULT)
    assert opened == {"name": "张三", "phone": "13812340001"}
    with pytest.raises(AppError):
        service.opened_contact(row.contact, receipt.report, Vault(b"x" * 32, b"h" * 32))


def test_a_second_report_joins_and_both_hear(city: City) -> None:
    first = city.report(resident(7), "路边一堆垃圾", SHIQIAOPU)
    second = city.report(resident(8), "我也看到了", SHIQIAOPU, incident=first.incident)
    life = city.life(first.incident)
    assert (second.number, second.tracking != first.tracking) == (first.number, True)
    assert (life.incident.reports_count, life.incident.residents) == (2, [7, 8])
    assert life.steps[-1].move == "add_report"
    city.check_history(first.incident)
    city.move(city.officer(TOWN), first.incident, "decline", reason="重复建设计划已有安排")
    with pytest.raises(Conflict):
        city.report(resident(9), "还在", SHIQIAOPU, incident=first.incident)
    with pytest.raises(NotFound):
        city.report(resident(9), "还在", SHIQIAOPU, incident=999_999)


def test_messages_speak_plainly(city: City) -> None:
    receipt = city.report(resident(), "楼下下水道又满了", ZHAIZIPING)
    with city.db.begin(system_actor("seed")) as tx:
        told = tx.execute(sa.text("SELECT audience, zh, en FROM incidents_message ORDER BY id")).all()
    texts = {(row.audience, row.zh.split("，")[0]) for row in told}
    assert ("reporter", f"{receipt.number} 已收到") in texts
    assert ("reporter", "已交寨子坪社区居委会") in texts
    assert any(row.audience == "unit" and "寨子坪社区" in row.zh for row in told)


def test_a_reporter_rates_and_reopens_by_the_link(city: City) -> None:
    receipt = city.report(anonymous(), "路边一堆垃圾", SHIQIAOPU)
    chief = city.officer(TOWN)
    city.dispatch(chief, receipt.incident)
    for order in city.life(receipt.incident).open_orders():
        city.order(city.worker_of(order.unit_id), order.id, "acknowledge")
        city.order(city.worker_of(order.unit_id), order.id, "report_back", outcome="已清")
    city.move(chief, receipt.incident, "check_pass")
    city.move(chief, receipt.incident, "close")
    follow(city, receipt.report, Move("rate", {"stars": 2, "solved": False}))
    assert city.state(receipt.incident) == State.RATED
    with pytest.raises(Forbidden):
        follow(city, receipt.report, Move("void", {"reason": "?"}))
    with city.db.begin(system_actor("tracking")) as tx, pytest.raises(Conflict):
        link(tx, receipt.report, Move("reopen", {"reason": "太晚"}), timedelta(days=16))
    follow(city, receipt.report, Move("reopen", {"reason": "第二天又有了"}))
    life = city.life(receipt.incident)
    assert (life.incident.state, life.incident.stars, life.incident.reopened) == (State.FILED, None, 1)
    city.move(chief, receipt.incident, "dispatch")
    city.check_history(receipt.incident)


def follow(city: City, report: int, made: Move) -> None:
    with city.db.begin(system_actor("tracking")) as tx:
        link(tx, report, made)


def link(tx: Tx, report: int, made: Move, later: timedelta = timedelta(0)) -> None:
    tx.now += later
    told = tx.execute(sa.text("SELECT * FROM incidents_report WHERE id = :id"), {"id": report}).one()
    service.move_as_reporter(tx, told, made)


def test_features_above_hear_of_it(city: City) -> None:
    heard: list[IncidentOpened] = []
    city.db.bus.subscribe(IncidentOpened, lambda _tx, news: heard.append(news))
    with city.at(system_actor("incidents.test")) as tx:
        receipt = service.report(tx, ReportIn("塌陷", *SHIQIAOPU, origin=("camera", "c-17")))
    assert heard == [IncidentOpened(receipt.incident, ("camera", "c-17"))]
    assert city.life(receipt.incident).incident.channel == "api"
