"""Things of a small city, and what the tests of sensing ask of the database. `Broker` is a real Mosquitto."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa

from chengyun.kernel.transactions import Database, Tx
from chengyun.sensing.contracts import Readings
from chengyun.sensing.registry.secrets import hashes
from chengyun.territory import service as territory
from tests.identity.support import SEED, paths, peopled_template
from tests.support import Cluster, seeded

HERE = "九龙坡区/石桥铺街道/寨子坪社区/001 网格"
THERE = "巴南区/花溪街道/寨子坪社区/001 网格"
SECRET = "geheim-of-gas-1"
# code → (grid, quota, gateway)
THINGS: dict[str, tuple[str, int, str]] = {
    "GAS-1": (HERE, 100_000, ""),
    "GAS-2": (THERE, 100_000, ""),
    "GAS-3": (HERE, 100_000, "GW-1"),
    "GAS-4": (THERE, 100_000, "GW-1"),
    "FLOOD": (HERE, 50, ""),
}
# code → (unit, low, high, interval, sentinels, scale, shift)
QUANTITIES: dict[str, tuple[str, float, float, float, list[float], float, float]] = {
    "gas.methane": ("%", 0, 100, 10, [-200.0], 1, 0),
    "gas.temperature": ("Cel", -40, 125, 10, [-200.0, 999.0], 0.5, 10),
}


def sensing_template(cluster: Cluster) -> str:
    """The small city with its units and a few things."""

    def build(database: Database) -> None:
        with database.begin(SEED) as tx:
            place_things(tx)

    return cluster.make_template("sensing", seeded(build), base=peopled_template(cluster))


def place_things(tx: Tx) -> None:
    """One kind, its quantities, THINGS with a datastream of each; GAS-1 has the secret SECRET."""
    tx.execute(sa.text("INSERT INTO sensing_kind VALUES ('gas', '燃气', 'Gas', 'gas')"))
    add = sa.text(
        "INSERT INTO sensing_quantity VALUES (:code, 'gas', :code, :code, :unit, :low, :high, :every, :none)"
    )
    for code, (unit, low, high, every, none, _, _) in QUANTITIES.items():
        tx.execute(add, {"code": code, "unit": unit, "low": low, "high": high, "every": every, "none": none})
    regions = paths(tx)
    for code, (grid, quota, gateway) in THINGS.items():
        properties = f'{{"gateway": "{gateway}"}}' if gateway else "{}"
        add_thing(tx, code, regions[grid], quota, properties, SECRET if code == "GAS-1" else None)


def add_thing(
    tx: Tx, code: str, grid: int, quota: int = 1_000, properties: str = "{}", secret: str | None = None
) -> None:
    """A thing in a grid with a datastream for each of QUANTITIES."""
    values = {
        "code": code, "region": grid, "readers": list(territory.ancestors(tx, grid)), "quota": quota,
        "properties": properties, **(hashes(secret) if secret else {"secret_hash": None, "broker_hash": None}),
    }  # fmt: skip
    made = tx.execute(
        sa.text(
            "INSERT INTO sensing_thing (code, kind, name, region_id, readers, lon, lat, address, properties, quota,"
            " active, simulated, secret_hash, broker_hash) VALUES (:code, 'gas', :code, :region, :readers, 0, 0, '',"
            " CAST(:properties AS jsonb), :quota, true, false, :secret_hash, :broker_hash) RETURNING id"
        ),
        values,
    ).scalar_one()
    for name, (unit, low, high, every, none, scale, shift) in QUANTITIES.items():
        tx.execute(
            sa.text(
                "INSERT INTO sensing_datastream (thing_id, quantity, unit, low, high, sentinels, interval_s, scale,"
                " shift) VALUES (:thing, :name, :unit, :low, :high, :none, :every, :scale, :shift)"
            ),
            {
                "thing": made, "name": name, "unit": unit, "low": low, "high": high, "none": none, "every": every,
                "scale": scale, "shift": shift,
            },
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Store:
    """What is stored, seen by a system actor that everything is open to."""

    db: Database

    def ask(self, sql: str, **params: Any) -> list[Any]:
        with self.db.begin(SEED) as tx:
            return list(tx.execute(sa.text(sql), params).all())

    def stream(self, thing: str, quantity: str = "gas.methane") -> int:
        sql = (
            "SELECT d.id FROM sensing_datastream d JOIN sensing_thing t ON t.id = d.thing_id"
            " WHERE t.code = :thing AND d.quantity = :quantity"
        )
        return int(self.ask(sql, thing=thing, quantity=quantity)[0].id)

    def values(self, thing: str, quantity: str = "gas.methane") -> list[float]:
        sql = "SELECT value FROM sensing_observation WHERE stream = :stream ORDER BY at, value"
        return [row.value for row in self.ask(sql, stream=self.stream(thing, quantity))]

    def logged(self) -> list[Readings]:
        """Bodies of the log, in the order of their ids."""
        return [Readings.unpack(row.body) for row in self.ask("SELECT body FROM sensing_batch ORDER BY id")]

    def counted(self, thing: str) -> dict[str, int]:
        sql = "SELECT what, n FROM sensing_count c JOIN sensing_thing t ON t.id = c.thing_id WHERE t.code = :thing"
        return {row.what: row.n for row in self.ask(sql, thing=thing)}


def readings(stream: int | Sequence[int], at: Sequence[int], value: Sequence[float]) -> Readings:
    """Columns from lists; one stream for all, or one each."""
    ids = np.broadcast_to(np.array(stream, np.int32), (len(at),)).copy()
    return Readings(ids, np.array(at, np.int64), np.array(value, np.float64))
