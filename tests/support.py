"""What tests of every feature share: actors, a cluster of their own, template databases."""

from __future__ import annotations

import asyncio
import fcntl
import itertools
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import uvloop
from psycopg import sql

from chengyun.kernel import migrations
from chengyun.kernel.contracts import Actor
from chengyun.kernel.events import Bus
from chengyun.kernel.postgres import OWNER, Embedded, Running
from chengyun.kernel.transactions import Database

_MEMORY, _ROOM = Path("/dev/shm"), 4 << 30
_ABANDONED_S = 120
_names = itertools.count(1)
T = TypeVar("T")


def in_loop(story: Coroutine[Any, Any, T], seconds: float = 60) -> T:
    """What it returns in an event loop as the server's, in a thread of its own: that of a browser's journey stays in the main one.

    Raises: TimeoutError after `seconds`.
    """

    def run() -> T:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(asyncio.wait_for(story, seconds))

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(run).result()


def quick_folder() -> Path:
    """Where databases of tests lie: in memory where that has room, since each test makes and drops hundreds of files."""
    try:
        roomy = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= _ROOM
    except FileNotFoundError:
        roomy = False
    return _MEMORY if roomy else Path(tempfile.gettempdir())


_ROOT = quick_folder() / f"chengyun-tests-{os.geteuid()}"


def actor(
    permissions: Iterable[str] = ("*",),
    scopes: Iterable[int] = (),
    *,
    kind: str = "person",
    id: int | None = 1,
    name: str = "测试员",
    post: int | None = None,
    home: int | None = None,
    unit: int | None = None,
    language: str = "zh",
) -> Actor:
    """Somebody who acts; by default a person with every permission who sees nothing."""
    return Actor(
        kind=kind,
        id=id,
        name=name,
        permissions=frozenset(permissions),
        scopes=tuple(scopes),
        post=post,
        home=home,
        unit=unit,
        language=language,
    )


@dataclass(frozen=True, slots=True)
class Links:
    """One database, seen by its owner and by the application role (libpq URLs)."""

    name: str
    owner_url: str
    app_url: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """The PostgreSQL that all workers of one test run share, and the folder that they share."""

    running: Running
    folder: Path

    def links(self, name: str) -> Links:
        """The URLs of database `name`."""
        return Links(name, _at(self.running.owner_url, name), _at(self.running.app_url, name))

    @contextmanager
    def admin(self) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
        """A superuser's connection with autocommit."""
        with psycopg.connect(self.running.admin_url, autocommit=True) as connection:
            yield connection

    def copy(self, template: str, name: str) -> Links:
        """A new database that begins as `template`."""
        command = "CREATE DATABASE {} TEMPLATE {} OWNER {} STRATEGY FILE_COPY"
        with self.admin() as admin:
            admin.execute(
                sql.SQL(command).format(sql.Identifier(name), sql.Identifier(template), sql.Identifier(OWNER))
            )
        return self.links(name)

    def drop(self, name: str) -> None:
        """Remove a database, whoever still holds connections to it."""
        with self.admin() as admin:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    @contextmanager
    def fresh(self, template: str) -> Iterator[Links]:
        """A database for one test."""
        links = self.copy(template, f"test_{os.getpid()}_{next(_names)}")
        try:
            yield links
        finally:
            self.drop(links.name)

    def make_template(self, name: str, build: Callable[[Links], None], base: str = "template1") -> str:
        """The template database `tpl_<name>`, built once per test run whichever worker asks first."""
        target = f"tpl_{name}"
        with locked(self.folder / f"{target}.lock"):
            done = self.folder / f"{target}.done"
            if not done.exists():
                self.drop(target)
                build(self.copy(base, target))
                done.touch()
        return target


@contextmanager
def opened(cluster: Cluster, template: str, bus: Bus | None = None, **more: int) -> Iterator[Database]:
    """A fresh copy of a template, as the application role."""
    with cluster.fresh(template) as links:
        database = Database(links.app_url, bus, **more)
        try:
            yield database
        finally:
            database.dispose()


def migrated(links: Links) -> None:
    """Bring a database to the newest schema."""
    migrations.upgrade(links.owner_url)


def seeded(load: Callable[[Database], None], bus: Bus | None = None) -> Callable[[Links], None]:
    """For `make_template`: run `load` with a Database of the application role."""

    def build(links: Links) -> None:
        database = Database(links.app_url, bus)
        try:
            load(database)
        finally:
            database.dispose()

    return build


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """One process at a time."""
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def shared_cluster(run: str) -> Iterator[Cluster]:
    """The cluster of test run `run`: the first worker starts it, the last one stops and deletes it."""
    folder = _ROOT / run
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    with (folder / "users.lock").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        _sweep(keep=run)
        server = Embedded(folder / "home", unsafe_fast=True)
        yield Cluster(server.start(), folder)
        if _last(users.fileno()):
            server.destroy()
            shutil.rmtree(folder, ignore_errors=True)


def run_name() -> str:
    """The same for all workers of one run."""
    return os.environ.get("PYTEST_XDIST_TESTRUNUID") or secrets.token_hex(8)


def _last(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sweep(keep: str) -> None:
    """Stop and delete what killed test runs left behind: their lock is free, though they are not new."""
    for folder in _ROOT.iterdir():
        lock = folder / "users.lock"
        try:
            recent = time.time() - folder.stat().st_mtime < _ABANDONED_S
        except FileNotFoundError:  # its own run has just ended and tidied up
            continue
        if folder.name == keep or recent or not lock.exists():
            continue
        with lock.open("a") as users:
            if _last(users.fileno()):
                Embedded(folder / "home").destroy()
                shutil.rmtree(folder, ignore_errors=True)


def _at(url: str, name: str) -> str:
    return f"{url.rsplit('/', 1)[0]}/{name}"
