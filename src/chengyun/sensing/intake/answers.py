"""What a sender by MQTT or by file is told of readings that were not taken in. Pure."""

from __future__ import annotations

from typing import Any

import orjson

from chengyun.kernel.errors import AppError, message
from chengyun.sensing.contracts import Taken
from chengyun.sensing.intake.messages import sentence

MOST = 1_000  # rejected readings that an answer lists; it says how many there are in all


def of_taken(taken: Taken, language: str) -> dict[str, Any]:
    """Of a message that was read."""
    rejected = [
        {
            "index": one.index,
            "thing": one.thing,
            "quantity": one.quantity,
            "reason": one.reason.value,
            "message": sentence(one.reason, language),
        }
        for one in taken.rejected[:MOST]
    ]
    return {"accepted": taken.accepted, "rejected_count": len(taken.rejected), "rejected": rejected}


def of_error(error: AppError, language: str) -> dict[str, Any]:
    """Of a message that could not be read at all."""
    text = message(error.code, error.params, language)
    return {"accepted": 0, "rejected_count": 0, "rejected": [], "code": error.code, "message": text}


def dumped(answer: dict[str, Any]) -> bytes:
    """As JSON."""
    return orjson.dumps(answer)
