"""Tampering, by class: against the chain alone, and against heads that others keep; with the product and without it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from tests.support import actor

from chengyun.kernel import audit, witnesses
from chengyun.kernel.audit import Head
from chengyun.kernel.audit_chain import GENESIS, link_hash
from chengyun.kernel.contracts import system_actor
from chengyun.kernel.transactions import Database

TOOL = Path(__file__).parents[2] / "tools" / "verify_audit.py"
SYSTEM = system_actor("audit")
Lines = list[dict[str, Any]]


@pytest.fixture
def exported(db: Database) -> Lines:
    """Eight sealed rows and the closing line."""
    for number in range(8):
        with db.begin(actor(name="张三", post=7)) as tx:
            audit.record(tx, "thing.changed", ("thing", number), {"说": "好", "n": number, "x": 1.5})
    with db.begin(SYSTEM) as tx:
        audit.seal(tx)
        return [json.loads(line) for line in audit.export_lines(tx)]


def resigned(lines: Lines, start: int) -> Lines:
    """Every hash from link `start` on computed anew, as somebody with the database would."""
    prev = bytes.fromhex(lines[start - 2]["hash"]) if start > 1 else GENESIS
    links = lines[:-1]
    for number, row in enumerate(links[start - 1 :], start):
        row |= {"seq": number, "prev_hash": prev.hex()}
        prev = link_hash(prev, number, row)
        row["hash"] = prev.hex()
    return [*links, {"head": {"seq": len(links), "hash": prev.hex()}}]


def flip(lines: Lines) -> Lines:
    lines[3]["hash"] = lines[3]["hash"][:-1] + ("0" if lines[3]["hash"][-1] != "0" else "1")
    return lines


def edit(lines: Lines) -> Lines:
    lines[3]["detail"]["n"] = 99
    return lines


def delete(lines: Lines) -> Lines:
    return lines[:3] + lines[4:]


def insert(lines: Lines) -> Lines:
    return [*lines[:4], {**lines[3], "id": 999}, *lines[4:]]


def swap(lines: Lines) -> Lines:
    lines[3], lines[4] = lines[4], lines[3]
    return lines


def truncate(lines: Lines) -> Lines:
    return lines[:5]


def roll_back(lines: Lines) -> Lines:
    """An older state that is whole in itself, its closing line included."""
    return [*lines[:5], {"head": {"seq": 5, "hash": lines[4]["hash"]}}]


def re_sign(lines: Lines) -> Lines:
    """A row is edited and everything after it computed anew."""
    lines[3]["actor_name"] = "李四"
    return resigned(lines, 4)


def re_sign_without(lines: Lines) -> Lines:
    """A row is taken out and everything after it computed anew."""
    return resigned(delete(lines), 4)


# class → (what is done, the link that is named, why, whether a witness is needed to see it)
TAMPERED: dict[str, tuple[Callable[[Lines], Lines], int, str, bool]] = {
    "flip": (flip, 4, "changed", False),
    "edit": (edit, 4, "changed", False),
    "delete": (delete, 4, "missing", False),
    "insert": (insert, 5, "out of order", False),
    "swap": (swap, 4, "missing", False),
    "truncate": (truncate, 6, "cut off", False),
    "roll back": (roll_back, 6, "cut off", True),
    "re-sign": (re_sign, 6, "changed", True),
    "re-sign without": (re_sign_without, 6, "changed", True),
}


def with_tool(lines: Lines, folder: Path, heads: list[Head]) -> tuple[int, str]:
    """The stand-alone verifier, in an interpreter that sees nothing of the product."""
    export, kept = folder / "export.jsonl", folder / "kept.json"
    export.write_text(
        "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8"
    )
    kept.write_text(json.dumps([{"seq": head.seq, "hash": head.hash} for head in heads]))
    command = [sys.executable, "-I", "-S", str(TOOL), str(export), "--witness", str(kept)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.strip()


def test_what_was_not_touched_is_whole(exported: Lines, tmp_path: Path) -> None:
    heads = [Head(6, exported[5]["hash"]), Head(8, exported[7]["hash"])]
    assert audit.verify_lines(map(json.dumps, exported), heads).ok
    code, said = with_tool(exported, tmp_path, heads)
    assert code == 0
    assert said.startswith(f"whole: 8 links, head 8:{exported[7]['hash']}")


@pytest.mark.parametrize("name", TAMPERED)
def test_tampering_is_named_at_its_first_link(exported: Lines, tmp_path: Path, name: str) -> None:
    touch, broken, why, needs_witness = TAMPERED[name]
    heads = [Head(6, exported[5]["hash"])]
    lines = touch(exported)
    found = audit.verify_lines(map(json.dumps, lines), heads)
    assert (found.first_broken, found.why) == (broken, why)
    assert with_tool(lines, tmp_path, heads) == (1, f"BROKEN at {broken}: {why}")
    assert audit.verify_lines(map(json.dumps, lines)).ok == needs_witness


def test_a_witness_keeps_what_fits_and_puts_the_rest_on_record(db: Database) -> None:
    def keep(seq: int, digit: str) -> bool:
        with db.begin(actor(kind="token", id=3)) as tx:
            return witnesses.keep(tx, "token:3", Head(seq, digit * 64))

    assert keep(5, "a")
    assert keep(9, "b")
    assert keep(9, "b"), "sent again after a lost answer"
    assert keep(5, "a")
    assert not keep(9, "c"), "rewritten"
    assert not keep(7, "d"), "rolled back and grown again"
    with db.begin(SYSTEM) as tx:
        assert [one.seq for one in witnesses.kept(tx, "token:3")] == [9, 5]
        query = sa.text("SELECT count(*) FROM kernel_audit WHERE action = 'audit.contradicted'")
        assert tx.execute(query).scalar_one() == 2


def test_heads_that_are_kept_cannot_be_changed(db: Database) -> None:
    with db.begin(SYSTEM) as tx:
        witnesses.keep(tx, "own", Head(1, "a" * 64), "https://witness.example")
    for statement in ("UPDATE kernel_witness SET seq = 2", "DELETE FROM kernel_witness"):
        with pytest.raises(sa.exc.ProgrammingError), db.begin(SYSTEM) as tx:
            tx.execute(sa.text(statement))
