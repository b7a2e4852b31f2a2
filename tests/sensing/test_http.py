"""Readings by HTTP: stored when 202 is said, refused by name, for whoever may send them."""

from __future__ import annotations

import base64
import math
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import numpy as np
import pytest
import sqlalchemy as sa

from chengyun.identity.tokens import issue
from chengyun.sensing.intake.codecs import compact
from tests.identity.support import SEED, acting, hire
from tests.sensing.support import SECRET, Store
from tests.web.support import Hub, direct

NOW = time.time()
Post = Callable[..., httpx.Response]


def basic(code: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{code}:{secret}".encode()).decode()


@pytest.fixture
def store(hub: Hub) -> Store:
    return Store(hub.db)


@pytest.fixture
def post(hub: Hub) -> Iterator[Post]:
    """POST readings as a token of the district in which GAS-1, GAS-3 and FLOOD stand, unless said otherwise."""
    admin = hire(hub.db, "x-admin", hub.unit("centre", "九龙坡区"), "admin")
    with hub.db.begin(acting(hub.db, admin)) as tx:
        token = issue(tx, "网关", ["reading.write"], hub.regions["九龙坡区"], 30).secret

    with direct(hub) as client:

        def send(
            body: Any, media: str = "", sent_by: str = f"Bearer {token}", **headers: str
        ) -> httpx.Response:
            content = {"content": body} if isinstance(body, bytes) else {"json": body}
            told = {"Authorization": sent_by, **({"Content-Type": media} if media else {}), **headers}
            return client.post("/api/sensing/readings", headers=told, **content)

        yield send


def reading(value: Any = 1.5, thing: str = "GAS-1", quantity: str = "methane", **more: Any) -> dict[str, Any]:
    return {"thing": thing, "quantity": quantity, "value": value, **more}


def test_every_form_stores_the_same(post: Post, store: Store) -> None:
    stream, at = store.stream("GAS-1"), int(NOW) - 60
    packed = compact.encode(np.array([stream], np.int32), np.array([at * 1_000_000]), np.array([5.0]))
    for media, body in (
        ("application/json", b'{"readings": [{"thing": "GAS-1", "at": %d, "values": {"methane": 1}}]}' % at),
        (
            "application/senml+json",
            b'[{"bn": "GAS-1/", "bt": %d, "n": "methane", "u": "%%", "v": 2}]' % (at + 1),
        ),
        ("text/plain", b"gas,thing=GAS-1 methane=3i,temperature=60 %d000000000" % (at + 2)),
        ("application/vnd.chengyun.readings", packed),
    ):
        answer = post(body, media)
        assert (answer.status_code, answer.json()["rejected"]) == (202, []), answer.text
    assert store.values("GAS-1") == [1, 5, 2, 3]
    assert store.values("GAS-1", "gas.temperature") == [60 * 0.5 + 10], "calibrated"
    assert [len(one) for one in store.logged()] == [1, 1, 2, 1]
    assert store.logged()[2].value.tolist() == [3, 40]


def test_each_bad_reading_is_named_and_the_others_are_stored(post: Post, store: Store) -> None:
    bad = [
        (reading(quantity="smell"), "unknown_stream"),
        (reading(unit="mg/m3"), "wrong_unit"),
        (reading("NaN"), "not_a_number"),
        (reading("1.5"), "not_a_number"),
        (reading(True), "not_a_number"),
        (reading(None), "not_a_number"),
        (reading("-Infinity"), "infinite"),
        (reading(at="yesterday"), "bad_moment"),
        (reading(at="2026-11-23T08:00:00"), "bad_moment"),
        (reading(at=0), "bad_moment"),
        (reading(at=time.time() + 400), "future"),
        (reading(at=(NOW + 86_400 * 3650) * 1000), "future"),
        (reading(-200), "sentinel"),
        (reading(101), "out_of_range"),
        (reading(1e308 * 10, quantity="temperature"), "infinite"),
    ]
    body = str([reading(value=math.pi, at=NOW), *(one for one, _ in bad)])
    for python, json in (("'", '"'), ("True", "true"), ("None", "null"), ("inf", "Infinity")):
        body = body.replace(python, json)
    answer = post(body.encode(), "application/json", **{"Accept-Language": "en"}).json()
    assert answer["accepted"] == 1
    assert [(one["index"], one["reason"]) for one in answer["rejected"]] == list(
        enumerate((r for _, r in bad), 1)
    )
    assert answer["rejected"][1]["message"] == "The unit is not the registered one."
    assert store.values("GAS-1") == [math.pi]


def test_what_is_unknown_looks_as_what_is_somebody_else_s(post: Post, store: Store) -> None:
    there = [
        reading(thing="GAS-2", **more)
        for more in ({}, {"quantity": "smell"}, {"unit": "x"}, {"value": "NaN"})
    ]
    nowhere = [{**one, "thing": "GAS-9"} for one in there]
    first, second = post({"readings": there}).json(), post({"readings": nowhere}).json()
    for one in (*first["rejected"], *second["rejected"]):
        one.pop("thing")
    assert first == second
    assert {one["reason"] for one in first["rejected"]} == {"forbidden"}
    streams = [store.stream("GAS-2"), 987_654]
    packed = compact.encode(np.array(streams, np.int32), np.full(2, int(NOW * 1e6)), np.ones(2))
    told = post(packed, "application/vnd.chengyun.readings").json()["rejected"]
    assert [(one["reason"], one["message"]) for one in told] == [("forbidden", told[0]["message"])] * 2
    assert store.values("GAS-2") == []
    assert store.counted("GAS-2") == {}


def test_a_device_writes_for_itself_alone(post: Post, store: Store) -> None:
    mine = basic("GAS-1", SECRET)
    answer = post(
        {"readings": [{"quantity": "methane", "value": 7}, reading(8, thing="GAS-3")]}, sent_by=mine
    ).json()
    assert (answer["accepted"], [one["reason"] for one in answer["rejected"]]) == (1, ["forbidden"])
    assert (store.values("GAS-1"), store.values("GAS-3")) == ([7], [])
    for wrong in (
        basic("GAS-1", "x"),
        basic("GAS-3", ""),
        basic("GAS-9", SECRET),
        "Basic %%",
        basic("G\0", "x"),
    ):
        assert post([reading()], sent_by=wrong).status_code == 401
    assert post([reading()], sent_by="Nothing").status_code == 403


@pytest.mark.parametrize(
    ("media", "body", "status", "words"),
    [
        ("application/json", b'{"readings": [\n {"thing": }]}', 400, "line 2, column 12"),
        ("application/json", b'[{"thing": "GAS-1", "quantity": "methane", "valu": 1}]', 400, "Item 0"),
        ("application/json", b'[{"thing": "GAS-1", "value": 1}]', 400, "quantity of item 0"),
        ("application/json", b'[{"thing": "\\ud800", "quantity": "a", "value": 1}]', 400, "thing of item 0"),
        ("application/json", b"[" * 100_000, 400, "line 1"),
        ("application/senml+json", b'[{"n": "G/a", "v": 1}, {"n": "G/a", "v": 1, "x_": 1}]', 400, "x_ of item 1"),
        ("text/plain", b"gas methane=1\ngas methane=1,=2", 400, "Line 2 cannot be read from column 14"),
        ("text/plain", b"gas \xff", 400, "byte 4"),
        ("application/vnd.chengyun.readings", b"CYRB" + bytes(10), 400, "byte 14"),
        ("application/vnd.chengyun.readings", b"XYRB" + bytes(20), 400, "byte 0"),
        ("application/pdf", b"x", 400, "application/pdf"),
        ("application/json", b" " * 1_500_000, 413, "1500000 bytes, more than the limit of 1000000"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_where(post: Post, media: str, body: bytes, status: int, words: str) -> None:
    answer = post(body, media, **{"Accept-Language": "en"})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert words in answer.json()["detail"]


def test_ten_megabytes_are_refused_unread(post: Post) -> None:
    assert post(bytes(10_000_000), "application/vnd.chengyun.readings").status_code == 413


def test_a_flooding_device_is_held_and_the_others_are_not(hub: Hub, post: Post, store: Store) -> None:
    flood = [reading(index / 10, thing="FLOOD", at=NOW - index) for index in range(80)]
    mixed = [*flood[:40], reading(1), *flood[40:]]
    answer = post({"readings": mixed}).json()
    assert answer["accepted"] == 51
    assert {(one["thing"], one["reason"]) for one in answer["rejected"]} == {("FLOOD", "quota")}
    assert answer["rejected"][0]["index"] == 51
    assert len(store.values("FLOOD")) == 50
    assert post({"readings": [flood[0], reading(2)]}).json()["accepted"] == 1
    hub.app.state.sensing_desk.counts.flush()
    assert store.counted("FLOOD") == {"accepted": 50, "quota": 31}
    assert store.counted("GAS-1") == {"accepted": 2}


def test_a_message_sent_twice_is_one(post: Post, store: Store) -> None:
    key = {"Idempotency-Key": "once"}
    first, second = (post({"readings": [reading(4, at=NOW), reading(-200)]}, **key) for _ in range(2))
    assert first.json() == second.json()
    assert (len(store.logged()), store.values("GAS-1")) == (1, [4])
    assert post({"readings": [reading(5)]}, **key).status_code == 409


def test_a_device_out_of_use_is_unknown_at_once(hub: Hub, post: Post, store: Store) -> None:
    assert post({"readings": [reading(1)]}).json()["accepted"] == 1
    with hub.db.begin(SEED) as tx:
        tx.execute(sa.text("UPDATE sensing_thing SET active = false"))
    assert [one["reason"] for one in post({"readings": [reading(2)]}).json()["rejected"]] == ["forbidden"]
    assert post([reading()], sent_by=basic("GAS-1", SECRET)).status_code == 401
    assert post({"readings": []}).json() == {"accepted": 0, "rejected": []}
    assert len(store.logged()) == 1
