"""Open an installation: its settings, its database server (own or given) and a connection to it."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg

from chengyun.kernel import migrations, wal_archive
from chengyun.kernel.contracts import system_actor
from chengyun.kernel.errors import Conflict
from chengyun.kernel.postgres import Embedded
from chengyun.kernel.postgres_place import EmbeddedError
from chengyun.kernel.settings import Settings, keys, variable
from chengyun.kernel.transactions import Database, Tx

DEMO_MARK = "demo"  # a file in the home of a demo: its data may be thrown away


@dataclass(frozen=True, slots=True)
class Installation:
    """A running database of an installation, with the addresses of its two roles."""

    settings: Settings
    owner_url: str
    app_url: str
    server: Embedded | None  # None when the server is not ours

    def database(self) -> Database:
        """A connection pool of the application role with every feature's subscriptions."""
        from chengyun.web.features import build_bus

        return Database(self.app_url, build_bus())

    def environment(self) -> dict[str, str]:
        """What child processes need to find the same installation: our settings, not the caller's, and nothing of the
        owner role, which they have no business with.
        """
        ours = {variable(name) for name in keys()}
        return {
            **{name: value for name, value in os.environ.items() if name not in ours},
            **replace(self.settings, owner_database_url="").environment(),
            "CHENGYUN_DATABASE_URL": self.app_url,
        }


@contextmanager
def installation(settings: Settings) -> Iterator[Installation]:
    """The installation that `settings` describe. An own server is started when it does not run, and stopped by
    whoever leaves last: by us also when it was left behind by a process that was killed.
    """
    if settings.database_url:
        owner = settings.owner_database_url or settings.database_url
        yield Installation(settings, owner, settings.database_url, None)
        return
    server = embedded(settings)
    with _using(settings.home) as users:
        try:
            running = server.start()
            yield Installation(settings, running.owner_url, running.app_url, server)
        finally:
            # Who asks counts as a user no longer, whatever the answer: the last one gets the lock.
            if _locked(users, fcntl.LOCK_EX):
                server.stop()


def embedded(settings: Settings) -> Embedded:
    """The server of this home; it hands its log over where a folder for backups is set."""
    archive = Path(settings.backup_dir).expanduser() / wal_archive.FOLDER if settings.backup_dir else None
    return Embedded(settings.home, user=settings.postgres_user, archive=archive)


@contextmanager
def opened(settings: Settings, name: str = "seed") -> Iterator[Tx]:
    """One transaction of a command, as system actor `name`, on a database that this code knows.

    Raises SchemaOlder, SchemaNewer and what `installation` raises.
    """
    with installation(settings) as where:
        migrations.check_current(where.app_url)
        database = where.database()
        try:
            with database.begin(system_actor(name)) as tx:
                yield tx
        finally:
            database.dispose()


def migrate(where: Installation) -> None:
    """Bring the schema up to this code; a schema newer than the code is refused, and so is a demo on real data."""
    migrations.check_not_newer(where.owner_url)
    migrations.upgrade(where.owner_url)
    if where.settings.demo:
        _refuse_real_data(where)
        (where.settings.home / DEMO_MARK).touch()


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Only one supervisor per home. Raises Conflict("cli.already_running") with the other one's address."""
    _make(home)
    with (home / "run.lock").open("a+", encoding="utf-8") as handle:
        until = time.monotonic() + 0.5  # `running_at` holds the lock for a moment
        while not _locked(handle.fileno(), fcntl.LOCK_EX):
            if time.monotonic() > until:
                raise Conflict("cli.already_running", home=str(home), where=running_at(home) or "…")
            time.sleep(0.05)
        handle.truncate(0)
        yield


def announce(home: Path, url: str) -> None:
    """Leave our address for others of this home; counts as long as `alone` is held."""
    (home / "run.lock").write_text(url, encoding="utf-8")


def running_at(home: Path) -> str | None:
    """Where this home answers ("" while it starts); None when no supervisor runs."""
    path = home / "run.lock"
    if not path.exists():
        return None
    with path.open(encoding="utf-8") as handle:
        return None if _locked(handle.fileno(), fcntl.LOCK_SH) else handle.read().strip()


def require_demo(settings: Settings) -> None:
    """Raise Conflict("cli.real_data") unless this home is a demo's, or holds nobody yet."""
    if settings.database_url or (settings.home / DEMO_MARK).exists() or not settings.home.is_dir():
        return
    with installation(settings) as where:
        if migrations.current(where.owner_url) is not None:
            _refuse_real_data(where)


def _refuse_real_data(where: Installation) -> None:
    with psycopg.connect(where.app_url) as connection:
        connection.execute("SELECT set_config('chengyun.system', 'seed', true)")
        if connection.execute("SELECT 1 FROM identity_person WHERE NOT demo LIMIT 1").fetchone():
            raise Conflict("cli.real_data")


def _make(home: Path) -> None:
    try:
        home.mkdir(mode=0o711, parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedError("embedded.no_place", folder=str(home)) from error


@contextmanager
def _using(home: Path) -> Iterator[int]:
    """Count as a user of this home's server; the system forgets users that were killed."""
    _make(home)
    try:
        handle = (home / "users.lock").open("a")
    except OSError as error:
        raise EmbeddedError("embedded.no_place", folder=str(home)) from error
    with handle:
        fcntl.flock(handle, fcntl.LOCK_SH)
        yield handle.fileno()


@contextmanager
def nobody_else(home: Path) -> Iterator[None]:
    """As long as the block runs nobody uses this home's server. Raises Conflict("backup.in_use")."""
    with _using(home) as users:
        if not _locked(users, fcntl.LOCK_EX):
            raise Conflict("backup.in_use", home=str(home))
        yield


def _locked(descriptor: int, how: int) -> bool:
    """Take the lock without waiting; False when somebody else has it."""
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
