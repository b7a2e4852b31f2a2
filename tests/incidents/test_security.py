"""Jurisdiction behind the door: raw SQL as the application role sees what the model says, and no more."""

from __future__ import annotations

import psycopg
import pytest
import sqlalchemy as sa

from chengyun.incidents import service
from chengyun.incidents.inputs import Move
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.errors import Conflict, NotFound
from tests.incidents.support import SHIQIAOPU, ZHAIZIPING, City, anonymous, resident

TABLES = ("incident", "step", "order", "deadline", "report", "message")
TOWN = "九龙坡区/石桥铺街道"


def seen(city: City, actor: Actor) -> dict[str, int]:
    with city.at(actor) as tx:
        return {
            name: tx.execute(sa.text(f"SELECT count(*) FROM incidents_{name}")).scalar_one()
            for name in TABLES
        }


def test_who_sees_what(city: City) -> None:
    city.report(resident(7), "楼下下水道又满了", ZHAIZIPING)
    village = "开州区/云枫街道/寨子坪社区"
    sees = (
        city.officer(""),
        city.officer("开州区"),
        city.officer("开州区/云枫街道"),
        city.worker("community", village, "community"),
    )
    sees_not = (
        city.officer("九龙坡区"),  # a sibling
        city.officer("开州区/石龙镇"),  # another town
        city.officer("九龙坡区/石龙镇"),  # its namesake
        city.worker("city-management", "开州区"),  # a unit without a work order
        city.worker("community", "开州区/云枫街道/綦口村", "community"),
        anonymous(),
        resident(8),
    )
    for actor in sees:
        assert all(seen(city, actor).values()), actor.name
    for actor in sees_not:
        assert not any(seen(city, actor).values()), actor.name


def test_a_resident_sees_the_own_report_and_only_messages_for_reporters(city: City) -> None:
    receipt = city.report(resident(7), "楼下下水道又满了", ZHAIZIPING)
    city.report(resident(8), "我家也是", ZHAIZIPING, incident=receipt.incident)
    assert seen(city, resident(7))["report"] == 1
    with city.at(resident(7)) as tx:
        audiences = tx.execute(sa.text("SELECT DISTINCT audience FROM incidents_message")).scalars().all()
    assert audiences == ["reporter"]


def test_without_an_actor_there_are_no_rows(city: City) -> None:
    city.report(resident(7), "楼下下水道又满了", ZHAIZIPING)
    with city.db.engine.connect() as conn:
        for name in TABLES:
            assert conn.execute(sa.text(f"SELECT count(*) FROM incidents_{name}")).scalar_one() == 0


def test_intake_leaves_no_open_door(city: City) -> None:
    """The system policy under which a report is written ends with it, in the same transaction."""
    with city.at(anonymous()) as tx:
        receipt = service.report(tx, service.ReportIn("垃圾", *SHIQIAOPU))
        assert tx.execute(sa.text("SELECT count(*) FROM incidents_incident")).scalar_one() == 0
        with pytest.raises(NotFound):
            service.move(tx, receipt.incident, [Move("note", {"note": "?"})])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE incidents_step SET text = 'x'",
        "DELETE FROM incidents_step",
        "DELETE FROM incidents_incident",
        "DELETE FROM incidents_order",
        "UPDATE incidents_message SET zh = 'x'",
        "UPDATE incidents_rulebook SET digest = 'x'",
        "ALTER TABLE incidents_step DISABLE ROW LEVEL SECURITY",
    ],
)
def test_history_only_grows(city: City, statement: str) -> None:
    with city.db.begin(system_actor("seed")) as tx, pytest.raises(sa.exc.ProgrammingError) as refused:
        tx.execute(sa.text(statement))
    assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)


def test_an_unnamed_system_policy_sees_nothing(city: City) -> None:
    city.report(resident(7), "楼下下水道又满了", ZHAIZIPING)
    assert not any(seen(city, system_actor("attachments.sweep")).values())


def test_a_version_that_has_passed_is_refused(city: City) -> None:
    incident = city.report(resident(7), "路边一堆垃圾", SHIQIAOPU).incident
    chief = city.officer(TOWN)
    version = city.life(incident).incident.version
    city.move(chief, incident, "accept")
    with city.at(chief) as tx, pytest.raises(Conflict) as refused:
        service.move(tx, incident, [Move("verify")], version)
    assert refused.value.code == "incidents.changed"
