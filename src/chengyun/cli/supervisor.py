"""One supervisor for every process of an installation: starts them, restarts what dies, stops all cleanly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

BACKOFF = (0.5, 1.0, 2.0, 5.0, 10.0)  # seconds before the next restart
STEADY = 30.0  # seconds after which a process counts as well again
STOP_PATIENCE = 12.0  # seconds before a process that ignores SIGTERM is killed


@dataclass
class Child:
    """One supervised process; stopped in the reverse order of starting."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    due: float = 0.0  # monotonic time of the next start

    def start(self, environment: Mapping[str, str]) -> None:
        # A pipe that nobody writes to: its end tells the child that the supervisor is gone, however it went.
        self.process = subprocess.Popen(
            self.command, env=dict(environment), stdin=subprocess.PIPE, start_new_session=True
        )
        self.started = time.monotonic()

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass
class Supervisor:
    """Keeps `children` running until told to stop."""

    environment: Mapping[str, str]
    say: Callable[[str], None]
    children: list[Child] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def add(self, name: str, *arguments: str) -> None:
        self.children.append(Child(name, [sys.executable, "-m", "chengyun.cli", *arguments]))

    def listen(self) -> None:
        """Ctrl-C and SIGTERM ask for a clean stop."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.stopping.set())

    def start(self) -> None:
        for child in self.children:
            child.start(self.environment)

    def watch(self, also: Callable[[], None] = lambda: None, every: float = 0.5) -> None:
        """Restart what dies until asked to stop; `also` is called on every round."""
        while not self.stopping.wait(every):
            for child in self.children:
                self._look_after(child)
            also()

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.running():
            if now - child.started > STEADY:
                child.failures = 0
            return
        if child.due == 0.0:
            wait = BACKOFF[min(child.failures, len(BACKOFF) - 1)]
            code = child.process.returncode if child.process else None
            self.say(f"{child.name}: 意外退出 (exit {code})，{wait:g} 秒后重启")
            child.failures += 1
            child.due = now + wait
        elif now >= child.due:
            child.due = 0.0
            child.start(self.environment)

    def stop(self) -> None:
        for child in reversed(self.children):
            child.stop()


def stop_with_parent() -> None:
    """In a child: stop as soon as the supervisor's pipe on standard input ends."""

    def wait_for_end() -> None:
        while os.read(0, 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    if not sys.stdin.isatty():
        threading.Thread(target=wait_for_end, name="parent-watch", daemon=True).start()
