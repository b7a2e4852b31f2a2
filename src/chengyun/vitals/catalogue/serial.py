"""A `Sign` as JSON and back: what `vitals_sign.content` and the API hold. Fields at their default are left out. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, asdict, fields
from typing import Any

from chengyun.vitals.contracts import Input, Level, Opens, Sign, Statistic, Threshold

_DEFAULTS: dict[str, object] = {one.name: one.default for one in fields(Sign) if one.default is not MISSING}
_DEFAULTS |= {one.name: one.default_factory() for one in fields(Sign) if one.default_factory is not MISSING}
_TUPLES = ("alarm_levels", "tells")


def to_json(sign: Sign) -> dict[str, Any]:
    """Plain JSON."""
    found = {}
    for one in fields(Sign):
        value = getattr(sign, one.name)
        if one.name not in _DEFAULTS or value != _DEFAULTS[one.name]:
            found[one.name] = _plain(value)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Opens | Threshold):
        return {name: _plain(one) for name, one in asdict(value).items()}
    if isinstance(value, Level):
        return int(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return dict(value)
    return str(value) if isinstance(value, Input | Statistic) else value


def from_json(content: Mapping[str, Any]) -> Sign:
    """The inverse of `to_json`."""
    data = dict(content)
    data["input"] = Input(data["input"])
    if "statistic" in data:
        data["statistic"] = Statistic(data["statistic"])
    for name in _TUPLES:
        if name in data:
            data[name] = tuple(data[name])
    data["thresholds"] = thresholds_from_json(data.get("thresholds", ()))
    if data.get("opens"):
        data["opens"] = Opens(**{**data["opens"], "level": Level(data["opens"]["level"])})
    return Sign(**data)


def thresholds_from_json(content: Any) -> tuple[Threshold, ...]:
    """From blue to red."""
    return tuple(Threshold(Level(one["level"]), float(one["on"]), float(one["off"])) for one in content)
