"""No text in a sheet that the product writes becomes a formula, whoever wrote it and whatever it begins with."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import chengyun
from chengyun.identity import importing
from chengyun.incidents.evaluation import figures, service
from chengyun.incidents.evaluation import sheet as exporting
from chengyun.incidents.evaluation.contracts import Dimension, Evaluation, PeriodKind, Question
from chengyun.kernel import sheets
from chengyun.kernel.transactions import Tx
from tests.incidents.support import SHIQIAOPU, City

EVIL = [f"{sign}HYPERLINK(1)|cmd" for sign in "=+-@\t\r"] + ["=1+1", "{=1}", "https://a.example", "1e5"]
SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# Every module that writes a sheet or a CSV, and the test below that opens what it writes.
WRITERS = {"kernel/sheets.py", "incidents/evaluation/sheet.py"}
WRITES = re.compile(r"xlsxwriter\.Workbook|csv\.writer|csv\.DictWriter|openpyxl|text/csv|to_csv")


def cells(content: bytes) -> list[Any]:
    """Every cell of every sheet; none is a formula, a link or anything but a number or a text."""
    found: list[Any] = []
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        names = book.namelist()
        shared = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
        texts = ["".join(part.text or "" for part in item.iter(f"{SPACE}t")) for item in shared]
        for name in (name for name in names if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)):
            root = ElementTree.fromstring(book.read(name))
            assert root.find(f".//{SPACE}f") is None, "a formula"
            assert root.find(f".//{SPACE}hyperlink") is None, "a link"
            for cell in root.iter(f"{SPACE}c"):
                value = cell.findtext(f"{SPACE}v") or ""
                assert cell.get("t") in ("s", None), cell.attrib
                found.append(
                    texts[int(value)].replace("_x000D_", "\r") if cell.get("t") == "s" else float(value or 0)
                )
    assert not [name for name in names if "externalLink" in name or "vba" in name]
    return found


def test_every_writer_of_sheets_is_known() -> None:
    root = Path(chengyun.__file__).parent
    found = {
        str(path.relative_to(root))
        for path in root.rglob("*.py")
        if WRITES.search(path.read_text(encoding="utf-8"))
    }
    assert found == WRITERS, "open what the new one writes in a test here"


def test_written_tables_hold_texts_only() -> None:
    found = cells(sheets.written([("一", [["head"], *([text] for text in EVIL)], (10,))]))
    assert [text.replace("\r", "") for text in found[1:]] == [text.replace("\r", "") for text in EVIL]


def test_the_template_of_people_holds_texts_only() -> None:
    for language in ("zh", "en"):
        assert all(isinstance(value, str) for value in cells(importing.template(language)))


def test_names_in_an_exported_evaluation_stay_texts(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever names a unit, a region or themselves like a formula finds the name, no more."""

    def named(tx: Tx, question: Question) -> Evaluation:
        found = figures.evaluate(tx, question)
        (line, *_) = found.lines
        scope = replace(found.scope, name=EVIL[0])
        return replace(found, scope=scope, lines=[replace(line, name=name) for name in EVIL])

    monkeypatch.setattr(exporting, "evaluate", named)
    officer = replace(city.officer("九龙坡区"), name="@SUM(1)")
    at = datetime(2025, 6, 10, 2, tzinfo=UTC)
    city.report(officer, "路边暴露垃圾", SHIQIAOPU, at, category="0102", channel="centre")
    asked = Question(PeriodKind.MONTH, date(2025, 6, 10), by=Dimension.CATEGORY, category="0102")
    with city.at(officer, datetime(2025, 7, 10, 2, tzinfo=UTC)) as tx:
        _, content = service.sheet(tx, asked)
    texts = [text for text in cells(content) if isinstance(text, str)]
    for name in EVIL:
        assert name.replace("\r", "") in {text.replace("\r", "") for text in texts}
    assert any("@SUM(1)" in text for text in texts)
