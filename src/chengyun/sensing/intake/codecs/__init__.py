"""From bytes to columns, without knowing any device. Pure; malformed input says where."""

from __future__ import annotations

from collections.abc import Callable

from chengyun.sensing.intake.codecs import compact, influx, plain, senml, sheet
from chengyun.sensing.intake.codecs.columns import LARGEST, Columns, Packed, too_large

__all__ = ["LARGEST", "MEDIA", "Columns", "Packed", "decode", "too_large"]
Decoder = Callable[[bytes, str], Columns | Packed]
DECODERS: dict[str, Decoder] = {
    "json": plain.decode,
    "senml": senml.decode,
    "influx": influx.decode,
    "compact": compact.decode,
    "csv": sheet.decode,
}
MEDIA = {
    "application/json": "json",
    "application/senml+json": "senml",
    "text/plain": "influx",
    "application/x-influx": "influx",
    "application/vnd.chengyun.readings": "compact",
}


def decode(form: str, body: bytes, thing: str = "") -> Columns | Packed:
    """Readings of a body in `form`; those that name no thing are of `thing`.

    Raises TooLarge above 1 MB, Malformed with its position.
    """
    if len(body) > LARGEST:
        raise too_large(len(body))
    return DECODERS[form](body, thing)
