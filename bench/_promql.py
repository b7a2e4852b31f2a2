"""Our definitions as rules of Prometheus and VictoriaMetrics, and our datastreams as their series.

A sign over datastreams becomes a recording rule for each level of region from its lowest up, and where it rings a rule of
alerts for each level of alarm. What cannot be said there: numbers of incidents and registers (they are given, not worked
out) and formulas over them, the least of two numbers; ends of alarms apart from their beginnings, holding, lateness;
datastreams that were never heard (there is no registry: "how many" means heard within a day).
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from chengyun.sensing.contracts import Streams
from chengyun.vitals.contracts import LEVELS, Input, Sign, Statistic, selection
from chengyun.vitals.engine.cells import Properties
from chengyun.vitals.engine.plan import ALIVE_INTERVALS
from chengyun.vitals.engine.tree import Regions, plant

_N, _SUM = "sum by ({l}) (count_over_time({m}[{w}s]))", "sum by ({l}) (sum_over_time({m}[{w}s]))"
_MEAN = f"{_SUM} / {_N}"
_LOW, _HIGH = "min by ({l}) (min_over_time({m}[{w}s]))", "max by ({l}) (max_over_time({m}[{w}s]))"
_BEFORE = "[{w}s] offset {w}s"
_SQUARES = (
    "sum by ({l}) (count_over_time({m}[{w}s]) * (stdvar_over_time({m}[{w}s]) + avg_over_time({m}[{w}s]) ^ 2))"
)
_LAST, _KNOWN = "last_over_time({m}[{a}s])", "count by ({l}) (last_over_time({m}[1d]))"
_ALIVE = f"count by ({{l}}) ({_LAST})"
_FORMS = {
    Statistic.COUNT: _N,
    Statistic.SUM: _SUM,
    Statistic.MEAN: _MEAN,
    Statistic.MIN: _LOW,
    Statistic.MAX: _HIGH,
    Statistic.RANGE: f"{_HIGH} - {_LOW}",
    Statistic.STD: f"sqrt({_SQUARES} / {_N} - ({_MEAN}) ^ 2)",
    Statistic.CHANGE: f"{_MEAN} - ({_MEAN.replace('[{w}s]', _BEFORE)})",
    Statistic.STREAMS: _KNOWN,
    Statistic.ALIVE: _ALIVE,
    Statistic.SILENT: f"{_KNOWN} - {_ALIVE}",
    Statistic.ALIVE_SHARE: f"{_ALIVE} / {_KNOWN}",
    Statistic.LATEST_MEAN: f"avg by ({{l}}) ({_LAST})",
    Statistic.LATEST_MIN: f"min by ({{l}}) ({_LAST})",
    Statistic.LATEST_MAX: f"max by ({{l}}) ({_LAST})",
    Statistic.LATEST_SUM: f"sum by ({{l}}) ({_LAST})",
    Statistic.ABOVE: f"sum by ({{l}}) ({_LAST} > bool {{limit}})",
    Statistic.ABOVE_SHARE: f"avg by ({{l}}) ({_LAST} > bool {{limit}})",
    Statistic.BELOW: f"sum by ({{l}}) ({_LAST} < bool {{limit}})",
    Statistic.BELOW_SHARE: f"avg by ({{l}}) ({_LAST} < bool {{limit}})",
}
_NAME = re.compile(r"[^\W\d]\w*")
_FUNCTIONS = frozenset(["min", "max", "abs"])
Rule = dict[str, Any]
Series = tuple[tuple[str, str], ...]  # labels in the order of their names, the metric among them


def word(code: str) -> str:
    """A code as their names are."""
    return re.sub(r"\W", "_", code)


def series(streams: Streams, regions: Regions, having: Properties) -> list[Series]:
    """Of each datastream: the regions that it lies in, the thing, and the properties that definitions ask for."""
    tree = plant(regions)
    place = tree.find(streams.region)
    own, columns = tree.level[place], []
    for rank, level in enumerate(LEVELS):
        above = tree.id[tree.up[rank][place]].tolist()
        columns.append(
            [(level, str(one)) if mine <= rank else None for one, mine in zip(above, own, strict=True)]
        )
    for (name, value), things in having.items():
        has = np.isin(streams.thing, things).tolist()
        columns.append([(word(name), value) if one else None for one in has])
    columns.append([("thing", str(thing)) for thing in streams.thing.tolist()])
    columns.append([("__name__", word(streams.quantities[one])) for one in streams.quantity.tolist()])
    return [tuple(sorted(filter(None, one))) for one in zip(*columns, strict=True)]


@dataclass(slots=True)
class Said:
    """Rules by quantity, those that record and those that ring; `signs` that they say."""

    recording: dict[str, list[Rule]] = field(default_factory=lambda: defaultdict(list))
    ringing: dict[str, list[Rule]] = field(default_factory=lambda: defaultdict(list))
    signs: int = 0

    @property
    def rings(self) -> int:
        """How many rules ring."""
        return sum(map(len, self.ringing.values()))

    def write(self, file: Path, others: int, more: Mapping[str, Any], only: str = "") -> int:
        """Every rule that rings (`only` those of one alert) and as many `others`, evenly drawn from those that record →
        how many in all. JSON is YAML. `more` is said of each group.
        """
        chosen: dict[str, list[Rule]] = defaultdict(list)
        for group, rules in self.ringing.items():
            chosen[group] += [one for one in rules if only in ("", one["alert"])]
        recording = [(group, one) for group, rules in self.recording.items() for one in rules]
        for at in np.linspace(0, len(recording), min(others, len(recording)), endpoint=False):
            group, one = recording[int(at)]
            chosen[group].append(one)
        groups = [{"name": group, "rules": rules, **more} for group, rules in chosen.items() if rules]
        file.write_text(json.dumps({"groups": groups}), encoding="utf-8")
        return sum(map(len, chosen.values()))


def said(signs: Sequence[Sign], streams: Streams) -> Said:
    """All rules that our definitions make there."""
    known, found = {sign.code: sign for sign in signs}, Said()
    alive = alive_s(streams)
    for sign in signs:
        texts = {level: _text(sign, level, known, alive) for level in LEVELS[LEVELS.index(sign.lowest) :]}
        spoken = {level: text for level, text in texts.items() if text is not None}
        if not spoken:
            continue
        found.signs += 1
        group = word(_quantity(sign, known))
        for level, text in spoken.items():
            found.recording[group].append({"record": f"sign:{word(sign.code)}:{level}", "expr": text})
            if level in (sign.alarm_levels or (sign.lowest,)):
                found.ringing[group] += _ringing(sign, level, text)
    return found


def alive_s(streams: Streams) -> dict[str, int]:
    """By quantity: seconds for which its latest readings count."""
    longest = np.zeros(len(streams.quantities))
    np.maximum.at(longest, streams.quantity, streams.interval_s)
    return {
        code: int(ALIVE_INTERVALS * longest[at]) for at, code in enumerate(streams.quantities) if longest[at]
    }


def _quantity(sign: Sign, known: Mapping[str, Sign]) -> str:
    while sign.input is Input.SIGNS:
        sign = known[next(iter(sign.inputs.values()))]
    return sign.of


def _text(sign: Sign, level: str, known: Mapping[str, Sign], alive: Mapping[str, int]) -> str | None:
    """The expression at a level of region; None: it cannot be said."""
    if sign.input is Input.SIGNS:
        parts = {name: _text(known[code], level, known, alive) for name, code in sign.inputs.items()}
    elif sign.input is Input.DATASTREAMS and sign.of in alive:
        having, without = selection(sorted(sign.where.items()))
        chosen = [f'{word(name)}="{value}"' for name, value in having]
        chosen += [f'{word(name)}!="{value}"' for name, value in without]
        of = f"{word(sign.of)}{{{','.join(chosen)}}}"
        values = {"l": level, "m": of, "w": sign.window_s, "a": alive[sign.of], "limit": sign.limit}
        parts = {"x": _FORMS[sign.statistic].format_map(values)}
    else:
        return None
    names = set(_NAME.findall(sign.expression))
    if names & _FUNCTIONS or None in parts.values():
        return None
    return _NAME.sub(lambda found: f"({parts[found.group()]})", sign.expression)


def _ringing(sign: Sign, level: str, text: str) -> Iterable[Rule]:
    sign_of = {"high": ">=", "low": "<="}.get(sign.bad or "", "")
    for one in sign.thresholds:
        yield {
            "alert": word(sign.code),
            "expr": f"({text}) {sign_of} {one.on}",
            "for": f"{sign.for_s}s",
            "labels": {"level": one.level.name.lower()},
        }
