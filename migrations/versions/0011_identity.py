"""identity: second factor, sign-in by OIDC, devices that can be cut off, administrative changes that can be undone"""

from __future__ import annotations

from alembic import op

from chengyun.kernel import rls

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = (
    "ALTER TABLE identity_password ADD COLUMN former text",
    """
    CREATE TABLE identity_device (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_identity_device PRIMARY KEY,
        device_hash bytea NOT NULL,
        person_id bigint CONSTRAINT fk_identity_device_person_id REFERENCES identity_person (id),
        resident_id bigint CONSTRAINT fk_identity_device_resident_id REFERENCES identity_resident (id),
        half bytea,
        created_at timestamptz NOT NULL DEFAULT now(),
        seen_at timestamptz NOT NULL DEFAULT now(),
        cut_at timestamptz,
        CONSTRAINT uq_identity_device_device_hash_person_id UNIQUE (device_hash, person_id),
        CONSTRAINT uq_identity_device_device_hash_resident_id UNIQUE (device_hash, resident_id),
        CONSTRAINT ck_identity_device_holder CHECK (num_nonnulls(person_id, resident_id) = 1)
    )
    """,
    """
    ALTER TABLE identity_session
        ADD COLUMN waits text CONSTRAINT ck_identity_session_waits CHECK (waits IN ('factor', 'enrolment')),
        ADD COLUMN factor_at timestamptz,
        ADD COLUMN cut boolean NOT NULL DEFAULT false,
        ADD COLUMN device_id bigint CONSTRAINT fk_identity_session_device_id REFERENCES identity_device (id),
        ADD COLUMN provider text,
        ADD COLUMN id_token bytea
    """,
    """
    CREATE TABLE identity_factor (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_identity_factor PRIMARY KEY,
        person_id bigint NOT NULL CONSTRAINT fk_identity_factor_person_id REFERENCES identity_person (id),
        secret bytea NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        confirmed_at timestamptz,
        removed_at timestamptz,
        last_step bigint NOT NULL DEFAULT 0
    )
    """,
    "CREATE UNIQUE INDEX uq_identity_factor_person_id ON identity_factor (person_id) WHERE removed_at IS NULL",
    """
    CREATE TABLE identity_recovery (
        factor_id bigint CONSTRAINT fk_identity_recovery_factor_id REFERENCES identity_factor (id),
        code_hash bytea,
        used_at timestamptz,
        CONSTRAINT pk_identity_recovery PRIMARY KEY (factor_id, code_hash)
    )
    """,
    """
    CREATE TABLE identity_account (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_identity_account PRIMARY KEY,
        person_id bigint NOT NULL CONSTRAINT fk_identity_account_person_id REFERENCES identity_person (id),
        issuer text NOT NULL,
        subject text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        removed_at timestamptz
    )
    """,
    "CREATE UNIQUE INDEX uq_identity_account_issuer_subject ON identity_account (issuer, subject)"
    " WHERE removed_at IS NULL",
    "CREATE INDEX ix_identity_account_person_id ON identity_account (person_id)",
    """
    CREATE TABLE identity_oidc_flow (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_identity_oidc_flow PRIMARY KEY,
        state_hash bytea NOT NULL CONSTRAINT uq_identity_oidc_flow_state_hash UNIQUE,
        browser_hash bytea NOT NULL,
        provider text NOT NULL,
        sealed bytea NOT NULL,
        target text NOT NULL,
        ends_at timestamptz NOT NULL,
        used_at timestamptz
    )
    """,
    """
    CREATE TABLE identity_change (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_identity_change PRIMARY KEY,
        at timestamptz NOT NULL,
        actor_id bigint,
        actor_name text NOT NULL,
        kind text NOT NULL,
        subject_kind text NOT NULL,
        subject_id text NOT NULL,
        label text NOT NULL,
        before jsonb NOT NULL,
        after jsonb NOT NULL,
        readers bigint[] NOT NULL,
        touches text[] NOT NULL,
        stands_on text[] NOT NULL,
        in_force boolean NOT NULL DEFAULT true,
        undoes bigint CONSTRAINT fk_identity_change_undoes REFERENCES identity_change (id),
        undone_by bigint CONSTRAINT fk_identity_change_undone_by REFERENCES identity_change (id)
    )
    """,
    "CREATE INDEX ix_identity_change_subject ON identity_change (subject_kind, subject_id)",
    "CREATE INDEX ix_identity_change_readers ON identity_change USING gin (readers)",
    "CREATE INDEX ix_kernel_audit_actor_id ON kernel_audit (actor_id, id)",
    "CREATE INDEX ix_identity_change_touches ON identity_change USING gin (touches)",
)

DOOR = "(SELECT identity_door())"
SYSTEM = "(SELECT identity_system())"
# Secrets: only identity's own parts read them.
SECRET = ("identity_device", "identity_factor", "identity_recovery", "identity_oidc_flow")
# A linked account is seen with its person, whose own policy decides.
ACCOUNT = f"{SYSTEM} OR {rls.of_parent('identity_person', 'person_id')}"
CHANGE = f"{rls.readers_overlap()} OR {SYSTEM}"


def upgrade() -> None:
    for statement in TABLES:
        op.execute(statement)
    for table in SECRET:
        op.execute(rls.grant(table))
        for statement in rls.protect(table, DOOR, check=DOOR):
            op.execute(statement)
    op.execute(rls.grant("identity_account", ("SELECT", "INSERT", "UPDATE")))
    for statement in rls.protect("identity_account", ACCOUNT, check=ACCOUNT):
        op.execute(statement)
    op.execute(rls.grant("identity_change", ("SELECT", "INSERT")))
    op.execute(f"GRANT UPDATE (in_force, undoes, undone_by) ON identity_change TO {rls.APP}")
    for statement in rls.protect("identity_change", CHANGE, check=CHANGE):
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward; restore a backup instead")
