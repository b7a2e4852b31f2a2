"""What a probe of the isolation walk is, and how it is filled with the ids and marks of a case.

`{incident}`, `{order}`, … are filled from a case of the cast; `missing` is the same for what does not exist.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.web.support import Case, Hub, Register

NOWHERE = 987_654_321  # an id that nothing has


@dataclass(frozen=True, slots=True)
class About:
    """A request about one incident: for whom it is hidden, the answer is that of one that does not exist."""

    method: str
    path: str
    body: Any = None
    need: str = "incident"  # the id that the case must have
    control: bool = True  # also asked about incidents that one may see
    seen: frozenset[int] = frozenset({200, 201, 204, 403, 409, 422})  # answers to those who may see it


@dataclass(frozen=True, slots=True)
class Listing:
    """A request that answers with many: none of the hidden incidents leaves a trace in it."""

    path: str
    params: tuple[str, ...] = ("",)
    shows: bool = False  # whoever gets 200 finds a trace of every incident that they may see


@dataclass(frozen=True, slots=True)
class Public:
    """A request that has nothing to do with incidents; it is made all the same."""

    method: str
    path: str
    body: Any = None


@dataclass(frozen=True, slots=True)
class Apart:
    """Proved by a test of its own, which is named."""

    test: str


Probe = About | Listing | Public | Apart


@dataclass(slots=True)
class Filler:
    """Fills requests with the ids and marks of a case."""

    hub: Hub
    register: Register
    places: Mapping[str, str]
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)

    def values(self, name: str) -> dict[str, Any]:
        """Everything that a request may name of a case."""
        if name not in self.kept:
            case: Case = self.register.cases[name]
            district, town, *_ = self.places[name].split("/")
            self.kept[name] = {
                "incident": case.id, "report": case.report, "attachment": case.attachment, "mark": case.mark,
                "number": case.number, "lon": case.lon, "lat": case.lat,
                "order": case.orders[0] if case.orders else None,
                "unit": case.units[0] if case.units else self.hub.unit("centre", f"{district}/{town}"),
                "thing": self.register.things[name], "stream": self.register.streams[name],
                "alarm": self.register.alarms[name],
                "town": self.hub.regions[f"{district}/{town}"], "district": self.hub.regions[district],
            }  # fmt: skip
        return self.kept[name]

    def missing(self, name: str) -> dict[str, Any]:
        """The same for an incident that does not exist."""
        gone = dict.fromkeys(
            ("incident", "report", "attachment", "order", "thing", "stream", "alarm"), NOWHERE
        )
        return {**self.values(name), **gone}


def filled(body: Any, values: Mapping[str, Any]) -> Any:
    """A body with "{name}" replaced by its value, numbers staying numbers."""
    if isinstance(body, dict):
        return {key: filled(value, values) for key, value in body.items()}
    if isinstance(body, list):
        return [filled(value, values) for value in body]
    if isinstance(body, str) and body.startswith("{"):
        return values[body[1:-1]]
    return body


def told(answer: httpx.Response, asked: object) -> tuple[int, str]:
    """An answer without what differs by nature: the id that was asked for, the reference number."""
    text = re.sub(r'"reference": ?"[0-9a-f]+"', '"reference":""', answer.text)
    return answer.status_code, re.sub(rf"(?<!\d){asked}(?!\d)", "ID", text)
