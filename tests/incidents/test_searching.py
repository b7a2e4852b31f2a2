"""Search finds exactly what a naive look at every text finds, for everybody what they may see, and forgets with the text."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
import sqlalchemy as sa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chengyun.identity.vault import Vault
from chengyun.incidents import service
from chengyun.incidents.privacy import requests
from chengyun.incidents.reading import queries, searching
from chengyun.incidents.reading.filters import Filters
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.events import Bus
from chengyun.kernel.transactions import Database
from tests.incidents.support import HUAXI, SHIQIAOPU, City, resident
from tests.support import Cluster

TOWN, OTHER = "九龙坡区/石桥铺街道", "巴南区/花溪街道"
# Few characters, so that pieces repeat; everything that a pattern, a list of pieces or a quoted word could trip over.
ALPHABET = "垃圾桶路𠮷😀科aAbKTVéÉ0017-#%_\\'\":&|!*() \n，。"
PIECES = st.text(alphabet=ALPHABET, min_size=1, max_size=6)
COUNT = 120


@pytest.fixture(scope="module")
def texts(cluster: Cluster, incidents_city: str) -> Iterator[tuple[City, Actor, dict[str, str]]]:
    """A city with incidents of random words: the city, who reads them all, number → all that is searched."""
    draw = random.Random(7)

    def said(most: int) -> str:
        return "".join(draw.choices(ALPHABET, k=draw.randrange(1, most)))

    with cluster.fresh(incidents_city) as links:
        city = City(Database(links.app_url, Bus(), pool_size=2))
        first = city.report(resident(), "垃圾", SHIQIAOPU, category="0102").incident
        told = [(said(8), said(60 if n % 20 else 4_000), said(12)) for n in range(COUNT)]
        _copy(city, first, told)
        with city.db.begin(system_actor("seed")) as tx:
            rows = tx.execute(sa.text("SELECT number, title, text, address FROM incidents_incident")).all()
        yield city, city.officer("", "duty-chief"), {row[0]: "\x00".join(row).lower() for row in rows}
        city.db.dispose()


def _copy(city: City, first: int, told: list[tuple[str, str, str]]) -> None:
    """One incident as often as there are texts, each with its own."""
    with city.db.begin(system_actor("seed")) as tx:
        skipped = ("id", "number", "title", "text", "address", "cell", "seen_by")
        table = searching.incident
        names = ", ".join(column.name for column in table.c if column.name not in skipped)
        copy = sa.text(
            f"INSERT INTO incidents_incident (number, title, text, address, {names})"
            f" SELECT number || n, t, x, a, {names} FROM incidents_incident, unnest(CAST(:t AS text[]),"
            " CAST(:x AS text[]), CAST(:a AS text[])) WITH ORDINALITY AS given(t, x, a, n) WHERE id = :first"
        )
        title, text, address = map(list, zip(*told, strict=True))
        tx.execute(copy, {"t": title, "x": text, "a": address, "first": first})


@settings(max_examples=80, deadline=None)
@given(asked=PIECES, at=st.integers(0, 10**6), size=st.integers(0, 90), few=st.booleans())
@example(asked="桶", at=0, size=0, few=True)
@example(asked="没有", at=0, size=0, few=True)
@example(asked="\\", at=0, size=0, few=True)
def test_it_finds_what_a_look_at_every_text_finds(
    texts: tuple[City, Actor, dict[str, str]], asked: str, at: int, size: int, few: bool
) -> None:
    """What is asked for is made up, or with a `size` cut out of the texts; by ids (`few`) and in order alike."""
    city, actor, kept = texts
    whole = "\x00".join(kept.values())
    cut = whole[at % len(whole) :][:size].split("\x00")[0].strip() if size else asked
    asked = (cut or asked).strip() or "-"
    with pytest.MonkeyPatch.context() as patch, city.at(actor) as tx:
        patch.setattr(searching, "FEW", COUNT + 1 if few else 0)
        page = service.queue(tx, Filters(q=asked), sort="newest", limit=COUNT + 1)
    expected = {number for number, said in kept.items() if asked.lower() in said}
    assert {row.number for row in page.items} == expected
    assert page.total == len(expected)


def test_few_are_looked_up_and_many_are_read_in_order(texts: tuple[City, Actor, dict[str, str]]) -> None:
    city, actor, kept = texts
    number = next(iter(kept))
    with city.at(actor) as tx:
        assert "= ANY" in str(sa.and_(*searching.matches(tx, number)))
        assert tx.execute(sa.text("SHOW enable_sort")).scalar_one() == "on"
    with pytest.MonkeyPatch.context() as patch, city.at(actor) as tx:
        patch.setattr(searching, "FEW", 3)
        assert "= ANY" not in str(sa.and_(*searching.matches(tx, number[:4])))
        assert queries.queue(tx, Filters(q=f" {number} ")).items[0].number == number


def test_jurisdiction_reaches_its_index(city: City) -> None:
    """One policy for reading, one condition: behind a second one `&&`, which is not leakproof, reaches no index."""
    with city.at(city.officer(TOWN)) as tx:
        tx.execute(
            sa.text(
                "SELECT set_config(n, 'off', true) FROM unnest(ARRAY['enable_seqscan', 'enable_indexscan']) n"
            )
        )
        plan = tx.execute(
            sa.text("EXPLAIN SELECT id FROM incidents_incident WHERE title LIKE '%垃圾%'")
        ).scalars()
        assert "Bitmap Index Scan on incidents_incident_seen_by" in "\n".join(plan)


def test_nobody_finds_what_they_may_not_see_and_nobody_reads_the_words(city: City) -> None:
    here = city.report(resident(), "门口的沙发没人要", SHIQIAOPU, category="0102")
    there = city.report(resident(), "路边的沙发没人要", HUAXI, category="0102")

    def found(actor: Actor, q: str) -> set[int]:
        with city.at(actor) as tx:
            return {row.id for row in service.queue(tx, Filters(q=q)).items}

    assert found(city.officer(""), "沙发") == {here.incident, there.incident}
    assert found(city.officer(TOWN), "沙发") == found(resident(), here.number) == {here.incident}
    assert found(city.officer(OTHER), "门口") == found(resident(8), here.number) == set()
    assert found(city.officer(TOWN, "auditor"), "沙发") == set()
    assert found(city.officer(TOWN, "auditor"), here.number) == {here.incident}
    for attempt in (
        "SELECT words FROM incidents_words",
        "SELECT incident_id FROM incidents_words WHERE words @@ 'x'::tsquery",
        "INSERT INTO incidents_words VALUES (0, '')",
        "DELETE FROM incidents_words",
    ):
        with psycopg.connect(city.db.url) as app:
            app.execute("SELECT set_config('chengyun.system', 'seed', true)")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(attempt)


def test_what_is_erased_is_found_no_more(cluster: Cluster, city: City) -> None:
    receipt = city.report(
        resident(), "沙发挡路，电话13812340001", SHIQIAOPU, category="0102", address="找王二"
    )
    officer = city.officer(TOWN)
    city.move(officer, receipt.incident, "accept")
    city.move(officer, receipt.incident, "void", reason="重复上报")
    url = f"{cluster.running.admin_url.rsplit('/', 1)[0]}/{city.db.engine.url.database}"

    def words() -> str:
        with psycopg.connect(url) as admin:
            row = admin.execute("SELECT string_agg(words::text, '') FROM incidents_words").fetchone()
        return str(row[0] if row else "")

    _copy(city, receipt.incident, [("冰箱", "冰箱", "")])
    assert "'冰箱'" in words()
    with psycopg.connect(url, autocommit=True) as admin:
        for column in ("number", "title", "text", "address"):
            for value in ("汽车a", "冰箱"):
                change = f"UPDATE incidents_incident SET {column} = %s WHERE id <> %s"
                admin.execute(change, [value, receipt.incident])
                assert ("汽车" in words()) == (value == "汽车a"), column
        admin.execute("DELETE FROM incidents_incident WHERE id <> %s", [receipt.incident])
    assert "冰箱" not in words()
    pieces = ("'沙发'", "'38'", "'00'", "'王二'")
    assert all(piece in words() for piece in pieces)
    with city.at(system_actor("incidents.privacy")) as tx:
        tx.now += timedelta(days=36_500)
        assert requests.erase_due(tx, Vault(b"e" * 32, b"h" * 32)) > 0
    assert not any(piece in words() for piece in pieces)
    with city.at(officer) as tx:
        assert service.queue(tx, Filters(q="沙发")).total == 0
        assert service.queue(tx, Filters(q=receipt.number)).total == 1
