"""Tables of scenarios. Times are UTC. A version never changes; an adoption is ended, never removed."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from chengyun.kernel.tables import metadata

_BIG = sa.BigInteger
_WHEN = sa.DateTime(timezone=True)

version = sa.Table(
    "scenarios_version",
    metadata,
    sa.Column("id", _BIG, sa.Identity(), primary_key=True),
    sa.Column("scenario", sa.Text, nullable=False),
    sa.Column("version", sa.Text, nullable=False),  # as its author calls it
    sa.Column("digest", sa.Text, nullable=False),  # SHA-256 of the files
    sa.Column("name_zh", sa.Text, nullable=False),
    sa.Column("name_en", sa.Text, nullable=False),
    sa.Column("files", JSONB, nullable=False),  # name in the folder → text
    sa.Column("stored_at", _WHEN, nullable=False),
    sa.Column("stored_by", sa.Text, nullable=False),
    sa.UniqueConstraint("scenario", "digest"),
)

adoption = sa.Table(
    "scenarios_adoption",
    metadata,
    sa.Column("id", _BIG, sa.Identity(), primary_key=True),
    sa.Column("scenario", sa.Text, nullable=False, index=True),
    sa.Column("centre_id", _BIG, nullable=False),  # region whose centre, and all below, use it
    sa.Column("version_id", _BIG, sa.ForeignKey("scenarios_version.id"), nullable=False),
    sa.Column("adopted_at", _WHEN, nullable=False),
    sa.Column("adopted_by", sa.Text, nullable=False),
    sa.Column("undone_at", _WHEN),
    sa.Column("undone_by", sa.Text),
    sa.Column("reason", sa.Text, nullable=False, server_default=sa.text("''")),
    sa.Column("undone_reason", sa.Text, nullable=False, server_default=sa.text("''")),
    sa.CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone_whole"),
)

draft = sa.Table(  # what somebody is changing on screen: one per scenario
    "scenarios_draft",
    metadata,
    sa.Column("scenario", sa.Text, primary_key=True),
    sa.Column("base_id", _BIG, sa.ForeignKey("scenarios_version.id"), nullable=False),  # what it began as
    sa.Column("files", JSONB, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),  # of two who edit at once, the second is told
    sa.Column("begun_at", _WHEN, nullable=False),
    sa.Column("begun_by", sa.Text, nullable=False),
    sa.Column("changed_at", _WHEN, nullable=False),
    sa.Column("changed_by", sa.Text, nullable=False),
)

publication = sa.Table(  # a version made on screen: by whom, why, and what became of it
    "scenarios_publication",
    metadata,
    sa.Column("id", _BIG, sa.Identity(), primary_key=True),
    sa.Column("scenario", sa.Text, nullable=False, index=True),
    sa.Column("version_id", _BIG, sa.ForeignKey("scenarios_version.id"), nullable=False),
    sa.Column("base_id", _BIG, sa.ForeignKey("scenarios_version.id"), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("at", _WHEN, nullable=False),
    sa.Column("by_id", _BIG),
    sa.Column("by_name", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # waiting | adopted | refused
    sa.Column("decided_at", _WHEN),
    sa.Column("decided_by", sa.Text),
    sa.Column("decided_reason", sa.Text, nullable=False, server_default=sa.text("''")),
    sa.CheckConstraint("state IN ('waiting', 'adopted', 'refused')", name="state"),
    sa.CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided_whole"),
)
