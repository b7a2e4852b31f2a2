"""What others may see of attachments: shapes and fixed limits. Times are UTC and aware, positions WGS-84 degrees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

UNCLAIMED_FOR = timedelta(days=1)  # an upload that no report uses goes after this, in real time
KEPT_FOR = timedelta(days=3 * 365)  # evidence of an incident, by the installation's clock
MAX_PIXELS = 64_000_000
MAX_SIDE = 30_000
MAX_BOXES = 50


@dataclass(frozen=True, slots=True)
class Attachment:
    """One photo or clip as its reader may see it: a reader who may not see the original gets the public version.

    `sha256` is that of the stored file, which is free of hidden metadata; `verified`: the camera's own time (and
    position, where it gave one) agree with what the uploader said; `public`: a version for the public exists.
    `thumb_url` is empty for clips.
    """

    id: int
    kind: str  # photo | clip
    sha256: str
    bytes: int
    width: int | None
    height: int | None
    taken_at: datetime | None
    lon: float | None
    lat: float | None
    url: str
    thumb_url: str
    verified: bool
    public: bool


@dataclass(frozen=True, slots=True)
class Uploaded(Attachment):
    """The answer to an upload. `claim` is the secret by which somebody without a name uses it in a report."""

    claim: str | None = None


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What a variant's route sends."""

    sha256: str
    media: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Given:
    """What the uploader says about the file; the camera's own data count where this is silent."""

    taken_at: datetime | None = None
    lon: float | None = None
    lat: float | None = None
