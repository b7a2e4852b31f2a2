"""A session that is remembered ends for intake at the moment when it ends."""

from __future__ import annotations

import time
from collections.abc import Iterator
from types import SimpleNamespace

import httpx
import pytest
import sqlalchemy as sa

from chengyun.identity.recent import MOST, Recent
from chengyun.identity.resolving import STEADY, Resolved, anonymous, resolve_session
from chengyun.kernel.contracts import system_actor
from tests.web.support import COOKIE, Hub, browser, sign_in

REPORT = {"text": "路口有一堆垃圾", "lon": 106.45, "lat": 29.49}
DOOR, SEED = system_actor("identity.signin"), system_actor("seed")
CUT = "UPDATE identity_session SET ended_at = now(), cut = true WHERE ended_at IS NULL"
POST = "UPDATE identity_post SET valid_from = now() - interval '1 day', valid_to = now() - interval '1 hour'"
WHOLE = ("identity_post", "identity_break_glass", "identity_factor")
# Everything that decides who somebody is: statement, and the system policy that may make it.
CHANGES = [
    (DOOR, CUT),
    (DOOR, "UPDATE identity_session SET ends_at = now()"),
    (DOOR, "UPDATE identity_session SET waits = 'factor'"),
    (DOOR, "UPDATE identity_session SET post_id = post_id"),
    (DOOR, "UPDATE identity_session SET factor_at = now()"),
    (SEED, "UPDATE identity_person SET active = false"),
    (SEED, "UPDATE identity_person SET name = name"),
    (SEED, "UPDATE identity_resident SET language = language"),
    (SEED, POST),
    (SEED, "UPDATE identity_break_glass SET ended_at = now()"),
    (SEED, "UPDATE identity_factor SET removed_at = now()"),
    (SEED, "UPDATE kernel_clock SET offset_s = offset_s"),
    *[
        (SEED, f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM {table} WHERE false")
        for table in WHOLE
    ],
    *[(DOOR, f"DELETE FROM {table} WHERE false") for table in ("identity_session", "identity_factor")],
]

# Where time alone makes somebody another one nothing is written, so no token tells.
ENDINGS = [
    (DOOR, "identity_session SET ends_at"),
    (SEED, "identity_post SET valid_to"),
    (None, "identity_break_glass SET ends_at"),  # their own
]
EMERGENCY = """
    INSERT INTO identity_break_glass (person_id, region_id, reason, readers, ends_at)
    SELECT kernel_actor_id(), min(id), '', '{}', now() + interval '1 hour' FROM territory_region
"""


@pytest.fixture
def duty(hub: Hub) -> Iterator[httpx.Client]:
    """Somebody who has just reported, and is remembered."""
    with browser(hub) as client:
        sign_in(client, "jiulongpo-duty")
        for number in range(3):  # looked up, remembered, remembered
            answer = report(client, f"recent-{number}")
            assert answer.status_code == 201, answer.text
        yield client


def report(client: httpx.Client, key: str) -> httpx.Response:
    return client.post("/api/incidents/reports", json=REPORT, headers={"Idempotency-Key": key})


def change(hub: Hub, actor: object, statement: str) -> None:
    with hub.db.begin(actor) as tx:  # type: ignore[arg-type]
        tx.execute(sa.text(statement))


@pytest.mark.parametrize(
    ("actor", "statement", "status", "code"),
    [
        (DOOR, CUT, 401, "session.cut"),
        (SEED, POST, 401, "session.ended"),
        (SEED, "UPDATE identity_person SET active = false", 401, "session.ended"),
        (SEED, "UPDATE identity_post SET role = 'auditor'", 403, "kernel.forbidden"),
    ],
)
def test_what_changes_somebody_counts_from_the_next_report_on(
    hub: Hub, duty: httpx.Client, actor: object, statement: str, status: int, code: str
) -> None:
    before = hub.count("SELECT count(*) FROM incidents_report")
    change(hub, actor, statement)
    answer = report(duty, "recent-late")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert hub.count("SELECT count(*) FROM incidents_report") == before


def test_a_write_without_its_header_is_refused_though_remembered(duty: httpx.Client) -> None:
    del duty.headers["X-Chengyun"]
    answer = report(duty, "csrf-0001")
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf.header_missing")


def test_a_token_counts_before_a_remembered_session(duty: httpx.Client) -> None:
    duty.headers["Authorization"] = "Bearer nobody-s"
    answer = report(duty, "bearer-0001")
    assert (answer.status_code, answer.json()["code"]) == (401, "token.invalid")


def test_no_more_are_remembered_than_agreed() -> None:
    held, found = Recent(), Resolved(anonymous(), 1, under=1)
    for number in range(MOST + 1):
        held.keep(str(number), found)
    assert held.find("0") is None
    assert held.find(str(MOST)) is found


def test_everything_that_decides_who_somebody_is_gives_a_new_token(hub: Hub, duty: httpx.Client) -> None:
    token = "SELECT token FROM kernel_revision WHERE name = 'actors'"
    change(hub, DOOR, "UPDATE identity_session SET seen_at = now()")
    known = hub.count(token)
    change(hub, DOOR, "UPDATE identity_session SET seen_at = now()")
    assert hub.count(token) == known, "being seen changes nobody"
    for actor, statement in CHANGES:
        change(hub, actor, statement)
        assert hub.count(token) > known, statement
        known = hub.count(token)


@pytest.mark.parametrize(("actor", "column"), ENDINGS)
def test_nobody_is_remembered_for_long_and_who_soon_ends_not_at_all(
    hub: Hub, duty: httpx.Client, actor: object, column: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookie, held, now, steady = str(duty.cookies[COOKIE]), Recent(), time.monotonic(), STEADY.total_seconds()
    who = resolve_session(hub.db, cookie).actor
    change(hub, who, EMERGENCY)
    held.keep(cookie, found := resolve_session(hub.db, cookie))
    assert held.find(cookie) is found
    later = SimpleNamespace(monotonic=lambda: now + 2 * steady)
    monkeypatch.setattr("chengyun.identity.recent.time", later)
    assert held.find(cookie) is None
    change(hub, actor or who, f"UPDATE {column} = now() + interval '{steady:.0f} seconds'")
    held.keep(cookie, resolve_session(hub.db, cookie))
    assert held.find(cookie) is None
