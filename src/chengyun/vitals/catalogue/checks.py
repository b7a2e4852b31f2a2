"""What can be told of a catalogue without a single reading: names, units, cycles, thresholds, windows, twins. Pure.

Each check gives problems; `scenarios` adds file, line and remedy. A template's mistake is told once, with the number of
signs that have it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from itertools import pairwise

from chengyun.sensing import units
from chengyun.sensing.contracts import Quantity
from chengyun.vitals.catalogue import expressions
from chengyun.vitals.catalogue.building import MEASURES, nature
from chengyun.vitals.catalogue.contracts import Catalogue, Problem, World
from chengyun.vitals.catalogue.expanding import near
from chengyun.vitals.contracts import LATEST, LEVELS, NOT, WINDOWED, Input, Level, Sign, Statistic
from chengyun.vitals.engine.expression import ExpressionError, Node, names_in, parse, program

PERIODS = ("live", "day", "month", "year")
CENTRES = ("town", "district", "city")  # levels that have a centre which can be told of an alarm
_LIMITED = frozenset({Statistic.ABOVE, Statistic.ABOVE_SHARE, Statistic.BELOW, Statistic.BELOW_SHARE})
_GAUGES = frozenset({Statistic.GAUGE, Statistic.GAUGE_MEAN})
_NAMED = frozenset({"code", "name_zh", "name_en", "template"})
_MEANING = tuple(one.name for one in fields(Sign) if one.name not in _NAMED)
Found = Iterator[tuple[str, str, dict[str, object]]]  # code, field, params


@dataclass(frozen=True, slots=True)
class Ground:
    """What signs are held against."""

    signs: Mapping[str, Sign]
    quantities: Mapping[str, Quantity]
    domains: frozenset[str]
    world: World

    def dimension(self, sign: Sign) -> units.Dimension:
        """Of a sign's unit. Raises UnknownUnit."""
        return units.dimension(sign.unit)


def problems(catalogue: Catalogue, world: World) -> list[Problem]:
    """Everything wrong in the catalogue, in the order of its signs."""
    ground = Ground(
        {one.code: one for one in catalogue.signs},
        world.quantities(),
        frozenset(one.code for one in catalogue.domains),
        world,
    )
    found = [
        Problem(code, catalogue.origin[sign.code], field, {"sign": sign.code, **params})
        for sign in catalogue.signs
        for check in _CHECKS
        for code, field, params in check(sign, ground)
    ]
    for check_all in (_cycles, _twins, _names):
        found += [
            Problem(code, catalogue.origin[str(params["sign"])], field, params)
            for code, field, params in check_all(catalogue.signs)
        ]
    return once(found)


def once(found: Iterable[Problem]) -> list[Problem]:
    """One problem per place and kind; how many signs have it is told with the first."""
    found = list(found)
    often = Counter((one.origin, one.code) for one in found)
    told: dict[object, Problem] = {}
    for one in found:
        more = often[one.origin, one.code] - 1
        sign = {"sign": f"{one.params['sign']} (+{more})"} if more and "sign" in one.params else {}
        told.setdefault((one.origin, one.code), replace(one, params={**one.params, **sign}))
    return list(told.values())


# names


def _belongs(sign: Sign, ground: Ground) -> Found:
    if sign.domain not in ground.domains:
        yield (
            "domain.unknown",
            "domain",
            {"value": sign.domain, "near": near(sign.domain, list(ground.domains))},
        )
    if sign.owner not in ground.world.units:
        yield "unit.unknown", "owner", {"value": sign.owner, "known": ", ".join(sorted(ground.world.units))}
    if sign.period not in PERIODS:
        yield "sign.value", "period", {"value": sign.period, "hint": ", ".join(PERIODS)}
    told = [level for level in sign.tells if level not in CENTRES]
    if told:
        yield "sign.value", "tells", {"value": ", ".join(told), "hint": ", ".join(CENTRES)}


def _input(sign: Sign, ground: Ground) -> Found:
    yield from _OF_INPUT[sign.input](sign, ground)
    gauge = sign.statistic in _GAUGES
    if gauge is (sign.input is Input.DATASTREAMS):
        known = ", ".join(_GAUGES if not gauge else WINDOWED | LATEST)
        yield "sign.statistic", "statistic", {"value": sign.statistic, "known": known}
    if (sign.limit is not None) is not (sign.statistic in _LIMITED):
        yield "sign.limit", "limit", {"value": sign.statistic}


def _datastreams(sign: Sign, ground: Ground) -> Found:
    quantity = ground.quantities[sign.of]
    if sign.limit is not None and not quantity.low <= sign.limit <= quantity.high:
        yield "sign.limit_range", "limit", {"value": sign.limit, "low": quantity.low, "high": quantity.high}
    choices = ground.world.choices.get(quantity.kind, {})
    for name, value in sign.where.items():
        if value.removeprefix(NOT) not in choices.get(name, {}):
            known = ", ".join(f"{one}={each}" for one, values in choices.items() for each in values) or "—"
            yield "sign.where", "where", {"value": f"{name}={value}", "known": known}


def _incidents(sign: Sign, ground: Ground) -> Found:
    measure, _, prefix = sign.of.partition(":")
    if measure not in MEASURES:
        yield "sign.measure", "incidents", {"value": measure, "known": ", ".join(MEASURES)}
    codes = [one.code for one in ground.world.categories]
    if prefix and codes and not any(code.startswith(prefix) for code in codes):
        yield "category.unknown", "incidents", {"value": prefix, "near": near(prefix, codes)}


def _register(sign: Sign, _: Ground) -> Found:
    if sign.period == "live":
        yield "sign.period", "period", {}


def _signs(sign: Sign, ground: Ground) -> Found:
    for code in sign.inputs.values():
        if code not in ground.signs:
            yield "sign.unknown", "signs", {"value": code, "near": near(code, ground.signs)}


_OF_INPUT: Mapping[Input, Callable[[Sign, Ground], Found]] = {
    Input.DATASTREAMS: _datastreams,
    Input.INCIDENTS: _incidents,
    Input.REGISTER: _register,
    Input.SIGNS: _signs,
}


# units and expressions


def _expression(sign: Sign, ground: Ground) -> Found:
    names = set(sign.inputs) if sign.input is Input.SIGNS else {"x"}
    try:
        tree = parse(sign.expression)
        program(sign.expression, sorted(names))
    except ExpressionError as error:
        params = {"value": sign.expression, "column": error.position + 1, "known": ", ".join(sorted(names))}
        yield "sign.expression", "expression", params
        return
    unused = names - {name.name for name in names_in(tree)}
    if unused:
        yield "sign.unused", "expression", {"value": ", ".join(sorted(unused))}
    yield from _dimension(sign, ground, tree)


def _dimension(sign: Sign, ground: Ground, tree: Node) -> Found:
    try:
        wanted = ground.dimension(sign)
    except units.UnknownUnit as error:
        yield "sign.unit_unknown", "unit", {"value": error.args[0]}
        return
    given = _given(sign, ground)
    if given is None:
        return
    try:
        found = expressions.dimension(tree, given)
    except expressions.Mismatch as error:
        yield "sign.mixed", "expression", {"value": sign.expression, "column": error.args[0]}
        return
    if found is not None and found != wanted:
        yield "sign.unit", "unit", {"value": sign.unit, "expression": sign.expression}


def _given(sign: Sign, ground: Ground) -> dict[str, units.Dimension] | None:
    """The dimension of every name of the expression; None where an input says nothing about it."""
    try:
        if sign.input is Input.SIGNS:
            return {name: ground.dimension(ground.signs[code]) for name, code in sign.inputs.items()}
        if sign.input is Input.DATASTREAMS:
            return {"x": units.dimension(nature(ground.quantities[sign.of], sign.statistic)[0])}
    except (KeyError, units.UnknownUnit):
        return None  # told where that input is
    if sign.input is Input.INCIDENTS:
        return {"x": units.dimension("h") if sign.of.startswith("median_hours") else units.NONE}
    return None


# ranges and thresholds


def _thresholds(sign: Sign, _: Ground) -> Found:
    if sign.low is not None and sign.high is not None and sign.low >= sign.high:
        yield "sign.range", "range", {"low": sign.low, "high": sign.high}
    if not sign.thresholds:
        if sign.opens is not None:
            yield "sign.opens_nothing", "opens", {}
        return
    if sign.bad not in ("high", "low"):
        yield "sign.direction", "bad", {}
        return
    yield from _order(sign, 1 if sign.bad == "high" else -1)


def _order(sign: Sign, up: int) -> Found:
    for one in sign.thresholds:
        if (sign.high is not None and one.on > sign.high) or (sign.low is not None and one.on < sign.low):
            params = {"level": _name(one.level), "value": one.on, "low": sign.low, "high": sign.high}
            yield "sign.unreachable", "thresholds", params
        if one.off * up > one.on * up:
            params = {"level": _name(one.level), "on": one.on, "off": one.off}
            yield "sign.on_off", "thresholds", params
    for lower, higher in pairwise(sign.thresholds):
        if higher.on * up <= lower.on * up or higher.off * up < lower.off * up:
            levels: dict[str, object] = {"lower": _name(lower.level), "higher": _name(higher.level)}
            yield "sign.monotone", "thresholds", levels


def _name(level: Level) -> str:
    return level.name.lower()


def _opens(sign: Sign, ground: Ground) -> Found:
    if sign.opens is None:
        return
    codes = [one.code for one in ground.world.categories]
    if sign.opens.category not in codes:
        yield (
            "category.unknown",
            "opens",
            {"value": sign.opens.category, "near": near(sign.opens.category, codes)},
        )
    if sign.thresholds and sign.opens.level not in [one.level for one in sign.thresholds]:
        yield "sign.opens_level", "opens", {"value": _name(sign.opens.level)}


# windows and levels


def _window(sign: Sign, ground: Ground) -> Found:
    wanted = sign.input is Input.DATASTREAMS and sign.statistic in WINDOWED
    if wanted is not (sign.window_s > 0):
        yield "sign.window", "window", {"value": sign.statistic}
        return
    quantity = ground.quantities.get(sign.of) if wanted else None
    if quantity is not None and sign.window_s < quantity.interval_s:
        yield "sign.window_short", "window", {"value": sign.window_s, "interval": quantity.interval_s}


def _levels(sign: Sign, ground: Ground) -> Found:
    lowest = LEVELS.index(sign.lowest)
    for code in sign.inputs.values():
        other = ground.signs.get(code)
        if other is not None and LEVELS.index(other.lowest) > lowest:
            yield "sign.lowest", "lowest", {"value": sign.lowest, "other": code, "level": other.lowest}
    for level in sign.alarm_levels:
        if LEVELS.index(level) < lowest:
            yield "sign.alarm_level", "alarm_at", {"value": level, "level": sign.lowest}


_CHECKS: tuple[Callable[[Sign, Ground], Found], ...] = (
    _belongs, _input, _expression, _thresholds, _opens, _window, _levels,
)  # fmt: skip


# all together


def _cycles(signs: Iterable[Sign]) -> Found:
    """Each ring of signs that are made of each other, told once, at its first in the catalogue."""
    made = {sign.code: list(sign.inputs.values()) for sign in signs if sign.inputs}
    state: dict[str, int] = {}  # 1: being walked, 2: done
    for code in made:
        ring = _ring(code, made, state, [])
        if ring:
            yield "sign.cycle", "signs", {"sign": ring[0], "path": " → ".join([*ring, ring[0]])}


def _ring(code: str, made: Mapping[str, list[str]], state: dict[str, int], way: list[str]) -> list[str]:
    if state.get(code) == 2 or code not in made:
        return []
    if state.get(code) == 1:
        return way[way.index(code) :]
    state[code] = 1
    found: list[str] = []
    for below in made[code]:
        found = found or _ring(below, made, state, [*way, code])
    state[code] = 2
    return found


def _twins(signs: Iterable[Sign]) -> Found:
    """Signs that differ in code and names only."""
    seen: dict[tuple[object, ...], Sign] = {}
    for sign in signs:
        meaning = tuple(_plain(getattr(sign, name)) for name in _MEANING)
        other = seen.setdefault(meaning, sign)
        if other is not sign:
            yield "sign.twin", "", _blamed(sign, other)


def _blamed(sign: Sign, other: Sign) -> dict[str, object]:
    """Of two that collide the one written by hand is told of; of equals the later one."""
    first, second = (other, sign) if sign.template is None or other.template is not None else (sign, other)
    return {"sign": second.code, "other": first.code}


def _plain(value: object) -> object:
    return tuple(sorted(value.items())) if isinstance(value, Mapping) else value


def _names(signs: Iterable[Sign]) -> Found:
    """Two signs that nobody could tell apart on the screen."""
    for field in ("name_zh", "name_en"):
        seen: dict[str, Sign] = {}
        for sign in signs:
            other = seen.setdefault(getattr(sign, field), sign)
            if other is not sign:
                yield "sign.same_name", "name", {**_blamed(sign, other), "value": getattr(sign, field)}
