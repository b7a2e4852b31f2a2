"""Every case that a set of conditions can tell apart: the language is small, so this is finite and exact. Pure.

For each fact only the values that some condition names count, and one that none names: all others behave alike. A
time of day counts from each end of a window, a number just below, at and just above each bound.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from itertools import product
from typing import Any

from chengyun.incidents.dispatch.routing import Facts, hours_of
from chengyun.scenarios.compiling import many
from chengyun.scenarios.vocabulary import CENTRES, CHANNELS, EVENTS, LEVELS, URGENCIES

_WORDS: dict[str, Sequence[str]] = {"level": URGENCIES, "channel": CHANNELS, "event": EVENTS}
_REGIONS = {level: at + 1 for at, level in enumerate(LEVELS)}
_ELSEWHERE = {level: at + 11 for at, level in enumerate(LEVELS)} | {"city": _REGIONS["city"]}
VILLAGES = (_REGIONS["village"], _ELSEWHERE["village"])


@dataclass(frozen=True, slots=True)
class Asked:
    """The values that conditions name, per fact."""

    words: dict[str, set[str]] = field(default_factory=lambda: {name: set() for name in _WORDS})
    times: set[time] = field(default_factory=lambda: {time(0)})
    returns: set[float] = field(default_factory=lambda: {0.0})
    border: set[float] = field(default_factory=lambda: {0.0})


def asked(conditions: Iterable[Mapping[str, Any]]) -> Asked:
    """What these (compiled) conditions ask about, through any, all and not."""
    found = Asked()
    for when in conditions:
        _collect(when, found)
    return found


def _collect(when: Mapping[str, Any], into: Asked) -> None:
    for key, value in when.items():
        if key in into.words:
            into.words[key].update(many(value))
        elif key == "hours":
            into.times.update(hours_of(str(value)))
        elif key in ("returns", "border_m"):
            bounds = value.values() if isinstance(value, Mapping) else [value]
            near = 1.0 if key == "returns" else 0.5
            around = {float(bound) + step for bound in bounds for step in (-near, 0, near)}
            (into.returns if key == "returns" else into.border).update(one for one in around if one >= 0)
        elif key in ("any", "all", "not"):
            for part in value if isinstance(value, list) else [value]:
                _collect(part, into)


def _classes(named: set[str], known: Sequence[str]) -> list[str]:
    """The named values and one more that stands for all the others."""
    return [*sorted(named), *[one for one in known if one not in named][:1]]


def cases(category: str, settlement: str, conditions: Asked) -> Iterator[Facts]:
    """Every case of a category in a kind of town, for every level of owner, inside its area and outside."""
    levels, channels, events = (_classes(conditions.words[name], _WORDS[name]) for name in _WORDS)
    words = product(levels, channels, events)
    numbers = product(sorted(conditions.times), sorted(conditions.returns), sorted(conditions.border))
    owners = product(CENTRES, (_REGIONS, _ELSEWHERE))
    every = product(words, numbers, owners)
    for (level, channel, event), (at, returns, border), (owner, place) in every:
        yield Facts(
            category=category,
            level=level,
            channel=channel,
            event=event,
            settlement=settlement,
            at=at,
            owner_level=owner,
            place=place,
            owner={name: _REGIONS[name] for name in CENTRES[: CENTRES.index(owner) + 1]},
            returns=int(returns),
            border_m=border,
        )


def level_of(region: int) -> str:
    """The level of one of the regions that stand for all of theirs in `cases`."""
    return LEVELS[(region - 1) % 10]
