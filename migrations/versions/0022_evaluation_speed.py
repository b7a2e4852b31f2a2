"""When a deadline was moved last, as a column of its own that an index answers for.

0016 indexed the expression. Under row-level security PostgreSQL neither trusts a function that may leak nor uses what it
knows of its values, so nobody's reading went by that index: every question read all deadlines of handling.

Revision ID: 0022
Revises: 0021
"""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

UP = """
DROP INDEX incidents_deadline_shifted;
ALTER TABLE incidents_deadline ADD COLUMN moved_at TIMESTAMP WITH TIME ZONE
    GENERATED ALWAYS AS (shifts[array_upper(shifts, 1) - 1]) STORED;
CREATE INDEX incidents_deadline_moved ON incidents_deadline (moved_at) WHERE moved_at IS NOT NULL;
"""

DOWN = """
DROP INDEX incidents_deadline_moved;
ALTER TABLE incidents_deadline DROP COLUMN moved_at;
CREATE INDEX incidents_deadline_shifted ON incidents_deadline ((shifts[array_upper(shifts, 1) - 1]))
    WHERE shifts <> '{}';
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
