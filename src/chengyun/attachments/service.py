"""The door of attachments: what other features may call."""

from chengyun.attachments import messages  # noqa: F401  registers the texts
from chengyun.attachments.binding import bind, of, pass_on, public_of, retain, share
from chengyun.attachments.blurring import blur
from chengyun.attachments.mirroring import beside, copy, listed
from chengyun.attachments.reading import find
from chengyun.attachments.storage import DiskStorage, storage_of
from chengyun.attachments.uploading import upload

__all__ = [
    "DiskStorage",
    "beside",
    "bind",
    "blur",
    "copy",
    "find",
    "listed",
    "of",
    "pass_on",
    "public_of",
    "retain",
    "share",
    "storage_of",
    "upload",
]
