"""The second factor: enrolment, codes that count once, recovery, limits, policy, step-up, an administrator's reset."""

from __future__ import annotations

import base64
import time
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from fastapi import FastAPI

from chengyun.identity.factor import STEP
from chengyun.kernel.transactions import Database
from tests.identity.support import DOOR, SEED, application, browser, count, execute, sign_in

ROOT = "/api/identity"
UNHURRIED = 5.0  # seconds
LOGIN = {"login": "banan-duty", "password": "chengyun"}


def code_of(secret: str, steps: int = 0) -> str:
    """What the app shows now, or some steps away."""
    raw = base64.b32decode(secret + "=" * (-len(secret) % 8))
    return TOTP(raw, 6, SHA1(), STEP).generate(int(time.time()) + steps * STEP).decode()


def enrol(client: Any) -> tuple[str, list[str]]:
    """Set a second factor up in a session; its secret and the recovery codes. What follows has some seconds until the codes change."""
    left = STEP - time.time() % STEP
    if left < UNHURRIED:
        time.sleep(left)
    secret = client.post(f"{ROOT}/factor/enrol").json()["secret"]
    done = client.post(f"{ROOT}/factor/confirm", json={"code": code_of(secret, -1)})
    assert done.status_code == 200, done.text
    return secret, done.json()["codes"]


def second(client: Any, code: str) -> Any:
    return client.post(f"{ROOT}/factor/login", json={"code": code})


@pytest.fixture
def strict(city: Database, tmp_path: Path) -> FastAPI:
    """An installation whose duty chiefs must have a second factor."""
    return application(city, tmp_path, second_factor_roles="admin,duty-chief")


def test_a_password_alone_opens_nothing_once_a_factor_is_set_up(app: FastAPI, city: Database) -> None:
    desk: Any = browser(app)
    other: Any = browser(app, "10.0.0.2")
    sign_in(desk, "banan-duty")
    sign_in(other, "banan-duty")
    drawn = desk.post(f"{ROOT}/factor/enrol").json()
    assert drawn["picture"].startswith("<svg")
    assert drawn["uri"].startswith("otpauth://totp/")
    wrong = desk.post(f"{ROOT}/factor/confirm", json={"code": "000000"})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "factor.wrong")
    secret, codes = enrol(desk)
    assert len(set(codes)) == 10
    assert other.get(f"{ROOT}/me").status_code == 401  # sessions that did not prove it end

    fresh: Any = browser(app, "10.0.0.3")
    first = fresh.post(f"{ROOT}/login", json=LOGIN)
    assert (first.status_code, first.json()["waits"]) == (202, "factor")
    for method, path in (
        ("GET", "/me"),
        ("GET", "/people"),
        ("POST", "/duty"),
        ("GET", "/sessions"),
        ("POST", "/device"),
    ):
        answer = fresh.request(method, ROOT + path, json={"on": True} if method == "POST" else None)
        assert (answer.status_code, answer.json()["code"]) == (401, "factor.required"), path
    assert fresh.post(f"{ROOT}/factor/enrol").json()["code"] == "factor.exists"
    waiting = fresh.cookies["chengyun_session"]
    assert second(fresh, code_of(secret)).status_code == 200
    assert fresh.get(f"{ROOT}/me").json()["name"]
    assert fresh.cookies["chengyun_session"] != waiting  # the secret changes with the rights
    replay: Any = browser(app, "10.0.0.4")
    replay.post(f"{ROOT}/login", json=LOGIN)
    assert second(replay, code_of(secret)).json()["code"] == "factor.wrong"  # a step counts once
    with city.begin(DOOR) as tx:
        assert count(tx, "identity_factor", "position(convert_to(:s, 'UTF8') in secret) > 0", s=secret) == 0
        assert count(tx, "kernel_audit", "action = 'factor.failed'") == 1


def test_codes_count_a_step_around_now_and_no_further(app: FastAPI) -> None:
    desk: Any = browser(app)
    sign_in(desk, "banan-duty")
    secret, _ = enrol(desk)
    desk.post(f"{ROOT}/login", json=LOGIN)
    assert second(desk, code_of(secret, 3)).status_code == 401
    assert second(desk, code_of(secret, 1)).status_code == 200
    desk.post(f"{ROOT}/login", json=LOGIN)
    assert second(desk, code_of(secret)).status_code == 401  # older than the one that counted


def test_a_recovery_code_opens_once(app: FastAPI) -> None:
    desk: Any = browser(app)
    sign_in(desk, "banan-duty")
    _, codes = enrol(desk)
    for expected in (200, 401):
        desk.post(f"{ROOT}/login", json=LOGIN)
        assert second(desk, codes[3].upper()).status_code == expected
    desk.post(f"{ROOT}/login", json=LOGIN)
    assert second(desk, codes[4].replace("-", " ")).status_code == 200
    assert desk.get(f"{ROOT}/factor").json() | {"since": None} == {
        "enrolled": True, "since": None, "recovery_left": 8, "required": False
    }  # fmt: skip


def test_knowing_the_password_does_not_renew_guesses_at_codes(app: FastAPI) -> None:
    desk, thief = browser(app), browser(app, "10.9.9.9")
    sign_in(desk, "banan-duty")
    enrol(desk)
    answers = []
    for _ in range(4):
        answers.append(thief.post(f"{ROOT}/login", json=LOGIN).status_code)
        answers.append(second(thief, "000000").status_code)
    assert answers == [202, 401, 202, 401, 202, 429, 429, 429]


def test_who_must_have_a_factor_sets_it_up_and_can_do_nothing_before(strict: FastAPI) -> None:
    chief: Any = browser(strict)
    body = {"login": "jiulongpo-chief", "password": "chengyun"}
    assert chief.post(f"{ROOT}/login", json=body).json()["waits"] == "enrolment"
    assert chief.get(f"{ROOT}/me").json()["code"] == "factor.enrolment"
    assert second(chief, "123456").json()["code"] == "factor.enrolment"
    secret = chief.post(f"{ROOT}/factor/enrol").json()["secret"]
    done = chief.post(f"{ROOT}/factor/confirm", json={"code": code_of(secret)}).json()
    assert done["me"]["name"] == "郑卫国"
    assert chief.get(f"{ROOT}/me").status_code == 200
    assert chief.delete(f"{ROOT}/factor").json()["code"] == "factor.mandatory"
    duty: Any = browser(strict)
    assert sign_in(duty, "banan-duty")["name"] == "袁磊"  # nobody asked for one there


def test_a_post_given_in_mid_session_asks_for_the_factor_at_once(strict: FastAPI, city: Database) -> None:
    duty: Any = browser(strict)
    sign_in(duty, "banan-duty")
    with city.begin(SEED) as tx:
        execute(tx, "UPDATE identity_post SET role = 'duty-chief' WHERE role = 'district-duty'")
    assert duty.get(f"{ROOT}/me").json()["code"] == "factor.enrolment"


def test_sensitive_acts_need_a_fresh_factor(app: FastAPI, city: Database) -> None:
    admin: Any = browser(app)
    sign_in(admin, "admin")
    secret, _ = enrol(admin)
    body = {"login": "fresh.hand", "name": "新人"}
    assert admin.post(f"{ROOT}/people", json=body).status_code == 201
    with city.begin(DOOR) as tx:
        execute(tx, "UPDATE identity_session SET factor_at = now() - interval '11 minutes'")
    stale = admin.post(f"{ROOT}/people", json={**body, "login": "second.hand"})
    assert (stale.status_code, stale.json()["code"]) == (403, "factor.stale")
    assert admin.get(f"{ROOT}/directory").status_code == 200  # looking is no such act
    assert admin.post(f"{ROOT}/factor/prove", json={"code": code_of(secret)}).status_code == 204
    assert admin.post(f"{ROOT}/people", json={**body, "login": "second.hand"}).status_code == 201


def test_an_administrator_s_reset_ends_sessions_and_can_be_undone(app: FastAPI, city: Database) -> None:
    duty, admin = browser(app), browser(app, "10.0.0.2")
    ident = sign_in(duty, "banan-duty")["id"]
    secret, _ = enrol(duty)
    sign_in(admin, "admin")
    change = admin.post(f"{ROOT}/people/{ident}/factor/reset").json()["change"]
    assert duty.get(f"{ROOT}/me").status_code == 401
    sign_in(duty, "banan-duty")  # the password is enough again
    told = [row["action"] for row in duty.get(f"{ROOT}/me/security").json()]
    assert "factor.reset" in told  # its owner hears of it
    assert admin.post(f"{ROOT}/changes/{change}/undo").status_code == 200
    duty.post(f"{ROOT}/login", json=LOGIN)
    assert second(duty, code_of(secret)).status_code == 200
    own = admin.get(f"{ROOT}/me").json()["id"]
    assert admin.post(f"{ROOT}/people/{own}/factor/reset").json()["code"] == "person.self"
