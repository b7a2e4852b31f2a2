"""The embedded PostgreSQL: one home folder, one server, started and stopped by us.

What the home keeps: `postgres/data` (unless the server's account cannot reach it, see `postgres_place`),
`postgres.json` (port and places), `postgres.secret.json` (passwords, 0600), `postgres.log`, `postgres.lock`.
`local.conf` in the data folder is read last and is the administrator's.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from chengyun.kernel.postgres_place import (
    Account,
    EmbeddedError,
    account,
    archive_folder,
    binaries,
    clean_environment,
    data_folder,
    socket_folder,
)
from chengyun.kernel.postgres_server import (
    MIN_FREE,
    any_port,
    check_major,
    clear_stale,
    configure,
    failure,
    free,
    postmaster,
    read_json,
    write_json,
)

DATABASE = "chengyun"
OWNER = "chengyun_owner"
APP = "chengyun_app"
ADMIN = "postgres"
_START_LIMIT_S = 600.0  # a crashed server replays its log first
_STOP_LIMIT_S = 30.0
_LOG_LIMIT = 20_000_000


@dataclass(frozen=True, slots=True)
class Running:
    """A server that accepts connections. URLs are libpq's: `postgresql://user:password@127.0.0.1:port/db`."""

    owner_url: str
    app_url: str
    admin_url: str
    port: int
    pid: int
    data: Path


class Embedded:
    """The server of `home`. Several processes may hold one: whoever comes second finds it running.

    `unsafe_fast` turns durability off and is for tests. `min_free` is in bytes. The log is handed over to the folder
    `archive`, where one is given.
    """

    def __init__(
        self,
        home: Path,
        *,
        user: str = "nobody",
        unsafe_fast: bool = False,
        min_free: int = MIN_FREE,
        archive: Path | None = None,
    ) -> None:
        self.home = home.resolve()
        self._user = user
        self._unsafe_fast = unsafe_fast
        self._min_free = min_free
        self._archive = archive.resolve() if archive else None
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Running:
        """Start the server, or find it running. Safe to call again after a crash.

        Raises EmbeddedError with a sentence that says what is wrong and what to do.
        """
        _make_home(self.home)
        with self._locked():
            found = self.running()
            if found is not None:
                _settle(found)
                return found
            who = account(self._user)
            place = data_folder(self.home, who)
            self._check_space(place)
            programs = binaries(who)
            data = place / "data"
            self._make_cluster(programs, data, who)
            check_major(programs, data, who)
            clear_stale(data)
            self._launch(programs, data, who)
            found = self.running()
            if found is None:
                raise EmbeddedError("embedded.not_started", reason="postmaster.pid", log=str(self._log))
            _make_roles(found, self._secrets())
            return found

    def running(self) -> Running | None:
        """The running server of this home, whoever started it; None when there is none."""
        if self._process is not None:
            self._process.poll()
        state = self._state()
        if not state:
            return None
        data, port = Path(str(state["data"])), int(str(state["port"]))
        pid, ready = postmaster(data)
        if pid is None or not ready:
            return None
        passwords = self._secrets()
        where = f"127.0.0.1:{port}"
        return Running(
            owner_url=f"postgresql://{OWNER}:{passwords[OWNER]}@{where}/{DATABASE}",
            app_url=f"postgresql://{APP}:{passwords[APP]}@{where}/{DATABASE}",
            admin_url=f"postgresql://{ADMIN}:{passwords[ADMIN]}@{where}/postgres",
            port=port,
            pid=pid,
            data=data,
        )

    def account(self) -> Account:
        """Who runs the server."""
        return account(self._user)

    def place(self) -> Path:
        """The folder that holds the server's `data`; made where it is not there."""
        _make_home(self.home)
        return data_folder(self.home, self.account())

    def admin_password(self) -> str:
        """The superuser's password; made where there is none yet."""
        return self._secrets()[ADMIN]

    def stop(self) -> None:
        """Stop the server cleanly (open transactions are rolled back); nothing happens when none runs."""
        if not self.home.is_dir():
            return
        with self._locked():
            state = self._state()
            pid, _ = postmaster(Path(str(state["data"]))) if state else (None, False)
            found = self.running()
            if found is not None:
                # A fast shutdown that arrives while PostgreSQL 18 restarts after a crashed backend is forgotten.
                _settle(found)
            if pid is not None:
                for number, limit in ((signal.SIGINT, _STOP_LIMIT_S), (signal.SIGQUIT, 10.0)):
                    os.kill(pid, number)
                    if self._wait_gone(Path(str(state["data"])), pid, limit):
                        break
                else:
                    raise EmbeddedError("embedded.not_stopped", pid=pid)
            if self._process is not None:
                self._process.wait()
                self._process = None
            if state:
                with suppress(OSError):  # a leftover folder does no harm
                    Path(str(state["socket"])).rmdir()

    def destroy(self) -> None:
        """Stop the server and delete its data and passwords. There is no way back."""
        self.stop()
        state = self._state()
        if state:
            shutil.rmtree(Path(str(state["data"])).parent, ignore_errors=True)
            shutil.rmtree(Path(str(state["socket"])), ignore_errors=True)
        for path in (self._state_file, self._secret_file, self._log):
            path.unlink(missing_ok=True)

    # --- files of the home

    @property
    def _state_file(self) -> Path:
        return self.home / "postgres.json"

    @property
    def _secret_file(self) -> Path:
        return self.home / "postgres.secret.json"

    @property
    def _log(self) -> Path:
        return self.home / "postgres.log"

    def _state(self) -> dict[str, object]:
        """What the last start wrote; nothing when this home is a copy of the one it was written for."""
        found = read_json(self._state_file)
        return found if found.get("home") == str(self.home) else {}

    def _secrets(self) -> dict[str, str]:
        found = read_json(self._secret_file)
        if not found:
            found = {name: secrets.token_urlsafe(24) for name in (ADMIN, OWNER, APP)}
            write_json(self._secret_file, found, 0o600)
        return {name: str(value) for name, value in found.items()}

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One process at a time starts or stops the server of this home."""
        with (self.home / "postgres.lock").open("a") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    # --- steps of a start

    def _check_space(self, place: Path) -> None:
        free = shutil.disk_usage(place).free
        if free < self._min_free:
            raise EmbeddedError("embedded.disk_full", free_mb=free >> 20, need_mb=self._min_free >> 20)

    def _make_cluster(self, programs: Path, data: Path, who: Account) -> None:
        """Make the data folder once, complete or not at all."""
        if (data / "PG_VERSION").exists():
            return
        fresh = data.with_name("data.new")
        shutil.rmtree(fresh, ignore_errors=True)
        password_file = data.with_name("password")
        password_file.touch(mode=0o600)
        password_file.write_text(self._secrets()[ADMIN])
        who.own(password_file)
        options = ["--no-sync"] if self._unsafe_fast else []
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--encoding=UTF8"]
        command: list[str | Path] = [programs / "initdb", "-D", fresh, "-U", ADMIN, "--auth=scram-sha-256"]
        command += [*locale, *options, f"--pwfile={password_file}"]
        try:
            made = who.run(command)
        finally:
            password_file.unlink()
        if made.returncode != 0:
            shutil.rmtree(fresh, ignore_errors=True)
            raise failure(made.stderr + made.stdout, self._log)
        fresh.rename(data)

    def _launch(self, programs: Path, data: Path, who: Account) -> None:
        """Start the server; another port is taken when the last one is in use by somebody else."""
        socket_dir = socket_folder(data, who)
        port = int(str(self._state().get("port", 0)))
        deadline = time.monotonic() + 30
        while True:
            port = port if port and free(port) else any_port()
            state = {"home": self.home, "data": data, "port": port, "socket": socket_dir}
            write_json(self._state_file, {key: str(value) for key, value in state.items()}, 0o644)
            configure(data, who, port, socket_dir, self._unsafe_fast, archive_folder(self._archive, who))
            said = self._launch_once(programs, data, who)
            if said is None:
                return
            again = ("Address already in use", "could not bind", "pre-existing shared memory block")
            if time.monotonic() > deadline or not any(text in said for text in again):
                raise failure(said, self._log)
            time.sleep(0.3)

    def _launch_once(self, programs: Path, data: Path, who: Account) -> str | None:
        """None when the server is ready, else what it said before it gave up."""
        if self._log.exists() and self._log.stat().st_size > _LOG_LIMIT:
            self._log.replace(self._log.with_suffix(".log.1"))
        with self._log.open("ab") as log:
            begin = log.tell()
            self._process = subprocess.Popen(
                [str(programs / "postgres"), "-D", str(data)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=clean_environment(),
                cwd="/",
                start_new_session=True,  # Ctrl-C is for us; we stop the server when the others are done
                **who.popen(),
            )
        deadline = time.monotonic() + _START_LIMIT_S
        while self._process.poll() is None and time.monotonic() < deadline:
            if postmaster(data) == (self._process.pid, True):
                return None
            time.sleep(0.02)
        with self._log.open("rb") as log:
            log.seek(begin)
            return log.read().decode(errors="replace")

    def _wait_gone(self, data: Path, pid: int, limit: float) -> bool:
        deadline = time.monotonic() + limit
        while time.monotonic() < deadline:
            if self._process is not None:
                self._process.poll()
            if postmaster(data)[0] != pid:
                return True
            time.sleep(0.02)
        return False


def _settle(running: Running) -> None:
    """Wait (≤ 60 s) while the server recovers from the crash of one of its backends."""
    passing = ("recovery mode", "starting up", "not yet accepting", "closed the connection", "reset by peer")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            psycopg.connect(running.admin_url, connect_timeout=5).close()
            return
        except psycopg.OperationalError as error:
            if not any(text in str(error) for text in passing):
                return
        time.sleep(0.02)


def _make_home(home: Path) -> None:
    try:
        home.mkdir(mode=0o711, parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedError("embedded.no_place", folder=str(home)) from error


def _make_roles(running: Running, passwords: dict[str, str]) -> None:
    """The owner migrates, the application works: neither is a superuser, neither passes row-level security."""
    with psycopg.connect(running.admin_url, autocommit=True) as admin:
        known = {row[0] for row in admin.execute("SELECT rolname FROM pg_roles")}
        for role in (OWNER, APP):
            verb = sql.SQL("ALTER" if role in known else "CREATE")
            rights = sql.SQL("LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB PASSWORD")
            admin.execute(
                sql.SQL("{} ROLE {} {} {}").format(
                    verb, sql.Identifier(role), rights, sql.Literal(passwords[role])
                )
            )
        if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            admin.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER))
            )
