"""What changes of level mean for an alarm; pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chengyun.sensing.units import value_text
from chengyun.vitals.alarms.contracts import AlarmState, What
from chengyun.vitals.contracts import LEVELS, Change, EpisodeKind, Level, Opens, Sign

STORM = timedelta(
    minutes=10
)  # alarms of one domain in one district that begin within one such slice are one storm
TELL_AFTER = timedelta(minutes=10)  # without an answer the next centre above hears of it
LEVEL_ZH = ("正常", "蓝色", "黄色", "橙色", "红色")
LEVEL_EN = ("normal", "blue", "yellow", "orange", "red")

Key = tuple[str, int, str, datetime, int]


def key_of(change: Change) -> Key:
    """What names an episode; the last part is the datastream of an anomaly, else 0."""
    stream = change.stream or 0 if change.kind is EpisodeKind.ANOMALY else 0
    return (change.sign, change.region, change.kind.value, change.began, stream)


@dataclass(frozen=True, slots=True)
class Episode:
    """All that a round of changes says about one episode, oldest first."""

    key: Key
    changes: tuple[Change, ...]

    @property
    def last(self) -> Change:
        return self.changes[-1]

    @property
    def peak(self) -> Level:
        return max(one.after for one in self.changes)


def episodes(changes: Iterable[Change]) -> list[Episode]:
    """Changes by episode, in the order of their first change."""
    found: dict[Key, list[Change]] = {}
    for change in changes:
        found.setdefault(key_of(change), []).append(change)
    return [Episode(key, tuple(sorted(ones, key=lambda one: one.at))) for key, ones in found.items()]


def news(episode: Episode, known: datetime | None) -> Episode | None:
    """What of it is newer than `known`, the last change that is stored; None where a replay said it again."""
    fresh = tuple(one for one in episode.changes if known is None or one.at > known)
    return Episode(episode.key, fresh) if fresh else None


def what(change: Change) -> What:
    """The word for a change of level."""
    if change.after == Level.NONE:
        return What.CLEARED
    if change.before == Level.NONE:
        return What.RAISED
    return What.UP if change.after > change.before else What.DOWN


def state_of(level: int, acknowledged: bool, shelved_until: datetime | None, now: datetime) -> AlarmState:
    """Where an alarm stands at `now`."""
    if level == Level.NONE:
        return AlarmState.CLEARED
    if shelved_until is not None and shelved_until > now:
        return AlarmState.SHELVED
    return AlarmState.ACKNOWLEDGED if acknowledged else AlarmState.RAISED


def group_key(domain: str, district: int | None, began: datetime) -> str:
    """One storm: a domain in a district (or the city) within a slice of time."""
    slot = int(began.timestamp() // STORM.total_seconds())
    return f"{domain}:{district or 0}:{slot}"


def line_of_centres(sign: Sign, chain: Sequence[tuple[str, int]]) -> list[int]:
    """Regions of the centres that hear of an episode, one after the other; `chain` is (level, region) from the
    region up. Without `tells` it is the nearest centre alone.
    """
    centres = [(level, region) for level, region in chain if LEVELS.index(level) >= LEVELS.index("town")]
    wanted = sign.tells or (centres[0][0],)
    return [region for level, region in centres if level in wanted] or [centres[0][1]]


def heard_at_once(line: Sequence[int], level: Level) -> int:
    """How many centres of the line hear at the beginning: of red all, otherwise the first."""
    return len(line) if level == Level.RED else 1


def opening(sign: Sign, peak: int) -> Opens | None:
    """What an episode that has reached `peak` is to open; None where it is not bad enough, or opens nothing."""
    return sign.opens if sign.opens is not None and peak >= sign.opens.level else None


def bound_of(sign: Sign, level: int) -> float | None:
    """The value where a level begins."""
    return next((one.on for one in sign.thresholds if one.level == level), None)


def why(sign: Sign, kind: EpisodeKind, level: int, value: float | None, language: str) -> str:
    """One sentence: what was measured against what."""
    zh = language != "en"
    name = sign.name_zh if zh else sign.name_en
    if kind == EpisodeKind.NO_DATA:
        minutes = round(sign.no_data_after_s / 60)
        return f"{name}：{minutes} 分钟没有数据" if zh else f"{name}: no data for {minutes} min"
    decimals = None if kind == EpisodeKind.ANOMALY else sign.decimals
    shown = value_text(value, decimals, sign.unit, language)
    bound = bound_of(sign, level)
    if bound is None:
        return f"{name} {shown}"
    limit = value_text(bound, None, sign.unit, language)
    if zh:
        side = "不高于" if sign.bad == "low" else "不低于"
        held = f"，持续 {sign.for_s} 秒" if sign.for_s else ""
        return f"{name} {shown}，{side}{LEVEL_ZH[level]}阈值 {limit}{held}"
    side = "at most" if sign.bad == "low" else "at least"
    held = f" for {sign.for_s} s" if sign.for_s else ""
    return f"{name} {shown}, {side} the {LEVEL_EN[level]} threshold {limit}{held}"
