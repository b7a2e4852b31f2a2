"""What becomes of a text when its purpose has ended. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from chengyun.identity.masking import Kind, Span, mask, masked

GONE = "（已按保存期限删除）"
Rewrite = Callable[[str], str]
# What history needs to be replayed stands in args under other names; these hold what somebody wrote.
WRITTEN = frozenset({"outcome", "reason", "note", "reply", "measures"})
WRITTEN_WHY = frozenset({"zh", "en", "words", "hits"})


def masking(known: Mapping[str, str | None]) -> Rewrite:
    """Mask what is found, and the reporter's own name and phone wherever they stand, cue or not."""
    name, phone = known.get("name") or "", re.sub(r"\D", "", known.get("phone") or "")
    number = re.compile(r"[ \-]?".join(phone)) if len(phone) >= 7 else None

    def rewrite(text: str) -> str:
        if len(name) >= 2:
            text = text.replace(name, name[0] + "*" * (len(name) - 1))
        if number is not None:
            text = number.sub(lambda one: mask(one[0], [Span(0, len(one[0]), Kind.MOBILE, "known")]), text)
        return masked(text)

    return rewrite


def emptying(text: str) -> str:
    """Nothing of the words is left."""
    return GONE if text else text


def rewritten(value: Any, rewrite: Rewrite, written: frozenset[str], inside: bool = False) -> Any:
    """JSON with the texts rewritten that stand under one of the names `written`, at any depth."""
    if isinstance(value, str):
        return rewrite(value) if inside else value
    if isinstance(value, list):
        return [rewritten(item, rewrite, written, inside) for item in value]
    if isinstance(value, dict):
        return {
            name: rewritten(item, rewrite, written, inside or name in written) for name, item in value.items()
        }
    return value
