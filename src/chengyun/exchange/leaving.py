"""What leaves the installation: every text and position that goes to another system passes through here.

A reader who may read incidents gets them whole, their texts masked unless the reader may see personal data too.
Everybody else gets a position of about a hundred metres, and of what a person wrote nothing but the masked text of a
request that a region has published: never an address, which leads to a door, nor the notes of officers.
"""

from __future__ import annotations

from chengyun.identity import service as identity
from chengyun.kernel.contracts import Actor

READ = "incident.read"
COARSE = 3  # decimals of a degree, about 110 m


def whole(reader: Actor) -> bool:
    """Whether the reader gets incidents as they are. A system policy reads for everybody, so it does not."""
    return reader.kind != "system" and reader.may(READ)


def text(reader: Actor, written: str | None, *, public: bool = False) -> str | None:
    """A text that a person wrote, or None where it does not leave. `public`: everybody may read it masked."""
    if not written:
        return None
    if whole(reader):
        return identity.shown(reader, written)
    return identity.masked(written, houses=True) if public else None


def position(reader: Actor, lon: float, lat: float) -> tuple[float, float]:
    """A position as exact as the reader may have it, in degrees."""
    return (lon, lat) if whole(reader) else (round(lon, COARSE), round(lat, COARSE))
