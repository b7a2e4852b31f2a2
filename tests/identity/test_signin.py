"""Signing in: posts, lockout, sessions, cookies, CSRF."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import argon2
import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from chengyun.identity import service, signin
from chengyun.identity.passwords import hash_password
from chengyun.identity.sessions import Browser
from chengyun.kernel.errors import Forbidden, TooMany, Unauthenticated
from chengyun.kernel.transactions import Database
from tests.hashing import AS_SHIPPED
from tests.identity.support import DOOR, SEED, application, browser, count, hire, sign_in, unit_in


def test_me_tells_post_permissions_and_centre(app: FastAPI, place: dict[str, int]) -> None:
    client = browser(app)
    me = sign_in(client, "jiulongpo-duty")
    assert me["kind"] == "person"
    assert me["demo"] is True
    assert me["centre"] == {"id": place["九龙坡区"], "level": "district", "name": "九龙坡区"}
    assert me["post"]["unit"]["kind"] == "centre"  # type: ignore[index]
    assert "incident.dispatch" in me["permissions"]  # type: ignore[operator]
    assert "incident.void" not in me["permissions"]  # type: ignore[operator]
    assert me["on_duty"] is True
    assert client.get("/api/identity/me").json() == me


def test_a_community_acts_for_the_town_s_centre(app: FastAPI, place: dict[str, int]) -> None:
    me = sign_in(browser(app), "zhaiziping")
    assert me["centre"]["id"] == place["开州区/云枫街道"]  # type: ignore[index]
    assert me["post"]["region"]["id"] == place["开州区/云枫街道/寨子坪社区"]  # type: ignore[index]


def test_wrong_password_and_unknown_login_answer_alike(app: FastAPI) -> None:
    client = browser(app)
    answers = [
        client.post("/api/identity/login", json={"login": login, "password": "wrong"})
        for login in ("jiulongpo-duty", "nobody-at-all")
    ]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert answers[0].json()["detail"] == answers[1].json()["detail"]


def test_hashes_of_the_product_are_as_strong_as_rfc_9106_asks() -> None:
    """Its second recommended option; tests themselves hash cheaply."""
    assert AS_SHIPPED.type is argon2.Type.ID
    assert AS_SHIPPED.time_cost >= 3
    assert AS_SHIPPED.memory_cost >= 64 * 1024
    assert AS_SHIPPED.check_needs_rehash(hash_password("chengyun")), (
        "a weaker hash is replaced at the next sign-in"
    )


def test_unknown_logins_cost_as_much_hashing_as_known_ones(
    city: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[bool] = []
    real = signin.check_password

    def spy(stored: str | None, password: str) -> bool:
        checked.append(stored is not None)
        return real(stored, password)

    monkeypatch.setattr(signin, "check_password", spy)
    for login in ("banan-duty", "nobody-at-all"):
        with pytest.raises(Unauthenticated):
            signin.sign_in(city, signin.Credentials(login, "wrong"), Browser("10.0.0.1"), demo=True)
    assert checked == [True, False]


def test_five_failures_lock_the_login_even_for_the_right_password(app: FastAPI, city: Database) -> None:
    stranger = browser(app, "10.9.9.9")
    for _ in range(5):
        stranger.post("/api/identity/login", json={"login": "banan-duty", "password": "guess"})
    locked = stranger.post("/api/identity/login", json={"login": "banan-duty", "password": "chengyun"})
    assert locked.status_code == 429
    assert 0 < locked.json()["retry_after"] <= 901
    with city.begin(DOOR) as tx:
        assert count(tx, "identity_attempt") == 5  # waiting does not prolong the lock
        assert count(tx, "kernel_audit", "action = 'login.locked'") == 1


def test_strangers_do_not_lock_an_officer_out_of_their_own_desk(app: FastAPI) -> None:
    desk, stranger = browser(app, "10.0.0.1"), browser(app, "10.9.9.9")
    sign_in(desk, "banan-duty")
    for _ in range(6):
        stranger.post("/api/identity/login", json={"login": "banan-duty", "password": "guess"})
    sign_in(desk, "banan-duty")


def test_an_address_that_fails_for_many_logins_is_slowed(city: Database) -> None:
    with city.begin(DOOR) as tx:
        tx.execute(
            sa.text(
                "INSERT INTO identity_attempt (subject, address) SELECT decode(lpad(n::text, 64, '0'), 'hex'),"
                " '10.6.6.6' FROM generate_series(1, 50) n"
            )
        )
    with pytest.raises(TooMany) as wait:
        signin.sign_in(city, signin.Credentials("banan-duty", "chengyun"), Browser("10.6.6.6"), demo=True)
    assert wait.value.code == "login.locked"


def test_success_forgives_the_failures_before_it(app: FastAPI) -> None:
    client = browser(app)
    for _ in range(3):
        for _ in range(4):
            client.post("/api/identity/login", json={"login": "banan-duty", "password": "guess"})
        sign_in(client, "banan-duty")


def test_the_cookie_is_out_of_reach_and_secure_where_served_by_https(city: Database, tmp_path: Path) -> None:
    plain = browser(application(city, tmp_path)).post(
        "/api/identity/login", json={"login": "admin", "password": "chengyun"}
    )
    cookie = plain.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie
    tls = application(city, tmp_path, public_url="https://city.example")
    sealed = browser(tls).post("/api/identity/login", json={"login": "admin", "password": "chengyun"})
    assert "Secure" in sealed.headers["set-cookie"]


def test_the_database_keeps_no_session_secret(app: FastAPI, city: Database) -> None:
    client = browser(app)
    sign_in(client, "admin")
    secret = client.cookies["chengyun_session"]
    with city.begin(DOOR) as tx:
        rows = tx.execute(sa.text("SELECT s::text AS row FROM identity_session s")).scalars().all()
    assert rows
    assert not [row for row in rows if secret in row or secret.encode().hex() in row]


def test_a_write_by_cookie_needs_its_header(app: FastAPI) -> None:
    client = browser(app)
    sign_in(client, "jiulongpo-duty")
    refused = client.post("/api/identity/duty", json={"on": False}, headers={"X-Chengyun": ""})
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf.header_missing")
    assert client.get("/api/identity/me", headers={"X-Chengyun": ""}).status_code == 200
    assert client.post("/api/identity/duty", json={"on": False}).json()["on_duty"] is False


def test_logout_ends_the_session_and_not_only_the_cookie(app: FastAPI) -> None:
    client = browser(app)
    sign_in(client, "admin")
    secret = client.cookies["chengyun_session"]
    assert client.post("/api/identity/logout").status_code == 204
    again = browser(app)
    again.cookies.set("chengyun_session", secret)
    assert again.get("/api/identity/me").json()["code"] == "session.ended"
    assert again.post("/api/identity/logout").status_code == 204  # a dead cookie can still be dropped


def test_sessions_are_listed_and_ended_one_by_one(app: FastAPI) -> None:
    desk, phone, other = browser(app), browser(app, "10.0.0.2"), browser(app, "10.0.0.3")
    sign_in(desk, "admin")
    sign_in(phone, "admin")
    sign_in(other, "banan-duty")
    listed = desk.get("/api/identity/sessions").json()
    assert [(row["current"], row["address"]) for row in listed] == [(False, "10.0.0.2"), (True, "10.0.0.1")]
    strangers = other.get("/api/identity/sessions").json()[0]["id"]
    assert desk.delete(f"/api/identity/sessions/{strangers}").status_code == 404
    assert desk.delete(f"/api/identity/sessions/{listed[0]['id']}").status_code == 204
    assert phone.get("/api/identity/me").status_code == 401
    assert other.get("/api/identity/me").status_code == 200


@pytest.mark.parametrize(
    "change", ["seen_at = now() - interval '13 hours'", "ends_at = now() - interval '1 s'"]
)
def test_sessions_end_by_idleness_and_by_age(app: FastAPI, city: Database, change: str) -> None:
    client = browser(app)
    sign_in(client, "admin")
    with city.begin(DOOR) as tx:
        tx.execute(sa.text(f"UPDATE identity_session SET {change}"))
    assert client.get("/api/identity/me").status_code == 401


def test_sessions_run_in_real_time_whatever_the_demo_clock_says(app: FastAPI, city: Database) -> None:
    client = browser(app)
    sign_in(client, "jiulongpo-duty")
    with city.begin(SEED) as tx:
        tx.execute(sa.text("UPDATE kernel_clock SET offset_s = 86400 * 30"))
    assert client.get("/api/identity/me").status_code == 200


def test_an_ended_post_takes_its_rights_with_the_next_request(
    app: FastAPI, city: Database, place: dict[str, int]
) -> None:
    who = hire(
        city, "two-posts", unit_in(city, "centre", place["巴南区"]), "district-duty", password="chengyun"
    )
    with city.begin(SEED) as tx:
        second = service.give_post(tx, who.id, unit_in(city, "centre", place["开州区"]), "district-duty")
    client = browser(app)
    me = sign_in(client, "two-posts")
    assert me["centre"]["name"] == "巴南区"  # type: ignore[index]
    assert len(me["posts"]) == 2  # type: ignore[arg-type]
    changed = client.post("/api/identity/me/post", json={"post": second})
    assert changed.json()["centre"]["name"] == "开州区"
    with city.begin(SEED) as tx:
        service.end_post(tx, second)
    assert client.get("/api/identity/me").json()["centre"]["name"] == "巴南区"
    assert client.post("/api/identity/me/post", json={"post": second}).json()["code"] == "post.not_yours"
    with city.begin(SEED) as tx:
        service.end_post(tx, who.post)
    assert client.get("/api/identity/me").status_code == 401


def test_nobody_acts_in_somebody_else_s_post(app: FastAPI, city: Database) -> None:
    client = browser(app)
    sign_in(client, "jiulongpo-duty")
    with city.begin(SEED) as tx:
        chief = tx.execute(
            sa.text("SELECT id FROM identity_post WHERE role = 'duty-chief' LIMIT 1")
        ).scalar_one()
    assert client.post("/api/identity/me/post", json={"post": chief}).status_code == 403
    answer = browser(app).post(
        "/api/identity/login", json={"login": "jiulongpo-duty", "password": "chengyun", "post": chief}
    )
    assert answer.json()["code"] == "post.not_yours"


def test_a_new_password_ends_the_other_sessions(app: FastAPI) -> None:
    desk, phone = browser(app), browser(app, "10.0.0.2")
    sign_in(desk, "admin")
    sign_in(phone, "admin")
    wrong = desk.post("/api/identity/me/password", json={"old": "nope", "new": "long enough 9"})
    assert [field["path"] for field in wrong.json()["fields"]] == ["old"]
    weak = desk.post("/api/identity/me/password", json={"old": "chengyun", "new": "88888888"})
    assert weak.json()["fields"][0]["code"] == "password.too_common"
    body = {"old": "chengyun", "new": "long enough 9"}
    assert desk.post("/api/identity/me/password", json=body).status_code == 204
    assert desk.get("/api/identity/me").status_code == 200
    assert phone.get("/api/identity/me").status_code == 401
    sign_in(phone, "admin", "long enough 9")


def test_the_language_is_kept_with_the_person(app: FastAPI) -> None:
    client = browser(app)
    sign_in(client, "banan-duty")
    assert client.post("/api/identity/me/language", json={"language": "fr"}).status_code == 422
    assert client.post("/api/identity/me/language", json={"language": "en"}).status_code == 204
    me = client.get("/api/identity/me").json()
    assert (me["language"], me["post"]["role_name"]) == ("en", "District duty officer")


def test_nobody_is_nobody(app: FastAPI) -> None:
    client = browser(app)
    assert client.get("/api/identity/me").json()["code"] == "session.required"
    assert client.get("/api/identity/people").status_code in (401, 403)
    assert client.get("/api/identity/tokens").status_code == 401
    bad = client.get("/api/identity/me", headers={"Authorization": "Bearer cy_nonsense"})
    assert bad.json()["code"] == "token.invalid"


def test_sign_ins_and_failures_stand_in_the_audit(app: FastAPI, city: Database) -> None:
    client = browser(app)
    client.post("/api/identity/login", json={"login": "admin", "password": "guess"})
    client.post("/api/identity/login", json={"login": "my-secret-typed-here", "password": "guess"})
    sign_in(client, "admin")
    with city.begin(SEED) as tx:
        rows = tx.execute(
            sa.text(
                "SELECT action, detail ->> 'login' AS login FROM kernel_audit WHERE action LIKE 'login%' ORDER BY id"
            )
        ).all()
    assert [(row.action, row.login) for row in rows] == [
        ("login.failed", "admin"),
        ("login.failed", "unknown"),
        ("login", None),
    ]


def test_parallel_guesses_do_not_outrun_the_lock(city: Database) -> None:
    def guess(number: int) -> str:
        try:
            signin.sign_in(
                city, signin.Credentials("banan-duty", f"guess {number}"), Browser("10.9.9.9"), demo=True
            )
        except (TooMany, Unauthenticated) as refused:
            return refused.code
        return "in"

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(guess, range(9)))
    assert sorted(answers) == ["login.failed"] * 5 + ["login.locked"] * 4


def test_an_administrator_lifts_a_lock_by_setting_a_password(app: FastAPI, city: Database) -> None:
    client = browser(app)
    for _ in range(6):
        client.post("/api/identity/login", json={"login": "banan-duty", "password": "guess"})
    admin = browser(app, "10.0.0.2")
    sign_in(admin, "admin")
    actor = service.actor_for_session(city, admin.cookies["chengyun_session"])
    with city.begin(SEED) as tx:
        person = tx.execute(sa.text("SELECT id FROM identity_person WHERE login = 'banan-duty'")).scalar_one()
    with city.begin(actor) as tx:
        service.reset_password(tx, person, "a fresh start 1")
    sign_in(client, "banan-duty", "a fresh start 1")
    duty = service.actor_for_session(city, client.cookies["chengyun_session"])
    with pytest.raises(Forbidden), city.begin(duty) as tx:
        service.reset_password(tx, person, "a fresh start 2")
