"""Tokens, emergency access, duty, residents, demo mode."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from chengyun.identity import demo, service
from chengyun.identity.residents import CODE_TRIES
from chengyun.identity.vault import open_vault
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.errors import Conflict, Forbidden, NotFound, Unavailable
from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Database
from tests.identity.support import SEED, acting, application, browser, count, hire, sign_in, unit_in

DOOR = system_actor("identity.signin")
REASON = "跨区抢险，需要查看事件"


def officer(app: FastAPI, login: str, address: str = "10.0.0.1") -> Any:
    client = browser(app, address)
    sign_in(client, login)
    return client


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


# --- residents -----------------------------------------------------------------------------------------------


def ask(client: Any, phone: str = "138 0000 0001") -> str:
    answer = client.post("/api/identity/resident/code", json={"phone": phone})
    assert answer.status_code == 200, answer.text
    code: str = answer.json()["demo_code"]
    return code


def enter(client: Any, code: str, phone: str = "13800000001") -> Any:
    return client.post("/api/identity/resident/login", json={"phone": phone, "code": code})


def test_a_resident_signs_in_by_phone_and_stays_the_same_resident(app: FastAPI) -> None:
    first, second = browser(app), browser(app, "10.0.0.2")
    me = enter(first, ask(first)).json()
    assert (me["kind"], me["post"], "incident.report" in me["permissions"]) == ("resident", None, True)
    assert enter(second, ask(second), "+86 138-0000-0001").json()["id"] == me["id"]
    assert first.get("/api/identity/me").json() == me


def test_a_code_serves_once_and_only_for_its_phone(app: FastAPI) -> None:
    client = browser(app)
    code = ask(client)
    assert enter(client, code, "13800000002").json()["code"] == "code.wrong"
    assert enter(client, code).status_code == 200
    assert enter(client, code).status_code == 401


def test_a_code_cannot_be_guessed(app: FastAPI) -> None:
    client = browser(app)
    code = ask(client)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(CODE_TRIES):
        assert enter(client, wrong).status_code == 401
    assert enter(client, code).status_code == 401


def test_a_code_ends(app: FastAPI, city: Database) -> None:
    client = browser(app)
    code = ask(client)
    with city.begin(DOOR) as tx:
        tx.execute(sa.text("UPDATE identity_code SET ends_at = now()"))
    assert enter(client, code).status_code == 401


def test_codes_are_limited_by_phone_and_by_address(app: FastAPI, city: Database) -> None:
    client = browser(app)
    ask(client)
    with city.begin(DOOR) as tx:
        tx.execute(
            sa.text(
                "INSERT INTO identity_code (phone_hash, code_hash, address, ends_at)"
                " SELECT phone_hash, '', '10.8.8.8', now() FROM identity_code, generate_series(1, 60)"
            )
        )
    limited = client.post("/api/identity/resident/code", json={"phone": "13800000001"})
    assert (limited.status_code, limited.json()["code"]) == (429, "code.too_many")
    ask(client, "13800000009")


@pytest.mark.parametrize("phone", ["", "123", "23800000001", "1380000000a", "138000000011"])
def test_a_phone_number_has_a_shape(app: FastAPI, phone: str) -> None:
    refused = browser(app).post("/api/identity/resident/code", json={"phone": phone})
    assert refused.json()["fields"][0]["path"] == "phone"


def test_without_a_provider_no_code_is_pretended(city: Database, tmp_path: Path) -> None:
    real = browser(application(city, tmp_path, demo=False))
    refused = real.post("/api/identity/resident/code", json={"phone": "13800000001"})
    assert (refused.status_code, refused.json()["code"]) == (503, "code.no_provider")


def test_a_phone_number_is_encrypted_and_read_on_the_record_only(app: FastAPI, city: Database) -> None:
    client = browser(app)
    resident = enter(client, ask(client)).json()["id"]
    vault = open_vault(app.state.settings)
    with city.begin(DOOR) as tx:
        row = tx.execute(sa.text("SELECT identity_contact::text AS row, purpose FROM identity_contact")).one()
    assert b"13800000001".hex() not in row.row
    assert row.purpose == "incident-feedback"
    with city.begin(SEED) as tx:
        people = {person: acting(city, found) for person, found in _staff(city).items()}
    with pytest.raises(Forbidden):
        service.reveal_phone(city, vault, people["department"], resident, ("incident", 7), "核实")
    phone = service.reveal_phone(city, vault, people["duty"], resident, ("incident", 7), "核实地点")
    assert (phone, service.masked_phone(phone)) == ("13800000001", "138****0001")
    with city.begin(SEED) as tx:
        query = "SELECT actor_id, subject_id, detail FROM kernel_audit WHERE action = 'reporter.contact'"
        read = tx.execute(sa.text(query)).one()
    assert (read.actor_id, read.subject_id, read.detail["reason"]) == (people["duty"].id, "7", "核实地点")
    with pytest.raises(NotFound):
        service.reveal_phone(city, vault, people["duty"], 999_999, ("incident", 7), "核实")


def _staff(city: Database) -> dict[str, Any]:
    with city.begin(SEED) as tx:
        units = {u.kind: u.id for u in service.find_units(tx, level="district")}
    return {
        "duty": hire(city, "d1", units["centre"], "district-duty"),
        "department": hire(city, "d2", units["housing"], "department"),
    }


def test_another_key_opens_no_number(app: FastAPI, city: Database, tmp_path: Path) -> None:
    client = browser(app)
    resident = enter(client, ask(client)).json()["id"]
    with pytest.raises(Unavailable):
        service.phone_of(city, open_vault(Settings(home=tmp_path / "elsewhere")), resident)


def test_residents_see_themselves_only(app: FastAPI, city: Database) -> None:
    first, second = browser(app), browser(app)
    mine = enter(first, ask(first)).json()["id"]
    enter(second, ask(second, "13800000002"), "13800000002")
    me = service.actor_for_session(city, first.cookies["chengyun_session"])
    with city.begin(me) as tx:
        assert tx.execute(sa.text("SELECT id FROM identity_resident")).scalars().all() == [mine]
        assert count(tx, "identity_contact") == 0
        assert count(tx, "identity_session") == 1
        assert service.resident(tx, mine).id == mine


def test_the_hotline_s_caller_is_the_resident_of_that_number(app: FastAPI, city: Database) -> None:
    client = browser(app)
    mine = enter(client, ask(client)).json()["id"]
    vault = open_vault(app.state.settings)
    assert service.resident_for_phone(city, vault, "13800000001") == mine
    fresh = service.resident_for_phone(city, vault, "13800000077")
    assert service.resident_for_phone(city, vault, "13800000077") == fresh != mine


def test_a_block_has_a_reason_and_an_end(app: FastAPI, city: Database) -> None:
    client = browser(app)
    mine = enter(client, ask(client)).json()["id"]
    people = _staff(city)
    duty, department = acting(city, people["duty"]), acting(city, people["department"])
    with city.begin(duty) as tx:
        until = tx.now
        service.block(tx, mine, until, "反复谎报")
        assert service.resident(tx, mine).blocked_until == until
        service.block(tx, mine, None, "已核实")
        assert service.resident(tx, mine).blocked_until is None
    with city.begin(department) as tx, pytest.raises(Forbidden):
        service.block(tx, mine, tx.now, "x")


def test_the_secret_file_is_its_owner_s_alone_and_is_made_once(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    first = open_vault(settings)
    path = tmp_path / "home" / "secret.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == ["secret.key"]
    assert open_vault(settings) == first
    (tmp_path / "short").write_bytes(b"x")
    with pytest.raises(Unavailable):
        open_vault(Settings(home=tmp_path, secret_file=str(tmp_path / "short")))


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
