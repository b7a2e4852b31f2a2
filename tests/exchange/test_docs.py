"""What the pages for other systems say is run against the real application."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from chengyun.exchange.delivering import keep_sending
from tests.exchange.support import Receiver, Stage, key
from tests.web.support import WRITE, served, until

DOCS = Path(__file__).parents[2] / "docs"
CLIENT = DOCS / "examples" / "client.py"


@pytest.fixture
def live(stage: Stage) -> Iterator[Stage]:
    """The application behind a real server, and what the worker runs to send webhooks."""
    stop = threading.Event()
    loop = threading.Thread(target=keep_sending, args=(stage.desk, stop), daemon=True)
    with served(stage.hub):
        loop.start()
        yield stage
        stop.set()
        loop.join(20)


def blocks(page: str, kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", (DOCS / "howto" / page).read_text(encoding="utf-8"), re.S)


def run(page: str, names: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Every Python block of a page, one after the other in one namespace."""
    monkeypatch.syspath_prepend(str(CLIENT.parent))
    code = blocks(page, "python")
    assert len(code) > 2
    for number, block in enumerate(code):
        exec(compile(block, f"{page} block {number + 1}", "exec"), names)


def test_api(live: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    token = key(live, "九龙坡区", "incident.read", "incident.report")
    run("api.md", {"CITY": live.hub.url, "KEY": token}, monkeypatch)


def test_webhooks(live: Stage, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    headers = {**WRITE, "Cookie": f"chengyun_session={live.cookies['x-jlp']}"}
    with httpx.Client(base_url=live.hub.url, headers=headers) as admin:
        names = {
            "CITY": live.hub.url, "RECEIVER": receiver.url, "REGION": live.hub.regions["九龙坡区"],
            "MAPPING": blocks("webhooks.md", "yaml")[0], "admin": admin, "receiver": receiver, "httpx": httpx,
        }  # fmt: skip
        run("webhooks.md", names, monkeypatch)


def test_the_client_is_short_and_works(
    live: Stage, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = CLIENT.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 30
    assert max(map(len, source.splitlines())) <= 110
    environment = {**os.environ, "CITY": live.hub.url, "KEY": key(live, "九龙坡区", "incident.report")}
    made = live.subscribe("x-jlp", "九龙坡区", receiver.url)
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, CLIENT], env=environment, capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == "待受理"
    assert live.hub.count("SELECT count(*) FROM incidents_incident") == 1, "the same key, twice"
    until(lambda: receiver.got)
    monkeypatch.syspath_prepend(str(CLIENT.parent))
    from client import verified

    got = receiver.got[0]
    assert verified(made["secret"], got.headers, got.body)
    assert not verified(made["secret"], got.headers, got.body + b" ")
    late = {**got.headers, "webhook-timestamp": "1700000000"}
    assert not verified(made["secret"], late, got.body)
