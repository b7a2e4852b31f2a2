"""Compiles folders to the Rulebook that incidents run by. Pure: the same files give the same digest.

Order matters, because the first match counts: a scenario that needs another comes before it, so that the particular
(muck trucks) is asked before the general (city management).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from itertools import product
from typing import Any

from chengyun.incidents.contracts import (
    Category,
    DutyLine,
    Level,
    LimitRule,
    MessageTemplate,
    RoutingRule,
    Rulebook,
    Stage,
    UnitRef,
)
from chengyun.kernel.clock import Clock, Limit
from chengyun.scenarios.folders import Folder
from chengyun.scenarios.reading import Entry

CLOCKS = {
    "紧急工作时": Clock.URGENT,
    "工作时": Clock.WORKING_HOURS,
    "工作日": Clock.WORKING_DAYS,
    "自然日": Clock.CALENDAR_DAYS,
    "urgent hours": Clock.URGENT,
    "working hours": Clock.WORKING_HOURS,
    "working days": Clock.WORKING_DAYS,
    "calendar days": Clock.CALENDAR_DAYS,
}
CENTRES = ("town", "district", "city")
YELLOW = 0.75
ESCALATE = (1.25, 1.5, 2.0)


def ordered(folders: Sequence[Folder]) -> list[Folder]:
    """Those that need others first; otherwise by id. Loops are the checker's business: they end by id."""
    left = sorted(folders, key=lambda one: one.id)
    done: list[Folder] = []
    while left:
        free = [one for one in left if not any(one.id in other.needs for other in left if other is not one)]
        done += free or left
        left = [one for one in left if one not in done]
    return done


def digest(files: Mapping[str, str]) -> str:
    """SHA-256 over names and contents, in name order."""
    text = json.dumps(sorted(files.items()), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def compile_folders(folders: Sequence[Folder]) -> Rulebook:
    """The rulebook of these folders, which have passed the checker. One that has signs only is no part of it."""
    line = ordered([one for one in folders if one.ruled])
    return Rulebook(
        digest=digest({one.id: digest(one.files) for one in line}),
        versions={one.id: one.version for one in line},
        categories=tuple(category(one, entry) for one in line for entry in one.entries["categories"]),
        limits=tuple(rule for one in line for rule in limits_of(one, line)),
        routing=tuple(routing_rule(one, entry) for one in line for entry in one.entries["routing"]),
        duties=tuple(duty for one in line for entry in one.entries["duties"] for duty in duties(entry)),
        messages=tuple(told for one in line for entry in one.entries["messages"] for told in messages(entry)),
    )


def category(folder: Folder, entry: Entry) -> Category:
    data = entry.data
    group = data.get("group") or data["name"]
    return Category(
        code=data["code"],
        name_zh=data["name"]["zh"],
        name_en=data["name"]["en"],
        group_zh=group["zh"],
        group_en=group["en"],
        level=Level(data["level"]),
        scenario=folder.id,
        intake=data.get("intake", "town"),
        public=data.get("public", False),
        hints=tuple(data["hints"]),
        evidence=tuple(folder.evidence[name]["zh"] for name in data["evidence"] if name in folder.evidence),
    )


def many(value: Any, missing: str = "*") -> list[str]:
    """One, many or none written in a file, as a list."""
    return [missing] if value is None else [value] if isinstance(value, str) else list(value)


def reach(folder: Folder, folders: Sequence[Folder]) -> set[str]:
    """The scenarios that a line without a category speaks for: its own and those that need it."""
    found = {folder.id}
    while more := {one.id for one in folders if found & set(one.needs)} - found:
        found |= more
    return found


def everywhere(folder: Folder, folders: Sequence[Folder]) -> list[str]:
    """The globs that "no category named" stands for: "*", unless there are scenarios that it does not reach."""
    inside: list[tuple[str, str]] = []
    outside: list[tuple[str, str]] = []
    within = reach(folder, folders)
    for one in folders:
        codes = [
            (entry.data["code"], entry.data.get("group_code", "")) for entry in one.entries["categories"]
        ]
        (inside if one.id in within else outside).extend(codes)
    if not outside:
        return ["*"]
    globs = [f"{group}*" if _alone(code, group, outside) else code for code, group in inside]
    return list(dict.fromkeys(globs))


def _alone(code: str, group: str, others: Sequence[tuple[str, str]]) -> bool:
    """The glob of a category's group holds the category and none of the others."""
    apart = not any(fnmatchcase(other, f"{group}*") for other, _ in others)
    return bool(group) and code.startswith(group) and apart


def limits_of(folder: Folder, folders: Sequence[Folder]) -> Iterator[LimitRule]:
    """The limits of one scenario among those that are used together."""
    anywhere = everywhere(folder, folders)
    for entry in folder.entries["limits"]:
        yield from limits(folder, entry, anywhere)


def limits(folder: Folder, entry: Entry, anywhere: Sequence[str]) -> Iterator[LimitRule]:
    """A line with several categories or levels becomes several rules with the same id."""
    data = entry.data
    amount, _, clock = str(data["limit"]).partition(" ")
    globs = many(data["category"]) if "category" in data else anywhere
    for glob, level in product(globs, many(data.get("level"))):
        yield LimitRule(
            id=f"{folder.id}/{data['id']}",
            category=glob,
            level=level,
            stage=Stage(data["stage"]),
            limit=Limit(float(amount), CLOCKS[clock]),
            yellow=float(data.get("yellow") or folder.defaults.get("yellow", YELLOW)),
            escalate=tuple(map(float, data.get("escalate") or folder.defaults.get("escalate", ESCALATE))),
        )


def routing_rule(folder: Folder, entry: Entry) -> RoutingRule:
    data = entry.data
    down = data.get("assign_down") or ()
    return RoutingRule(
        id=data["id"],
        scenario=folder.id,
        why_zh=data["why"]["zh"],
        why_en=data["why"]["en"],
        when=condition(data["when"]),
        lead=unit(data["lead"]),
        assist=tuple(unit(one) for one in data.get("assist") or ()),
        assign_down=tuple(unit(one) for one in ([down] if isinstance(down, Mapping) else down)),
        auto=bool(data.get("auto", False)),
        source=f"{folder.id}/{entry.file.rsplit('/', 1)[-1]}:{entry.line()}",
    )


def unit(data: Mapping[str, str]) -> UnitRef:
    return UnitRef(data["unit"], data["level"], data.get("of", "place"))


def condition(when: Mapping[str, Any]) -> dict[str, object]:
    """What is written for people, as the routing of incidents reads it: "< 100" becomes {"<": 100}."""
    found: dict[str, object] = {}
    for key, value in when.items():
        if key in ("any", "all"):
            found[key] = [condition(part) for part in value]
        elif key == "not":
            found[key] = condition(value)
        elif key in ("returns", "border_m") and isinstance(value, str):
            sign, _, bound = value.partition(" ")
            found[key] = {sign: float(bound)}
        else:
            found[key] = value
    return found


def duties(entry: Entry) -> Iterator[DutyLine]:
    """One line of the matrix per level of centre that has a cell."""
    for level in CENTRES:
        cell = entry.data.get(level)
        if cell:
            yield DutyLine(
                category=entry.data["category"],
                level=level,
                lead=cell["lead"],
                assist=tuple(cell.get("assist") or ()),
                assign_down=tuple(cell.get("assign_down") or ()),
                clause=entry.data["clause"],
            )


def messages(entry: Entry) -> Iterator[MessageTemplate]:
    """A message for several categories becomes several templates."""
    data = entry.data
    for glob in many(data.get("category")):
        yield MessageTemplate(data["step"], data["audience"], data["zh"], data["en"], glob)
