"""Personal data in texts, and who reads it as it was written: the one door for everything that leaves a case.

`masked` for what leaves: tracking pages, messages, walls, exports, webhooks, logs, audit details. `shown` for what an
actor reads: whoever handles the case sees the original, walls, machines and auditors see it masked.
"""

from __future__ import annotations

from typing import Any

from chengyun.kernel.contracts import Actor
from chengyun.kernel.personal import Kind, Span, find, mask, masked

__all__ = ["Kind", "Span", "find", "mask", "masked", "shown", "shown_within"]
ORIGINAL = "personal.read"


def shown(actor: Actor, text: str) -> str:
    """The text as `actor` may read it."""
    return text if actor.may(ORIGINAL) else masked(text)


def shown_within(actor: Actor, value: Any) -> Any:
    """JSON as `actor` may read it: `shown` for every text in it, at any depth."""
    if actor.may(ORIGINAL):
        return value
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, list):
        return [shown_within(actor, item) for item in value]
    if isinstance(value, dict):
        return {name: shown_within(actor, item) for name, item in value.items()}
    return value
