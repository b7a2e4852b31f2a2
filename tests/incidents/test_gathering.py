"""Reports that come at the same moment: one transaction for all, and each answered as if it had come alone."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from chengyun.identity.vault import Vault
from chengyun.incidents.bodies import ReportBody
from chengyun.incidents.reporting.gathering import MOST, ROUNDS, Gathering
from chengyun.incidents.reporting.once import Sent, Submission, report_once, report_together
from chengyun.incidents.views import Receipt
from chengyun.kernel import sequencer
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.errors import Conflict, Forbidden
from chengyun.kernel.transactions import Alone
from chengyun.territory.contracts import OutsideCity
from tests.incidents.support import HUAXI, SHIQIAOPU, ZHAIZIPING, City, anonymous, resident
from tests.support import in_loop

VAULT = Vault(b"e" * 32, b"h" * 32)
TOWN = "九龙坡区/石桥铺街道"


class Closed(Vault):
    """Refuses at the last moment, when all rows of a report have been added."""

    def seal(self, *_given: Any) -> bytes:
        raise Forbidden("kernel.forbidden", permission="")


def submission(
    who: Actor, key: str, text: str = "下水道堵了", at: tuple[float, float] = ZHAIZIPING, **more: Any
) -> Submission:
    under, vault = more.pop("under", None), more.pop("vault", VAULT)
    body = ReportBody(text=text, lon=at[0], lat=at[1], **more)
    return Submission(who, Sent(body, f"key-{key}", b"source", vault), under)


def sent(city: City, *submissions: Submission) -> list[Any]:
    """What each of them brings; a second attempt shows what is kept in memory by then."""
    return list(report_together(city.db, submissions))


def gathered(city: City, submissions: Sequence[Submission]) -> list[Any]:
    """Everything at once, as an event loop gets it."""

    async def all_of_them() -> list[Any]:
        gathering = Gathering(city.db)
        asked = (gathering.report(one, lambda one=one: one.actor) for one in submissions)
        return await asyncio.gather(*asked, return_exceptions=True)

    return in_loop(all_of_them())


def count(city: City, table: str = "incidents_incident") -> int:
    with city.at(system_actor("seed")) as tx:
        return int(tx.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one())


@pytest.fixture
def warm(city: City) -> City:
    """Rules, units and the map are in memory."""
    city.report(city.officer(TOWN), "下水道堵了", ZHAIZIPING)
    return city


def test_each_of_a_round_is_answered_for_itself(warm: City) -> None:
    city, officer, other = warm, warm.officer(TOWN), warm.officer("巴南区")
    known = report_once(city.db, officer, submission(officer, "known", at=SHIQIAOPU).sent)
    before = count(city)
    alone = submission(officer, "joins", incident=known.incident)
    outcomes = sent(
        city,
        submission(officer, "one"),
        submission(other, "two", "路边垃圾", HUAXI),
        submission(officer, "outside", at=(121.47, 31.23)),
        submission(officer, "known", at=SHIQIAOPU),
        submission(officer, "known", "别的文字"),
        submission(replace(officer, permissions=frozenset()), "may-not"),
        alone,
        submission(resident(), "counted"),
        submission(officer, "stale", under=-1),
        submission(officer, "late", vault=Closed(b"e" * 32, b"h" * 32)),
    )
    kinds: list[type] = [
        Receipt,
        Receipt,
        OutsideCity,
        Receipt,
        Conflict,
        Forbidden,
        Alone,
        Alone,
        Alone,
        Forbidden,
    ]
    assert [type(one) for one in outcomes] == kinds
    assert count(city) == before + 2
    assert (outcomes[3].incident, outcomes[3].duplicate) == (known.incident, True)
    for receipt, who in ((outcomes[0], officer), (outcomes[1], other)):
        city.check_history(receipt.incident)
        assert city.life(receipt.incident).steps[0].actor_id == who.id
    assert report_once(city.db, officer, alone.sent).incident == known.incident


def test_a_round_is_one_statement_to_read_and_one_to_write(warm: City) -> None:
    seen: list[str] = []
    sa.event.listen(warm.db.engine, "before_cursor_execute", lambda *told: seen.append(told[2]))
    outcomes = sent(warm, *(submission(warm.officer(TOWN), f"many-{n}") for n in range(20)))
    assert len({receipt.incident for receipt in outcomes}) == 20
    assert len(seen) == 2, "\n".join(seen)


def test_a_round_wakes_who_numbers_the_news(warm: City) -> None:
    with psycopg.connect(warm.db.url, autocommit=True) as listener:
        listener.execute(f"LISTEN {sequencer.WAITING}")
        sent(warm, submission(warm.officer(TOWN), "heard"))
        assert [told.channel for told in listener.notifies(timeout=5, stop_after=1)] == [sequencer.WAITING]


def test_whoever_comes_while_others_are_written_goes_with_the_next_round(warm: City) -> None:
    officer, before = warm.officer(TOWN), count(warm)
    asked: list[Any] = []
    sa.event.listen(warm.db.engine, "before_cursor_execute", lambda *told: asked.append(told[3]))
    people: list[Actor] = [officer, resident(), anonymous()]
    given = [submission(people[n % 3 if n < 9 else 0], f"storm-{n}", f"下水道堵了 {n}") for n in range(60)]
    receipts = gathered(warm, given)
    assert {type(one) for one in receipts} == {Receipt}
    assert count(warm) == before + 60 == before + len({one.incident for one in receipts})
    with warm.at(system_actor("seed")) as tx:
        texts = dict(tx.execute(sa.text("SELECT incident_id, text FROM incidents_report")).all())
    assert [texts[one.incident] for one in receipts] == [one.sent.body.text for one in given]
    rounds = [params["reports"] for params in asked if "reports" in params]
    assert sum(rounds) == 60
    assert len(rounds) < 20  # six of them have a transaction of their own
    assert max(rounds) <= MOST


def test_it_goes_on_when_who_asked_has_gone(warm: City) -> None:
    """Somebody leaves while theirs is written; others come one after the other, more than there are rounds."""
    officer = warm.officer(TOWN)

    async def story() -> list[Receipt]:
        gathering = Gathering(warm.db)
        asked = [
            asyncio.create_task(gathering.report(submission(officer, key), lambda: officer))
            for key in ("leaves", "stays")
        ]
        await asyncio.sleep(0)
        asked[0].cancel()
        later = (submission(officer, f"later-{number}") for number in range(2 * ROUNDS))
        return [await asked[1], *[await gathering.report(one, lambda: officer) for one in later]]

    receipts = in_loop(story())
    assert len({one.incident for one in receipts}) == 1 + 2 * ROUNDS


def test_a_key_sent_twice_at_the_same_moment_opens_one_incident(warm: City) -> None:
    before = count(warm)
    receipts = gathered(warm, [submission(warm.officer(TOWN), "same")] * 6)
    assert {one.incident for one in receipts} == {receipts[0].incident}
    assert sorted(one.duplicate for one in receipts) == [False, True, True, True, True, True]
    assert count(warm) == before + 1


def test_a_key_is_its_sender_s_own(warm: City) -> None:
    """Of an account, of every kind its own; where nobody signed in, of an address."""
    senders = [
        (warm.officer(TOWN, id=7), b"a"), (resident(7), b"a"), (resident(8), b"a"), (anonymous(), b"a"), (anonymous(), b"b"),
    ]  # fmt: skip
    one = submission(resident(), "shared").sent
    receipts = [report_once(warm.db, who, replace(one, source=source)) for who, source in senders]
    again = [report_once(warm.db, who, replace(one, source=source)) for who, source in senders]
    assert len({receipt.incident for receipt in receipts}) == len(senders)
    assert [replace(receipt, duplicate=True) for receipt in receipts] == again


def test_who_finds_the_key_taken_while_writing_begins_anew(warm: City) -> None:
    """Both have looked before either has written."""
    met = threading.Barrier(2)

    class Meeting(Vault):
        def seal(self, text: str, bound_to: str) -> bytes:
            met.wait(20)
            return super().seal(text, bound_to)

    one = submission(warm.officer(TOWN), "twice", vault=Meeting(b"e" * 32, b"h" * 32))
    with ThreadPoolExecutor(2) as pool:
        receipts = list(pool.map(lambda _: report_once(warm.db, one.actor, one.sent), range(2)))
    assert sorted(receipt.duplicate for receipt in receipts) == [False, True]
    assert len({receipt.incident for receipt in receipts}) == 1


@pytest.mark.parametrize("text", ["坏\x00", "坏"])
def test_what_is_wrong_with_one_touches_no_other(
    warm: City, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that cannot be written, and a defect of ours: the others are taken in, the one is told."""
    good = [submission(warm.officer(TOWN), f"good-{n}") for n in range(5)]
    bad = submission(warm.officer(TOWN), "bad")
    spoil: Callable[..., Any] = ReportBody.as_report

    def spoiled(body: ReportBody, *given: Any) -> Any:
        made = spoil(body, *given)
        if body is bad.sent.body:
            if text == "坏":
                raise ZeroDivisionError
            object.__setattr__(made, "text", text)
        return made

    monkeypatch.setattr(ReportBody, "as_report", spoiled)
    before = count(warm)
    outcomes = gathered(warm, [*good[:3], bad, *good[3:]])
    assert isinstance(outcomes.pop(3), Exception)
    assert {type(one) for one in outcomes} == {Receipt}
    assert count(warm) == before + 5 == before + len({one.incident for one in outcomes})
