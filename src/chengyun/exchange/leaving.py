"""What leaves the installation: every text and position that goes to another system passes through here.

A reader who may read incidents gets them whole. Everybody else gets no text that a person wrote, since it may name
people, and a position of about a hundred metres.
"""

from __future__ import annotations

from chengyun.kernel.contracts import Actor

READ = "incident.read"
COARSE = 3  # decimals of a degree, about 110 m


def whole(reader: Actor) -> bool:
    """Whether the reader gets incidents as they are. A system policy reads for everybody, so it does not."""
    return reader.kind != "system" and reader.may(READ)


def text(reader: Actor, written: str | None) -> str | None:
    """A text that a person wrote, or None where it does not leave."""
    return written if written and whole(reader) else None


def position(reader: Actor, lon: float, lat: float) -> tuple[float, float]:
    """A position as exact as the reader may have it, in degrees."""
    return (lon, lat) if whole(reader) else (round(lon, COARSE), round(lat, COARSE))
