"""From a definition as written to a `Sign`: durations, thresholds, and what goes without saying. Pure.

What goes without saying: the owner is the domain's, unit and valid range follow from input and statistic, a sign reads "x".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chengyun.sensing.contracts import Quantity
from chengyun.vitals.catalogue.contracts import World, Written
from chengyun.vitals.catalogue.expanding import near
from chengyun.vitals.contracts import LEVELS, NOT, WINDOWED, Input, Level, Opens, Sign, Statistic, Threshold

_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
DURATION = re.compile(r"^(\d+(?:\.\d+)?) (s|min|h|d)$")
INPUTS: Mapping[str, Input] = {
    "datastreams": Input.DATASTREAMS,
    "incidents": Input.INCIDENTS,
    "register": Input.REGISTER,
    "signs": Input.SIGNS,
}
NATURES: Mapping[str, tuple[str, float | None, float | None]] = {  # of incidents: measure → unit, low, high
    "on_time_30d": ("1", 0.0, 1.0),
    "median_hours_30d": ("h", 0.0, None),
}
MEASURES = (
    "open", "overdue", "reported_24h", "reported_7d", "reported_30d", "closed_24h", "closed_7d", "closed_30d", "on_time_30d",
    "reopened_30d", "returned_30d", "median_hours_30d", "unfiled", "supervised",
)  # fmt: skip
_COUNTS = frozenset({"streams", "alive", "silent", "above", "below"})
_SHARES = frozenset({"alive_share", "above_share", "below_share"})
_SPREADS = frozenset({"range", "std"})
_LEVELS = {"blue": Level.BLUE, "yellow": Level.YELLOW, "orange": Level.ORANGE, "red": Level.RED}


class Wrong(Exception):
    """A definition that is no sign: the problem's code, the field, and what fills the text."""

    def __init__(self, code: str, field: str, **params: object) -> None:
        super().__init__(code, field, params)
        self.code, self.field, self.params = code, field, params


def seconds(text: object, field: str = "interval") -> float:
    """A duration as written ("5 min") in seconds. Raises Wrong."""
    found = DURATION.match(str(text))
    if found is None:
        raise Wrong("sign.value", field, value=text, hint="30 s, 5 min, 1 h, 1 d")
    return float(found.group(1)) * _SECONDS[found.group(2)]


class Builder:
    """Makes signs out of definitions; `owners` the owner of each domain."""

    def __init__(self, owners: Mapping[str, str], world: World) -> None:
        self._owners = owners
        self._quantities = world.quantities()
        self._kinds = {kind.code: kind for kind in world.kinds}
        self._choices = world.choices

    def sign(self, written: Written) -> Sign:
        """The sign that a definition is. Raises Wrong."""
        data = written.data
        source, of, inputs = _input(data)
        statistic = _one_of(data, "statistic", Statistic, "gauge")
        unit, low, high = self._nature(source, of, statistic)
        if "range" in data:
            low, high = _range(data["range"])
        domain = str(_needed(data, "domain"))
        name = _needed(data, "name")
        return Sign(
            code=str(data["code"]),
            name_zh=str(name["zh"]),
            name_en=str(name["en"]),
            domain=domain,
            unit=str(data.get("unit") or unit or _needed(data, "unit")),
            source=str(data.get("source") or self._source(source, of)),
            owner=str(data.get("owner") or self._owners.get(domain, "")),
            input=source,
            of=of,
            **self._where(of, data.get("where") or {}),
            inputs=inputs,
            statistic=statistic,
            limit=_number(data, "limit"),
            window_s=_duration(data, "window"),
            lateness_s=_duration(data, "lateness", 120),
            expression=str(data.get("expression", "x")),
            lowest=_level(data, "lowest", "town"),
            decimals=int(_number(data, "decimals", 1) or 0),
            low=low,
            high=high,
            bad=data.get("bad"),
            thresholds=_thresholds(data.get("thresholds") or {}),
            for_s=_duration(data, "for"),
            hold_s=_duration(data, "hold"),
            **_silence(data.get("no_data")),
            alarm_levels=_levels(data, "alarm_at"),
            opens=_opens(data.get("opens")),
            tells=_levels(data, "tells"),
            period=str(data.get("period", "live")),
            template=written.template,
        )

    def _nature(
        self, source: Input, of: str, statistic: Statistic
    ) -> tuple[str | None, float | None, float | None]:
        """Unit and valid range as they follow from the input."""
        if source is Input.INCIDENTS:
            return NATURES.get(of.partition(":")[0], ("{incident}", 0.0, None))
        if source is not Input.DATASTREAMS:
            return None, None, None
        if of not in self._quantities:
            raise Wrong("quantity.unknown", "datastreams", value=of, near=near(of, self._quantities))
        return nature(self._quantities[of], statistic)

    def _where(self, of: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Of which things, also in words."""
        kind = self._quantities[of].kind if of in self._quantities else ""
        found: dict[str, Any] = {"where": {name: str(value) for name, value in given.items()}}
        for place, (language, but) in enumerate((("zh", "{}以外"), ("en", "all but {}"))):
            words = []
            for name, value in found["where"].items():
                bare = value.removeprefix(NOT)
                known = self._choices.get(kind, {}).get(name, {}).get(bare, (bare, bare))[place]
                words.append(but.format(known) if value.startswith(NOT) else known)
            found[f"which_{language}"] = ("、" if language == "zh" else ", ").join(words)
        return found

    def _source(self, source: Input, of: str) -> str:
        quantity = self._quantities.get(of)
        if source is Input.DATASTREAMS and quantity is not None:
            return f"{self._kinds[quantity.kind].name_zh} · 实时读数"
        return {Input.INCIDENTS: "事件总枢纽", Input.SIGNS: "由其他体征计算"}.get(source, "按期报送")


def nature(quantity: Quantity, statistic: Statistic) -> tuple[str, float | None, float | None]:
    """Unit and valid range of a statistic of a quantity."""
    span = quantity.high - quantity.low
    if statistic in _COUNTS:
        return "{thing}", 0.0, None
    if statistic in _SHARES:
        return "1", 0.0, 1.0
    if statistic is Statistic.COUNT:
        return "{reading}", 0.0, None
    if statistic in _SPREADS:
        return quantity.unit, 0.0, span
    if statistic is Statistic.CHANGE:
        return quantity.unit, -span, span
    if statistic in (Statistic.SUM, Statistic.LATEST_SUM):
        return quantity.unit, 0.0 if quantity.low >= 0 else None, None
    return quantity.unit, quantity.low, quantity.high


def _input(data: Mapping[str, Any]) -> tuple[Input, str, dict[str, str]]:
    given = [name for name in INPUTS if name in data]
    if len(given) != 1:
        raise Wrong("sign.input", "", value=", ".join(given) or "—", known=", ".join(INPUTS))
    source, of = INPUTS[given[0]], data[given[0]]
    if source is Input.SIGNS:
        return source, "", {str(name): str(code) for name, code in of.items()}
    return source, str(of).removesuffix(":"), {}  # "open:" is that of all categories


def _needed(data: Mapping[str, Any], field: str) -> Any:
    if not data.get(field):
        raise Wrong("sign.missing", field, what=field)
    return data[field]


def _one_of(data: Mapping[str, Any], field: str, make: Callable[[str], Any], default: str) -> Any:
    try:
        return make(str(data.get(field, default)))
    except ValueError:
        known = ", ".join(str(one) for one in Statistic)
        raise Wrong("sign.value", field, value=data[field], hint=known) from None


def _number(data: Mapping[str, Any], field: str, default: float | None = None) -> float | None:
    value = data.get(field, default)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise Wrong("sign.value", field, value=value, hint="1, 2.5")
    return None if value is None else float(value)


def _duration(data: Mapping[str, Any], field: str, default: int = 0) -> int:
    return int(seconds(data[field], field)) if field in data else default


def _level(data: Mapping[str, Any], field: str, default: str) -> str:
    value = str(data.get(field, default))
    if value not in LEVELS:
        raise Wrong("sign.value", field, value=value, hint=", ".join(LEVELS))
    return value


def _levels(data: Mapping[str, Any], field: str) -> tuple[str, ...]:
    given: Sequence[object] = data.get(field) or ()
    return tuple(_level({field: one}, field, "") for one in given)


def _range(value: Any) -> tuple[float | None, float | None]:
    low, high = (None if one is None else _number({"range": one}, "range") for one in value)
    return low, high


def _thresholds(given: Mapping[str, Any]) -> tuple[Threshold, ...]:
    found = []
    for name, level in _LEVELS.items():
        if name in given:
            on, off = (_number({"thresholds": one}, "thresholds") or 0.0 for one in given[name])
            found.append(Threshold(level, on, off))
    return tuple(found)


def _silence(given: Any) -> dict[str, Any]:
    if not given:
        return {}
    return {"no_data": "alarm", "no_data_after_s": int(seconds(given["alarm_after"], "no_data"))}


def _opens(given: Any) -> Opens | None:
    if not given:
        return None
    level = _LEVELS.get(str(given.get("level")))
    if level is None:
        raise Wrong("sign.value", "opens", value=given.get("level"), hint=", ".join(_LEVELS))
    return Opens(level, str(given["category"]), str(given["title"]), bool(given.get("life", False)))


def windowed(sign: Sign) -> bool:
    """Whether a sign looks at a window of readings."""
    return sign.input is Input.DATASTREAMS and sign.statistic in WINDOWED
