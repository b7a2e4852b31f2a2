"""Tables of the exchange; migration 0011 holds the same in SQL, with the row policies."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSONB

from chengyun.kernel.tables import metadata

BIG = sa.BigInteger
WHEN = sa.DateTime(timezone=True)
NOW = sa.text("clock_timestamp()")
IS_PENDING = sa.text("state = 'pending'")

subscription = sa.Table(
    "exchange_subscription",
    metadata,
    sa.Column("id", BIG, sa.Identity(always=True), primary_key=True),
    sa.Column("ref", sa.Text, nullable=False, unique=True),  # what the sealed secrets are bound to
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("types", ARRAY(sa.Text), nullable=False),
    sa.Column("region_id", BIG, nullable=False),
    sa.Column("readers", ARRAY(BIG), nullable=False),  # the region and all above it
    sa.Column("secret", BYTEA, nullable=False),
    sa.Column("old_secret", BYTEA),
    sa.Column("old_until", WHEN),
    sa.Column("state", sa.Text, nullable=False, server_default="active"),  # active | paused | ended
    sa.Column("paused_why", sa.Text),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("rest_until", WHEN),  # after many failures in a row nothing is tried before
    sa.Column("last_ok", WHEN),
    sa.Column("last_failed", WHEN),
    sa.Column("created_by", BIG, nullable=False),
    sa.Column("created_post", BIG),
    sa.Column("created_name", sa.Text, nullable=False),
    sa.Column("created_at", WHEN, nullable=False, server_default=NOW),
    sa.Index("ix_exchange_subscription_readers", "readers", postgresql_using="gin"),
)

# `at` is the installation's time, everything about sending is real time: the demo's clock delivers nothing.
delivery = sa.Table(
    "exchange_delivery",
    metadata,
    sa.Column("id", BIG, sa.Identity(always=True), primary_key=True),
    sa.Column("subscription_id", BIG, sa.ForeignKey("exchange_subscription.id"), nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("incident_id", BIG),  # none: a test event
    sa.Column("number", sa.Text),
    sa.Column("move", sa.Text),
    sa.Column("incident_state", sa.Text),
    sa.Column("at", WHEN, nullable=False),
    sa.Column("state", sa.Text, nullable=False, server_default="pending"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("made_at", WHEN, nullable=False, server_default=NOW),
    sa.Column("first_at", WHEN),  # of the attempts that count towards giving up
    sa.Column("next_at", WHEN, nullable=False, server_default=NOW),
    sa.Column("locked_until", WHEN),  # somebody is sending it
    sa.Column("done_at", WHEN),
    sa.Index(
        "ix_exchange_delivery_line", "subscription_id", "incident_id", "id", postgresql_where=IS_PENDING
    ),
    sa.Index("ix_exchange_delivery_due", "subscription_id", "next_at", postgresql_where=IS_PENDING),
    sa.Index("ix_exchange_delivery_done_at", "done_at"),
)

attempt = sa.Table(
    "exchange_attempt",
    metadata,
    sa.Column("delivery_id", BIG, sa.ForeignKey("exchange_delivery.id"), primary_key=True),
    sa.Column("n", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", WHEN, nullable=False, server_default=NOW),
    sa.Column("duration_ms", sa.Integer),
    sa.Column("status", sa.SmallInteger),
    sa.Column("error", sa.Text),
    sa.Column("answer", sa.Text),
)

source = sa.Table(
    "exchange_source",
    metadata,
    sa.Column("id", BIG, sa.Identity(always=True), primary_key=True),
    sa.Column("ref", sa.Text, nullable=False, unique=True),
    sa.Column("slug", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("region_id", BIG, nullable=False),
    sa.Column("readers", ARRAY(BIG), nullable=False),
    sa.Column("secret", BYTEA, nullable=False),
    sa.Column("old_secret", BYTEA),
    sa.Column("old_until", WHEN),
    sa.Column("mapping", JSONB, nullable=False),
    sa.Column("state", sa.Text, nullable=False, server_default="active"),  # active | paused | ended
    sa.Column("accepted", BIG, nullable=False, server_default="0"),
    sa.Column("refused", BIG, nullable=False, server_default="0"),
    sa.Column("last_accepted", WHEN),
    sa.Column("last_refused", WHEN),
    sa.Column("last_refusal", sa.Text),
    sa.Column("created_by", BIG, nullable=False),
    sa.Column("created_name", sa.Text, nullable=False),
    sa.Column("created_at", WHEN, nullable=False, server_default=NOW),
    sa.Index("ix_exchange_source_readers", "readers", postgresql_using="gin"),
)

message = sa.Table(
    "exchange_message",
    metadata,
    sa.Column("id", BIG, sa.Identity(always=True), primary_key=True),
    sa.Column("source_id", BIG, sa.ForeignKey("exchange_source.id"), nullable=False),
    sa.Column("message", sa.Text, nullable=False),  # the sender's id: the same one twice is a replay
    sa.Column("body_hash", sa.Text, nullable=False),
    sa.Column("at", WHEN, nullable=False, server_default=NOW),
    sa.Column("external", sa.Text),  # the sender's case
    sa.Column("incident_id", BIG),
    sa.Column("number", sa.Text),
    sa.Column("state", sa.Text),
    sa.Column("joined", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.UniqueConstraint("source_id", "message"),
    sa.Index("ix_exchange_message_external", "source_id", "external"),
    sa.Index("ix_exchange_message_at", "at"),
)

published = sa.Table(
    "exchange_published",
    metadata,
    sa.Column("region_id", BIG, primary_key=True, autoincrement=False),
    sa.Column("category", sa.Text, primary_key=True),
    sa.Column("by_name", sa.Text, nullable=False),
    sa.Column("at", WHEN, nullable=False, server_default=NOW),
)
