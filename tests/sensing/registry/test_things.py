"""Things over HTTP: registered, found, changed and undone, within one's jurisdiction."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
import sqlalchemy as sa

from chengyun.kernel.transactions import Database
from chengyun.sensing import service
from chengyun.territory import gcj02
from tests.identity.support import SEED, unit_in
from tests.identity.test_changes import Desk
from tests.sensing.registry.support import BANAN, HERE, TOWN, new_thing

ROOT = "/api/sensing"


def ask(desk: Desk, method: str, path: str, body: object = None, expected: int = 200) -> Any:
    answer = desk.client.request(method, ROOT + path, json=body)
    assert answer.status_code == expected, answer.text
    return answer.json()


def told(code: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "kind": "gas", "name": f"燃气 {code}", "lon": HERE[0], "lat": HERE[1], **more}


def settings(desk: Desk, thing: int) -> dict[str, dict[str, Any]]:
    found = ask(desk, "GET", f"/things/{thing}")["thing"]["streams"]
    return {one["quantity"]: one for one in found}


def test_a_thing_gets_the_datastreams_of_its_kind_except_where_it_says_otherwise(
    city: Database, desk: Desk, place: dict[str, int]
) -> None:
    owner = unit_in(city, "sanitation", place[TOWN])
    own = [{"quantity": "lel", "unit": "[ppm]", "scale": 0.002, "high": 80, "sentinels": [-1, -2]}]
    lon, lat = (float(one) for one in gcj02.from_wgs84(*HERE))
    shifted = {"lon": lon, "lat": lat, "datum": "gcj02"}
    made = ask(
        desk,
        "POST",
        "/things",
        told("g-1", owner=owner, streams=own, properties={"楼层": "3"}, **shifted),
        201,
    )
    found = ask(desk, "GET", f"/things/{made['id']}")
    thing, streams = found["thing"], settings(desk, made["id"])
    assert (thing["lon"], thing["lat"]) == pytest.approx(HERE, abs=2e-6)
    assert (thing["region"], thing["owner"]) == (place[f"{TOWN}/寨子坪社区/001 网格"], owner)
    assert (thing["quota"], thing["properties"], thing["has_secret"]) == (60, {"楼层": "3"}, False)
    assert (found["kind_name"], found["place"]) == ("燃气", "九龙坡区 · 石桥铺街道 · 寨子坪社区 · 001 网格")
    assert {one["stream"]: (one["name"], one["unit"]) for one in found["names"]} == {
        streams["gas.lel"]["id"]: ("lel值", "%{LEL}"),
        streams["gas.temperature"]["id"]: ("temperature值", "Cel"),
    }
    lel, plain = streams["gas.lel"], streams["gas.temperature"]
    assert (lel["unit"], lel["scale"], lel["low"], lel["high"], lel["sentinels"]) == (
        "[ppm]",
        0.002,
        0,
        80,
        [-1, -2],
    )
    assert lel["calibrated_at"] is not None
    assert (plain["unit"], plain["scale"], plain["interval_s"], plain["calibrated_at"]) == (
        "Cel",
        1,
        300,
        None,
    )


def test_every_wrong_field_is_told_at_once(desk: Desk) -> None:
    ask(desk, "POST", "/things", told("g-1"), 201)
    streams = [{"quantity": "lel", "low": 9, "high": 1}, {"quantity": "co2"}, {"quantity": "lel"}]
    lel = {"quantity": "temperature", "unit": "K", "scale": 0}
    wrong = ask(desk, "POST", "/things", told("g-1", owner=5, streams=[*streams, lel]), 422)
    assert [(one["path"], one["code"]) for one in wrong["fields"]] == [
        ("streams.0.high", "stream.range"),
        ("streams.1.quantity", "thing.stream_unknown"),
        ("streams.2.quantity", "thing.stream_twice"),
        ("streams.3.scale", "stream.scale"),
        ("code", "thing.code_taken"),
        ("owner", "unit.not_found"),
    ]
    kelvin = [{"quantity": "temperature", "unit": "K"}]
    for body, path, code in (
        (told("g/2"), "code", "thing.code"),
        (told("g-2", kind="no"), "kind", "thing.kind_unknown"),
        (told("g-2", lon=100), "lon", "thing.outside_city"),
        (told("g-2", lon=BANAN[0], lat=BANAN[1]), "lon", "thing.outside"),
        (told("g-2", streams=kelvin), "streams.0.unit", "stream.unit_uncalibrated"),
    ):
        assert [(one["path"], one["code"]) for one in ask(desk, "POST", "/things", body, 422)["fields"]] == [
            (path, code)
        ]


def test_lists_find_by_kind_region_owner_state_and_words(
    city: Database, desk: Desk, place: dict[str, int]
) -> None:
    owner = unit_in(city, "sanitation", place[TOWN])
    village = (HERE[0] + 0.04, HERE[1])
    with city.begin(SEED) as tx:
        ids = service.add_things(
            tx,
            [
                new_thing("g-1", owner=owner), new_thing("g-2", village, address="渝州路 100% 号"),
                new_thing("w-1", kind="water_level", simulated=True), new_thing("b-1", BANAN),
            ],
        )  # fmt: skip

    def found(query: str) -> list[str]:
        return [row["code"] for row in ask(desk, "GET", f"/things?{query}")["rows"]]

    assert found("") == ["g-1", "g-2", "w-1"]
    assert found("kind=gas") == ["g-1", "g-2"]
    assert found(f"region={place[f'{TOWN}/寨子坪社区']}") == ["g-1", "w-1"]
    assert found(f"region={place['巴南区']}") == []
    assert found(f"owner={owner}") == ["g-1"]
    assert found("q=G-2") == found("q=渝州路") == found("q=100%25") == ["g-2"]
    assert found("q=_") == []
    ask(desk, "POST", f"/things/{ids['g-1']}/active", {"active": False})
    assert found("active=true") == ["g-2", "w-1"]
    assert found("active=false") == ["g-1"]
    page = ask(desk, "GET", "/things?page=1")
    assert (page["total"], page["rows"]) == (3, [])


def test_things_of_others_do_not_exist_and_those_of_one_s_unit_elsewhere_are_read_only(
    city: Database, desk: Desk, place: dict[str, int]
) -> None:
    centre = unit_in(city, "centre", place["九龙坡区"])
    with city.begin(SEED) as tx:
        ids = service.add_things(tx, [new_thing("b-1", BANAN), new_thing("b-2", BANAN, owner=centre)])
        streams = {code: service.thing(tx, one).thing.streams[0].id for code, one in ids.items()}
    edit = {"name": "x", "lon": HERE[0], "lat": HERE[1], "quota": 5}
    stream = {"unit": "%{LEL}", "low": 0, "high": 1, "interval_s": 5}
    for code, expected in (("b-1", 404), ("b-2", 403)):
        assert ask(desk, "GET", f"/things/{ids[code]}", None, 404 if code == "b-1" else 200)
        for method, path, body in (
            ("PUT", f"/things/{ids[code]}", edit), ("POST", f"/things/{ids[code]}/active", {"active": False}),
            ("POST", f"/things/{ids[code]}/secret", None), ("PUT", f"/datastreams/{streams[code]}", stream),
        ):  # fmt: skip
            ask(desk, method, path, body, expected)
    assert ask(desk, "POST", "/things", told("b-1"), 422)["fields"][0]["code"] == "thing.code_taken"


def test_what_is_changed_is_audited_and_goes_back(city: Database, desk: Desk, place: dict[str, int]) -> None:
    thing = ask(desk, "POST", "/things", told("g-1"), 201)["id"]
    created = desk.last()
    before = ask(desk, "GET", f"/things/{thing}")
    owner = unit_in(city, "sanitation", place[TOWN])
    village = {"lon": HERE[0] + 0.04, "lat": HERE[1]}
    edit = {
        "name": "新名",
        "owner": owner,
        "address": "渝州路 1 号",
        "quota": 90,
        "properties": {"a": "b"},
        **village,
    }
    changed = ask(desk, "PUT", f"/things/{thing}", edit)["change"]
    assert ask(desk, "PUT", f"/things/{thing}", edit) == {"change": 0}
    moved = ask(desk, "GET", f"/things/{thing}")
    assert moved["place"].split(" · ")[2] == "綦口村"
    assert (moved["owner_name"], moved["thing"]["quota"]) == ("石桥铺街道环卫所", 90)
    lel = settings(desk, thing)["gas.lel"]
    wanted = {name: lel[name] for name in ("unit", "low", "high", "sentinels", "interval_s", "shift")}
    calibrated = ask(
        desk, "PUT", f"/datastreams/{lel['id']}", {**wanted, "scale": 1.5, "calibrated_at": None}
    )["change"]
    assert settings(desk, thing)["gas.lel"]["calibrated_at"] is not None
    off = ask(desk, "POST", f"/things/{thing}/active", {"active": False})["change"]
    assert desk.undo(created, 409)["code"] == "change.stood_on"
    for change in (off, calibrated, changed):
        desk.undo(change)
    assert ask(desk, "GET", f"/things/{thing}") == before
    desk.undo(created)
    assert ask(desk, "GET", f"/things/{thing}")["thing"]["active"] is False
    with city.begin(SEED) as tx:
        acts = tx.execute(
            sa.text("SELECT action FROM kernel_audit WHERE subject_kind = 'thing' ORDER BY id")
        ).scalars()
        assert list(acts)[:4] == ["thing.created", "thing.edited", "stream.edited", "thing.retired"]


def test_a_secret_is_shown_once_and_kept_as_a_hash(city: Database, desk: Desk) -> None:
    thing = ask(desk, "POST", "/things", told("g-1"), 201)["id"]
    shown = [ask(desk, "POST", f"/things/{thing}/secret")["secret"] for _ in range(2)]
    assert shown[0] != shown[1]
    detail = desk.client.get(f"{ROOT}/things/{thing}")
    assert detail.json()["thing"]["has_secret"]
    assert not any(secret in detail.text for secret in shown)
    with city.begin(SEED) as tx:
        kept = tx.execute(
            sa.text("SELECT secret_hash FROM sensing_thing WHERE id = :id"), {"id": thing}
        ).scalar_one()
        written = tx.execute(sa.text("SELECT string_agg(a::text, '') FROM kernel_audit a")).scalar_one()
        acts = tx.execute(
            sa.text("SELECT action FROM kernel_audit WHERE action LIKE 'thing.secret%' ORDER BY id")
        )
        assert list(acts.scalars()) == ["thing.secret_issued", "thing.secret_rotated"]
    assert bytes(kept) == hashlib.sha256(shown[1].encode()).digest()
    assert not any(secret in written for secret in shown)


def test_readings_of_the_last_days_are_counted_by_what_became_of_them(city: Database, desk: Desk) -> None:
    thing = ask(desk, "POST", "/things", told("g-1"), 201)["id"]
    with city.begin(SEED) as tx:
        rows = [(0, "accepted", 1440), (0, "out_of_range", 3), (6, "sentinel", 2), (9, "quota", 7)]
        for ago, what, n in rows:
            query = "INSERT INTO sensing_count SELECT :id, (now() AT TIME ZONE 'Asia/Shanghai')::date - :ago, :what, :n"
            tx.execute(sa.text(query), {"id": thing, "ago": ago, "what": what, "n": n})
    found = ask(desk, "GET", f"/things/{thing}")["counts"]
    assert [(row["name"], row["n"]) for row in found] == [
        ("已接收", 1440),
        ("超出量程", 3),
        ("设备报无效值", 2),
    ]
