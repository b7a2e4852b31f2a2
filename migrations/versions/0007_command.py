"""Duty and handover: signed handovers, switches."""

from __future__ import annotations

from alembic import op

from chengyun.kernel import rls

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = (
    """
    CREATE TABLE command_handover (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_command_handover PRIMARY KEY,
        centre_id bigint NOT NULL,
        readers bigint[] NOT NULL,
        since timestamptz NOT NULL,
        until timestamptz NOT NULL,
        by_id bigint NOT NULL,
        by_name text NOT NULL,
        notes text NOT NULL,
        content jsonb NOT NULL
    )
    """,
    "CREATE INDEX ix_command_handover_centre ON command_handover (centre_id, until)",
    """
    CREATE TABLE command_switch (
        name text CONSTRAINT pk_command_switch PRIMARY KEY,
        is_on boolean NOT NULL,
        by_name text NOT NULL,
        at timestamptz NOT NULL
    )
    """,
)


def upgrade() -> None:
    for statement in TABLES:
        op.execute(statement)
    for statement in rls.protect("command_handover", rls.readers_overlap()):
        op.execute(statement)
    for statement in rls.append_only("command_handover"):
        op.execute(statement)
    op.execute(rls.grant("command_switch", ("SELECT", "INSERT", "UPDATE")))


def downgrade() -> None:
    op.execute("DROP TABLE command_switch, command_handover")
