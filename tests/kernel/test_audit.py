"""The audit trail: it commits with the act, is chained afterwards, and shows every touch."""

import json
from collections.abc import Callable

import psycopg
import pytest
import sqlalchemy as sa
from tests.support import actor

from chengyun.kernel import audit
from chengyun.kernel.audit import Head
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.transactions import Database

Owner = psycopg.Connection[tuple[object, ...]]
SEALER = system_actor("kernel.audit_seal")


def write(db: Database, count: int, who: Actor | None = None) -> None:
    for number in range(count):
        with db.begin(who or actor(name="张三", post=7)) as tx:
            audit.record(tx, "thing.changed", ("thing", number), {"说": "好", "n": number, "x": 1.5})


def seal(db: Database) -> int:
    with db.begin(SEALER) as tx:
        return audit.seal(tx)


def verify(db: Database, anchor: Head | None = None) -> audit.Verification:
    with db.begin(system_actor("audit")) as tx:
        return audit.verify(tx, [anchor] if anchor else [])


def export(db: Database) -> list[str]:
    with db.begin(system_actor("audit")) as tx:
        return list(audit.export_lines(tx))


def tamper(owner: Owner, statement: str) -> None:
    """As somebody with the owner's password would: the append-only triggers off, then the change."""
    owner.execute("ALTER TABLE kernel_audit DISABLE TRIGGER USER")
    owner.execute(statement)
    owner.execute("ALTER TABLE kernel_audit ENABLE TRIGGER USER")


def test_a_row_says_who_did_what_to_what_and_shares_the_fate_of_the_act(db: Database) -> None:
    def act_and_fail() -> None:
        with db.begin(actor()) as tx:
            audit.record(tx, "thing.lost")
            raise RuntimeError("undo")

    write(db, 1)
    with pytest.raises(RuntimeError, match="undo"):
        act_and_fail()
    query = "SELECT actor_kind, actor_id, actor_name, post, action, subject_kind, subject_id, detail"
    with db.begin(system_actor("audit")) as tx:
        rows = tx.execute(sa.text(f"{query} FROM kernel_audit")).all()
    told = {"说": "好", "n": 0, "x": 1.5}
    assert [tuple(r) for r in rows] == [("person", 1, "张三", 7, "thing.changed", "thing", "0", told)]


def test_a_sensitive_read_is_on_record_before_the_data_leaves(db: Database) -> None:
    audit.record_read(db, actor(), "reporter.contact", ("report", 5), {"reason": "回访"})
    assert verify(db).unsealed == 1


def test_the_tail_that_is_not_sealed_yet_is_shown(db: Database) -> None:
    assert verify(db) == audit.Verification(True, 0, 0)
    write(db, 3)
    assert (verify(db).ok, verify(db).sealed, verify(db).unsealed) == (True, 0, 3)
    assert seal(db) == 3
    write(db, 2)
    found = verify(db)
    assert (found.ok, found.sealed, found.unsealed, found.first_broken) == (True, 3, 2, None)
    assert seal(db) == 2
    assert seal(db) == 0
    assert verify(db).sealed == 5


def test_rows_are_chained_in_commit_order_whatever_their_ids(db: Database) -> None:
    with db.begin(actor(name="early")) as early:
        audit.record(early, "first.written")
        early.flush()
        with db.begin(actor(name="late")) as late:
            audit.record(late, "second.written")
        assert seal(db) == 1
    assert seal(db) == 1
    with db.begin(system_actor("audit")) as tx:
        rows = tx.execute(sa.text("SELECT seq, action, id FROM kernel_audit ORDER BY seq")).all()
    assert [row.action for row in rows] == ["second.written", "first.written"]
    assert rows[0].id > rows[1].id
    assert verify(db).ok


def test_the_application_can_neither_change_nor_remove_nor_seal_twice(
    db: Database, owner_conn: Owner
) -> None:
    write(db, 2)
    seal(db)
    for statement in (
        "UPDATE kernel_audit SET action = 'x'",
        "DELETE FROM kernel_audit",
        "UPDATE kernel_audit SET hash = NULL, seq = NULL, prev_hash = NULL",
    ):
        with pytest.raises(sa.exc.ProgrammingError), db.begin(SEALER) as tx:
            tx.execute(sa.text(statement))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner_conn.execute(statement)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        owner_conn.execute("TRUNCATE kernel_audit")


SWAP = """
UPDATE kernel_audit a SET action = b.action, subject_id = b.subject_id, detail = b.detail, at = b.at
  FROM kernel_audit b WHERE (a.seq, b.seq) IN ((3, 5), (5, 3))
"""
INSERT = """
UPDATE kernel_audit SET seq = -seq WHERE seq >= 4;
UPDATE kernel_audit SET seq = 1 - seq WHERE seq < 0;
INSERT INTO kernel_audit (at, actor_kind, actor_name, action, seq, prev_hash, hash)
SELECT at, actor_kind, '李四', 'thing.invented', 4, prev_hash, hash FROM kernel_audit WHERE seq = 3
"""


@pytest.mark.parametrize(
    ("statement", "broken", "why"),
    [
        ("UPDATE kernel_audit SET actor_name = '王五' WHERE seq = 3", 3, "changed"),
        ("UPDATE kernel_audit SET at = at + interval '1 microsecond' WHERE seq = 6", 6, "changed"),
        ("UPDATE kernel_audit SET detail = detail - 'x' WHERE seq = 1", 1, "changed"),
        ("UPDATE kernel_audit SET hash = sha256('x') WHERE seq = 2", 2, "changed"),
        ("UPDATE kernel_audit SET prev_hash = sha256('x') WHERE seq = 4", 4, "not linked"),
        ("DELETE FROM kernel_audit WHERE seq = 4", 4, "missing"),
        ("DELETE FROM kernel_audit WHERE seq = 1", 1, "missing"),
        (INSERT, 4, "not linked"),
        (SWAP, 3, "changed"),
        ("UPDATE kernel_audit SET seq = -seq; UPDATE kernel_audit SET seq = 8 + seq", 1, "not linked"),
    ],
)
def test_the_first_link_that_was_touched_is_named(
    db: Database, owner_conn: Owner, statement: str, broken: int, why: str
) -> None:
    write(db, 7)
    seal(db)
    tamper(owner_conn, statement)
    found = verify(db)
    assert (found.ok, found.first_broken, found.why, found.sealed) == (False, broken, why, broken - 1)


def test_a_cut_off_end_shows_against_a_head_kept_elsewhere(db: Database, owner_conn: Owner) -> None:
    write(db, 5)
    seal(db)
    kept = Head.parse(str(verify(db).head))
    write(db, 2)
    seal(db)
    assert verify(db, kept).ok, "a chain that went on still holds its old head"
    tamper(owner_conn, "DELETE FROM kernel_audit WHERE seq > 3")
    assert verify(db).ok, "without a head from elsewhere a shorter chain looks whole"
    found = verify(db, kept)
    assert (found.ok, found.first_broken, found.why) == (False, 4, "cut off")
    write(db, 2)
    seal(db)
    found = verify(db, kept)
    assert (found.ok, found.first_broken, found.why) == (False, 5, "changed"), "rewritten under the kept head"


def exported(db: Database) -> list[str]:
    write(db, 6)
    seal(db)
    return export(db)


def test_an_export_is_verified_without_a_database(db: Database) -> None:
    lines = exported(db)
    found = audit.verify_lines(line + "\n" for line in lines)
    assert (found.ok, found.sealed, found.first_broken) == (True, 6, None)
    assert found.head == verify(db).head
    assert json.loads(lines[2])["detail"] == {"说": "好", "n": 2, "x": 1.5}
    assert audit.verify_lines(lines, [found.head]).ok
    assert not audit.verify_lines(lines, [Head(6, "ab" * 32)]).ok


def edited(lines: list[str]) -> list[str]:
    return [line.replace("thing.changed", "thing.kept") if n == 2 else line for n, line in enumerate(lines)]


@pytest.mark.parametrize(
    ("touch", "broken", "why"),
    [
        (edited, 3, "changed"),
        (lambda lines: lines[:2] + lines[3:], 3, "missing"),
        (lambda lines: lines[:2] + lines[1:], 3, "out of order"),
        (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], 2, "missing"),
        (lambda lines: lines[:4] + lines[6:], 5, "cut off"),
        (lambda lines: lines[:-1], 7, "cut off"),
        (lambda lines: lines[:3], 4, "cut off"),
        (lambda lines: [*lines[:3], "{", *lines[3:]], 4, "unreadable"),
        (lambda lines: [*lines[:3], "[]", *lines[3:]], 4, "unreadable"),
        (lambda lines: [*lines, lines[-2]], 7, "out of order"),
        (lambda _lines: [], 1, "cut off"),
    ],
)
def test_a_touched_export_names_the_first_link(
    db: Database, touch: Callable[[list[str]], list[str]], broken: int, why: str
) -> None:
    found = audit.verify_lines(touch(exported(db)))
    assert (found.ok, found.first_broken, found.why) == (False, broken, why)


def test_a_job_of_the_system_says_who_asked_for_it(db: Database) -> None:
    from chengyun.kernel.jobs import ActorRef, Running, running_job

    token = running_job.set(Running(1, "test.job", ActorRef("person", 42, 7), 1))
    try:
        write(db, 1, system_actor("test.job"))
    finally:
        running_job.reset(token)
    with db.begin(system_actor("audit")) as tx:
        detail = tx.execute(sa.text("SELECT detail FROM kernel_audit")).scalar_one()
    assert detail["asked_by"] == {"kind": "person", "id": 42, "post": 7, "system": None}
