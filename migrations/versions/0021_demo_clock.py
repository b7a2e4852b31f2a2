"""Posts begin and end by the installation's clock: who moves it makes everybody be looked up anew."""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE TRIGGER kernel_clock_revise AFTER UPDATE ON kernel_clock"
        " FOR EACH STATEMENT EXECUTE FUNCTION kernel_revise('actors')"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER kernel_clock_revise ON kernel_clock")
