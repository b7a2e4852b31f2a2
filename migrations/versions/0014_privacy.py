"""Privacy: texts of ended incidents may be masked and erased, by one policy and through two functions only.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

COLUMNS = """
    ALTER TABLE incidents_incident ADD COLUMN masked_at timestamptz, ADD COLUMN emptied_at timestamptz;
    ALTER TABLE incidents_report ADD COLUMN erase_asked_at timestamptz, ADD COLUMN erased_at timestamptz;
    CREATE INDEX incidents_incident_ended ON incidents_incident (changed_at) WHERE emptied_at IS NULL;
"""
# History and messages are append-only for the application. These two functions change their words, nothing else, and
# only under the policy that masks and erases; who did what and when, and what a replay needs, cannot be given here.
GUARD = """
    IF kernel_system() IS DISTINCT FROM 'incidents.privacy' THEN
        RAISE EXCEPTION 'only privacy rewrites words' USING ERRCODE = 'insufficient_privilege';
    END IF;
"""
FUNCTIONS = (
    f"""
    CREATE FUNCTION incidents_rewrite_step(of bigint, place integer, words text, given jsonb, reasons jsonb)
    RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN {GUARD}
        UPDATE incidents_step SET text = words, args = given, why = reasons
        WHERE incident_id = of AND seq = place AND given ?& ARRAY(SELECT jsonb_object_keys(args));
        IF NOT FOUND THEN RAISE EXCEPTION 'a step loses nothing but words'; END IF;
    END $$
    """,
    f"""
    CREATE FUNCTION incidents_rewrite_message(number bigint, chinese text, english text)
    RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN {GUARD}
        UPDATE incidents_message SET zh = chinese, en = english WHERE id = number;
    END $$
    """,
)
NAMES = (
    "incidents_rewrite_step(bigint, integer, text, jsonb, jsonb)",
    "incidents_rewrite_message(bigint, text, text)",
)


def upgrade() -> None:
    op.execute(COLUMNS)
    for function in FUNCTIONS:
        op.execute(function)
    for name in NAMES:
        op.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO chengyun_app")


def downgrade() -> None:
    for name in NAMES:
        op.execute(f"DROP FUNCTION {name}")
    op.execute("DROP INDEX incidents_incident_ended")
    op.execute("ALTER TABLE incidents_incident DROP COLUMN masked_at, DROP COLUMN emptied_at")
    op.execute("ALTER TABLE incidents_report DROP COLUMN erase_asked_at, DROP COLUMN erased_at")
