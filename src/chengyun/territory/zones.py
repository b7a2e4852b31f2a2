"""Functional zones: centres of district level that govern whole towns of statistical districts, as shipped data."""

from collections.abc import Mapping
from dataclasses import dataclass

import yaml

from chengyun.territory.geometry import data_text


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone's key, display name and the towns it governs (GB code → name as written in the file)."""

    key: str
    name: str
    towns: Mapping[str, str]


def zones() -> list[Zone]:
    """The zones of functional_zones.yaml."""
    document = yaml.safe_load(data_text("functional_zones.yaml"))
    return [
        Zone(zone["key"], zone["name"], {str(town["code"]): town["name"] for town in zone["towns"]})
        for zone in document["zones"]
    ]
