"""Import of a real city: regions level by level from the top, then places. All or nothing, and every rejected
row, every mended polygon, every gap is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from chengyun.kernel import audit
from chengyun.kernel.errors import Unavailable, register_messages
from chengyun.kernel.transactions import Tx
from chengyun.territory import mosaic, places, screening
from chengyun.territory.contracts import LEVELS, invalid
from chengyun.territory.directory import Directory, directory
from chengyun.territory.landing import Incoming, Shipment, land
from chengyun.territory.reading import Row, rows
from chengyun.territory.shapes import Polygons

_LOCAL = ZoneInfo("Asia/Shanghai")


@dataclass(slots=True)
class Report:
    """What an import found. `ok` when nothing was rejected; only then is anything written."""

    rows: int = 0
    accepted: int = 0
    rejected: list[str] = field(default_factory=list)
    repaired: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    written: str = ""

    @property
    def ok(self) -> bool:
        return not self.rejected and self.rows > 0

    def lines(self) -> list[str]:
        """For a terminal."""
        found = [f"{self.rows:,} rows read, {self.accepted:,} accepted"]
        found += [f"REJECTED  {line}" for line in self.rejected]
        found += [f"REPAIRED  {line}" for line in self.repaired]
        found += [f"NOTE      {line}" for line in self.notes]
        if not self.rows:
            found.append("REJECTED  the file has no rows")
        return [*found, self.written or "nothing was written"]


def import_file(
    tx: Tx, file: Path, *, level: str, label: str, crs: str | None = None, dry_run: bool = False
) -> Report:
    """Import the regions of one level, or places (level "place"), from a file.

    A row of a region known by its code keeps its id; regions of the same parents that the file no longer has
    end. Raises Invalid when the file as a whole cannot be used.
    """
    tx.actor.require("territory.import")
    if level not in (*LEVELS, "place"):
        raise invalid("level", "import.unknown_level", level=level, known=", ".join((*LEVELS, "place")))
    read = rows(file, crs)
    report = Report(rows=len(read))
    if level == "place":
        places.take(tx, read, label, report, dry_run)
    else:
        _regions(tx, read, level, label, report, dry_run)
    return report


def _regions(tx: Tx, read: Sequence[Row], level: str, label: str, report: Report, dry_run: bool) -> None:
    tx.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('territory_version'))"))
    tx.renew()
    tree = _tree(tx)
    screened = screening.screen(tx, tree, level, read, label)
    report.rejected += screened.rejected
    report.notes += screened.notes
    shapes, moved = _shapes(tx, tree, level, screened, report)
    report.accepted = report.rows - len(report.rejected)
    if not report.ok or dry_run:
        return
    incoming = _with_shapes(level, screened, shapes)
    schematic = bool(tree and tree.header.schematic and level != "grid")
    number = land(
        tx,
        Shipment(label, label, schematic, incoming, screened.ended, moved),
        tx.now.astimezone(_LOCAL).date(),
    )
    detail = {"level": level, "rows": report.rows, "ended": len(screened.ended), "label": label}
    audit.record(tx, "territory.imported", ("territory_version", number), detail)
    report.written = f"version {number} written: {len(incoming):,} regions, {len(screened.ended):,} ended"


def _tree(tx: Tx) -> Directory | None:
    try:
        return directory(tx)
    except Unavailable:
        return None


def _shapes(
    tx: Tx, tree: Directory | None, level: str, screened: screening.Screened, report: Report
) -> tuple[list[Polygons], dict[int, Polygons]]:
    """Exact polygons of the accepted rows, and of existing neighbours whose border had to move for them."""
    drawn = [row for row in screened.rows if row.geometry is not None]
    if not drawn and level != "grid":
        return [[] for _ in screened.rows], {}
    around = screening.neighbours(tx, tree, level, screened) if tree else {}
    names = [row.shown for row in screened.rows] + [f"{tree.ref(i).name} ({i})" for i in around] if tree else [
        row.shown for row in screened.rows
    ]  # fmt: skip
    exact, findings = mosaic.settle([row.geometry for row in screened.rows] + list(around.values()), names)
    size = len(screened.rows)
    for number, reason in sorted(findings.refused.items()):
        report.rejected.append(f"{names[number]} {reason}")
    report.repaired += [f"{names[number]} {what}" for number, what in sorted(findings.repaired.items())]
    report.notes += findings.notes
    changed = {i: exact[size + n] for n, i in enumerate(around) if size + n in findings.repaired}
    return exact[:size], changed


def _with_shapes(level: str, screened: screening.Screened, shapes: Sequence[Polygons]) -> list[Incoming]:
    """Regions with their polygons; a village that has no grids yet gets one that is the whole village."""
    found = [*screened.above]
    for region, shape in zip(screened.incoming, shapes, strict=True):
        key, parent = region.key, region.parent
        if level == "village" and shape:
            found.append(Incoming(key, level, region.name, region.code, parent, None, []))
            if key in screened.without_grids:
                found.append(Incoming(f"{key}-001", "grid", "001 网格", None, key, None, shape))
            continue
        kept = shape if level == "grid" or key in screened.without_grids else []
        found.append(Incoming(key, level, region.name, region.code, parent, region.centre, kept))
    return found


register_messages(
    {
        "import.no_name": (
            "文件中没有名称列 (现有列: {found}; 可用列名: {known})",
            "The file has no column for names (it has: {found}; any of these would do: {known})",
        ),
        "import.no_crs": (
            "{file} 没有写明坐标系, 请用 --crs 指定",
            "{file} does not say its coordinate system: name it with --crs",
        ),
        "import.bad_crs": (
            "坐标系 {crs} 无法使用: {reason}",
            "The coordinate system {crs} cannot be used: {reason}",
        ),
        "import.encoding": (
            "{file} 既不是 UTF-8 也不是 GBK（GB18030）编码：第 {line} 行第 {column} 列无法读出，请另存为 UTF-8 后重试。",
            "{file} is neither UTF-8 nor GBK (GB18030): line {line}, column {column} cannot be read. Save it as UTF-8"
            " and try again.",
        ),
        "import.unreadable": ("无法读取 {file}: {reason}", "{file} cannot be read: {reason}"),
        "import.unknown_level": (
            "没有级别 {level} (可用: {known})",
            "There is no level {level} (there are: {known})",
        ),
    }
)
