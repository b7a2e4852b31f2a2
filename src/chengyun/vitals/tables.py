"""Tables of vital signs. Migration 0024 makes them, with policies, in SQL."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSONB

from chengyun.kernel.tables import metadata

MOMENT = sa.DateTime(timezone=True)

domain = sa.Table(
    "vitals_domain",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("name_zh", sa.Text, nullable=False),
    sa.Column("name_en", sa.Text, nullable=False),
    sa.Column("section", sa.Text, nullable=False),
)

sign = sa.Table(
    "vitals_sign",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("place", sa.Integer, nullable=False),  # in the catalogue
    sa.Column("content", JSONB, nullable=False),  # a Sign
    sa.Column("scenario", sa.Text, nullable=False),
)

override = sa.Table(
    "vitals_override",
    metadata,
    sa.Column("sign", sa.Text, sa.ForeignKey("vitals_sign.code"), primary_key=True),
    sa.Column("region_id", sa.BigInteger, sa.ForeignKey("territory_region.id"), primary_key=True),
    sa.Column("readers", ARRAY(sa.BigInteger), nullable=False),
    sa.Column("thresholds", JSONB, nullable=False),  # in this region and below, until a nearer one
    sa.Column("by_id", sa.BigInteger, nullable=False),
    sa.Column("at", MOMENT, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Index("ix_vitals_override_readers", "readers", postgresql_using="gin"),
)

alarm = sa.Table(
    "vitals_alarm",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("sign", sa.Text, nullable=False),
    sa.Column("region_id", sa.BigInteger, sa.ForeignKey("territory_region.id"), nullable=False),
    sa.Column("readers", ARRAY(sa.BigInteger), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("level", sa.SmallInteger, nullable=False),  # now; 0 when cleared
    sa.Column("peak", sa.SmallInteger, nullable=False),
    sa.Column("value", sa.Double),  # at the last change
    sa.Column("stream", sa.Integer, nullable=False, server_default=sa.text("0")),  # of an anomaly; else 0
    sa.Column("normal", JSONB(none_as_null=True)),  # a Normal: what an anomaly was judged by
    sa.Column("thing_id", sa.BigInteger, sa.ForeignKey("sensing_thing.id")),
    sa.Column("group_key", sa.Text, nullable=False),  # alarms of one place and type, of one storm
    sa.Column("began", MOMENT, nullable=False),
    sa.Column("changed_at", MOMENT, nullable=False),
    sa.Column("cleared_at", MOMENT),
    sa.Column("acknowledged_at", MOMENT),
    sa.Column("acknowledged_by", sa.Text),
    sa.Column("shelved_until", MOMENT),
    sa.Column("told", ARRAY(sa.BigInteger), nullable=False),  # centres that have heard of it
    sa.Column("incident_id", sa.BigInteger),
    sa.Column("simulated", sa.Boolean, nullable=False),
    sa.UniqueConstraint("sign", "region_id", "kind", "began", "stream", name="uq_vitals_alarm_episode"),
    sa.Index("ix_vitals_alarm_readers", "readers", postgresql_using="gin"),
    sa.Index("ix_vitals_alarm_open", "region_id", "sign", postgresql_where=sa.text("cleared_at IS NULL")),
    sa.Index("ix_vitals_alarm_began", "began"),
    sa.Index("ix_vitals_alarm_incident", "incident_id", postgresql_where=sa.text("incident_id IS NOT NULL")),
)

alarm_step = sa.Table(
    "vitals_alarm_step",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("alarm_id", sa.BigInteger, sa.ForeignKey("vitals_alarm.id"), nullable=False),
    sa.Column("at", MOMENT, nullable=False),
    sa.Column(
        "what", sa.Text, nullable=False
    ),  # raised up down cleared acknowledged shelved unshelved told opened closed
    sa.Column("level", sa.SmallInteger, nullable=False),
    sa.Column("value", sa.Double),
    sa.Column("by_name", sa.Text),
    sa.Column("note", sa.Text, nullable=False),
    sa.Index("ix_vitals_alarm_step_alarm", "alarm_id", "id"),
)

number = sa.Table(
    "vitals_number",
    metadata,
    sa.Column("register", sa.Text, primary_key=True),  # code of what came by file or API
    sa.Column("region_id", sa.BigInteger, sa.ForeignKey("territory_region.id"), primary_key=True),
    sa.Column("period", sa.Date, primary_key=True),  # first day of what it is about
    sa.Column("readers", ARRAY(sa.BigInteger), nullable=False),
    sa.Column("value", sa.Double, nullable=False),
    sa.Column("at", MOMENT, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("simulated", sa.Boolean, nullable=False),
    sa.Index("ix_vitals_number_readers", "readers", postgresql_using="gin"),
)

layout = sa.Table(
    "vitals_layout",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("digest", sa.Text, nullable=False, unique=True),
    sa.Column("codes", ARRAY(sa.Text), nullable=False),  # the signs in the order of a trend's values
)

trend = sa.Table(
    "vitals_trend",
    metadata,
    sa.Column("region_id", sa.BigInteger, primary_key=True),
    sa.Column("at", MOMENT, primary_key=True),
    sa.Column("layout_id", sa.BigInteger, sa.ForeignKey("vitals_layout.id"), nullable=False),
    sa.Column("readers", ARRAY(sa.BigInteger), nullable=False),
    sa.Column("body", BYTEA, nullable=False),  # float32, little-endian, NaN where there is none
)

checkup = sa.Table(
    "vitals_checkup",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("region_id", sa.BigInteger, sa.ForeignKey("territory_region.id"), nullable=False),
    sa.Column("period", sa.Text, nullable=False),  # month | quarter | half | year | custom
    sa.Column("since", MOMENT, nullable=False),
    sa.Column("until", MOMENT, nullable=False),  # what it knows of; before `ends` while the period ran
    sa.Column("ends", MOMENT, nullable=False),
    sa.Column("readers", ARRAY(sa.BigInteger), nullable=False),
    sa.Column("method", sa.Text, nullable=False),  # version of how scores are made
    sa.Column("content", JSONB, nullable=False),  # a checkup.contracts.Findings; texts as {zh, en}
    sa.Column("computed_at", MOMENT, nullable=False),
    sa.Column("by_id", sa.BigInteger),  # None: as scheduled
    sa.Column("by_name", sa.Text),
    sa.Index("ix_vitals_checkup_readers", "readers", postgresql_using="gin"),
    sa.Index("ix_vitals_checkup_region", "region_id", "since", "id"),
)

snapshot = sa.Table(
    "vitals_snapshot",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("chunk", sa.Integer, primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True),  # of the batch it holds last
    sa.Column("at", MOMENT, nullable=False),
    sa.Column("body", BYTEA, nullable=False),
)
