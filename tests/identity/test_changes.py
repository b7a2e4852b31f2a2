"""Every administrative change can be undone, in order, once, by those who may, and never beyond one's jurisdiction."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from chengyun.incidents.rules import SENSITIVE
from chengyun.kernel.transactions import Database
from tests.identity.support import DOOR, SEED, browser, count, execute, hire, sign_in, unit_in

ROOT = "/api/identity"
FIRST, LATER = "first day 1", "second day 2"


class Desk:
    """An administrator at work."""

    def __init__(self, app: FastAPI, login: str, address: str = "10.0.0.1") -> None:
        self.client: Any = browser(app, address)
        sign_in(self.client, login)

    def post(self, path: str, body: object = None, expected: int | tuple[int, ...] = (200, 201, 204)) -> Any:
        answer = self.client.post(ROOT + path, json=body)
        wanted = expected if isinstance(expected, tuple) else (expected,)
        assert answer.status_code in wanted, answer.text
        return answer.json() if answer.content else None

    def get(self, path: str) -> Any:
        answer = self.client.get(ROOT + path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def last(self) -> int:
        """The id of the newest change."""
        return int(self.get("/changes")[0]["change"]["id"])

    def undo(self, change: int, expected: int = 200) -> Any:
        return self.post(f"/changes/{change}/undo", expected=expected)


@pytest.fixture
def district(app: FastAPI, city: Database, place: dict[str, int]) -> Desk:
    hire(city, "jlp-admin", unit_in(city, "centre", place["九龙坡区"]), "admin", password="chengyun")
    return Desk(app, "jlp-admin")


def newcomer(desk: Desk, unit: int) -> tuple[int, int]:
    person = desk.post("/people", {"login": "new.hand", "name": "周新", "password": FIRST})["id"]
    return person, desk.post(f"/people/{person}/posts", {"unit": unit, "role": "department"})["id"]


def enters(app: FastAPI, password: str = FIRST) -> int:
    body = {"login": "new.hand", "password": password}
    return int(browser(app, "10.0.0.9").post(f"{ROOT}/login", json=body).status_code)


def test_people_and_posts_go_there_and_back(
    app: FastAPI, city: Database, district: Desk, place: dict[str, int]
) -> None:
    person, post = newcomer(district, unit_in(city, "sanitation", place["九龙坡区/石桥铺街道"]))
    given = district.last()
    created = district.get(f"/changes?subject=person:{person}")[0]["change"]["id"]
    held = district.undo(created, 409)
    assert (held["code"], "给予岗位" in held["detail"], "周新" in held["detail"]) == (
        "change.stood_on",
        True,
        True,
    )

    assert district.post(f"/people/{person}", {"login": "new.hand", "name": "周新民"})["change"]
    assert district.post(f"/people/{person}/password", {"new": LATER}) is None
    assert (enters(app), enters(app, LATER)) == (401, 200)
    district.undo(district.last())
    assert (enters(app), enters(app, LATER)) == (200, 401)
    off = district.post(f"/people/{person}/active", {"active": False})["change"]
    assert enters(app) == 401
    district.undo(off)
    assert enters(app) == 200

    redo = district.undo(given)["id"]  # the post ends …
    assert enters(app) == 403
    district.undo(given, 409)  # … once
    district.undo(redo)  # and is given again
    assert enters(app) == 200
    assert district.client.delete(f"{ROOT}/posts/{post}").status_code == 204
    district.undo(district.last())
    assert enters(app) == 200
    shown = [(row["name"], row["change"]["undoes"] is not None) for row in district.get("/changes")]
    assert shown[0] == ("调整任期", True)
    with city.begin(SEED) as tx:
        assert count(
            tx, "kernel_audit", "detail ? 'change' AND detail ? 'before' AND detail ? 'after'"
        ) == len(shown)
        assert (
            count(tx, "kernel_audit", "detail::text LIKE :p OR detail::text LIKE '%argon2%'", p=f"%{LATER}%")
            == 0
        )


def test_what_is_undone_does_not_hold_what_came_before(district: Desk) -> None:
    person = district.post("/people", {"login": "new.hand", "name": "甲"})["id"]
    names = [
        district.post(f"/people/{person}", {"login": "new.hand", "name": name})["change"] for name in "乙丙"
    ]
    assert district.undo(names[0], 409)["detail"].count("修改人员") == 1
    back = district.undo(names[1])["id"]
    district.undo(names[0])
    assert district.get(f"/people/{person}")["name"] == "甲"
    assert district.undo(back, 409)["code"] == "change.stood_on"  # an older one was taken back since
    again = district.get(f"/changes?subject=person:{person}")[0]["change"]["id"]
    district.undo(again)
    assert district.get(f"/people/{person}")["name"] == "乙"


def test_sessions_end_and_come_back_and_a_lost_device_gets_no_key(
    app: FastAPI, city: Database, district: Desk, place: dict[str, int]
) -> None:
    newcomer(district, unit_in(city, "sanitation", place["九龙坡区/石桥铺街道"]))
    phone: Any = browser(app, "10.0.0.8")
    sign_in(phone, "new.hand", FIRST)
    named = {"device": "d" * 40}
    half = phone.post(f"{ROOT}/device", json=named).json()["half"]
    assert phone.post(f"{ROOT}/device", json=named).json()["half"] == half
    other: Any = browser(app, "10.0.0.7")
    sign_in(other, "banan-duty")
    assert other.post(f"{ROOT}/device", json=named).json()["half"] != half  # a half is one person's
    with city.begin(DOOR) as tx:
        assert count(tx, "identity_device", "position(convert_to(:h, 'UTF8') in half) > 0", h=half) == 0

    seat = next(row for row in district.get("/staff-sessions") if row["login"] == "new.hand")
    assert seat["offline"] is True
    plain = district.client.delete(f"{ROOT}/staff-sessions/{seat['id']}").json()["change"]
    assert phone.get(f"{ROOT}/me").json()["code"] == "session.ended"
    district.undo(plain)
    assert phone.get(f"{ROOT}/me").status_code == 200
    lost = district.client.delete(f"{ROOT}/staff-sessions/{seat['id']}?lost=true").json()["change"]
    assert phone.get(f"{ROOT}/me").json()["code"] == "session.cut"
    sign_in(phone, "new.hand", FIRST)
    assert phone.post(f"{ROOT}/device", json=named).status_code == 410
    district.undo(lost)
    assert phone.post(f"{ROOT}/device", json=named).json()["half"] == half


def test_units_are_founded_renamed_merged_and_restored(
    city: Database, district: Desk, place: dict[str, int]
) -> None:
    town = place["九龙坡区/石桥铺街道"]
    sanitation = unit_in(city, "sanitation", town)
    _, post = newcomer(district, sanitation)
    made = district.post("/units", {"kind": "parking-office", "name": "停车管理办", "region": town})["id"]
    taken = district.post("/units", {"kind": "parking-office", "name": "另一个", "region": town}, 409)
    assert taken["code"] == "unit.kind_taken"
    assert (
        district.post("/units", {"kind": "centre", "name": "x", "region": town}, 422)["fields"][0]["path"]
        == "kind"
    )
    founded = district.last()
    renamed = district.post(f"/units/{made}", {"name": "停车办"})["change"]
    district.undo(renamed)
    merged = district.post(f"/units/{sanitation}/merge", {"into": made})["change"]
    assert district.undo(founded, 409)["code"] == "change.stood_on"
    assert [unit["id"] for unit in district.get(f"/units?region={town}&kind=sanitation")] == []
    assert district.get("/directory?q=zx")["rows"][0]["person"]["posts"][0]["unit"]["name"] == "停车管理办"
    district.undo(merged)
    held = district.get("/directory?q=zhoux")["rows"][0]["person"]["posts"]
    assert [(row["id"], row["unit"]["id"]) for row in held] == [(post, sanitation)]
    district.undo(founded)
    assert [unit["id"] for unit in district.get(f"/units?region={town}&kind=parking-office")] == []


def test_tokens_come_back_until_their_end(app: FastAPI, district: Desk, place: dict[str, int]) -> None:
    body = {"name": "屏", "permissions": ["incident.read"], "region": place["九龙坡区"]}
    issued = district.post("/tokens", body)
    machine: Any = browser(app, "10.0.0.6")
    bearer = {"Authorization": f"Bearer {issued['secret']}"}
    assert machine.get(f"{ROOT}/me", headers=bearer).status_code == 200
    district.undo(district.last())
    assert machine.get(f"{ROOT}/me", headers=bearer).status_code == 401
    district.undo(district.last())
    assert machine.get(f"{ROOT}/me", headers=bearer).status_code == 200


def test_nobody_undoes_or_administers_beyond_their_jurisdiction(
    app: FastAPI, city: Database, district: Desk, place: dict[str, int]
) -> None:
    hire(city, "bn-admin", unit_in(city, "centre", place["巴南区"]), "admin", password="chengyun")
    person, _ = newcomer(district, unit_in(city, "sanitation", place["九龙坡区/石桥铺街道"]))
    change = district.last()
    stranger = Desk(app, "bn-admin", "10.0.0.2")
    assert stranger.get("/changes") == []
    assert stranger.undo(change, 404)["code"] == "change.not_found"
    assert all(row["person"]["login"] != "new.hand" for row in stranger.get("/directory")["rows"])
    assert (
        stranger.post("/units", {"kind": "x-office", "name": "x", "region": place["九龙坡区"]}, 403)["code"]
        == "unit.outside"
    )
    assert stranger.get(f"/staff-sessions?person={person}") == []
    officer = Desk(app, "jiulongpo-duty", "10.0.0.3")
    assert officer.client.get(f"{ROOT}/changes").status_code == 403
    assert officer.undo(change, 403)["code"] == "kernel.forbidden"


def test_who_also_works_elsewhere_is_administered_above(
    app: FastAPI, city: Database, district: Desk, place: dict[str, int]
) -> None:
    """Else a district's administrator could set the password of somebody with a post in the city, and be them."""
    both = hire(
        city, "both.places", unit_in(city, "centre", place["九龙坡区"]), "duty-chief", password="chengyun"
    )
    with city.begin(SEED) as tx:
        execute(
            tx,
            "INSERT INTO identity_post (person_id, unit_id, role, region_id, home_id, readers, valid_from)"
            " SELECT :p, u.id, 'admin', u.region_id, u.region_id, ARRAY[u.region_id, u.id], now() - interval '1 h'"
            " FROM identity_unit u WHERE u.kind = 'centre' AND u.level = 'city'",
            p=both.id,
        )
    for path, body in (("password", {"new": LATER}), ("active", {"active": False}), ("factor/reset", None)):
        assert district.post(f"/people/{both.id}/{path}", body, 403)["code"] == "person.elsewhere"
    own = district.get("/me")["id"]
    assert district.post(f"/people/{own}/active", {"active": False}, 409)["code"] == "person.self"
    above = Desk(app, "admin", "10.0.0.2")
    assert above.post(f"/people/{both.id}/active", {"active": False})["change"]


def test_the_audit_is_searched_within_one_s_jurisdiction_and_on_the_record(
    app: FastAPI, city: Database, district: Desk, place: dict[str, int]
) -> None:
    person, post = newcomer(district, unit_in(city, "sanitation", place["九龙坡区/石桥铺街道"]))
    browser(app).post(f"{ROOT}/login", json={"login": "banan-duty", "password": "guess"})
    rows = district.get("/audit")["rows"]
    assert {"person.created", "post.given"} <= {row["action"] for row in rows}
    assert not [row for row in rows if row["action"] == "login.failed"]  # that was 巴南's
    about = district.get(f"/audit?subject_kind=person&subject_id={person}&action=person.")["rows"]
    assert [row["action"] for row in about] == ["person.created"]
    assert about[0]["detail"]["after"]["login"] == "new.hand"
    for name in ("周新", "new.HAND"):  # done to them and to their post, found by name and by account
        found = district.get(f"/audit?person={name}")["rows"]
        assert [(row["subject_kind"], row["subject_id"]) for row in found] == [
            ("post", str(post)),
            ("person", str(person)),
        ]
    assert district.get("/audit?person=%")["rows"] == []
    both = district.get("/audit?actions=person.created,post.given&person=jlp-admin")["rows"]
    assert [(row["action"], row["name"]) for row in both[:2]] == [
        ("post.given", "给予岗位"),
        ("person.created", "新建人员"),
    ]
    refused = district.client.get(f"{ROOT}/audit/export")
    assert (refused.status_code, refused.json()["code"]) == (403, "audit.whole_only")
    whole = Desk(app, "admin", "10.0.0.2")
    everything = whole.get("/audit")["rows"]
    assert "login.failed" in {row["action"] for row in everything}
    assert everything[0]["action"] == "audit.searched"
    assert browser(app).get(f"{ROOT}/audit").status_code == 401


def test_everything_that_the_audit_records_has_words_to_look_for_it_by(app: FastAPI, district: Desk) -> None:
    named = {one["action"] for group in district.get("/audit/actions") for one in group["actions"]}
    call = r"""(?:audit\.|changes\.|\s)record(?:_read)?\(\s*(?:\w+,\s*){1,2}f?"([\w.{]+)"(?: if [^"]+ else "([\w.]+)")?"""
    written = {
        code
        for file in Path("src/chengyun").rglob("*.py")
        for found in re.findall(call, file.read_text(encoding="utf-8"))
        for code in found
        if code and "{" not in code
    }
    assert len(written) > 70
    assert written | {f"incident.{move}" for move in SENSITIVE} <= named
    duty = Desk(app, "jiulongpo-duty", "10.0.0.3")
    assert duty.client.get(f"{ROOT}/audit/actions").status_code == 403
