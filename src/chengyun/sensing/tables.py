"""Tables of sensing. Migrations 0023 and 0025 make them, with partitions and policies, in SQL."""

from __future__ import annotations

from typing import Any

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
    sa.Column("anomaly_level", sa.SmallInteger, nullable=False, server_default=sa.text("1")),
    sa.Column("anomalies_a_month", sa.Double, nullable=False, server_default=sa.text("0.1")),
    sa.Column("anomaly_close", sa.Boolean, nullable=False, server_default=sa.text("false")),
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
    sa.Column("no", sa.Integer, sa.Identity(always=True), unique=True, nullable=False),  # its id elsewhere
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
    sa.Column("broker_hash", sa.Text),  # of the same secret, as Mosquitto reads it
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


# What SensorThings holds beyond the registry. Ids are even: odd ones are read from the registry (sensorthings/sources).
def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger, sa.Identity(start=2, increment=2), primary_key=True)


def _words(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _within(region: str = "region_id") -> list[sa.Column[Any]]:
    return [
        sa.Column(region, sa.BigInteger, sa.ForeignKey("territory_region.id"), nullable=False),
        sa.Column("readers", ARRAY(sa.BigInteger), nullable=False),
    ]


def _of(name: str, target: str, **more: Any) -> sa.Column[Any]:
    return sa.Column(name, sa.ForeignKey(f"{target}.id", ondelete=more.pop("then", None)), **more)


sta_thing = sa.Table(
    "sensing_sta_thing",
    metadata,
    _of("thing_id", "sensing_thing", then="CASCADE", primary_key=True),
    *_words("description"),
)
sta_location = sa.Table(
    "sensing_sta_location",
    metadata,
    _id(),
    *_words("name", "description", "encoding_type"),
    sa.Column("location", JSONB, nullable=False),
    sa.Column("properties", JSONB(none_as_null=True)),
    *_within(),
    sa.Index("ix_sensing_sta_location_readers", "readers", postgresql_using="gin"),
)
sta_place = sa.Table(
    "sensing_sta_place",
    metadata,
    _of("thing_id", "sensing_thing", then="CASCADE", primary_key=True),
    _of("location_id", "sensing_sta_location", then="CASCADE", primary_key=True),
    sa.Index("ix_sensing_sta_place_location", "location_id"),
)
sta_history = sa.Table(
    "sensing_sta_history",
    metadata,
    _id(),
    _of("thing_id", "sensing_thing", then="CASCADE", nullable=False),
    sa.Column("at", MOMENT, nullable=False),
    sa.Index("ix_sensing_sta_history_thing", "thing_id"),
)
sta_history_place = sa.Table(
    "sensing_sta_history_place",
    metadata,
    _of("history_id", "sensing_sta_history", then="CASCADE", primary_key=True),
    _of("location_id", "sensing_sta_location", then="CASCADE", primary_key=True),
    sa.Index("ix_sensing_sta_history_place_location", "location_id"),
)
sta_sensor = sa.Table(
    "sensing_sta_sensor",
    metadata,
    _id(),
    *_words("name", "description", "encoding_type"),
    sa.Column("metadata", JSONB, nullable=False),
    sa.Column("properties", JSONB(none_as_null=True)),
    *_within(),
    sa.Index("ix_sensing_sta_sensor_readers", "readers", postgresql_using="gin"),
)
sta_property = sa.Table(
    "sensing_sta_property",
    metadata,
    _id(),
    *_words("name", "definition", "description"),
    sa.Column("properties", JSONB(none_as_null=True)),
    *_within(),
    sa.Index("ix_sensing_sta_property_readers", "readers", postgresql_using="gin"),
)
sta_datastream = sa.Table(
    "sensing_sta_datastream",
    metadata,
    _of("datastream_id", "sensing_datastream", then="CASCADE", primary_key=True),
    *_words("name", "description", "observation_type"),
    sa.Column("unit", JSONB, nullable=False),
    sa.Column("properties", JSONB(none_as_null=True)),
    _of("sensor_id", "sensing_sta_sensor"),  # None: the registry's, of the quantity; likewise the next
    _of("property_id", "sensing_sta_property"),
    sa.Index("ix_sensing_sta_datastream_sensor", "sensor_id"),
    sa.Index("ix_sensing_sta_datastream_property", "property_id"),
)
sta_feature = sa.Table(
    "sensing_sta_feature",
    metadata,
    _id(),
    *_words("name", "description", "encoding_type"),
    sa.Column("feature", JSONB, nullable=False),
    sa.Column("properties", JSONB(none_as_null=True)),
    _of("location_id", "sensing_sta_location", then="SET NULL"),  # made from this place by itself
    *_within(),
    sa.Index("ix_sensing_sta_feature_readers", "readers", postgresql_using="gin"),
    sa.Index("ix_sensing_sta_feature_location", "location_id"),
)
sta_observation = sa.Table(
    "sensing_sta_observation",
    metadata,
    _id(),
    _of("stream", "sensing_datastream", then="CASCADE", nullable=False),
    sa.Column("at", MOMENT, nullable=False),
    sa.Column("until", MOMENT),  # the end where the phenomenon's time is an interval
    sa.Column("read_at", MOMENT),  # of the reading in sensing_observation; None: the result is no number
    sa.Column("result_time", MOMENT),
    sa.Column("result", JSONB, nullable=False),
    sa.Column("quality", JSONB(none_as_null=True)),
    sa.Column("valid_from", MOMENT),
    sa.Column("valid_to", MOMENT),
    sa.Column("parameters", JSONB(none_as_null=True)),
    _of("feature_id", "sensing_sta_feature"),  # None: the thing's place in the registry
    sa.Index("ix_sensing_sta_observation_stream", "stream", "read_at"),
    sa.Index("ix_sensing_sta_observation_feature", "feature_id"),
)
