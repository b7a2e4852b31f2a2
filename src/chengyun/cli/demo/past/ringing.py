"""Alarms of the demo's past: what reached a level at neighbouring looks was one episode; people heard it, some became
incidents. Everything is stored by the product's own recording, and the incidents live by the product's own rules.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

import numpy as np

from chengyun.cli.demo.cast import cast_of
from chengyun.cli.demo.courses import Course, Stage
from chengyun.cli.demo.history import stage_of, world_of
from chengyun.cli.demo.loading import write
from chengyun.cli.demo.past.plan import Past
from chengyun.cli.demo.shape import shape
from chengyun.incidents.dispatch.opening import ground_of
from chengyun.incidents.history_bulk import Draft, Telling
from chengyun.incidents.life import SYSTEM
from chengyun.kernel.transactions import Tx
from chengyun.sensing.service import moment
from chengyun.territory import service as territory
from chengyun.vitals.alarms import hub, past
from chengyun.vitals.alarms.recording import Recorded, record_past
from chengyun.vitals.alarms.rules import opening
from chengyun.vitals.contracts import Change, Level, Opens, Sign

Steps = list[tuple[int, Change]]  # number of the look, what was said then
PASSING = timedelta(seconds=2)  # from an alarm to its incident


def episodes(looks: Sequence[float], said: Sequence[Sequence[Change]], told: Past, seed: int) -> list[Change]:
    """What was said at `looks` (epoch seconds), as the changes of episodes; all of them are over."""
    by_row: dict[tuple[str, int], Steps] = {}
    for number, changes in enumerate(said):
        for change in changes:
            by_row.setdefault((change.sign, change.region), []).append((number, change))
    source = np.random.default_rng(seed)
    return [
        change
        for steps in by_row.values()
        for run in _runs(steps)
        for change in _changes(looks, run, told, source)
    ]


def _runs(steps: Steps) -> Iterator[Steps]:
    """Those at looks that follow each other."""
    begin = 0
    for at in range(1, len(steps) + 1):
        if at == len(steps) or steps[at][0] != steps[at - 1][0] + 1:
            yield steps[begin:at]
            begin = at


def _changes(looks: Sequence[float], run: Steps, told: Past, source: np.random.Generator) -> Iterator[Change]:
    began = moment(int((looks[run[0][0]] - source.uniform(40, 1500)) * 1e6))
    before = Level.NONE
    for number, one in run:
        if one.after != before:
            at = began if before == Level.NONE else moment(int(looks[number] * 1e6))
            yield _change(one, began, at, before, one.after, one.value)
            before = one.after
    end = looks[run[-1][0]] + min(source.exponential(told.clears * 60.0) + 60, told.hours * 3600 * 0.9)
    yield _change(run[-1][1], began, moment(int(end * 1e6)), before, Level.NONE, None)


def _change(
    one: Change, began: datetime, at: datetime, before: Level, after: Level, value: float | None
) -> Change:
    return Change(one.sign, one.region, one.kind, began, at, before, after, value, one.stream)


def ring(
    tx: Tx, changes: Sequence[Change], signs: Mapping[str, Sign], told: Past, seed: int
) -> tuple[int, int]:
    """Store the episodes with what people did → how many alarms, how many incidents."""
    found = record_past(tx, changes, signs)
    source = random.Random(seed)  # noqa: S311  invented
    drafts = dict(_opened(tx, stage_of(tx, shape(), cast_of(tx)), found))
    write(tx, iter(drafts.values()))
    past.led(tx, [_led(one, drafts[one.id]) for one in found if one.id in drafts])
    officers = cast_of(tx).officers
    answered = [one for one in found if one.id in drafts or source.random() < told.answered["share"]]
    past.heard(tx, [_heard(one, officers[_centre(one)].name, told, source) for one in answered])
    return len(found), len(drafts)


def _centre(one: Recorded) -> int:
    """The nearest centre above."""
    return next(region for level, region in one.fresh.chain if level in ("town", "district", "city"))


def _heard(one: Recorded, by: str, told: Past, source: random.Random) -> past.Heard:
    """Most within minutes; before it is over."""
    first, last = one.fresh.episode.changes[0].at, one.fresh.episode.last.at
    after = timedelta(minutes=source.expovariate(1 / told.answered["minutes"]), seconds=20)
    return past.Heard(one.id, min(first + after, last), by, int(one.fresh.episode.peak))


def _opened(tx: Tx, stage: Stage, found: Sequence[Recorded]) -> Iterator[tuple[int, Draft]]:
    """The lives of the incidents that these alarms opened."""
    pairs = ((one, opening(one.fresh.sign, int(one.fresh.episode.peak))) for one in found)
    due = [(one, opens) for one, opens in pairs if opens is not None]
    world = world_of(tx, len(due) + 1)
    for one, opens in due:
        draft = Draft(world, _telling(tx, one, opens), ())
        draft.life.incident.origin_kind, draft.life.incident.origin_id = hub.ORIGIN, str(one.id)
        Course(stage, draft, random.Random(one.id)).run()  # noqa: S311  invented
        yield one.id, draft


def _telling(tx: Tx, one: Recorded, opens: Opens) -> Telling:
    """As `hub` reports it."""
    told = hub.report_of(tx, hub.told_of(one.fresh), opens)
    at = next(change.at for change in one.fresh.episode.changes if opening(one.fresh.sign, int(change.after)))
    return Telling(
        at=at + PASSING,
        doer=SYSTEM,
        ground=ground_of(territory.locate(tx, told.lon, told.lat)),
        lon=told.lon,
        lat=told.lat,
        text=told.text,
        channel="sensor",
        category=opens.category,
        title=told.title,
        level=told.level,
        address=told.address,
        occurred_at=at,
    )


def _led(one: Recorded, draft: Draft) -> past.Led:
    """Which incident, and when it was closed."""
    incident = draft.life.incident
    closed = next(((step.at, step.actor_name) for step in draft.life.steps if step.move == "close"), None)
    peak = int(one.fresh.episode.peak)
    return past.Led(one.id, incident.id, incident.number, incident.reported_at, peak, closed)
