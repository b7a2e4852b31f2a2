"""Two months of signs, alarms and hours before the demo's first start. All of it is simulated and marked so."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import islice

import numpy as np

from chengyun.cli.demo.feeling.forms import Floats, Signals, feelings
from chengyun.cli.demo.feeling.sending import Fed, fed_of
from chengyun.cli.demo.past.counting import Counted
from chengyun.cli.demo.past.hours import load_hours
from chengyun.cli.demo.past.looking import Look, Looking, ground_of, kept
from chengyun.cli.demo.past.plan import HOUR, Happenings, Past, draw, past
from chengyun.cli.demo.past.ringing import episodes, ring
from chengyun.kernel import audit
from chengyun.kernel.transactions import Tx
from chengyun.sensing.contracts import Readings
from chengyun.sensing.service import moment
from chengyun.vitals import service as vitals
from chengyun.vitals.contracts import Change
from chengyun.vitals.lookup.trend import record_trends

SEED = 20_251_103
TOGETHER = 16  # looks that are stored at a time
Seen = tuple[datetime, Look, Look | None]  # when, of districts and the city, of towns


def load_past(tx: Tx, told: Past | None = None) -> dict[str, int]:
    """Make it; how many looks, alarms, incidents, hours."""
    told = told or past()
    now, source = tx.now.timestamp(), np.random.default_rng(SEED)
    fed = fed_of(tx)
    forms = [feelings().forms[code] for code in fed.quantity.tolist()]
    looks = told.looks(now, source)
    rung = looks[told.towns - 1 :: told.towns]
    happened = draw(told.happenings, fed.quantity.tolist(), rung, source)
    coming = _look(tx, told, looks, fed, Signals(forms, fed.stream, source), happened)
    near, apart = told.hours_of_things, np.random.default_rng((SEED, 1))
    which = np.flatnonzero(np.isin(fed.district, near["districts"]))
    felt = Signals(forms, fed.stream, apart)
    hours = load_hours(tx, fed, which, felt, happened, now, near["days"], near["readings"])
    said = _remembered(tx, coming)
    signs = vitals.signs_by_code(tx)
    alarms, incidents = ring(tx, episodes(rung.tolist(), said, told, SEED), signs, told, SEED)
    made = {"looks": len(looks), "alarms": alarms, "incidents": incidents, "hours": hours}
    audit.record(tx, "demo.past", ("demo", "past"), {**made, "seed": SEED})
    return made


def _look(
    tx: Tx, told: Past, looks: Floats, fed: Fed, signals: Signals, happened: Happenings
) -> Iterator[list[Seen]]:
    """What the engine says at every look; it begins at once, in another thread, and needs no transaction any more."""
    counted, signs = Counted(tx), vitals.signs(tx)
    ground = ground_of(tx, signs, looks.tolist())
    wide = Looking(ground, kept(signs, "district", judged=False), counted)
    deep = Looking(ground, kept(signs, "town", judged=True), counted)

    def every() -> Iterator[Seen]:
        for number, at in enumerate(looks.tolist()):
            readings, numbers = _read(told, at, fed, signals, happened), counted.at(at)
            below = deep.look(readings, at, numbers) if number % told.towns == told.towns - 1 else None
            yield moment(int(at * 1e6)), wide.look(readings, at, numbers), below

    return ahead(batched(every(), TOGETHER))


def _remembered(tx: Tx, coming: Iterator[list[Seen]]) -> list[list[Change]]:
    """Store the trends; what rang at the looks of the towns."""
    said: list[list[Change]] = []
    for some in coming:
        record_trends(tx, [(at, above) for at, above, _ in some], ("district", "city"))
        towns = [(at, below) for at, _, below in some if below is not None]
        if towns:
            record_trends(tx, towns, ("town",))
        said += [below.changes for _, below in towns]
    return said


def batched(every: Iterator[Seen], many: int) -> Iterator[list[Seen]]:
    """So many at a time."""
    while some := list(islice(every, many)):
        yield some


def ahead(every: Iterator[list[Seen]]) -> Iterator[list[Seen]]:
    """The same; the next is worked out, from now on, while the one before is stored."""
    other = ThreadPoolExecutor(1)
    first = other.submit(next, every, None)

    def taken() -> Iterator[list[Seen]]:
        with other:
            coming = first
            while (some := coming.result()) is not None:
                coming = other.submit(next, every, None)
                yield some

    return taken()


def _read(told: Past, at: float, fed: Fed, signals: Signals, happened: Happenings) -> Readings:
    """The readings before a look, the oldest first."""
    every, moments = np.arange(len(fed.stream)), [at - back * HOUR for back in told.read]
    values = [signals.at(every, one, happened.offsets(one, len(every))) for one in moments]
    return Readings(
        np.tile(fed.stream, len(moments)),
        np.repeat((np.array(moments) * 1e6).astype(np.int64), len(every)),
        np.concatenate(values),
    )
