"""What the audit records, in words: data/audit_actions.csv, grouped as one looks for it, read once."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources
from itertools import groupby

from chengyun.identity.contracts import AuditAction, AuditGroup

GROUPS: Mapping[str, tuple[str, str]] = {
    "access": ("登录与安全", "Signing in"),
    "people": ("人员、岗位与单位", "People, posts and units"),
    "incidents": ("事件与证据", "Incidents and evidence"),
    "privacy": ("个人信息", "Personal data"),
    "rules": ("规则与日历", "Rules and calendar"),
    "things": ("感知设备", "Things"),
    "exchange": ("对接", "Exchange"),
    "running": ("运行与区划", "Operation and territory"),
}


@cache
def _lines() -> tuple[dict[str, str], ...]:
    """The lines of the table, in its order, which keeps groups together."""
    with (resources.files("chengyun.identity") / "data" / "audit_actions.csv").open(encoding="utf-8") as file:
        return tuple(csv.DictReader(file))


@cache
def names(language: str) -> Mapping[str, str]:
    """action → its name. An action of a feature that is gone has none."""
    return {line["action"]: line["en" if language == "en" else "zh"] for line in _lines()}


def groups(language: str) -> list[AuditGroup]:
    """Everything that may be looked for, by group, in the reader's language."""
    words, place = names(language), int(language == "en")
    return [
        AuditGroup(GROUPS[key][place], [AuditAction(one["action"], words[one["action"]]) for one in lines])
        for key, lines in groupby(_lines(), key=lambda line: line["group"])
    ]
