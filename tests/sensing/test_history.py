"""One door to raw rows, hours and Parquet, for whoever may see the datastream; and files that are dropped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
import sqlalchemy as sa

from chengyun.kernel.contracts import system_actor
from chengyun.kernel.errors import NotFound
from chengyun.kernel.transactions import Database
from chengyun.sensing.history.keeping import expired, export, roll_up
from chengyun.sensing.history.reading import history
from chengyun.sensing.intake.desk import Desk
from chengyun.sensing.intake.drop import Drop
from chengyun.sensing.intake.moments import microseconds
from chengyun.sensing.intake.storing import store as write
from tests.identity.support import SEED, paths
from tests.sensing.support import Store, readings
from tests.support import actor

SENSING = system_actor("sensing")
DAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=4)


def test_raw_hours_and_parquet_say_the_same(city: Database, store: Store, tmp_path: Path) -> None:
    stream, start = store.stream("GAS-1"), DAY + timedelta(hours=5)
    at = [microseconds(start + timedelta(minutes=minute)) for minute in range(180)]
    value = [float(minute % 60) for minute in range(180)]
    for hour in range(3):
        part = slice(hour * 60, hour * 60 + 60)
        arrived = at[part][-1] + 30_000_000
        with city.begin(SENSING) as tx:
            write(tx, readings(stream, at[part], value[part]), arrived, "test")
            write(tx, readings(stream, at[part][:9], [99.0] * 9), arrived + 5, "sent again")
    with city.begin(SEED) as tx:
        district = paths(tx)["九龙坡区"]
    person = actor(["thing.read"], [district])

    def asked(hours: float, points: int) -> list[tuple[int, float, float, float, float]]:
        with city.begin(person) as tx:
            found = history(tx, stream, start, start + timedelta(hours=hours), points, tmp_path)
        return [(one.n, one.mean, one.low, one.high, one.last) for one in found.points]

    hourly = [(60, 29.5, 0, 59, 59)] * 3
    finer = [(30, 14.5, 0, 29, 29), (30, 44.5, 30, 59, 59)] * 3
    assert asked(3, 6) == finer, "raw"
    assert asked(3, 3) == hourly, "not rolled up yet: raw stands in"
    with city.begin(SENSING) as tx:
        while roll_up(tx, 60):
            pass
    assert asked(3, 3) == hourly
    with city.begin(SENSING) as tx:
        assert expired(tx, 2) == [DAY.date()]
        export(tx, DAY.date(), tmp_path)
    assert store.values("GAS-1") == []
    assert asked(3, 6) == finer, "Parquet"
    assert asked(3, 3) == hourly


def test_history_is_for_whoever_may_see_the_thing(city: Database, store: Store) -> None:
    with city.begin(SEED) as tx:
        regions = paths(tx)
    span = (DAY, DAY + timedelta(days=1))
    for stream in (store.stream("GAS-2"), 987_654):
        with city.begin(actor(["thing.read"], [regions["九龙坡区"]])) as tx, pytest.raises(NotFound):
            history(tx, stream, *span)
    with city.begin(actor(["thing.read"], [regions["巴南区"]])) as tx:
        assert history(tx, store.stream("GAS-2"), *span).points == ()
        row = tx.conn.exec_driver_sql("SELECT count(*) FROM sensing_batch").scalar_one()
        assert row == 0, "the policy is given back"


def test_a_partition_lets_nobody_read_past_the_fence(city: Database, store: Store) -> None:
    with city.begin(SENSING) as tx:
        write(tx, readings(store.stream("GAS-2"), [microseconds(DAY)], [1.0]), microseconds(DAY), "test")
    look = sa.text(f"SELECT * FROM sensing_observation_{DAY:%Y%m%d}")
    with (
        city.begin(actor(["*"], [1])) as tx,
        pytest.raises(sa.exc.ProgrammingError, match="permission denied"),
    ):
        tx.execute(look)


def test_files_are_taken_in_once_and_reported(city: Database, store: Store, tmp_path: Path) -> None:
    desk, folder = Desk(city), tmp_path / "drop"
    for name in ("done", "failed"):
        (folder / name).mkdir(parents=True)
    now = datetime.now(UTC).isoformat()
    table = f"thing,quantity,value,at,unit\nGAS-1,methane,3,{now},%\nGAS-9,methane,1,,\n"
    files = {
        "a.csv": table.encode(),
        "b.senml": b'[{"n": "GAS-3/methane", "v": 4}]',
        "c.influx": b"gas,thing=GAS-4 methane=5",
        "d.json": b'{"thing": ',
        "e.json": bytes(1_000_001),
        "f.part": b"",
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    drop = Drop(desk, folder, "en")
    assert drop.take() == 5
    (folder / "a.csv").write_bytes(files["a.csv"])  # as found again after a crash
    assert drop.take() == 1
    assert [store.values(f"GAS-{number}") for number in (1, 3, 4)] == [[3], [4], [5]]
    assert sorted(path.name for path in (folder / "failed").glob("*.json")) == [
        "d.json", "d.json.report.json", "e.json", "e.json.report.json",
    ]  # fmt: skip
    report = orjson.loads((folder / "done" / "a.csv.report.json").read_bytes())
    assert (report["accepted"], report["rejected"][0]["message"]) == (1, "There is no such thing.")
    assert (
        "line 1, column 11"
        in orjson.loads((folder / "failed" / "d.json.report.json").read_bytes())["message"]
    )
    assert (folder / "f.part").exists()
    desk.close()
