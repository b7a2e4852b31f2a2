"""The straight way of a report: taken by what is plain, and nobody can tell from an answer which way it went."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from chengyun.incidents.reporting.routes import REPORTS
from chengyun.web import express
from tests.web.support import Hub, browser, sign_in

REPORT = {"text": "路口有一堆垃圾", "lon": 106.45, "lat": 29.49}
OUTSIDE = {**REPORT, "lon": 121.47, "lat": 31.23}
JSON = {"Content-Type": "application/json"}
# What is sent, by headers that differ from an ordinary report's and its content; never the straight way: None of `Taken`.
REFUSED: dict[str, tuple[dict[str, str], bytes]] = {
    "no JSON": ({}, b"{"),
    "no object": ({}, b"[]"),
    "not UTF-8": ({}, "{'text': '路灯'}".encode("gbk")),
    "half a surrogate": ({}, rb'{"text": "\ud800 lamp", "lon": 106.45, "lat": 29.49}'),
    "a field missing": ({}, b'{"text": "lamp", "lon": 106.45}'),
    "unknown field": ({}, json.dumps({**REPORT, "colour": "red"}).encode()),
    "projected": ({}, json.dumps({**REPORT, "lon": 36_500_000}).encode()),
    "short key": ({"Idempotency-Key": "short"}, json.dumps(REPORT).encode()),
    "another type": ({"Content-Type": "text/plain"}, json.dumps(REPORT).encode()),
    "forged": ({"X-Chengyun": "0"}, json.dumps(REPORT).encode()),
    "outside": ({}, json.dumps(OUTSIDE).encode()),
    "in English": ({"Accept-Language": "en"}, json.dumps(OUTSIDE).encode()),
    "not theirs to join": ({}, json.dumps({**REPORT, "incident": 2**40}).encode()),
}


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts of those that go the straight way."""
    seen: list[str] = []
    straight = express.take_in

    async def noted(request: Any, body: Any, *given: Any) -> Any:
        seen.append(body.text)
        return await straight(request, body, *given)

    monkeypatch.setattr(express, "take_in", noted)
    return seen


@pytest.fixture
def duty(hub: Hub) -> Iterator[httpx.Client]:
    """Somebody who has just reported, and is remembered."""
    with browser(hub) as client:
        sign_in(client, "jiulongpo-duty")
        assert (
            client.post(REPORTS, json=REPORT, headers={"Idempotency-Key": "makes-known"}).status_code == 201
        )
        yield client


def send(client: httpx.Client, key: str, content: bytes, **headers: str) -> httpx.Response:
    return client.post(REPORTS, content=content, headers={**JSON, "Idempotency-Key": key, **headers})


def test_what_is_plain_goes_straight(duty: httpx.Client, taken: list[str]) -> None:
    plain = json.dumps(REPORT).encode()
    first, again = send(duty, "straight-1", plain), send(duty, "straight-1", plain)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == {**first.json(), "duplicate": True}
    other = send(duty, "straight-1", json.dumps({**REPORT, "text": "另一件事"}).encode())
    assert (other.status_code, other.headers["content-type"]) == (409, "application/problem+json")
    assert len(taken) == 3
    large = json.dumps({**REPORT, "address": " " * express.PLAIN}).encode()
    assert send(duty, "straight-2", large).status_code == 201
    gbk = json.dumps(REPORT, ensure_ascii=False).encode("gbk")
    assert (
        send(duty, "straight-3", gbk, **{"Content-Type": "application/json; charset=gbk"}).status_code == 201
    )
    duty.cookies.clear()
    assert send(duty, "straight-4", plain).status_code == 201  # nobody in particular
    assert len(taken) == 3


@pytest.mark.parametrize("name", REFUSED)
def test_either_way_is_answered_alike(
    duty: httpx.Client, name: str, taken: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    headers, content = REFUSED[name]
    headers = {"Idempotency-Key": f"either-{list(REFUSED).index(name)}", **headers}
    straight = duty.post(REPORTS, content=content, headers={**JSON, **headers})
    went = len(taken)
    monkeypatch.setattr(express, "PLAIN", 0)
    usual = duty.post(REPORTS, content=content, headers={**JSON, **headers})
    assert straight.status_code == usual.status_code >= 400
    assert {**straight.json(), "reference": ""} == {**usual.json(), "reference": ""}
    assert {**straight.headers, "date": ""} == {**usual.headers, "date": ""}
    assert len(taken) == went == (name in {"outside", "in English", "not theirs to join"})
