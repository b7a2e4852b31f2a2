"""What is kept in memory between requests: who a session belongs to, and who wants to be told of moves."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# Signing in and being seen change nobody who is known already.
SESSION = "UPDATE OF ended_at, ends_at, cut, waits, post_id, factor_at OR DELETE OR TRUNCATE"
ANY = "INSERT OR UPDATE OR DELETE OR TRUNCATE"
WATCHED = (
    ("actors", "identity_session", SESSION),
    ("actors", "identity_person", "UPDATE OF active, login, name, language OR DELETE OR TRUNCATE"),
    ("actors", "identity_resident", "UPDATE OF language OR DELETE OR TRUNCATE"),
    ("actors", "identity_post", ANY),
    ("actors", "identity_break_glass", ANY),
    ("actors", "identity_factor", ANY),
    (
        "subscriptions",
        "exchange_subscription",
        "INSERT OR UPDATE OF region_id, types, state OR DELETE OR TRUNCATE",
    ),
)


def upgrade() -> None:
    op.execute(
        "INSERT INTO kernel_revision SELECT name, nextval('kernel_revision_seq')"
        " FROM unnest(ARRAY['actors', 'subscriptions']) AS name"
    )
    for kind, table, events in WATCHED:
        op.execute(
            f"CREATE TRIGGER {table}_revise AFTER {events} ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION kernel_revise('{kind}')"
        )


def downgrade() -> None:
    for _, table, _ in WATCHED:
        op.execute(f"DROP TRIGGER {table}_revise ON {table}")
    op.execute("DELETE FROM kernel_revision WHERE name IN ('actors', 'subscriptions')")
