"""SQL for row-level security, for the migrations of every feature.

`FORCE` binds the owner too. What follows from that each feature must know:
* a migration that reads or changes protected rows runs as system "migration" (`kernel.migrations` sets it);
* `COPY ... FROM` is refused by PostgreSQL on a protected table: use `kernel.bulk.insert`, which copies into a
  temporary table and inserts from there;
* `INSERT ... RETURNING` and `UPDATE` need the new row to be readable by whoever writes it;
* settings are read in a sub-select, once per statement; bare, they would be parsed again for every row;
* foreign-key checks are not subject to the policies, so a reference to an invisible row still holds.
"""

from __future__ import annotations

from collections.abc import Sequence

APP = "chengyun_app"
# Open on every protected table: a migration itself, and the loading of shipped data.
ALWAYS = ("migration", "seed")


def readers_overlap(column: str = "readers") -> str:
    """The row's readers overlap the actor's scopes."""
    return f"{column} && (SELECT kernel_scopes())"


def of_parent(parent: str, key: str, parent_key: str = "id") -> str:
    """The parent row that `key` names is visible (the parent's own policy decides)."""
    return f"EXISTS (SELECT 1 FROM {parent} parent WHERE parent.{parent_key} = {key})"


def own(column: str, kind: str) -> str:
    """The row belongs to the actor, who is of `kind` ("resident", "person", ...)."""
    return f"({column} = (SELECT kernel_actor_id()) AND (SELECT kernel_actor_kind()) = '{kind}')"


def system_in(*names: str) -> str:
    """The actor is one of the named parts of the system (or `migration` / `seed`)."""
    return f"(SELECT kernel_system()) IN ({_listed(names)})"


def readable(*systems: str, column: str = "readers") -> str:
    """The row's readers overlap the actor's scopes, or the actor is one of the named systems.

    Both halves are questions that a GIN index on `column` answers; `readers_overlap` or'ed with `system_in`
    is not (docs/decisions/0002 has the figures).
    """
    return f"{readers_overlap(column)} OR {column} @> (SELECT kernel_open_to({_listed(systems)}))"


def protect(table: str, using: str, *, system: Sequence[str] = (), check: str = "true") -> list[str]:
    """Statements: ENABLE + FORCE and one policy for reading and writing; the named systems pass.

    `using` decides what is seen, changed and removed. `check` decides what may be written; it is open by
    default since a reporter writes rows whose readers are other people.
    """
    systems = system_in(*system)
    return _force(table, f"{systems} OR ({using})", "true" if check == "true" else f"{systems} OR ({check})")


def protect_by_readers(table: str, *, system: Sequence[str] = (), column: str = "readers") -> list[str]:
    """Like `protect`, for a table that has readers itself and a GIN index on them."""
    return _force(table, readable(*system, column=column), "true")


def _force(table: str, using: str, check: str) -> list[str]:
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY {table}_scope ON {table} USING ({using}) WITH CHECK ({check})",
    ]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in sorted({*ALWAYS, *names}))


def grant(table: str, rights: Sequence[str] = ("SELECT", "INSERT", "UPDATE", "DELETE")) -> str:
    """Give the application role its rights on `table`."""
    return f"GRANT {', '.join(rights)} ON {table} TO {APP}"


def append_only(table: str, changeable: Sequence[str] = (), once: str | None = None) -> list[str]:
    """Statements: rows of `table` are added and read, never removed or rewritten, not even by the owner.

    `changeable` columns may be set while column `once` is still NULL (a seal). The triggers hold for every
    role; the application role does not even have the grants.
    """
    names = ", ".join(f"'{name}'" for name in changeable)
    kept = f"(to_jsonb(NEW) - ARRAY[{names}]::text[]) = (to_jsonb(OLD) - ARRAY[{names}]::text[])"
    allowed = f"OLD.{once} IS NULL AND {kept}" if changeable else "false"
    update = [f"GRANT UPDATE ({', '.join(changeable)}) ON {table} TO {APP}"] if changeable else []
    return [
        f"""CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' THEN IF {allowed} THEN RETURN NEW; END IF; END IF;
            RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'insufficient_privilege';
        END $$""",
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION {table}_append_only()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()",
        grant(table, ("SELECT", "INSERT")),
        *update,
    ]
