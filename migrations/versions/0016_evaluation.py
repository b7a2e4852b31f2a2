"""evaluation: what figures of any period are read from, recomputed from the log

Revision ID: 0016
Revises: 0015
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# Of a deadline that was moved before this column came, only its present end is known.
UP = """
ALTER TABLE incidents_deadline ADD COLUMN shifts TIMESTAMP WITH TIME ZONE[] NOT NULL DEFAULT '{}';
ALTER TABLE incidents_deadline ALTER COLUMN shifts DROP DEFAULT;
CREATE INDEX incidents_deadline_due ON incidents_deadline (due_at, incident_id) WHERE stage = 'handle';
CREATE INDEX incidents_deadline_shifted ON incidents_deadline ((shifts[array_upper(shifts, 1) - 1]))
    WHERE shifts <> '{}';
CREATE INDEX incidents_deadline_missed ON incidents_deadline (incident_id) WHERE state = 'missed';
CREATE INDEX incidents_step_filed ON incidents_step (at, incident_id) WHERE move = 'file';
CREATE INDEX incidents_step_marks
    ON incidents_step (incident_id) INCLUDE (at, move, order_id, actor_id, seq)
    WHERE move IN ('file', 'decline', 'void', 'acknowledge', 'report_back', 'check_fail', 'close', 'reopen',
                   'suspend_approve', 'resume');
"""

DOWN = """
DROP INDEX incidents_step_marks, incidents_step_filed, incidents_deadline_missed, incidents_deadline_shifted,
           incidents_deadline_due;
ALTER TABLE incidents_deadline DROP COLUMN shifts;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
