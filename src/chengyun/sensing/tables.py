"""Tables of sensing. Migration 0023 makes them, with partitions and policies, in SQL."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSONB

from chengyun.kernel.tables import metadata

MOMENT = sa.DateTime(timezone=True)

kind = sa.Table(
    "sensing_kind",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("name_zh", sa.Text, nullable=False),
    sa.Column("name_en", sa.Text, nullable=False),
    sa.Column("domain", sa.Text, nullable=False),
)

quantity = sa.Table(
    "sensing_quantity",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, sa.ForeignKey("sensing_kind.code"), nullable=False),
    sa.Column("name_zh", sa.Text, nullable=False),
    sa.Column("name_en", sa.Text, nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("low", sa.Double, nullable=False),
    sa.Column("high", sa.Double, nullable=False),
    sa.Column("interval_s", sa.Double, nullable=False),
    sa.Column("sentinels", ARRAY(sa.Double), nullable=False),
)

thing = sa.Table(
    "sensing_thing",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("code", sa.Text, nullable=False, unique=True),
    sa.Column("kind", sa.Text, sa.ForeignKey("sensing_kind.code"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("owner_id", sa.BigInteger, sa.ForeignKey("identity_unit.id")),
    sa.Column("region_id", sa.BigInteger, sa.ForeignKey("territory_region.id"), nullable=False),
    sa.Column("readers", ARRAY(sa.BigInteger), nullable=False),
    sa.Column("lon", sa.Integer, nullable=False),  # 1e-6 degrees, WGS-84, as lat
    sa.Column("lat", sa.Integer, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("properties", JSONB, nullable=False),
    sa.Column("secret_hash", BYTEA),
    sa.Column("quota", sa.Integer, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("simulated", sa.Boolean, nullable=False),
    sa.Column("created_at", MOMENT, nullable=False, server_default=sa.func.now()),
    sa.Index("ix_sensing_thing_readers", "readers", postgresql_using="gin"),
    sa.Index("ix_sensing_thing_region", "region_id"),
    sa.Index("ix_sensing_thing_kind", "kind", "id"),
)

datastream = sa.Table(
    "sensing_datastream",
    metadata,
    sa.Column("id", sa.Integer, sa.Identity(always=True), primary_key=True),
    sa.Column("thing_id", sa.BigInteger, sa.ForeignKey("sensing_thing.id"), nullable=False),
    sa.Column("quantity", sa.Text, sa.ForeignKey("sensing_quantity.code"), nullable=False),
    sa.Column("unit", sa.Text, nullable=False),
    sa.Column("low", sa.Double, nullable=False),
    sa.Column("high", sa.Double, nullable=False),
    sa.Column("sentinels", ARRAY(sa.Double), nullable=False),
    sa.Column("interval_s", sa.Double, nullable=False),
    sa.Column("scale", sa.Double, nullable=False),
    sa.Column("shift", sa.Double, nullable=False),
    sa.Column("calibrated_at", MOMENT),
    sa.UniqueConstraint("thing_id", "quantity", name="uq_sensing_datastream_thing_quantity"),
)

observation = sa.Table(
    "sensing_observation",
    metadata,
    sa.Column("stream", sa.Integer, nullable=False),
    sa.Column("at", MOMENT, nullable=False),
    sa.Column("value", sa.Double, nullable=False),
    sa.Column("arrived", MOMENT, nullable=False),
    sa.Column("flags", sa.SmallInteger, nullable=False),
    postgresql_partition_by="RANGE (arrived)",
)

batch = sa.Table(
    "sensing_batch",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("position", sa.BigInteger, unique=True),  # the order in which the engine took it
    sa.Column("arrived", MOMENT, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("n", sa.Integer, nullable=False),
    sa.Column("body", BYTEA, nullable=False),
    sa.Index("ix_sensing_batch_waiting", "id", postgresql_where=sa.text("position IS NULL")),
)

count = sa.Table(
    "sensing_count",
    metadata,
    sa.Column("thing_id", sa.BigInteger, sa.ForeignKey("sensing_thing.id"), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("what", sa.Text, primary_key=True),  # accepted, duplicate, late, too_late, stuck, or a Reason
    sa.Column("n", sa.BigInteger, nullable=False),
)

hour = sa.Table(
    "sensing_hour",
    metadata,
    sa.Column("stream", sa.Integer, primary_key=True),
    sa.Column("hour", MOMENT, primary_key=True),
    sa.Column("n", sa.Integer, nullable=False),
    sa.Column("sum", sa.Double, nullable=False),
    sa.Column("min", sa.Double, nullable=False),
    sa.Column("max", sa.Double, nullable=False),
    sa.Column("sumsq", sa.Double, nullable=False),
    sa.Column("last", sa.Double, nullable=False),
)

snapshot = sa.Table(
    "sensing_snapshot",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),  # which state: "latest", "clock", …
    sa.Column("chunk", sa.Integer, primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True),
    sa.Column("at", MOMENT, nullable=False),
    sa.Column("body", BYTEA, nullable=False),
)
