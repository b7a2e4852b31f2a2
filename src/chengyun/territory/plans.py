"""How many grids each village has and how large each town and village should be: weights from kinds and names.

Numbers are invented but deliberate: subdistricts are small and near the seat, communities smaller than villages.
"""

import csv
import gzip
import io
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from chengyun.territory.geometry import Bools, Floats, Ints, data_bytes, data_text, district_outlines
from chengyun.territory.layout import DistrictPlan, TownPlan, VillagePlan
from chengyun.territory.names import is_community, town_kind

GRIDS = 65_000
"""Grids asked for over the whole city; joining of cut pieces changes the outcome by a few."""

_AREA = {
    ("subdistrict", True): 0.16,
    ("subdistrict", False): 0.6,
    ("town", True): 0.45,
    ("town", False): 1.0,
    ("township", True): 0.7,
    ("township", False): 1.25,
}
"""Relative area of a village-level division by kind of its town and whether it is a community."""

_FEWEST, _MOST = 2, 16


@dataclass(frozen=True, slots=True)
class Division:
    """One official division: GB code (6, 9 or 12 digits) and official name."""

    code: str
    name: str


def districts() -> list[tuple[Division, tuple[int, int]]]:
    """The 38 districts and counties of 2023 with their seats (integer longitude, latitude)."""
    rows = csv.DictReader(io.StringIO(data_text("districts.csv")))
    return [
        (Division(row["code"], row["name"]), (round(float(row["lon"]) * 1e6), round(float(row["lat"]) * 1e6)))
        for row in rows
    ]


def towns() -> list[Division]:
    """The 1,031 towns by code."""
    return [Division(row["code"], row["name"]) for row in csv.DictReader(io.StringIO(data_text("towns.csv")))]


def villages() -> list[Division]:
    """The 11,270 villages and communities by code, with official names."""
    text = gzip.decompress(data_bytes("villages.csv.gz")).decode()
    return [Division(row["code"], row["name"]) for row in csv.DictReader(io.StringIO(text))]


def anchors() -> dict[str, tuple[int, int]]:
    """Rough real positions (integer longitude, latitude) of towns that should lie about where they do lie.

    From general knowledge, to a kilometre or three: towns of functional zones and of the 2025 reorganisation, so
    that these form one area each, and towns of the demo's stories.
    """
    rows = csv.DictReader(io.StringIO(data_text("town_anchors.csv")))
    return {row["code"]: (round(float(row["lon"]) * 1e6), round(float(row["lat"]) * 1e6)) for row in rows}


def plans(seed: int) -> list[DistrictPlan]:
    """What to place where, for the whole city."""
    rng = np.random.default_rng(seed)
    all_villages, kinds = villages(), {town.code: town_kind(town.name) for town in towns()}
    urban = np.array([is_community(village.name) for village in all_villages])
    grids = grid_counts(urban, GRIDS, rng)
    spread = np.exp(rng.normal(0.0, 0.3, len(all_villages)))
    by_town: dict[str, list[VillagePlan]] = {}
    for village, central, count, factor in zip(
        all_villages, urban.tolist(), grids.tolist(), spread, strict=True
    ):
        town = village.code[:9]
        weight = _AREA[(kinds[town], central)] * float(factor)
        by_town.setdefault(town, []).append(VillagePlan(village.code, weight, count, central))
    near = anchors()
    by_district: dict[str, list[TownPlan]] = {}
    for code, members in by_town.items():
        weight = sum(village.weight for village in members)
        plan = TownPlan(code, max(weight, 0.8), kinds[code] == "subdistrict", tuple(members), near.get(code))
        by_district.setdefault(code[:6], []).append(plan)
    rings = district_outlines()
    return [DistrictPlan(d.code, rings[d.code], seat, tuple(by_district[d.code])) for d, seat in districts()]


def grid_counts(urban: Bools, total: int, rng: Generator) -> Ints:
    """Grids per village: communities have more, all vary, the sum is `total` (largest remainders)."""
    raw: Floats = np.where(urban, 6.8, 5.2) * np.exp(rng.normal(0.0, 0.25, len(urban)))
    raw = np.clip(raw * total / raw.sum(), _FEWEST, _MOST)
    raw = np.clip(raw * total / raw.sum(), _FEWEST, _MOST)
    whole = np.floor(raw).astype(np.int64)
    order = np.argsort(whole - raw, kind="stable")
    whole[order[: max(0, total - int(whole.sum()))]] += 1
    return whole
