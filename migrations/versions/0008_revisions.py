"""Tokens of what processes keep in memory: one new token whenever a row of the kind changes."""

from __future__ import annotations

from alembic import op

from chengyun.kernel import rls

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KINDS = {
    "territory": "territory_version",
    "units": "identity_unit",
    "rulebook": "incidents_rulebook",
    "calendar": "kernel_calendar_day",
}


def upgrade() -> None:
    op.execute("CREATE SEQUENCE kernel_revision_seq")
    op.execute(
        "CREATE TABLE kernel_revision (name text CONSTRAINT pk_kernel_revision PRIMARY KEY,"
        " token bigint NOT NULL)"
    )
    op.execute(rls.grant("kernel_revision", ("SELECT", "UPDATE")))
    op.execute(f"GRANT USAGE ON SEQUENCE kernel_revision_seq TO {rls.APP}")
    op.execute(
        """
        CREATE FUNCTION kernel_revise() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE kernel_revision SET token = nextval('kernel_revision_seq') WHERE name = TG_ARGV[0];
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        "INSERT INTO kernel_revision SELECT name, nextval('kernel_revision_seq')"
        " FROM unnest(ARRAY['territory', 'units', 'rulebook', 'calendar', 'models']) AS name"
    )
    for kind, table in KINDS.items():
        op.execute(
            f"CREATE TRIGGER {table}_revise AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION kernel_revise('{kind}')"
        )


def downgrade() -> None:
    for table in KINDS.values():
        op.execute(f"DROP TRIGGER {table}_revise ON {table}")
    op.execute("DROP FUNCTION kernel_revise")
    op.execute("DROP TABLE kernel_revision")
    op.execute("DROP SEQUENCE kernel_revision_seq")
