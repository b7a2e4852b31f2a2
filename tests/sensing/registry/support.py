"""A small city with kinds of things: what the tests of the registry share."""

from __future__ import annotations

from typing import Any

from chengyun.kernel.transactions import Database
from chengyun.sensing import service
from chengyun.sensing.contracts import Kind, Quantity
from chengyun.sensing.registry.contracts import NewThing
from tests.identity.support import SEED

HERE = (106.45, 29.49)  # in 九龙坡区/石桥铺街道/寨子坪社区/001 网格
BANAN = (106.53, 29.41)  # in 巴南区/花溪街道/寨子坪社区/001 网格
TOWN = "九龙坡区/石桥铺街道"


def quantity(kind: str, part: str, unit: str, low: float, high: float, **more: Any) -> Quantity:
    given = {"interval_s": 60.0, "name_zh": f"{part}值", "name_en": part, **more}
    return Quantity(code=f"{kind}.{part}", kind=kind, unit=unit, low=low, high=high, **given)


GAS = Kind(
    "gas", "燃气", "Gas", "safety",
    (
        quantity("gas", "lel", "%{LEL}", 0, 100, sentinels=(-200.0,)),
        quantity("gas", "temperature", "Cel", -40, 85, interval_s=300.0),
    ),
)  # fmt: skip
LEVEL = Kind("water_level", "水位", "Water level", "water", (quantity("water_level", "level", "m", -5, 60),))
KINDS = (GAS, LEVEL)


def new_thing(code: str, place: tuple[float, float] = HERE, **more: Any) -> NewThing:
    return NewThing(
        **{"code": code, "kind": "gas", "name": f"燃气 {code}", "lon": place[0], "lat": place[1], **more}
    )


def install(db: Database) -> None:
    """Let there be the kinds of these tests."""
    with db.begin(SEED) as tx:
        service.install_kinds(tx, KINDS)
