"""The metadata that every feature's tables join, and the kernel's own tables."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Float,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Sequence,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import base as postgresql
from sqlalchemy.types import UserDefinedType

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Xid8(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id."""

    cache_ok = True

    def get_col_spec(self, **kw: Any) -> str:
        return "XID8"


class Box(UserDefinedType[str]):
    """PostgreSQL's `box`, as text `(x2,y2),(x1,y1)`; GiST-indexable."""

    cache_ok = True

    def get_col_spec(self, **kw: Any) -> str:
        return "BOX"


# Reflection (alembic check) must know them.
postgresql.ischema_names["xid8"] = Xid8
postgresql.ischema_names["box"] = Box

_WHEN = DateTime(timezone=True)
_NOW = text("clock_timestamp()")

clock = Table(
    "kernel_clock",
    metadata,
    Column("single", Boolean, primary_key=True, server_default=text("true")),
    Column("offset_s", Float(53), nullable=False, server_default=text("0")),
    CheckConstraint("single", name="one_row"),
    CheckConstraint("offset_s >= 0", name="forward"),
)

calendar_day = Table(
    "kernel_calendar_day",
    metadata,
    Column("day", Date, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False, server_default=text("''")),
    Column("version", Integer, nullable=False),
    CheckConstraint("kind IN ('holiday', 'workday')", name="kind"),
)

calendar_hours = Table(  # one row once somebody has set them; none: as shipped
    "kernel_calendar_hours",
    metadata,
    Column("single", Boolean, primary_key=True, server_default=text("true")),
    Column("spans", Text, nullable=False),  # "08:00-12:00 14:00-18:00"
    CheckConstraint("single", name="one_row"),
)

calendar_edition = Table(  # every change of the calendar; `before` and `after` hold the whole of it
    "kernel_calendar_edition",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("at", _WHEN, nullable=False),
    Column("by_id", BigInteger),
    Column("by_name", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("years", ARRAY(Integer), nullable=False),
    Column("before", JSONB, nullable=False),
    Column("after", JSONB, nullable=False),
    Column("undone_at", _WHEN),
    Column("undone_by", Text),
    CheckConstraint("action IN ('edited', 'imported')", name="action"),
    CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone_whole"),
)

outbox = Table(
    "kernel_outbox",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("seq", BigInteger, unique=True),
    Column("txid", Xid8(), nullable=False, server_default=text("pg_current_xact_id()")),
    Column("topic", Text, nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("scopes", ARRAY(BigInteger), nullable=False),
    Column("persons", ARRAY(BigInteger), nullable=False, server_default=text("'{}'")),
    Column("at", _WHEN, nullable=False, server_default=_NOW),
    Index("ix_kernel_outbox_waiting", "id", postgresql_where=text("seq IS NULL")),
    Index("ix_kernel_outbox_at", "at"),
)

audit = Table(
    "kernel_audit",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("at", _WHEN, nullable=False),
    Column("actor_kind", Text, nullable=False),
    Column("actor_id", BigInteger),
    Column("actor_name", Text, nullable=False),
    Column("post", BigInteger),
    Column("action", Text, nullable=False),
    Column("subject_kind", Text),
    Column("subject_id", Text),
    Column("detail", JSONB, nullable=False, server_default=text("'{}'")),
    Column("seq", BigInteger, unique=True),
    Column("prev_hash", LargeBinary),
    Column("hash", LargeBinary),
    CheckConstraint("(seq IS NULL) = (hash IS NULL)", name="sealed_whole"),
    Index("ix_kernel_audit_waiting", "id", postgresql_where=text("seq IS NULL")),
    Index("ix_kernel_audit_subject", "subject_kind", "subject_id"),
    Index("ix_kernel_audit_at", "at"),
    Index("ix_kernel_audit_actor_id", "actor_id", "id"),
)

revision = Table(
    "kernel_revision",
    metadata,
    Column("name", Text, primary_key=True),
    Column("token", BigInteger, nullable=False),
)
revision_sequence = Sequence("kernel_revision_seq", metadata=metadata)

idempotency = Table(
    "kernel_idempotency",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("body_hash", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("response", JSONB),
    Column("at", _WHEN, nullable=False, server_default=_NOW),
    Index("ix_kernel_idempotency_at", "at"),
)

lease = Table(
    "kernel_lease",
    metadata,
    Column("name", Text, primary_key=True),
    Column("holder", Text),
    Column("until", _WHEN),
    Column("last_run", _WHEN),
    Column("runs", BigInteger, nullable=False, server_default=text("0")),
    Column("last_error", Text),
)

witness = Table(
    "kernel_witness",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("chain", Text, nullable=False),  # "own", or who sent the head: "token:7"
    Column("seq", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("witness", Text, nullable=False),  # who keeps it: an address, or "here"
    Column("received_at", _WHEN, nullable=False, server_default=_NOW),
    UniqueConstraint("chain", "seq", "witness"),
)
