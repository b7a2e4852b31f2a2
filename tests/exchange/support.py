"""What tests of the exchange share: people who make webhooks, a receiver, messages of another system."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import httpx
import sqlalchemy as sa

from chengyun.exchange import service
from chengyun.exchange.delivering import SENDER, Desk
from chengyun.exchange.targets import networks
from chengyun.identity.vault import open_vault
from tests.web.cast import middle
from tests.web.support import WRITE, Hub, direct, hire, sign_in, until

# Who makes webhooks: an administrator of each district, and of the city.
STAFF = {
    "x-city": ("centre", "", "admin"),
    "x-jlp": ("centre", "九龙坡区", "admin"),
    "x-bn": ("centre", "巴南区", "admin"),
    "x-desk": ("centre", "", "city-duty"),
    "x-town": ("centre", "九龙坡区/石桥铺街道", "town-duty"),
}
JLP = "九龙坡区/石桥铺街道/寨子坪社区/001 网格"
BN = "巴南区/花溪街道/寨子坪社区/001 网格"
INCIDENT_EVENTS = [f"chengyun.incident.{name}.v1" for name in ("opened", "moved", "closed")]


@dataclass(frozen=True)
class Got:
    """One request that the receiver got."""

    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> Any:
        return json.loads(self.body)

    def signed_by(self, secret: str) -> bool:
        """As a receiver would check it, by the words of Standard Webhooks."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        content = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + self.body
        wanted = "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
        return wanted in self.headers["webhook-signature"].split()


class Receiver:
    """Answers 200 unless `rule` says otherwise: rule(got) → status, or None to hang up."""

    def __init__(self) -> None:
        self.got: list[Got] = []
        self.rule: Callable[[Got], int | None] = lambda got: 200
        self.answer = b"thank you"
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                got = Got({name.lower(): value for name, value in self.headers.items()}, body)
                outer.got.append(got)
                status = outer.rule(got)
                if status is None:
                    self.close_connection = True
                    return
                self.send_response(status)
                if status in (301, 302, 307):
                    self.send_header("Location", f"{outer.url}redirected")
                self.send_header("Content-Length", str(len(outer.answer)))
                self.end_headers()
                self.wfile.write(outer.answer)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def next(self) -> Got:
        """The latest request, waited for if there is none yet."""
        until(lambda: self.got)
        return self.got[-1]

    def ids(self) -> list[str]:
        return [got.headers["webhook-id"] for got in self.got]

    def events(self) -> list[tuple[str, str]]:
        """(number, type or move) in the order of arrival."""
        return [(got.event.get("subject", ""), got.event["data"].get("move", "test")) for got in self.got]


@dataclass
class Stage:
    """The application with people signed in, and a desk that sends to this machine."""

    hub: Hub
    client: httpx.Client
    desk: Desk
    cookies: dict[str, str] = field(default_factory=dict)
    persons: dict[str, int] = field(default_factory=dict)

    def ask(self, who: str, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        """A request by one of the staff, or by nobody ("")."""
        self.client.cookies.clear()
        headers = {**WRITE, **more.pop("headers", {})}
        if who:
            headers["Cookie"] = f"chengyun_session={self.cookies[who]}"
        return self.client.request(method, path, json=body, headers=headers, **more)

    def told(self, who: str, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """The JSON of an answer that must be a success."""
        answer = self.ask(who, method, path, body, **more)
        assert answer.is_success, (path, answer.text)
        return answer.json() if answer.content else None

    def subscribe(self, who: str, region: str, url: str, types: list[str] | None = None) -> dict[str, Any]:
        body = {
            "name": f"{who} 推送",
            "url": url,
            "types": types or INCIDENT_EVENTS,
            "region": self.hub.regions[region],
        }
        made: dict[str, Any] = self.told(who, "POST", "/api/exchange/subscriptions", body)
        return made

    def report(self, place: str = JLP, text: str = "路边有暴露垃圾", **more: Any) -> dict[str, Any]:
        """A report by nobody in particular; so urgent, or of such a category, that officers look first."""
        lon, lat = middle(place)
        body = {"text": text, "lon": lon, "lat": lat, "category": "0101", **more}
        made: dict[str, Any] = self.told(
            "x-desk",
            "POST",
            "/api/incidents/reports",
            body,
            headers={"Idempotency-Key": f"k-{time.time_ns()}"},
        )
        return made

    def move(self, who: str, incident: int, *names: str, **given: Any) -> None:
        moves = [{"move": name, **given} for name in names]
        self.told(who, "POST", f"/api/incidents/{incident}/moves", {"moves": moves})

    def send(self, times: int = 1) -> int:
        """What the worker's loop does, `times` times, without waiting between."""
        from chengyun.exchange.deliveries import due

        tried = 0
        for _ in range(times):
            with self.hub.db.begin(SENDER) as tx:
                waiting = due(tx)
            for number in waiting:
                tried += service.send_due(self.desk, number)
        return tried

    def hurry(self) -> None:
        """All that waits for another attempt is due now."""
        with self.hub.db.begin(SENDER) as tx:
            tx.execute(sa.text("UPDATE exchange_delivery SET next_at = clock_timestamp() - interval '1 s'"))
            tx.execute(sa.text("UPDATE exchange_subscription SET rest_until = NULL"))

    def age(self, by: timedelta) -> None:
        """The attempts so far were made so much earlier."""
        with self.hub.db.begin(SENDER) as tx:
            tx.execute(sa.text("UPDATE exchange_delivery SET first_at = first_at - :by"), {"by": by})

    def deliveries(self, who: str = "x-city", **by: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.told(who, "GET", "/api/exchange/deliveries", params=by)["items"]
        return found


def key(stage: Stage, region: str, *permissions: str) -> str:
    """An API token for another system."""
    body = {"name": region, "permissions": list(permissions), "region": stage.hub.regions[region]}
    secret: str = stage.told("x-city", "POST", "/api/identity/tokens", body)["secret"]
    return secret


def stage_on(hub: Hub) -> Iterator[Stage]:
    """People hired and signed in."""
    persons = hire(hub, STAFF)
    vault = open_vault(hub.app.state.settings)
    desk = Desk(hub.db, vault, networks("127.0.0.0/8"), "https://city.example")
    with direct(hub) as client:
        stage = Stage(hub, client, desk, persons=persons)
        for name in STAFF:
            client.cookies.clear()
            sign_in(client, name)
            stage.cookies[name] = client.cookies["chengyun_session"]
        yield stage


def signed(secret: str, message_id: str, body: bytes, at: float | None = None) -> dict[str, str]:
    """The headers of a message as another system signs it."""
    stamp = str(int(time.time() if at is None else at))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, f"{message_id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": "v1," + base64.b64encode(mac).decode(),
        "content-type": "application/json",
    }
