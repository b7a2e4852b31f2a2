"""Heads of audit chains that others keep for us and we for others; the open red incidents at a glance."""

from __future__ import annotations

from alembic import op

from chengyun.kernel import rls

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

WITNESS = """
    CREATE TABLE kernel_witness (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_kernel_witness PRIMARY KEY,
        chain text NOT NULL,
        seq bigint NOT NULL,
        hash bytea NOT NULL,
        witness text NOT NULL,
        received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT uq_kernel_witness_chain_seq_witness UNIQUE (chain, seq, witness)
    )
"""
RED = """
    CREATE INDEX incidents_incident_red ON incidents_incident (id)
    WHERE level = 'red' AND state NOT IN ('closed', 'rated', 'voided', 'merged')
"""


def upgrade() -> None:
    op.execute(WITNESS)
    for statement in rls.append_only("kernel_witness"):
        op.execute(statement)
    op.execute(RED)


def downgrade() -> None:
    op.execute("DROP INDEX incidents_incident_red")
    op.execute("DROP TABLE kernel_witness")
    op.execute("DROP FUNCTION kernel_witness_append_only")
