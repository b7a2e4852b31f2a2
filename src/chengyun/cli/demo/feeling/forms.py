"""How the values of simulated datastreams go: a base, a day, a week, noise that remembers. Pure numpy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

DATA = Path(__file__).parents[1] / "data" / "things.yaml"
DAY, WEEK = 86_400.0, 604_800.0
CHARACTER = 20_251_102  # seed of what makes one datastream differ from another
MEMORY = 0.9  # share of the last noise that stays from one reading to the next
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Form:
    """The form of a quantity. `daily` swings around `base`, highest at the local hour `peak`; `weekend` is added on days
    of rest; `spread` is the difference between datastreams, `noise` that between readings; `low` and `high` bound all.
    """

    base: float
    spread: float = 0.0
    daily: float = 0.0
    peak: float = 14.0
    weekend: float = 0.0
    noise: float = 0.0
    low: float = -1e12
    high: float = 1e12
    digits: int = 2


@dataclass(frozen=True, slots=True)
class Faults:
    """Shares of datastreams with a fault of their own, for as long as the demo runs."""

    dead: float  # says nothing
    stuck: float  # sends its first value for ever, under fresh stamps
    sentinel: float  # now and then sends the value that means "none"
    skewed: float  # its clock is 90 s fast
    late: float  # its readings come in bundles, minutes later


@dataclass(frozen=True, slots=True)
class Feelings:
    """data/things.yaml, typed."""

    forms: Mapping[str, Form]
    owners: Mapping[str, str]  # domain → kind of unit
    faults: Faults
    stories: tuple[Mapping[str, Any], ...]
    named: tuple[Mapping[str, str], ...]  # things of stories


@cache
def feelings() -> Feelings:
    """What data/things.yaml says."""
    rows: dict[str, Any] = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    forms = {code: Form(**row) for code, row in rows["forms"].items()}
    return Feelings(
        forms, rows["owners"], Faults(**rows["faults"]), tuple(rows["stories"]), tuple(rows["named"])
    )


class Signals:
    """Values of many datastreams (`ids`, ascending), a form for each. The noise is `source`'s; what a datastream is like
    hangs on its id alone, so that it is the same in the demo's past and after every start.
    """

    def __init__(self, forms: Sequence[Form], ids: NDArray[np.int32], source: np.random.Generator) -> None:
        self._source, self.count = source, len(forms)
        table = np.array([[getattr(form, f.name) for f in fields(Form)] for form in forms], np.float64)
        table = table.reshape(len(forms), len(fields(Form)))
        columns = {f.name: table[:, place] for place, f in enumerate(fields(Form))}
        self._base = columns["base"] + columns["spread"] * _character(0, ids)
        self._daily = columns["daily"] * (1 + 0.3 * np.tanh(_character(1, ids)))
        self._peak = columns["peak"] + 0.7 * _character(2, ids)
        self._weekend, self._noise = columns["weekend"], columns["noise"]
        self._low, self._high = columns["low"], columns["high"]
        self._unit = 10.0 ** columns["digits"]
        self._last = source.standard_normal(len(forms))

    def at(self, which: NDArray[np.int64], now: float, offset: Floats | None = None) -> Floats:
        """Values of the datastreams `which` at `now` (epoch seconds, Shanghai's day), with what a story adds."""
        local = now + 8 * 3600
        hours = (local % DAY) / 3600
        fresh = self._source.standard_normal(len(which))
        self._last[which] = MEMORY * self._last[which] + np.sqrt(1 - MEMORY**2) * fresh
        values = self._base[which] + self._noise[which] * self._last[which]
        values += self._daily[which] * np.cos((hours - self._peak[which]) / 24 * 2 * np.pi)
        if (local // DAY + 4) % 7 in (0, 6):  # 1 January 1970 was a Thursday
            values += self._weekend[which]
        if offset is not None:
            values += offset
        bounded = np.clip(values, self._low[which], self._high[which])
        return np.asarray(np.round(bounded * self._unit[which]) / self._unit[which], np.float64)


def _character(trait: int, ids: NDArray[np.int32]) -> Floats:
    """A standard normal number for each id."""
    source = np.random.default_rng((CHARACTER, trait))
    return source.standard_normal(int(ids.max(initial=-1)) + 1)[ids]
