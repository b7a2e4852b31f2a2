"""attachments: stored blobs and the items that refer to them, with row policies

Revision ID: 0004
Revises: 0003
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE attachments_blob (
    sha256 text CONSTRAINT pk_attachments_blob PRIMARY KEY
        CONSTRAINT ck_attachments_blob_sha256 CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    bytes bigint NOT NULL CONSTRAINT ck_attachments_blob_bytes CHECK (bytes > 0),
    media text NOT NULL,
    storage text NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE attachments_item (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_attachments_item PRIMARY KEY,
    kind text NOT NULL CONSTRAINT ck_attachments_item_kind CHECK (kind IN ('photo', 'clip')),
    sha256 text NOT NULL CONSTRAINT fk_attachments_item_sha256 REFERENCES attachments_blob (sha256),
    original_sha256 text NOT NULL,
    thumb_sha256 text CONSTRAINT fk_attachments_item_thumb_sha256 REFERENCES attachments_blob (sha256),
    public_sha256 text CONSTRAINT fk_attachments_item_public_sha256 REFERENCES attachments_blob (sha256),
    width integer,
    height integer,
    taken_at timestamptz,
    lon double precision,
    lat double precision,
    measured boolean NOT NULL DEFAULT false,
    uploaded_at timestamptz NOT NULL DEFAULT now(),
    uploader_kind text NOT NULL,
    uploader_id bigint,
    claim_hash text,
    incident_id bigint,
    readers bigint[] NOT NULL DEFAULT '{}',
    retention_until timestamptz,
    CONSTRAINT ck_attachments_item_position CHECK ((lon IS NULL) = (lat IS NULL))
);
CREATE INDEX ix_attachments_item_incident_id ON attachments_item (incident_id);
CREATE INDEX ix_attachments_item_sha256 ON attachments_item (sha256);
CREATE INDEX ix_attachments_item_thumb_sha256 ON attachments_item (thumb_sha256);
CREATE INDEX ix_attachments_item_public_sha256 ON attachments_item (public_sha256);
CREATE INDEX ix_attachments_item_unbound ON attachments_item (uploaded_at) WHERE incident_id IS NULL;
CREATE INDEX ix_attachments_item_retention_until ON attachments_item (retention_until);

CREATE FUNCTION attachments_claims() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(nullif(current_setting('chengyun.attachment_claims', true), '')::text[], '{}')
$$;
"""

# Read by those who read the incident, by the uploader, by whoever holds the claim's secret, and, once a version
# fit for the public exists, by anybody (the route then serves that version only).
SYSTEM = "(SELECT identity_system())"
HELD = (
    "readers && (SELECT kernel_scopes())"
    " OR (uploader_id = (SELECT kernel_actor_id()) AND uploader_kind = (SELECT kernel_actor_kind()))"
    f" OR claim_hash = ANY ((SELECT attachments_claims())::text[]) OR {SYSTEM}"
)
OWN = (
    "(uploader_kind = (SELECT kernel_actor_kind()) AND uploader_id IS NOT DISTINCT FROM (SELECT kernel_actor_id()))"
    f" OR {SYSTEM}"
)
RULES = (
    "ALTER TABLE attachments_item ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE attachments_item FORCE ROW LEVEL SECURITY",
    f"CREATE POLICY reads ON attachments_item FOR SELECT USING ({HELD})",
    "CREATE POLICY reads_public ON attachments_item FOR SELECT USING"
    " (public_sha256 IS NOT NULL AND coalesce((SELECT kernel_actor_kind()), '') <> '')",
    f"CREATE POLICY adds ON attachments_item FOR INSERT WITH CHECK ({OWN})",
    f"CREATE POLICY changes ON attachments_item FOR UPDATE USING ({HELD}) WITH CHECK (true)",
    f"CREATE POLICY removes ON attachments_item FOR DELETE USING ({SYSTEM})",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON attachments_item, attachments_blob TO chengyun_app",
)


def upgrade() -> None:
    """Create both tables and the item's policies; a blob by itself says nothing about anybody."""
    op.execute(TABLES)
    for rule in RULES:
        op.execute(rule)


def downgrade() -> None:
    """Drop everything again."""
    op.execute("DROP TABLE attachments_item, attachments_blob")
    op.execute("DROP FUNCTION attachments_claims()")
