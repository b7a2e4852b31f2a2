"""Remote write, the binary way into Prometheus and VictoriaMetrics: requests that are made once and stamped as they leave.

A client that makes text of each reading brings the peers less than half of what they can take. So labels and values are laid
out beforehand, and of each request only the moments are set, all at once. The block of snappy is one literal, not compressed:
on one machine that is cheaper for both sides.
"""

from __future__ import annotations

import http.client
import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:  # the sender needs none of what is behind it
    from bench._promql import Series

EACH = 10_000  # readings in a request
HEADERS = {
    "Content-Type": "application/x-protobuf",
    "Content-Encoding": "snappy",
    "X-Prometheus-Remote-Write-Version": "0.1.0",
}
_VALUE, _MOMENT = b"\x12\x10\x09", b"\x10"  # a sample of 16 bytes; its value, its moment
_SAMPLE = len(_VALUE) + 8 + len(_MOMENT) + 6


class Batch:
    """One reading of each of some series."""

    def __init__(self, some: Sequence[Series], values: Sequence[float]) -> None:
        rows, length = [], 0
        ends = np.empty(len(some), np.int64)
        for at, (labels, value) in enumerate(zip(some, values, strict=True)):
            told = b"".join(_field(b"\x0a", _label(*one)) for one in labels)
            sample = _VALUE + np.float64(value).tobytes() + _MOMENT + bytes(6)
            rows.append(_field(b"\x0a", told + sample))
            length += len(rows[-1])
            ends[at] = length
        body = b"".join(rows)
        head = _varint(len(body)) + b"\xfc" + (len(body) - 1).to_bytes(4, "little")
        self._body = np.frombuffer(bytearray(head + body), np.uint8)
        self._moments = len(head) + ends - 6
        self.n = len(some)

    def stamped(self) -> bytes:
        """The request as of now."""
        self._body[self._moments[:, None] + np.arange(6)] = np.frombuffer(
            _varint(time.time_ns() // 1_000_000), np.uint8
        )
        return self._body.tobytes()


def batches(some: Sequence[Series], rounds: Sequence[np.ndarray], each: int = EACH) -> list[Batch]:
    """`rounds`: values of all series in their order, for one time each."""
    return [
        Batch(some[first : first + each], values[first : first + each].tolist())
        for values in rounds
        for first in range(0, len(some), each)
    ]


def _field(tag: bytes, content: bytes) -> bytes:
    return tag + _varint(len(content)) + content


def _label(name: str, value: str) -> bytes:
    return _field(b"\x0a", name.encode()) + _field(b"\x12", value.encode())


def _varint(number: int) -> bytes:
    """Of milliseconds it has six bytes until 2109."""
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])


class Line:
    """A connection that stays open."""

    def __init__(self, port: int, path: str) -> None:
        self._line, self._path = http.client.HTTPConnection("127.0.0.1", port, timeout=60), path

    def send(self, batch: Batch) -> None:
        """Returns when it is acknowledged. Raises RuntimeError when it is refused."""
        self._line.request("POST", self._path, batch.stamped(), HEADERS)
        answer = self._line.getresponse()
        told = answer.read()
        if answer.status // 100 != 2:
            raise RuntimeError(f"{answer.status}: {told[:500]!r}")


@contextmanager
def flowing(port: int, path: str, made: Sequence[Batch], rate: float) -> Iterator[Callable[[], int]]:
    """A process that sends them over and over, `rate` readings in a second; tells how many are acknowledged so far.
    Raises RuntimeError where it ended before.
    """
    context = multiprocessing.get_context("spawn")
    done: Any = context.Value("q", 0)
    process = context.Process(target=_flow, args=(port, path, made, rate, done))
    process.start()
    try:
        while done.value == 0 and process.is_alive():
            time.sleep(0.01)
        yield lambda: int(done.value)
        if not process.is_alive():
            raise RuntimeError("the sender has ended")
    finally:
        process.kill()
        process.join()


def _flow(port: int, path: str, made: Sequence[Batch], rate: float, done: Any) -> None:
    line, due = Line(port, path), time.perf_counter()
    while True:
        for batch in made:
            line.send(batch)
            done.value += batch.n
            due = max(due + batch.n / rate, time.perf_counter() - 1.0)
            time.sleep(max(0.0, due - time.perf_counter()))
