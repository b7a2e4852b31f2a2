"""Signs, trends and alarms of the small city, and the text of a PDF: what tests of checkups share."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import sqlalchemy as sa

from chengyun.kernel.contracts import system_actor
from chengyun.kernel.transactions import Database, Tx
from chengyun.territory import service as territory
from chengyun.vitals.catalogue import store
from chengyun.vitals.contracts import Domain, Input, Level, Sign, Statistic, Threshold

LIVE = system_actor("vitals")
DOMAINS = [Domain("gas", "燃气安全", "Gas", "facilities"), Domain("fire", "消防安全", "Fire", "emergency"),
    Domain("events", "事件", "Incidents", "governance")]  # fmt: skip


def steps(*limits: tuple[float, float]) -> tuple[Threshold, ...]:
    """Thresholds from blue up."""
    return tuple(Threshold(Level(at), on, off) for at, (on, off) in enumerate(limits, start=1))


def sign(code: str, name_zh: str, **more: Any) -> Sign:
    given: dict[str, Any] = {
        "name_en": code, "domain": code.split(".")[0], "unit": "1", "source": "测试", "owner": "housing",
        "input": Input.DATASTREAMS, "of": code,
    }  # fmt: skip
    return Sign(code=code, name_zh=name_zh, **{**given, **more})


METHANE = sign(
    "gas.methane.max", "燃气浓度最高值", unit="%{LEL}", statistic=Statistic.LATEST_MAX, of="gas.methane",
    bad="high", low=0.0, high=100.0, thresholds=steps((10, 8), (20, 16), (30, 25), (50, 40)),
)  # fmt: skip
MEAN = sign(
    "gas.methane.mean", "燃气浓度均值", unit="%{LEL}", statistic=Statistic.LATEST_MEAN, of="gas.methane",
    bad="high", low=0.0, high=100.0, thresholds=steps((5, 4), (10, 8)),
)  # fmt: skip
PRESSURE = sign("fire.pressure.min", "消防管网最低水压", unit="MPa", bad="low", decimals=2,
    thresholds=steps((0.3, 0.32), (0.2, 0.22)), owner="emergency")  # fmt: skip
HYDRANTS = sign("fire.hydrants", "消火栓完好率", unit="%", input=Input.REGISTER, of="hydrants", bad="low",
    low=0.0, high=100.0, period="month")  # fmt: skip
COUNT = sign("gas.streams", "燃气测点数", statistic=Statistic.STREAMS)  # neither good nor bad: does not count
ON_TIME = sign(
    "events.on-time", "按期处置率", input=Input.INCIDENTS, of="on_time_30d", bad="low", low=0.0, high=1.0
)
SIGNS = [METHANE, MEAN, PRESSURE, HYDRANTS, COUNT, ON_TIME]
LAYOUT = [METHANE.code, MEAN.code, PRESSURE.code, COUNT.code, ON_TIME.code]


def define(tx: Tx) -> None:
    """The catalogue."""
    store.install_signs(tx, DOMAINS, SIGNS, "test")
    tx.execute(sa.text("INSERT INTO vitals_layout (digest, codes) VALUES ('d', :codes)"), {"codes": LAYOUT})
    tx.renew()


def remember(
    db: Database, region: int, values: Mapping[str, float], since: datetime, days: int, hours: float = 12
) -> None:
    """The same values of a region from `since` for so many days; a sign that is not named has none."""
    body = np.array([values.get(code, np.nan) for code in LAYOUT], "<f4").tobytes()
    insert = sa.text(
        "INSERT INTO vitals_trend (region_id, at, layout_id, readers, body)"
        " SELECT :region, at, (SELECT id FROM vitals_layout), :readers, :body"
        " FROM generate_series(CAST(:since AS timestamptz), CAST(:last AS timestamptz), :step) at"
    )
    with db.begin(LIVE) as tx:
        tx.execute(
            insert,
            {
                "region": region, "readers": list(territory.ancestors(tx, region)), "body": body, "since": since,
                "last": since + timedelta(days=days, seconds=-1), "step": timedelta(hours=hours),
            },
        )  # fmt: skip


def ring(
    db: Database, code: str, region: int, began: datetime, peak: Level, incident: int | None = None
) -> None:
    """An episode that has not cleared."""
    insert = sa.text(
        "INSERT INTO vitals_alarm (sign, region_id, readers, kind, level, peak, value, group_key, began, changed_at, told,"
        " incident_id, simulated) VALUES (:sign, :region, :readers, 'threshold', :peak, :peak, 1, 'g', :began, :began,"
        " '{}', :incident, true)"
    )
    with db.begin(LIVE) as tx:
        readers = list(territory.ancestors(tx, region))
        given = {"sign": code, "region": region, "readers": readers, "peak": int(peak), "began": began}
        tx.execute(insert, {**given, "incident": incident})


def registered(db: Database, region: int, value: float, period: str) -> None:
    """A dated number of the register."""
    insert = sa.text(
        "INSERT INTO vitals_number VALUES ('hydrants', :region, CAST(:period AS date), :readers, :value, :at, 't', false)"
    )
    with db.begin(LIVE) as tx:
        readers = list(territory.ancestors(tx, region))
        at = datetime(2025, 7, 2, tzinfo=UTC)
        tx.execute(insert, {"region": region, "period": period, "readers": readers, "value": value, "at": at})


# the text of a PDF, as somebody who selects it gets it


def pdf_text(pdf: bytes) -> str:
    """What the pages say, in the order in which they say it, by the fonts' own tables of characters."""
    objects = {int(m[1]): m[2] for m in re.finditer(rb"(?m)^(\d+) 0 obj(.*?)endobj", pdf, re.S)}
    pages = [held for held in objects.values() if re.search(rb"/Type/Page\b(?!s)", held)]
    return "\n".join(_page_text(objects, page) for page in pages)


def _page_text(objects: Mapping[int, bytes], page: bytes) -> str:
    resources = objects[_reference(page, b"Resources")]
    fonts = {
        name: _characters(_stream(objects[_reference(objects[int(number)], b"ToUnicode")]))
        for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", resources)
    }
    said, font = [], b""
    operators = rb"/(f\d+) [\d.]+ Tf|\(((?:\\.|[^\\)])*)\)|<([0-9A-Fa-f]+)>|(ET)"
    for name, text, digits, end in re.findall(
        operators, _stream(objects[_reference(page, b"Contents")]), re.S
    ):
        if name:
            font = name
        elif end:
            said.append(" ")
        else:
            codes = bytes.fromhex(digits.decode()) if digits else _unescaped(text)
            said += [fonts[font].get(codes[n : n + 2], "") for n in range(0, len(codes), 2)]
    return "".join(said)


def _reference(held: bytes, name: bytes) -> int:
    found = re.search(rb"/" + name + rb" (\d+) 0 R", held)
    assert found, name
    return int(found[1])


def _stream(held: bytes) -> bytes:
    head, body = held.split(b"stream\n", 1)
    length = re.search(rb"/Length (\d+)", head)
    assert length
    return zlib.decompress(body[: int(length[1])])


def _characters(cmap: bytes) -> dict[bytes, str]:
    pairs = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>\n", cmap)
    return {bytes.fromhex(a.decode()): bytes.fromhex(b.decode()).decode("utf-16-be") for a, b in pairs}


_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def _unescaped(text: bytes) -> bytes:
    def one(match: re.Match[bytes]) -> bytes:
        what = match[1]
        return bytes([int(what, 8)]) if what[:1].isdigit() else _ESCAPES.get(what, what)

    return re.sub(rb"\\([0-7]{1,3}|.)", one, text, flags=re.S)
