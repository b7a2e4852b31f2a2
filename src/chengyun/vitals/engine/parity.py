"""Every definition on kernel, oracle and DuckDB: the same windows and exactly the same episodes.

`check_catalogue` is the door: it takes any definitions, makes a small territory and datastreams for what they ask for,
and puts them through what cities do to them (`exercise.py`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from chengyun.vitals.contracts import EpisodeKind, Input, Sign
from chengyun.vitals.engine.exercise import exercise, fall_silent, lead
from chengyun.vitals.engine.measures import key_of
from chengyun.vitals.engine.trial import Trial, longest_of, small_place

_TOGETHER, _FORMULAS = 100, 12  # numbers, and formulas, that are tried in one trial


@dataclass(slots=True)
class Outcome:
    """`differences`: none when all is well. `rows` of definitions in regions that were tried; `values` of them compared, one
    after each step; `windows` with readings in them compared with DuckDB; definitions by code: those `tried`, those that
    were `valued` at all; `begun`: episodes that began with both, by definition and kind.
    """

    differences: list[str] = field(default_factory=list)
    rows: int = 0
    values: int = 0
    windows: int = 0
    tried: set[str] = field(default_factory=set)
    valued: set[str] = field(default_factory=set)
    begun: Counter[tuple[str, EpisodeKind]] = field(default_factory=Counter)

    def add(self, trial: Trial) -> None:
        """What a trial has shown."""
        self.differences += trial.differences
        self.rows += len(trial.oracle.rows)
        self.values += trial.values
        self.windows += trial.windows
        self.tried |= trial.oracle.signs.keys()
        self.valued |= trial.valued
        self.begun += trial.begun

    def told(self, signs: Sequence[Sign]) -> str:
        """In one line; `signs`: those that were asked about."""
        kinds: Counter[EpisodeKind] = Counter()
        for (_, kind), n in self.begun.items():
            kinds[kind] += n
        episodes = ", ".join(f"{n:,} {kind}" for kind, n in kinds.items())
        ringing = sum(bool(sign.thresholds) for sign in signs)
        return (
            f"{len(self.tried):,} definitions in {self.rows:,} rows, {self.values:,} values; {self.windows:,} windows asked of"
            f" DuckDB; episodes: {episodes}; {len(self.differences):,} differences. No value: {len(unproven(signs, self)):,}"
            f" of {len(signs):,}; did not ring: {len(silent_about(signs, self)):,} of {ringing:,} with thresholds"
        )


def check_catalogue(
    signs: Sequence[Sign], seed: int = 1, steps: int = 8, among: Iterable[Sign] = ()
) -> Outcome:
    """Signs of one measure are tried together, formulas with what they are over, which may be `among` others.

    In a trial each sign with thresholds is led to its worst level and back, then nobody speaks; before and after come
    `steps` without rule. Who had no value by then is given one.
    """
    random, outcome = np.random.default_rng(seed), Outcome()
    for group in _groups(signs, {sign.code: sign for sign in [*among, *signs]}):
        trial = Trial(group, {}, small_place(group))
        exercise(trial, random, steps // 2)
        trial.ask_duck()
        for sign in group:
            if sign.thresholds:
                lead(trial, random, sign)
        trial.ask_duck()
        fall_silent(trial, 2 * longest_of(group))
        exercise(trial, random, steps - steps // 2)
        for code in unproven(group, trial):
            lead(trial, random, trial.oracle.signs[code])
        trial.ask_duck()
        outcome.add(trial)
    return outcome


def unproven(signs: Iterable[Sign], outcome: Outcome | Trial) -> list[str]:
    """Signs that had no value."""
    return [sign.code for sign in signs if sign.code not in outcome.valued]


def silent_about(signs: Iterable[Sign], outcome: Outcome) -> list[tuple[str, EpisodeKind]]:
    """Signs that should have rung in the trial and did not, with the kind of episode."""
    wanted = [(sign.code, EpisodeKind.THRESHOLD) for sign in signs if sign.thresholds]
    wanted += [(sign.code, EpisodeKind.NO_DATA) for sign in signs if sign.no_data == "alarm"]
    return [one for one in wanted if one not in outcome.begun]


def one_of_each(signs: Iterable[Sign]) -> list[Sign]:
    """The first sign of every shape that is there."""
    found: dict[Hashable, Sign] = {}
    for sign in signs:
        found.setdefault(shape_of(sign), sign)
    return list(found.values())


def shape_of(sign: Sign) -> Hashable:
    """What decides which ways a sign takes through the engine, numbers and names left aside."""
    thresholds = tuple((one.level, one.on == one.off) for one in sign.thresholds)
    times = bool(sign.for_s), bool(sign.hold_s), sign.window_s
    judged = sign.thresholds and (sign.lowest, sign.alarm_levels)
    return (
        sign.input,
        sign.statistic,
        sign.expression == "x",
        sign.bad,
        sign.no_data,
        thresholds,
        times,
        judged,
    )


def _groups(signs: Sequence[Sign], known: dict[str, Sign]) -> Iterator[list[Sign]]:
    """Signs of one measure; numbers by the hundred; formulas by the dozen with all that they are over."""
    groups: dict[object, list[Sign]] = {}
    numbers = [sign for sign in signs if sign.input in (Input.INCIDENTS, Input.REGISTER)]
    formulas = [sign for sign in signs if sign.input is Input.SIGNS]
    for sign in signs:
        if sign.input is Input.DATASTREAMS:
            groups.setdefault((key_of(sign), sign.window_s), []).append(sign)
    yield from groups.values()
    for first in range(0, len(numbers), _TOGETHER):
        yield numbers[first : first + _TOGETHER]
    for first in range(0, len(formulas), _FORMULAS):
        yield list(_with_inputs(formulas[first : first + _FORMULAS], known).values())


def _with_inputs(signs: Iterable[Sign], known: dict[str, Sign]) -> dict[str, Sign]:
    found: dict[str, Sign] = {}
    waiting = list(signs)
    while waiting:
        sign = waiting.pop()
        if sign.code not in found:
            found[sign.code] = sign
            waiting += [known[code] for code in sign.inputs.values()]
    return found
