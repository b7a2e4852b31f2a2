"""Tables of the territory. Dates are half-open: a row holds from `valid_from` until before `valid_to`."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)

from chengyun.kernel.tables import metadata

version = Table(
    "territory_version",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("label", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("source", Text, nullable=False),
    Column("attribution", Text, nullable=False),
    Column("schematic", Boolean, nullable=False),
    Column("digest", Text, nullable=False),
)

region = Table(
    "territory_region",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("level", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("code", Text),
    Column("parent_id", BigInteger, ForeignKey("territory_region.id")),
    Column("pinyin", Text, nullable=False),
    Column("initials", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    CheckConstraint("id BETWEEN 1 AND 999999", name="id_range"),
    CheckConstraint("level IN ('city', 'district', 'town', 'village', 'grid')", name="level"),
    CheckConstraint("(parent_id IS NULL) = (level = 'city')", name="parent"),
    Index("ix_territory_region_parent_id", "parent_id"),
)

alias = Table(
    "territory_alias",
    metadata,
    Column("region_id", BigInteger, ForeignKey("territory_region.id"), primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),
    Column("name", Text, nullable=False),
    Column("code", Text),
    Column("parent_id", BigInteger, ForeignKey("territory_region.id")),
    Index("ix_territory_alias_code", "code"),
)

governance = Table(
    "territory_governance",
    metadata,
    Column("region_id", BigInteger, ForeignKey("territory_region.id"), primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_to", Date),
    Column("centre_id", BigInteger, ForeignKey("territory_region.id"), nullable=False),
    Index(
        "ix_territory_governance_current",
        "region_id",
        unique=True,
        postgresql_where=text("valid_to IS NULL"),
    ),
    Index("ix_territory_governance_centre_id", "centre_id"),
)

shape = Table(
    "territory_shape",
    metadata,
    Column("version", Integer, ForeignKey("territory_version.id"), primary_key=True),
    Column("region_id", BigInteger, ForeignKey("territory_region.id"), primary_key=True),
    Column("rings", LargeBinary, nullable=False),
    Index("ix_territory_shape_region_id", "region_id"),
)

place = Table(
    "territory_place",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("pinyin", Text, nullable=False),
    Column("initials", Text, nullable=False),
    Column("lon", Double, nullable=False),
    Column("lat", Double, nullable=False),
    Column("region_id", BigInteger, ForeignKey("territory_region.id")),
    Column("schematic", Boolean, nullable=False),
    Column("source", Text, nullable=False),
    Index("ix_territory_place_region_id", "region_id"),
)
