"""The towns as routing sees them: urban (街道) or rural (镇, 乡), with villages or without. Reads the shipped divisions."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources

from chengyun.scenarios.contracts import TownKind

SETTLEMENTS = ("urban", "rural")
_TOWN_DIGITS = 9  # a statistical code: 6 digits county, 3 town, 3 village


def settlement_of(name: str) -> str:
    """A 街道 is urban, a 镇 or 乡 rural."""
    return "urban" if name.endswith("街道") else "rural"


@lru_cache(maxsize=1)
def shipped_towns() -> Sequence[TownKind]:
    """The 1,031 towns of the shipped divisions by kind; one of each kind where no divisions are shipped."""
    data = resources.files("chengyun.territory") / "data"
    if not (data / "towns.csv").is_file():
        return tuple(TownKind(settlement, True, 1) for settlement in SETTLEMENTS)
    villages = gzip.decompress((data / "villages.csv.gz").read_bytes()).decode("utf-8").splitlines()
    inhabited = {line[:_TOWN_DIGITS] for line in villages if line[:1].isdigit()}
    lines = (data / "towns.csv").read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    kinds = Counter((settlement_of(row["name"]), row["code"] in inhabited) for row in rows)
    return tuple(TownKind(place, has, towns) for (place, has), towns in sorted(kinds.items()))
