"""Photos: read what the camera says, then re-encode without it; thumbnails; pixelation for the public."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import ExifTags, Image, ImageOps

from chengyun.attachments.contracts import MAX_PIXELS, MAX_SIDE
from chengyun.attachments.sniffing import MEDIA
from chengyun.kernel.errors import FieldError, Invalid

THUMB_SIDE = 480
PUBLIC_SIDE = 1600
BLOCKS = 8  # a hidden box keeps at most this many blocks along its longer side
_FORMATS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}
_QUALITY = {"jpeg": 90, "webp": 90}
# Everything that Pillow's decoders raise on damaged input; a bug of ours raises something else.
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, OverflowError, ZeroDivisionError)
_BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)
_LOCAL = ZoneInfo("Asia/Shanghai")  # cameras without a time zone tell local time
_decoding = threading.BoundedSemaphore(2)  # a photo of 64 megapixels takes 200 MB while it is open


@dataclass(frozen=True, slots=True)
class Camera:
    """What the camera wrote into the file."""

    taken_at: datetime | None = None
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class Photo:
    """A cleaned photo: upright, its pixels and colour profile only."""

    data: bytes
    media: str
    width: int
    height: int
    thumb: bytes
    camera: Camera


def damaged() -> Invalid:
    return Invalid([FieldError("file", "attachments.damaged")])


@contextmanager
def opened(source: Path | io.BytesIO, kind: str) -> Iterator[Image.Image]:
    """The decoded picture. Raises Invalid for what is no whole picture of a reasonable size."""
    with _decoding, _decoded(source, kind) as found:
        yield found


def _decoded(source: Path | io.BytesIO, kind: str) -> Image.Image:
    formats = [_FORMATS[kind]]
    try:
        found = Image.open(source, formats=formats)
        _measure(found.width, found.height)
        found.load()
    except _BOMB as error:
        raise Invalid(
            [FieldError("file", "attachments.too_many_pixels", {"most": MAX_PIXELS // 10_000})]
        ) from error
    except _BROKEN as error:
        raise damaged() from error
    return found


def clean(path: Path, kind: str) -> Photo:
    """Decode, read the camera's data, encode anew without any. Raises Invalid (damaged, too many pixels)."""
    with opened(path, kind) as found:
        camera = read_camera(found)
        picture = _plain(ImageOps.exif_transpose(found), kind)
        data = _encode(picture, kind, found.info.get("icc_profile"))
        return Photo(data, MEDIA[kind], picture.width, picture.height, _small(picture, THUMB_SIDE), camera)


def pixelate(data: bytes, kind: str, boxes: Sequence[Sequence[float]]) -> bytes:
    """A JPEG for the public: every box (x, y, width, height in pixels) turned into a few blocks, the rest scaled down.

    Raises Invalid for a box that does not meet the picture.
    """
    with opened(io.BytesIO(data), kind) as found:
        picture = found.convert("RGB")
        for number, box in enumerate(boxes):
            _hide(picture, number, box)
        return _small(picture, PUBLIC_SIDE, 85)


def _hide(picture: Image.Image, number: int, box: Sequence[float]) -> None:
    left, top = max(0, int(box[0])), max(0, int(box[1]))
    right = min(picture.width, int(-(-(box[0] + box[2]) // 1)))
    bottom = min(picture.height, int(-(-(box[1] + box[3]) // 1)))
    if right <= left or bottom <= top or box[2] <= 0 or box[3] <= 0:
        raise Invalid([FieldError(f"boxes.{number}", "attachments.box")])
    part = picture.crop((left, top, right, bottom))
    block = max(part.width, part.height) / BLOCKS
    few = part.resize(
        (max(1, round(part.width / block)), max(1, round(part.height / block))), Image.Resampling.BOX
    )
    picture.paste(few.resize(part.size, Image.Resampling.NEAREST), (left, top))


def _measure(width: int, height: int) -> None:
    if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
        params = {"width": width, "height": height, "most": MAX_PIXELS // 10_000}
        raise Invalid([FieldError("file", "attachments.too_many_pixels", params)])


def _plain(picture: Image.Image, kind: str) -> Image.Image:
    """Pixels in a mode that the format holds; nothing else of the file."""
    transparent = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    if kind != "jpeg" and transparent:
        return picture.convert("RGBA")
    return picture if picture.mode in ("RGB", "L") else picture.convert("RGB")


def _encode(picture: Image.Image, kind: str, profile: bytes | None) -> bytes:
    picture.info = {}
    out = io.BytesIO()
    options: dict[str, object] = {"quality": _QUALITY[kind]} if kind in _QUALITY else {}
    if profile:
        options["icc_profile"] = profile
    picture.save(out, _FORMATS[kind], exif=b"", **options)
    return out.getvalue()


def _small(picture: Image.Image, side: int, quality: int = 80) -> bytes:
    small = picture.copy()
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    if small.mode != "RGB":
        base = Image.new("RGB", small.size, "white")
        base.paste(small, mask=small.getchannel("A") if small.mode == "RGBA" else None)
        small = base
    out = io.BytesIO()
    small.save(out, "JPEG", quality=quality)
    return out.getvalue()


def read_camera(picture: Image.Image) -> Camera:
    """Time and position from EXIF; whatever is missing or nonsense is None."""
    exif = picture.getexif()
    details = exif.get_ifd(ExifTags.IFD.Exif)
    taken = _moment(
        details.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime),
        details.get(ExifTags.Base.OffsetTimeOriginal),
    )
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    lat = _degrees(gps.get(ExifTags.GPS.GPSLatitude), gps.get(ExifTags.GPS.GPSLatitudeRef), "S", 90)
    lon = _degrees(gps.get(ExifTags.GPS.GPSLongitude), gps.get(ExifTags.GPS.GPSLongitudeRef), "W", 180)
    return Camera(taken, *((None, None) if lon is None or lat is None else (lon, lat)))


def _moment(text: object, offset: object) -> datetime | None:
    if not isinstance(text, str):
        return None
    try:
        local = datetime.strptime(text.strip("\0 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007  the zone follows
        sign = datetime.strptime(offset.strip("\0 "), "%z").tzinfo if isinstance(offset, str) else _LOCAL
    except ValueError:
        return None
    return local.replace(tzinfo=sign).astimezone(UTC)


def _degrees(parts: object, ref: object, negative: str, most: float) -> float | None:
    if not isinstance(parts, tuple) or len(parts) != 3:
        return None
    try:
        value = float(parts[0]) + float(parts[1]) / 60 + float(parts[2]) / 3600
    except (ZeroDivisionError, TypeError, ValueError):
        return None
    signed = -value if ref == negative else value
    return round(signed, 7) if abs(signed) <= most else None  # NaN compares false


def agrees(camera: Camera, taken_at: datetime | None, lon: float | None, lat: float | None) -> bool:
    """Whether the camera's own data confirm what the uploader said: time within ten minutes, place within ~300 m."""
    if camera.taken_at is None or taken_at is None or abs(camera.taken_at - taken_at) > timedelta(minutes=10):
        return False
    if camera.lon is None or camera.lat is None or lon is None or lat is None:
        return lon is None or camera.lon is None
    return abs(camera.lon - lon) < 0.003 and abs(camera.lat - lat) < 0.003
