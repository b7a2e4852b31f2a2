"""Which requests cannot wait: signing in, reports about life and limb, and work on red incidents."""

from __future__ import annotations

import json
import logging
import re
import threading
import time

from starlette.types import Scope

from chengyun.attachments.limiting import Limiter
from chengyun.incidents.reporting.routes import REPORTS
from chengyun.incidents.service import Vital, vital
from chengyun.kernel.contracts import system_actor
from chengyun.kernel.errors import AppError, TooMany
from chengyun.kernel.transactions import Database

log = logging.getLogger(__name__)

PEEK = 65_536  # bytes of a body that are looked at; a report has a few hundred
FRESH = 3.0  # seconds for which the list of red incidents counts, under pressure
READS_AS = system_actor("incidents.sweep")
SIGN_IN = frozenset(
    {"/api/identity/login", "/api/identity/resident/login", "/api/identity/resident/code", "/api/identity/me"}
)
RED_WORK = re.compile(
    r"/api/incidents/(?P<order>orders/)?(?P<id>[0-9]{1,18})(/(moves|alert-ack|proposal))?/?"
)
ALERT = "/alert-ack"


class Triage:
    """Says what is vital, from what is known of open red incidents and the rulebook."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.known = Vital()
        self.asked = -FRESH
        self.asking = threading.Lock()
        # Nobody in particular may call everything red: so many from one address, then they queue like others.
        self.unnamed = Limiter(burst=10, per_second=0.2)

    def vital(self, scope: Scope, body: bytes) -> bool:
        """Whether this request goes before others. Looked at only when there is a line."""
        path = scope["path"]
        headers = dict(scope["headers"])
        named = b"authorization" in headers or b"chengyun_session=" in headers.get(b"cookie", b"")
        if path in SIGN_IN:
            return named or self._first_few(scope)
        if path == REPORTS and scope["method"] == "POST":
            return self._report(body, named) and (named or self._first_few(scope))
        return named and self._red_work(path)

    def _report(self, body: bytes, named: bool) -> bool:
        try:
            told = json.loads(body)
        except ValueError:
            return False
        if not isinstance(told, dict):
            return False
        category = told.get("category")
        level = told.get("level") if named else None
        return self.known.report(
            level, category if isinstance(category, str) else None, str(told.get("text"))
        )

    def _red_work(self, path: str) -> bool:
        if path.endswith(ALERT):
            return True
        found = RED_WORK.fullmatch(path)
        if found is None:
            return False
        return int(found["id"]) in (self.known.orders if found["order"] else self.known.incidents)

    def _first_few(self, scope: Scope) -> bool:
        client = scope.get("client")
        try:
            self.unnamed.take(client[0] if client else "unknown")
        except TooMany:
            return False
        return True

    def refresh(self) -> None:
        """Look anew, in a thread of its own, where the last look is no longer fresh."""
        if time.monotonic() - self.asked > FRESH and self.asking.acquire(blocking=False):
            self.asked = time.monotonic()
            threading.Thread(target=self._look, name="triage", daemon=True).start()

    def _look(self) -> None:
        """What is known stays where the database cannot answer."""
        try:
            with self.database.begin(READS_AS) as tx:
                self.known = vital(tx)
        except AppError as away:
            log.warning("red incidents not read: %s", away)
        finally:
            self.asking.release()
