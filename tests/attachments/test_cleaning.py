"""Photos and clips lose what they hide and keep what they show."""

from __future__ import annotations

import io
import zlib
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageStat

from chengyun.attachments import clips, photos
from chengyun.attachments.sniffing import sniff
from chengyun.kernel.errors import Invalid
from tests.attachments.support import MARK, box, camera_exif, element, mp4, photo, webm


def cleaned(tmp_path: Path, data: bytes, kind: str) -> photos.Photo:
    path = tmp_path / "content"
    path.write_bytes(data)
    return photos.clean(path, kind)


def washed(tmp_path: Path, data: bytes, kind: str) -> tuple[bytes, clips.Clip]:
    path = tmp_path / "content"
    path.write_bytes(data)
    found = clips.clean(path, kind)
    return path.read_bytes(), found


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (photo("JPEG"), "jpeg"),
        (photo("PNG"), "png"),
        (photo("WEBP"), "webp"),
        (photo("GIF"), None),
        (photo("AVIF"), "heic"),
        (mp4(), "mp4"),
        (webm(), "webm"),
        (element(0x1A45DFA3, element(0x4282, b"matroska")), None),
        (b"%PDF-1.7", None),
        (b"<svg onload=alert(1)>", None),
        (b"", None),
        (b"\xff", None),
    ],
)
def test_a_file_is_what_it_begins_with(data: bytes, kind: str | None) -> None:
    assert sniff(data[:64]) == kind


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_camera_is_read_and_then_forgotten(tmp_path: Path, kind: str) -> None:
    data = photo(kind, exif=camera_exif())
    assert MARK in data
    found = cleaned(tmp_path, data, kind.lower())
    assert found.camera.taken_at == datetime(2025, 3, 1, 8, 30, tzinfo=UTC)  # no zone: local time of the city
    assert found.camera.lon == pytest.approx(106.48)
    assert found.camera.lat == pytest.approx(29.52)
    for stored in (found.data, found.thumb):
        assert MARK not in stored
        with Image.open(io.BytesIO(stored)) as picture:
            assert not picture.getexif()


def test_a_time_zone_in_the_file_counts(tmp_path: Path) -> None:
    found = cleaned(tmp_path, photo(exif=camera_exif(offset="+00:00")), "jpeg")
    assert found.camera.taken_at == datetime(2025, 3, 1, 16, 30, tzinfo=UTC)


def test_a_turned_photo_stands_upright(tmp_path: Path) -> None:
    found = cleaned(tmp_path, photo(size=(64, 48), exif=camera_exif(orientation=6)), "jpeg")
    assert (found.width, found.height) == (48, 64)


def test_what_is_appended_to_a_photo_does_not_survive(tmp_path: Path) -> None:
    found = cleaned(tmp_path, photo() + b"<script>" + MARK, "jpeg")
    assert MARK not in found.data


def test_pixels_survive_a_lossless_format(tmp_path: Path) -> None:
    data = photo("PNG")
    found = cleaned(tmp_path, data, "png")
    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(found.data)) as after:
        assert before.tobytes() == after.tobytes()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_truncated_photo_is_refused(tmp_path: Path, kind: str, share: float) -> None:
    data = photo(kind, (400, 300))
    with pytest.raises(Invalid) as told:
        cleaned(tmp_path, data[: int(len(data) * share)], kind.lower())
    assert told.value.fields[0].code == "attachments.damaged"


def test_a_file_of_another_kind_than_it_begins_with_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        cleaned(tmp_path, b"\xff\xd8\xff" + b"no picture" * 50, "jpeg")


@pytest.mark.parametrize("size", [(9_000, 9_000), (14_000, 14_000), (31_000, 2_000)])
def test_a_picture_that_would_fill_the_memory_is_refused_unopened(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    header = size[0].to_bytes(4, "big") + size[1].to_bytes(4, "big") + b"\x08\x02\0\0\0"

    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(10_000)))
    with pytest.raises(Invalid) as told:
        cleaned(tmp_path, bomb, "png")
    assert told.value.fields[0].code == "attachments.too_many_pixels"


def test_hidden_boxes_cannot_be_read_back() -> None:
    data = photo("PNG", (200, 100))
    public = photos.pixelate(data, "png", [[50.5, 20, 60, 40]])
    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(public)) as after:
        box = (52, 22, 108, 58)
        assert jumps(before.crop(box)) > 30
        assert jumps(after.crop(box)) <= 10  # eight blocks along the longer side
        outside = (0, 70, 40, 100)
        difference = ImageStat.Stat(ImageChops.difference(before.crop(outside), after.crop(outside))).mean
        assert max(difference[:2]) < 10  # JPEG itself smears the blue noise


def jumps(picture: Image.Image) -> int:
    """How often neighbours along the middle row differ visibly."""
    row = np.asarray(picture, dtype=int)[picture.height // 2]
    return int((np.abs(np.diff(row, axis=0)).max(axis=1) > 25).sum())


@pytest.mark.parametrize("wrong", [[500, 0, 10, 10], [0, 0, 0, 10], [10, 10, -5, 5]])
def test_a_box_beside_the_photo_is_refused(wrong: list[float]) -> None:
    with pytest.raises(Invalid) as told:
        photos.pixelate(photo(), "jpeg", [[1, 1, 5, 5], wrong])
    assert told.value.fields[0].path == "boxes.1"


def test_an_mp4_keeps_its_pictures_and_loses_the_rest(tmp_path: Path) -> None:
    before = mp4()
    assert before.count(MARK) == 6
    after, clip = washed(tmp_path, before, "mp4")
    assert MARK not in after
    assert len(after) == len(before)
    assert after.index(b"PICTURE!") == before.index(b"PICTURE!")
    assert after.count(b"PICTURE!") == 4
    assert (clip.width, clip.height) == (320, 240)


@pytest.mark.parametrize("live", [False, True])
def test_a_webm_keeps_its_pictures_and_loses_the_rest(tmp_path: Path, live: bool) -> None:
    before = webm(live=live)
    after, clip = washed(tmp_path, before, "webm")
    assert MARK in before
    assert MARK not in after
    assert len(after) == len(before)
    assert after.index(b"PICTURE!") == before.index(b"PICTURE!")
    assert (clip.width, clip.height) == (320, 240)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
@pytest.mark.parametrize("kind", ["mp4", "webm"])
def test_a_truncated_clip_is_refused(tmp_path: Path, kind: str, share: float) -> None:
    data = mp4() if kind == "mp4" else webm()
    with pytest.raises(Invalid) as told:
        washed(tmp_path, data[: int(len(data) * share)], kind)
    assert told.value.fields[0].code == "attachments.damaged"


def test_a_sample_table_that_claims_too_much_is_refused(tmp_path: Path) -> None:
    table = box(
        b"stbl", box(b"stsz", b"\0" * 8 + b"\xff\xff\xff\xff") + box(b"stco", b"\0" * 4 + b"\xff\xff\xff\xff")
    )
    track = box(b"trak", box(b"mdia", box(b"hdlr", bytes(8) + b"meta" + bytes(12)) + box(b"minf", table)))
    data = box(b"ftyp", b"isom\0\0\0\0") + box(b"mdat", b"x") + box(b"moov", track)
    with pytest.raises(Invalid):
        washed(tmp_path, data, "mp4")


@pytest.mark.parametrize("seconds", [0, 599, 601])
def test_the_camera_confirms_a_time_near_its_own(seconds: int) -> None:
    camera = photos.Camera(datetime(2025, 3, 1, 8, 30, tzinfo=UTC), 106.48, 29.52)
    told = datetime.fromtimestamp(camera.taken_at.timestamp() + seconds, UTC)  # type: ignore[union-attr]
    assert photos.agrees(camera, told, 106.481, 29.52) is (seconds < 600)
    assert not photos.agrees(camera, told, 106.6, 29.52)
    assert not photos.agrees(photos.Camera(), told, None, None)
