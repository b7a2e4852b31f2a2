"""What was promised against what is there: every way in which something can be lost or counted twice."""

from __future__ import annotations

import hashlib
import io
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

from chengyun.kernel import audit, jobs
from tests.identity.support import SEED
from tests.web.support import COOKIE, PLAIN, WRITE, Hub

PLACE = {"lon": 106.45, "lat": 29.49}


class Refused(AssertionError):
    """An answer that a client cannot explain."""


@dataclass
class Ledger:
    """What somebody was told: key → receipt, for uploads, reports and moves; and numbers of deferred jobs."""

    hub: Hub
    home: Path
    cookie: str
    patience: float = 60.0
    uploads: dict[str, dict[str, Any]] = field(default_factory=dict)
    reports: dict[str, dict[str, Any]] = field(default_factory=dict)
    moves: dict[str, int] = field(default_factory=dict)
    notes: list[int] = field(default_factory=list)
    overdue: set[int] = field(default_factory=set)
    purged: int = 0  # uploads that were given up on purpose

    # what is promised

    def tell(self, urls: list[str], key: str) -> None:
        """A photo, a report that uses it, a note on the incident: each sent until it is answered.

        The first attempt of each goes to the first of `urls`, later ones to the others in turns.
        """
        photo = {"file": ("a.jpg", picture(key), "image/jpeg")}
        self.uploads[key] = self._insist(urls, "/api/attachments", f"{key}-photo", 201, files=photo)
        body = {
            **PLACE,
            "text": f"路口有一堆垃圾 {key}",
            "category": "0102",
            "level": "blue",
            "channel": "grid",
        }
        body["attachments"] = [self.uploads[key]["id"]]
        receipt = self._insist(urls, "/api/incidents/reports", f"{key}-report", 201, json=body)
        self.reports[key] = receipt
        noted = {"moves": [{"move": "note", "note": f"备注 {key}"}]}
        where = f"/api/incidents/{receipt['incident']}/moves"
        self._insist(urls, where, f"{key}-note", 200, json=noted)
        self.moves[key] = receipt["incident"]

    def _insist(self, urls: list[str], path: str, key: str, status: int, **body: Any) -> dict[str, Any]:
        headers = {**WRITE, "Idempotency-Key": key, "Connection": "close"}
        end, tries = time.monotonic() + self.patience, 0
        while time.monotonic() < end:
            url = urls[min(tries, len(urls) - 1)] if tries < len(urls) else urls[tries % len(urls)]
            tries += 1
            try:
                cookies = {COOKIE: self.cookie}
                answer = httpx.post(url + path, headers=headers, cookies=cookies, timeout=20, **PLAIN, **body)
            except httpx.TransportError:
                time.sleep(0.02)
                continue
            if answer.status_code in (429, 503):
                time.sleep(0.05)
                continue
            if answer.status_code != status:
                raise Refused(f"{key}: {answer.status_code} {answer.text}")
            found: dict[str, Any] = answer.json()
            return found
        raise AssertionError(f"{key} was never answered")

    def defer(self, number: int) -> None:
        """A job whose effect can be counted."""
        with self.hub.db.begin(SEED) as tx:
            jobs.defer(tx, "faults.note", number=number)
        self.notes.append(number)

    # what is there

    def settled(self, limit: float) -> list[str]:
        """What is still wrong after at most `limit` seconds in which workers may bring it to its end."""
        end = time.monotonic() + limit
        while (found := self.faults()) and time.monotonic() < end:
            time.sleep(0.2)
        return found

    def faults(self) -> list[str]:
        """Everything that was lost, doubled or left halfway; empty when all is well."""
        return [
            *self._reports(),
            *self._uploads(),
            *self._moves(),
            *self._news(),
            *self._jobs(),
            *self._audit(),
        ]

    def _reports(self) -> list[str]:
        wrong = []
        if len({told["incident"] for told in self.reports.values()}) != len(self.reports):
            wrong.append("two reports share an incident")
        for key, told in self.reports.items():
            for table, column, what in (
                ("incidents_incident", "id", "incident"),
                ("incidents_report", "incident_id", "report"),
                ("incidents_order", "incident_id", "work order"),
            ):
                query = f"SELECT count(*) FROM {table} WHERE {column} = :id"
                if (found := self.hub.count(query, id=told["incident"])) != 1:
                    wrong.append(f"{key}: {found} of one {what}")
        stored = self.hub.count("SELECT count(*) FROM incidents_report WHERE text LIKE '路口有一堆垃圾%'")
        if stored != len(self.reports):
            wrong.append(f"{len(self.reports)} reports acknowledged, {stored} stored")
        return wrong

    def _uploads(self) -> list[str]:
        wrong = []
        for key, told in self.uploads.items():
            where = "SELECT sha256 FROM attachments_item WHERE id = :id AND incident_id IS NOT NULL"
            sha256 = self.hub.count(where, id=told["id"])
            path = self.home / "attachments" / str(sha256)[:2] / str(sha256)[2:4] / str(sha256)
            if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
                wrong.append(f"{key}: the photo is not there")
        bound = self.hub.count("SELECT count(*) FROM attachments_item WHERE incident_id IS NOT NULL")
        if bound != len(self.uploads):
            wrong.append(f"{len(self.uploads)} photos sent, {bound} kept")
        audited = self.hub.count("SELECT count(*) FROM kernel_audit WHERE action = 'attachment.uploaded'")
        items = self.hub.count("SELECT count(*) FROM attachments_item")
        if audited != items + self.purged:
            wrong.append(f"{items + self.purged} uploads, {audited} of them audited")
        return wrong

    def _moves(self) -> list[str]:
        query = "SELECT count(*) FROM incidents_step WHERE move = 'note' AND incident_id = :id"
        counts = {key: self.hub.count(query, id=incident) for key, incident in self.moves.items()}
        return [f"{key}: its note counts {count} times" for key, count in counts.items() if count != 1]

    def _news(self) -> list[str]:
        """Every incident was told to the screens, each number was given once, none is left over."""
        told = (
            "SELECT count(*) FROM kernel_outbox WHERE topic = 'incident' AND (payload->>'id')::bigint = :id"
        )
        told += " AND payload->>'change' IN ('dispatch', 'note')"
        counts = {key: self.hub.count(told, id=found["incident"]) for key, found in self.reports.items()}
        wrong = [f"{key}: told to the screens {n} times of 2" for key, n in counts.items() if n != 2]
        gaps = self.hub.count("SELECT coalesce(max(seq) - min(seq) + 1, 0) - count(seq) FROM kernel_outbox")
        waiting = self.hub.count("SELECT count(*) FROM kernel_outbox WHERE seq IS NULL")
        if gaps or waiting:
            wrong.append(f"news: {gaps} numbers missing, {waiting} rows without number")
        return wrong

    def _jobs(self) -> list[str]:
        query = "SELECT array_agg(subject_id) FROM kernel_audit WHERE action = 'faults.noted'"
        done = Counter(int(number) for number in self.hub.count(query) or [])
        wrong = [f"job {n} ran {done[n]} times" for n in self.notes if done[n] != 1]
        twice = self.hub.count(
            "SELECT count(*) FROM (SELECT 1 FROM incidents_step WHERE move IN ('overdue', 'lamp_yellow')"
            " GROUP BY incident_id, order_id, move, args HAVING count(*) > 1) x"
        )
        red = set(self.hub.count("SELECT array_agg(id) FROM incidents_incident WHERE lamp = 'red'") or [])
        if missing := self.overdue - red:
            wrong.append(f"{len(missing)} overdue incidents were not told")
        return [*wrong, *([f"{twice} limits were told twice"] if twice else [])]

    def _audit(self) -> list[str]:
        with self.hub.db.begin(SEED) as tx:
            found = audit.verify(tx)
        wrong = [] if found.ok else [f"the audit chain is broken at {found.first_broken}: {found.why}"]
        return [*wrong, *([f"{found.unsealed} audit rows are not sealed"] if found.unsealed else [])]


def picture(key: str) -> bytes:
    """A photo like no other."""
    out, digest = io.BytesIO(), hashlib.sha256(key.encode()).digest()
    Image.frombytes("RGB", (4, 2), digest[:24]).resize((40, 20)).save(out, "JPEG")
    return out.getvalue()
