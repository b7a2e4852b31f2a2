"""Accounts of the simulated city, each with a session of its own, signed in when first needed."""

from __future__ import annotations

import random
import threading
import uuid
from collections import OrderedDict
from types import TracebackType
from typing import Any

import httpx

PASSWORD = "chengyun"  # noqa: S105  the demo's published password
WRITING = {"X-Chengyun": "1"}
RESIDENTS = 60
REMEMBERED = 600  # sessions kept; whoever was not needed for long signs in anew


class Refused(Exception):
    """The API refused a simulated move; says why."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(f"{status} {words}")
        self.status = status


class Account:
    """One signed-in account."""

    def __init__(self, http: httpx.Client, cookie: str | None) -> None:
        self.http = http
        self.headers = {**WRITING, **({"Cookie": f"chengyun_session={cookie}"} if cookie else {})}

    def get(self, path: str, params: dict[str, str] | None = None) -> Any:
        """The JSON answer of a read."""
        return answer(self.http.get(path, params=params, headers=self.headers))

    def post(self, path: str, body: dict[str, Any], once: bool = False) -> Any:
        """The JSON answer of a write; `once` adds an idempotency key."""
        headers = {**self.headers, **({"Idempotency-Key": str(uuid.uuid4())} if once else {})}
        return answer(self.http.post(path, json=body, headers=headers))

    def send(self, path: str, content: bytes, media: str) -> Any:
        """The JSON answer to a body that is not JSON."""
        headers = {**self.headers, "Content-Type": media}
        return answer(self.http.post(path, content=content, headers=headers))


def answer(response: httpx.Response) -> Any:
    """The body, or Refused with the problem's own words."""
    if response.is_success:
        return response.json() if response.content else None
    try:
        document = response.json()
    except ValueError:
        document = {}
    raise Refused(
        response.status_code, f"{document.get('detail', '')} {document.get('fields') or ''}".strip()
    )


class Actors:
    """Signs accounts in and keeps their sessions."""

    def __init__(self, url: str) -> None:
        # The address is this machine's own, its certificate (if any) is made by this installation.
        self.http = httpx.Client(base_url=url, timeout=15.0, trust_env=False, verify=False)  # noqa: S501
        self.known: OrderedDict[str, Account] = OrderedDict()

    def __enter__(self) -> Actors:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.http.close()

    def wait_until_healthy(self, stop: threading.Event) -> None:
        """Return when the installation answers or `stop` is set."""
        while not stop.wait(0.5):
            try:
                if self.http.get("/api/health").status_code == 200:
                    return
            except httpx.TransportError:
                continue  # not listening yet: that is what we wait for

    def switched_on(self) -> bool:
        """Whether the demo's simulator switch is on."""
        return bool(self.guest().get("/api/demo/simulator")["running"])

    def staff(self, login: str) -> Account:
        """A person with a post, by login."""
        return self._known(login, "/api/identity/login", {"login": login, "password": PASSWORD})

    def centre(self, region: int) -> Account:
        """The simulated duty officer of a centre."""
        return self.staff(f"sim-c{region}")

    def chief(self, region: int) -> Account:
        """The simulated duty chief of a district."""
        return self.staff(f"sim-h{region}")

    def unit(self, unit: int) -> Account:
        """The simulated worker of a unit."""
        return self.staff(f"sim-u{unit}")

    def resident(self, source: random.Random) -> Account:
        """One of the simulated residents, signed in by phone and the demo's code."""
        phone = f"1990000{source.randrange(RESIDENTS):04d}"
        if phone not in self.known:
            code = self.guest().post("/api/identity/resident/code", {"phone": phone})["demo_code"]
            self._known(phone, "/api/identity/resident/login", {"phone": phone, "code": code})
        return self.known[phone]

    def guest(self) -> Account:
        """Nobody in particular."""
        return Account(self.http, None)

    def forget(self) -> None:
        """Sign in anew next time: the sessions that are known have ended."""
        self.known.clear()

    def _known(self, name: str, path: str, body: dict[str, Any]) -> Account:
        if name not in self.known:
            response = self.http.post(path, json=body, headers=WRITING)
            answer(response)
            cookie = response.cookies.get("chengyun_session")
            self.http.cookies.clear()
            self.known[name] = Account(self.http, cookie)
            if len(self.known) > REMEMBERED:
                self.known.popitem(last=False)
        self.known.move_to_end(name)
        return self.known[name]
