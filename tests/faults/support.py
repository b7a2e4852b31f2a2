"""Processes that can be killed, and a wire that can be cut at a chosen moment."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from chengyun.kernel.settings import Settings
from tests.support import Links
from tests.web.support import until

START_LIMIT = 60.0


class Process:
    """A web server or worker of its own, as the supervisor starts it."""

    def __init__(self, what: str, links: Links, home: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        settings = Settings(
            home=home,
            demo=True,
            database_url=links.app_url,
            owner_database_url=links.owner_url,
            port=self.port,
        )
        self.command = [sys.executable, "-m", "chengyun.cli", what]
        self.environment = {**os.environ, **settings.environment()}
        self.process: subprocess.Popen[bytes] | None = None
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.process = subprocess.Popen(self.command, env=self.environment, stdin=subprocess.PIPE)

    def kill(self) -> None:
        """As the kernel does it when memory runs out: at once, nothing is tidied."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            assert self.process.stdin is not None
            self.process.stdin.close()
            self.process = None

    def wait_healthy(self) -> None:
        until(self.healthy, START_LIMIT)

    def healthy(self) -> bool:
        with suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/api/health", trust_env=False).status_code == 200
        return False


@contextmanager
def running(what: str, links: Links, home: Path) -> Iterator[Process]:
    """A process that does not outlive the test."""
    process = Process(what, links, home)
    process.start()
    try:
        yield process
    finally:
        process.kill()


class Wire:
    """A TCP proxy in front of a server. `on_reply` decides what becomes of an answer when its first bytes arrive:
    True hands it on; False drops it and cuts the connection, after the server has done its work.
    """

    def __init__(self, port: int) -> None:
        self.target = port
        self.on_reply: Callable[[], bool] = lambda: True
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        with client, suppress(OSError), socket.create_connection(("127.0.0.1", self.target)) as server:
            forward = threading.Thread(target=_pump, args=(client, server), daemon=True)
            forward.start()
            while data := server.recv(65536):
                if not self.on_reply():
                    break
                client.sendall(data)
            for end in (client, server):  # closing alone would not wake the thread that reads from it
                end.shutdown(socket.SHUT_RDWR)


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
