"""Personal data in texts, and who reads it as it was written: the one door for everything that leaves a case.

`masked` for what leaves: tracking pages, messages, walls, exports, webhooks, logs, audit details. `shown` for what an
actor reads: whoever handles the case sees the original, walls, machines and auditors see it masked.
"""

from __future__ import annotations

from chengyun.kernel.contracts import Actor
from chengyun.kernel.personal import Kind, Span, find, mask, masked

__all__ = ["Kind", "Span", "find", "mask", "masked", "shown"]
ORIGINAL = "personal.read"


def shown(actor: Actor, text: str) -> str:
    """The text as `actor` may read it."""
    return text if actor.may(ORIGINAL) else masked(text)
