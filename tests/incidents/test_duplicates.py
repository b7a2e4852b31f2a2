"""What may be the same matter: the score and its reasons, whom they are shown to, and tickets to follow by."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from math import cos, floor, radians
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from chengyun.identity.vault import Vault
from chengyun.incidents.bodies import ReportBody
from chengyun.incidents.duplicates import finding, offers
from chengyun.incidents.duplicates.finding import CELL, ROW, Match, Wanted, cells
from chengyun.incidents.duplicates.offers import Offer
from chengyun.incidents.duplicates.rules import Telling, grams, metres_apart, score
from chengyun.incidents.intake import abuse, taking
from chengyun.incidents.reporter import tracking
from chengyun.incidents.reporting.once import Sent, report_once
from chengyun.incidents.tables import incident
from chengyun.incidents.views import Receipt
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.errors import Invalid, NotFound, TooMany
from tests.incidents.support import SHIQIAOPU, City, anonymous, resident

TOWN = "九龙坡区/石桥铺街道"
VAULT = Vault(b"e" * 32, b"h" * 32)
NOON = datetime(2026, 3, 11, 4, 0, tzinfo=UTC)
M = 1 / 111_195  # degrees per metre, northwards
SOURCE = b"s" * 32


def telling(metres: float = 0.0, hours: float = 0.0, category: str = "0404", **more: Any) -> Telling:
    return Telling(106.5, 29.5 + metres * M, NOON + timedelta(hours=hours), category, **more)


HERE = telling()
NEAR = [(0, 0), (10, 2), (60, 12), (150, 0.2)]
FAR = [(0, 720), (300, 24), (900, 0.1), (90, 23)]


@pytest.mark.parametrize(("metres", "hours", "same"), [(*a, True) for a in NEAR] + [(*a, False) for a in FAR])
def test_near_in_space_and_time_is_the_same_matter(metres: float, hours: float, same: bool) -> None:
    assert score(HERE, telling(metres, hours)).likely is same


moments = st.floats(0, 800)
spots = st.floats(0, 1500)
texts = st.text("下水道堵了路面垃圾abc 12，。", max_size=30)


@given(spots, moments, texts, texts)
@settings(max_examples=100, deadline=None, derandomize=True, database=None)
def test_the_score_is_symmetric_and_falls_with_distance_and_time(
    metres: float, hours: float, one: str, other: str
) -> None:
    a, b = telling(text=one), telling(metres, hours, text=other)
    assert score(a, b).log_odds == pytest.approx(score(b, a).log_odds)
    assert 0 < score(a, b).share < 1
    further, later = telling(metres + 50, hours, text=other), telling(metres, hours + 5, text=other)
    assert score(a, further).log_odds <= score(a, b).log_odds + 1e-9
    assert score(a, later).log_odds <= score(a, b).log_odds + 1e-9


def test_class_words_and_address_speak() -> None:
    def odds(**more: Any) -> float:
        return score(
            telling(text="三号楼门口水管爆了", address="科园路 3 号"), telling(30, 5, **more)
        ).log_odds

    plain = odds()
    assert odds(text="门口水管爆裂漫水") > plain > odds(text="有人在卖假药")
    assert odds(address="科园路 3 号") > plain > odds(address="石杨路 118 号")
    group = score(telling(group="管网"), telling(30, 5, "0402", group="管网")).log_odds
    named = score(telling(name="路面塌陷"), telling(30, 5, "x", name="路面塌方")).log_odds
    other = score(telling(group="管网"), telling(30, 5, "0102", group="市容")).log_odds
    assert plain > group > named > other
    assert score(telling(open=True), telling(0, 60)).log_odds > score(telling(), telling(0, 60)).log_odds
    ended = telling(ended=NOON + timedelta(hours=1))
    assert score(ended, telling(0, 2)).log_odds < score(HERE, telling(0, 2)).log_odds


def test_another_class_at_the_same_spot_is_a_wrong_form_for_minutes_only() -> None:
    first = telling(group="管网")
    again = {
        (metres, minutes): score(first, telling(metres, minutes / 60, "0102", group="市容")).likely
        for metres in (20, 120)
        for minutes in (5, 90)
    }
    assert again == {(20, 5): True, (20, 90): False, (120, 5): False, (120, 90): False}


def test_the_name_of_the_class_is_not_counted_twice() -> None:
    """A hotline that writes the class into every title would make everything alike."""
    lamps = [telling(m, 20, name="路灯不亮", text="路灯不亮") for m in (0, 90)]
    assert [ground.feature for ground in score(*lamps).grounds] == ["metres", "hours", "category"]


def test_a_position_that_stands_for_a_city_is_none() -> None:
    rounded = [
        Telling(-77.0, 39.0, NOON, "leak", address=street)
        for street in ("4600 BELLE AVE", "2810 GRANTLEY AVE")
    ]
    assert score(*rounded).metres is None
    assert not score(*rounded).likely
    assert score(rounded[0], rounded[0]).likely


def test_words_are_pairs_of_characters_and_whole_numbers() -> None:
    assert grams("Ａ栋 下水道") == {"a", "栋", "下水", "水道"}


@given(st.floats(-179, 179), st.floats(-70, 70), st.floats(-600, 600), st.floats(-600, 600))
@settings(max_examples=200, deadline=None, derandomize=True, database=None)
def test_the_squares_hold_whatever_is_near(lon: float, lat: float, east: float, north: float) -> None:
    there = (lon + east * M / cos(radians(lat)), lat + north * M)
    if metres_apart(lon, lat, *there) <= finding.REACH_M - 2:
        assert floor(there[1] / CELL) * ROW + floor(there[0] / CELL) in cells(lon, lat)


# looking


def look(city: City, who: Actor, at: tuple[float, float], **more: Any) -> list[Match]:
    with city.at(who) as tx:
        return finding.matches(tx, Wanted(*at, tx.now, **more))


def test_what_is_likely_comes_first_with_its_reasons(city: City) -> None:
    centre = city.officer(TOWN)
    same = city.report(resident(), "小区门口一堆垃圾没人收", SHIQIAOPU, address="科园路 3 号")
    city.report(resident(), "渣土车冒装", (SHIQIAOPU[0], SHIQIAOPU[1] + 80 * M))
    far = city.report(resident(), "路边垃圾", (SHIQIAOPU[0], SHIQIAOPU[1] + 500 * M))
    seen = look(city, centre, SHIQIAOPU, category="0102", text="门口有垃圾没人收走", address="科园路 3 号")
    assert seen[0].row.id == same.incident
    assert seen[0].likely
    words = " ".join(why.text for why in seen[0].reasons)
    for reason in ("相距 0 米", "类别相同", "没人收", "地址相同"):
        assert reason in words
    assert far.incident not in [match.row.id for match in seen if match.likely]
    assert look(city, city.officer("巴南区"), SHIQIAOPU, category="0102") == []
    city.move(centre, same.incident, "void", reason="误报")
    assert same.incident not in [match.row.id for match in look(city, centre, SHIQIAOPU, category="0102")]


# offers


def ask(city: City, who: Actor, at: tuple[float, float], category: str | None, text: str = "") -> list[Offer]:
    with city.at(who) as tx, tx.under(taking.POLICY):
        return offers.offers(tx, Wanted(*at, tx.now, category, text), VAULT)


def send(city: City, who: Actor, text: str, key: str, **more: Any) -> Receipt:
    body = ReportBody(text=text, lon=SHIQIAOPU[0], lat=SHIQIAOPU[1], **more)
    return report_once(city.db, who, Sent(body, key, SOURCE, VAULT))


def test_neighbours_hear_that_it_is_known_and_nothing_about_anybody(city: City) -> None:
    secret = "王五家门口一堆垃圾"
    first = city.report(resident(1), secret, (SHIQIAOPU[0], SHIQIAOPU[1] + 30 * M), address="科园路 3 号 2-1")
    city.report(anonymous(), secret, SHIQIAOPU, incident=first.incident)
    (offer,) = ask(city, resident(2), SHIQIAOPU, "0102")
    assert (offer.category, offer.within_m, offer.reports, offer.mine) == ("暴露垃圾", 50, 2, False)
    assert offer.place == "九龙坡区 · 石桥铺街道 · 曾家坝村"
    for leak in ("王五", "科园路", first.number, "网格"):
        assert leak not in repr(offer)
    assert ask(city, resident(1), SHIQIAOPU, "0102")[0].mine
    joined = send(city, resident(2), "我也看到了", "key-0001", follow=offer.ticket)
    assert joined.incident == first.incident
    assert city.life(first.incident).incident.reports_count == 3


def hide_all(city: City, receipt: Receipt) -> None:
    with city.at(system_actor("seed")) as tx:
        tx.execute(sa.text("UPDATE incidents_report SET hidden = true"))


def close_kind(city: City, receipt: Receipt) -> None:
    with city.at(system_actor("seed")) as tx:
        tx.execute(sa.update(incident).values(category="fire"))


def end(city: City, receipt: Receipt) -> None:
    city.move(city.officer(TOWN), receipt.incident, "void", reason="误报")


@pytest.mark.parametrize("change", [hide_all, close_kind, end])
def test_what_is_secret_or_over_is_not_offered(city: City, change: Callable[[City, Receipt], None]) -> None:
    told = city.report(resident(1), "一堆垃圾", SHIQIAOPU)
    assert len(ask(city, resident(2), SHIQIAOPU, None)) == 1
    change(city, told)
    assert ask(city, resident(2), SHIQIAOPU, None) == []


def test_nobody_joins_what_was_not_offered_to_them(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    first = city.report(resident(1), "一堆垃圾", SHIQIAOPU)
    ticket = ask(city, resident(2), SHIQIAOPU, "0102")[0].ticket
    for who, more in (
        (resident(2), {"incident": first.incident}),
        (anonymous(), {"incident": first.incident}),
        (resident(3), {"follow": ticket}),
        (anonymous(), {"follow": ticket}),
        (resident(2), {"follow": ticket[:-8] + "AAAAAAA="}),
        (resident(2), {"follow": "不是票"}),
    ):
        with pytest.raises(Invalid) as refused:
            send(city, who, "我也看到了", f"key-{who.kind}-{len(str(more))}", **more)
        assert refused.value.fields[0].code == "incidents.no_offer"
    with pytest.raises(NotFound):
        send(city, city.officer("巴南区"), "我也看到了", "key-far", incident=first.incident)
    near = send(city, city.officer(TOWN), "又来电话", "key-near", incident=first.incident)
    assert near.incident == first.incident
    monkeypatch.setattr(offers, "GOOD_FOR", timedelta(seconds=-1))
    late = ask(city, resident(2), SHIQIAOPU, "0102")[0].ticket
    assert send(city, resident(2), "我也看到了", "key-late", follow=late).incident != first.incident


def test_an_offer_whose_incident_has_ended_opens_a_new_one(city: City) -> None:
    """The report may have waited on a phone: it is never lost."""
    first = city.report(resident(1), "一堆垃圾", SHIQIAOPU)
    ticket = ask(city, resident(2), SHIQIAOPU, "0102")[0].ticket
    end(city, first)
    assert send(city, resident(2), "我也看到了", "key-0001", follow=ticket).incident != first.incident


def test_a_ticket_to_a_merged_incident_leads_to_its_master(city: City) -> None:
    centre = city.officer(TOWN)
    first, master = (city.report(resident(number), "一堆垃圾", SHIQIAOPU) for number in (1, 3))
    ticket = next(o.ticket for o in ask(city, resident(1), SHIQIAOPU, "0102") if o.mine)
    city.move(centre, first.incident, "merge_into", into=master.incident)
    assert send(city, resident(1), "还没人来", "key-0001", follow=ticket).incident == master.incident


def test_asking_is_limited(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(abuse, "ASKING", (abuse.Rate(2, timedelta(days=1)),))
    for _ in range(2):
        with city.at(anonymous()) as tx:
            abuse.admit_question(tx, SOURCE)
    with pytest.raises(TooMany), city.at(anonymous()) as tx:
        abuse.admit_question(tx, SOURCE)
    with city.at(city.officer(TOWN)) as tx:
        abuse.admit_question(tx, SOURCE)


def test_a_follower_reads_the_class_and_not_the_first_tellers_words(city: City) -> None:
    city.report(resident(1), "赵六家门口一堆垃圾", SHIQIAOPU, address="科园路 3 号 2-1")
    ticket = ask(city, resident(2), SHIQIAOPU, "0102")[0].ticket
    joined = send(city, resident(2), "我也看到了", "key-0001", follow=ticket)
    with city.at(resident(2)) as tx:
        (mine,) = tracking.of_reporter(tx, tracking.own_reports(tx), "zh")
    with city.at(system_actor("tracking")) as tx:
        linked = tracking.tracking(tx, tracking.report_by_token(tx, joined.tracking), "zh")
    for seen in (mine, linked):
        assert (seen.title, seen.text, seen.reports) == ("暴露垃圾", "我也看到了", 2)
        assert "赵六" not in repr(seen)
        assert "科园路" not in repr(seen)
