"""Sensing: kinds, things, datastreams, readings by day of arrival, the log that the live process follows.

Raw readings have no btree. People read them through the parent, whose policy goes by the datastream's thing; whoever
takes readings in copies them straight into the day's partition, which they may not read. Partitions are the owner's: they are made and
dropped by functions, in which nothing but a day can be given.

Revision ID: 0023
Revises: 0022
"""

from __future__ import annotations

from alembic import op

from chengyun.kernel import rls

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

UP = """
CREATE TABLE sensing_kind (
    code text CONSTRAINT pk_sensing_kind PRIMARY KEY,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    domain text NOT NULL,
    anomaly_level smallint NOT NULL DEFAULT 1,
    anomalies_a_month double precision NOT NULL DEFAULT 0.1
);
CREATE TABLE sensing_quantity (
    code text CONSTRAINT pk_sensing_quantity PRIMARY KEY,
    kind text NOT NULL CONSTRAINT fk_sensing_quantity_kind_sensing_kind REFERENCES sensing_kind,
    name_zh text NOT NULL,
    name_en text NOT NULL,
    unit text NOT NULL,
    low double precision NOT NULL,
    high double precision NOT NULL,
    interval_s double precision NOT NULL,
    sentinels double precision[] NOT NULL
);
CREATE TABLE sensing_thing (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_sensing_thing PRIMARY KEY,
    code text NOT NULL CONSTRAINT uq_sensing_thing_code UNIQUE,
    kind text NOT NULL CONSTRAINT fk_sensing_thing_kind_sensing_kind REFERENCES sensing_kind,
    name text NOT NULL,
    owner_id bigint CONSTRAINT fk_sensing_thing_owner_id_identity_unit REFERENCES identity_unit,
    region_id bigint NOT NULL CONSTRAINT fk_sensing_thing_region_id_territory_region REFERENCES territory_region,
    readers bigint[] NOT NULL,
    lon integer NOT NULL,
    lat integer NOT NULL,
    address text NOT NULL,
    properties jsonb NOT NULL,
    secret_hash bytea,
    broker_hash text,
    quota integer NOT NULL,
    active boolean NOT NULL,
    simulated boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_sensing_thing_readers ON sensing_thing USING gin (readers);
CREATE INDEX ix_sensing_thing_region ON sensing_thing (region_id);
CREATE INDEX ix_sensing_thing_kind ON sensing_thing (kind, id);
CREATE TABLE sensing_datastream (
    id integer GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_sensing_datastream PRIMARY KEY,
    thing_id bigint NOT NULL CONSTRAINT fk_sensing_datastream_thing_id_sensing_thing REFERENCES sensing_thing,
    quantity text NOT NULL CONSTRAINT fk_sensing_datastream_quantity_sensing_quantity REFERENCES sensing_quantity,
    unit text NOT NULL,
    low double precision NOT NULL,
    high double precision NOT NULL,
    sentinels double precision[] NOT NULL,
    interval_s double precision NOT NULL,
    scale double precision NOT NULL,
    shift double precision NOT NULL,
    calibrated_at timestamptz,
    CONSTRAINT uq_sensing_datastream_thing_quantity UNIQUE (thing_id, quantity)
);
CREATE TABLE sensing_observation (
    stream integer NOT NULL,
    at timestamptz NOT NULL,
    value double precision NOT NULL,
    arrived timestamptz NOT NULL,
    flags smallint NOT NULL
) PARTITION BY RANGE (arrived);
CREATE TABLE sensing_observation_rest PARTITION OF sensing_observation DEFAULT;
CREATE TABLE sensing_batch (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_sensing_batch PRIMARY KEY,
    position bigint CONSTRAINT uq_sensing_batch_position UNIQUE,
    arrived timestamptz NOT NULL,
    source text NOT NULL,
    n integer NOT NULL,
    body bytea NOT NULL
);
ALTER TABLE sensing_batch ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX ix_sensing_batch_waiting ON sensing_batch (id) WHERE position IS NULL;
CREATE SEQUENCE sensing_position;
CREATE TABLE sensing_count (
    thing_id bigint CONSTRAINT fk_sensing_count_thing_id_sensing_thing REFERENCES sensing_thing,
    day date,
    what text,
    n bigint NOT NULL,
    CONSTRAINT pk_sensing_count PRIMARY KEY (thing_id, day, what)
);
CREATE TABLE sensing_hour (
    stream integer,
    hour timestamptz,
    n integer NOT NULL,
    sum double precision NOT NULL,
    min double precision NOT NULL,
    max double precision NOT NULL,
    sumsq double precision NOT NULL,
    last double precision NOT NULL,
    CONSTRAINT pk_sensing_hour PRIMARY KEY (stream, hour)
);
CREATE TABLE sensing_snapshot (
    name text,
    chunk integer,
    position bigint,
    at timestamptz NOT NULL,
    body bytea NOT NULL,
    CONSTRAINT pk_sensing_snapshot PRIMARY KEY (name, chunk, position)
);
ALTER TABLE sensing_snapshot ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE FUNCTION sensing_partition(day date) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE name text := 'sensing_observation_' || to_char(day, 'YYYYMMDD');
BEGIN
    IF to_regclass(name) IS NOT NULL THEN RETURN name; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('sensing_partition'));
    IF to_regclass(name) IS NOT NULL THEN RETURN name; END IF;
    EXECUTE format('CREATE TABLE %I PARTITION OF sensing_observation FOR VALUES FROM (%L) TO (%L)',
        name, day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
    EXECUTE format('CREATE INDEX ON %I USING brin (arrived, at) WITH (pages_per_range = 32, autosummarize = on)', name);
    EXECUTE format('GRANT INSERT ON %I TO {app}', name);
    RETURN name;
END $$;
CREATE FUNCTION sensing_drop_partition(day date) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE name text := 'sensing_observation_' || to_char(day, 'YYYYMMDD');
BEGIN
    IF to_regclass(name) IS NULL OR day >= current_date - 1 THEN RETURN false; END IF;
    EXECUTE format('DROP TABLE %I', name);
    RETURN true;
END $$;
"""

DOWN = """
DROP FUNCTION sensing_drop_partition(date);
DROP FUNCTION sensing_partition(date);
DROP TABLE sensing_snapshot;
DROP TABLE sensing_hour;
DROP TABLE sensing_count;
DROP SEQUENCE sensing_position;
DROP TABLE sensing_batch;
DROP TABLE sensing_observation;
DROP TABLE sensing_datastream;
DROP TABLE sensing_thing;
DROP TABLE sensing_quantity;
DROP TABLE sensing_kind;
"""
# Who sees the thing sees its datastreams, readings and counts; the log and the snapshots are the live process's.
OF_THING = rls.of_parent("sensing_thing", "thing_id")
OF_STREAM = rls.of_parent("sensing_datastream", "stream")
SYSTEM = ("sensing", "sensing.history", "vitals")
WATCHED = ("sensing_quantity", "sensing_thing", "sensing_datastream")
ROWS = ("sensing_thing", "sensing_datastream", "sensing_count", "sensing_hour", "sensing_observation")
LIVE = ("sensing_batch", "sensing_snapshot")


def upgrade() -> None:
    op.execute(UP.replace("{app}", rls.APP))
    for statement in (
        *rls.protect_by_readers("sensing_thing", system=SYSTEM),
        *rls.protect("sensing_datastream", OF_THING, system=SYSTEM),
        *rls.protect("sensing_count", OF_THING, system=SYSTEM),
        *rls.protect("sensing_hour", OF_STREAM, system=SYSTEM),
        *rls.protect("sensing_observation", OF_STREAM, system=SYSTEM),
        *(statement for table in LIVE for statement in rls.protect(table, "false", system=SYSTEM)),
        *(rls.grant(table) for table in (*ROWS, *LIVE, "sensing_kind", "sensing_quantity")),
        f"GRANT USAGE ON SEQUENCE sensing_position TO {rls.APP}",
        "REVOKE EXECUTE ON FUNCTION sensing_partition(date), sensing_drop_partition(date) FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION sensing_partition(date), sensing_drop_partition(date) TO {rls.APP}",
        "INSERT INTO kernel_revision VALUES ('things', nextval('kernel_revision_seq'))",
        *(
            f"CREATE TRIGGER {table}_revise AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION kernel_revise('things')"
            for table in WATCHED
        ),
    ):
        op.execute(statement)


def downgrade() -> None:
    op.execute(DOWN)
    op.execute("DELETE FROM kernel_revision WHERE name = 'things'")
