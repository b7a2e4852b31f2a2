"""Files as cameras and browsers make them, small; and a tiny S3 server inside the test."""

from __future__ import annotations

import io
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from PIL import ExifTags, Image

MARK = b"SECRET-PLACE"  # stands in every metadata field that must not survive


def photo(
    kind: str = "JPEG", size: tuple[int, int] = (64, 48), *, exif: bytes | None = None, **options: object
) -> bytes:
    """A picture with a gradient, so that blocks and pixels differ."""
    picture = Image.new("RGB", size)
    picture.putdata(
        [
            (x * 255 // size[0], y * 255 // size[1], (x * y) % 256)
            for y in range(size[1])
            for x in range(size[0])
        ]
    )
    out = io.BytesIO()
    if exif is not None:
        options["exif"] = exif
    picture.save(out, kind, **options)  # type: ignore[arg-type]
    return out.getvalue()


def camera_exif(*, orientation: int = 1, offset: str | None = None, place: bool = True) -> bytes:
    """EXIF of a phone: 2025-03-01 16:30:00, 石桥铺, with a telling description."""
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = MARK.decode()
    exif[ExifTags.Base.Orientation] = orientation
    details = exif.get_ifd(ExifTags.IFD.Exif)
    details[ExifTags.Base.DateTimeOriginal] = "2025:03:01 16:30:00"
    if offset:
        details[ExifTags.Base.OffsetTimeOriginal] = offset
    if place:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLatitude] = "N", (29.0, 31.0, 12.0)
        gps[ExifTags.GPS.GPSLongitudeRef], gps[ExifTags.GPS.GPSLongitude] = "E", (106.0, 28.0, 48.0)
    return exif.tobytes()


def box(kind: bytes, body: bytes = b"") -> bytes:
    """An MP4 box."""
    return struct.pack(">I4s", 8 + len(body), kind) + body


def track(handler: bytes, chunk: int, samples: list[int], *, width: int = 0, height: int = 0) -> bytes:
    """An MP4 track with one chunk of samples at a file offset."""
    tkhd = box(b"tkhd", bytes(76) + struct.pack(">II", width << 16, height << 16))
    hdlr = box(b"hdlr", bytes(8) + handler + bytes(12))
    sizes = struct.pack(">III", 0, 0, len(samples)) + b"".join(struct.pack(">I", size) for size in samples)
    stbl = box(
        b"stbl",
        box(b"stsc", struct.pack(">IIIII", 0, 1, 1, len(samples), 1))
        + box(b"stsz", sizes)
        + box(b"stco", struct.pack(">III", 0, 1, chunk)),
    )
    return box(b"trak", tkhd + box(b"mdia", hdlr + box(b"minf", stbl)))


def mp4() -> bytes:
    """A clip with a picture track, a GPS track, and metadata at every usual place."""
    head = box(b"ftyp", b"isom\0\0\0\0isommp42") + box(b"uuid", bytes(16) + MARK)
    video, gps = b"PICTURE!" * 4, MARK * 3
    start = len(head) + 8
    moov = box(
        b"moov",
        box(b"mvhd", bytes(100))
        + track(b"vide", start, [16, 16], width=320, height=240)
        + track(b"meta", start + len(video), [12, 24])
        + box(b"udta", box(b"\xa9xyz", b"+29.52+106.48/" + MARK))
        + box(b"meta", bytes(4) + MARK),
    )
    return head + box(b"mdat", video + gps) + moov


def element(number: int, body: bytes, *, unknown: bool = False) -> bytes:
    """An EBML element."""
    name = number.to_bytes((number.bit_length() + 7) // 8, "big")
    size = b"\x01" + b"\xff" * 7 if unknown else (0x10000000 | len(body)).to_bytes(4, "big")
    return name + size + body


def webm(*, live: bool = False) -> bytes:
    """A clip as a browser's recorder makes it (`live`: sizes of segment and cluster unknown)."""
    head = element(0x1A45DFA3, element(0x4282, b"webm"))
    info = element(0x1549A966, element(0x2AD7B1, b"\x0f\x42\x40") + element(0x7BA9, MARK))
    video = element(0xE0, element(0xB0, (320).to_bytes(2, "big")) + element(0xBA, (240).to_bytes(2, "big")))
    tracks = element(0x1654AE6B, element(0xAE, element(0xD7, b"\x01") + element(0x536E, MARK) + video))
    block = element(0xE7, b"\0") + element(0xA3, b"\x81\0\0\x80PICTURE!")
    cluster = element(0x1F43B675, block, unknown=live)
    tags = element(0x1254C367, element(0x7373, MARK))
    return head + element(0x18538067, info + tracks + cluster + tags, unknown=live)


@contextmanager
def s3_server() -> Iterator[tuple[str, dict[str, bytes]]]:
    """An S3 server that knows objects of one bucket: (endpoint, its objects by key)."""
    objects: dict[str, bytes] = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_S3,), {"objects": objects}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", objects
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _S3(BaseHTTPRequestHandler):
    objects: dict[str, bytes]
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def _key(self) -> str:
        return unquote(urlsplit(self.path).path).split("/", 2)[2] if self.path.count("/") > 1 else ""

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _missing(self) -> None:
        text = b"<Error><Code>NoSuchKey</Code><Message>gone</Message></Error>"
        self._answer(404, b"" if self.command == "HEAD" else text, Content_Type="application/xml")

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("x-amz-content-sha256", "").startswith("STREAMING"):
            raise AssertionError("not signed as a whole")
        self.objects[self._key()] = body
        self._answer(200, ETag='"x"')

    def do_HEAD(self) -> None:
        found = self.objects.get(self._key())
        if found is None:
            self._missing()
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(found)))
        self.send_header("Last-Modified", formatdate(usegmt=True))
        self.send_header("ETag", '"x"')
        self.end_headers()

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = parse_qs(parts.query, keep_blank_values=True)
        if "location" in query:
            self._answer(200, b'<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>')
        elif "list-type" in query:
            self._list(query.get("prefix", [""])[0])
        elif self._key() not in self.objects:
            self._missing()
        else:
            self._get(self.objects[self._key()])

    def _get(self, body: bytes) -> None:
        asked = self.headers.get("Range")
        if asked is None:
            self._answer(200, body)
            return
        first, _, last = asked.removeprefix("bytes=").partition("-")
        self._answer(206, body[int(first) : int(last) + 1 if last else None])

    def _list(self, prefix: str) -> None:
        rows = "".join(
            f"<Contents><Key>{key}</Key><LastModified>2020-01-01T00:00:00.000Z</LastModified><ETag>x</ETag>"
            f"<Size>{len(body)}</Size><StorageClass>STANDARD</StorageClass></Contents>"
            for key, body in self.objects.items()
            if key.startswith(prefix)
        )
        text = (
            '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>b</Name>'
            f"<IsTruncated>false</IsTruncated>{rows}</ListBucketResult>"
        )
        self._answer(200, text.encode(), Content_Type="application/xml")

    def do_DELETE(self) -> None:
        self.objects.pop(self._key(), None)
        self._answer(204)
