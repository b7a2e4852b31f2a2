"""Signing in by OpenID Connect against a real provider over HTTP, and every way in which it must not succeed."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi import FastAPI

from chengyun.identity import oidc_provider
from chengyun.kernel.errors import Invalid
from chengyun.kernel.transactions import Database
from tests.identity.provider import CLIENT, SECRET, Idp, provider
from tests.identity.support import DOOR, SEED, application, browser, count, execute, sign_in

ROOT = "/api/identity"


@pytest.fixture(scope="module")
def _idp() -> Iterator[Idp]:
    with provider() as found:
        yield found


@pytest.fixture
def idp(_idp: Idp) -> Idp:
    """The provider, good again."""
    _idp.subject, _idp.forge, _idp.extra, _idp.claims = "u-1", "", {"preferred_username": "Banan-Duty"}, {}
    return _idp


def configured(city: Database, home: Path, idp: Idp, *, roles: str = "", **more: Any) -> FastAPI:
    (home / "client.secret").write_text(SECRET + "\n")
    one = {
        "key": "sso", "name": {"zh": "市统一认证", "en": "City sign-in"}, "issuer": idp.issuer, "client_id": CLIENT,
        "client_secret_file": "client.secret", "login_claim": "preferred_username", **more,
    }  # fmt: skip
    (home / "oidc.json").write_text(json.dumps([one]))
    return application(city, home, oidc_file=str(home / "oidc.json"), second_factor_roles=roles)


@pytest.fixture
def sso(city: Database, tmp_path: Path, idp: Idp) -> FastAPI:
    return configured(city, tmp_path, idp)


def begun(client: Any, to: str = "/incidents") -> str:
    """Where the browser is sent."""
    answer = client.get(f"{ROOT}/oidc/sso/begin", params={"to": to}, follow_redirects=False)
    assert answer.status_code == 303
    return str(answer.headers["location"])


def returned(client: Any, back: dict[str, str]) -> str:
    """Where the browser goes after the callback."""
    answer = client.get(f"{ROOT}/oidc/callback", params=back, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def entered(client: Any, idp: Idp) -> str:
    return returned(client, idp.approve(begun(client)))


def test_a_claim_links_once_and_the_subject_counts_from_then_on(
    sso: FastAPI, city: Database, idp: Idp
) -> None:
    desk: Any = browser(sso)
    assert desk.get(f"{ROOT}/oidc").json() == [{"key": "sso", "name": "市统一认证"}]
    assert entered(desk, idp) == "/incidents"
    assert desk.get(f"{ROOT}/me").json()["name"] == "袁磊"
    idp.extra = {"preferred_username": "renamed-there"}
    again: Any = browser(sso, "10.0.0.2")
    assert entered(again, idp) == "/incidents"
    idp.subject, idp.extra = "u-2", {"preferred_username": "banan-duty"}
    thief: Any = browser(sso, "10.0.0.3")  # somebody else took the name over there
    assert entered(thief, idp) == "/login?problem=oidc.no_account"
    assert thief.get(f"{ROOT}/me").status_code == 401
    with city.begin(DOOR) as tx:
        assert count(tx, "identity_account") == 1
        assert count(tx, "kernel_audit", "action = 'login.no_account'") == 1

    away = desk.post(f"{ROOT}/logout").json()["redirect"]
    hint = parse_qs(urlsplit(away).query)["id_token_hint"][0]
    assert away.startswith(f"{idp.issuer}/logout?")
    assert hint in idp.issued
    assert desk.get(f"{ROOT}/me").status_code == 401


@pytest.mark.parametrize(
    "attack",
    [
        {"claims": {"nonce": "another"}},
        {"claims": {"aud": "another-client"}},
        {"claims": {"aud": [CLIENT, "another"]}},
        {"claims": {"azp": "another"}},
        {"claims": {"iss": "https://elsewhere.example"}},
        {"claims": {"exp": int(time.time()) - 600}},
        {"claims": {"exp": None}},
        {"claims": {"sub": ""}},
        {"forge": "none"},
        {"forge": "hmac"},
        {"forge": "stranger"},
    ],
    ids=["nonce", "aud", "aud-list", "azp", "iss", "expired", "no-exp", "no-sub", "none", "hmac", "stranger"],
)
def test_a_token_that_does_not_hold_opens_nothing(sso: FastAPI, idp: Idp, attack: dict[str, Any]) -> None:
    for name, value in attack.items():
        setattr(idp, name, value)
    desk: Any = browser(sso)
    assert entered(desk, idp) == "/login?problem=oidc.refused"
    assert desk.get(f"{ROOT}/me").status_code == 401


def test_a_return_counts_once_and_in_the_browser_that_began(sso: FastAPI, city: Database, idp: Idp) -> None:
    victim, thief = browser(sso), browser(sso, "10.0.0.2")
    back = idp.approve(begun(victim))
    begun(thief)
    assert returned(thief, back) == "/login?problem=oidc.expired"  # a stolen return
    assert returned(victim, {**back, "state": "x" * 40}) == "/login?problem=oidc.expired"
    begun(victim)  # its cookie is there again
    assert returned(victim, back) == "/login?problem=oidc.expired"
    back = idp.approve(begun(victim))
    assert returned(victim, {**back, "iss": "https://elsewhere.example"}) == "/login?problem=oidc.refused"
    back = idp.approve(begun(victim))
    secret = victim.cookies["chengyun_oidc"]
    assert returned(victim, back) == "/incidents"
    victim.cookies.set("chengyun_oidc", secret, path="/api/identity/oidc")
    assert returned(victim, back) == "/login?problem=oidc.expired"  # replayed
    slow = idp.approve(begun(thief))
    with city.begin(DOOR) as tx:
        execute(tx, "UPDATE identity_oidc_flow SET ends_at = now() - interval '1 s'")
    assert returned(thief, slow) == "/login?problem=oidc.expired"
    fresh = idp.approve(begun(thief))
    idp.codes.clear()  # the code was used up elsewhere
    assert returned(thief, fresh) == "/login?problem=oidc.refused"


def test_the_way_back_stays_here(sso: FastAPI, idp: Idp) -> None:
    for target in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        desk: Any = browser(sso)
        assert returned(desk, idp.approve(begun(desk, target))) == "/"
    assert returned(browser(sso), {"error": "access_denied"}) == "/login?problem=oidc.cancelled"


def test_an_administrator_links_and_unlinks(sso: FastAPI, idp: Idp) -> None:
    idp.subject, idp.extra = "u-9", {}
    desk, admin = browser(sso), browser(sso, "10.0.0.2")
    assert entered(desk, idp) == "/login?problem=oidc.no_account"
    sign_in(admin, "admin")
    person = admin.get(f"{ROOT}/directory", params={"q": "banan-duty"}).json()["rows"][0]["person"]["id"]
    link = {"issuer": idp.issuer, "subject": "u-9"}
    assert admin.post(f"{ROOT}/people/{person}/accounts", json=link).status_code == 201
    assert admin.post(f"{ROOT}/people/{person}/accounts", json=link).json()["code"] == "account.taken"
    assert entered(desk, idp) == "/incidents"
    listed = admin.get(f"{ROOT}/people/{person}/accounts").json()
    change = admin.delete(f"{ROOT}/accounts/{listed[0]['id']}").json()["change"]
    assert entered(desk, idp) == "/login?problem=oidc.no_account"
    assert admin.post(f"{ROOT}/changes/{change}/undo").status_code == 200
    assert entered(desk, idp) == "/incidents"


def test_a_second_factor_is_asked_for_here_unless_the_provider_does(
    city: Database, tmp_path: Path, idp: Idp
) -> None:
    app = configured(city, tmp_path, idp, roles="district-duty")
    desk: Any = browser(app)
    assert entered(desk, idp) == "/login?second=enrolment"
    assert desk.get(f"{ROOT}/me").json()["code"] == "factor.enrolment"


def test_somebody_new_is_made_only_where_settings_say_so_and_has_no_rights(
    city: Database, tmp_path: Path, idp: Idp
) -> None:
    idp.subject, idp.extra = "u-new", {"preferred_username": "new.one", "name": "新来的"}
    app = configured(city, tmp_path, idp, create=True)
    desk: Any = browser(app)
    assert entered(desk, idp) == "/login?problem=login.no_post"
    admin: Any = browser(app, "10.0.0.2")
    sign_in(admin, "admin")
    found = admin.get(f"{ROOT}/directory", params={"q": "xinl"}).json()["rows"]
    assert [(row["person"]["login"], row["person"]["posts"]) for row in found] == [("new.one", [])]


def test_an_unverified_address_is_nobody(city: Database, tmp_path: Path, idp: Idp) -> None:
    with city.begin(SEED) as tx:
        execute(tx, "UPDATE identity_person SET login = 'yuan@city.example' WHERE login = 'banan-duty'")
    app = configured(city, tmp_path, idp, login_claim="email")
    for verified, expected in ((False, "/login?problem=oidc.no_account"), (True, "/incidents")):
        idp.extra = {"email": "yuan@city.example", "email_verified": verified}
        assert entered(browser(app), idp) == expected


def test_settings_say_what_is_wrong_with_them(tmp_path: Path) -> None:
    file = tmp_path / "oidc.json"
    for text in ("[{}]", "not json", '[{"key": "a", "issuer": "http://far.example", "client_id": "x"}]'):
        file.write_text(text + " " * len(text))
        oidc_provider._read.cache_clear()
        with pytest.raises(Invalid):
            oidc_provider.providers(str(file))
    assert oidc_provider.providers("") == {}
