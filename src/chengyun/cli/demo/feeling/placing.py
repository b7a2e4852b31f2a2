"""Where the demo's things stand: over the whole city, more where more people live. Marked as simulated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from chengyun.cli.demo.feeling.forms import feelings
from chengyun.cli.demo.shape import shape
from chengyun.cli.demo.spots import Spot, spots_of
from chengyun.identity import service as identity
from chengyun.kernel.transactions import Tx
from chengyun.sensing import service as sensing
from chengyun.sensing.service import NewThing

SEED = 20_251_101
GATEWAYS = ("gas", "fire")  # domains
CHUNK = 5_000  # things that are registered in one change


@dataclass(frozen=True, slots=True)
class Kind:
    """As the demo needs one: how many of it, and the places its property names."""

    code: str
    name: str
    domain: str
    count: int
    property: str  # name of the property that tells them apart; "" none
    values: tuple[tuple[str, str], ...]  # value, how it is called


def kinds_of(file: Path) -> list[Kind]:
    """The kinds that the demo simulates, from a scenario's things.yaml."""
    rows = yaml.safe_load(file.read_text(encoding="utf-8"))["kinds"]
    return [_kind(row) for row in rows if row.get("demo")]


def _kind(row: Mapping[str, Any]) -> Kind:
    told: tuple[str, Mapping[str, Any]] = next(iter((row.get("properties") or {}).items()), ("", {}))
    values = tuple((value, name["zh"]) for value, name in told[1].items())
    return Kind(row["code"], row["name"]["zh"], row["domain"], row["demo"], told[0], values)


def place(tx: Tx, kinds: Sequence[Kind]) -> int:
    """Register the demo's things → how many."""
    source = np.random.default_rng(SEED)
    count = sum(kind.count for kind in kinds)
    spots = spots_of(tx, shape(), source, count)
    drawn = spots.draw(source, count)
    owners = Owners(tx)
    things: list[NewThing] = []
    for kind in kinds:
        for number in range(kind.count):
            spot = spots.every[drawn[len(things)]]
            things.append(_thing(kind, number, spot, owners.of(kind.domain, spot), source))
    things += _named(spots.every, Owners(tx), {kind.code: kind for kind in kinds})
    for start in range(0, len(things), CHUNK):
        sensing.add_things(tx, things[start : start + CHUNK])
    return len(things)


def _named(spots: Sequence[Spot], owners: Owners, kinds: Mapping[str, Kind]) -> Iterator[NewThing]:
    """Things of stories; none where the city has no such place."""
    for one in feelings().named:
        where = (
            spot
            for spot in spots
            if spot.district == one["district"]
            and spot.ground.town == one["town"]
            and one["village"] in spot.ground.label
        )
        spot, kind = next(where, None), kinds.get(one["kind"])
        if spot is not None and kind is not None:
            yield NewThing(
                code=one["code"],
                kind=kind.code,
                name=one["name"],
                lon=spot.lon,
                lat=spot.lat,
                owner=owners.of(kind.domain, spot),
                address=spot.address,
                properties={kind.property: one["place"], **_gateway(kind, spot)},
                simulated=True,
            )


def _thing(kind: Kind, number: int, spot: Spot, owner: int | None, source: np.random.Generator) -> NewThing:
    value, called = kind.values[int(source.integers(len(kind.values)))] if kind.values else ("", "")
    lon, lat = spot.lon + source.uniform(-4e-5, 4e-5), spot.lat + source.uniform(-4e-5, 4e-5)
    return NewThing(
        code=f"{kind.code}-{number + 1:05d}",
        kind=kind.code,
        name=f"{spot.ground.town}{spot.address}{called}{kind.name}",
        lon=round(lon, 6),
        lat=round(lat, 6),
        owner=owner,
        address=spot.address,
        properties={kind.property: value, **_gateway(kind, spot)} if kind.property else _gateway(kind, spot),
        simulated=True,
    )


def _gateway(kind: Kind, spot: Spot) -> dict[str, str]:
    """Detectors of gas and fire have a gateway in each district, which speaks MQTT."""
    return {"gateway": f"GW-{spot.ground.levels['district']}"} if kind.domain in GATEWAYS else {}


class Owners:
    """Which unit of a district owns the things of a domain."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self._known: dict[int, dict[str, int]] = {}

    def of(self, domain: str, spot: Spot) -> int | None:
        """None where the district has no such unit."""
        district = spot.ground.levels["district"]
        if district not in self._known:
            self._known[district] = {unit.kind: unit.id for unit in identity.units_in(self._tx, [district])}
        return self._known[district].get(feelings().owners[domain])
