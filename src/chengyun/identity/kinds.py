"""The fixed vocabulary of units, as data: which kinds exist at which level and how their names end."""

from __future__ import annotations

from dataclasses import dataclass

BUREAU_LEVELS = ("city", "district")


@dataclass(frozen=True, slots=True)
class UnitKind:
    """`suffix` follows the region's name, per level; a level that is missing has no such unit."""

    kind: str
    name_en: str
    suffix: dict[str, str]


def _bureau(kind: str, name_en: str, zh: str, city: str | None = None) -> UnitKind:
    return UnitKind(kind, name_en, {"city": city or zh, "district": zh})


UNIT_KINDS: tuple[UnitKind, ...] = (
    UnitKind(
        "centre",
        "governance centre",
        {"city": "城市运行治理中心", "district": "城市运行治理中心", "town": "基层治理中心"},
    ),
    _bureau("city-management", "city management bureau", "城市管理局"),
    _bureau("housing", "housing and construction commission", "住房城乡建委"),
    _bureau("traffic-police", "traffic police", "公安局交巡警支队", "公安局交巡警总队"),
    _bureau("transport", "transport bureau", "交通局"),
    _bureau("water", "water bureau", "水利局"),
    _bureau("ecology", "ecology bureau", "生态环境局"),
    _bureau("emergency", "emergency bureau", "应急管理局"),
    _bureau("public-security", "public security bureau", "公安局"),
    _bureau("market", "market regulation bureau", "市场监管局"),
    _bureau("landscape", "parks office", "园林绿化管理处", "园林绿化管理中心"),
    _bureau("civil-affairs", "civil affairs bureau", "民政局"),
    _bureau("culture", "culture and tourism commission", "文化旅游委"),
    _bureau("planning", "planning and natural resources bureau", "规划自然资源局"),
    _bureau("health", "health commission", "卫生健康委"),
    _bureau("gas-water", "gas and water company", "供排水燃气企业"),
    _bureau("power", "power company", "供电公司"),
    UnitKind("enforcement-team", "enforcement team", {"town": "综合执法大队"}),
    UnitKind("livelihood-office", "livelihood office", {"town": "民生服务办"}),
    UnitKind("safety-office", "safety office", {"town": "平安法治办"}),
    UnitKind("construction-office", "construction office", {"town": "规划建设办"}),
    UnitKind("sanitation", "sanitation station", {"town": "环卫所"}),
    UnitKind("community", "community committee", {"village": "居委会"}),
)
KINDS: dict[str, UnitKind] = {kind.kind: kind for kind in UNIT_KINDS}


def kind_rows() -> list[tuple[str, str, str, int]]:
    """(level, kind, suffix, order) for every unit kind at every level."""
    return [
        (level, k.kind, zh, order) for order, k in enumerate(UNIT_KINDS) for level, zh in k.suffix.items()
    ]
