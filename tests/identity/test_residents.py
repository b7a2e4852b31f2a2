"""Residents: codes, phone numbers, the hotline's callers, blocks."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from chengyun.identity import service
from chengyun.identity.residents import CODE_TRIES
from chengyun.identity.vault import open_vault
from chengyun.kernel.errors import Forbidden, NotFound, Unavailable
from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Database
from tests.identity.support import DOOR, SEED, acting, application, browser, count, hire


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
