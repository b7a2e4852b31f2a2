"""A version as a zip of its folder, as `chengyun scenario check` accepts it after unpacking. Pure."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

_OVERLAYS = "overlays/"
_DATE = (1980, 1, 1, 0, 0, 0)  # the same files give the same bytes


def unpacked(scenario: str, files: Mapping[str, str]) -> dict[str, str]:
    """Path → text of the folders side by side: the scenario, and each of its local overlays."""
    found = {}
    for name, text in files.items():
        own = name.startswith(_OVERLAYS)
        found[name.removeprefix(_OVERLAYS) if own else f"{scenario}/{name}"] = text
    return found


def packed(scenario: str, files: Mapping[str, str]) -> bytes:
    """The zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in sorted(unpacked(scenario, files).items()):
            archive.writestr(zipfile.ZipInfo(path, _DATE), text.encode(), zipfile.ZIP_DEFLATED)
    return out.getvalue()
