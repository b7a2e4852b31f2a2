"""Search in a million texts: every incident's pairs of neighbouring characters, with a GIN index.

Chinese is written without spaces, so what is kept of title, text and address is every two characters that follow each
other (and the last one), and of the number every three (with a # before them). What was typed is cut the same way:
whoever contains it contains all of its pieces. The other way round it is not so, and the query compares once more.

`incidents_words` is a table of its own since the incident is rewritten at every move and its words are not. The
application has no right to read the words, only the ids that `incidents_found` names; which of these somebody sees
is for the incident's policy to decide.

That policy becomes one condition again. Since 0017 a restrictive policy stood beside it, and PostgreSQL puts those
before: a condition behind another one reaches an index only if its operator is leakproof, which `&&` is not. Nobody's
reading went by the index of `seen_by` any more.
"""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

# A capital A stands between the pieces: no lower-case text contains one.
FUNCTIONS = (
    r"""
    CREATE FUNCTION incidents_words(number text, title text, said text, address text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT array_to_tsvector(array_remove(array_remove(string_to_array(
            regexp_replace(whole, '(..)', '\1A', 'g') || 'A' || regexp_replace(substr(whole, 2), '(..)', '\1A', 'g')
            || 'A#' || regexp_replace(digits, '(...)', '\1A#', 'g')
            || 'A#' || regexp_replace(substr(digits, 2), '(...)', '\1A#', 'g')
            || 'A#' || regexp_replace(substr(digits, 3), '(...)', '\1A#', 'g'), 'A'), ''), '#'))
        FROM (SELECT lower(number) AS digits, lower(title || chr(10) || said || chr(10) || address) AS whole) plain)
    """,
    r"""
    CREATE FUNCTION incidents_pieces(asked text, before text, size integer) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT string_agg(
            '''' || replace(replace(before || substr(asked, place, size), '\', '\\'), '''', '''''') || ''''
            || CASE WHEN length(asked) < size THEN ':*' ELSE '' END, ' & ')
        FROM generate_series(1, greatest(length(asked) - size + 1, 1)) place)
    """,
    """
    CREATE FUNCTION incidents_found(asked text, texts boolean, most integer) RETURNS bigint[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public
    SET enable_seqscan = off SET enable_bitmapscan = on AS $$
    DECLARE
        pieces tsquery := incidents_pieces(lower(asked), '#', 3);
    BEGIN
        IF texts THEN pieces := pieces || incidents_pieces(lower(asked), '', 2)::tsquery; END IF;
        RETURN ARRAY(SELECT incident_id FROM incidents_words WHERE words @@ pieces LIMIT most);
    END $$
    """,
    """
    CREATE FUNCTION incidents_add_words() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
        INSERT INTO incidents_words
            SELECT id, incidents_words(number, title, text, address) FROM fresh;
        RETURN NULL;
    END $$
    """,
    """
    CREATE FUNCTION incidents_keep_words() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    BEGIN
        DELETE FROM incidents_words WHERE incident_id = OLD.id;
        IF TG_OP <> 'DELETE' THEN
            INSERT INTO incidents_words VALUES (NEW.id, incidents_words(NEW.number, NEW.title, NEW.text, NEW.address));
        END IF;
        RETURN NULL;
    END $$
    """,
)
NAMES = (
    "incidents_found(text, boolean, integer)",
    "incidents_pieces(text, text, integer)",
    "incidents_words(text, text, text, text)",
)
TRIGGERS = (
    "CREATE TRIGGER incidents_words_added AFTER INSERT ON incidents_incident REFERENCING NEW TABLE AS fresh"
    " FOR EACH STATEMENT EXECUTE FUNCTION incidents_add_words()",
    "CREATE TRIGGER incidents_words_dropped AFTER DELETE ON incidents_incident"
    " FOR EACH ROW EXECUTE FUNCTION incidents_keep_words()",
    "CREATE TRIGGER incidents_words_changed AFTER UPDATE OF number, title, text, address ON incidents_incident"
    " FOR EACH ROW WHEN ((OLD.number, OLD.title, OLD.text, OLD.address)"
    " IS DISTINCT FROM (NEW.number, NEW.title, NEW.text, NEW.address)) EXECUTE FUNCTION incidents_keep_words()",
)
SEEN = "seen_by && (SELECT incidents_scopes())"
PUBLISHED = """
    ((SELECT coalesce(kernel_system(), '') <> 'exchange.public') OR EXISTS (
        SELECT 1 FROM exchange_published p
        WHERE p.category = incidents_incident.category
          AND p.region_id IN (incidents_incident.city_id, incidents_incident.district_id, incidents_incident.town_id)
    ))
"""


def upgrade() -> None:
    op.execute("DROP POLICY incidents_incident_published ON incidents_incident")
    op.execute(f"ALTER POLICY incidents_incident_seen ON incidents_incident USING ({SEEN} AND {PUBLISHED})")
    for function in FUNCTIONS[:2]:
        op.execute(function)
    op.execute("CREATE TABLE incidents_words (incident_id bigint NOT NULL, words tsvector NOT NULL)")
    op.execute(
        "INSERT INTO incidents_words"
        " SELECT id, incidents_words(number, title, text, address) FROM incidents_incident"
    )
    op.execute("ALTER TABLE incidents_words ADD CONSTRAINT pk_incidents_words PRIMARY KEY (incident_id)")
    op.execute("CREATE INDEX incidents_words_words ON incidents_words USING gin (words)")
    for statement in (*FUNCTIONS[2:], *TRIGGERS):
        op.execute(statement)
    op.execute("REVOKE ALL ON FUNCTION incidents_found(text, boolean, integer) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION incidents_found(text, boolean, integer) TO chengyun_app")
    op.execute("GRANT SELECT (incident_id) ON incidents_words TO chengyun_app")


def downgrade() -> None:
    op.execute(f"ALTER POLICY incidents_incident_seen ON incidents_incident USING ({SEEN})")
    op.execute(
        "CREATE POLICY incidents_incident_published ON incidents_incident AS RESTRICTIVE FOR SELECT"
        f" USING ({PUBLISHED})"
    )
    for trigger in ("added", "dropped", "changed"):
        op.execute(f"DROP TRIGGER incidents_words_{trigger} ON incidents_incident")
    op.execute("DROP FUNCTION incidents_add_words")
    op.execute("DROP FUNCTION incidents_keep_words")
    op.execute("DROP TABLE incidents_words")
    for name in NAMES:
        op.execute(f"DROP FUNCTION {name}")
