"""The second fence by itself: raw SQL under the application role, as if a query had forgotten its condition."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from chengyun.kernel.contracts import Actor
from tests.support import Cluster
from tests.web.cast import PLACES, STAFF, Sight
from tests.web.support import Hub, Register

# Fenced tables, each with the column that leads to the incident (None: it is not about one).
PROTECTED: dict[str, str | None] = {
    "attachments_item": "incident_id",
    "command_handover": None,
    "exchange_attempt": None,
    "exchange_delivery": "incident_id",
    "exchange_message": None,
    "exchange_source": None,
    "exchange_subscription": None,
    "identity_account": None,
    "identity_attempt": None,
    "identity_break_glass": None,
    "identity_change": None,
    "identity_code": None,
    "identity_contact": None,
    "identity_device": None,
    "identity_factor": None,
    "identity_oidc_flow": None,
    "identity_password": None,
    "identity_person": None,
    "identity_post": None,
    "identity_recovery": None,
    "identity_resident": None,
    "identity_session": None,
    "identity_shift": None,
    "identity_token": None,
    "incidents_callback": "incident_id",
    "incidents_deadline": "incident_id",
    "incidents_incident": "id",
    "incidents_message": "incident_id",
    "incidents_order": "incident_id",
    "incidents_report": "incident_id",
    "incidents_step": "incident_id",
    "sensing_batch": None,
    "sensing_count": None,
    "sensing_datastream": None,
    "sensing_hour": None,
    "sensing_observation": None,
    "sensing_snapshot": None,
    "sensing_sta_datastream": None,
    "sensing_sta_feature": None,
    "sensing_sta_history": None,
    "sensing_sta_history_place": None,
    "sensing_sta_location": None,
    "sensing_sta_observation": None,
    "sensing_sta_place": None,
    "sensing_sta_property": None,
    "sensing_sta_sensor": None,
    "sensing_sta_thing": None,
    "sensing_thing": None,
    "vitals_alarm": None,
    "vitals_alarm_step": None,
    "vitals_checkup": None,
    "vitals_number": None,
    "vitals_override": None,
    "vitals_snapshot": None,
    "vitals_trend": None,
}
# Tables without a fence, and why they need none.
OPEN = {
    "alembic_version": "the schema's revision",
    "attachments_blob": "digests and sizes; whose they are stands in attachments_item",
    "command_switch": "whether the demo's simulator runs",
    "exchange_published": "categories that a region shows to everybody",
    "identity_mode": "one row: whether this is a demo (row security is on, so that nobody adds one)",
    "identity_unit": "the catalogue of units, public to staff",
    "incidents_block": "keyed hashes of who may not report for a while",
    "incidents_model": "weights and figures of the category model, no text of an incident",
    "incidents_counter": "keyed hashes and numbers",
    "incidents_rulebook": "the scenario rules, public to staff",
    "incidents_words": "no right to read them: the application asks for ids, incidents_incident fences those",
    "kernel_audit": "no route reads it; append-only, and sealed",
    "kernel_calendar_day": "public holidays",
    "kernel_calendar_edition": "changes of the calendar: whoever may read the rules may see them",
    "kernel_calendar_hours": "working hours",
    "kernel_clock": "the clock",
    "kernel_idempotency": "looked up by a scope that names the caller",
    "kernel_lease": "which sweeper ran when",
    "kernel_outbox": "the feed filters it by scope; no route reads it",
    "kernel_revision": "numbers that change when a catalogue does",
    "kernel_witness": "numbers and hashes of audit heads, asked for by a token's own chain",
    "sensing_kind": "what kinds of things there are: scenario data",
    "sensing_quantity": "what they measure: scenario data",
    "scenarios_adoption": "the scenario rules, public to staff",
    "scenarios_draft": "the scenario rules while somebody changes them",
    "scenarios_publication": "the scenario rules: who made which version, and why",
    "scenarios_version": "the scenario rules, public to staff",
    "vitals_domain": "the catalogue of signs: scenario data",
    "vitals_layout": "the order of signs in a trend's values",
    "vitals_sign": "the catalogue of signs: scenario data",
}
NOT_TOUCHED = (  # empty in the cast's database
    "identity_account", "identity_break_glass", "identity_device", "identity_factor", "identity_oidc_flow",
    "identity_recovery", "incidents_callback", "exchange_attempt", "exchange_message",
    "sensing_batch", "sensing_count", "sensing_hour", "sensing_observation", "sensing_snapshot", "sensing_sta_datastream", "sensing_sta_feature", "sensing_sta_history", "sensing_sta_history_place", "sensing_sta_location", "sensing_sta_observation", "sensing_sta_place", "sensing_sta_property", "sensing_sta_sensor", "sensing_sta_thing", "vitals_alarm", "vitals_alarm_step", "vitals_checkup", "vitals_number", "vitals_snapshot",
)  # fmt: skip
OPEN_FEATURES = ("territory_", "procrastinate_")  # borders and names are public; jobs carry ids only


@pytest.fixture(scope="module")
def bare(stage: Hub) -> Iterator[psycopg.Connection[Any]]:
    """A connection of the application role on which nobody has said who acts."""
    with psycopg.connect(stage.links.app_url) as connection:
        yield connection


def _admin(cluster: Cluster, hub: Hub) -> str:
    """The cast's database for somebody whom no policy holds."""
    return f"{cluster.running.admin_url.rsplit('/', 1)[0]}/{hub.links.name}"


def test_every_table_is_fenced_or_said_to_be_open(stage: Hub) -> None:
    query = "SELECT jsonb_object_agg(relname, relrowsecurity AND relforcerowsecurity) FROM pg_class"
    public = "relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
    found = stage.count(f"{query} WHERE {public} AND NOT relispartition")
    fenced = {name for name, forced in found.items() if forced} - {"identity_mode"}
    assert fenced == set(PROTECTED)
    rest = {name for name in set(found) - fenced if not name.startswith(OPEN_FEATURES)}
    assert rest == set(OPEN), "fence the new table, or say here why it needs no fence"


def test_parts_of_a_table_are_read_through_it_alone(bare: psycopg.Connection[Any]) -> None:
    query = "SELECT relname, has_table_privilege(oid, 'SELECT') FROM pg_class WHERE relispartition AND relkind = 'r'"
    with bare.transaction():
        found = dict(bare.execute(query).fetchall())
    assert found, "readings are kept in parts"
    assert not any(found.values()), found


@pytest.mark.parametrize("table", PROTECTED)
def test_nobody_sees_nothing(
    cluster: Cluster, stage: Hub, known: Register, bare: psycopg.Connection[Any], table: str
) -> None:
    with psycopg.connect(_admin(cluster, stage)) as admin:
        assert admin.execute(f"SELECT count(*) FROM {table}").fetchone() != (0,) or table in NOT_TOUCHED
    with bare.transaction():
        assert bare.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    with bare.transaction(force_rollback=True):
        assert bare.execute(f"SELECT count(*) FROM {table} WHERE true OR ctid IS NULL").fetchone() == (0,)


@pytest.mark.parametrize("table", PROTECTED)
def test_nobody_changes_nothing(bare: psycopg.Connection[Any], table: str) -> None:
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET {column_of(bare, table)}"):
        with bare.transaction(force_rollback=True):
            try:
                assert bare.execute(statement).rowcount == 0
            except psycopg.errors.InsufficientPrivilege:
                continue  # it may not even try


def column_of(bare: psycopg.Connection[Any], table: str) -> str:
    """An assignment that changes nothing."""
    query = "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND attidentity = '' LIMIT 1"
    with bare.transaction():
        row = bare.execute(query, (table,)).fetchone()
    assert row is not None
    return f"{row[0]} = {row[0]}"


def acting(sight: Sight, who: str) -> Actor:
    """A person with nothing but scopes: what the policies go by."""
    return Actor(kind="person", id=sight.register.persons[who], name=who, scopes=tuple(sight.scopes(who)))


@pytest.mark.parametrize("who", STAFF)
def test_a_post_sees_its_own_rows_and_no_other(
    stage: Hub, known: Register, who: str, record_property: Any
) -> None:
    sight = Sight(stage, known)
    ids = {case.id: name for name, case in known.cases.items()}
    probes = 0
    with stage.db.begin(acting(sight, who)) as tx:
        for table, column in PROTECTED.items():
            if column is not None:
                rows = tx.conn.exec_driver_sql(f"SELECT DISTINCT {column} FROM {table}").scalars()
                seen = {ids[row] for row in rows if row in ids}
                assert seen <= sight.seen(who), table
                probes += len(PLACES)
                if table in ("incidents_incident", "incidents_step", "incidents_report", "attachments_item"):
                    assert seen == sight.seen(who), table
    record_property("probes", probes)


def test_a_setting_does_not_outlive_its_transaction(stage: Hub, known: Register) -> None:
    """A pooled connection that served the city shows nothing to whoever takes it next without a word."""
    sight = Sight(stage, known)
    with stage.db.engine.connect() as connection:
        for name, value in (
            ("chengyun.scopes", f"{{{stage.regions['']}}}"),
            ("chengyun.actor_kind", "person"),
        ):
            connection.exec_driver_sql("SELECT set_config(%s, %s, true)", (name, value))
        count = "SELECT count(*) FROM incidents_incident"
        assert connection.exec_driver_sql(count).scalar_one() >= len(sight.seen("p-city"))
        connection.commit()
        assert connection.exec_driver_sql(count).scalar_one() == 0


def test_a_town_s_name_opens_nothing(stage: Hub, known: Register) -> None:
    """石龙镇 in 九龙坡区 and 石龙镇 in 开州区 are two towns: ids decide, not names."""
    sight = Sight(stage, known)
    near, far = sight.seen("p-same-name"), sight.seen("p-same-name-far")
    assert near == {"same-name"}
    assert far == {"same-name-far"}
    query = "SELECT count(*) FROM incidents_incident WHERE id = %s"
    with stage.db.begin(acting(sight, "p-same-name")) as tx:
        own, other = known.cases["same-name"].id, known.cases["same-name-far"].id
        assert tx.conn.exec_driver_sql(query, (own,)).scalar_one() == 1
        assert tx.conn.exec_driver_sql(query, (other,)).scalar_one() == 0
