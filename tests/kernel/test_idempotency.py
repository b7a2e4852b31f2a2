"""A request sent twice acts once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from tests.support import actor

from chengyun.kernel import idempotency
from chengyun.kernel.errors import Conflict, NotFound
from chengyun.kernel.idempotency import Stored, forget, once, remember
from chengyun.kernel.transactions import Database

HASH = idempotency.hash_body(b'{"title": "x"}')


def test_the_second_time_is_answered_as_the_first(db: Database) -> None:
    with db.begin(actor()) as tx:
        assert once(tx, "k", "person:1", HASH) is None
        remember(tx, "k", "person:1", HASH, 201, {"id": 5})
    with db.begin(actor()) as tx:
        assert once(tx, "k", "person:1", HASH) == Stored(201, {"id": 5})
        assert once(tx, "k", "person:2", HASH) is None
        assert once(tx, "other", "person:1", HASH) is None


def test_an_answer_without_body_is_still_an_answer(db: Database) -> None:
    with db.begin(actor()) as tx:
        remember(tx, "k", "person:1", HASH, 204, None)
    with db.begin(actor()) as tx:
        assert once(tx, "k", "person:1", HASH) == Stored(204, None)


def test_the_same_key_with_another_body_is_refused(db: Database) -> None:
    with db.begin(actor()) as tx:
        remember(tx, "k", "person:1", HASH, 201, {})
    with pytest.raises(Conflict) as refused, db.begin(actor()) as tx:
        once(tx, "k", "person:1", idempotency.hash_body(b"other"))
    assert refused.value.code == "idempotency.body_differs"


def test_a_failed_act_leaves_its_key_free(db: Database) -> None:
    with pytest.raises(NotFound), db.begin(actor()) as tx:  # noqa: PT012
        remember(tx, "k", "person:1", HASH, 201, {})
        raise NotFound("anything")
    with db.begin(actor()) as tx:
        assert once(tx, "k", "person:1", HASH) is None


def test_two_at_once_act_once(db: Database) -> None:
    acted: list[int] = []
    answers: list[object] = []
    barrier = threading.Barrier(4)

    def send(number: int) -> None:
        barrier.wait()
        with db.begin(actor()) as tx:
            stored = once(tx, "k", "person:1", HASH)
            if stored is None:
                acted.append(number)
                remember(tx, "k", "person:1", HASH, 201, {"by": number})
                stored = Stored(201, {"by": number})
            answers.append(stored.response)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(acted) == 1
    assert answers == [{"by": acted[0]}] * 4


def test_old_answers_are_forgotten(db: Database) -> None:
    with db.begin(actor()) as tx:
        remember(tx, "k", "person:1", HASH, 201, {})
    with db.begin(actor()) as tx:
        assert forget(tx, timedelta(hours=1)) == 0
        assert forget(tx, timedelta(0)) == 1
