"""A real Mosquitto on a free port, and a device that publishes to it."""

from __future__ import annotations

import asyncio
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import gmqtt
import orjson

from tests.web.support import until

MOSQUITTO = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
CONFIG = """
listener {port} 127.0.0.1
{access}
persistence true
persistence_location {folder}/
autosave_on_changes true
autosave_interval {autosave}
max_queued_messages 0
max_inflight_messages 0
set_tcp_nodelay true
user root
log_type none
"""


class Broker:
    """Can be stopped and started again; what it has taken it keeps."""

    def __init__(self, folder: Path, autosave: int = 1, access: str = "allow_anonymous true") -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"mqtt://127.0.0.1:{self.port}"
        folder.mkdir(exist_ok=True)
        self._config = folder / "mosquitto.conf"
        self._config.write_text(
            CONFIG.format(port=self.port, folder=folder, autosave=autosave, access=access)
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._process = subprocess.Popen([MOSQUITTO, "-c", str(self._config)], **quiet)
        until(self._answers)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 0.2):
            return True
        return False


@contextmanager
def broker_in(folder: Path, autosave: int = 1, access: str = "allow_anonymous true") -> Iterator[Broker]:
    """`autosave`: after so many changes it writes what it holds; 1 is for a broker that is killed.
    `access`: lines of the configuration that say who may do what.
    """
    broker = Broker(folder, autosave, access)
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()


class Device:
    """Publishes with QoS 1 and waits for the broker's word; hears what is said on `rejected`."""

    def __init__(
        self,
        broker: Broker,
        listens: str = "#",
        *,
        user: str = "",
        password: str = "",
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.told: list[tuple[str, dict[str, Any]]] = []
        self._client = self._do(self._connected(broker, listens, (user, password), tls))

    def _do(self, story: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(story, self._loop).result(20)

    async def _connected(
        self, broker: Broker, listens: str, credentials: tuple[str, str], tls: ssl.SSLContext | None
    ) -> Any:
        client = gmqtt.Client(f"device-{time.monotonic_ns()}")
        client.on_message = self._heard
        if credentials[0]:
            client.set_auth_credentials(*credentials)
        await client.connect("127.0.0.1", broker.port, ssl=tls or False, version=gmqtt.constants.MQTTv311)
        client.subscribe(
            f"chengyun/v1/+/{listens}/rejected" if listens != "#" else "chengyun/v1/+/+/rejected"
        )
        return client

    def _heard(self, _client: Any, topic: str, payload: bytes, _qos: int, _properties: Any) -> None:
        self.told.append((topic, orjson.loads(payload)))

    def send(self, topic: str, body: Any) -> None:
        """As JSON unless bytes; returns once the broker has it."""
        payload = body if isinstance(body, bytes) else orjson.dumps(body)
        self._do(self._sent(f"chengyun/v1/{topic}", payload))

    async def _sent(self, topic: str, payload: bytes) -> None:
        self._client.publish(topic, payload, qos=1)
        await self._client._persistent_storage.wait_empty()

    def answer(self) -> tuple[str, dict[str, Any]]:
        """The oldest that was not read yet."""
        until(lambda: self.told)
        return self.told.pop(0)

    def close(self) -> None:
        if self._loop.is_closed():
            return
        self._do(self._client.disconnect())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()
