"""Units: the part of UCUM that a city needs, their dimensions, and how people write them and numbers in them. Pure.

Dimensions are exponents of metre, second, gram, kelvin, ampere; annotations in braces ({thing}) and shares have none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from math import floor, log10

DIGITS = 4  # that are shown of a reading
Dimension = tuple[int, int, int, int, int]
NONE: Dimension = (0, 0, 0, 0, 0)
_ATOMS: dict[str, Dimension] = {
    "m": (1, 0, 0, 0, 0), "s": (0, 1, 0, 0, 0), "g": (0, 0, 1, 0, 0), "K": (0, 0, 0, 1, 0), "A": (0, 0, 0, 0, 1),
    "Cel": (0, 0, 0, 1, 0), "L": (3, 0, 0, 0, 0), "l": (3, 0, 0, 0, 0), "ar": (2, 0, 0, 0, 0), "har": (2, 0, 0, 0, 0),
    "min": (0, 1, 0, 0, 0), "h": (0, 1, 0, 0, 0), "d": (0, 1, 0, 0, 0), "mo": (0, 1, 0, 0, 0), "a": (0, 1, 0, 0, 0),
    "t": (0, 0, 1, 0, 0), "Hz": (0, -1, 0, 0, 0), "N": (1, -2, 1, 0, 0), "Pa": (-1, -2, 1, 0, 0), "J": (2, -2, 1, 0, 0),
    "W": (2, -3, 1, 0, 0), "V": (2, -3, 1, 0, -1), "deg": NONE, "%": NONE, "[ppm]": NONE, "[ppb]": NONE, "[pH]": NONE,
    "B[SPL]": NONE, "S": (-2, 3, -1, 0, 2), "10*": NONE,
}  # fmt: skip
_PREFIXES = ("u", "m", "c", "d", "h", "k", "M", "G")
_METRIC = frozenset({"m", "s", "g", "K", "A", "L", "l", "t", "Hz", "N", "Pa", "J", "W", "V", "S", "B[SPL]"})
# UCUM → as it is shown, where that differs (Chinese, English).
_SHOWN: dict[str, tuple[str, str]] = {
    "1": ("", ""), "Cel": ("℃", "°C"), "K/min": ("℃/分", "°C/min"), "ug/m3": ("μg/m³", "µg/m³"), "mg/m3": ("mg/m³", "mg/m³"),
    "m3": ("m³", "m³"), "m2": ("m²", "m²"), "km2": ("km²", "km²"), "m3/h": ("m³/h", "m³/h"), "har": ("公顷", "ha"),
    "m/s2": ("m/s²", "m/s²"), "mm/s2": ("mm/s²", "mm/s²"), "um/m": ("με", "µε"), "deg": ("°", "°"), "dB[SPL]": ("dB(A)", "dB(A)"),
    "%{LEL}": ("%LEL", "%LEL"), "%{obs}/m": ("%/m", "%/m"), "[ppm]": ("ppm", "ppm"), "[pH]": ("", ""), "h": ("小时", "h"),
    "min": ("分钟", "min"), "s": ("秒", "s"), "d": ("天", "days"), "a": ("年", "years"), "t": ("吨", "t"), "10*4.t": ("万吨", "10⁴ t"),
    "mm/d": ("mm/天", "mm/day"), "kW.h": ("千瓦时", "kWh"), "10*4.kW.h": ("万千瓦时", "10⁴ kWh"), "L/s": ("L/s", "L/s"),
    "10*4.m3": ("万 m³", "10⁴ m³"), "m2/{person}": ("m²/人", "m²/person"), "km/km2": ("km/km²", "km/km²"),
    "{NTU}": ("NTU", "NTU"), "{score}": ("分", "points"), "{state}": ("", ""), "{thing}": ("台", "things"),
    "{incident}": ("件", "incidents"), "{person}": ("人", "people"), "10*4.{person}": ("万人", "10⁴ people"),
    "{household}": ("户", "households"), "{place}": ("处", "places"), "{day}": ("天", "days"), "{ratio}": ("倍", "×"), "{vehicle}": ("辆", "vehicles"), "{time}": ("次", "times"),
    "{building}": ("栋", "buildings"), "{case}": ("起", "cases"), "{item}": ("项", "items"), "{one}": ("个", ""),
    "{reading}": ("条", "readings"), "{CNY}": ("元", "CNY"), "10*4.{CNY}": ("万元", "10⁴ CNY"), "10*8.{CNY}": ("亿元", "10⁸ CNY"),
    "{bridge}": ("座", "bridges"), "{incident}/(10*4.{person})": ("件/万人", "per 10⁴ people"), "{team}": ("支", "teams"),
    "{place}/(10*4.{person})": ("处/万人", "per 10⁴ people"), "{bed}": ("张", "beds"), "{trip}": ("趟", "trips"),
    "{person}/m2": ("人/m²", "people/m²"), "{vehicle}/(5.min)": ("辆/5分钟", "per 5 min"), "{person}/(5.min)": ("人/5分钟", "per 5 min"),
    "{trip}/(5.min)": ("趟/5分钟", "per 5 min"), "{tree}": ("株", "trees"), "{train}": ("列", "trains"), "{school}": ("所", "schools"),
}  # fmt: skip


class UnknownUnit(ValueError):
    """The text is no unit that is understood here; `args[0]` is the part that is not."""


@lru_cache(maxsize=1024)
def dimension(unit: str) -> Dimension:
    """The exponents of a unit. Raises UnknownUnit."""
    found = NONE
    for sign, text in _factors(unit):
        found = _added(found, _factor(text), sign)
    return found


def _factors(unit: str) -> Iterator[tuple[int, str]]:
    """The factors with 1 or -1, annotations left out; what stands in brackets after a slash is below it whole."""
    sign, outer = 1, 1
    for part in re.findall(r"[./()]|[^./()]+", re.sub(r"\{[^{}]*\}", "", unit)):
        if part == "(":
            outer, sign = sign, 1
        elif part == ")":
            outer, sign = 1, 1
        elif part in "./":
            sign = -1 if part == "/" else 1
        else:
            yield sign * outer, part


def _factor(text: str) -> Dimension:
    if re.fullmatch(r"10\*-?\d+|\d+", text):
        return NONE
    power = re.search(r"-?\d+$", text)
    name = text[: power.start()] if power else text
    return _added(NONE, _atom(name), int(power.group()) if power else 1)


def _atom(name: str) -> Dimension:
    if name in _ATOMS:
        return _ATOMS[name]
    if name[:1] in _PREFIXES and name[1:] in _METRIC:
        return _ATOMS[name[1:]]
    raise UnknownUnit(name)


def _added(one: Dimension, other: Dimension, times: int) -> Dimension:
    a, b, c, d, e = (x + times * y for x, y in zip(one, other, strict=True))
    return (a, b, c, d, e)


def known(unit: str) -> bool:
    """Whether the text is a unit that is understood here."""
    try:
        dimension(unit)
    except UnknownUnit:
        return False
    return bool(unit)


def unit_text(unit: str, language: str = "zh") -> str:
    """A unit as people write it; one that has no own way of writing as UCUM has it."""
    zh, en = _SHOWN.get(unit, (unit, unit))
    return en if language == "en" else zh


def number_text(value: float | None, decimals: int | None) -> str:
    """A number as people write it; a dash where there is none. Without `decimals` (a reading as it came) four digits that
    count, and no exponent: 0.001235, 12.35, 123,456.
    """
    if value is None:
        return "—"
    if decimals is not None:
        return f"{value:,.{decimals}f}"
    shown = max(0, DIGITS - 1 - floor(log10(abs(value)))) if value else 0
    text = f"{value:,.{shown}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def value_text(value: float | None, decimals: int | None, unit: str, language: str = "zh") -> str:
    """A number in a unit of UCUM, as people write both."""
    return f"{number_text(value, decimals)} {unit_text(unit, language)}".rstrip()
