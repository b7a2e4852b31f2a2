"""A session that is remembered ends for intake at the moment when it ends."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
import sqlalchemy as sa

from chengyun.kernel.contracts import system_actor
from tests.web.support import Hub, browser, sign_in

REPORT = {"text": "路口有一堆垃圾", "lon": 106.45, "lat": 29.49}
DOOR, SEED = system_actor("identity.signin"), system_actor("seed")
CUT = "UPDATE identity_session SET ended_at = now(), cut = true WHERE ended_at IS NULL"
POST = "UPDATE identity_post SET valid_from = now() - interval '1 day', valid_to = now() - interval '1 hour'"
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
]


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
