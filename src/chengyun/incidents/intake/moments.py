"""When something happened, told by a clock that may be wrong. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from chengyun.kernel.errors import FieldError, Invalid

AHEAD = timedelta(minutes=10)  # a phone's clock may run so far ahead of ours
LONG_AGO = timedelta(days=3653)  # further back it is a clock that was never set


def happened(told: datetime | None, now: datetime) -> datetime | None:
    """The moment to keep: what was told, and now for one a little ahead. Raises Invalid for any other future, or for
    one longer ago than ten years.
    """
    if told is None or now - LONG_AGO <= told <= now:
        return told
    if told > now + AHEAD:
        raise Invalid([FieldError("occurred_at", "incidents.future")])
    if told > now:
        return now
    raise Invalid([FieldError("occurred_at", "incidents.long_ago")])
