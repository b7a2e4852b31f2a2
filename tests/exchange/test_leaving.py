"""Personal data planted in reports is looked for on every way out of the case, and found on none."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.exchange.support import JLP, Receiver, Stage, key
from tests.web.cast import middle
from tests.web.support import hire, sign_in

NAME, PHONE, IDENTITY, PLATE = "董佳佳", "13812340001", "500107199001010016", "渝A12345"
PLANTED = (NAME, PHONE, "138 1234 0001", IDENTITY, PLATE)
WORDS = f"我叫{NAME}，电话138 1234 0001，身份证号{IDENTITY}，车牌{PLATE}的车乱倒垃圾"
QUOTED = f"已电话{PHONE}联系，联系人{NAME}，车{PLATE}，证件号{IDENTITY}"
DOOR = f"渝州路 1 号 3-2，联系人{NAME} {PHONE}"
# Who may read incidents and evaluation, and no personal data.
BLIND = {"x-audit": ("centre", "", "auditor"), "x-wall": ("centre", "", "wall")}
OPEN311 = "/api/open311/v2"


@dataclass
class Planted:
    """Four tellings of one matter; officers quote the person at every turn of the first, the second joined it."""

    stage: Stage
    receipts: list[dict[str, Any]]

    @property
    def incident(self) -> int:
        return int(self.receipts[0]["incident"])

    def asked(self, who: str) -> dict[str, Any]:
        """Arguments with which every list of the interface answers something."""
        lon, lat = middle(JLP)
        today = self.stage.told(who, "GET", "/api/clock")["now"][:10]
        return {
            "incident_id": self.incident, "report_id": self.receipts[0]["report"], "into": self.receipts[2]["incident"],
            "lon": lon, "lat": lat, "text": WORDS, "day": today, "period": "month", "by": "region",
            "bbox": "100,20,110,40", "indicator": "filing", "part": "denominator", "token": self.receipts[0]["tracking"],
            "reason": "核对情况",
        }  # fmt: skip


@pytest.fixture
def planted(stage: Stage) -> Planted:
    stage.persons |= hire(stage.hub, BLIND)
    for name in BLIND:
        stage.client.cookies.clear()
        sign_in(stage.client, name)
        stage.cookies[name] = stage.client.cookies["chengyun_session"]
    reporter = {"name": NAME, "phone": PHONE}
    made = [
        stage.report(JLP, f"{WORDS}（{n}）", category="0102", address=DOOR, reporter=reporter)
        for n in range(4)
    ]
    one = made[0]["incident"]
    stage.move("x-town", one, "accept", note=QUOTED)
    stage.move("x-desk", one, "supervise", note=QUOTED)
    stage.move("x-town", one, "supervise_reply", note=QUOTED)
    stage.move("x-town", made[1]["incident"], "merge_into", into=one)
    return Planted(stage, made)


def clean(text: str, where: str) -> str:
    """`text`, which tells nothing that was planted."""
    squeezed = re.sub(r"[ \-]", "", text)
    for word in PLANTED:
        assert word not in text, (where, word)
        assert word.replace(" ", "") not in squeezed, (where, word)
    return text


def readings(stage: Stage) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Every way of reading: the path and its parameters."""
    for path, methods in stage.hub.app.openapi()["paths"].items():
        if "get" in methods and path not in ("/api/stream", "/api/openapi.json"):
            yield path, methods["get"].get("parameters", [])


def test_who_may_not_see_personal_data_meets_none_on_any_page(planted: Planted) -> None:
    """All that is read by GET, by whoever reads incidents without personal data; a new page is walked by itself."""
    stage = planted.stage
    whole = stage.ask("x-desk", "GET", f"/api/incidents/{planted.incident}").text
    assert all(word in whole for word in (NAME, "138 1234 0001", IDENTITY, PLATE)), "who handles it reads it"
    answered: dict[str, set[str]] = {}
    for who in BLIND:
        asked = planted.asked(who)
        for path, parameters in readings(stage):
            needed = [one for one in parameters if one.get("required") or one["name"] in ("text", "by")]
            if any(one["name"] not in asked for one in needed):
                continue
            given = {one["name"]: asked[one["name"]] for one in needed}
            url = re.sub(r"\{(\w+)\}", lambda one, asked=asked: str(asked[one[1]]), path)
            query = {one["name"]: given[one["name"]] for one in needed if one["in"] == "query"}
            answer = stage.ask(who, "GET", url, params=query)
            clean(answer.content.decode("utf-8", "replace"), f"{who} {url}")
            if answer.status_code == 200:
                answered.setdefault(who, set()).add(path)
    assert {
        "/api/incidents/", "/api/incidents/{incident_id}", "/api/incidents/similar", "/api/incidents/tracking/{token}",
        "/api/incidents/{incident_id}/nearby", "/api/incidents/orders",
        "/api/incidents/evaluation/hot-topics", "/api/incidents/evaluation/incidents",
        "/api/incidents/evaluation/reported", "/api/command/handover",
    } <= answered["x-audit"] | answered["x-wall"], sorted(answered["x-audit"] | answered["x-wall"])  # fmt: skip


def test_topics_keep_their_sense_without_their_people(planted: Planted) -> None:
    stage, asked = planted.stage, planted.asked("x-audit")
    query = {name: asked[name] for name in ("day", "period", "by")}
    path = "/api/incidents/evaluation/hot-topics"
    (topic,) = stage.told("x-audit", "GET", path, params=query)["topics"]
    assert topic["count"] == 3
    titles = {one["title"] for one in (topic, *topic["tellings"])}
    assert all("董**" in title for title in titles), titles
    (whole,) = stage.told("x-desk", "GET", path, params=query)["topics"]
    assert NAME in whole["title"]
    export = stage.ask(
        "x-desk", "GET", "/api/incidents/evaluation/export", params={**query, "by": "category"}
    )
    with zipfile.ZipFile(io.BytesIO(export.content)) as book:
        for name in book.namelist():
            clean(book.read(name).decode(), name)


def test_open311_gives_masked_texts_of_what_is_public_and_none_of_the_rest(planted: Planted) -> None:
    stage = planted.stage
    token = key(stage, "九龙坡区", "incident.read", "incident.report")
    link = planted.receipts[0]["tracking"]
    numbers = [one["number"] for one in planted.receipts]

    def read(path: str, **params: str) -> str:
        stage.client.cookies.clear()
        answer = stage.client.get(f"{OPEN311}{path}", params=params)
        assert answer.status_code == 200, answer.text
        return clean(answer.text, path)

    assert read("/requests.json") == "[]"
    assert "乱倒垃圾" not in read(f"/requests/{link}.json"), "not public: its words stay"
    body = {"region": stage.hub.regions["九龙坡区"], "categories": ["0102"]}
    stage.told("x-jlp", "PUT", "/api/exchange/published", body)
    for form in ("json", "xml"):
        listed = read(f"/requests.{form}")
        assert "我叫董**，电话138 **** 0001" in listed
        assert "乱倒垃圾" in listed
        assert "渝州路" not in listed, "an address leads to a door"
        assert "乱倒垃圾" in read(f"/requests/{link}.{form}")
        by_key = read(f"/requests.{form}", api_key=token)
        assert "乱倒垃圾" in by_key
        assert "渝州路" in by_key
        assert "联系人董**" in read(f"/requests/{numbers[0]}/updates.{form}", api_key=token)
        assert "联系" not in read(f"/requests/{numbers[0]}/updates.{form}"), (
            "notes of officers are for nobody else"
        )


def test_webhooks_tell_no_more(planted: Planted, receiver: Receiver) -> None:
    stage = planted.stage
    stage.subscribe("x-jlp", "九龙坡区", receiver.url)
    stage.move("x-town", planted.incident, "verify")
    stage.send()
    body = {"region": stage.hub.regions["九龙坡区"], "categories": ["0102"]}
    stage.told("x-jlp", "PUT", "/api/exchange/published", body)
    stage.move("x-town", planted.incident, "file")
    stage.send()
    closed, public = (got.event["data"]["incident"] for got in receiver.got)
    for got in receiver.got:
        clean(got.body.decode(), "webhook")
    assert (closed["text"], closed["address"], public["address"]) == (None, None, None)
    assert public["text"].startswith("我叫董**，电话138 **** 0001")


def test_a_neighbour_is_offered_no_word_of_it(planted: Planted) -> None:
    stage, (lon, lat) = planted.stage, middle(JLP)
    about = {"lon": lon, "lat": lat, "text": WORDS, "category": "0102"}
    offered = stage.ask("", "POST", "/api/incidents/offers", about)
    assert offered.json(), "there is something to be offered"
    clean(offered.text, "offers")
