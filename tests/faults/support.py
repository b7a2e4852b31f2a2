"""Processes that can be killed, and a wire that can be cut at a chosen moment."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

from chengyun.kernel.settings import Settings
from tests.faults import child
from tests.forks import forked
from tests.support import Links
from tests.web.support import PLAIN, until

START_LIMIT = 60.0


class Process:
    """A web server or worker of its own. `point`: where it dies by itself; `defect`: what is broken in it."""

    def __init__(
        self, what: str, links: Links, home: Path, point: str = "", defect: str = "", **values: Any
    ) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        settings = Settings(
            home=home,
            demo=True,
            database_url=links.app_url,
            owner_database_url=links.owner_url,
            port=self.port,
            **values,
        )
        self.what, self.environment = what, settings.environment()
        self.point, self.defect = point, defect
        self.process: Any = None
        self.kills = 0
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        given = (self.what, self.environment, self.point, self.defect)
        self.process, self.alive = forked(child.main, *given)

    def kill(self) -> None:
        """As the kernel does it when memory runs out: at once, nothing is tidied."""
        if self.process is not None:
            self.process.kill()
            self.process.join()
            self.alive.close()
            self.process = None

    def killed_itself(self, limit: float = 20.0) -> bool:
        """Whether it dies at its point within `limit` seconds."""
        self.process.join(limit)
        return bool(self.process.exitcode == -signal.SIGKILL)

    def wait_healthy(self) -> None:
        until(self.healthy, START_LIMIT)

    def healthy(self) -> bool:
        with suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/api/health", **PLAIN).status_code == 200
        return False


@contextmanager
def running(what: str, links: Links, home: Path, **how: Any) -> Iterator[Process]:
    """A process that does not outlive the test."""
    process = Process(what, links, home, **how)
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
