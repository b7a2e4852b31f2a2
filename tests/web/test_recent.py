"""A session that is remembered ends for intake at the moment when it ends."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from chengyun.kernel.contracts import system_actor
from tests.web.support import Hub, browser, sign_in

REPORT = {"text": "路口有一堆垃圾", "lon": 106.45, "lat": 29.49}
CUT = "UPDATE identity_session SET ended_at = now(), cut = true WHERE ended_at IS NULL"
POST = "UPDATE identity_post SET valid_from = now() - interval '1 day', valid_to = now() - interval '1 hour'"
PERSON = "UPDATE identity_person SET active = false"


@pytest.mark.parametrize(
    ("change", "code"), [(CUT, "session.cut"), (POST, "session.ended"), (PERSON, "session.ended")]
)
def test_who_is_cut_off_reports_nothing_more(hub: Hub, change: str, code: str) -> None:
    with browser(hub) as duty:
        sign_in(duty, "jiulongpo-duty")
        for number in range(3):  # looked up, remembered, remembered
            answer = duty.post(
                "/api/incidents/reports", json=REPORT, headers={"Idempotency-Key": f"recent-{number}"}
            )
            assert answer.status_code == 201, answer.text
        before = hub.count("SELECT count(*) FROM incidents_report")
        with hub.db.begin(system_actor("identity.signin")) as door:
            door.execute(sa.text(CUT if change is CUT else "SELECT 1"))
        if change is not CUT:
            with hub.db.begin(system_actor("seed")) as tx:
                tx.execute(sa.text(change))
        answer = duty.post("/api/incidents/reports", json=REPORT, headers={"Idempotency-Key": "recent-late"})
        assert (answer.status_code, answer.json()["code"]) == (401, code)
        assert hub.count("SELECT count(*) FROM incidents_report") == before


def test_another_post_counts_from_the_next_report_on(hub: Hub) -> None:
    """Whoever loses the capacity to report may not, though they are remembered as somebody who may."""
    with browser(hub) as duty:
        sign_in(duty, "jiulongpo-duty")
        assert duty.post(
            "/api/incidents/reports", json=REPORT, headers={"Idempotency-Key": "post-0001"}
        ).is_success
        with hub.db.begin(system_actor("seed")) as tx:
            tx.execute(sa.text("UPDATE identity_post SET role = 'auditor'"))
        answer = duty.post("/api/incidents/reports", json=REPORT, headers={"Idempotency-Key": "post-0002"})
        assert answer.status_code == 403, answer.text


def test_a_write_without_its_header_is_refused_though_remembered(hub: Hub) -> None:
    with browser(hub) as duty:
        sign_in(duty, "jiulongpo-duty")
        assert duty.post(
            "/api/incidents/reports", json=REPORT, headers={"Idempotency-Key": "csrf-0001"}
        ).is_success
        del duty.headers["X-Chengyun"]
        answer = duty.post("/api/incidents/reports", json=REPORT, headers={"Idempotency-Key": "csrf-0002"})
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf.header_missing")
