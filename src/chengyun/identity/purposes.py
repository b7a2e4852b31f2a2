"""Which personal data is kept for what, how long, and on what ground: data/purposes.yaml, read once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib import resources
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Purpose:
    """One line. `days` count from the moment that `since` names (ended, uploaded, created, request); None: no period.
    `then`: erase | mask | delete | keep; `by`: the job that does it, or the route by which it is asked for."""

    key: str
    zh: str
    en: str
    where: str
    purpose_zh: str
    purpose_en: str
    legal_zh: str
    legal_en: str
    since: str
    days: int | None
    then: str
    by: str


@cache
def purposes() -> tuple[Purpose, ...]:
    """All of them, in the order of the file. ValueError for an action that nothing does."""
    text = (resources.files("chengyun.identity") / "data" / "purposes.yaml").read_text(encoding="utf-8")
    found = tuple(_purpose(cells) for cells in yaml.safe_load(text))
    for one in found:
        if one.then not in ("erase", "mask", "delete", "keep"):
            raise ValueError(f"{one.key}: nothing does {one.then!r}")
    return found


def _purpose(cells: dict[str, Any]) -> Purpose:
    given = {**cells, "since": cells["from"]}
    del given["from"]
    return Purpose(**given)


def kept_for(key: str) -> timedelta:
    """How long a purpose lasts. KeyError for one that is not in the file, ValueError where it has no period."""
    found = {one.key: one for one in purposes()}[key]
    if found.days is None:
        raise ValueError(f"{key} has no period")
    return timedelta(days=found.days)
