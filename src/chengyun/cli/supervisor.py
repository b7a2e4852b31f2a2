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
    """One supervised process; `files` are descriptors that it inherits."""

    name: str
    command: Sequence[str]
    files: Sequence[int] = ()
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    due: float = 0.0  # monotonic time of the next start

    def start(self, environment: Mapping[str, str]) -> None:
        # A pipe that nobody writes to: its end tells the child that the supervisor is gone, however it went.
        self.process = subprocess.Popen(
            self.command,
            env=dict(environment),
            stdin=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the supervisor; it stops the others
            pass_fds=self.files,
        )
        self.started = time.monotonic()

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def stop(self, patience: float = STOP_PATIENCE) -> None:
        """SIGTERM, and SIGKILL when it is still there after `patience` seconds."""
        self.ask_to_stop()
        self.wait(patience)

    def wait(self, patience: float) -> None:
        """Until it has ended; SIGKILL when it is still there after `patience` seconds."""
        if self.process is None:
            return
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdin is not None:
            self.process.stdin.close()


@dataclass
class Supervisor:
    """Keeps `children` running until told to stop."""

    environment: Mapping[str, str]
    say: Callable[[str], None]
    children: list[Child] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def add(self, name: str, *arguments: str, files: Sequence[int] = ()) -> None:
        """Supervise `chengyun ARGUMENTS` as `name`."""
        self.children.append(Child(name, [sys.executable, "-m", "chengyun.cli", *arguments], files))

    def listen(self) -> None:
        """Ctrl-C, SIGTERM and the end of the terminal ask for a clean stop."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stopping.set())

    def start(self) -> None:
        """Start all of them, side by side."""
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
            self.say(
                f"{child.name}: 意外退出，{wait:g} 秒后重启 / ended (exit {code}), restart in {wait:g} s"
            )
            child.failures += 1
            child.due = now + wait
        elif now >= child.due:
            child.due = 0.0
            child.start(self.environment)

    def stop(self) -> None:
        """Stop all of them: told in the reverse order of starting, waited for together."""
        for child in reversed(self.children):
            child.ask_to_stop()
        until = time.monotonic() + STOP_PATIENCE
        for child in reversed(self.children):
            child.wait(max(0.1, until - time.monotonic()))

    def restart(self, environment: Mapping[str, str]) -> None:
        """Stop all of them and start them anew in another environment."""
        self.stop()
        self.environment = environment
        self.start()


def stop_with_parent() -> None:
    """In a child: stop as soon as the supervisor's pipe on standard input ends."""

    def wait_for_end() -> None:
        while os.read(0, 1):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    if not sys.stdin.isatty():
        threading.Thread(target=wait_for_end, name="parent-watch", daemon=True).start()
