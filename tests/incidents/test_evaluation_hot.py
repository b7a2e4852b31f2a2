"""Hot spots and hot topics: found where they are put, absent where nothing is, as long as their lists."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengyun.incidents.evaluation import cells, clusters, service
from chengyun.incidents.evaluation.contracts import PeriodKind, Question
from tests.incidents.support import HUAXI, SHIQIAOPU, City

JUNE = Question(PeriodKind.MONTH, date(2025, 6, 10))
AT = datetime(2025, 6, 10, 2, tzinfo=UTC)


def test_a_bump_is_hot_and_evenness_is_not() -> None:
    even = {(x, y): 3 for x in range(12) for y in range(12)}
    assert {cells.heat(z, 3) for z in cells.gi_star(even, even).values()} == {""}
    bumped = even | {(5, 5): 40, (6, 5): 30}
    z = cells.gi_star(bumped, even)
    assert cells.heat(z[5, 5], 40) == "high"
    assert max(z, key=lambda cell: z[cell]) in {(5, 5), (6, 5), (5, 4), (6, 4), (5, 6), (6, 6)}
    assert cells.heat(z[0, 0], 3) == ""
    assert cells.heat(9.9, 1) == "", "a single report is no hot spot"


@given(st.dictionaries(st.tuples(st.integers(0, 9), st.integers(0, 9)), st.integers(1, 50)))
def test_significance_does_not_depend_on_the_unit_of_counting(counts: dict[cells.Cell, int]) -> None:
    once = cells.gi_star(counts, counts)
    thrice = cells.gi_star({cell: 3 * count for cell, count in counts.items()}, counts)
    assert once.keys() == counts.keys()
    assert all(thrice[cell] == pytest.approx(z, abs=1e-6) for cell, z in once.items())


SMELL = (
    ("魅力花园小区楼下烧烤油烟扰民", "楼下烧烤店油烟直排，晚上无法开窗。"),
    ("魅力花园小区夜宵摊油烟太大", "烧烤摊油烟飘进居民家里，请求处理。"),
    ("魅力花园烧烤店深夜油烟噪音扰民", "小区临街烧烤店营业到凌晨，油烟和噪音扰民。"),
)
OTHERS = (
    ("什么时候能普及新的公交线路", "希望增设一个站点方便出行。"),
    ("申请购房补贴为什么通不过", "材料都交了，系统显示不符合条件。"),
)


def test_what_is_written_alike_is_one_topic_and_distance_parts_it() -> None:
    texts = [clusters.gist(*one) for one in (*SMELL, *OTHERS)]
    rows, nowhere = clusters.vectors(texts), [None] * len(texts)
    found = clusters.clusters(clusters.alike(rows, nowhere, nowhere))
    assert len(set(found[:3])) == 1
    assert len(set(found)) == 3
    apart = clusters.clusters(clusters.alike(rows, list(range(5)), nowhere))
    assert len(set(apart)) == 5
    assert clusters.clusters(clusters.alike(clusters.vectors(["", " "]), [1, 1], [1, 1])) in ([1, 2], [2, 1])


def test_topics_and_spots_of_a_district(city: City) -> None:
    officer = city.officer("九龙坡区")
    for number, (title, text) in enumerate(SMELL):
        for month in (0, 30) if number == 0 else (0,):
            when = AT - timedelta(days=month) + timedelta(hours=number)
            city.report(officer, text, SHIQIAOPU, when, title=title, category="0102", channel="centre")
    for title, text in OTHERS:
        city.report(officer, text, SHIQIAOPU, AT, title=title, category="0404", channel="centre")
    city.report(city.officer("巴南区"), SMELL[0][1], HUAXI, AT, category="0102", channel="centre")
    with city.at(officer, AT + timedelta(days=30)) as tx:
        found = service.hot_topics(tx, JUNE)
        spots = service.hot_spots(tx, JUNE)
        behind = service.reported(tx, JUNE, spots.cells[0].box, None, 2)
        rest = service.reported(tx, JUNE, spots.cells[0].box, int(behind.next or 0), 50)
    (topic,) = found.topics
    assert (topic.count, topic.before, len(topic.tellings)) == (3, 1, 3)
    assert "石桥铺街道" in topic.place
    assert topic.last - topic.first == timedelta(hours=2)
    assert (found.total, found.sampled) == (5, 5)
    assert spots.total == 5
    assert [cell.count for cell in spots.cells] == [5]
    assert spots.cells[0].before == 1
    assert len(behind.items) + len(rest.items) == behind.total == spots.cells[0].count
    with city.at(officer, AT + timedelta(days=30)) as tx:
        quiet = Question(PeriodKind.DAY, date(2025, 1, 1))
        assert service.hot_topics(tx, quiet).topics == []
        assert service.hot_spots(tx, quiet).cells == []
