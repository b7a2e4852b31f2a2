"""Webhooks that leave: signed, in order per incident, at least once, never beyond the creator's jurisdiction."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from chengyun.exchange import delivering, targets
from chengyun.exchange.delivering import SENDER
from tests.exchange.support import BN, JLP, Receiver, Stage
from tests.identity.support import SEED
from tests.web.support import until


def test_an_incident_is_told_as_a_signed_cloudevent(stage: Stage, receiver: Receiver) -> None:
    made = stage.subscribe("x-jlp", "九龙坡区", receiver.url)
    receipt = stage.report(text="路边违建，住户张某电话 13900000001")
    stage.send()
    (got,) = receiver.got
    event = got.event
    assert got.headers["content-type"].startswith("application/cloudevents+json")
    assert got.signed_by(made["secret"])
    assert not got.signed_by("whsec_" + "A" * 44)
    # the required attributes of CloudEvents 1.0, and their forms
    assert event["specversion"] == "1.0"
    assert event["id"] == got.headers["webhook-id"]
    assert event["source"] == "https://city.example/api/exchange"
    assert event["type"] == "chengyun.incident.opened.v1"
    assert event["subject"] == receipt["number"]
    assert event["datacontenttype"] == "application/json"
    assert datetime.fromisoformat(event["time"]).tzinfo is not None
    assert all(re.fullmatch("[a-z0-9]+", name) for name in event)
    incident = event["data"]["incident"]
    assert incident["number"] == receipt["number"]
    assert incident["state"] == event["data"]["state"] == "reported"
    assert "13900000001" not in got.body.decode(), "an administrator may not read incidents: texts stay here"
    (line,) = stage.deliveries("x-jlp")
    assert (line["state"], line["attempts"], line["last_status"]) == ("delivered", 1, 200)
    log = stage.told("x-jlp", "GET", f"/api/exchange/deliveries/{line['id']}")
    assert [(tried["status"], tried["answer"]) for tried in log["attempts"]] == [(200, "thank you")]


def test_moves_of_one_incident_come_in_order_while_others_go_on(stage: Stage, receiver: Receiver) -> None:
    stage.subscribe("x-city", "", receiver.url)
    one, other = stage.report(), stage.report(BN)
    stage.move("x-town", one["incident"], "accept", "verify", "file")
    receiver.rule = lambda got: 500 if got.event["subject"] == one["number"] else 200
    for _ in range(3):
        stage.send()
        stage.hurry()
    # the first of the one fails again and again: nothing later of it is tried; the other has arrived
    assert {move for number, move in receiver.events() if number == one["number"]} == {"report"}
    assert len(set(receiver.ids())) == 2
    assert (other["number"], "report") in receiver.events()
    receiver.rule = lambda got: 200
    stage.send()
    arrived = [move for number, move in receiver.events() if number == one["number"]]
    assert arrived == ["report", "report", "report", "report", "accept", "verify", "file"]
    sequence = [got.event["sequence"] for got in receiver.got if got.event["subject"] == one["number"]]
    assert sequence == sorted(sequence)


def test_a_receiver_that_hangs_up_is_slow_or_down_is_tried_again(
    stage: Stage, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chengyun.exchange.sending.TIMEOUT", 0.3)
    stage.subscribe("x-jlp", "九龙坡区", receiver.url)
    stage.report()

    def slow(got: object) -> int:
        time.sleep(0.6)
        return 200

    for rule in (lambda got: None, slow, lambda got: 503, lambda got: 307):
        receiver.rule = rule
        stage.send()
        stage.hurry()
    (line,) = stage.deliveries()
    log = stage.told("x-jlp", "GET", f"/api/exchange/deliveries/{line['id']}")["attempts"]
    assert [tried["status"] for tried in log] == [None, None, 503, 307]
    assert "断" in log[0]["error"]
    assert "5 秒" in log[1]["error"]
    assert log[1]["duration_ms"] < 590, "given up on time, however long the receiver takes"
    assert len(set(receiver.ids())) == 1, "the id is stable"
    assert len(receiver.got) == 4, "a redirect is not followed"
    (subscription,) = stage.told("x-jlp", "GET", "/api/exchange/subscriptions")
    assert (subscription["failures"], subscription["pending"], subscription["state"]) == (4, 1, "active")


def test_after_a_day_it_is_given_up_until_somebody_sends_it_again(stage: Stage, receiver: Receiver) -> None:
    made = stage.subscribe("x-jlp", "九龙坡区", receiver.url)["subscription"]["id"]
    stage.report()
    receiver.rule = lambda got: 500
    stage.send()
    stage.age(timedelta(hours=24))
    stage.hurry()
    stage.send()
    (line,) = stage.deliveries("x-jlp", state="dead")
    (shown,) = stage.told("x-jlp", "GET", "/api/exchange/subscriptions")
    assert (shown["state"], shown["paused_why"], shown["dead"]) == ("paused", "failing", 1)
    receiver.rule = lambda got: 200
    again = f"/api/exchange/deliveries/{line['id']}/again"
    stage.told("x-jlp", "POST", again)
    assert stage.ask("x-jlp", "POST", again).status_code == 409
    assert stage.send() == 0, "paused"
    stage.told("x-jlp", "POST", f"/api/exchange/subscriptions/{made}/state", {"state": "active"})
    stage.send()
    assert stage.deliveries("x-jlp", state="delivered")[0]["id"] == line["id"]
    assert len(set(receiver.ids())) == 1


def test_a_receiver_that_is_gone_is_told_nothing_more(stage: Stage, receiver: Receiver) -> None:
    made = stage.subscribe("x-jlp", "九龙坡区", receiver.url)["subscription"]["id"]
    receipt = stage.report()
    receiver.rule = lambda got: 410
    stage.send()
    stage.move("x-town", receipt["incident"], "accept")
    stage.hurry()
    stage.send()
    assert len(receiver.got) == 1
    (shown,) = stage.told("x-jlp", "GET", "/api/exchange/subscriptions")
    assert (shown["state"], shown["paused_why"], shown["pending"]) == ("paused", "gone", 2)
    receiver.rule = lambda got: 200
    stage.told("x-jlp", "POST", f"/api/exchange/subscriptions/{made}/state", {"state": "active"})
    stage.send()
    assert [move for _, move in receiver.events()] == ["report", "report", "accept"]


def test_two_secrets_are_valid_for_a_day_after_a_rotation(stage: Stage, receiver: Receiver) -> None:
    made = stage.subscribe("x-jlp", "九龙坡区", receiver.url)
    number = made["subscription"]["id"]
    fresh = stage.told("x-jlp", "POST", f"/api/exchange/subscriptions/{number}/secret")["secret"]
    stage.told("x-jlp", "POST", f"/api/exchange/subscriptions/{number}/test")
    stage.send()
    (got,) = receiver.got
    assert got.event["type"] == "chengyun.exchange.test.v1"
    assert got.signed_by(made["secret"])
    assert got.signed_by(fresh)
    with stage.hub.db.begin(SENDER) as tx:
        tx.execute(sa.text("UPDATE exchange_subscription SET old_until = clock_timestamp()"))
        kept = tx.execute(sa.text("SELECT secret, old_secret FROM exchange_subscription")).one()
    assert not any(secret.encode() in bytes(column) for secret in (fresh, made["secret"]) for column in kept)
    stage.told("x-jlp", "POST", f"/api/exchange/subscriptions/{number}/test")
    stage.send()
    assert receiver.got[1].signed_by(fresh)
    assert not receiver.got[1].signed_by(made["secret"])


def test_nothing_leaves_that_the_creator_may_not_see_at_that_time(stage: Stage, receiver: Receiver) -> None:
    """A district hears of its own incidents alone; what moved away and what belongs to nobody stays here."""
    stage.subscribe("x-jlp", "九龙坡区", receiver.url)
    assert stage.ask(
        "x-jlp", "POST", "/api/exchange/subscriptions",
        {"name": "x", "url": receiver.url, "types": ["chengyun.incident.moved.v1"],
         "region": stage.hub.regions["巴南区"]},
    ).status_code == 422  # fmt: skip
    stage.report(BN)
    own = stage.report(JLP)
    moved = stage.report(JLP)
    with stage.hub.db.begin(SEED) as tx:  # a reorganisation gave the place to others before it was sent
        away = sa.text(
            "UPDATE incidents_incident SET readers = array_remove(readers, :region) WHERE id = :id"
        )
        tx.execute(away, {"region": stage.hub.regions["九龙坡区"], "id": moved["incident"]})
    stage.send()
    assert receiver.events() == [(own["number"], "report")]
    states = {line["number"]: line["state"] for line in stage.deliveries("x-jlp")}
    assert states == {own["number"]: "delivered", moved["number"]: "withheld"}
    assert stage.told("x-bn", "GET", "/api/exchange/subscriptions") == []
    assert stage.deliveries("x-bn") == []
    # the creator's post ends: nothing more is sent in their name
    stage.report(JLP)
    with stage.hub.db.begin(SEED) as tx:
        end = sa.text(
            "UPDATE identity_post SET valid_to = valid_from + interval '1 ms' WHERE person_id = :id"
        )
        tx.execute(end, {"id": stage.persons["x-jlp"]})
    stage.send()
    assert len(receiver.got) == 1
    (shown,) = stage.told("x-city", "GET", "/api/exchange/subscriptions")
    assert (shown["state"], shown["paused_why"], shown["pending"]) == ("paused", "creator", 1)


def test_private_networks_are_refused(stage: Stage, receiver: Receiver) -> None:
    """The name is resolved and every address checked, also in the forms that hide one."""
    stage.desk.allowed.clear()
    stage.subscribe("x-jlp", "九龙坡区", receiver.url)
    stage.report()
    stage.send()
    assert receiver.got == []
    (line,) = stage.deliveries("x-jlp")
    assert line["last_status"] is None
    assert "内部网络" in line["last_error"]


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "10.1.2.3", "169.254.169.254", "0.0.0.0", "[::1]", "[::ffff:10.0.0.1]",
     "[fd00::1]", "[fe80::1]", "[64:ff9b::a00:1]", "[2002:a00:1::]", "100.64.0.1", "2130706433", "0x7f.1",
     "224.0.0.1", "[::]"],
)  # fmt: skip
def test_addresses_that_lead_inside(host: str) -> None:
    with pytest.raises(targets.Refused):
        targets.resolve(f"https://{host}/", [])


def test_plain_http_is_for_permitted_networks_only() -> None:
    with pytest.raises(targets.Refused, match="plain_http"):
        targets.resolve("http://93.184.216.34/", targets.networks("127.0.0.0/8"))
    assert targets.resolve("https://93.184.216.34/a?b=1", []).path == "/a?b=1"
    assert targets.resolve("http://127.0.0.1:81/", targets.networks("127.0.0.0/8")).port == 81


@pytest.mark.parametrize(
    "url", ["ftp://a.example/", "https://u:p@a.example/", "https://a.example/#x", "https:///x", "javascript:1",
            "https://a.example:99999/", "https://a.example/ b", "https://ä.example/"],
)  # fmt: skip
def test_addresses_that_are_none(stage: Stage, url: str) -> None:
    body = {
        "name": "x",
        "url": url,
        "types": ["chengyun.incident.closed.v1"],
        "region": stage.hub.regions[""],
    }
    answer = stage.ask("x-city", "POST", "/api/exchange/subscriptions", body)
    assert answer.status_code == 422
    assert [wrong["path"] for wrong in answer.json()["fields"]] == ["url"]


SENDING = """
import sys, threading
from chengyun.exchange import jobs, targets
from chengyun.exchange.delivering import desk_of, keep_sending
from chengyun.identity import jobs as resolves
from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Database
keep_sending(desk_of(Database(sys.argv[1]), Settings.from_env()), threading.Event())
"""


def test_killed_between_sending_and_noting_it_is_sent_again(stage: Stage, receiver: Receiver) -> None:
    """kill -9 the moment the receiver has it: at least once, with the same id, and the log shows both."""
    stage.subscribe("x-jlp", "九龙坡区", receiver.url)
    receipt = stage.report()
    home = stage.hub.app.state.settings.home
    env = {**os.environ, "CHENGYUN_HOME": str(home), "CHENGYUN_WEBHOOK_NETWORKS": "127.0.0.0/8"}
    sender = subprocess.Popen([sys.executable, "-c", SENDING, stage.hub.db.url], env=env)

    def kill(got: object) -> int:
        os.kill(sender.pid, signal.SIGKILL)
        return 200

    receiver.rule = kill
    until(lambda: sender.poll() is not None, 60)
    assert len(receiver.got) == 1
    receiver.rule = lambda got: 200
    assert stage.send() == 0, "claimed for a while yet"
    with stage.hub.db.begin(SENDER) as tx:
        tx.execute(sa.text("UPDATE exchange_delivery SET locked_until = clock_timestamp()"))
    stage.send()
    assert len(receiver.got) == 2
    assert len(set(receiver.ids())) == 1
    assert {got.event["subject"] for got in receiver.got} == {receipt["number"]}
    (line,) = stage.deliveries()
    log = stage.told("x-jlp", "GET", f"/api/exchange/deliveries/{line['id']}")["attempts"]
    assert [(tried["status"], tried["error"]) for tried in log] == [(None, None), (200, None)]


def test_two_workers_share_the_work_and_double_nothing(stage: Stage, receiver: Receiver) -> None:
    import threading

    stage.subscribe("x-city", "", receiver.url)
    numbers = [stage.report()["number"] for _ in range(6)]
    stop = threading.Event()
    loops = [
        threading.Thread(target=delivering.keep_sending, args=(stage.desk, stop), daemon=True)
        for _ in range(2)
    ]
    for loop in loops:
        loop.start()
    until(lambda: len(receiver.got) >= 6)
    time.sleep(0.2)
    stop.set()
    for loop in loops:
        loop.join(10)
    assert sorted(number for number, _ in receiver.events()) == sorted(numbers)


def test_without_subscriptions_a_report_costs_no_statement(stage: Stage) -> None:
    """Intake is the hot path: who is told is remembered; a second later somebody new is heard of."""
    stage.report()
    seen: list[str] = []

    @sa.event.listens_for(stage.hub.db.engine, "before_cursor_execute")
    def note(_c: object, _cur: object, statement: str, *_: object) -> None:
        seen.append(statement)

    stage.report()
    assert seen
    assert not [one for one in seen if "exchange_" in one]
    sa.event.remove(stage.hub.db.engine, "before_cursor_execute", note)
    stage.subscribe("x-city", "", "https://receiver.example/")
    stage.report()
    assert len(stage.deliveries()) == 1, "at once in the process that made it"


def test_ending_a_webhook_drops_what_waits(stage: Stage, receiver: Receiver) -> None:
    made = stage.subscribe("x-jlp", "九龙坡区", receiver.url)["subscription"]["id"]
    stage.report()
    receiver.rule = lambda got: 500
    stage.send()
    assert stage.ask("x-bn", "DELETE", f"/api/exchange/subscriptions/{made}").status_code == 404
    assert stage.ask("x-jlp", "DELETE", f"/api/exchange/subscriptions/{made}").status_code == 204
    stage.hurry()
    assert stage.send() == 0
    stage.report()
    assert stage.hub.count("SELECT count(*) FROM exchange_delivery") == 0, "nor is anything kept for it"
    assert json.dumps(stage.told("x-jlp", "GET", "/api/exchange/subscriptions")) == "[]"
