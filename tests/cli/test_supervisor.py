"""One supervisor: it restarts what dies, stops everything cleanly, and nothing outlives it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chengyun.cli import supervisor as module
from chengyun.cli.supervisor import Child, Supervisor
from tests.cli.support import until

# A child that notes each start and each clean end in a file, and watches its parent as real children do.
WORKER = """
    import signal, sys, time
    from pathlib import Path
    from chengyun.cli.supervisor import stop_with_parent
    log = Path(sys.argv[1])
    def note(word):
        with log.open("a") as file:
            file.write(f"{word}\\n")
    def end(*_):
        note("ended")
        sys.exit(0)
    signal.signal(signal.SIGTERM, end)
    stop_with_parent()
    note("started")
    while True:
        time.sleep(0.02)
"""
STUBBORN = """
    import signal, sys, time
    from pathlib import Path
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    Path(sys.argv[1]).write_text("started\\n")
    while True:
        time.sleep(0.02)
"""
# A supervisor in a process of its own, which can be killed.
SUPERVISOR = """
    import os, sys
    from chengyun.cli.supervisor import Child, Supervisor
    boss = Supervisor(dict(os.environ), print)
    boss.children.append(Child("worker", [sys.executable, sys.argv[1], sys.argv[2]]))
    boss.start()
    boss.watch()
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


def script(folder: Path, text: str, name: str = "worker.py") -> str:
    path = folder / name
    path.write_text(textwrap.dedent(text))
    return str(path)


def words(log: Path) -> list[str]:
    return log.read_text().split() if log.exists() else []


@pytest.fixture
def running(
    tmp_path: Path, log: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Supervisor, list[str]]]:
    """A supervisor that watches one worker in a thread, with what it says."""
    monkeypatch.setattr(module, "BACKOFF", (0.05, 0.1))
    said: list[str] = []
    boss = Supervisor(dict(os.environ), said.append)
    boss.children.append(Child("worker", [sys.executable, script(tmp_path, WORKER), str(log)]))
    boss.start()
    thread = threading.Thread(target=boss.watch, kwargs={"every": 0.02})
    thread.start()
    yield boss, said
    boss.stopping.set()
    thread.join(10)
    boss.stop()


def pid(boss: Supervisor) -> int:
    process = boss.children[0].process
    assert process is not None
    return process.pid


def test_what_dies_is_started_again_and_said(running: tuple[Supervisor, list[str]], log: Path) -> None:
    boss, said = running
    assert until(lambda: words(log) == ["started"])
    first = pid(boss)
    os.kill(first, signal.SIGKILL)
    assert until(lambda: words(log) == ["started", "started"])
    assert pid(boss) != first
    assert "worker" in said[0]
    assert str(-signal.SIGKILL) in said[0]


def test_it_waits_longer_before_each_restart(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BACKOFF", (0.0, 60.0))
    said: list[str] = []
    boss = Supervisor(dict(os.environ), said.append)
    boss.children.append(Child("broken", [sys.executable, "-c", "raise SystemExit(3)"]))
    boss.start()
    thread = threading.Thread(target=boss.watch, kwargs={"every": 0.02})
    thread.start()
    assert until(lambda: len(said) == 2)
    time.sleep(0.3)
    boss.stopping.set()
    thread.join(10)
    assert len(said) == 2  # the third start is a minute away
    assert "exit 3" in said[1]


def test_stopping_lets_everybody_end_in_peace(tmp_path: Path) -> None:
    path, order = script(tmp_path, WORKER), tmp_path / "log"
    boss = Supervisor(dict(os.environ), print)
    for name in ("web", "worker"):
        boss.children.append(Child(name, [sys.executable, path, str(order)]))
    boss.start()
    assert until(lambda: words(order) == ["started", "started"])
    boss.stop()
    assert words(order)[2:] == ["ended", "ended"]
    assert [child.process.returncode for child in boss.children if child.process] == [0, 0]


def test_a_process_that_will_not_stop_is_killed(tmp_path: Path, log: Path) -> None:
    child = Child("stubborn", [sys.executable, script(tmp_path, STUBBORN), str(log)])
    child.start(dict(os.environ))
    assert until(lambda: words(log) == ["started"])
    child.stop(0.2)
    assert child.process is not None
    assert child.process.returncode == -signal.SIGKILL


def test_children_stop_when_the_supervisor_is_killed(tmp_path: Path, log: Path) -> None:
    worker = script(tmp_path, WORKER)
    boss = subprocess.Popen([sys.executable, script(tmp_path, SUPERVISOR, "boss.py"), worker, str(log)])
    try:
        assert until(lambda: words(log) == ["started"])
        boss.kill()
        boss.wait()
        assert until(lambda: words(log) == ["started", "ended"])
    finally:
        boss.kill()
        boss.wait()


def test_a_signal_asks_for_a_clean_stop() -> None:
    boss = Supervisor({}, print)
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        boss.listen()
        os.kill(os.getpid(), signal.SIGTERM)
        assert boss.stopping.wait(5)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
