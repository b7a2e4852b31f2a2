"""Positions as clients have them: WGS-84, or what Chinese map services show (GCJ-02, Baidu's BD-09).

GCJ-02 lies some 500 m from WGS-84 in Chongqing, BD-09 another kilometre further; neither can be told from a position
alone, so the client says which it sends.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from chengyun.territory import gcj02

Datum = Literal["wgs84", "gcj02", "bd09"]
_TURN = math.pi * 3000.0 / 180.0


def to_wgs84(lon: float, lat: float, datum: Datum) -> tuple[float, float]:
    """Degrees to degrees; impossible ones come out as they are, for `locate` to name."""
    if datum == "wgs84" or not (abs(lon) <= 180 and abs(lat) <= 90):
        return lon, lat
    if datum == "bd09":
        lon, lat = _gcj02_of_bd09(lon, lat)
    east, north = gcj02.to_wgs84(lon, lat)
    return float(east), float(north)


def many_to_wgs84(lonlat: NDArray[np.float64], datum: Datum) -> NDArray[np.float64]:
    """The same for many: degrees (n, 2) to degrees (n, 2)."""
    found = lonlat.copy()
    if datum != "wgs84":
        possible = (np.abs(lonlat[:, 0]) <= 180) & (np.abs(lonlat[:, 1]) <= 90)
        told = lonlat[possible]
        if datum == "bd09":
            told = np.array([_gcj02_of_bd09(lon, lat) for lon, lat in told.tolist()]).reshape(-1, 2)
        found[possible] = np.column_stack(gcj02.to_wgs84(told[:, 0], told[:, 1]))
    return found


def _gcj02_of_bd09(lon: float, lat: float) -> tuple[float, float]:
    """The published inverse of Baidu's shift, good to about a metre."""
    x, y = lon - 0.0065, lat - 0.006
    radius = math.hypot(x, y) - 0.00002 * math.sin(y * _TURN)
    angle = math.atan2(y, x) - 0.000003 * math.cos(x * _TURN)
    return radius * math.cos(angle), radius * math.sin(angle)
