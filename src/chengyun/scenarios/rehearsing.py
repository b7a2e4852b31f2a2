"""Plays the rehearsals of a scenario: stories on the simulated clock, through the door of incidents.

Every step is one transaction of the actor who takes it, with that post's own permissions and jurisdiction. Play on a
scratch database only: it makes people, opens incidents and moves the clock.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from chengyun.identity import service as identity
from chengyun.incidents import service as incidents
from chengyun.incidents.reading.detail import detail
from chengyun.incidents.reporter.tracking import report_by_token, tracking
from chengyun.incidents.views import IncidentDetail
from chengyun.kernel.calendar import SHANGHAI
from chengyun.kernel.clock import advance
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.errors import AppError
from chengyun.kernel.transactions import Database, Tx
from chengyun.scenarios.folders import Folder
from chengyun.scenarios.reading import read
from chengyun.scenarios.shaping import shape
from chengyun.territory import service as territory

SEED = system_actor("seed")
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_logins = count(1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a rehearsal went: what did not go as written, as file:line and words; empty when all did."""

    file: str
    name: str
    failures: Sequence[str]


@dataclass(slots=True)
class _Stage:
    """A rehearsal while it is played."""

    db: Database
    cast: dict[str, Actor] = field(default_factory=dict)
    incident: int = 0
    token: str = ""


def rehearse(db: Database, folder: Folder) -> list[Outcome]:
    """Play every rehearsal of a folder whose scenarios are installed in `db`, in file order."""
    names = sorted(name for name in folder.files if name.startswith("rehearsals/"))
    return [_play(db, folder.place(name), folder.files[name]) for name in names]


def _play(db: Database, file: str, text: str) -> Outcome:
    document, found = read(text, file)
    if document is not None and not found:
        found = shape(document, "rehearsal")
    if found or document is None:
        return Outcome(file, "", [str(one) for one in found])
    story = document.data
    stage = _Stage(db)
    _begin_at(db, story["start"])
    for name, part in story["cast"].items():
        stage.cast[name] = _actor(db, name, part)
    failures: list[str] = []
    for at, step in enumerate(story["steps"]):
        failures += [f"{file}:{document.line('steps', at)}: {wrong}" for wrong in _step(stage, step)]
        if failures:
            break  # what follows would only be noise
    return Outcome(file, story["name"]["zh"], failures)


# the clock and the cast


def _begin_at(db: Database, start: str) -> None:
    """Move the clock forward to the next such day and time."""
    day, _, clock = start.partition(" ")
    with db.begin(SEED) as tx:
        now = tx.now.astimezone(SHANGHAI)
        hour, minute = map(int, clock.split(":"))
        then = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
        then += timedelta(days=(DAYS.index(day) - then.weekday()) % 7)
        advance(tx, (then if then > now else then + timedelta(days=7)) - now)


def _wait(db: Database, after: str) -> None:
    amount, _, unit = after.partition(" ")
    with db.begin(SEED) as tx:
        advance(tx, timedelta(**{unit: int(amount)}))


def _actor(db: Database, name: str, part: Mapping[str, str]) -> Actor:
    """A new person with that post, as the door of identity gives them; or a resident."""
    serial = next(_logins)
    if part["role"] == "resident":
        return dataclasses.replace(identity.anonymous(), kind="resident", id=9_000_000 + serial, name="居民")
    with db.begin(SEED) as tx:
        region = _region(tx, part["at"])
        unit = identity.unit_of(tx, part.get("unit", "centre"), region)
        if unit is None:
            raise ValueError(f"{name}: no unit {part.get('unit', 'centre')} at {part['at']}")
        person = identity.create_person(tx, f"rehearsal-{name}-{serial}", name)
        areas = territory.descendants(tx, region, "grid") if part["role"] == "grid-worker" else []
        post = identity.give_post(tx, person, unit.id, part["role"], areas=areas)
    with db.begin(SEED) as tx:
        actor = identity.actor_for_post(tx, person, post)
    if part["role"].endswith("-duty"):
        with db.begin(actor) as tx:
            identity.set_duty(tx, on=True)
    return actor


def _region(tx: Tx, path: str) -> int:
    """A region by its names from the district down, as in 开州区/云枫街道/寨子坪社区; ValueError where there is none."""
    region = territory.find_regions(tx, "city")[0].id
    for name in path.split("/"):
        below = {ref.name: ref.id for ref in territory.children(tx, region)}
        if name not in below:
            raise ValueError(f"{path}: no {name}, but {', '.join(below)}")
        region = below[name]
    return region


# steps


def _step(stage: _Stage, step: Mapping[str, Any]) -> list[str]:
    """Take one step; what did not go as expected, in words."""
    if "after" in step:
        _wait(stage.db, step["after"])
    expect = step.get("expect", {})
    try:
        _do(stage, step)
    except AppError as error:
        codes = [error.code, *(field.code for field in getattr(error, "fields", ()))]
        wanted = expect.get("refused")
        return [] if wanted in codes else [f"{step['do']}: refused with {codes}, expected {wanted}"]
    if "refused" in expect:
        return [f"{step['do']}: was not refused"]
    return _compare(stage, expect) if expect else []


def _do(stage: _Stage, step: Mapping[str, Any]) -> None:
    if step["do"] == "sweep":
        with stage.db.begin(system_actor("incidents.sweep")) as tx:
            incidents.sweep(tx)
        return
    with stage.db.begin(SEED) as tx:
        given = _given(tx, stage, step.get("with", {}))
        order = _order(tx, stage, step["order"]) if "order" in step else None
    with stage.db.begin(stage.cast[step["who"]]) as tx:
        if step["do"] == "report":
            receipt = incidents.report(tx, _report(tx, given))
            stage.incident, stage.token = receipt.incident, receipt.tracking
        elif order is not None:
            incidents.move_order(tx, order, [incidents.Move(step["do"], given)])
        else:
            incidents.move(tx, stage.incident, [incidents.Move(step["do"], given)])


def _report(tx: Tx, given: Mapping[str, Any]) -> incidents.ReportIn:
    """A report in the middle of the region named."""
    fields = dict(given)
    west, south, east, north = territory.bbox(tx, fields.pop("at"))
    return incidents.ReportIn(lon=(west + east) / 2, lat=(south + north) / 2, **fields)


def _given(tx: Tx, stage: _Stage, written: Mapping[str, Any]) -> dict[str, Any]:
    """Names of regions, units and people as ids; everything else as it stands."""
    given = dict(written)
    for name in ("at", "to_centre"):
        if name in given:
            given[name] = _region(tx, given[name])
    if "person" in given:
        given["person"] = stage.cast[given["person"]].id
    if "unit" in given:
        given["unit"] = _unit(tx, given["unit"])
    if "until" in given:
        given["until"] = _moment(tx.now, given["until"])
    if "units" in given:
        given["units"] = {
            role: [_unit(tx, one) for one in named] if isinstance(named, list) else _unit(tx, named)
            for role, named in given["units"].items()
        }
    return given


def _moment(now: datetime, text: str) -> datetime:
    amount, _, unit = text.partition(" ")
    return now + timedelta(**{unit: int(amount)})


def _unit(tx: Tx, text: str) -> int:
    """A unit written as kind@path, as in enforcement-team@九龙坡区/石桥铺街道."""
    kind, _, path = text.partition("@")
    unit = identity.unit_of(tx, kind, _region(tx, path))
    if unit is None:
        raise ValueError(f"no unit {text}")
    return unit.id


def _order(tx: Tx, stage: _Stage, kind: str) -> int:
    """The newest work order of that kind of unit."""
    found = [one.id for one in detail(tx, stage.incident).orders if one.unit.kind == kind]
    if not found:
        raise ValueError(f"no work order for {kind}")
    return max(found)


# expectations


def _compare(stage: _Stage, expect: Mapping[str, Any]) -> list[str]:
    with stage.db.begin(SEED) as tx:
        seen = detail(tx, stage.incident)
        found = _found(seen)
    if "told" in expect:
        found["told"] = _told(stage)
        if expect["told"] in found["told"]:
            found["told"] = expect["told"]
    if "orders" in expect:
        found["orders"] = {kind: state for kind, state in found["orders"].items() if kind in expect["orders"]}
    return [
        f"{name} is {found[name]!r}, expected {wanted!r}"
        for name, wanted in expect.items()
        if found[name] != wanted
    ]


def _found(seen: IncidentDetail) -> dict[str, Any]:
    return {
        "state": str(seen.row.state),
        "owner": seen.row.centre.name,
        "lamp": str(seen.row.lamp),
        "rule": next((why.rule for why in seen.why if why.topic == "routing"), None),
        "orders": {
            one.unit.kind: f"{one.role} {one.state}" for one in sorted(seen.orders, key=lambda o: o.id)
        },
    }


def _told(stage: _Stage) -> str:
    """The last message to the reporter, as their link shows it."""
    with stage.db.begin(system_actor("tracking")) as tx:
        messages = tracking(tx, report_by_token(tx, stage.token), "zh").messages
    return messages[-1] if messages else ""
