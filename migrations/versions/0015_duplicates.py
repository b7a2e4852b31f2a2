"""Duplicates: merged incidents follow a master; what is near is found by square and time."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BEFORE = "state NOT IN ('closed', 'rated', 'voided')"
OPEN = "state NOT IN ('closed', 'rated', 'voided', 'merged')"
PARTIAL = {
    "incidents_incident_desk": "desk_id, rank, due_at, id",
    "incidents_incident_map": "lon, lat",
    "incidents_incident_open_district": "district_id, rank",
    "incidents_incident_open_town": "town_id, rank",
    "incidents_incident_owner": "centre_id, state",
}


def _narrowed(where: str) -> None:
    """The indexes of what is open, for another meaning of open."""
    for name, columns in PARTIAL.items():
        op.execute(f"DROP INDEX {name}")
        op.execute(f"CREATE INDEX {name} ON incidents_incident ({columns}) WHERE {where}")


def upgrade() -> None:
    op.execute(
        "ALTER TABLE incidents_incident ADD COLUMN merged_into BIGINT,"
        " ADD COLUMN cell BIGINT GENERATED ALWAYS AS"
        " ((floor(lat / 0.002) * 1000000 + floor(lon / 0.002))::bigint) STORED NOT NULL,"
        " ADD CONSTRAINT fk_incidents_incident_merged_into"
        " FOREIGN KEY (merged_into) REFERENCES incidents_incident (id)"
    )
    _narrowed(OPEN)
    op.execute(f"CREATE INDEX incidents_incident_near ON incidents_incident (cell, reported_at) WHERE {OPEN}")
    op.execute(
        "CREATE INDEX incidents_incident_merged ON incidents_incident (merged_into)"
        " WHERE merged_into IS NOT NULL"
    )


def downgrade() -> None:
    op.execute("DROP INDEX incidents_incident_near, incidents_incident_merged")
    _narrowed(BEFORE)
    op.execute("ALTER TABLE incidents_incident DROP COLUMN merged_into, DROP COLUMN cell")
