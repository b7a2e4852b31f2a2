"""Vital signs: definitions, thresholds of a region, alarms with their steps, numbers by file, trends, snapshots.

Revision ID: 0024
Revises: 0023
"""

from __future__ import annotations

from alembic import op

from chengyun.kernel import rls

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

UP = """
CREATE TABLE vitals_domain (
    code text CONSTRAINT pk_vitals_domain PRIMARY KEY,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    section text NOT NULL
);
CREATE TABLE vitals_sign (
    code text CONSTRAINT pk_vitals_sign PRIMARY KEY,
    place integer NOT NULL,
    content jsonb NOT NULL,
    scenario text NOT NULL
);
CREATE TABLE vitals_override (
    sign text CONSTRAINT fk_vitals_override_sign_vitals_sign REFERENCES vitals_sign,
    region_id bigint CONSTRAINT fk_vitals_override_region_id_territory_region REFERENCES territory_region,
    readers bigint[] NOT NULL,
    thresholds jsonb NOT NULL,
    by_id bigint NOT NULL,
    at timestamptz NOT NULL,
    reason text NOT NULL,
    CONSTRAINT pk_vitals_override PRIMARY KEY (sign, region_id)
);
CREATE INDEX ix_vitals_override_readers ON vitals_override USING gin (readers);
CREATE TABLE vitals_alarm (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_vitals_alarm PRIMARY KEY,
    sign text NOT NULL,
    region_id bigint NOT NULL CONSTRAINT fk_vitals_alarm_region_id_territory_region REFERENCES territory_region,
    readers bigint[] NOT NULL,
    kind text NOT NULL,
    level smallint NOT NULL,
    peak smallint NOT NULL,
    value double precision,
    stream integer NOT NULL DEFAULT 0,
    normal jsonb,
    thing_id bigint CONSTRAINT fk_vitals_alarm_thing_id_sensing_thing REFERENCES sensing_thing,
    group_key text NOT NULL,
    began timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    cleared_at timestamptz,
    acknowledged_at timestamptz,
    acknowledged_by text,
    shelved_until timestamptz,
    told bigint[] NOT NULL,
    incident_id bigint,
    simulated boolean NOT NULL,
    CONSTRAINT uq_vitals_alarm_episode UNIQUE (sign, region_id, kind, began, stream)
);
CREATE INDEX ix_vitals_alarm_readers ON vitals_alarm USING gin (readers);
CREATE INDEX ix_vitals_alarm_open ON vitals_alarm (region_id, sign) WHERE cleared_at IS NULL;
CREATE INDEX ix_vitals_alarm_began ON vitals_alarm (began);
CREATE INDEX ix_vitals_alarm_incident ON vitals_alarm (incident_id) WHERE incident_id IS NOT NULL;
CREATE TABLE vitals_alarm_step (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_vitals_alarm_step PRIMARY KEY,
    alarm_id bigint NOT NULL CONSTRAINT fk_vitals_alarm_step_alarm_id_vitals_alarm REFERENCES vitals_alarm,
    at timestamptz NOT NULL,
    what text NOT NULL,
    level smallint NOT NULL,
    value double precision,
    by_name text,
    note text NOT NULL
);
CREATE INDEX ix_vitals_alarm_step_alarm ON vitals_alarm_step (alarm_id, id);
CREATE TABLE vitals_number (
    register text,
    region_id bigint CONSTRAINT fk_vitals_number_region_id_territory_region REFERENCES territory_region,
    period date,
    readers bigint[] NOT NULL,
    value double precision NOT NULL,
    at timestamptz NOT NULL,
    source text NOT NULL,
    simulated boolean NOT NULL,
    CONSTRAINT pk_vitals_number PRIMARY KEY (register, region_id, period)
);
CREATE INDEX ix_vitals_number_readers ON vitals_number USING gin (readers);
CREATE TABLE vitals_layout (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_vitals_layout PRIMARY KEY,
    digest text NOT NULL CONSTRAINT uq_vitals_layout_digest UNIQUE,
    codes text[] NOT NULL
);
CREATE TABLE vitals_trend (
    region_id bigint,
    at timestamptz,
    layout_id bigint NOT NULL CONSTRAINT fk_vitals_trend_layout_id_vitals_layout REFERENCES vitals_layout,
    readers bigint[] NOT NULL,
    body bytea NOT NULL,
    CONSTRAINT pk_vitals_trend PRIMARY KEY (region_id, at)
);
ALTER TABLE vitals_trend ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE TABLE vitals_snapshot (
    name text,
    chunk integer,
    position bigint,
    at timestamptz NOT NULL,
    body bytea NOT NULL,
    CONSTRAINT pk_vitals_snapshot PRIMARY KEY (name, chunk, position)
);
ALTER TABLE vitals_snapshot ALTER COLUMN body SET STORAGE EXTERNAL;
"""

TABLES = (
    "vitals_snapshot", "vitals_trend", "vitals_layout", "vitals_number", "vitals_alarm_step", "vitals_alarm",
    "vitals_override", "vitals_sign", "vitals_domain",
)  # fmt: skip
SYSTEM = ("vitals",)
BY_READERS = ("vitals_override", "vitals_alarm", "vitals_number")
OPEN = ("vitals_domain", "vitals_sign", "vitals_layout")


def upgrade() -> None:
    op.execute(UP)
    for statement in (
        *(statement for table in BY_READERS for statement in rls.protect_by_readers(table, system=SYSTEM)),
        *rls.protect("vitals_alarm_step", rls.of_parent("vitals_alarm", "alarm_id"), system=SYSTEM),
        *rls.protect("vitals_trend", rls.readers_overlap(), system=SYSTEM),
        *rls.protect("vitals_snapshot", "false", system=SYSTEM),
        *rls.append_only("vitals_alarm_step"),
        *(rls.grant(table) for table in (*BY_READERS, *OPEN, "vitals_trend", "vitals_snapshot")),
        "INSERT INTO kernel_revision VALUES ('signs', nextval('kernel_revision_seq'))",
        *(
            f"CREATE TRIGGER {table}_revise AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION kernel_revise('signs')"
            for table in ("vitals_sign", "vitals_override", "vitals_domain")
        ),
    ):
        op.execute(statement)


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP FUNCTION vitals_alarm_step_append_only")
    op.execute("DELETE FROM kernel_revision WHERE name = 'signs'")
