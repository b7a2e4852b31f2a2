"""Tables of attachments; migration 0004 holds the same in SQL, with the row policies."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from chengyun.kernel.tables import metadata

MOMENT = sa.DateTime(timezone=True)

blob = sa.Table(
    "attachments_blob",
    metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("bytes", sa.BigInteger, nullable=False),
    sa.Column("media", sa.Text, nullable=False),
    sa.Column("storage", sa.Text, nullable=False),
    sa.Column("stored_at", MOMENT, nullable=False, server_default=sa.func.now()),
)

item = sa.Table(
    "attachments_item",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, sa.ForeignKey("attachments_blob.sha256"), nullable=False),
    sa.Column("original_sha256", sa.Text, nullable=False),
    sa.Column("thumb_sha256", sa.Text, sa.ForeignKey("attachments_blob.sha256")),
    sa.Column("public_sha256", sa.Text, sa.ForeignKey("attachments_blob.sha256")),
    sa.Column("width", sa.Integer),
    sa.Column("height", sa.Integer),
    sa.Column("taken_at", MOMENT),
    sa.Column("lon", sa.Double),
    sa.Column("lat", sa.Double),
    sa.Column("measured", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("uploaded_at", MOMENT, nullable=False, server_default=sa.func.now()),
    sa.Column("uploader_kind", sa.Text, nullable=False),
    sa.Column("uploader_id", sa.BigInteger),
    sa.Column("claim_hash", sa.Text),
    sa.Column("incident_id", sa.BigInteger),
    sa.Column("readers", ARRAY(sa.BigInteger), nullable=False, server_default="{}"),
    sa.Column("retention_until", MOMENT),
    sa.Index("ix_attachments_item_incident_id", "incident_id"),
    sa.Index("ix_attachments_item_sha256", "sha256"),
    sa.Index("ix_attachments_item_thumb_sha256", "thumb_sha256"),
    sa.Index("ix_attachments_item_public_sha256", "public_sha256"),
    sa.Index("ix_attachments_item_unbound", "uploaded_at", postgresql_where=sa.text("incident_id IS NULL")),
    sa.Index("ix_attachments_item_retention_until", "retention_until"),
)
