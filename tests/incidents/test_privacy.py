"""Personal data leaves no case unmasked, goes when its purpose has ended, and when its owner asks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from chengyun.identity.purposes import kept_for, purposes
from chengyun.identity.roles import ROLES, TOKEN_PERMISSIONS
from chengyun.identity.vault import Vault
from chengyun.incidents import service, tables
from chengyun.incidents.inputs import Reporter, ReportIn
from chengyun.incidents.privacy import requests
from chengyun.incidents.privacy.rules import GONE, masking, rewritten
from chengyun.incidents.reading import detail
from chengyun.incidents.reading.filters import Filters
from chengyun.incidents.reporter import tracking
from chengyun.incidents.views import Receipt
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.errors import Forbidden, NotFound, Unauthenticated
from tests.incidents.support import SHIQIAOPU, City, anonymous, resident

TOWN = "九龙坡区/石桥铺街道"
VAULT = Vault(b"e" * 32, b"h" * 32)
PHONE, NAME, PLATE = "13812340001", "董佳佳", "渝A12345"
SPACED = "138 1234 0001"
DAY = timedelta(days=1)
ERASER = system_actor("incidents.privacy")


def told(city: City, actor: Actor | None = None) -> Receipt:
    """A report full of personal data, with and without a cue."""
    text = f"路边垃圾没人清，{NAME}看到的，电话{SPACED}，车{PLATE}倒的"
    who = Reporter(NAME, PHONE)
    with city.at(actor or anonymous()) as tx:
        given = ReportIn(text, *SHIQIAOPU, category="0102", reporter=who, address=f"找{SPACED}")
        return service.report(tx, given, VAULT)


def ended(city: City, receipt: Receipt) -> None:
    """Declined by an officer, who quotes the phone."""
    officer = city.officer(TOWN)
    city.move(officer, receipt.incident, "accept", note=f"已电{PHONE}，{NAME}说没事了")
    city.move(officer, receipt.incident, "void", reason=f"重复上报，已告知{NAME} {PHONE}")


def everything(city: City) -> str:
    """All columns of all tables as text, what is encrypted included; for `incidents_words` see test_searching."""
    with city.db.engine.connect() as conn:
        conn.execute(sa.text("SELECT set_config('chengyun.system', 'seed', true)"))
        names = conn.execute(
            sa.text(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'territory%'"
                " AND tablename NOT LIKE 'sensing_observation_%'"  # parts, read through their table
                " AND tablename <> 'incidents_words'"
            )
        ).scalars()
        return "\n".join(
            str(row[0])
            for name in list(names)
            for row in conn.execute(sa.text(f"SELECT t::text FROM {name} t"))
        )


def erase(city: City, after: timedelta) -> int:
    with city.db.begin(ERASER) as tx:
        tx.now += after
        return requests.erase_due(tx, VAULT)


def test_after_the_period_nothing_of_it_is_readable_in_any_table(city: City) -> None:
    receipt, still_open = told(city), told(city)
    ended(city, receipt)
    before = everything(city)
    assert before.count(PHONE) + before.count(SPACED) > 4
    assert erase(city, kept_for("case.texts") - DAY) == 0
    assert erase(city, kept_for("case.texts") + DAY) == 1
    assert erase(city, kept_for("case.texts") + DAY) == 0
    with city.db.begin(system_actor("seed")) as tx:
        rows = {row.incident_id: row for row in tx.execute(sa.select(tables.report))}
        texts = {row.id: row.text for row in tx.execute(sa.select(tables.incident))}
    assert rows[receipt.incident].contact is None
    assert rows[still_open.incident].contact is not None
    assert texts[receipt.incident] == "路边垃圾没人清，董**看到的，电话138 **** 0001，车渝A***45倒的"
    city.check_history(receipt.incident)  # it still replays to what is kept
    ended(city, still_open)
    erase(city, kept_for("case.texts") + 30 * DAY)
    left = everything(city)
    for word in (PHONE, SPACED, NAME, PLATE):
        assert word not in left, word
    assert left.count("personal.masked") == 2


def test_in_the_end_every_word_goes_and_the_steps_stay(city: City) -> None:
    receipt = told(city)
    ended(city, receipt)
    moves = [(step.seq, step.move, step.at) for step in city.life(receipt.incident).steps]
    assert erase(city, kept_for("case.words") + DAY) == 2
    life = city.life(receipt.incident)
    assert (life.incident.title, life.incident.text) == (GONE, GONE)
    assert [(step.seq, step.move, step.at) for step in life.steps] == moves
    assert {step.text for step in life.steps} <= {"", GONE}
    assert "垃圾没人清" not in everything(city)
    city.check_history(receipt.incident)


def test_history_is_rewritten_by_nobody_else(city: City) -> None:
    receipt = told(city)
    call = f"SELECT incidents_rewrite_step({receipt.incident}, 1, '改过', '{{}}', '{{}}')"
    for actor in (city.officer("", "city-duty"), system_actor("incidents.sweep")):
        with pytest.raises(sa.exc.ProgrammingError, match="only privacy"), city.at(actor) as tx:
            tx.execute(sa.text(call))
    with pytest.raises(sa.exc.DBAPIError, match="nothing but words"), city.at(ERASER) as tx:
        tx.execute(sa.text(call))  # it would lose what a replay needs
    with pytest.raises(sa.exc.ProgrammingError), city.at(ERASER) as tx:
        tx.execute(sa.update(tables.step).values(text="改过"))


def test_a_resident_s_request_is_met_at_once_or_when_the_incident_has_ended(city: City) -> None:
    owner = resident(7)
    first, second = told(city, owner), told(city, owner)
    neighbour = told(city, resident(8))
    with city.at(anonymous()) as tx, pytest.raises(Unauthenticated):
        requests.erase_mine(tx, VAULT)
    ended(city, first)
    with city.at(owner) as tx:
        done = requests.erase_mine(tx, VAULT)
    assert (done.erased, done.waiting) == (1, 1)
    assert _contact(city, first) is None
    assert _contact(city, second) is not None
    assert erase(city, DAY) == 0
    ended(city, second)
    assert erase(city, DAY) == 1
    assert _contact(city, second) is None
    assert _contact(city, neighbour) is not None
    with city.at(owner) as tx:
        assert requests.erase_mine(tx, VAULT).waiting == 0
    assert "resident.forgotten" in everything(city)


def test_an_officer_erases_on_request_with_a_reason_within_the_jurisdiction(city: City) -> None:
    receipt = told(city)
    ended(city, receipt)
    for stranger, error in (
        (city.officer("巴南区"), NotFound),
        (city.officer(TOWN, "town-duty"), Forbidden),
        (resident(9), Forbidden),
    ):
        with city.at(stranger) as tx, pytest.raises(error):
            requests.erase_report(tx, receipt.report, VAULT, "来电要求删除")
    with city.at(city.officer(TOWN)) as tx:
        assert requests.erase_report(tx, receipt.report, VAULT, "来电要求删除").erased == 1
    assert _contact(city, receipt) is None
    assert "personal.erasure_asked" in everything(city)


def _contact(city: City, receipt: Receipt) -> Any:
    with city.db.begin(system_actor("seed")) as tx:
        query = sa.select(tables.report.c.contact).where(tables.report.c.id == receipt.report)
        return tx.execute(query).scalar_one()


# --- what leaves the case ------------------------------------------------------------------------------------


def test_officers_read_the_original_walls_machines_and_links_do_not(city: City) -> None:
    receipt = told(city)
    city.move(city.officer(TOWN), receipt.incident, "accept", note=f"已电{PHONE}")
    with city.at(city.officer(TOWN, "town-duty")) as tx:
        assert SPACED in str(detail.detail(tx, receipt.incident))
        assert service.queue(tx, Filters(q="1234 0001")).total == 1
    for role in ("wall", "integration", "auditor"):
        with city.at(city.officer(TOWN, role)) as tx:
            page, whole = service.queue(tx, Filters()), detail.detail(tx, receipt.incident)
            assert page.total == 1
            for word in (SPACED, PHONE, PLATE):
                assert word not in str(page) + str(whole), (role, word)
            assert (
                service.queue(tx, Filters(q="1234 0001")).total == 0
            )  # a search that answers is a way of reading
    with city.at(system_actor("tracking")) as tx:
        page = tracking.tracking(tx, tracking.report_by_token(tx, receipt.tracking), "zh")
    assert "138 **** 0001" in page.text
    assert SPACED not in f"{page.title}{page.text}{page.messages}"


def test_who_may_read_and_erase_is_a_matter_of_post() -> None:
    blind = {
        key
        for key, role in ROLES.items()
        if "incident.read" in role.permissions and "personal.read" not in role.permissions
    }
    assert blind == {"wall", "integration", "auditor"}
    assert not {"personal.read", "personal.erase"} & TOKEN_PERMISSIONS


def test_live_events_carry_no_text(city: City) -> None:
    told(city)
    with city.db.begin(system_actor("seed")) as tx:
        for row in tx.execute(sa.text("SELECT payload::text FROM kernel_outbox")):
            assert not any(word in row[0] for word in ("垃圾", NAME, "1234"))


# --- rules ---------------------------------------------------------------------------------------------------


def test_the_reporter_s_own_name_and_number_go_without_a_cue() -> None:
    rewrite = masking({"name": NAME, "phone": "139-1234-5678"})
    assert (
        rewrite(f"{NAME}的号139 1234 5678或13912345678，尾号5678")
        == "董**的号139 **** 5678或139****5678，尾号5678"
    )
    kept = {
        "outcome": f"找{NAME}",
        "until": "2026-03-11T08:00:00+08:00",
        "orders": [{"unit": 3, "reason": NAME}],
    }
    changed = rewritten(kept, rewrite, frozenset({"outcome", "reason"}))
    assert changed == {"outcome": "找董**", "until": kept["until"], "orders": [{"unit": 3, "reason": "董**"}]}


def test_every_purpose_has_somebody_who_ends_it() -> None:
    import chengyun.web.features  # noqa: F401  registers every job
    from chengyun.attachments.contracts import KEPT_FOR, UNCLAIMED_FOR
    from chengyun.kernel.jobs import registered

    for one in purposes():
        assert one.by in registered() or one.by.startswith("POST /api/"), one.key
        assert one.purpose_zh
        assert one.legal_zh
    assert (kept_for("photo.original"), kept_for("photo.unclaimed")) == (KEPT_FOR, UNCLAIMED_FOR)
