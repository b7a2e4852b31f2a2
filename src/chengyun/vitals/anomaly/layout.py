"""What tier 2 keeps of a datastream: the layout of its state. Whoever changes a size here changes the state's type, and
with it what numba compiles.
"""

from __future__ import annotations

import numpy as np

from chengyun.vitals.contracts import Detector

WINDOWS = (6, 24, 96, 288)  # readings: LEVEL and SHIFT
SHORT, LONG = 12, 72  # readings: ACTIVITY, and the mean of departures from the hour
COLUMNS = (  # which detector a difference belongs to, and over how many readings it goes
    (Detector.VALUE, 1),
    (Detector.JUMP, 1),
    *((Detector.LEVEL, window) for window in WINDOWS),
    *((Detector.SHIFT, window) for window in WINDOWS),
    (Detector.ACTIVITY, SHORT),
    (Detector.ACTIVITY, LONG),
    (Detector.HOUR, 1),
    (Detector.HOUR, 1),
    (Detector.HOUR, SHORT),
    (Detector.HOUR, LONG),
)
VALUE, JUMP, LEVEL, SHIFT, ACTIVITY, HOUR = 0, 1, 2, 6, 10, 12
UP, DOWN = 0, 1

PAST = 4096  # readings whose differences a new one is judged by
REACH = PAST + 2 * WINDOWS[-1]  # readings that these are made of
ROOM = 512  # readings that are taken in before the oldest are moved out
REFRESH = 64  # readings after which the usual value is found anew
USUALS = PAST // REFRESH + 2
BINS, DAYS = 48, 7  # half hours of the last seven days
TOPS = 96  # largest values kept for counting: more than the tails' share of PAST

SERIES = np.dtype(
    [
        ("count", "<i8"),
        ("end", "<i8"),  # of what is kept in `values`, `away` and `outside`
        ("at", "<i8"),
        ("first", "<i8"),  # moment
        ("day", "<i8"),
        ("usual", "<f8"),  # median of the last readings
        ("largest", "<f8"),  # reading there ever was, whatever its sign
        ("phase", "<i8"),  # by so many readings it is before others
        ("usuals", "<f8", (USUALS,)),  # the usual values of what is kept, in a ring
        ("values", "<f8", (REACH + ROOM,)),
        (
            "away",
            "<f4",
            (REACH + ROOM,),
        ),  # from the mean of the same half hour on earlier days; NaN: none known
        ("outside", "<f4", (REACH + ROOM,)),  # of the range of that half hour and those beside it
        ("low", "<f8", (BINS, DAYS)),
        ("high", "<f8", (BINS, DAYS)),
        ("mean", "<f8", (BINS, DAYS)),
        ("readings", "<i4", (BINS, DAYS)),
    ]
)
TAIL = np.dtype(
    [
        ("known", "<i8"),  # how many values it was fitted to; 0: none yet
        ("begin", "<f8"),  # where the tail begins
        ("median", "<f8"),
        ("excess", "<f8"),  # scale of the Pareto tail; 0: all values of the past are the same
        ("shape", "<f8"),
        ("rare", "<f8"),  # how rare the beginning is, as a score
        ("tops", "<i8"),
        ("top", "<f4", (TOPS,)),  # the largest, in any order: the last `tops` of it
    ]
)
QUIET, RINGING, UNHEARD = 0, 1, 2  # `rings`
ALARM = np.dtype(
    [
        ("bar", "<f8"),  # when it rang last; 0: it never has
        ("rang", "<i8"),
        ("unusual", "<i8"),  # the last reading that was not usual while it rings
        ("rings", "<i4"),
        ("run", "<i4"),
        ("calm", "<i8"),
    ]
)
STATE = np.dtype(
    [
        ("ringing", ALARM),
        ("seen", "<f8", (len(COLUMNS),)),  # these three of the latest reading
        ("difference", "<f8", (len(COLUMNS),)),
        ("surprise", "<f4", (len(COLUMNS), 2)),
        ("tail", TAIL, (len(COLUMNS), 2)),
        ("series", SERIES),
    ]
)
