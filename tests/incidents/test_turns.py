"""The turns beside the straight way: up, down, waiting, pressing, more hands; and what screens offer."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from chengyun.identity import service as identity
from chengyun.incidents import service
from chengyun.incidents.bodies import MovesBody
from chengyun.incidents.contracts import IncidentClosed, IncidentMoved, State
from chengyun.incidents.inputs import Move
from chengyun.incidents.reporting.once import made_before
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from tests.incidents.support import SHIQIAOPU, ZHAIZIPING, City, resident

TOWN, DISTRICT, OTHER = "九龙坡区/石桥铺街道", "九龙坡区", "九龙坡区/杨家坪街道"
VILLAGE = "开州区/云枫街道/寨子坪社区"


def accepted(city: City) -> int:
    incident = city.report(city.officer(TOWN), "路边一堆垃圾", SHIQIAOPU).incident
    city.move(city.officer(TOWN), incident, "accept")
    return incident


def dispatched(city: City) -> int:
    incident = accepted(city)
    for name in ("verify", "file", "dispatch"):
        city.move(city.officer(TOWN), incident, name)
    return incident


def test_escalate_and_assign_down_keep_the_number_and_the_old_owner_reading(city: City) -> None:
    incident, town, district, other = (
        accepted(city),
        city.officer(TOWN),
        city.officer(DISTRICT),
        city.officer(OTHER),
    )
    number = city.life(incident).incident.number
    city.move(town, incident, "escalate", reason="超出镇街能力")
    assert city.life(incident).incident.centre_id == district.home
    with pytest.raises(Forbidden):
        city.move(town, incident, "verify")
    with pytest.raises(Invalid):
        city.move(district, incident, "assign_down", to_centre=city.region("巴南区/花溪街道"))
    city.move(district, incident, "assign_down", to_centre=other.home)
    for name in ("verify", "file"):
        city.move(other, incident, name)
    life = city.life(incident)
    assert (life.incident.number, life.incident.centre_id) == (number, other.home)
    for reader in (town, district):
        city.move(reader, incident, "note", note="仍在关注")
    city.check_history(incident)


def test_the_city_has_nobody_above(city: City) -> None:
    incident = city.report(city.officer(""), "山上冒烟", SHIQIAOPU, category="fire").incident
    with pytest.raises(Conflict):
        city.move(city.officer(""), incident, "escalate", reason="?")


def test_transfers_go_sideways(city: City) -> None:
    incident, town = accepted(city), city.officer(TOWN)
    for wrong in (DISTRICT, TOWN, VILLAGE):
        with pytest.raises(Invalid):
            city.move(town, incident, "transfer", to_centre=city.region(wrong), reason="?")
    city.move(town, incident, "transfer", to_centre=city.region(OTHER), reason="在杨家坪")
    running = {d.stage for d in city.life(incident).deadlines if d.live}
    assert running == {"verify", "take_over"}  # the clock of the source never pauses


def test_a_suspension_needs_somebody_else_to_approve(city: City) -> None:
    incident, chief, other = dispatched(city), city.officer(TOWN), city.officer(TOWN, id=77)
    duty = city.officer(TOWN, "town-duty", id=78)
    with city.at(chief) as tx:
        until = tx.now + timedelta(days=5)
    with pytest.raises(Invalid):
        city.move(chief, incident, "suspend_request", reason="等材料", until=until - timedelta(days=9))
    with pytest.raises(Conflict):
        city.move(other, incident, "suspend_approve")
    city.move(chief, incident, "suspend_request", reason="等材料", until=until)
    with pytest.raises(Forbidden):
        city.move(chief, incident, "suspend_approve")
    with pytest.raises(Forbidden):
        city.move(duty, incident, "suspend_approve")
    city.move(other, incident, "suspend_approve")
    life = city.life(incident)
    assert life.incident.state == State.SUSPENDED
    assert {d.state for d in life.deadlines if d.stage == "handle"} == {"paused"}
    with pytest.raises(Conflict):
        city.order(city.worker_of(life.orders[0].unit_id), life.orders[0].id, "acknowledge")
    city.move(chief, incident, "resume")
    assert city.state(incident) == State.DISPATCHED
    city.check_history(incident)
    with city.db.begin(system_actor("seed")) as tx:
        audited = tx.execute(
            sa.text("SELECT action FROM kernel_audit WHERE subject_kind = 'incident'")
        ).scalars()
        assert list(audited) == ["incident.suspend_approve"]


def test_more_time_moves_the_end_only_when_it_is_granted(city: City) -> None:
    incident, chief = dispatched(city), city.officer(TOWN)
    order = city.life(incident).orders[0]
    worker = city.worker_of(order.unit_id)
    city.order(worker, order.id, "acknowledge")
    due = handling(city, incident, order.id)
    with city.at(chief) as tx:
        until = tx.now + timedelta(days=4)
    city.order(worker, order.id, "defer_request", reason="要吊车", until=until)
    assert handling(city, incident, order.id) == due
    with pytest.raises(Forbidden):
        city.order(worker, order.id, "defer_approve")
    city.order(chief, order.id, "defer_reject", reason="今天必须办")
    assert handling(city, incident, order.id) == due
    city.order(worker, order.id, "defer_request", reason="要吊车", until=until)
    city.order(chief, order.id, "defer_approve")
    assert abs(handling(city, incident, order.id) - until) < timedelta(seconds=2)
    city.check_history(incident)


def handling(city: City, incident: int, order: int) -> object:
    return next(
        d.due_at for d in city.life(incident).deadlines if d.order_id == order and d.stage == "handle"
    )


def test_the_handler_calls_a_crew_in_and_gives_it_to_a_person(city: City) -> None:
    incident = city.report(resident(), "楼下下水道又满了", ZHAIZIPING).incident
    order = city.life(incident).orders[0]
    community = city.worker("community", VILLAGE, "community")
    with city.db.begin(system_actor("seed")) as tx:
        person = identity.create_person(tx, "grid-1", "王网格")
        identity.give_post(tx, person, order.unit_id, "grid-worker")
    city.order(community, order.id, "acknowledge")
    with pytest.raises(Invalid):
        city.order(community, order.id, "assign_person", person=424242)
    city.order(community, order.id, "assign_person", person=person)
    walker = city.worker("community", VILLAGE, "grid-worker", id=person)
    city.order(walker, order.id, "start")
    with pytest.raises(Invalid):
        city.order(
            walker, order.id, "call_in", unit=city.unit("sanitation", "巴南区/花溪街道"), reason="要人"
        )
    city.order(
        walker, order.id, "call_in", unit=city.unit("sanitation", "开州区/云枫街道"), reason="要疏通车"
    )
    crew = city.life(incident).orders[1]
    assert (crew.role, crew.called_by, city.life(incident).orders[0].person_name) == (
        "assist",
        order.id,
        "王网格",
    )
    city.order(walker, order.id, "report_back", outcome="已疏通", measures={"fine_yuan": 0})
    assert city.state(incident) == State.HANDLING
    city.order(city.worker_of(crew.unit_id), crew.id, "acknowledge")
    city.order(city.worker_of(crew.unit_id), crew.id, "report_back", outcome="已清淤")
    assert city.state(incident) == State.HANDLED
    city.check_history(incident)


def test_units_and_strangers_keep_to_their_own(city: City) -> None:
    incident = dispatched(city)
    order = city.life(incident).orders[0]
    with pytest.raises(NotFound):
        city.order(city.worker("housing", DISTRICT), order.id, "acknowledge")
    other_unit = city.worker_of(city.life(incident).orders[1].unit_id)
    with pytest.raises(Forbidden):
        city.order(other_unit, order.id, "acknowledge")
    with pytest.raises(Forbidden):
        city.move(other_unit, incident, "add_order", units={"assist": [city.unit("housing", DISTRICT)]})
    with pytest.raises(Invalid):
        city.move(city.officer(TOWN), incident, "fly")
    with pytest.raises(NotFound):
        city.move(city.officer(TOWN), incident, "release_order", order=999_999, reason="?")
    city.move(
        city.officer(TOWN), incident, "release_order", order=city.life(incident).orders[1].id, reason="不必"
    )
    with pytest.raises(Conflict):
        city.move(city.officer(TOWN), incident, "release_order", order=order.id, reason="主办不能免")
    city.move(city.officer(TOWN), incident, "recall", order=order.id, reason="派错了")
    assert city.state(incident) == State.FILED
    city.check_history(incident)


def test_dispatch_by_hand_keeps_what_the_rules_proposed(city: City) -> None:
    incident, chief = accepted(city), city.officer(TOWN)
    for name in ("verify", "file"):
        city.move(chief, incident, name)
    for unit in (city.unit("housing", "巴南区"), 5_000_000):
        with pytest.raises(Invalid):
            city.move(chief, incident, "dispatch", units={"lead": unit})
    with city.at(chief) as tx:
        proposal = service.propose(tx, incident)
    assert [c.unit.kind for c in proposal.units] == ["enforcement-team", "sanitation", "community"]
    assert (proposal.rule, proposal.rejected[0].unit.kind) == ("duty:1", "city-management")
    assert all(c.distance_m is not None and c.load == 0 for c in proposal.units)
    city.move(chief, incident, "dispatch", units={"lead": city.unit("sanitation", TOWN)})
    why = city.life(incident).incident.why["routing"]
    assert (why["rule"], why["rejected"]["unit"]) == ("by-hand", city.unit("enforcement-team", TOWN))


def test_screens_are_offered_what_the_table_allows(city: City) -> None:
    incident = accepted(city)

    def offered(actor: object) -> list[str]:
        with city.at(actor) as tx:  # type: ignore[arg-type]
            row = tx.execute(
                sa.text("SELECT * FROM incidents_incident WHERE id = :id"), {"id": incident}
            ).one()
            return [one.move for one in service.allowed(tx, row)]

    chief = offered(city.officer(TOWN))
    assert chief[0] == "verify"
    assert {"transfer", "escalate", "void", "suspend_request"} <= set(chief)
    assert not {"suspend_approve", "supervise_reply", "alert_ack", "report"} & set(chief)
    assert "void" not in offered(city.officer(TOWN, "town-duty"))
    above = offered(city.officer(DISTRICT))
    assert "supervise" in above
    assert "verify" not in above
    city.move(city.officer(TOWN), incident, "verify")
    city.move(city.officer(TOWN), incident, "file")
    city.move(city.officer(TOWN), incident, "dispatch")
    with city.at(city.worker_of(city.life(incident).orders[0].unit_id)) as tx:
        row = tx.execute(sa.text("SELECT * FROM incidents_incident")).one()
        order = tx.execute(sa.text("SELECT * FROM incidents_order WHERE role = 'lead'")).one()
        moves = service.allowed_of_order(tx, row, order)
    assert [one.move for one in moves] == ["acknowledge", "assign_person", "return"]
    assert [(need.name, need.required) for need in moves[2].needs] == [("reason", True)]


def test_several_moves_are_all_or_none_and_others_hear(city: City) -> None:
    heard: list[object] = []
    for kind in (IncidentMoved, IncidentClosed):
        city.db.bus.subscribe(kind, lambda _tx, news: heard.append(news))
    incident = city.report(city.officer(TOWN), "路边一堆垃圾", SHIQIAOPU).incident
    chief = city.officer(TOWN)
    with pytest.raises(Conflict), city.at(chief) as tx:
        service.move(tx, incident, [Move("accept"), Move("verify"), Move("close")])
    assert city.state(incident) == State.REPORTED
    heard.clear()
    with city.at(chief) as tx:
        service.move(tx, incident, [Move("accept"), Move("verify"), Move("file"), Move("dispatch")])
    assert [news.move for news in heard] == ["accept", "verify", "file", "dispatch"]  # type: ignore[attr-defined]
    with city.db.begin(system_actor("seed")) as tx:
        topics = tx.execute(sa.text("SELECT topic FROM kernel_outbox ORDER BY id")).scalars().all()
    assert topics[-2:] == ["incident", "workorder"]


def test_a_key_counts_for_the_moves_of_one_matter_by_one_person(city: City) -> None:
    one, two = city.officer(TOWN, id=1), city.officer(TOWN, id=2)

    def before(actor: Actor, subject: str, note: str = "已看过", key: str | None = "key-0001") -> bool:
        body = MovesBody.model_validate({"moves": [{"move": "note", "note": note}]})
        with city.at(actor) as tx:
            return made_before(tx, subject, body, key)

    first = [(one, "incident 1"), (one, "incident 2"), (one, "order 1"), (two, "incident 1")]
    assert [before(*asked) for asked in first] == [False] * 4
    assert [before(*asked) for asked in first] == [True] * 4
    assert not before(one, "incident 1", key="key-0002")
    assert not any(before(one, "incident 1", key=None) for _ in range(2))
    with pytest.raises(Conflict):
        before(one, "incident 1", note="另一句")


def test_pins_and_alerts(city: City) -> None:
    incident = city.report(resident(), "前面路面塌陷了", SHIQIAOPU).incident
    town = city.officer(TOWN)
    assert city.life(incident).incident.alerts == [town.home]
    with city.at(town) as tx:
        service.pin(tx, incident, on=True)
        service.acknowledge_alert(tx, incident)
    life = city.life(incident)
    assert (life.incident.pinned, life.incident.alerts) == (True, [])
    with city.at(town) as tx, pytest.raises(Conflict):
        service.acknowledge_alert(tx, incident)
    with city.at(city.officer("巴南区")) as tx, pytest.raises(NotFound):
        service.pin(tx, incident, on=True)
    city.move(resident(), incident, "urge", note="快一点")
    assert city.life(incident).incident.alerts == [town.home]
    city.move(town, incident, "accept")
    assert city.life(incident).incident.alerts == []  # whoever acts has heard
