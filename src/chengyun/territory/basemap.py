"""The offline base map that ships with the product: relief per theme as a picture, rivers as lines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache

from chengyun.territory.geometry import data_bytes

FILES: Mapping[str, str] = {
    "relief_light.webp": "image/webp",
    "relief_dark.webp": "image/webp",
    "rivers.geojson": "application/geo+json",
}


@lru_cache(maxsize=len(FILES))
def read(name: str) -> bytes:
    """The content of one of FILES."""
    return data_bytes(name)


@lru_cache(maxsize=1)
def corners() -> tuple[tuple[float, float], ...]:
    """Where the relief picture lies: top left, top right, bottom right, bottom left in degrees."""
    west, south, east, north = json.loads(data_bytes("relief.json"))["bbox"]
    return (west, north), (east, north), (east, south), (west, south)
