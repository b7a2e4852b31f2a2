"""Tokens, emergency access, duty, residents, demo mode."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from chengyun.identity import demo, service
from chengyun.kernel.contracts import Actor
from chengyun.kernel.errors import Conflict
from chengyun.kernel.transactions import Database
from tests.identity.support import (
    DOOR,
    SEED,
    acting,
    application,
    browser,
    count,
    hire,
    officer,
    sign_in,
    unit_in,
)

REASON = "跨区抢险，需要查看事件"


# --- tokens --------------------------------------------------------------------------------------------------


def test_a_token_carries_its_permissions_in_its_region_until_it_is_revoked(
    app: FastAPI, city: Database, place: dict[str, int]
) -> None:
    admin = officer(app, "admin")
    body = {"name": "渣土车平台", "permissions": ["incident.report", "unit.read"], "region": place["巴南区"]}
    issued = admin.post("/api/identity/tokens", json=body)
    assert issued.status_code == 201, issued.text
    secret = issued.json()["secret"]
    bearer = {"Authorization": f"Bearer {secret}"}
    actor = service.actor_for_token(city, secret)
    assert (actor.kind, actor.scopes, actor.permissions) == (
        "token", (place["巴南区"],), frozenset({"incident.report", "unit.read"}),
    )  # fmt: skip
    client = browser(app)
    assert client.get("/api/identity/units", headers=bearer).status_code == 200
    assert client.get("/api/identity/people", headers=bearer).status_code == 403
    listed = admin.get("/api/identity/tokens").json()
    assert [(row["name"], "secret" in row) for row in listed] == [("渣土车平台", False)]
    assert officer(app, "banan-chief").get("/api/identity/tokens").status_code == 403
    assert admin.delete(f"/api/identity/tokens/{listed[0]['id']}").status_code == 204
    assert client.get("/api/identity/units", headers=bearer).json()["code"] == "token.invalid"
    with city.begin(DOOR) as tx:
        assert (
            count(tx, "identity_token", "position(:secret in identity_token::text) > 0", secret=secret) == 0
        )


def test_a_token_never_carries_what_people_decide(app: FastAPI, place: dict[str, int]) -> None:
    admin = officer(app, "admin")
    body = {"name": "x", "permissions": ["incident.void", "admin.people"], "region": place[""], "days": 9999}
    refused = admin.post("/api/identity/tokens", json=body).json()
    assert [field["path"] for field in refused["fields"]] == ["permissions", "days"]


def test_a_district_s_administrator_gives_tokens_for_the_district_only(
    app: FastAPI, city: Database, place: dict[str, int]
) -> None:
    hire(city, "jlp-admin", unit_in(city, "centre", place["九龙坡区"]), "admin", password="chengyun")
    local, chief = officer(app, "jlp-admin"), officer(app, "admin")
    body = {"name": "x", "permissions": ["unit.read"], "region": place["巴南区"]}
    assert local.post("/api/identity/tokens", json=body).json()["fields"][0]["path"] == "region"
    other = chief.post("/api/identity/tokens", json=body).json()["token"]["id"]
    assert local.get("/api/identity/tokens").json() == []
    assert local.delete(f"/api/identity/tokens/{other}").status_code == 404


# --- emergency access ----------------------------------------------------------------------------------------


def test_break_glass_opens_a_region_for_a_while_and_says_why(
    app: FastAPI, city: Database, place: dict[str, int]
) -> None:
    client = officer(app, "banan-duty")

    def sees() -> bool:
        found = client.get("/api/identity/people", params={"region": place["开州区"]}).json()
        return any(person["login"] == "kaizhou-duty" for person in found)

    assert not sees()
    begun = client.post(
        "/api/identity/break-glass", json={"region": place["开州区"], "reason": REASON, "minutes": 30}
    )
    assert begun.status_code == 201, begun.text
    assert sees()
    assert "incident.void" not in client.get("/api/identity/me").json()["permissions"]
    with city.begin(SEED) as tx:
        detail = tx.execute(
            sa.text("SELECT detail FROM kernel_audit WHERE action = 'break_glass.began'")
        ).scalar_one()
    assert detail["reason"] == REASON
    kaizhou = acting(city, hire(city, "witness", unit_in(city, "centre", place["开州区"]), "district-duty"))
    with city.begin(kaizhou) as tx:
        assert count(tx, "identity_break_glass") == 1  # those looked at can see who looked
    with city.begin(DOOR) as tx:
        tx.execute(
            sa.text("UPDATE identity_break_glass SET started_at = now() - interval '31 min', ends_at = now()")
        )
    assert not sees()


def test_break_glass_ends_on_request(app: FastAPI, place: dict[str, int]) -> None:
    client = officer(app, "banan-duty")
    body = {"region": place["开州区"], "reason": REASON, "minutes": 240}
    client.post("/api/identity/break-glass", json=body)
    assert len(client.get("/api/identity/break-glass").json()) == 1
    assert client.delete("/api/identity/break-glass").json() == {"ended": 1}
    assert client.get("/api/identity/break-glass").json() == []


@pytest.mark.parametrize(
    ("change", "path"),
    [({"minutes": 241}, "minutes"), ({"minutes": 0}, "minutes"), ({"reason": "急"}, "reason")],
)
def test_break_glass_wants_a_reason_and_an_end(
    app: FastAPI, place: dict[str, int], change: dict[str, object], path: str
) -> None:
    body = {"region": place["开州区"], "reason": REASON, "minutes": 30, **change}
    refused = officer(app, "banan-duty").post("/api/identity/break-glass", json=body)
    assert [field["path"] for field in refused.json()["fields"]] == [path]


def test_nobody_opens_the_glass_for_somebody_else(city: Database, place: dict[str, int]) -> None:
    who = acting(city, hire(city, "sly", unit_in(city, "centre", place["巴南区"]), "district-duty"))
    statement = sa.text(
        "INSERT INTO identity_break_glass (person_id, region_id, reason, readers, ends_at)"
        " VALUES (1, 1, 'because', '{1}', now() + interval '1 hour')"
    )
    with pytest.raises(sa.exc.ProgrammingError, match="row-level security"), city.begin(who) as tx:
        tx.execute(statement)


# --- duty ----------------------------------------------------------------------------------------------------


def test_duty_begins_and_ends_at_the_centre(app: FastAPI, city: Database, place: dict[str, int]) -> None:
    hire(city, "late", unit_in(city, "centre", place["巴南区"]), "district-duty", password="chengyun")
    client = officer(app, "late")
    assert client.post("/api/identity/duty", json={"on": True}).json()["on_duty"] is True
    since = client.get("/api/identity/me").json()["shift_since"]
    assert client.post("/api/identity/duty", json={"on": True}).json()["shift_since"] == since
    roster = client.get("/api/identity/duty", params={"centre": place["巴南区"]}).json()
    assert {person["name"] for person in roster["people"]} == {"袁磊", "邓红", "测试late"}
    assert client.post("/api/identity/duty", json={"on": False}).json()["on_duty"] is False
    with city.begin(SEED) as tx:
        assert (
            service.duty_at(tx, [place["巴南区"], place["九龙坡区/杨家坪街道"]])[place["九龙坡区/杨家坪街道"]]
            == []
        )
        assert len(service.on_duty(tx, place["巴南区"])) == 2


def test_departments_stand_no_duty(app: FastAPI) -> None:
    refused = officer(app, "jlp-cg").post("/api/identity/duty", json={"on": True})
    assert refused.json()["code"] == "duty.not_at_a_centre"


def test_the_end_of_a_post_ends_its_shift(city: Database, place: dict[str, int]) -> None:
    with city.begin(SEED) as tx:
        (officer_on,) = service.on_duty(tx, place["开州区"])
        service.end_post(tx, officer_on.post)
        assert service.on_duty(tx, place["开州区"]) == []


def test_anybody_learns_who_is_on_duty_and_nobody_changes_it_for_others(
    city: Database, place: dict[str, int]
) -> None:
    with city.begin(Actor(kind="resident", id=1, name="居民")) as tx:
        assert len(service.on_duty(tx, place["开州区"])) == 1
        assert tx.execute(sa.text("UPDATE identity_shift SET until = now()")).rowcount == 0


def test_grid_workers_are_found_by_grid_village_and_town(city: Database, place: dict[str, int]) -> None:
    village = "开州区/云枫街道/寨子坪社区"
    grids = [place[f"{village}/00{n} 网格"] for n in (1, 2)]
    with city.begin(SEED) as tx:
        person = service.create_person(tx, "two-grids", "双格", demo=True)
        unit = service.unit_of(tx, "community", place[village])
        assert unit is not None
        service.give_post(tx, person, unit.id, "grid-worker", areas=grids)

        def names(region: int) -> set[str]:
            return {worker.name for worker in service.grid_workers(tx, region)}

        assert names(grids[0]) == {"吕军", "双格"}
        assert names(place[f"{village}/003 网格"]) == {"吕军"}
        assert names(place[village]) == names(place["开州区/云枫街道"]) == {"吕军", "双格"}
        assert names(place["开州区/云枫街道/綦口村"]) == set()
        assert service.people_of_unit(tx, unit.id)[0].role == "community"


# --- demo mode -----------------------------------------------------------------------------------------------


def test_demo_accounts_are_listed_with_their_units(app: FastAPI, city: Database, tmp_path: Path) -> None:
    listed = browser(app).get("/api/identity/demo-accounts").json()
    assert len(listed) == 19
    by_login = {row["login"]: row for row in listed}
    assert by_login["shiqiaopu-enforcement"]["unit_name"] == "石桥铺街道综合执法大队"
    assert by_login["zhaiziping"]["unit_name"] == "寨子坪社区居委会"
    for login in by_login:
        sign_in(browser(app), login)
    real = browser(application(city, tmp_path, demo=False))
    assert real.get("/api/identity/demo-accounts").status_code == 404


def test_demo_accounts_do_not_sign_in_outside_demo_mode(city: Database, tmp_path: Path) -> None:
    real = browser(application(city, tmp_path, demo=False))
    answer = real.post("/api/identity/login", json={"login": "admin", "password": "chengyun"})
    assert (answer.status_code, answer.json()["code"]) == (401, "login.failed")
    with pytest.raises(Conflict):
        demo.check_mode(city, demo=False)
    demo.check_mode(city, demo=True)


def test_a_real_installation_gets_no_demo_accounts(small_links: Any) -> None:
    db = Database(small_links.app_url)
    try:
        with db.begin(SEED) as tx:
            service.seed_units(tx)
            with pytest.raises(Conflict):
                service.seed_demo_accounts(tx, demo=False)
            with pytest.raises(Conflict):
                service.seed_simulated_staff(tx)
            person = service.bootstrap_admin(tx, "root", "a good password", "管理员")
            with pytest.raises(Conflict):
                service.bootstrap_admin(tx, "root2", "a good password", "另一位")
            with pytest.raises(Conflict):
                service.seed_demo_accounts(tx, demo=True)
        with pytest.raises(sa.exc.IntegrityError, match="demo_guard"), db.begin(SEED) as tx:
            tx.execute(sa.text("UPDATE identity_person SET demo = true WHERE id = :id"), {"id": person})
        demo.check_mode(db, demo=False)
    finally:
        db.dispose()


def test_a_demo_database_cannot_be_declared_real(city: Database) -> None:
    with pytest.raises(sa.exc.IntegrityError, match="demo_guard"), city.begin(SEED) as tx:
        tx.execute(sa.text("UPDATE identity_mode SET demo = false"))


def test_simulated_staff_fill_every_unit_and_centre_once(
    app: FastAPI, city: Database, place: dict[str, int]
) -> None:
    with city.begin(SEED) as tx:
        units = count(tx, "identity_unit")
        assert service.seed_simulated_staff(tx) == units
        assert service.seed_simulated_staff(tx) == 0
        assert all(service.duty_at(tx, [place[p] for p in ("", "九龙坡区", "开州区/石龙镇")]).values())
        stale = tx.execute(
            sa.text("SELECT count(*) FROM identity_person p WHERE readers <> identity_readers_of(p.id)")
        ).scalar_one()
        assert stale == 0
    me = officer(app, f"sim-c{place['开州区/石龙镇']}").get("/api/identity/me").json()
    assert (me["centre"]["id"], me["on_duty"]) == (place["开州区/石龙镇"], True)
    unit = unit_in(city, "community", place["开州区/石龙镇/綦口村"])
    me = officer(app, f"sim-u{unit}").get("/api/identity/me").json()
    assert (me["post"]["role"], me["centre"]["id"]) == ("community", place["开州区/石龙镇"])
