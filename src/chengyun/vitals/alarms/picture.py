"""The picture of normal: an anomaly's readings beside what was usual then, as the detector knew it when it rang."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from chengyun.kernel.transactions import Tx
from chengyun.sensing import service as sensing
from chengyun.vitals.alarms.contracts import Alarm, AlarmBand, AlarmPicture, AlarmPoint
from chengyun.vitals.anomaly.contracts import Band
from chengyun.vitals.anomaly.normal import DRIFT_GAIN, FEW, band_at
from chengyun.vitals.anomaly.words import sentences
from chengyun.vitals.contracts import Closely, Detector, Normal

BEFORE, AFTER = timedelta(hours=24), timedelta(hours=6)  # of the reading with which it rang
POINTS = 300
HOUR = timedelta(hours=1)
MANY = 99.9  # standard deviations are not counted beyond


def normal_of(content: Mapping[str, Any]) -> Normal:
    """As it was stored."""
    told = {"detector": Detector(content["detector"]), "profile": tuple(content["profile"])}
    closely = content.get("closely")  # not with those of the first versions
    return Normal(**{**content, **told, "closely": Closely(**closely) if closely else None})


def sentence(normal: Normal, language: str) -> str:
    """What was seen against what was usual."""
    band, readings = _seen(normal)
    told = sentences(normal.detector, normal.seen, band, min(normal.sigmas, MANY), readings)
    return told[1 if language == "en" else 0]


def _seen(normal: Normal) -> tuple[Band, int]:
    """(what is usual for what was seen, of how many readings that is the mean)"""
    if normal.closely is not None:
        return Band(normal.expected, normal.closely.low, normal.closely.high), normal.closely.readings
    mean = normal.detector is Detector.LEVEL
    half = normal.half / DRIFT_GAIN if mean else normal.half
    return Band(normal.expected, normal.expected - half, normal.expected + half), FEW if mean else 1


def picture(tx: Tx, alarm: Alarm, stream: int, normal: Normal, home: Path) -> AlarmPicture:
    """Of a day before it rang and some hours after; without readings where the caller may not read the thing."""
    at = sensing.moment(normal.at_us)
    since, until = at - BEFORE, max(at + HOUR, min(tx.now, at + AFTER))
    points: list[AlarmPoint] = []
    if alarm.thing is not None and tx.actor.may("thing.read"):
        found = sensing.history(tx, stream, since, until, POINTS, home)
        points = [AlarmPoint(one.at, one.mean, one.low, one.high) for one in found.points]
    usual, close = _of_value(normal), normal.closely is not None
    return AlarmPicture(
        at,
        normal.value,
        usual.expected,
        usual.low,
        usual.high,
        since,
        until,
        points,
        _band(normal, since, until),
        close,
    )


def _of_value(normal: Normal) -> Band:
    """What was usual for the reading with which it rang."""
    closely = normal.closely
    if closely is None:
        return Band(normal.expected, normal.expected - normal.half, normal.expected + normal.half)
    return Band(closely.usual, closely.usual - closely.below, closely.usual + closely.above)


def _band(normal: Normal, since: datetime, until: datetime) -> list[AlarmBand]:
    """Where each hour begins, and at the end."""
    first = since.replace(minute=0, second=0, microsecond=0)
    hours = [first + number * HOUR for number in range(int((until - first) / HOUR) + 1)]
    found = []
    for one in [since, *hours[1:], until]:
        band = band_at(normal, int(one.timestamp() * 1e6))
        found.append(AlarmBand(one, band.expected, band.low, band.high))
    return found
