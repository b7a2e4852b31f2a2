"""Messages become one transaction: what has come within a few milliseconds is decoded, stored and answered together.

No broker is known here: `Gathered` takes messages from whoever has them and says what became of each.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from chengyun.kernel.errors import AppError, BadRequest, TooLarge, Unavailable
from chengyun.sensing.intake.answers import dumped, of_error, of_taken
from chengyun.sensing.intake.codecs import LARGEST, decode, too_large
from chengyun.sensing.intake.counting import SYSTEM
from chengyun.sensing.intake.desk import Desk, Incoming, Sender

log = logging.getLogger(__name__)
ROOT = "chengyun/v1"
TOPICS = (f"{ROOT}/things/+/readings", f"{ROOT}/gateways/+/compact")


@dataclass(frozen=True, slots=True)
class Message:
    """As it came from the broker; `again`: the broker had sent it before. Of one that is too large only the size."""

    topic: str
    payload: bytes
    size: int
    again: bool


def addressed(topic: str) -> tuple[Sender, str, str]:
    """Sender, thing and kind of codec that a topic of TOPICS stands for."""
    _, _, group, code, _ = topic.split("/")
    if group == "gateways":
        return Sender(f"mqtt:{group}", gateway=code), "", "compact"
    return Sender(f"mqtt:{group}", thing=code), code, "json"


def form_of(payload: bytes) -> str:
    """JSON or SenML, which MQTT does not tell apart: SenML is a list of records with names of its own."""
    head = payload[:400].lstrip()
    if not head.startswith(b"["):
        return "json"
    return "senml" if any(name in head for name in (b'"bn"', b'"n"', b'"bt"', b'"bver"')) else "json"


class Gathered:
    """Takes messages in together."""

    def __init__(self, desk: Desk, failed: Path, language: str) -> None:
        self._desk = desk
        self._failed = failed
        self._language = language

    def take(self, messages: Sequence[Message]) -> list[bytes | None]:
        """Store; per message what its sender must be told, None where nothing was rejected.

        Raises Unavailable: nothing was stored, the same messages may be tried again.
        """
        answers: list[bytes | None] = [None] * len(messages)
        readable: list[tuple[int, Incoming]] = []
        for index, one in enumerate(messages):
            try:
                readable.append((index, self._incoming(one)))
            except (BadRequest, TooLarge) as error:
                answers[index] = dumped(of_error(error, self._language))
        for index, answer in zip(
            (index for index, _ in readable), self._stored(messages, readable), strict=True
        ):
            answers[index] = answer
        return answers

    def _incoming(self, one: Message) -> Incoming:
        if one.size > LARGEST:
            raise too_large(one.size)
        sender, thing, form = addressed(one.topic)
        found = form_of(one.payload) if form == "json" else form
        return Incoming(sender, decode(found, one.payload, thing), one.again)

    def _stored(
        self, messages: Sequence[Message], readable: list[tuple[int, Incoming]]
    ) -> list[bytes | None]:
        try:
            return self._together([one for _, one in readable])
        except Unavailable:
            raise
        except Exception:
            log.exception("%d messages could not be taken in together", len(readable))
        return [self._alone(messages[index], one) for index, one in readable]

    def _together(self, incoming: list[Incoming]) -> list[bytes | None]:
        if not incoming:
            return []
        with self._desk.open(SYSTEM) as sitting:
            taken = sitting.write(incoming)
        return [dumped(of_taken(one, self._language)) if one.rejected else None for one in taken]

    def _alone(self, message: Message, incoming: Incoming) -> bytes | None:
        """One that fails also alone would come back for ever and hold up the others: it is put aside, for people."""
        try:
            return self._together([incoming])[0]
        except Unavailable:
            raise
        except Exception:
            log.exception("a message of %s could not be taken in and was put aside", message.topic)
        put_aside(self._failed, message)
        return dumped(of_error(AppError("http.500"), self._language))


def put_aside(folder: Path, message: Message) -> None:
    """Keep what cannot be taken in because of a defect of ours."""
    folder.mkdir(parents=True, exist_ok=True)
    name = message.topic.replace("/", "_")
    number = sum(1 for _ in folder.glob(f"{name}-*"))
    (folder / f"{name}-{number}.message").write_bytes(message.payload)


def told_on(topic: str) -> str:
    """Where the sender of a message listens for what was rejected."""
    return topic.rpartition("/")[0] + "/rejected"
