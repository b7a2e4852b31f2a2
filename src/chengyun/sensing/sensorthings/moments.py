"""Times as SensorThings writes them: ISO 8601 moments, intervals, periods."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from chengyun.sensing.sensorthings.grammar import Span

_PERIOD = re.compile(
    r"P(?:(?P<weeks>[\d.]+)W)?(?:(?P<days>[\d.]+)D)?"
    r"(?:T(?:(?P<hours>[\d.]+)H)?(?:(?P<minutes>[\d.]+)M)?(?:(?P<seconds>[\d.]+)S)?)?"
)


def moment(text: str) -> datetime:
    """UTC; a moment without a zone is UTC. Raises ValueError."""
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def period(text: str) -> timedelta:
    """Weeks to seconds; months and years have no fixed length. Raises ValueError."""
    found = _PERIOD.fullmatch(text)
    parts = {name: float(value) for name, value in found.groupdict().items() if value} if found else {}
    if not parts:
        raise ValueError(f"not a period: {text}")
    return timedelta(**parts)


def span(text: str) -> Span:
    """A moment, or an interval "start/end" or "start/period". Raises ValueError."""
    start, slash, end = text.partition("/")
    first = moment(start)
    if not slash:
        return Span(first)
    last = first + period(end) if end.startswith("P") else moment(end)
    if last < first:
        raise ValueError("an interval ends before it begins")
    return Span(first, last)


def written(at: datetime) -> str:
    """With milliseconds, or microseconds where there are any."""
    precision = "microseconds" if at.microsecond % 1000 else "milliseconds"
    return at.astimezone(UTC).isoformat(timespec=precision).replace("+00:00", "Z")


def written_span(start: datetime, end: datetime | None) -> str:
    return written(start) if end is None else f"{written(start)}/{written(end)}"
