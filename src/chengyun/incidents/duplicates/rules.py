"""How likely two tellings are about the same matter, and why: pure, for any two records of any city.

    score(Telling(lon, lat, at, "0404"), Telling(...)).likely

The weights are the lines of `data/duplicates.csv`: log-odds that add up, straight between two lines of a feature.
How they came about and how well they do is in docs/reference/duplicates.md.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from importlib import resources
from math import cos, exp, hypot, radians

METRES_PER_DEGREE = 111_195.0
LONGEST = 400  # characters of a text that are compared
FEWEST = 2  # pieces that a text needs to say anything
RELATED = 0.4  # likeness of two names of classes
DAY_H = 24.0
_RUNS = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Telling:
    """What is known of one report: WGS-84 degrees (None: unknown), an aware or naive time, what and where in words.

    `ended`: when the incident that it opened was closed, None while it is open or if nobody knows.
    """

    lon: float | None
    lat: float | None
    at: datetime
    category: str | None = None
    group: str | None = None
    name: str | None = None  # of the category; the category itself where it says enough
    text: str = ""
    address: str = ""
    ended: datetime | None = None
    open: bool | None = None  # None: unknown


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason: which feature spoke, its value in plain form, and how much it weighed."""

    feature: str  # metres | hours | category | text | address | open
    value: float | str
    weight: float


@dataclass(frozen=True, slots=True)
class Score:
    """The sum of what speaks for and against."""

    log_odds: float
    metres: float | None
    hours: float
    grounds: tuple[Ground, ...]

    @property
    def share(self) -> float:
        """The calibrated share of such pairs that are the same matter, 0…1."""
        return 1 / (1 + exp(-self.log_odds))

    @property
    def likely(self) -> bool:
        return self.log_odds >= THRESHOLDS["likely"]


@dataclass(frozen=True, slots=True)
class Card:
    """The weights: points of each number, names of each word."""

    points: Mapping[str, tuple[tuple[float, ...], tuple[float, ...]]] = field(default_factory=dict)
    names: Mapping[tuple[str, str], float] = field(default_factory=dict)

    def at(self, feature: str, value: float) -> float:
        """Straight between two lines, level beyond the first and the last."""
        where, weights = self.points[feature]
        after = bisect_right(where, value)
        if after == 0 or after == len(where):
            return weights[max(after - 1, 0)]
        low, high = where[after - 1], where[after]
        share = (value - low) / (high - low)
        return weights[after - 1] + share * (weights[after] - weights[after - 1])


def read_card(table: str) -> Card:
    """A table of weights, CSV with the columns of `data/duplicates.csv`. ValueError for a weight that is no number."""
    points: dict[str, list[tuple[float, float]]] = {}
    names: dict[tuple[str, str], float] = {}
    for line in csv.DictReader(io.StringIO(table)):
        if re.fullmatch(r"[0-9.]+", line["at"]):
            points.setdefault(line["feature"], []).append((float(line["at"]), float(line["weight"])))
        else:
            names[line["feature"], line["at"]] = float(line["weight"])
    split = {name: tuple(zip(*sorted(found), strict=True)) for name, found in points.items()}
    return Card({name: (where, weights) for name, (where, weights) in split.items()}, names)


CARD = read_card((resources.files("chengyun.incidents") / "data" / "duplicates.csv").read_text("utf-8"))
THRESHOLDS = {name: weight for (feature, name), weight in CARD.names.items() if feature == "threshold"}


def score(one: Telling, other: Telling, card: Card = CARD) -> Score:
    """How likely `one` and `other` are about the same matter; symmetric."""
    metres = metres_between(one, other)
    hours = abs((other.at - one.at).total_seconds()) / 3600
    grounds = [_placed(metres, card), Ground("hours", hours, card.at("hours", hours))]
    kind = relation(one, other)
    grounds.append(Ground("category", kind, kind_weight(kind, hours, card)))
    grounds += _worded(one, other, "address" if metres is not None else "street", card)
    grounds += _still_open(one, other, hours, card)
    total = sum(ground.weight for ground in grounds) + card.names["base", ""]
    return Score(total, metres, hours, tuple(grounds))


def quick(metres: float, hours: float, kind: str, card: Card = CARD) -> float:
    """The score without words, for sorting out the many that are near."""
    return card.at("metres", metres) + card.at("hours", hours) + kind_weight(kind, hours, card)


def kind_weight(kind: str, hours: float, card: Card = CARD) -> float:
    """What the relation of the classes weighs: within minutes a different one is a wrong form, later another matter."""
    return card.at(kind, hours) if kind in card.points else card.names["category", kind]


def metres_between(one: Telling, other: Telling) -> float | None:
    """Metres, good to 0.5 % within a city; None where a position is missing or stands for a whole city."""
    here, there = _point(one), _point(other)
    return metres_apart(*here, *there) if here and there else None


def metres_apart(lon_a: float, lat_a: float, lon_b: float, lat_b: float) -> float:
    """Metres between two points in degrees."""
    east = (lon_b - lon_a) * cos(radians((lat_a + lat_b) / 2))
    return hypot(east, lat_b - lat_a) * METRES_PER_DEGREE


def _point(one: Telling) -> tuple[float, float] | None:
    """Whole degrees are what a geocoder gives that knows no better."""
    if one.lon is None or one.lat is None or (one.lon.is_integer() and one.lat.is_integer()):
        return None
    return one.lon, one.lat


def _placed(metres: float | None, card: Card) -> Ground:
    if metres is None:
        return Ground("metres", "unknown", card.names["metres", "unknown"])
    return Ground("metres", metres, card.at("metres", metres))


def relation(one: Telling, other: Telling) -> str:
    """same | group | related (by name) | different (groups unknown) | other | unknown."""
    if not one.category or not other.category:
        return "unknown"
    if one.category == other.category:
        return "same"
    if one.group and one.group == other.group:
        return "group"
    if likeness(grams(_named(one)), grams(_named(other))) >= RELATED:
        return "related"
    return "other" if one.group and other.group else "different"


def _named(one: Telling) -> str:
    return one.name or one.category or ""


def _worded(one: Telling, other: Telling, place: str, card: Card) -> list[Ground]:
    """What the words say; nothing where one of the two has none."""
    found = []
    texts = (_own_words(one), _own_words(other))
    if min(map(len, texts)) >= FEWEST:
        alike = likeness(*texts)
        found.append(Ground("text", alike, card.at("text", alike)))
    places = (grams(one.address), grams(other.address))
    if all(places):
        alike = likeness(*places)
        found.append(Ground("address", alike, card.at(place, alike)))
    return found


def _own_words(one: Telling) -> frozenset[str]:
    """What the text says beyond the name of its class, which `relation` has counted already."""
    return grams(one.text) - grams(_named(one))


def _still_open(one: Telling, other: Telling, hours: float, card: Card) -> list[Ground]:
    """Whether the earlier one still stood when the later one came; within a day that says nothing."""
    first, second = (one, other) if one.at <= other.at else (other, one)
    if first.ended is not None:
        known: bool | None = first.ended > second.at
    else:
        known = first.open
    if known is None or (known and hours <= DAY_H):
        return []
    return [Ground("open", "yes" if known else "no", card.names["open", "yes" if known else "no"])]


# words


def runs(text: str) -> list[str]:
    """Runs of Chinese characters, and of letters or digits, in plain form."""
    return _RUNS.findall(unicodedata.normalize("NFKC", text[:LONGEST]).lower())


@lru_cache(maxsize=8192)
def grams(text: str) -> frozenset[str]:
    """Pairs of neighbouring Chinese characters; other words whole, so that house numbers count."""
    found: set[str] = set()
    for run in runs(text):
        if run[0] < "\u3400" or len(run) == 1:
            found.add(run)
        else:
            found.update(run[start : start + 2] for start in range(len(run) - 1))
    return frozenset(found)


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Share of what both have (Dice), 0…1."""
    whole = len(one) + len(other)
    return 2 * len(one & other) / whole if whole else 0.0


def shared_words(one: str, other: str, most: int = 3) -> tuple[str, ...]:
    """The longest pieces that occur in both texts: what an officer recognises at once."""
    mine, theirs = " ".join(runs(one)), " ".join(runs(other))
    found: list[str] = []
    for piece in sorted(_common(mine, theirs), key=lambda piece: (-len(piece), piece)):
        if not any(piece in longer for longer in found):
            found.append(piece)
        if len(found) == most:
            break
    return tuple(found)


def _common(mine: str, theirs: str) -> Iterable[str]:
    """Maximal pieces of at least two characters within the runs of `mine` that occur in `theirs`."""
    for run in mine.split():
        start = 0
        while start < len(run) - 1:
            end = start + 2
            if run[start:end] not in theirs:
                start += 1
                continue
            while end < len(run) and run[start : end + 1] in theirs:
                end += 1
            yield run[start:end]
            start = end
