"""Tables of duty and handover."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Identity, Index, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from chengyun.kernel.tables import metadata

handover = Table(
    "command_handover",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("centre_id", BigInteger, nullable=False),
    Column("readers", ARRAY(BigInteger), nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("until", DateTime(timezone=True), nullable=False),
    Column("by_id", BigInteger, nullable=False),
    Column("by_name", Text, nullable=False),
    Column("notes", Text, nullable=False),
    Column("content", JSONB, nullable=False),
    Index("ix_command_handover_centre", "centre_id", "until"),
)

switch = Table(
    "command_switch",
    metadata,
    Column("name", Text, primary_key=True),
    Column("is_on", Boolean, nullable=False),
    Column("by_name", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)
