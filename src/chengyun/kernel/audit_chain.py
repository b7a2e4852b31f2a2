"""The chain of hashes over audit rows, without a database: links, walking along them, exported lines."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

GENESIS = bytes(32)
_dump = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
FIELDS = (
    "id",
    "at",
    "actor_kind",
    "actor_id",
    "actor_name",
    "post",
    "action",
    "subject_kind",
    "subject_id",
    "detail",
)


@dataclass(frozen=True, slots=True)
class Head:
    """The last sealed link. Keep it elsewhere: it proves later that nothing before it was touched."""

    seq: int
    hash: str  # hexadecimal; 64 zeros before the first link

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"

    @classmethod
    def parse(cls, text: str) -> Head:
        """The inverse of `str`; ValueError for anything else."""
        seq, _, digest = text.strip().partition(":")
        if len(bytes.fromhex(digest)) != len(GENESIS):
            raise ValueError(f"not a head of the audit chain: {text!r}")
        return cls(int(seq), digest)


@dataclass(frozen=True, slots=True)
class Verification:
    """`sealed` links that hold, `unsealed` rows after them; `first_broken` is the number of the first bad link.

    `why` says how: "missing", "changed", "out of order", "not linked", "cut off", "unreadable".
    """

    ok: bool
    sealed: int
    unsealed: int
    first_broken: int | None = None
    why: str | None = None
    head: Head = Head(0, GENESIS.hex())


def link_hash(prev: bytes, seq: int, row: Mapping[str, Any]) -> bytes:
    """hash(n) from hash(n − 1) and the row."""
    return hashlib.sha256(prev + canonical(seq, row)).digest()


def canonical(seq: int, row: Mapping[str, Any]) -> bytes:
    """The row as the chain sees it: JSON, sorted keys, no blanks, UTF-8, `at` in UTC with microseconds."""
    shown = {name: row[name] for name in FIELDS}
    shown["seq"] = seq
    shown["at"] = _at(row["at"])
    return _dump(shown).encode()


def _at(moment: datetime | str) -> str:
    if isinstance(moment, str):
        return moment
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


class Chain:
    """The state of walking along the chain."""

    def __init__(self, anchors: Sequence[Head]) -> None:
        self.anchors: dict[int, set[str]] = {}
        for head in anchors:
            self.anchors.setdefault(head.seq, set()).add(head.hash)
        self.seq = 0
        self.prev = GENESIS
        self.why: str | None = None

    def follows(self, seq: int, prev: bytes, digest: bytes, row: Mapping[str, Any]) -> bool:
        """Take the next link; False when it does not fit."""
        expected = self.seq + 1
        if seq != expected:
            self.why = "missing" if seq > expected else "out of order"
        elif prev != self.prev:
            self.why = "not linked"
        elif digest != link_hash(prev, seq, row) or self.anchors.get(seq, {digest.hex()}) != {digest.hex()}:
            self.why = "changed"
        else:
            self.seq, self.prev = seq, digest
        return self.why is None

    def close(self, head: Head | None) -> None:
        """The export's own last line must name the last link."""
        if self.why is not None:
            return
        if head is None or head.seq > self.seq:
            self.why = "cut off"
        elif head != Head(self.seq, self.prev.hex()):
            self.why = "changed"

    def result(self, unsealed: int) -> Verification:
        if self.why is None and max(self.anchors, default=0) > self.seq:
            self.why = "cut off"
        broken = None if self.why is None else self.seq + 1
        return Verification(
            self.why is None, self.seq, unsealed, broken, self.why, Head(self.seq, self.prev.hex())
        )


def as_line(row: Mapping[str, Any]) -> str:
    """One sealed row as an exported line (JSON)."""
    shown = {name: row[name] for name in FIELDS} | {
        "at": _at(row["at"]),
        "seq": row["seq"],
        "prev_hash": row["prev_hash"].hex(),
        "hash": row["hash"].hex(),
    }
    return json.dumps(shown, ensure_ascii=False)


def verify_lines(lines: Iterable[str], anchors: Sequence[Head] = ()) -> Verification:
    """Verify an export without a database.

    Its own last line is its head, so that a cut end shows; `anchors` are heads kept elsewhere.
    """
    chain = Chain(anchors)
    closing: Head | None = None
    for line in lines:
        if not line.strip():
            continue
        if closing is not None:
            chain.why = "out of order"  # something follows the last line
            break
        closing = _take(chain, line)
        if chain.why is not None:
            break
    chain.close(closing)
    return chain.result(0)


def _take(chain: Chain, line: str) -> Head | None:
    """A link goes to the chain; the last line is returned as what it says. Anything else is unreadable."""
    try:
        row = json.loads(line)
        if "head" in row:
            return Head(int(row["head"]["seq"]), str(row["head"]["hash"]))
        chain.follows(row["seq"], bytes.fromhex(row["prev_hash"]), bytes.fromhex(row["hash"]), row)
    except (ValueError, KeyError, TypeError):
        chain.why = "unreadable"
    return None
