"""A reorganisation is one file: `plan` lists all that would move, `apply` makes a new version of the territory.

What is open follows through news inside the transaction: CentreCreated, CentreDissolved, then RegionMoved per
town. What the file says happens as a whole or not at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import sqlalchemy as sa

from chengyun.kernel import audit, bulk
from chengyun.kernel.errors import Conflict, register_messages
from chengyun.kernel.transactions import Tx
from chengyun.territory import dated, pinyin, planning, shapes, tables
from chengyun.territory.contracts import (
    CentreCreated,
    CentreDissolved,
    Following,
    Move,
    RegionMoved,
    RegionRef,
    ReorganisationPlanned,
)
from chengyun.territory.directory import Directory, directory
from chengyun.territory.dissolving import dissolved
from chengyun.territory.planning import Outcome, Standing, Town
from chengyun.territory.store import read_rings

_LOCAL = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Plan:
    """A reorganisation worked out against one version: what it changes, which towns change hands, and what
    would follow them as the features above tell it."""

    outcome: Outcome
    version: int
    moves: tuple[Move, ...]
    ids: Mapping[str, int]
    lines_of_followers: list[Following] = field(default_factory=list)

    def lines(self) -> list[str]:
        """For a terminal: everything that changes, one line each."""
        o = self.outcome
        found = [f"{o.label}  {o.effective.isoformat()}  (territory version {self.version})"]
        found += [f"create   {row['name']} ({row['key']})" for row in o.created]
        found += [f"rename   {row['key']} → {row['name']}" for row in o.renamed]
        found += [f"end      {old} → {new}" for old, new in o.ended.items()]
        found += [
            f"move     {move.region.name}: {move.from_centre.name} → {move.to_centre.name}"
            for move in self.moves
        ]
        parents = len(o.towns) - len(self.moves)
        found.append(
            f"{len(self.moves)} towns change hands, {parents} more change their statistical parent only"
        )
        names = {move.region.id: move.region.name for move in self.moves}
        found += [
            f"follow   {names.get(line.region_id, '')}: {line.zh} / {line.en}"
            for line in self.lines_of_followers
        ]
        return found


def plan(tx: Tx, file: Path) -> Plan:
    """Work out a reorganisation file against the newest version. Raises Invalid naming every wrong line."""
    tx.actor.require("territory.reorganise")
    tree, ids = directory(tx), _ids(tx)
    found = planning.outcome(planning.read(file), _standing(tree, ids))
    moves = _moves(tree, ids, found)
    news = ReorganisationPlanned(moves)
    tx.publish(news)
    return Plan(found, tree.header.id, moves, ids, news.lines)


def apply(tx: Tx, plan: Plan) -> int:
    """Carry a plan out; returns the new version's number. Raises Conflict when the territory has changed since
    the plan was made, when the day has not come, or when it lies before the version in force."""
    tx.actor.require("territory.reorganise")
    tx.execute(sa.text("SELECT pg_advisory_xact_lock(hashtext('territory_version'))"))
    tx.renew()
    tree, o = directory(tx), plan.outcome
    if tree.header.id != plan.version:
        raise Conflict("reorganise.stale", planned=plan.version, version=tree.header.id)
    if o.effective > tx.now.astimezone(_LOCAL).date():
        raise Conflict("reorganise.not_yet", effective=o.effective.isoformat())
    if o.effective <= tree.header.valid_from:
        raise Conflict(
            "reorganise.too_early", effective=o.effective.isoformat(), since=tree.header.valid_from
        )
    version = _write_version(tx, tree, o)
    ids = {**plan.ids, **_create(tx, plan.ids, o)}
    _rename(tx, ids, o)
    _reparent(tx, ids, o)
    _govern(tx, plan.moves, ids, o)
    dated.end(tx, [ids[key] for key in o.ended], o.effective)
    tx.renew()
    _write_shapes(tx, version, {i for i in _touched(plan, ids) if directory(tx).below.get(i)})
    _tell(tx, plan, ids, version)
    return version


def _ids(tx: Tx) -> dict[str, int]:
    r = tables.region
    rows = tx.execute(
        sa.select(r.c.key, r.c.id).where(r.c.level.in_(("city", "district", "town")), r.c.valid_to.is_(None))
    )
    return {row.key: row.id for row in rows}


def _standing(tree: Directory, ids: Mapping[str, int]) -> Standing:
    keys = {i: key for key, i in ids.items()}
    towns = {
        key: Town(key, tree.refs[i].name, keys[tree.statistical[i]], keys[tree.above[i]])
        for key, i in ids.items()
        if tree.refs[i].level == "town"
    }
    names = {key: tree.refs[i].name for key, i in ids.items()}
    return Standing(names, {key: tree.refs[i].level for key, i in ids.items()}, towns)


def _moves(tree: Directory, ids: Mapping[str, int], o: Outcome) -> tuple[Move, ...]:
    created = {row["key"]: RegionRef(0, row["level"], row["name"], row["code"]) for row in o.created}
    found = []
    for key, (_, centre) in sorted(o.towns.items()):
        old = tree.refs[tree.above[ids[key]]]
        new = created.get(centre) or tree.refs[ids[centre]]
        if old.id != new.id:
            found.append(Move(tree.refs[ids[key]], old, new))
    return tuple(found)


def _write_version(tx: Tx, tree: Directory, o: Outcome) -> int:
    head = tree.header
    digest = hashlib.sha256(f"{head.digest}{o.digest}".encode()).hexdigest()
    number = head.id + 1
    tx.execute(
        sa.insert(tables.version).values(
            id=number, label=o.label, valid_from=o.effective, source="reorganisation", digest=digest,
            attribution=head.attribution, schematic=head.schematic,
        )
    )  # fmt: skip
    return number


def _create(tx: Tx, ids: Mapping[str, int], o: Outcome) -> dict[str, int]:
    if not o.created:
        return {}
    last = tx.execute(sa.select(sa.func.max(tables.region.c.id))).scalar_one()
    made = {row["key"]: last + n for n, row in enumerate(o.created, start=1)}
    for row in o.created:
        sounds, initials = pinyin.keys(row["name"])
        tx.execute(
            sa.insert(tables.region).values(
                id=made[row["key"]], level=row["level"], kind=row["kind"], key=row["key"], name=row["name"],
                code=row["code"], parent_id=ids[row["parent"]], pinyin=sounds, initials=initials,
                valid_from=o.effective,
            )
        )  # fmt: skip
        dated.remember(tx, made[row["key"]], o.effective)
    return made


def _rename(tx: Tx, ids: Mapping[str, int], o: Outcome) -> None:
    for row in o.renamed:
        sounds, initials = pinyin.keys(row["name"])
        values = {"name": row["name"], "pinyin": sounds, "initials": initials}
        if "code" in row:
            values["code"] = row["code"]
        dated.change(tx, ids[row["key"]], o.effective, values)


def _reparent(tx: Tx, ids: Mapping[str, int], o: Outcome) -> None:
    r = tables.region
    for key, (parent, _) in o.towns.items():
        current = tx.execute(sa.select(r.c.parent_id).where(r.c.id == ids[key])).scalar_one()
        if current != ids[parent]:
            dated.change(tx, ids[key], o.effective, {"parent_id": ids[parent]})


def _govern(tx: Tx, moves: tuple[Move, ...], ids: Mapping[str, int], o: Outcome) -> None:
    g = tables.governance
    towns = {i: key for key, i in ids.items()}
    for move in moves:
        current = sa.and_(g.c.region_id == move.region.id, g.c.valid_to.is_(None))
        tx.execute(sa.update(g).where(current).values(valid_to=o.effective))
        centre = ids[o.towns[towns[move.region.id]][1]]
        tx.execute(sa.insert(g).values(region_id=move.region.id, valid_from=o.effective, centre_id=centre))


def _touched(plan: Plan, ids: Mapping[str, int]) -> set[int]:
    """Centres whose area changes."""
    new = {ids[centre] for _, centre in plan.outcome.towns.values()}
    return new | {move.from_centre.id for move in plan.moves}


def _write_shapes(tx: Tx, version: int, centres: set[int]) -> None:
    """The centres' areas as the exact union of their towns."""
    tree = directory(tx)
    towns = read_rings(tx, version, level="town")
    group = np.array([tree.above[i] if tree.above[i] in centres else -1 for i in towns.ids.tolist()])
    united = dissolved(towns, group)
    rows = [(version, centre, shapes.encode(polygons)) for centre, polygons in sorted(united.items())]
    bulk.insert(tx, "territory_shape", ("version", "region_id", "rings"), rows)


def _tell(tx: Tx, plan: Plan, ids: Mapping[str, int], version: int) -> None:
    o = plan.outcome
    for row in o.created:
        tx.publish(CentreCreated(ids[row["key"]], version))
    for old, new in o.ended.items():
        tx.publish(CentreDissolved(ids[old], ids[new], version))
    tree = directory(tx)
    for move in plan.moves:
        tx.publish(RegionMoved(move.region.id, move.from_centre.id, tree.above[move.region.id], version))
    detail = {
        "label": o.label,
        "effective": o.effective.isoformat(),
        "towns": len(plan.moves),
        "ended": list(o.ended),
    }
    audit.record(tx, "territory.reorganised", ("territory_version", version), detail)


register_messages(
    {
        "reorganise.refused": (
            "调整文件有 {count} 处错误, 未作任何更改",
            "The file has {count} errors; nothing was changed",
        ),
        "reorganise.not_yaml": ("不是有效的 YAML: {reason}", "Not valid YAML: {reason}"),
        "reorganise.schema": ("不符合格式: {reason}", "Does not fit the format: {reason}"),
        "reorganise.key_taken": ("键 {key} 已被使用", "The key {key} is taken already"),
        "reorganise.unknown": ("没有键为 {key} 的 {level}", "There is no {level} with the key {key}"),
        "reorganise.other_name": ("{key} 的名称是{known}, 不是{name}", "{key} is named {known}, not {name}"),
        "reorganise.orphan": (
            "{name} ({key}) 将没有上级: 其上级被撤销",
            "{name} ({key}) would be left without a region above it",
        ),
        "reorganise.other_count": (
            "{key} 调整后管辖 {found} 个镇街, 文件预期 {expected} 个",
            "{key} would govern {found} towns, the file expects {expected}",
        ),
        "reorganise.stale": (
            "方案基于版本 {planned}, 现为版本 {version}, 请重新生成方案",
            "The plan was made for version {planned}, the territory is now at {version}: plan again",
        ),
        "reorganise.not_yet": (
            "调整自 {effective} 起生效, 尚未到期",
            "It takes effect on {effective}, which has not come",
        ),
        "reorganise.too_early": (
            "生效日 {effective} 不晚于现行版本的 {since}",
            "The effective day {effective} is not after {since}, when the version in force began",
        ),
    }
)
