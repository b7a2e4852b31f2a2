"""Kinds of things whose datastreams are watched closely.

Revision ID: 0027
Revises: 0026
"""

from __future__ import annotations

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE sensing_kind ADD COLUMN anomaly_close boolean NOT NULL DEFAULT false")


def downgrade() -> None:
    op.execute("ALTER TABLE sensing_kind DROP COLUMN anomaly_close")
