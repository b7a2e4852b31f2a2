"""exchange: webhooks out and in, and what Open311 shows to everybody

Revision ID: 0011
Revises: 0007
"""

from __future__ import annotations

from alembic import op

from chengyun.kernel import rls

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE exchange_subscription (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_exchange_subscription PRIMARY KEY,
    ref text NOT NULL CONSTRAINT uq_exchange_subscription_ref UNIQUE,
    name text NOT NULL,
    url text NOT NULL,
    types text[] NOT NULL,
    region_id bigint NOT NULL,
    readers bigint[] NOT NULL,
    secret bytea NOT NULL,
    old_secret bytea,
    old_until timestamptz,
    state text NOT NULL DEFAULT 'active',
    paused_why text,
    failures integer NOT NULL DEFAULT 0,
    rest_until timestamptz,
    last_ok timestamptz,
    last_failed timestamptz,
    created_by bigint NOT NULL,
    created_post bigint,
    created_name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ix_exchange_subscription_readers ON exchange_subscription USING gin (readers);

CREATE TABLE exchange_delivery (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_exchange_delivery PRIMARY KEY,
    subscription_id bigint NOT NULL
        CONSTRAINT fk_exchange_delivery_subscription_id REFERENCES exchange_subscription (id),
    type text NOT NULL,
    incident_id bigint,
    number text,
    move text,
    incident_state text,
    at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'pending',
    attempts integer NOT NULL DEFAULT 0,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    first_at timestamptz,
    next_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    locked_until timestamptz,
    done_at timestamptz
);
CREATE INDEX ix_exchange_delivery_line ON exchange_delivery (subscription_id, incident_id, id)
    WHERE state = 'pending';
CREATE INDEX ix_exchange_delivery_due ON exchange_delivery (subscription_id, next_at) WHERE state = 'pending';
CREATE INDEX ix_exchange_delivery_done_at ON exchange_delivery (done_at);

CREATE TABLE exchange_attempt (
    delivery_id bigint CONSTRAINT fk_exchange_attempt_delivery_id REFERENCES exchange_delivery (id),
    n integer,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    duration_ms integer,
    status smallint,
    error text,
    answer text,
    CONSTRAINT pk_exchange_attempt PRIMARY KEY (delivery_id, n)
);

CREATE TABLE exchange_source (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_exchange_source PRIMARY KEY,
    ref text NOT NULL CONSTRAINT uq_exchange_source_ref UNIQUE,
    slug text NOT NULL CONSTRAINT uq_exchange_source_slug UNIQUE,
    name text NOT NULL,
    region_id bigint NOT NULL,
    readers bigint[] NOT NULL,
    secret bytea NOT NULL,
    old_secret bytea,
    old_until timestamptz,
    mapping jsonb NOT NULL,
    state text NOT NULL DEFAULT 'active',
    accepted bigint NOT NULL DEFAULT 0,
    refused bigint NOT NULL DEFAULT 0,
    last_accepted timestamptz,
    last_refused timestamptz,
    last_refusal text,
    created_by bigint NOT NULL,
    created_name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ix_exchange_source_readers ON exchange_source USING gin (readers);

CREATE TABLE exchange_message (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_exchange_message PRIMARY KEY,
    source_id bigint NOT NULL CONSTRAINT fk_exchange_message_source_id REFERENCES exchange_source (id),
    message text NOT NULL,
    body_hash text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    external text,
    incident_id bigint,
    number text,
    state text,
    joined boolean NOT NULL DEFAULT false,
    CONSTRAINT uq_exchange_message_source_id_message UNIQUE (source_id, message)
);
CREATE INDEX ix_exchange_message_external ON exchange_message (source_id, external);
CREATE INDEX ix_exchange_message_at ON exchange_message (at);

CREATE TABLE exchange_published (
    region_id bigint,
    category text,
    by_name text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT pk_exchange_published PRIMARY KEY (region_id, category)
);
"""
OUT = ("exchange.outbox", "exchange.deliver", "exchange.sweep")
IN = ("exchange.inbound", "exchange.sweep")

# Everybody reads, by Open311, incidents of the categories that a region has published, and nothing else of the
# table: the policy itself looks, so that a forgotten condition in a query shows nobody more. This one actor meets
# every row as the parts of the system do, and a second, restrictive policy leaves it those; for everybody else that
# policy is a setting that is looked at once per statement. (Joined to the first by OR it would cost them its index.)
SCOPES = """
CREATE OR REPLACE FUNCTION incidents_scopes() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE WHEN incidents_system() {public} THEN ARRAY[0::bigint]
            WHEN incidents_resident() IS NOT NULL THEN ARRAY[-incidents_resident()]
            ELSE kernel_scopes() END
"""
PUBLIC = """
CREATE POLICY incidents_incident_published ON incidents_incident AS RESTRICTIVE FOR SELECT USING (
    (SELECT coalesce(kernel_system(), '') <> 'exchange.public') OR EXISTS (
        SELECT 1 FROM exchange_published p
        WHERE p.category = incidents_incident.category AND p.region_id IN (city_id, district_id, town_id)))
"""

# It reads, and that is all it does.
READS = (
    "CREATE POLICY incidents_incident_public_adds ON incidents_incident AS RESTRICTIVE FOR INSERT"
    " WITH CHECK ((SELECT coalesce(kernel_system(), '') <> 'exchange.public'))",
    "CREATE POLICY incidents_incident_public_changes ON incidents_incident AS RESTRICTIVE FOR UPDATE"
    " USING ((SELECT coalesce(kernel_system(), '') <> 'exchange.public'))",
)


def upgrade() -> None:
    op.execute(TABLES)
    rules = [
        *rls.protect_by_readers("exchange_subscription", system=OUT),
        *rls.protect(
            "exchange_delivery", rls.of_parent("exchange_subscription", "subscription_id"), system=OUT
        ),
        *rls.protect("exchange_attempt", rls.of_parent("exchange_delivery", "delivery_id"), system=OUT),
        *rls.protect_by_readers("exchange_source", system=IN),
        *rls.protect("exchange_message", rls.of_parent("exchange_source", "source_id"), system=IN),
    ]
    for rule in rules:
        op.execute(rule)
    for name in ("subscription", "source", "delivery", "attempt", "message", "published"):
        op.execute(rls.grant(f"exchange_{name}"))
    for policy in (PUBLIC, *READS):
        op.execute(policy)
    op.execute(SCOPES.format(public="OR coalesce(kernel_system(), '') = 'exchange.public'"))


def downgrade() -> None:
    op.execute(SCOPES.format(public=""))
    for name in ("published", "public_adds", "public_changes"):
        op.execute(f"DROP POLICY incidents_incident_{name} ON incidents_incident")
    op.execute(
        "DROP TABLE exchange_published, exchange_message, exchange_source, exchange_attempt, exchange_delivery,"
        " exchange_subscription"
    )
