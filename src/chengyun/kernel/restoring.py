"""Bring a backup back, to its newest state or to a moment: aside first, and in place only when it is proven.

The living data is not touched until the restored server has come up, reached its moment and been examined; then two
folders change names. What was there before stays beside it.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql

from chengyun.kernel import backup, wal_archive
from chengyun.kernel.errors import Unavailable
from chengyun.kernel.postgres import ADMIN, DATABASE, Embedded
from chengyun.kernel.postgres_place import Account, binaries, clean_environment, socket_folder
from chengyun.kernel.postgres_server import any_port, check_major, configure, failure

_LIMIT_S = 6 * 3600.0
_STOP_S = 60.0
_REACHED = "last completed transaction was at log time "


@dataclass(frozen=True, slots=True)
class Restored:
    """A server that runs aside, with what it has reached. `url`: as superuser, by its private socket."""

    url: str
    reached: datetime | None  # of the last transaction that came after the backup; None: there was none
    lsn: str


class Restoring:
    """One restore into the home of `server`, which must not run."""

    def __init__(self, server: Embedded, folder: Path, archive: Path) -> None:
        self.server = server
        self.folder = folder
        self.archive = archive
        self.who: Account = server.account()
        self.place = server.place()
        self.living = self.place / "data"
        self.fresh = self.place / "data.restoring"
        self.log_source = self.place / "wal.restoring"
        self.log = server.home / "restore.log"

    def begin(self) -> None:
        """Unpack the checked backup and collect the log. Raises Unavailable for a gap or a cut-off segment."""
        self.discard()
        manifest = backup.read(self.folder)
        archived = wal_archive.since(self.archive, manifest.first_segment)
        self.last_archived = max((wal_archive.number_of(path.name) for path in archived), default=0)
        self.log_source.mkdir(mode=0o700)
        for path in (
            *self._unarchived(manifest.first_segment),
            *archived,
            *wal_archive.histories(self.archive),
        ):
            shutil.copyfile(path, self.log_source / path.name)
        self.fresh.mkdir(mode=0o700)
        _unpack(self.folder / backup.BASE, self.fresh)
        _unpack(self.folder / backup.LOG, self.fresh / "pg_wal")
        (self.fresh / "postmaster.pid").unlink(missing_ok=True)
        (self.fresh / "recovery.signal").touch()
        self._own()
        check_major(binaries(self.who), self.fresh, self.who)

    def _unarchived(self, first: int) -> list[Path]:
        """What a server that died here had not handed over yet; the archive's own segments come after and win."""
        tail = self.living / "pg_wal"
        return [path for path in wal_archive.segments(tail) if wal_archive.number_of(path.name) >= first] + (
            wal_archive.histories(tail)
        )

    def _own(self) -> None:
        for root in (self.fresh, self.log_source):
            self.who.own(root)
            for parent, folders, files in os.walk(root):
                for name in (*folders, *files):
                    self.who.own(Path(parent) / name)

    @contextmanager
    def running(self, at: datetime | None) -> Iterator[Restored]:
        """The restored server, aside, at the moment `at` (None: the newest). Raises Unavailable when not reached."""
        sockets = socket_folder(self.fresh, self.who)
        process = self._launch(sockets, at)
        try:
            url = f"postgresql://{ADMIN}@/{DATABASE}?host={sockets}&port={self.port}"
            reached, lsn = self._wait(process, url, at)
            if at is None and wal_archive.number_at(lsn) < self.last_archived:
                raise Unavailable("backup.wal_broken", folder=str(self.archive), lsn=lsn)
            self._password(url)
            yield Restored(url, reached, lsn)
        finally:
            if process.poll() is None:
                os.kill(process.pid, signal.SIGINT)
                process.wait(_STOP_S)
            shutil.rmtree(sockets, ignore_errors=True)

    def _launch(self, sockets: Path, at: datetime | None) -> subprocess.Popen[bytes]:
        self.port = any_port()
        configure(self.fresh, self.who, self.port, sockets, unsafe_fast=False)
        access = self.fresh / "restore_hba.conf"
        access.write_text("local all all trust\n")
        self.who.own(access)
        options = {
            "listen_addresses": "",
            "hba_file": str(access),
            "archive_mode": "off",
            "restore_command": f'cp "{str(self.log_source).replace("%", "%%")}/%f" "%p"',
            "recovery_target_action": "promote",
        }
        if at is not None:
            options["recovery_target_time"] = at.astimezone(UTC).isoformat()
        given = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with self.log.open("wb") as log:
            return subprocess.Popen(
                [str(binaries(self.who) / "postgres"), "-D", str(self.fresh), *given],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=clean_environment(), cwd="/",
                start_new_session=True, **self.who.popen(),
            )  # fmt: skip

    def _wait(
        self, process: subprocess.Popen[bytes], url: str, at: datetime | None
    ) -> tuple[datetime | None, str]:
        """Until recovery is over: the last transaction's moment, and the position in the log."""
        query = "SELECT pg_is_in_recovery(), pg_last_xact_replay_timestamp(), pg_last_wal_replay_lsn()::text"
        end = time.monotonic() + _LIMIT_S
        while process.poll() is None and time.monotonic() < end:
            try:
                with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
                    row = connection.execute(query).fetchone()
            except psycopg.OperationalError:
                row = None
            if row is not None and not row[0]:
                return row[1], str(row[2])
            time.sleep(0.05)
        raise self._why(at)

    def _why(self, at: datetime | None) -> Exception:
        said = self.log.read_text(errors="replace")
        if "recovery ended before configured recovery target was reached" in said:
            last = said.rsplit(_REACHED, 1)[1].split("\n", 1)[0] if _REACHED in said else "?"
            return Unavailable("backup.not_reached", at=at.isoformat() if at else "", last=last)
        return failure(said, self.log)

    def _password(self, url: str) -> None:
        """The superuser's password is the home's; the other roles get theirs at each start."""
        with psycopg.connect(url, autocommit=True) as admin:
            password = sql.Literal(self.server.admin_password())
            admin.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(ADMIN), password))

    def put_in_place(self) -> Path | None:
        """Let the restored data be the living; where the former lies now."""
        for name in ("restore_hba.conf", "postmaster.opts"):
            (self.fresh / name).unlink(missing_ok=True)
        for path in wal_archive.histories(
            self.fresh / "pg_wal"
        ):  # so that the next restore finds this branch
            if self.archive.is_dir():
                shutil.copyfile(path, self.archive / path.name)
                self.who.own(self.archive / path.name)
        former = None
        if self.living.exists():
            former = self.place / f"data.replaced-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
            self.living.rename(former)
        self.fresh.rename(self.living)
        shutil.rmtree(self.log_source, ignore_errors=True)
        return former

    def discard(self) -> None:
        """Remove what was unpacked; the living data is as it was."""
        for folder in (self.fresh, self.log_source):
            shutil.rmtree(folder, ignore_errors=True)


def _unpack(archive: Path, into: Path) -> None:
    with tarfile.open(archive) as tar:
        tar.extractall(into, filter="data")
    for parent, folders, files in os.walk(into):
        for name in folders:
            (Path(parent) / name).chmod(0o700)
        for name in files:
            (Path(parent) / name).chmod(0o600)
