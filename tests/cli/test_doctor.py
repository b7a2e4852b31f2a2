"""What the doctor finds: everything that there is, and what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

from chengyun.cli import examine
from chengyun.kernel import migrations
from tests.cli.commanding import Command, at
from tests.support import Cluster, Links


@pytest.fixture
def chengyun(
    city: Links, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "index.html").touch()
    monkeypatch.setattr(examine, "DIST", tmp_path / "dist")
    return at(city, tmp_path, monkeypatch, capsys)


def found(chengyun: Command) -> tuple[int, dict[str, Any]]:
    said = chengyun("doctor", "--json")
    return said.code, json.loads(said.out)


def test_a_sound_installation(chengyun: Command, city: Links) -> None:
    with psycopg.connect(city.owner_url) as connection:
        connection.execute("ANALYZE territory_region")
    code, seen = found(chengyun)
    assert (code, seen["health"]["ok"], seen["health"]["problems"]) == (0, True, [])
    assert seen["versions"]["schema"] == migrations.head()
    assert seen["versions"]["postgresql"].endswith("(given)")
    assert set(seen["features"]) == {
        "kernel", "territory", "identity", "attachments", "incidents", "sensing", "exchange", "vitals", "command", "scenarios"
    }  # fmt: skip
    assert seen["features"]["territory"]["territory_region"] > 0
    assert "GET /api/health" in seen["routes"]
    assert "incidents.sweep" in seen["jobs"]
    health = seen["health"]
    assert (health["running"], health["workers_alive"], health["failed_jobs"]) == ("no", 0, [])
    text = chengyun("doctor").out
    assert "\nhealth\n  ok: True\n" in text


def test_every_table_belongs_to_a_feature(chengyun: Command, city: Links) -> None:
    shown = {table for tables in found(chengyun)[1]["features"].values() for table in tables}
    with psycopg.connect(city.owner_url) as connection:
        query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        known = {str(row[0]) for row in connection.execute(query)}
    assert {name for name in known if not name.startswith(("procrastinate_", "alembic_"))} == shown


def test_what_is_wrong_is_listed(chengyun: Command, city: Links, monkeypatch: pytest.MonkeyPatch) -> None:
    with psycopg.connect(city.owner_url) as connection:
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts) VALUES"
            " ('default', 'identity.sweep', '{\"ids\": {\"person\": 1}}', 'failed', 8)"
        )
        connection.execute(
            "INSERT INTO kernel_lease (name, last_error) VALUES ('incidents.sweep', 'KeyError')"
        )
    monkeypatch.setattr(examine, "running_at", lambda _home: "http://127.0.0.1:8460")
    monkeypatch.setattr(examine, "LITTLE_SPACE", 1 << 60)
    code, seen = found(chengyun)
    health = seen["health"]
    assert (code, health["ok"]) == (1, False)
    problems = "\n".join(health["problems"])
    for words in ("no worker is alive", "1 failed jobs", "incidents.sweep fails: KeyError", "MB left"):
        assert words in problems
    assert "identity.sweep {'person': 1}: 8 attempts" in health["failed_jobs"][0]


def test_a_console_that_was_not_built(chengyun: Command, tmp_path: Path) -> None:
    (tmp_path / "dist" / "index.html").unlink()
    code, seen = found(chengyun)
    assert (code, seen["health"]["problems"]) == (1, ["the console is not built: make setup"])
    assert seen["versions"]["console"] == "not built: make setup"


def test_a_database_that_is_not_migrated_is_a_finding(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with cluster.fresh("template1") as links:
        code, seen = found(at(links, tmp_path, monkeypatch, capsys))
    assert code == 1
    assert "chengyun migrate" in seen["health"]["problems"][0]
