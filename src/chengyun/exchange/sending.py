"""One HTTP request to a receiver: at most five seconds in all, no redirect, nothing but the checked address."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import httpcore

from chengyun.exchange.targets import Network, Refused, Target, resolve

TIMEOUT = 5.0  # seconds, from the look-up of the name to the end of the answer that is kept
KEPT = 1024  # bytes of the answer


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt: a status, or the message code of why there is none."""

    status: int | None
    error: str | None
    answer: str | None
    duration_ms: int

    @property
    def ok(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def send(url: str, headers: Sequence[tuple[str, str]], body: bytes, allowed: Sequence[Network]) -> Outcome:
    """POST `body`. Never raises for what the receiver, the network or the name service does."""
    begun = time.monotonic()
    try:
        target = resolve(url, allowed)
        status, answer = _post(target, headers, body, begun + TIMEOUT)
    except Refused as refused:
        return _failed(refused.code, begun)
    except socket.gaierror:
        return _failed("exchange.name_unknown", begun)
    except (httpcore.TimeoutException, TimeoutError):
        return _failed("exchange.timeout", begun)
    except (ssl.SSLError, httpcore.ConnectError) as error:
        return _failed("exchange.tls" if "SSL" in str(error) else "exchange.connection", begun)
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError, ValueError):
        return _failed("exchange.connection", begun)
    shown = answer[:KEPT].decode("utf-8", "replace").replace("\x00", "�")
    return Outcome(status, None, shown, _spent(begun))


def _post(
    target: Target, headers: Sequence[tuple[str, str]], body: bytes, deadline: float
) -> tuple[int, bytes]:
    kept = b""
    url = httpcore.URL(
        scheme=target.scheme.encode(),
        host=target.host.encode(),
        port=target.port,
        target=target.path.encode(),
    )
    with (
        httpcore.ConnectionPool(network_backend=Pinned(target, deadline)) as pool,
        pool.stream("POST", url, headers=list(headers), content=body) as response,
    ):
        for chunk in response.iter_stream():
            kept += chunk
            if len(kept) >= KEPT:
                break
        return response.status, kept


def _failed(why: str, begun: float) -> Outcome:
    return Outcome(None, why, None, _spent(begun))


def _spent(begun: float) -> int:
    return round((time.monotonic() - begun) * 1000)


class Pinned(httpcore.NetworkBackend):
    """Connects to the address that was checked, whatever the name resolves to by now, within the deadline."""

    def __init__(self, target: Target, deadline: float) -> None:
        self._target, self._deadline = target, deadline
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(self._deadline)
        stream = self._plain.connect_tcp(self._target.address, port, left, local_address, socket_options)
        return Timed(stream, self._deadline)


class Timed(httpcore.NetworkStream):
    """A connection that ends at a moment, however slowly the other side drips."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secure = self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline))
        return Timed(secure, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float) -> float:
    """Seconds until the deadline. Raises TimeoutError after it."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
