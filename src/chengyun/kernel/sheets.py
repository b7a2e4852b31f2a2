"""Tables that come in as xlsx or CSV and leave as xlsx: encodings, dates, and texts that never become formulas."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook
from xlsxwriter.format import Format

from chengyun.kernel.calendar import SHANGHAI
from chengyun.kernel.errors import FieldError, Invalid, register_messages

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A text that looks like a formula, a link or a number stays a text, whoever wrote it.
SAFE = {
    "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
}  # fmt: skip
UNPACKED = 60_000_000  # bytes that an xlsx may hold when unpacked
register_messages(
    {
        "sheet.unreadable": (
            "文件不是 xlsx 表格，也不是 UTF-8 或 GBK 编码的 CSV。",
            "The file is neither an xlsx sheet nor CSV in UTF-8 or GBK.",
        ),
        "sheet.too_large": ("表格展开后过大。", "The sheet is too large when unpacked."),
    }
)


def rows_of(content: bytes, unpacked: int = UNPACKED) -> list[list[str]]:
    """The first sheet or the CSV as trimmed texts, dates as YYYY-MM-DD, empty lines included.

    CSV may be UTF-8 or GBK; `unpacked` bytes an xlsx may hold. Raises Invalid("file") for everything that is no table.
    """
    return _xlsx(content, unpacked) if content.startswith(b"PK\x03\x04") else _csv(content)


def day_of(told: str) -> datetime | None:
    """The moment at which a day begins in the city, as people write days; None for what is no day."""
    for form in ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"):
        try:
            day = datetime.strptime(told, form).replace(tzinfo=SHANGHAI)
        except ValueError:
            continue
        if 1990 <= day.year <= 2200:
            return day.astimezone(UTC)
    return None


def _xlsx(content: bytes, unpacked: int) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > unpacked:
                raise _wrong("sheet.too_large")
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (zipfile.BadZipFile, CalamineError, IndexError) as error:
        raise _wrong("sheet.unreadable") from error
    return [[_cell(value) for value in row] for row in rows]


def _cell(value: Any) -> str:
    """As somebody would type it: whole numbers without a point, moments as their day."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _csv(content: bytes) -> list[list[str]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        try:
            return [[value.strip() for value in row] for row in csv.reader(io.StringIO(text, newline=""))]
        except csv.Error as error:
            raise _wrong("sheet.unreadable") from error
    raise _wrong("sheet.unreadable")


def _wrong(code: str) -> Invalid:
    return Invalid([FieldError("file", code)])


def written(sheets: Sequence[tuple[str, Sequence[Sequence[str]], Sequence[int]]]) -> bytes:
    """An xlsx of texts alone: (name, rows with the heads first, widths in signs) per sheet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, SAFE) as book:
        bold: Format = book.add_format({"bold": True, "bottom": 1})
        text: Format = book.add_format({"num_format": "@"})
        for name, rows, widths in sheets:
            page = book.add_worksheet(name)
            page.freeze_panes(1, 0)
            for column, width in enumerate(widths):
                page.set_column(column, column, width, text)
            for line, row in enumerate(rows):
                for column, value in enumerate(row):
                    page.write_string(line, column, value, bold if line == 0 else text)
    return out.getvalue()
