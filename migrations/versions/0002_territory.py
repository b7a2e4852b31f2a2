"""Territory: versions, dated regions, names and governance, shapes, places.

Everybody may read it: borders and names are public. Only the system writes (import, reorganisation, seed),
which a statement trigger holds; row-level security would forbid the COPY that loads 65,000 shapes.

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = ("version", "region", "alias", "governance", "shape", "place")


def upgrade() -> None:
    """Create the tables, their guard and the grants."""
    _create_regions()
    _create_dated()
    _create_shapes_and_places()
    _guard_writes()


def _create_regions() -> None:
    op.execute("""
        CREATE TABLE territory_version (
            id integer CONSTRAINT pk_territory_version PRIMARY KEY,
            label text NOT NULL,
            valid_from date NOT NULL,
            source text NOT NULL,
            attribution text NOT NULL,
            schematic boolean NOT NULL,
            digest text NOT NULL
        )""")
    op.execute("""
        CREATE TABLE territory_region (
            id bigint CONSTRAINT pk_territory_region PRIMARY KEY,
            level text NOT NULL,
            kind text NOT NULL,
            key text NOT NULL CONSTRAINT uq_territory_region_key UNIQUE,
            name text NOT NULL,
            code text,
            parent_id bigint CONSTRAINT fk_territory_region_parent_id_territory_region
                REFERENCES territory_region (id),
            pinyin text NOT NULL,
            initials text NOT NULL,
            valid_from date NOT NULL,
            valid_to date,
            CONSTRAINT ck_territory_region_id_range CHECK (id BETWEEN 1 AND 999999),
            CONSTRAINT ck_territory_region_level
                CHECK (level IN ('city', 'district', 'town', 'village', 'grid')),
            CONSTRAINT ck_territory_region_parent CHECK ((parent_id IS NULL) = (level = 'city'))
        )""")
    op.execute("CREATE INDEX ix_territory_region_parent_id ON territory_region (parent_id)")


def _create_dated() -> None:
    op.execute("""
        CREATE TABLE territory_alias (
            region_id bigint NOT NULL CONSTRAINT fk_territory_alias_region_id_territory_region
                REFERENCES territory_region (id),
            valid_from date NOT NULL,
            valid_to date,
            name text NOT NULL,
            code text,
            parent_id bigint CONSTRAINT fk_territory_alias_parent_id_territory_region
                REFERENCES territory_region (id),
            CONSTRAINT pk_territory_alias PRIMARY KEY (region_id, valid_from)
        )""")
    op.execute("CREATE INDEX ix_territory_alias_code ON territory_alias (code)")
    op.execute("""
        CREATE TABLE territory_governance (
            region_id bigint NOT NULL CONSTRAINT fk_territory_governance_region_id_territory_region
                REFERENCES territory_region (id),
            valid_from date NOT NULL,
            valid_to date,
            centre_id bigint NOT NULL CONSTRAINT fk_territory_governance_centre_id_territory_region
                REFERENCES territory_region (id),
            CONSTRAINT pk_territory_governance PRIMARY KEY (region_id, valid_from)
        )""")
    op.execute("""CREATE UNIQUE INDEX ix_territory_governance_current
        ON territory_governance (region_id) WHERE valid_to IS NULL""")
    op.execute("CREATE INDEX ix_territory_governance_centre_id ON territory_governance (centre_id)")


def _create_shapes_and_places() -> None:
    op.execute("""
        CREATE TABLE territory_shape (
            version integer NOT NULL CONSTRAINT fk_territory_shape_version_territory_version
                REFERENCES territory_version (id),
            region_id bigint NOT NULL CONSTRAINT fk_territory_shape_region_id_territory_region
                REFERENCES territory_region (id),
            rings bytea NOT NULL,
            CONSTRAINT pk_territory_shape PRIMARY KEY (version, region_id)
        )""")
    op.execute("ALTER TABLE territory_shape ALTER COLUMN rings SET STORAGE EXTERNAL")
    op.execute("CREATE INDEX ix_territory_shape_region_id ON territory_shape (region_id)")
    op.execute("""
        CREATE TABLE territory_place (
            id bigint CONSTRAINT pk_territory_place PRIMARY KEY,
            name text NOT NULL,
            kind text NOT NULL,
            detail text NOT NULL,
            pinyin text NOT NULL,
            initials text NOT NULL,
            lon double precision NOT NULL,
            lat double precision NOT NULL,
            region_id bigint CONSTRAINT fk_territory_place_region_id_territory_region
                REFERENCES territory_region (id),
            schematic boolean NOT NULL,
            source text NOT NULL
        )""")
    op.execute("CREATE INDEX ix_territory_place_region_id ON territory_place (region_id)")
    op.execute("CREATE SEQUENCE territory_place_seq")
    op.execute("GRANT USAGE ON SEQUENCE territory_place_seq TO chengyun_app")


def _guard_writes() -> None:
    op.execute("""
        CREATE FUNCTION territory_guard() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF kernel_actor_kind() IS DISTINCT FROM 'system' AND kernel_system() IS DISTINCT FROM 'migration' THEN
                RAISE EXCEPTION 'territory is written by import, reorganisation and seed only'
                    USING ERRCODE = 'insufficient_privilege';
            END IF;
            RETURN NULL;
        END $$""")
    for table in TABLES:
        op.execute(f"""CREATE TRIGGER territory_{table}_guard
            BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON territory_{table}
            FOR EACH STATEMENT EXECUTE FUNCTION territory_guard()""")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON territory_{table} TO chengyun_app")


def downgrade() -> None:
    """Drop everything of the territory."""
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE territory_{table}")
    op.execute("DROP FUNCTION territory_guard()")
    op.execute("DROP SEQUENCE territory_place_seq")
