"""Simulated gateways that publish to the demo's broker, each on its own topic, with QoS 1 (模拟)."""

from __future__ import annotations

import asyncio
import logging
import secrets
import threading
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import gmqtt

from chengyun.kernel.settings import Settings
from chengyun.sensing.intake.mqtt import Broker

log = logging.getLogger("chengyun.things")
WAIT_S, FULL_S = 5.0, 0.02


class Gateways:
    """One connection for all of them. Closed where the broker is away: their readings then go by HTTP."""

    def __init__(self, settings: Settings) -> None:
        self._broker = Broker.of(settings)
        self._client: Any = None
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="gateways", daemon=True).start()

    @property
    def open(self) -> bool:
        """Whether there is a connection; tries to make one."""
        if self._client is not None and self._client.is_connected:
            return True
        with suppress(OSError, TimeoutError, gmqtt.MQTTConnectError):
            self._client = self._do(self._connected())
            return True
        return False

    def send(self, gateway: str, payload: bytes) -> None:
        """Hand over to the broker; what it does not acknowledge is sent again."""
        asyncio.run_coroutine_threadsafe(
            self._publish(f"chengyun/v1/gateways/{gateway}/compact", payload), self._loop
        )

    async def _publish(self, topic: str, payload: bytes) -> None:
        while True:
            try:
                self._client.publish(topic, payload, qos=1)
            except OverflowError:  # as many are on the way as the broker takes at a time
                await asyncio.sleep(FULL_S)
                continue
            return

    async def _connected(self) -> Any:
        quiet = logging.getLogger("gmqtt")
        quiet.setLevel(logging.CRITICAL)
        client = gmqtt.Client(f"demo-gateways-{secrets.token_hex(4)}", logger=quiet)
        client.set_auth_credentials(self._broker.user, self._broker.password)
        await asyncio.wait_for(client.connect(self._broker.host, self._broker.port), WAIT_S)
        return client

    def _do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(WAIT_S + 1)
