"""One line of migrations: it reaches the tables' metadata, on populated databases too, and refuses politely."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import procrastinate.schema
import psycopg
import pytest
from tests.kernel import populate
from tests.support import Cluster, Links

from chengyun.kernel import migrations, rls
from chengyun.kernel.errors import AppError, Unavailable, text_of
from chengyun.kernel.migrations import SchemaNewer, SchemaOlder, ServerTooOld, WrongRole

REVISIONS = migrations.revisions()


@pytest.fixture
def empty(cluster: Cluster) -> Iterator[Links]:
    """A database without any schema."""
    with cluster.fresh("template1") as links:
        yield links


def admin_of(cluster: Cluster, links: Links) -> psycopg.Connection[tuple[object, ...]]:
    """A superuser's connection to the test's database: row-level security does not hide rows from it."""
    url = cluster.running.admin_url.rsplit("/", 1)[0]
    return psycopg.connect(f"{url}/{links.name}", autocommit=True)


def test_the_line_is_straight() -> None:
    assert len(set(REVISIONS)) == len(REVISIONS)
    assert sorted(REVISIONS) == REVISIONS
    assert migrations.head() == REVISIONS[-1]


def test_an_empty_database_reaches_the_newest_schema(empty: Links) -> None:
    assert migrations.current(empty.owner_url) is None
    migrations.upgrade(empty.owner_url)
    migrations.upgrade(empty.owner_url)
    assert migrations.current(empty.owner_url) == migrations.head()
    migrations.check_current(empty.app_url)


def test_tables_and_migrations_agree(links: Links) -> None:
    assert migrations.differences(links.owner_url) == []


def test_a_difference_would_be_seen(links: Links, owner_conn: psycopg.Connection[tuple[object, ...]]) -> None:
    owner_conn.execute("ALTER TABLE kernel_lease DROP COLUMN last_error")
    owner_conn.execute("CREATE TABLE kernel_stray (id bigint)")
    shown = str(migrations.differences(links.owner_url))
    assert "last_error" in shown
    assert "kernel_stray" in shown


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_a_populated_database_migrates(cluster: Cluster, empty: Links, revision: str) -> None:
    migrations.upgrade(empty.owner_url, revision)
    with admin_of(cluster, empty) as admin:
        assert populate.fill(admin) == {}
        before = populate.counts(admin)
        assert all(before.values())
        before.pop("kernel_revision", None)  # a row per kind of things, of which a migration may bring more
    migrations.upgrade(empty.owner_url)
    with admin_of(cluster, empty) as admin:
        after = populate.counts(admin)
    assert {name: after.get(name) for name in before} == before


def test_a_schema_newer_than_the_code_is_refused(
    links: Links, owner_conn: psycopg.Connection[tuple[object, ...]]
) -> None:
    migrations.check_not_newer(links.owner_url)
    owner_conn.execute("UPDATE alembic_version SET version_num = '9999'")
    for refuse in (migrations.check_not_newer, migrations.check_current, migrations.upgrade):
        with pytest.raises(SchemaNewer) as refused:
            refuse(links.owner_url)
        assert "9999" in text_of(refused.value, "zh")
        assert "newer version" in text_of(refused.value, "en")
    assert owner_conn.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)


def test_an_older_schema_is_not_served(empty: Links) -> None:
    with pytest.raises(SchemaOlder) as refused:
        migrations.check_current(empty.owner_url)
    assert "chengyun migrate" in text_of(refused.value, "zh")


def test_a_server_that_is_too_old_is_refused(empty: Links, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "OLDEST_SERVER", 99)
    with pytest.raises(ServerTooOld) as refused:
        migrations.upgrade(empty.owner_url)
    assert "99" in text_of(refused.value, "zh")
    assert migrations.current(empty.owner_url) is None


def test_a_missing_application_role_is_told_before_anything_changes(
    empty: Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rls, "APP", "somebody_else")
    with pytest.raises(WrongRole) as refused:
        migrations.upgrade(empty.owner_url)
    assert "own-postgresql.md" in text_of(refused.value, "zh")
    assert migrations.current(empty.owner_url) is None


def test_the_product_does_not_serve_as_a_role_that_passes_the_policies(
    cluster: Cluster, links: Links
) -> None:
    migrations.check_application(links.app_url)
    for url in (links.owner_url, cluster.running.admin_url):
        with pytest.raises(WrongRole) as refused:
            migrations.check_application(url)
        assert refused.value.code == "database.role_unsafe"


def test_a_server_out_of_reach_is_told() -> None:
    with pytest.raises(Unavailable) as refused:
        migrations.upgrade("postgresql://chengyun_owner:x@127.0.0.1:1/chengyun")
    assert refused.value.code == "database.unreachable"


def test_an_upgrade_does_not_wait_for_ever_behind_a_lock(
    empty: Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "_LOCK_TIMEOUT", "200ms")
    migrations.upgrade(empty.owner_url, REVISIONS[0])
    with psycopg.connect(empty.owner_url) as reader:
        reader.execute("SELECT * FROM alembic_version")
        reader.execute("LOCK TABLE alembic_version IN SHARE MODE")
        with pytest.raises(Unavailable) as refused:
            migrations.upgrade(empty.owner_url)
    assert refused.value.code == "migrations.locked"
    assert migrations.current(empty.owner_url) == REVISIONS[0]
    migrations.upgrade(empty.owner_url)
    assert migrations.current(empty.owner_url) == migrations.head()


def test_two_upgrades_at_once_take_turns(empty: Links) -> None:
    errors: list[AppError] = []

    def upgrade() -> None:
        try:
            migrations.upgrade(empty.owner_url)
        except AppError as error:
            errors.append(error)

    threads = [threading.Thread(target=upgrade) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert migrations.current(empty.owner_url) == migrations.head()


def test_the_application_role_cannot_change_the_schema(links: Links) -> None:
    with psycopg.connect(links.app_url, autocommit=True) as app:
        for statement in (
            "CREATE TABLE stray (id int)",
            "ALTER TABLE kernel_lease DISABLE TRIGGER ALL",
            "UPDATE alembic_version SET version_num = 'x'",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(statement)


def test_every_table_is_granted_and_every_jurisdiction_is_forced(links: Links) -> None:
    with psycopg.connect(links.owner_url) as owner:
        unforced = owner.execute(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND NOT relforcerowsecurity"
        ).fetchall()
        unprotected = owner.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE c.relkind = 'r' AND a.attname = 'readers' AND NOT c.relrowsecurity"
        ).fetchall()
        unreadable = owner.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace"
            " AND NOT has_any_column_privilege('chengyun_app', oid, 'SELECT')"
        ).fetchall()
    assert (unforced, unprotected, unreadable) == ([], [], [])


def test_the_pinned_schema_of_procrastinate_is_the_installed_one() -> None:
    (pinned,) = (migrations.folder() / "sql").glob("procrastinate_*.sql")
    shipped = Path(procrastinate.schema.__file__).parent / "sql" / "schema.sql"
    assert pinned.read_text().split("\n", 1)[1] == shipped.read_text(), (
        "write a migration for the new version"
    )


def test_the_how_to_for_an_own_server_makes_what_is_needed(cluster: Cluster) -> None:
    page = (Path(__file__).parents[2] / "docs" / "howto" / "own-postgresql.md").read_text(encoding="utf-8")
    script = re.sub(r"\bchengyun", "howto_chengyun", page.split("```sql\n")[1].split("```")[0])
    with cluster.admin() as admin:
        for statement in script.split(";"):
            if statement.strip():
                admin.execute(statement)
        try:
            url = f"postgresql://howto_chengyun_owner:choose-one@127.0.0.1:{cluster.running.port}/howto_chengyun"
            migrations.upgrade(url)
            migrations.check_current(url)
        finally:
            admin.execute("DROP DATABASE howto_chengyun WITH (FORCE)")
            admin.execute("DROP ROLE howto_chengyun_owner, howto_chengyun_app")
