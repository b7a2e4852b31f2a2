"""Checkups: the health report of a region for a period, each version for good.

Revision ID: 0026
Revises: 0025
"""

from __future__ import annotations

from alembic import op

from chengyun.kernel import rls

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

UP = """
CREATE TABLE vitals_checkup (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_vitals_checkup PRIMARY KEY,
    region_id bigint NOT NULL CONSTRAINT fk_vitals_checkup_region_id_territory_region REFERENCES territory_region,
    period text NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    ends timestamptz NOT NULL,
    readers bigint[] NOT NULL,
    method text NOT NULL,
    content jsonb NOT NULL,
    computed_at timestamptz NOT NULL,
    by_id bigint,
    by_name text
);
CREATE INDEX ix_vitals_checkup_readers ON vitals_checkup USING gin (readers);
CREATE INDEX ix_vitals_checkup_region ON vitals_checkup (region_id, since, id);
"""


def upgrade() -> None:
    for statement in (
        UP,
        *rls.protect_by_readers("vitals_checkup", system=("vitals",)),
        *rls.append_only("vitals_checkup"),
    ):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE vitals_checkup")
    op.execute("DROP FUNCTION vitals_checkup_append_only")
