"""Things that would go round for ever: scenarios that need each other, assigning upwards, sending back down what was
escalated, shares of escalation that do not increase."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from chengyun.scenarios.checks.draft import Draft
from chengyun.scenarios.compiling import many
from chengyun.scenarios.contracts import Finding
from chengyun.scenarios.reading import Entry
from chengyun.scenarios.vocabulary import CENTRES, LEVELS


def loops(draft: Draft) -> Iterator[Finding]:
    """Every finding of this module."""
    yield from _needs(draft)
    for _, entry in draft.entries("routing"):
        yield from _assigned_upwards(entry)
        yield from _sent_back(entry)
    for folder, entry in draft.entries("limits"):
        yield from _steps(entry, entry.data.get("escalate") or folder.defaults.get("escalate") or ())


def _needs(draft: Draft) -> Iterator[Finding]:
    known = {folder.id: folder for folder in draft.folders}
    for folder in draft.folders:
        for at, need in enumerate(folder.needs):
            where: tuple[str | int, ...] = ("needs", "scenarios", at)
            if need not in known:
                yield folder.meta.find("needs.unknown", *where, value=need)
                continue
            way = _way(known, need, folder.id)
            if way and folder.id == min(way):  # said once per loop
                yield folder.meta.find("needs.loop", *where, path=" → ".join((folder.id, *way)))


def _way(known: Mapping[str, Any], start: str, goal: str) -> tuple[str, ...]:
    """The shortest way along `needs` from start to goal, both included; empty when there is none."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen = {start}
    for way in ways:
        if way[-1] == goal:
            return way
        for need in known[way[-1]].needs if way[-1] in known else ():
            if need not in seen:
                seen.add(need)
                ways.append((*way, need))
    return ()


def _assigned_upwards(entry: Entry) -> Iterator[Finding]:
    """What is assigned down goes to a level below every centre that may own the incident."""
    owners = many(entry.data["when"].get("owner"), entry.data["lead"]["level"])
    down = entry.data.get("assign_down") or []
    for ref in [down] if isinstance(down, Mapping) else down:
        for owner in owners:
            if LEVELS.index(ref["level"]) <= LEVELS.index(owner):
                yield entry.find(
                    "route.loop", "assign_down", rule=entry.data["id"], source=owner, target=ref["level"]
                )
                break


def _sent_back(entry: Entry) -> Iterator[Finding]:
    """A centre that hears of an escalated incident may not give it to a centre below, nor the other way round."""
    when = entry.data["when"]
    events = many(when.get("event"))
    owners = many(when.get("owner")) if "owner" in when else list(CENTRES)
    target = entry.data["lead"]
    if target["unit"] != "centre":
        return
    for owner in owners:
        lower = LEVELS.index(target["level"]) > LEVELS.index(owner)
        if ("escalated" in events and lower) or ("assigned-down" in events and not lower) or events == ["*"]:
            yield entry.find(
                "route.loop", "lead", rule=entry.data["id"], source=owner, target=target["level"]
            )
            return


def _steps(entry: Entry, shares: Sequence[float]) -> Iterator[Finding]:
    if any(later <= earlier for earlier, later in pairwise(shares)):
        yield entry.find("limit.escalate", "escalate", value=", ".join(map(str, shares)))
