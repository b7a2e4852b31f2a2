"""Where faces are in a picture, by the cascades that OpenCV brings along (Viola and Jones): faces that look at the camera,
and profiles. They miss some of what is turned, covered or dark, and take other things for faces at times; YuNet does better, where
an installation has its file.
"""

from __future__ import annotations

import logging
from functools import cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

log = logging.getLogger(__name__)
SMALLEST = 28  # pixels
Pixels = npt.NDArray[np.uint8]  # height × width × RGB
Found = tuple[float, float, float, float]  # x, y, width, height in pixels


def faces(pixels: Pixels) -> list[Found]:
    """Faces by cascades, each once."""
    grey = cv2.equalizeHist(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY))
    width = grey.shape[1]
    found = _detected(grey, "haarcascade_frontalface_alt2.xml")
    found += _detected(grey, "haarcascade_profileface.xml")
    mirrored = _detected(np.ascontiguousarray(grey[:, ::-1]), "haarcascade_profileface.xml")
    found += [(width - x - wide, y, wide, high) for x, y, wide, high in mirrored]
    kept: list[Found] = []
    for one in found:
        if all(_apart(one, other) for other in kept):
            kept.append(one)
    return kept


def _detected(grey: npt.NDArray[Any], name: str) -> list[Found]:
    boxes = _cascade(name).detectMultiScale(grey, 1.1, 5, minSize=(SMALLEST, SMALLEST))
    return [(float(x), float(y), float(wide), float(high)) for x, y, wide, high in boxes]


@cache
def _cascade(name: str) -> cv2.CascadeClassifier:
    return cv2.CascadeClassifier(f"{cv2.data.haarcascades}{name}")  # type: ignore[attr-defined]


def _apart(one: Found, other: Found) -> bool:
    """Whether the middle of a box lies outside of another one."""
    x, y = one[0] + one[2] / 2, one[1] + one[3] / 2
    return not (other[0] < x < other[0] + other[2] and other[1] < y < other[1] + other[3])


def by_model(pixels: Pixels, face_model: str) -> list[Found] | None:
    """Faces by YuNet; None, and a word in the log, where the file is missing or is no detector."""
    height, width = pixels.shape[:2]
    try:
        detector = cv2.FaceDetectorYN.create(face_model, "", (width, height), 0.6)
    except cv2.error as error:
        log.warning("faces are looked for by cascades: %s is no detector: %s", face_model, error)
        return None
    _, found = detector.detect(np.ascontiguousarray(pixels[..., ::-1]))
    rows = found if found is not None else ()
    return [(float(row[0]), float(row[1]), float(row[2]), float(row[3])) for row in rows]
