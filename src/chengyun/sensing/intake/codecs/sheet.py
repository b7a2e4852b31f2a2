"""CSV with a first line of names: thing, quantity, value, and at, unit where they are told. For files."""

from __future__ import annotations

import csv
import io

from chengyun.sensing.intake.codecs.columns import Columns, Malformed, decoded, not_too_many, text_of
from chengyun.sensing.intake.codecs.influx import NUMBER

NEEDED = ("thing", "quantity", "value")


def decode(body: bytes, thing: str) -> Columns:
    """Raises Malformed with the line."""
    reader = csv.DictReader(io.StringIO(decoded(body).removeprefix("\ufeff"), newline=""), strict=True)
    found = Columns()
    try:
        if not set(NEEDED) <= set(reader.fieldnames or ()):
            raise Malformed("sensing.malformed_line", line=1, column=1)
        for index, row in enumerate(reader):
            text, at = (row["value"] or "").strip(), (row.get("at") or "").strip()
            value = float(text) if NUMBER.fullmatch(text) else text
            moment: object = float(at) if NUMBER.fullmatch(at) else at or None
            code, quantity = (
                text_of(row["thing"], index, "thing"),
                text_of(row["quantity"], index, "quantity"),
            )
            found.add(code, quantity, value, moment, (row.get("unit") or "").strip() or None)
    except csv.Error as error:
        raise Malformed("sensing.malformed_line", line=reader.line_num, column=1) from error
    not_too_many(found)
    return found
