"""Scenarios over HTTP: staff read what is in use; residents and strangers do not."""

from __future__ import annotations

from pathlib import Path

from chengyun.kernel.contracts import system_actor
from chengyun.kernel.migrations import differences
from chengyun.kernel.transactions import Database
from chengyun.scenarios import routes, service
from tests.identity.support import application, browser, sign_in
from tests.scenarios.support import SHIPPED
from tests.support import Links


def test_staff_read_what_is_in_use_and_strangers_do_not(staged: Database, tmp_path: Path) -> None:
    app = application(staged, tmp_path)
    app.include_router(routes.router)
    client = browser(app)
    assert client.get("/api/scenarios").status_code == 403
    sign_in(client, "shiqiaopu-duty")
    listed = client.get("/api/scenarios").json()
    assert {(one["scenario"], one["version"], one["adopted"]) for one in listed} == {
        ("city-management", "1.0.0", True),
        ("city-vitals", "1.0.0", True),
        ("muck-trucks", "1.0.0", True),
    }
    read = client.get("/api/scenarios/muck-trucks").json()
    assert read["files"]["routing.yaml"] == (SHIPPED / "muck-trucks" / "routing.yaml").read_text()
    assert [one["undone"] for one in read["adoptions"]] == [None]
    assert client.get("/api/scenarios/nobody").status_code == 404


def test_an_older_version_is_read_by_its_number(staged: Database, tmp_path: Path) -> None:
    with staged.begin(system_actor("seed")) as tx:
        older = next(one for one in service.versions(tx) if one.scenario == "muck-trucks")
        folder = tmp_path / "muck-trucks"
        service.export(tx, "muck-trucks", folder)
        (folder / "README.md").write_text("# 新的说明\n", encoding="utf-8")
        service.install(tx, [SHIPPED / "city-management", folder])
        assert service.files(tx, "muck-trucks").files["README.md"] == "# 新的说明\n"
        assert service.files(tx, "muck-trucks", older.id).files["README.md"] != "# 新的说明\n"


def test_tables_and_migration_agree(links: Links) -> None:
    assert [one for one in differences(links.owner_url) if "scenarios" in str(one)] == []
