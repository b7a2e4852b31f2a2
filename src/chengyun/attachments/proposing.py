"""Where a photo may show a plate or a face: boxes that an officer checks, moves or removes. Nothing is hidden by itself.

Plates are looked for by what the law makes of them: a field of blue, green or yellow, about three times as wide as high,
with light or dark signs across it. Faces are looked for by cascades, or by YuNet where the file of that detector is there;
the answer says by which, since cascades miss more (`faces.py`).
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image

from chengyun.attachments.faces import by_model, faces
from chengyun.attachments.photos import opened
from chengyun.attachments.reading import find
from chengyun.attachments.storage import Storage
from chengyun.kernel.contracts import Actor
from chengyun.kernel.errors import Conflict
from chengyun.kernel.transactions import Database

SIDE = 960  # pixels of the longer side while looking
MOST = 12
MARGIN = 0.08  # of a box, on each side: half a plate is still readable
# Hue in degrees, saturation and value 0…1, of the three kinds of plate.
_GROUNDS = (("blue", 200, 245, 0.45, 0.2), ("green", 90, 170, 0.2, 0.45), ("yellow", 35, 58, 0.5, 0.45))
_KINDS = {"image/jpeg": "jpeg", "image/png": "png", "image/webp": "webp"}
Array = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Box:
    """x, y, width, height in pixels of the full photo; `kind`: plate | face."""

    x: float
    y: float
    width: float
    height: float
    kind: str


@dataclass(frozen=True, slots=True)
class Proposals:
    """`faces`: how faces were looked for: by "cascades" (some are missed) or by a "model"."""

    boxes: list[Box]
    faces: Literal["cascades", "model"]


def propose(db: Database, storage: Storage, actor: Actor, item_id: int, face_model: str) -> Proposals:
    """Boxes for the dialog that blurs. Needs attachment.blur and sight of the original. Raises NotFound, Conflict."""
    actor.require("attachment.blur")
    with db.begin(actor) as tx:
        full = find(tx, item_id, "full")
    kind = _KINDS.get(full.media)
    if kind is None:
        raise Conflict("attachments.photos_only")
    with opened(io.BytesIO(b"".join(storage.read(full.sha256))), kind) as picture:
        return look(picture.convert("RGB"), face_model)


def look(picture: Image.Image, face_model: str = "") -> Proposals:
    """What stands out in a picture."""
    small = picture.copy()
    small.thumbnail((SIDE, SIDE))
    pixels, scale = np.asarray(small, np.uint8), picture.width / small.width
    modelled = by_model(pixels, face_model) if face_model else None
    heads = [Box(*one, "face") for one in (faces(pixels) if modelled is None else modelled)]
    found = [*plates(pixels)[:MOST], *heads[:MOST]]
    how: Literal["cascades", "model"] = "cascades" if modelled is None else "model"
    return Proposals([_grown(box, scale, picture.size) for box in found], how)


def plates(pixels: npt.NDArray[np.uint8]) -> list[Box]:
    """Fields of a plate's colour and shape, the largest first; pixels of the picture given (height × width × RGB)."""
    from scipy import ndimage

    hue, saturation, value = _hsv(pixels)
    light = pixels.mean(axis=2)
    found: list[Box] = []
    for _, low, high, vivid, bright in _GROUNDS:
        ground = (hue >= low) & (hue <= high) & (saturation >= vivid) & (value >= bright)
        joined = ndimage.binary_closing(ground, np.ones((5, 9)))
        fields, _number = ndimage.label(joined)
        found += _shaped(ndimage.find_objects(fields), ground, light)
    return sorted(found, key=lambda box: -box.width * box.height)


def _shaped(
    slices: Sequence[Any], ground: npt.NDArray[np.bool_], light: npt.NDArray[np.float64]
) -> Iterator[Box]:
    """Those with the proportions of a plate, mostly of its ground, and with signs that change along the line."""
    for rows, columns in filter(None, slices):
        height, width = rows.stop - rows.start, columns.stop - columns.start
        if height < 8 or width < 24 or not 2.0 <= width / height <= 5.0:
            continue
        share = float(ground[rows, columns].mean())
        changes = float(np.abs(np.diff(light[rows, columns], axis=1)).mean())
        if 0.35 <= share <= 0.95 and changes >= 8.0:
            yield Box(columns.start, rows.start, width, height, "plate")


def _hsv(pixels: npt.NDArray[np.uint8]) -> tuple[Array, Array, Array]:
    """Hue in degrees, saturation and value 0…1."""
    red, green, blue = (pixels[..., n].astype(np.float32) / 255 for n in range(3))
    value = np.maximum(np.maximum(red, green), blue)
    spread = value - np.minimum(np.minimum(red, green), blue)
    safe = np.where(spread == 0, 1, spread)
    hue = np.where(
        value == red,
        (green - blue) / safe % 6,
        np.where(value == green, (blue - red) / safe + 2, (red - green) / safe + 4),
    )
    saturation = np.where(value == 0, 0, spread / np.where(value == 0, 1, value))
    return (hue * 60).astype(np.float32), saturation.astype(np.float32), value


def _grown(box: Box, scale: float, size: tuple[int, int]) -> Box:
    """In pixels of the full photo, with a margin, inside of it."""
    left = max(0.0, (box.x - box.width * MARGIN) * scale)
    top = max(0.0, (box.y - box.height * MARGIN) * scale)
    right = min(float(size[0]), (box.x + box.width * (1 + MARGIN)) * scale)
    bottom = min(float(size[1]), (box.y + box.height * (1 + MARGIN)) * scale)
    return Box(left, top, right - left, bottom - top, box.kind)
