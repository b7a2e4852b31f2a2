"""Queues of a million incidents: who may see a row is one array with one index, and urgency is an order of its own.

The former policy asked three questions joined by OR, which no index answers. Now `seen_by` holds the readers, the
residents who reported (negative) and 0 for the named parts of the system; whoever asks has the numbers they may meet.
"""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

FUNCTIONS = (
    """
    CREATE FUNCTION incidents_seen_by(readers bigint[], residents bigint[]) RETURNS bigint[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN residents = '{}' THEN 0::bigint || readers
                ELSE 0::bigint || readers || ARRAY(SELECT -resident FROM unnest(residents) resident) END
    """,
    """
    CREATE FUNCTION incidents_scopes() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN incidents_system() THEN ARRAY[0::bigint]
                WHEN incidents_resident() IS NOT NULL THEN ARRAY[-incidents_resident()]
                ELSE kernel_scopes() END
    """,
)
NEW = "seen_by && (SELECT incidents_scopes())"
OLD = (
    "readers && (SELECT kernel_scopes()) OR (SELECT incidents_system())"
    " OR (SELECT incidents_resident()) = ANY (residents)"
)
FAR = "timestamptz '9999-01-01 00:00:00+00'"


def upgrade() -> None:
    for function in FUNCTIONS:
        op.execute(function)
    op.execute(
        "ALTER TABLE incidents_incident ADD COLUMN seen_by bigint[] NOT NULL"
        " GENERATED ALWAYS AS (incidents_seen_by(readers, residents)) STORED"
    )
    op.execute(
        "UPDATE incidents_incident SET rank = 9 WHERE state IN ('closed', 'rated', 'voided', 'merged')"
    )
    op.execute("DROP INDEX incidents_incident_readers")
    op.execute("CREATE INDEX incidents_incident_seen_by ON incidents_incident USING gin (seen_by)")
    op.execute(
        f"CREATE INDEX incidents_incident_urgency ON incidents_incident (rank, (COALESCE(due_at, {FAR})), id)"
    )
    op.execute(
        f"CREATE INDEX incidents_incident_due ON incidents_incident ((COALESCE(due_at, {FAR})), id)"
        " WHERE state NOT IN ('closed', 'rated', 'voided', 'merged')"
    )
    op.execute(
        "CREATE INDEX incidents_incident_above ON incidents_incident (rank, due_at, id)"
        " WHERE pinned OR alerts <> '{}'"
    )
    op.execute("CREATE INDEX incidents_incident_closed ON incidents_incident (closed_at)")
    _policy(NEW)


def downgrade() -> None:
    _policy(OLD)
    for name in ("closed", "above", "due", "urgency", "seen_by"):
        op.execute(f"DROP INDEX incidents_incident_{name}")
    op.execute("CREATE INDEX incidents_incident_readers ON incidents_incident USING gin (readers)")
    op.execute("ALTER TABLE incidents_incident DROP COLUMN seen_by")
    op.execute("DROP FUNCTION incidents_scopes")
    op.execute("DROP FUNCTION incidents_seen_by")


def _policy(who: str) -> None:
    op.execute("DROP POLICY incidents_incident_seen ON incidents_incident")
    op.execute(
        f"CREATE POLICY incidents_incident_seen ON incidents_incident USING ({who}) WITH CHECK ({who})"
    )
