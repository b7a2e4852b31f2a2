"""How readings are written to the peers: the fastest way into each, made beforehand and stamped as it leaves.

VictoriaMetrics takes lines of text faster than remote write (785,000 against 565,000 readings a second on one connection),
and stamps them itself. Prometheus takes remote write only: labels and values are laid out once, of each request only the
moments are set, all at once; its block of snappy is one literal, which is cheaper for both sides on one machine.
"""

from __future__ import annotations

import copy
import http.client
import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np

if TYPE_CHECKING:  # the sender needs none of what is behind it
    from bench._promql import Series

EACH = 10_000  # readings in a request
LINES = 2  # connections of the sender
_VALUE, _MOMENT = b"\x12\x10\x09", b"\x10"  # of remote write, a sample of 16 bytes: its value, its moment
_BEFORE_MOMENT, _BEFORE_VALUE = 6, 15  # the end of a row


class Batch(Protocol):
    """One reading of each of `n` series."""

    path: ClassVar[str]
    headers: ClassVar[Mapping[str, str]]
    n: int

    def __init__(self, some: Sequence[Series], values: np.ndarray) -> None: ...

    def again(self, values: np.ndarray) -> Batch:
        """The same with other values."""

    def stamped(self) -> bytes:
        """The request as of now."""


class Text:
    """Lines of text, made once; they are of the moment in which they come."""

    path: ClassVar[str] = "/api/v1/import/prometheus"
    headers: ClassVar[Mapping[str, str]] = {}

    def __init__(self, some: Sequence[Series], values: np.ndarray) -> None:
        self.heads, self.n = [_head(dict(one)) for one in some], len(some)
        self.values = values.tolist()
        self.body = self._formatted("")

    def _formatted(self, moment: str) -> bytes:
        return "".join(
            [f"{head}{value:.6g}{moment}\n" for head, value in zip(self.heads, self.values, strict=True)]
        ).encode()

    def again(self, values: np.ndarray) -> Text:
        made = copy.copy(self)
        made.values = values.tolist()
        made.body = made._formatted("")
        return made

    def stamped(self) -> bytes:
        return self.body


class Formatted(Text):
    """The same, made as they leave, with their moment: what a client does that has readings and no text."""

    def stamped(self) -> bytes:
        return self._formatted(f" {time.time_ns() // 1_000_000}")


class RemoteWrite:
    """A WriteRequest, made once but for its moments."""

    path: ClassVar[str] = "/api/v1/write"
    headers: ClassVar[Mapping[str, str]] = {
        "Content-Type": "application/x-protobuf",
        "Content-Encoding": "snappy",
        "X-Prometheus-Remote-Write-Version": "0.1.0",
    }

    def __init__(self, some: Sequence[Series], values: np.ndarray) -> None:
        rows = [_row(labels) for labels in some]
        body = b"".join(rows)
        head = _varint(len(body)) + b"\xfc" + (len(body) - 1).to_bytes(4, "little")
        self._body = np.frombuffer(bytearray(head + body), np.uint8)
        self._ends = len(head) + np.cumsum([len(row) for row in rows])
        self.n = len(some)
        self._put(_BEFORE_VALUE, values.astype("<f8")[:, None].view(np.uint8))

    def again(self, values: np.ndarray) -> RemoteWrite:
        made = copy.copy(self)
        made._body = self._body.copy()
        made._put(_BEFORE_VALUE, values.astype("<f8")[:, None].view(np.uint8))
        return made

    def _put(self, before: int, what: np.ndarray) -> None:
        """Into every row, so far `before` its end."""
        self._body[(self._ends - before)[:, None] + np.arange(what.shape[-1])] = what

    def stamped(self) -> bytes:
        self._put(_BEFORE_MOMENT, np.frombuffer(_varint(time.time_ns() // 1_000_000), np.uint8))
        return self._body.tobytes()


def batches(form: type[Batch], some: Sequence[Series], rounds: np.ndarray) -> list[list[Batch]]:
    """For each line its share of the series, round by round; `rounds`: (times, series) values."""
    parts = [slice(at, at + EACH) for at in range(0, len(some), EACH)]
    first = [form(some[part], rounds[0][part]) for part in parts]
    return [
        [
            one.again(values[part])
            for values in rounds
            for one, part in zip(first[at::LINES], parts[at::LINES], strict=True)
        ]
        for at in range(LINES)
    ]


def _head(labels: Mapping[str, str]) -> str:
    told = ",".join(f'{name}="{value}"' for name, value in labels.items() if name != "__name__")
    return f"{labels['__name__']}{{{told}}} "


def _row(labels: Series) -> bytes:
    """A series with a sample that is still to be filled in."""
    told = b"".join(
        _field(b"\x0a", _field(b"\x0a", name.encode()) + _field(b"\x12", value.encode()))
        for name, value in labels
    )
    return _field(b"\x0a", told + _VALUE + bytes(8) + _MOMENT + bytes(6))


def _field(tag: bytes, content: bytes) -> bytes:
    return tag + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    """Of milliseconds it has six bytes until 2109."""
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes([*found, number])


class Line:
    """A connection that stays open."""

    def __init__(self, port: int) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def send(self, batch: Batch) -> None:
        """Returns when it is acknowledged. Raises RuntimeError when it is refused."""
        self._line.request("POST", batch.path, batch.stamped(), dict(batch.headers))
        answer = self._line.getresponse()
        told = answer.read()
        if answer.status // 100 != 2:
            raise RuntimeError(f"{answer.status}: {told[:500]!r}")


@contextmanager
def flowing(port: int, made: Sequence[Sequence[Batch]], rate: float) -> Iterator[Callable[[], int]]:
    """A process that sends them over and over, `rate` readings in a second; tells how many are acknowledged so far.
    Raises RuntimeError where it ended before.
    """
    context = multiprocessing.get_context("spawn")
    done: Any = context.Value("q", 0)
    process = context.Process(target=_flow, args=(port, made, rate, done))
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


def _flow(port: int, made: Sequence[Sequence[Batch]], rate: float, done: Any) -> None:
    lines = [threading.Thread(target=_line, args=(port, mine, rate / len(made), done)) for mine in made]
    for line in lines:
        line.start()
    for line in lines:
        line.join()  # each ends only by what goes wrong, and then so does the flow


def _line(port: int, mine: Sequence[Batch], rate: float, done: Any) -> None:
    line, due = Line(port), time.perf_counter()
    while True:
        for batch in mine:
            line.send(batch)
            with done.get_lock():
                done.value += batch.n
            due = max(due + batch.n / rate, time.perf_counter() - 1.0)
            time.sleep(max(0.0, due - time.perf_counter()))
