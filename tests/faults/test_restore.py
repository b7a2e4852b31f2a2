"""The drill: load, backup, more writes, a moment noted, more writes, a crash, back to the moment.

What was acknowledged before the moment is there, nothing after it is; a backup that was touched is refused before
anything is changed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from chengyun.attachments.storage import DiskStorage, put_bytes
from chengyun.cli.main import run
from chengyun.cli.runtime import embedded, installation
from chengyun.identity.vault import open_vault
from chengyun.kernel import audit
from chengyun.kernel.contracts import system_actor
from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Database
from tests.web.support import until

SEED = system_actor("seed")


@dataclass
class House:
    """An installation that hands its log over."""

    settings: Settings
    backups: Path

    @contextmanager
    def open(self) -> Iterator[Database]:
        with installation(self.settings) as where:
            database = Database(where.app_url, pool_size=2)
            try:
                yield database
            finally:
                database.dispose()

    def acts(self) -> set[str]:
        with self.open() as db, db.begin(SEED) as tx:
            assert audit.verify(tx).ok
            query = sa.text("SELECT subject_id FROM kernel_audit WHERE action = 'drill.act'")
            return set(tx.execute(query).scalars())


def act(db: Database, names: list[str]) -> None:
    """Each is acknowledged when this returns: a row of its own transaction, sealed with the others."""
    for name in names:
        with db.begin(SEED) as tx:
            audit.record(tx, "drill.act", ("act", name))
    with db.begin(SEED) as tx:
        audit.seal(tx)


def attach(house: House, db: Database, text: str) -> str:
    """A content with its row."""
    content, digest = text.encode(), hashlib.sha256(text.encode()).hexdigest()
    put_bytes(DiskStorage(house.settings.home / "attachments"), digest, content, "image/jpeg")
    statement = "INSERT INTO attachments_blob VALUES (:sha256, :bytes, 'image/jpeg', 'disk')"
    with db.begin(SEED) as tx:
        tx.execute(sa.text(statement), {"sha256": digest, "bytes": len(content)})
    return digest


@pytest.fixture(scope="module")
def house(open_folder: Path) -> Iterator[House]:
    folder = open_folder
    with pytest.MonkeyPatch.context() as patch:
        found = House(at(patch, folder / "home", folder / "backups"), folder / "backups")
        assert run(["migrate"]) == 0
        open_vault(found.settings)
        yield found
        embedded(found.settings).destroy()


def at(patch: pytest.MonkeyPatch, home: Path, backups: Path) -> Settings:
    for name in ("CHENGYUN_DATABASE_URL", "CHENGYUN_OWNER_DATABASE_URL", "CHENGYUN_DEMO"):
        patch.delenv(name, raising=False)
    patch.setenv("CHENGYUN_HOME", str(home))
    patch.setenv("CHENGYUN_BACKUP_DIR", str(backups))
    return Settings.from_env()


@dataclass
class Drilled:
    """What is known after the crash."""

    backup: Path
    noted: datetime
    before: set[str]
    after: set[str]
    photo: str


@pytest.fixture(scope="module")
def drilled(house: House) -> Drilled:
    """Everything up to the crash."""
    with house.open() as db:
        act(db, [f"loaded-{n}" for n in range(30)])
        photo = attach(house, db, "a photo of before")
        assert run(["backup"]) == 0
        act(db, [f"before-{n}" for n in range(20)])
        time.sleep(0.05)
        noted = datetime.now(UTC)
        time.sleep(0.05)
        act(db, [f"after-{n}" for n in range(20)])
        running = embedded(house.settings).running()
        assert running is not None
        os.kill(running.pid, signal.SIGQUIT)
        until(lambda: embedded(house.settings).running() is None)
    backups = [path for path in house.backups.iterdir() if (path / "manifest.json").exists()]
    assert len(backups) == 1
    before = {f"loaded-{n}" for n in range(30)} | {f"before-{n}" for n in range(20)}
    return Drilled(backups[0], noted, before, {f"after-{n}" for n in range(20)}, photo)


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


def flip(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 1]))


TOUCHED: dict[str, Callable[[Path], None]] = {
    "the base is changed": lambda folder: flip(folder / "database" / "base.tar"),
    "the base is cut off": lambda folder: cut(folder / "database" / "base.tar"),
    "the log is gone": lambda folder: (folder / "database" / "pg_wal.tar").unlink(),
    "the manifest is changed": lambda folder: flip(folder / "manifest.json"),
    "the seal is gone": lambda folder: (folder / "manifest.sha256").unlink(),
}


@pytest.mark.parametrize("how", sorted(TOUCHED))
def test_a_damaged_backup_is_refused_before_anything_is_touched(
    house: House, drilled: Drilled, how: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(drilled.backup, folder)
    TOUCHED[how](folder)
    data = sorted(path.name for path in (house.settings.home / "postgres").iterdir())
    assert run(["restore", str(folder), "--replace"]) == 2
    assert "damaged" in capsys.readouterr().err
    assert sorted(path.name for path in (house.settings.home / "postgres").iterdir()) == data
    assert run(["backup", "--check", str(folder)]) == 2


def test_a_living_installation_is_not_replaced_by_mistake(
    house: House, drilled: Drilled, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["restore", str(house.backups)]) == 2
    assert "--replace" in capsys.readouterr().err


def test_a_moment_that_cannot_be_reached_is_refused(
    house: House, drilled: Drilled, capsys: pytest.CaptureFixture[str]
) -> None:
    long_ago = drilled.noted - timedelta(days=1)
    assert run(["restore", str(house.backups), "--replace", "--at", long_ago.isoformat()]) == 2
    assert run(["restore", str(drilled.backup), "--replace", "--at", long_ago.isoformat()]) == 2
    assert "cannot go back" in capsys.readouterr().err


@pytest.mark.nightly
def test_a_log_that_ends_before_the_moment_is_refused(
    house: House, drilled: Drilled, capsys: pytest.CaptureFixture[str]
) -> None:
    tomorrow = drilled.noted + timedelta(days=1)
    assert run(["restore", str(house.backups), "--replace", "--at", tomorrow.isoformat()]) == 2
    assert "does not reach" in capsys.readouterr().err


def test_a_gap_in_the_log_is_refused(house: House, drilled: Drilled, tmp_path: Path) -> None:
    """Segments 1 and 3 beside the backup, 2 is lost: what came after it must not vanish silently."""
    shutil.copytree(drilled.backup, tmp_path / drilled.backup.name)
    (tmp_path / "wal").mkdir()
    for number in (100, 102):
        (tmp_path / "wal" / f"{1:08X}{0:08X}{number:08X}").write_bytes(bytes(1 << 24))
    assert run(["restore", str(tmp_path), "--replace"]) == 2
    assert not (house.settings.home / "postgres" / "data.restoring").exists()


def test_back_to_the_moment_and_on_from_there(
    house: House,
    drilled: Drilled,
    capsys: pytest.CaptureFixture[str],
    open_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert run(["restore", str(house.backups), "--replace", "--at", drilled.noted.isoformat()]) == 0
    told = capsys.readouterr().out
    assert "50 已封存 sealed" in told
    assert "data.replaced-" in told
    assert house.acts() == drilled.before
    with house.open() as db:  # life goes on, and so does the log
        act(db, ["later"])
        assert run(["backup", "--keep", "1"]) == 0
        act(db, ["last"])
        with db.begin(SEED) as tx:
            tx.execute(sa.text("SELECT 1"))
    assert not drilled.backup.exists(), "only one was to be kept"
    elsewhere = House(at(monkeypatch, open_folder / "elsewhere", open_folder / "none"), house.backups)
    assert run(["restore", str(house.backups)]) == 2
    assert "--key" in capsys.readouterr().err
    key = house.settings.home / "secret.key"
    try:
        assert run(["restore", str(house.backups), "--key", str(key)]) == 0
        assert "1 取自备份 from the backup, 0 缺失 missing" in capsys.readouterr().out
        assert elsewhere.acts() == drilled.before | {"later", "last"}
        assert DiskStorage(elsewhere.settings.home / "attachments").exists(drilled.photo)
    finally:
        embedded(elsewhere.settings).destroy()


def test_a_server_of_their_own_is_theirs_to_back_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHENGYUN_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    assert run(["backup", "--to", str(tmp_path)]) == 2
    assert "pg_basebackup" in capsys.readouterr().err
