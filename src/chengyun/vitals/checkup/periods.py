"""The period of a checkup, its parts, and the moments at which it looks. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from chengyun.incidents.evaluation.contracts import PeriodKind, PeriodSpan, Question
from chengyun.incidents.evaluation.service import span_of
from chengyun.kernel.calendar import SHANGHAI
from chengyun.vitals.checkup.contracts import CheckupPeriod

LOOKS = 48  # at how many moments of a period signs are looked at, at least
MOST_PARTS = 6  # of a period of one's own
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """A period: `day` lies in it; one of one's own lasts from `day` to `last`."""

    period: CheckupPeriod
    day: date
    last: date | None = None

    def span(self, now: datetime, back: int = 0) -> PeriodSpan:
        """The period, or the one `back` before it. Raises Invalid."""
        return span_of(Question(PeriodKind(self.period.value), self.day, self.last), now, back)


@dataclass(frozen=True, slots=True)
class Look:
    """The newest record within it speaks for it. `part`: index of the part it lies in."""

    since: datetime
    until: datetime
    part: int

    @property
    def hours(self) -> float:
        return (self.until - self.since) / timedelta(hours=1)


def parts(period: CheckupPeriod, span: PeriodSpan) -> list[tuple[date, date]]:
    """First and last local day of each part: ten-day parts (旬) of a month, months of longer ones, equal parts else."""
    if period is CheckupPeriod.MONTH:
        starts = [span.first, span.first + 10 * DAY, span.first + 20 * DAY]
    elif period is CheckupPeriod.CUSTOM:
        days = (span.last - span.first).days + 1
        count = min(days, MOST_PARTS)
        starts = [span.first + (days * n // count) * DAY for n in range(count)]
    else:
        months = (span.last.year - span.first.year) * 12 + span.last.month - span.first.month + 1
        starts = [_month(span.first, n) for n in range(months)]
    ends = [*(start - DAY for start in starts[1:]), span.last]
    return list(zip(starts, ends, strict=True))


def looks(period: CheckupPeriod, span: PeriodSpan) -> list[Look]:
    """Equally long within each part, as many as make LOOKS; what has not come yet is left out."""
    cut = parts(period, span)
    each = -(-LOOKS // len(cut))
    found = []
    for part, (first, last) in enumerate(cut):
        begins, length = midnight(first), (last - first).days + 1
        step = timedelta(days=length) / each
        found += [Look(begins + n * step, begins + (n + 1) * step, part) for n in range(each)]
    return [look for look in found if look.since < span.until]


def midnight(day: date) -> datetime:
    """The instant at which a local day begins."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def _month(day: date, after: int) -> date:
    number = day.year * 12 + day.month - 1 + after
    return date(number // 12, number % 12 + 1, 1)
