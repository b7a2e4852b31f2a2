"""attachments: the owner of the feature writes this revision; until then it only keeps the line unbroken."""

from __future__ import annotations

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    return None


def downgrade() -> None:
    return None
