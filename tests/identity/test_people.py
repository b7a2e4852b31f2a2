"""People's administration over HTTP."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from chengyun.kernel.transactions import Database
from tests.identity.support import browser, hire, sign_in, unit_in


def test_a_district_s_administrator_hires_and_dismisses(
    app: FastAPI, city: Database, place: dict[str, int]
) -> None:
    hire(city, "jlp-admin", unit_in(city, "centre", place["九龙坡区"]), "admin", password="chengyun")
    admin: Any = browser(app)
    sign_in(admin, "jlp-admin")
    made = admin.post(
        "/api/identity/people", json={"login": "New.Hand", "name": "新人", "password": "first day 1"}
    )
    assert made.status_code == 201, made.text
    person = made.json()["id"]
    hand: Any = browser(app, "10.0.0.2")
    early = hand.post("/api/identity/login", json={"login": "new.hand", "password": "first day 1"})
    assert early.json()["code"] == "login.no_post"

    def give(**change: object) -> Any:
        unit = unit_in(city, "sanitation", place["九龙坡区/石桥铺街道"])
        body = {"unit": unit, "role": "department", **change}
        return admin.post(f"/api/identity/people/{person}/posts", json=body)

    assert give(role="emperor").json()["fields"][0]["code"] == "post.role_unknown"
    assert give(region=place["巴南区"]).json()["fields"][0]["path"] == "region"
    assert give(valid_to="2020-01-01T00:00:00Z").json()["fields"][0]["code"] == "post.dates"
    assert give(unit=unit_in(city, "water", place["巴南区"])).json()["code"] == "unit.outside"
    post = give().json()["id"]
    assert sign_in(hand, "new.hand", "first day 1")["post"]["id"] == post  # type: ignore[index]
    held = admin.get(f"/api/identity/people/{person}").json()["posts"]
    assert [(row["unit"]["name"], row["valid_to"]) for row in held] == [("石桥铺街道环卫所", None)]
    assert admin.delete(f"/api/identity/posts/{post}").status_code == 204
    assert hand.get("/api/identity/me").status_code == 401
    taken = admin.post("/api/identity/people", json={"login": "new.hand", "name": "另一位"})
    assert (taken.status_code, taken.json()["code"]) == (409, "login.taken")


def test_a_new_person_s_every_fault_is_told_at_once(app: FastAPI) -> None:
    admin: Any = browser(app)
    sign_in(admin, "admin")
    refused = admin.post(
        "/api/identity/people", json={"login": "空 格", "name": "x", "password": "short"}
    ).json()
    assert [field["path"] for field in refused["fields"]] == ["login", "password"]


def test_only_administrators_administer(app: FastAPI, place: dict[str, int]) -> None:
    duty: Any = browser(app)
    sign_in(duty, "jiulongpo-chief")
    person = duty.get("/api/identity/people").json()[0]["id"]
    answers = [
        duty.post("/api/identity/people", json={"login": "abc", "name": "x"}),
        duty.post(f"/api/identity/people/{person}/posts", json={"unit": 1_000_000, "role": "admin"}),
        duty.post(f"/api/identity/people/{person}/password", json={"new": "a good password"}),
        duty.delete("/api/identity/posts/1"),
    ]
    assert {answer.status_code for answer in answers} == {403}
    roles = {row["key"]: row for row in duty.get("/api/identity/roles").json()}
    assert roles["duty-chief"]["name"] == "值班长"
    assert "incident.void" in roles["duty-chief"]["permissions"]
