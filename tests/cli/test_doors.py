"""Connections that come at once are accepted soon, whatever the event loop accepts in a turn."""

from __future__ import annotations

import asyncio
import socket
from contextlib import ExitStack

from chengyun.cli.serving import doors
from tests.support import in_loop

MANY = 320


def test_many_connections_that_come_at_once_are_accepted_in_a_few_turns() -> None:
    with ExitStack() as held:
        listener = held.enter_context(socket.create_server(("127.0.0.1", 0), backlog=MANY))
        for _ in range(MANY):
            held.enter_context(socket.create_connection(listener.getsockname()))
        assert in_loop(turns_until_accepted(doors(listener))) <= 40


async def turns_until_accepted(listeners: list[socket.socket]) -> int:
    """Turns of the event loop until everybody who waits has been accepted."""
    accepted, turns = [], 0

    class Accepted(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            accepted.append(transport)

    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(Accepted, sock=one) for one in listeners]
    while len(accepted) < MANY:
        turns += 1
        await asyncio.sleep(0)
    for transport in accepted:
        transport.abort()
    for server in servers:
        server.close()
    return turns
