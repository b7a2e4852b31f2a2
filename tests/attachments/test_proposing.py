"""Boxes proposed before blurring: drawn plates are found, streets without any are not, and nothing happens by itself."""

from __future__ import annotations

import io

import pytest
from fastapi import FastAPI
from PIL import Image, ImageDraw

from chengyun.attachments.proposing import Box, look
from tests.attachments.support import photo
from tests.attachments.test_upload import officer

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
    assert not found.faces
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


def test_an_officer_gets_boxes_and_nothing_becomes_public(app: FastAPI) -> None:
    out = io.BytesIO()
    street({"blue": (700, 800, 300)}, (1600, 1200)).save(out, "JPEG", quality=85)
    client = officer(app, "jiulongpo-duty")
    item = client.post("/api/attachments", files={"file": ("a.jpg", out.getvalue())}).json()
    found = client.get(f"/api/attachments/{item['id']}/proposals").json()
    assert [box["kind"] for box in found["boxes"]] == ["plate"]
    assert found["faces"] is False
    assert client.get(f"/api/attachments/{item['id']}/public").status_code == 404
    plain = client.post("/api/attachments", files={"file": ("b.jpg", photo())}).json()
    assert client.get(f"/api/attachments/{plain['id']}/proposals").json()["boxes"] == []
