"""What a file is, by its first bytes; neither its name nor its declared type counts."""

from __future__ import annotations

HEAD = 64  # bytes that `sniff` wants
MEDIA = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "mp4": "video/mp4",
    "webm": "video/webm",
}
PHOTOS = frozenset({"jpeg", "png", "webp"})
_STILL_BRANDS = frozenset(
    {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"}
)
_CLIP_BRANDS = frozenset(
    {
        b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"dash", b"qt  ",
        b"M4V ", b"MSNV", b"3gp4", b"3gp5", b"3gp6",
    }
)  # fmt: skip


def sniff(head: bytes) -> str | None:
    """jpeg | png | webp | mp4 | webm | heic (refused by name) | None (unknown)."""
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] == b"ftyp":
        return _brand(head[8:12])
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "webm" if b"webm" in head else None
    return None


def _brand(brand: bytes) -> str | None:
    if brand in _STILL_BRANDS:
        return "heic"
    return "mp4" if brand in _CLIP_BRANDS else None
