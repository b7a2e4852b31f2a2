"""Boxes proposed before blurring: drawn plates are found, streets without any are not, and nothing happens by itself."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from fastapi import FastAPI
from PIL import Image, ImageDraw, ImageOps

from chengyun.attachments.proposing import Box, look
from chengyun.kernel.transactions import Database
from tests.attachments.support import photo
from tests.attachments.test_upload import officer
from tests.identity.support import SEED, browser, count

GROUNDS = {
    "blue": ((20, 60, 170), "white"),
    "green": ((120, 200, 130), "black"),
    "yellow": ((240, 190, 20), "black"),
}


def street(plates: dict[str, tuple[int, int, int]], size: tuple[int, int] = (1600, 1200)) -> Image.Image:
    """A grey car on a road under a pale sky, with plates of a colour at (x, y, width)."""
    picture = Image.new("RGB", size, (128, 128, 124))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, size[0], size[1] // 3), (188, 205, 222))
    draw.rectangle((300, 500, 1300, 1000), (90, 88, 92))
    for colour, (x, y, width) in plates.items():
        ground, sign = GROUNDS[colour]
        height = width * 140 // 440
        draw.rectangle((x, y, x + width, y + height), ground)
        for n in range(7):
            left = x + width * (2 + 14 * n) // 100
            draw.rectangle(
                (left, y + height // 5, left + width // 14, y + height * 4 // 5), outline=sign, width=4
            )
    return picture


def overlap(box: Box, x: int, y: int, width: int) -> float:
    """Intersection over union with a drawn plate."""
    height = width * 140 / 440
    across = min(box.x + box.width, x + width) - max(box.x, x)
    down = min(box.y + box.height, y + height) - max(box.y, y)
    both = max(0.0, across) * max(0.0, down)
    return both / (box.width * box.height + width * height - both)


@pytest.mark.parametrize("colour", GROUNDS)
@pytest.mark.parametrize("width", [120, 300])
def test_a_plate_of_every_colour_is_proposed_whole(colour: str, width: int) -> None:
    found = look(street({colour: (700, 800, width)}))
    assert found.faces == "cascades"
    [box] = found.boxes
    assert box.kind == "plate"
    assert overlap(box, 700, 800, width) > 0.6
    assert (box.x, box.y) <= (700, 800)
    assert box.x + box.width >= 700 + width


def test_sky_road_and_plain_boards_are_not_proposed() -> None:
    picture = street({})
    ImageDraw.Draw(picture).rectangle((200, 420, 700, 580), (20, 60, 170))  # a blue board without signs
    assert look(picture).boxes == []


def test_two_plates_are_two_boxes_within_the_picture() -> None:
    found = look(street({"blue": (0, 1130, 200), "yellow": (900, 700, 220)}))
    assert len(found.boxes) == 2
    for box in found.boxes:
        assert min(box.x, box.y) >= 0
        assert (box.x + box.width, box.y + box.height) <= (1600, 1200)


FACE = Path(__file__).parent / "face.jpg"  # face.md says whose it is
HEAD = (72, 60, 105, 125)  # where it is in the picture: x, y, width, height, by eye


@pytest.mark.parametrize(
    "change", [ImageOps.mirror, lambda one: Image.eval(one, lambda value: value * 2 // 3)]
)
def test_a_face_is_proposed_mirrored_and_in_less_light(change: Callable[[Image.Image], Image.Image]) -> None:
    picture = change(Image.open(FACE).convert("RGB"))
    heads = [box for box in look(picture).boxes if box.kind == "face"]
    middle = HEAD[0] + HEAD[2] / 2
    wanted = picture.width - middle if change is ImageOps.mirror else middle
    assert any(abs(box.x + box.width / 2 - wanted) < 25 and box.width > 80 for box in heads), heads


def test_a_detector_s_file_that_is_none_falls_back_and_says_so(tmp_path: Path) -> None:
    broken = tmp_path / "yunet.onnx"
    broken.write_bytes(b"no detector")
    for file in (broken, tmp_path / "missing.onnx"):
        assert look(Image.open(FACE).convert("RGB"), str(file)).faces == "cascades"


def test_a_face_is_proposed_accepted_and_blurred_in_what_leaves(app: FastAPI, city: Database) -> None:
    """The whole way: upload, proposals, the officer's yes, the public picture, the original that needs a permission."""
    client = officer(app, "jiulongpo-duty")
    item = client.post("/api/attachments", files={"file": ("a.jpg", FACE.read_bytes())}).json()["id"]
    base = f"/api/attachments/{item}"
    boxes = client.get(f"{base}/proposals").json()["boxes"]
    head = max((box for box in boxes if box["kind"] == "face"), key=lambda box: box["width"])
    chosen = [head[name] for name in ("x", "y", "width", "height")]
    assert client.post(f"{base}/blur", json={"boxes": [chosen]}).status_code == 200
    whole, public = (_pixels(client.get(f"{base}/{variant}").content) for variant in ("full", "public"))
    apart = np.abs(whole - public).mean(axis=2)
    x, y, wide, high = map(round, chosen)
    inside = np.zeros(apart.shape, bool)
    inside[max(0, y - 16) : y + high + 16, max(0, x - 16) : x + wide + 16] = (
        True  # the edge of a square of the mosaic
    )
    assert apart[HEAD[1] : HEAD[1] + HEAD[3], HEAD[0] : HEAD[0] + HEAD[2]].mean() > 8
    assert apart[~inside].mean() < 3, "the rest is as it was, but for being written as JPEG once more"
    stranger = browser(app, "10.1.0.9")
    assert stranger.get(f"{base}/full").status_code == 404
    assert stranger.get(f"{base}/proposals").status_code == 403
    with city.begin(SEED) as tx:
        for action in ("attachment.blurred", "attachment.original_read"):
            assert count(tx, "kernel_audit", "action = :action", action=action) == 1


def _pixels(content: bytes) -> npt.NDArray[np.int16]:
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"), np.int16)


def test_an_officer_gets_boxes_and_nothing_becomes_public(app: FastAPI) -> None:
    out = io.BytesIO()
    street({"blue": (700, 800, 300)}, (1600, 1200)).save(out, "JPEG", quality=85)
    client = officer(app, "jiulongpo-duty")
    item = client.post("/api/attachments", files={"file": ("a.jpg", out.getvalue())}).json()
    found = client.get(f"/api/attachments/{item['id']}/proposals").json()
    assert [box["kind"] for box in found["boxes"]] == ["plate"]
    assert found["faces"] == "cascades"
    assert client.get(f"/api/attachments/{item['id']}/public").status_code == 404
    plain = client.post("/api/attachments", files={"file": ("b.jpg", photo())}).json()
    assert client.get(f"/api/attachments/{plain['id']}/proposals").json()["boxes"] == []
