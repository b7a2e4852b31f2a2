"""Named places where a test may end this process as SIGKILL does: nothing is tidied, nothing is told.

A process that was started with `CHENGYUN_FAILPOINT=name[@of][:nth]` dies when it passes `name` (only for the thing
`of`, where that is given) for the `nth` time (1 unless said). Everywhere else a point is one comparison. A point stands
between two steps that must count together or not at all; `POINTS` lists them, and tests/faults walks the whole list.
"""

from __future__ import annotations

import os
import signal
import threading

VARIABLE = "CHENGYUN_FAILPOINT"
POINTS: dict[str, str] = {
    "intake.stored": "a report is worked out, nothing is written",
    "intake.receipt": "report and receipt are written, not committed",
    "intake.committed": "a report is committed, nobody has been told",
    "moves.made": "moves and their key are written, not committed",
    "moves.committed": "moves are committed, nobody has been told",
    "web.replied": "the answer to a write has left",
    "attachments.written": "a content lies beside its place, synced",
    "attachments.placed": "a content is in its place, no row names it",
    "attachments.recorded": "the upload's rows are written, not committed",
    "attachments.committed": "the upload is committed, nobody has been told",
    "attachments.bound": "uploads are bound to an incident, not committed",
    "attachments.dropped": "a content is removed, its row not yet for good",
    "jobs.fetched": "a worker has taken a job and not begun",
    "jobs.acted": "a job's effects are written, its end is not",
    "jobs.finished": "effects and end are written, not committed",
    "jobs.committed": "effects and end are committed",
    "sweeper.taken": "a sweeper's run is noted, nothing is swept",
    "sweeper.swept": "a sweep is written, not committed",
    "sweeper.committed": "a sweep is committed",
    "sequencer.numbered": "news have their numbers, not committed",
    "sequencer.committed": "news have their numbers",
    "audit.sealed": "links are written, not committed",
}


class Armed:
    """The point at which this process ends, and how often it may still be passed."""

    def __init__(self, spec: str) -> None:
        place, _, nth = spec.partition(":")
        name, _, of = place.partition("@")
        if name not in POINTS:
            raise ValueError(
                f"{VARIABLE}: there is no point {name!r}; there are: {', '.join(sorted(POINTS))}"
            )
        self.name = name
        self.of = of
        self.left = int(nth or "1")
        self.lock = threading.Lock()

    def passed(self, of: str) -> None:
        if self.of not in ("", of):
            return
        with self.lock:
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


_armed: list[Armed] = [Armed(os.environ[VARIABLE])] if os.environ.get(VARIABLE) else []


def arm(spec: str) -> None:
    """Arm this process; an empty `spec` disarms it. Raises ValueError for a name that is none."""
    _armed[:] = [Armed(spec)] if spec else []


def failpoint(name: str, of: str = "") -> None:
    """Pass `name`, at work on `of`: nothing happens unless this process was armed with it."""
    if _armed and _armed[0].name == name:
        _armed[0].passed(of)
