"""Webhooks that come in: signed, once, mapped as data, and saying what is wrong to those who know the secret only."""

from __future__ import annotations

import json
import threading
import time
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengyun.exchange import mapping, rules
from chengyun.kernel.errors import Invalid
from chengyun.territory import gcj02
from tests.exchange.support import BN, JLP, Stage, signed
from tests.web.cast import middle

MAPPING = """
text: [/content, /remark]
title: /subject
external: /case/id
category: {at: /type, map: {垃圾: "0102", 违建: "0101"}}
position: {lon: /at/0, lat: /at/1, datum: gcj02}
time: {at: /when, format: "%Y-%m-%d %H:%M:%S"}
address: /where
reporter_name: /who
reporter_phone: /phone
"""


def message(place: str = JLP, **more: Any) -> dict[str, Any]:
    """As a hotline of some vendor sends it: positions in GCJ-02, local time without a zone."""
    lon, lat = middle(place)
    east, north = gcj02.from_wgs84(lon, lat)
    return {
        "content": "楼下有人乱倒垃圾",
        "subject": "垃圾",
        "type": "违建",
        "at": [f"{float(east):.7f}", float(north)],
        "when": "2024-05-06 07:08:09",
        "where": "渝州路 1 号",
        "who": "张三",
        "phone": "13900000001",
        "case": {"id": "V-1"},
        **more,
    }


class Vendor:
    """Another system with a source of its own."""

    def __init__(self, stage: Stage, slug: str = "vendor", region: str = "九龙坡区") -> None:
        body = {"slug": slug, "name": "某热线", "region": stage.hub.regions[region], "mapping": MAPPING}
        made = stage.told("x-city", "POST", "/api/exchange/sources", body)
        self.stage, self.slug = stage, slug
        self.id, self.secret = made["source"]["id"], made["secret"]

    def send(self, told: Any, id: str = "m-1", at: float | None = None, **headers: str) -> httpx.Response:
        body = told if isinstance(told, bytes) else json.dumps(told, ensure_ascii=False).encode()
        signature = {**signed(self.secret, id, body, at), **headers}
        return self.stage.client.post(f"/api/exchange/in/{self.slug}", content=body, headers=signature)

    def health(self) -> dict[str, Any]:
        found = self.stage.told("x-city", "GET", "/api/exchange/sources")
        return next(one for one in found if one["id"] == self.id)


def test_a_signed_message_becomes_a_report(stage: Stage) -> None:
    vendor = Vendor(stage)
    answer = vendor.send(message())
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["state"], told["duplicate"], told["joined"]) == ("reported", False, False)
    (row,) = stage.told("x-town", "GET", "/api/incidents/")["items"]
    detail = stage.told("x-town", "GET", f"/api/incidents/{row['id']}")
    lon, lat = middle(JLP)
    assert abs(row["lon"] - lon) < 2e-6, "converted from the datum that the mapping names"
    assert abs(row["lat"] - lat) < 2e-6
    assert row["occurred_at"] == "2024-05-05T23:08:09Z"
    assert (row["category"], row["channel"], row["number"]) == ("0101", "api", told["incident"])
    assert detail["text"] == "楼下有人乱倒垃圾"
    assert detail["history"][0]["actor"] == "某热线"
    assert detail["reports"][0]["reporter"] == "张**"
    assert (
        stage.hub.count("SELECT origin_kind || '/' || origin_id FROM incidents_incident")
        == "exchange:vendor/V-1"
    )
    (line,) = stage.told("x-city", "GET", f"/api/exchange/sources/{vendor.id}/messages")
    assert (line["message"], line["external"], line["number"]) == ("m-1", "V-1", told["incident"])


def test_the_same_message_twice_has_the_first_answer(stage: Stage) -> None:
    vendor = Vendor(stage)
    first = vendor.send(message()).json()
    again = vendor.send(message(), at=time.time() - 200).json()
    assert again == {**first, "duplicate": True}
    assert vendor.send(message(content="另一件事")).status_code == 409
    answers: list[dict[str, Any]] = []
    threads = [
        threading.Thread(
            target=lambda: answers.append(vendor.send(message(case={"id": "V-9"}), "m-9").json())
        )
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len({answer["incident"] for answer in answers}) == 1
    assert sorted(answer["duplicate"] for answer in answers) == [False] + [True] * 5
    assert stage.hub.count("SELECT count(*) FROM incidents_incident") == 2
    assert (vendor.health()["accepted"], vendor.health()["refused"]) == (8, 1)


def test_a_case_told_of_again_stays_one_incident_until_it_has_ended(stage: Stage) -> None:
    vendor = Vendor(stage)
    first = vendor.send(message()).json()
    again = vendor.send(message(content="还没有人来"), "m-2").json()
    assert (again["incident"], again["joined"]) == (first["incident"], True)
    (row,) = stage.told("x-town", "GET", "/api/incidents/")["items"]
    assert row["reports"] == 2
    stage.move("x-town", row["id"], "decline", reason="重复")
    fresh = vendor.send(message(content="又来了"), "m-3").json()
    assert fresh["incident"] != first["incident"]
    assert not fresh["joined"]


def test_whoever_does_not_know_the_secret_learns_nothing(stage: Stage) -> None:
    vendor = Vendor(stage)
    body = json.dumps(message()).encode()
    good = signed(vendor.secret, "m-1", body)
    wrong = [
        vendor.send(message(), **{"webhook-signature": "v1,AAAA"}),
        vendor.send(message(), **{"webhook-signature": ""}),
        vendor.send(message(), **{"webhook-signature": good["webhook-signature"].replace("v1,", "v2,")}),
        vendor.send(message(), **{"webhook-id": "m-2"}),
        vendor.send(message(), **{"webhook-timestamp": str(int(time.time()) + 1)}),
        vendor.send(message(), at=time.time() - 301),
        vendor.send(message(), at=time.time() + 301),
        vendor.send(message(), id=""),
        stage.client.post("/api/exchange/in/nobody", content=body, headers=good),
    ]
    paused = stage.told("x-city", "POST", f"/api/exchange/sources/{vendor.id}/state", {"state": "paused"})
    assert paused["state"] == "paused"
    wrong.append(vendor.send(message()))
    told = {(answer.status_code, answer.json()["code"], answer.json()["detail"]) for answer in wrong}
    assert told == {(401, "exchange.signature", "签名验证未通过。")}
    assert stage.hub.count("SELECT count(*) FROM incidents_incident") == 0
    assert vendor.health()["refused"] == 0


def test_every_field_that_cannot_be_read_is_named(stage: Stage) -> None:
    vendor = Vendor(stage)
    told = message(content="", remark=None, type="怪事", at=["east", 91], when="yesterday", who=["x"])
    answer = vendor.send(told)
    assert answer.status_code == 422
    fields = {wrong["path"]: wrong["code"] for wrong in answer.json()["fields"]}
    assert fields == {
        "/content": "exchange.absent",
        "/type": "exchange.unmapped",
        "/at/0": "field.invalid",
        "/at/1": "field.invalid",
        "/when": "exchange.not_a_time",
        "/who": "field.invalid",
    }
    assert all(wrong["message"] != wrong["code"] for wrong in answer.json()["fields"])
    for body in (b"[]", b"not json", b"\xff\xfe", b"{" * 5000):
        assert vendor.send(body, id=f"m-{body[:4]!r}").status_code == 422
    outside = vendor.send(message(BN), "m-out")
    assert [wrong["code"] for wrong in outside.json()["fields"]] == ["exchange.outside_region"]
    assert vendor.send(b'"' + b"x" * 300_000 + b'"', "m-long").status_code == 422
    assert vendor.health()["last_refusal"] == "kernel.invalid"
    assert vendor.send(message()).status_code == 200, "a refused message may be sent again, corrected"


def test_the_old_secret_counts_until_it_ends(stage: Stage) -> None:
    vendor = Vendor(stage)
    fresh = stage.told("x-city", "POST", f"/api/exchange/sources/{vendor.id}/secret")["secret"]
    assert vendor.send(message(), "m-1").status_code == 200
    vendor.secret = fresh
    assert vendor.send(message(), "m-2").status_code == 200
    assert stage.ask("x-city", "DELETE", f"/api/exchange/sources/{vendor.id}").status_code == 204
    assert vendor.send(message(), "m-3").status_code == 401


def test_a_source_is_its_region_s(stage: Stage) -> None:
    vendor = Vendor(stage, region="巴南区")
    assert stage.told("x-jlp", "GET", "/api/exchange/sources") == []
    for method, path, body in (
        ("POST", "/secret", None), ("DELETE", "", None), ("GET", "/messages", None),
        ("POST", "/state", {"state": "paused"}), ("POST", "/mapping", {"mapping": MAPPING}),
    ):  # fmt: skip
        answer = stage.ask("x-jlp", method, f"/api/exchange/sources/{vendor.id}{path}", body)
        assert answer.status_code == 404
    taken = {"slug": "vendor", "name": "x", "region": stage.hub.regions["九龙坡区"], "mapping": MAPPING}
    assert stage.ask("x-jlp", "POST", "/api/exchange/sources", taken).status_code == 409
    wrong = {**taken, "slug": "other", "region": stage.hub.regions["巴南区"]}
    assert stage.ask("x-jlp", "POST", "/api/exchange/sources", wrong).status_code == 422


@pytest.mark.parametrize(
    ("written", "paths"),
    [
        ("text: /a", {"mapping.position"}),
        ("text: a\nposition: {lon: /x, lat: /y}", {"mapping.text.0", "mapping.position.datum"}),
        (
            "text: /a~2\nposition: {lon: /x, lat: /y, datum: bd09}",
            {"mapping.text.0", "mapping.position.datum"},
        ),
        ("text: /a\nposition: {lon: /x, lat: /y, datum: wgs84}\nphoto: /p", {"mapping.photo"}),
        ("a: [", {"mapping"}),
        ("- 1", {"mapping"}),
    ],
)
def test_a_mapping_is_checked_when_it_is_written(written: str, paths: set[str]) -> None:
    with pytest.raises(Invalid) as refused:
        mapping.read_mapping(written)
    assert {wrong.path for wrong in refused.value.fields} == paths


def test_a_mapping_names_categories_that_exist(stage: Stage) -> None:
    body = {
        "slug": "x-1",
        "name": "x",
        "region": stage.hub.regions[""],
        "mapping": MAPPING.replace("0102", "9999"),
    }
    answer = stage.ask("x-city", "POST", "/api/exchange/sources", body)
    assert answer.status_code == 422
    assert "9999" in answer.json()["fields"][0]["message"]


@given(st.dictionaries(st.text(max_size=4), st.integers() | st.lists(st.integers(), max_size=3), max_size=4))
def test_a_pointer_finds_what_it_names(found: dict[str, Any]) -> None:
    for key, value in found.items():
        pointer = "/" + key.replace("~", "~0").replace("/", "~1")
        assert mapping.at(found, pointer) == value
        if isinstance(value, list):
            assert [mapping.at(found, f"{pointer}/{n}") for n in range(len(value))] == value


@given(st.integers(1, 60), st.floats(0, 1))
def test_pauses_grow_and_stay_bounded(failed: int, chance: float) -> None:
    pause = rules.pause(failed, chance)
    assert 0.8 * rules.FIRST_PAUSE <= pause <= 1.2001 * rules.LONGEST_PAUSE
    assert rules.pause(failed + 1, chance) >= pause
    assert rules.rest(failed) <= rules.LONGEST_REST


@given(st.binary(max_size=200), st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1))
def test_what_is_signed_verifies_and_nothing_else(body: bytes, name: str) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
    old, new = rules.new_signing_secret(), rules.new_signing_secret()
    header = rules.signatures([new, old], name, int(now), body)
    for secret in (old, new):
        assert rules.verifies([secret], name, str(int(now)), body, header, now + 299)
        assert not rules.verifies([secret], name, str(int(now)), body, header, now + 301)
        assert not rules.verifies([secret], name, str(int(now)), body + b" ", header, now)
        assert not rules.verifies([secret], name + "x", str(int(now)), body, header, now)
    assert not rules.verifies([rules.new_signing_secret()], name, str(int(now)), body, header, now)
