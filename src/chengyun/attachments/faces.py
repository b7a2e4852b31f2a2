"""Faces by their light and shade, without any trained model: rough, quick, and low in recall.

What a face that looks at the camera in daylight shows on every skin is written down as a few lines: the eyes are darker
than the brow, the cheeks and the bridge between them, left and right alike, the mouth darker than what is above and
below it, and the middle has the hue of skin. Sums over rectangles come from integral images, at every place and size.
Profiles, veils, dark glasses, faces smaller than some 30 pixels of the picture given, and night are missed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

SMALLEST, LARGEST, GROWTH = 32.0, 0.8, 1.12  # pixels; share of the picture; from one size to the next
CONTRAST = 0.25  # of the standard deviation within the window: how much darker the eyes are
UNLIKE = (0.6, 0.7)  # of the same: how far the eyes, the cheeks may differ
MOUTH = 0.1
SKIN = 0.75  # share of skin on brow and cheeks
FLAT = 18.0  # grey levels: a window without shade is no face
AGREEING = 2  # windows that must say the same
HEAD = (0.15, 0.35, 1.3, 1.5)  # from brow-to-chin to the head: left, up, width, height, as shares
Floats = npt.NDArray[np.float64]
Mean = Callable[[float, float, float, float], Floats]


@dataclass(frozen=True, slots=True)
class Window:
    """A square from brow to chin, in pixels; `strength` orders those that overlap."""

    x: float
    y: float
    side: float
    strength: float


def faces(pixels: npt.NDArray[np.uint8]) -> list[tuple[float, float, float, float]]:
    """x, y, width, height of heads, the clearest first; pixels of the picture given (height × width × RGB)."""
    left, up, wide, high = HEAD
    return [
        (one.x - left * one.side, one.y - up * one.side, wide * one.side, high * one.side)
        for one in _settled(_windows(pixels))
    ]


def _windows(pixels: npt.NDArray[np.uint8]) -> list[Window]:
    """Every window that passes, at every size."""
    light = pixels.mean(axis=2)
    sums = tuple(_integral(plane) for plane in (light, light**2, _skin(pixels)))
    found: list[Window] = []
    side = SMALLEST
    while side < min(light.shape) * LARGEST:
        found += _of_size(sums, light.shape, int(side))
        side *= GROWTH
    return found


def _integral(plane: Floats) -> Floats:
    return np.pad(plane.cumsum(0).cumsum(1), ((1, 0), (1, 0)))


def _skin(pixels: npt.NDArray[np.uint8]) -> Floats:
    """1 where the hue is that of skin, of whatever tone: a small field of the plane of chroma (JPEG's)."""
    red, green, blue = (pixels[..., n].astype(np.float64) for n in range(3))
    cb = 128 - 0.168736 * red - 0.331264 * green + 0.5 * blue
    cr = 128 + 0.5 * red - 0.418688 * green - 0.081312 * blue
    return ((cb >= 77) & (cb <= 127) & (cr >= 133) & (cr <= 173) & (red > 80)).astype(np.float64)


def _of_size(sums: tuple[Floats, ...], shape: tuple[int, ...], side: int) -> list[Window]:
    """Windows of one size, tried at steps of a sixteenth of it."""
    step = max(2, side // 16)
    down, across = np.arange(0, shape[0] - side, step), np.arange(0, shape[1] - side, step)
    light, squares, skin = (_means(plane, side, down, across) for plane in sums)
    spread = np.sqrt(np.maximum(squares(0, 0, 1, 1) - light(0, 0, 1, 1) ** 2, 1.0))
    strength, alike = _eyes(light, spread)
    passed = (strength > CONTRAST) & alike & (spread > FLAT) & _mouth(light, spread) & _skinned(skin)
    return [
        Window(float(across[x]), float(down[y]), side, float(strength[y, x]))
        for y, x in zip(*np.nonzero(passed), strict=True)
    ]


def _means(plane: Floats, side: int, down: npt.NDArray[np.int64], across: npt.NDArray[np.int64]) -> Mean:
    """A function of a rectangle (shares of the window) that gives its mean in every window."""

    def mean(x: float, y: float, width: float, height: float) -> Floats:
        top, left = down[:, None] + round(y * side), across[None, :] + round(x * side)
        wide, high = max(1, round(width * side)), max(1, round(height * side))
        corners = plane[top + high, left + wide] - plane[top, left + wide]
        return np.asarray((corners - plane[top + high, left] + plane[top, left]) / (wide * high))

    return mean


def _eyes(light: Mean, spread: Floats) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """By how much both eyes are darker than what surrounds them, and whether the two sides are alike."""
    eyes = light(0.14, 0.30, 0.26, 0.14), light(0.60, 0.30, 0.26, 0.14)
    cheeks = light(0.14, 0.50, 0.26, 0.16), light(0.60, 0.50, 0.26, 0.16)
    bridge, brow = light(0.43, 0.30, 0.14, 0.14), light(0.25, 0.08, 0.5, 0.14)
    pairs = zip(eyes, cheeks, strict=True)
    darker = [around - eye for eye, cheek in pairs for around in (cheek, bridge, brow)]
    alike = np.abs(eyes[0] - eyes[1]) < UNLIKE[0] * spread
    return np.minimum.reduce(darker) / spread, alike & (np.abs(cheeks[0] - cheeks[1]) < UNLIKE[1] * spread)


def _mouth(light: Mean, spread: Floats) -> npt.NDArray[np.bool_]:
    mouth = light(0.32, 0.74, 0.36, 0.08) + MOUTH * spread
    return (light(0.36, 0.62, 0.28, 0.08) > mouth) & (light(0.36, 0.88, 0.28, 0.10) > mouth)


def _skinned(skin: Mean) -> npt.NDArray[np.bool_]:
    nose, cheeks, brow = skin(0.4, 0.3, 0.2, 0.4), skin(0.18, 0.5, 0.64, 0.2), skin(0.25, 0.1, 0.5, 0.15)
    return np.asarray(np.minimum.reduce([nose, cheeks, brow]) > SKIN)


def _settled(found: list[Window]) -> list[Window]:
    """The strongest of those that overlap, where enough agree."""
    kept: list[list[Window]] = []
    for one in sorted(found, key=lambda one: -one.strength):
        near = next((group for group in kept if _same(one, group[0])), None)
        if near is None:
            kept.append([one])
        else:
            near.append(one)
    return [group[0] for group in kept if len(group) >= AGREEING]


def _same(one: Window, other: Window) -> bool:
    """The middles are less than half a window apart."""
    half = other.side / 2
    return (
        abs(one.x + one.side / 2 - other.x - half) < half
        and abs(one.y + one.side / 2 - other.y - half) < half
    )
