"""A real installation with its own PostgreSQL: it starts, heals, stops, and leaves nothing behind."""

from __future__ import annotations

import http.client
import io
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

from chengyun.cli.main import run
from chengyun.cli.runtime import running_at
from chengyun.kernel.postgres import Embedded
from tests.cli.commanding import PASSWORD, refused
from tests.cli.commanding import Said as Result
from tests.cli.support import until
from tests.cli.test_commands import DISTRICTS, TOWNS, VILLAGES
from tests.support import quick_folder

LONG = 120.0  # seconds; a machine may be busy


@dataclass(frozen=True, slots=True)
class Up:
    """A running `chengyun up`."""

    home: Path
    process: subprocess.Popen[str]
    output: IO[str]

    @property
    def address(self) -> str:
        return running_at(self.home) or ""

    def said(self) -> str:
        self.output.seek(0)
        return self.output.read()

    def children(self) -> dict[str, int]:
        """Process ids of the web server and the worker by name."""
        found = {}
        for number, command in processes(self.home).items():
            for name, word in (("web", " serve"), ("worker", " work")):
                if f"chengyun.cli{word}" in command:
                    found[name] = number
        return found

    def get(self, path: str, context: ssl.SSLContext | None = None) -> tuple[int, bytes]:
        with closing(connection(self.address, context)) as wire:
            wire.request("GET", path)
            answer = wire.getresponse()
            return answer.status, answer.read()

    def healthy(self) -> bool:
        try:
            return self.get("/api/health")[0] == 200
        except OSError:
            return False


def connection(address: str, context: ssl.SSLContext | None) -> http.client.HTTPConnection:
    place = address.partition("://")[2]
    if address.startswith("https:"):
        return http.client.HTTPSConnection(place, timeout=LONG, context=context)
    return http.client.HTTPConnection(place, timeout=LONG)


def processes(home: Path) -> dict[int, str]:
    """Every living process of this home: its id and command."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes()
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        ours = f"CHENGYUN_HOME={home}\0".encode() in environment or str(home) in command
        if ours and command and int(folder.name) != os.getpid():
            found[int(folder.name)] = command
    return found


def postmaster(home: Path) -> int:
    """The process id of the home's database server."""
    running = Embedded(home).running()
    assert running is not None
    return running.pid


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A small city of its own, with an administrator, in a home that PostgreSQL's account can reach."""
    if not Path("/proc/self/environ").exists():
        pytest.skip("looks for processes in /proc")
    folder = Path(tempfile.mkdtemp(prefix="chengyun-cli-", dir=quick_folder()))
    folder.chmod(0o711)
    home = folder / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CHENGYUN_HOME", str(home))
        for name in (
            "CHENGYUN_DATABASE_URL",
            "CHENGYUN_OWNER_DATABASE_URL",
            "CHENGYUN_DEMO",
            "CHENGYUN_PORT",
        ):
            patch.delenv(name, raising=False)
        lines = [["migrate"]]
        for level, text in (("district", DISTRICTS), ("town", TOWNS), ("village", VILLAGES)):
            (folder / f"{level}.csv").write_text(text, encoding="utf-8")
            lines.append(["territory", "import", str(folder / f"{level}.csv"), "--level", level])
        lines.append(["user", "bootstrap", "admin", "--name", "甲", "--password", PASSWORD])
        for line in lines:
            assert run(line) == 0, line
        yield home
    Embedded(home).destroy()
    shutil.rmtree(folder)


@contextmanager
def up(home: Path, *options: str) -> Iterator[Up]:
    """`chengyun up` until it is healthy; killed at the end if it has not ended by itself."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "chengyun.cli", "up", *options],
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        started = Up(home, process, output)
        try:
            assert until(lambda: "城运 chengyun: " in started.said() or process.poll() is not None, LONG)
            assert process.poll() is None, started.said()
            yield started
        finally:
            process.kill()
            process.wait()


def command(*line: str) -> Result:
    """A command beside the running ones, in this process: what starting one costs is tried by `up`."""
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        code = run(line)
    return Result(code, out.getvalue(), err.getvalue())


def test_it_runs_heals_and_stops(home: Path) -> None:
    with up(home) as found:
        status, body = found.get("/api/territory/locate?lon=106.505&lat=29.505")
        assert (status, json.loads(body)["chain"]["town"]["name"]) == (
            200,
            "东一街道",
        )  # the very first question
        assert until(lambda: "workers_alive: 1" in command("doctor").out, LONG)
        assert refused(command("up"), found.address)  # one supervisor per home
        for name in ("web", "worker"):
            before = found.children()[name]
            os.kill(before, signal.SIGKILL)
            assert until(lambda name=name, gone=before: found.children().get(name, gone) != gone, LONG)
            assert f"{name}: 意外退出" in found.said()
        assert until(found.healthy, LONG)
        before = postmaster(home)
        os.kill(before, signal.SIGKILL)
        assert until(lambda: "database: 意外退出" in found.said(), LONG)
        assert until(found.healthy, LONG)
        assert postmaster(home) != before
        found.process.send_signal(signal.SIGINT)
        assert found.process.wait(LONG) == 0
        assert processes(home) == {}


@pytest.mark.nightly
def test_a_killed_supervisor_leaves_only_the_database_for_the_next_start(home: Path) -> None:
    with up(home) as found:
        server = postmaster(home)
        found.process.kill()
        found.process.wait()
        assert until(lambda: not found.children(), LONG)
        assert running_at(home) is None
    with up(home) as found:
        assert postmaster(home) == server
        found.process.send_signal(signal.SIGTERM)
        assert found.process.wait(LONG) == 0
        assert processes(home) == {}


def test_with_tls_the_cookie_is_secure_and_commands_leave_it_running(home: Path) -> None:
    doctor = command("doctor", "--json")
    health = json.loads(doctor.out)["health"]
    assert (health["running"], processes(home)) == ("no", {})
    with up(home, "--tls") as found:
        assert command("migrate").code == 0
        assert found.address.startswith("https://127.0.0.1:")
        context = ssl.create_default_context(cafile=home / "tls" / "chengyun.crt")
        assert found.get("/api/health", context)[0] == 200
        with closing(connection(found.address, context)) as wire:
            body = json.dumps({"login": "admin", "password": PASSWORD})
            wire.request("POST", "/api/identity/login", body, {"Content-Type": "application/json"})
            answer = wire.getresponse()
            cookie = answer.headers["Set-Cookie"]
            assert answer.status == 200
        assert "secure" in cookie.lower()
        found.process.send_signal(signal.SIGHUP)  # the terminal was closed
        assert found.process.wait(LONG) == 0
        assert processes(home) == {}


def test_a_taken_port_is_one_clear_line_and_nothing_stays(home: Path) -> None:
    with closing(socket.socket()) as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = str(server.getsockname()[1])
        assert refused(command("up", "--port", port), port)
    assert processes(home) == {}


def test_a_full_disk_is_said_before_anything_starts(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    usage = shutil.disk_usage(home)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=100 << 20))
    capsys.readouterr()
    said = Result(run(["up"]), *capsys.readouterr())
    assert refused(said, "磁盘空间不足", "100 MB")
    assert processes(home) == {}


def test_a_demo_is_never_reset_over_a_real_city(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for line in (["demo", "--reset"], ["demo"]):
        capsys.readouterr()
        said = Result(run(line), *capsys.readouterr())
        assert refused(said, "real installation")
    assert command("user", "posts", "admin").code == 0
