#!/usr/bin/env python3
"""Verify an export of the audit trail without the product: Python's standard library and this file.

    python3 verify_audit.py audit.jsonl [--head NUMBER:HASH] [--witness heads.json]

The format is docs/reference/audit-format.md. Exit code 0: whole. 1: broken, and the first bad link is named.
2: the command line, or a file that cannot be read.
"""

import argparse
import hashlib
import json
import sys

FIELDS = (
    "id", "at", "actor_kind", "actor_id", "actor_name", "post", "action", "subject_kind", "subject_id", "detail",
)  # fmt: skip
GENESIS = "00" * 32


def link(prev, row):
    """The hash of a row: SHA-256 over the hash before it and the row as canonical JSON."""
    shown = {name: row[name] for name in FIELDS}
    shown["seq"] = row["seq"]
    text = json.dumps(shown, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(bytes.fromhex(prev) + text.encode()).hexdigest()


def check(row, seq, prev, heads):
    """What is wrong with the next row, or None."""
    if row["seq"] != seq + 1:
        return "missing" if row["seq"] > seq + 1 else "out of order"
    if row["prev_hash"] != prev:
        return "not linked"
    if row["hash"] != link(prev, row) or heads.get(row["seq"], {row["hash"]}) != {row["hash"]}:
        return "changed"
    return None


def walk(lines, heads):
    """(links that hold, the last hash, what is wrong with the next one or None)."""
    seq, prev, closing = 0, GENESIS, None
    for line in lines:
        if not line.strip():
            continue
        if closing is not None:
            return seq, prev, "out of order"
        try:
            row = json.loads(line)
            if "head" in row:
                closing = (int(row["head"]["seq"]), row["head"]["hash"])
                continue
            wrong = check(row, seq, prev, heads)
        except (ValueError, KeyError, TypeError):
            wrong = "unreadable"
        if wrong:
            return seq, prev, wrong
        seq, prev = row["seq"], row["hash"]
    if closing is None or closing[0] > seq or max(heads, default=0) > seq:
        return seq, prev, "cut off"
    return seq, prev, None if closing == (seq, prev) else "changed"


def heads_of(arguments):
    """Heads that were kept elsewhere: number → the hashes that it must have."""
    found = {}
    for text in arguments.head:
        seq, _, digest = text.partition(":")
        found.setdefault(int(seq), set()).add(digest)
    for name in arguments.witness:
        with open(name, encoding="utf-8") as file:
            for one in json.load(file):
                found.setdefault(int(one["seq"]), set()).add(one["hash"])
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("export")
    parser.add_argument("--head", action="append", default=[], metavar="NUMBER:HASH")
    parser.add_argument(
        "--witness",
        action="append",
        default=[],
        metavar="FILE",
        help="a list of {seq, hash}, as GET /api/audit/witness gives",
    )
    arguments = parser.parse_args()
    try:
        heads = heads_of(arguments)
        with open(arguments.export, encoding="utf-8") as lines:
            seq, last, wrong = walk(lines, heads)
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"cannot be read: {error}", file=sys.stderr)
        return 2
    if wrong:
        print(f"BROKEN at {seq + 1}: {wrong}")
        return 1
    print(f"whole: {seq} links, head {seq}:{last}, {len(heads)} heads kept elsewhere agree")
    return 0


if __name__ == "__main__":
    sys.exit(main())
