"""GCJ-02, the shifted datum of Chinese map data, and WGS-84: both ways, vectorised.

The forward shift is the published obfuscation; it has no closed inverse, so the inverse is a fixed-point
iteration that ends when a forward shift of the result reproduces the input to 1e-10 degree (0.01 mm).
Longitudes and latitudes are degrees; every function takes arrays of one shape and returns arrays of that shape.
Outside the box in which the shift is defined (72.004–137.8347 E, 0.8293–55.8271 N) both datums are the same.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

_AXIS = 6378245.0
_ECCENTRICITY2 = 0.00669342162296594323
_TOLERANCE = 1e-10
_ROUNDS = 30


def _wave(x: Floats, first: float, second: float, third: float) -> Floats:
    """Sum of the two sine series in one coordinate that both components share in form."""
    slow = 20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)
    return np.asarray(
        (slow + first * np.sin(x / second * np.pi) + third * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    )


def _offset(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Shift in degrees that GCJ-02 adds at a WGS-84 position, ignoring where it is defined."""
    x, y = lon - 105.0, lat - 35.0
    fast = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    root = np.sqrt(np.abs(x))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + fast
    slow_y = 20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)
    long_y = 160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y / 30.0 * np.pi)
    north = north + (slow_y + long_y) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + fast
    east = east + _wave(x, 150.0, 12.0, 300.0)
    phi = np.radians(lat)
    magic = 1.0 - _ECCENTRICITY2 * np.sin(phi) ** 2
    to_north = (_AXIS * (1.0 - _ECCENTRICITY2)) / (magic * np.sqrt(magic)) * np.pi / 180.0
    to_east = _AXIS / np.sqrt(magic) * np.cos(phi) * np.pi / 180.0
    return east / to_east, north / to_north


def _inside(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    return np.asarray((lon >= 72.004) & (lon <= 137.8347) & (lat >= 0.8293) & (lat <= 55.8271))


def from_wgs84(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """GCJ-02 longitude and latitude of WGS-84 positions."""
    x, y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    east, north = _offset(x, y)
    inside = _inside(x, y)
    return np.asarray(x + np.where(inside, east, 0.0)), np.asarray(y + np.where(inside, north, 0.0))


def to_wgs84(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """WGS-84 longitude and latitude whose forward shift is the given GCJ-02 position.

    Raises ArithmeticError when the iteration does not settle (it always does in China: the shift changes by
    less than 1 % of the step per degree).
    """
    goal_x, goal_y = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    x, y = goal_x.copy(), goal_y.copy()
    for _ in range(_ROUNDS):
        there_x, there_y = from_wgs84(x, y)
        miss_x, miss_y = goal_x - there_x, goal_y - there_y
        x, y = x + miss_x, y + miss_y
        if max(np.abs(miss_x).max(initial=0.0), np.abs(miss_y).max(initial=0.0)) < _TOLERANCE:
            return x, y
    raise ArithmeticError("the GCJ-02 inverse did not settle")
