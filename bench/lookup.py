"""一键查 over 4,700 signs in the 1,073 regions from town up of the whole demo city, a current value in every one of them.

Each question is a transaction of its own, as a duty officer asks: words, pinyin, initials, a code, a slip of the finger,
a region in the question; with ranks among siblings and the last 24 hours. The signs are made up of words as a catalogue
has them: 47 things × 10 measures × 10 statistics.
"""

from __future__ import annotations

import itertools
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import numpy as np
from bench._common import Figure, core_speed, figure

from chengyun.identity.roles import ROLES
from chengyun.kernel import migrations
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.postgres import Embedded
from chengyun.kernel.transactions import Database, Tx
from chengyun.territory import service as territory
from chengyun.vitals.board import Board, Layout, announce, publish
from chengyun.vitals.catalogue import store
from chengyun.vitals.contracts import Domain, Input, Sign, Statistic
from chengyun.vitals.lookup import service
from chengyun.vitals.lookup.service import Live

SEED, ROUNDS, HOURS = system_actor("seed"), 25, 24
THINGS = [
    "燃气",
    "烟感",
    "热力",
    "水位",
    "雨量",
    "桥梁",
    "边坡",
    "消防",
    "电梯",
    "空气",
    "噪声",
    "车流",
    "井盖",
    "用电",
    "供水",
    "排水",
    "隧道",
    "轨道",
    "公交",
    "停车",
    "工地",
    "渣土",
    "渣土车",
    "垃圾",
    "餐饮",
    "商铺",
    "学校",
    "医院",
    "养老",
    "社区",
    "网格",
    "人口",
    "就业",
    "市场",
    "企业",
    "投诉",
    "事件",
    "工单",
    "巡查",
    "隐患",
    "执法",
    "绿化",
    "河道",
    "水库",
    "山火",
    "气象",
    "景区",
]
MEASURES = ["浓度", "压力", "温度", "位移", "裂缝", "倾斜", "流量", "报警", "在线", "完好"]
STATISTICS = ["最高值", "最低值", "平均值", "合计", "变化", "离散", "数量", "占比", "超限数", "超限占比"]
QUESTIONS = (
    "燃气", "燃气浓度", "燃气 最高", "ranqi", "rqnd", "ranqu", "qiaoliang weiyi", "sign.7.3", "dianti zaixianl", "边坡裂缝变化",
    "渝中 燃气", "渝中燃气浓度", "shiqiaopu ranqi", "jiulongpo qiaoliang", "沙坪坝 电梯 在线", "万州 水位 最高值", "数量", "占比", "",
    "没有这样的体征",
)  # fmt: skip


def run() -> list[Figure]:
    """All figures, on a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        server = Embedded(Path(folder), unsafe_fast=True)
        running = server.start()
        try:
            migrations.upgrade(running.owner_url)
            database = Database(running.app_url)
            with database.begin(SEED) as tx:
                territory.seed_demo(tx)
                store.install_signs(tx, [Domain("all", "全部", "All", "城市安全")], made(), "bench")
            board = _filled(database, Path(folder) / "live")
            figures = [
                core_speed(),
                *_started(database),
                *_remembered(database, board),
                *_asked(database, board),
            ]
            database.dispose()
        finally:
            server.destroy()
    return figures


def made() -> list[Sign]:
    """The catalogue."""
    return [
        Sign(
            f"sign.{number // 100}.{number % 100}", "".join(words), f"Sign {number}", "all", "1", "bench", "bench", Input.DATASTREAMS,
            statistic=Statistic.LATEST_MEAN, bad="high", template="bench",
        )
        for number, words in enumerate(itertools.product(THINGS, MEASURES, STATISTICS))
    ]  # fmt: skip


def _filled(database: Database, folder: Path) -> Board:
    with database.begin(SEED) as tx:
        regions = [
            ref.id for level in ("city", "district", "town") for ref in territory.find_regions(tx, level)
        ]
    codes = tuple(sign.code for sign in made())
    ids = np.array(sorted(regions), np.int64)
    columns = np.tile(np.arange(len(codes), dtype=np.int32), len(ids))
    layout = Layout("bench", codes, ids, np.arange(len(ids) + 1, dtype=np.int64) * len(codes), columns)
    board = publish(folder, layout)
    board.rows["value"] = np.random.default_rng(3).uniform(0, 100, len(layout))
    board.rows["alive"] = board.rows["inputs"] = 3
    announce(folder, layout.digest)
    return board


def _started(database: Database) -> list[Figure]:
    with database.begin(system_actor("bench")) as tx:
        territory.warm(tx)
        began = time.perf_counter()
        service.warm(tx)
        spent = time.perf_counter() - began
    return [figure("lookup: catalogue and index, once per process", spent, "s", None, "lower", len(made()))]


def _remembered(database: Database, board: Board) -> list[Figure]:
    """A day, an hour at a time."""
    spent = []
    for hour in range(HOURS):
        with database.begin(system_actor("vitals")) as tx:
            began = time.perf_counter()
            regions = service.record_trend(tx, tx.now - timedelta(hours=hour), board)
            spent.append(time.perf_counter() - began)
    return [
        figure("trend of every sign and region written", float(np.median(spent)), "s", None, "lower", regions)
    ]


def _asked(database: Database, board: Board) -> list[Figure]:
    found = []
    for name, actor in _officers(database).items():
        spent, hits = _measured(database, actor, board)
        if not hits:
            raise AssertionError(f"lookup, {name}: nothing was found, so nothing was measured")
        for share, target in ((50, None), (95, 50.0), (100, None)):
            label = f"p{share}" if share < 100 else "slowest"
            found.append(figure(f"lookup, {name}: {label}", float(np.percentile(spent, share)), "ms", target, "lower", len(spent)))  # fmt: skip
    return found


def _officers(database: Database) -> dict[str, Actor]:
    with database.begin(SEED) as tx:
        city = territory.city(tx)
        district = territory.search_regions(tx, "九龙坡区", "district", 1)[0].id
        town = territory.children(tx, district)[0].id
    return {
        name: _officer(region) for name, region in (("city", city), ("district", district), ("town", town))
    }


def _officer(region: int) -> Actor:
    return Actor("person", 1, "值班员", ROLES["district-duty"].permissions, (region,), home=region)


def _measured(database: Database, actor: Actor, board: Board) -> tuple[list[float], int]:
    """Milliseconds of each question, after one round to warm up, and how many rows came back."""
    spent, found = [], 0
    for round_ in range(ROUNDS + 1):
        for q in QUESTIONS:
            board.beats(time.time_ns() // 1000, round_)
            began = time.perf_counter()
            with database.begin(actor) as tx:
                rows = _look_up(tx, board, q)
            if round_:
                spent.append((time.perf_counter() - began) * 1000)
                found += rows
    return spent, found


def _look_up(tx: Tx, board: Board, q: str) -> int:
    return len(service.look_up(tx, Live.of(board), q, None, 20).rows)


if __name__ == "__main__":
    for one in run():
        print(one)
