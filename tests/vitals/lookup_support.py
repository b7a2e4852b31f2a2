"""Signs, a board and readings in the small city: what tests of lookup share."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa

from chengyun.kernel.contracts import system_actor
from chengyun.kernel.transactions import Database, Tx
from chengyun.vitals.board import Board, Layout, announce, publish
from chengyun.vitals.catalogue import store
from chengyun.vitals.contracts import LEVELS, Domain, Input, Level, Sign, Statistic, Threshold
from chengyun.vitals.lookup import service

LIVE = system_actor("vitals")
DOMAINS = [
    Domain("gas", "燃气", "Gas", "城市安全"),
    Domain("fire", "消防", "Fire", "城市安全"),
    Domain("bridge", "桥梁", "Bridges", "城市基础设施"),
]


def steps(*limits: tuple[float, float]) -> tuple[Threshold, ...]:
    """Thresholds from blue up."""
    return tuple(Threshold(Level(at), on, off) for at, (on, off) in enumerate(limits, start=1))


def sign(code: str, name_zh: str, name_en: str, **more: Any) -> Sign:
    given: dict[str, Any] = {
        "domain": code.split(".")[0], "unit": "1", "source": "测试来源", "owner": "住建", "input": Input.DATASTREAMS,
    }  # fmt: skip
    return Sign(code, name_zh, name_en, **{**given, **more})


METHANE = sign(
    "gas.methane.max", "燃气泄漏浓度最高值", "Highest gas concentration", unit="%{LEL}", of="gas.methane",
    statistic=Statistic.LATEST_MAX, lowest="grid", bad="high", low=0.0, high=100.0,
    thresholds=steps((10, 8), (20, 16), (30, 25), (50, 40)),
)  # fmt: skip
PRESSURE = sign(
    "fire.pressure.min", "消防管网最低水压", "Lowest pressure of fire mains", unit="MPa", of="fire.pressure",
    statistic=Statistic.LATEST_MIN, lowest="town", bad="low", thresholds=steps((0.3, 0.32), (0.2, 0.22)),
)  # fmt: skip
RATIO = sign(
    "gas.ratio", "燃气浓度与水压之比", "Gas over pressure", input=Input.SIGNS, expression="g / p",
    inputs={"g": METHANE.code, "p": PRESSURE.code},
)  # fmt: skip
STRAIN = sign("bridge.strain.mean", "桥梁应变均值", "Mean strain", unit="ue", template="measure")
SIGNS = [METHANE, PRESSURE, RATIO, STRAIN]


@dataclass
class Values:
    """What is on the board: `at` by default for every cell, and what a cell has of its own."""

    regions: Mapping[int, str]  # id → level
    value: Callable[[str, int], float]
    more: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)


def publish_board(home: Path, signs: Sequence[Sign], values: Values, at: datetime) -> Board:
    """A board with a cell for each sign in each region from its lowest level up."""
    ids = np.array(sorted(values.regions), np.int64)
    held = [
        [n for n, one in enumerate(signs) if LEVELS.index(values.regions[region]) >= LEVELS.index(one.lowest)]
        for region in ids.tolist()
    ]
    first = np.concatenate([[0], np.cumsum([len(one) for one in held])]).astype(np.int64)
    column = np.array([n for one in held for n in one], np.int32)
    layout = Layout(f"test{time.time_ns()}", tuple(one.code for one in signs), ids, first, column)
    board = publish(home / "live", layout)
    board.rows["alive"], board.rows["inputs"] = 3, 3
    board.rows["at"] = board.rows["since"] = int(at.timestamp() * 1e6)
    for line, region in enumerate(ids.tolist()):
        for row in range(int(first[line]), int(first[line + 1])):
            code = signs[int(column[row])].code
            board.rows["value"][row] = values.value(code, region)
            for name, value in values.more.get((code, region), {}).items():
                board.rows[name][row] = value
    announce(home / "live", layout.digest)
    return board


def beat(board: Board, ago_s: float = 0) -> None:
    """Somebody computed so many seconds ago."""
    board.beats(int((time.time() - ago_s) * 1e6), 1)


def cell(board: Board, code: str, region: int) -> int:
    """Its row."""
    found = board.layout.row(board.layout.signs.index(code), region)
    assert found is not None
    return found


def define(tx: Tx) -> None:
    store.install_signs(tx, DOMAINS, SIGNS, "test")


def remember(db: Database, board: Board, at: datetime) -> int:
    """As the live process does it."""
    with db.begin(LIVE) as tx:
        return service.record_trend(tx, at, board)


def sensor(tx: Tx, code: str, region: int, readers: list[int], last: float, hour: datetime) -> int:
    """A methane sensor in a grid whose last hour ended with a value; its datastream."""
    run = lambda text, **given: tx.execute(sa.text(text), given)  # noqa: E731
    run("INSERT INTO sensing_kind VALUES ('gas', '燃气', 'Gas', 'gas') ON CONFLICT DO NOTHING")
    run(
        "INSERT INTO sensing_quantity VALUES ('gas.methane', 'gas', '甲烷', 'Methane', '%{LEL}', 0, 100, 60, '{}')"
        " ON CONFLICT DO NOTHING"
    )
    thing = run(
        "INSERT INTO sensing_thing (code, kind, name, region_id, readers, lon, lat, address, properties, quota, active,"
        " simulated) VALUES (:code, 'gas', :code, :region, :readers, 106480000, 29520000, '', '{}', 60, true, true)"
        " RETURNING id",
        code=code, region=region, readers=readers,
    ).scalar_one()  # fmt: skip
    stream = run(
        "INSERT INTO sensing_datastream (thing_id, quantity, unit, low, high, sentinels, interval_s, scale, shift)"
        " VALUES (:thing, 'gas.methane', '%{LEL}', 0, 100, '{}', 60, 1, 0) RETURNING id",
        thing=thing,
    ).scalar_one()  # fmt: skip
    run(
        "INSERT INTO sensing_hour VALUES (:stream, :hour, 1, :last, :last, :last, 0, :last)",
        stream=stream, hour=hour, last=last,
    )  # fmt: skip
    return int(stream)
