"""What changes between two versions of a scenario, in words that an officer reads. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chengyun.scenarios.contracts_rules import ANY_PART, AnyPart, RuleChange, RuleFieldChange
from chengyun.scenarios.editing import name_of, own_data
from chengyun.scenarios.folders import Folder
from chengyun.scenarios.reading import Entry

_PARTS: dict[str, tuple[str, str]] = {
    "categories": ("类别", "category"),
    "limits": ("时限", "time limit"),
    "duties": ("权责", "duty"),
    "routing": ("分拨规则", "routing rule"),
    "messages": ("消息", "message"),
    "kinds": ("设备种类", "kind of thing"),
    "domains": ("体征领域", "domain"),
    "lists": ("取值表", "list"),
    "signs": ("体征", "sign"),
    "templates": ("体征模板", "template"),
}
_FIELDS: dict[str, tuple[str, str]] = {
    "code": ("编码", "code"),
    "name": ("名称", "name"),
    "level": ("级别", "level"),
    "intake": ("受理层级", "intake"),
    "hints": ("提示词", "words"),
    "evidence": ("证据", "evidence"),
    "id": ("编号", "id"),
    "category": ("类别", "category"),
    "stage": ("环节", "stage"),
    "limit": ("时限", "limit"),
    "yellow": ("黄灯", "yellow lamp"),
    "escalate": ("上报", "escalation"),
    "clause": ("条款", "clause"),
    "task": ("事项", "task"),
    "town": ("镇街", "town"),
    "district": ("区县", "district"),
    "city": ("市", "city"),
    "why": ("理由", "reason"),
    "when": ("条件", "conditions"),
    "lead": ("主办", "lead"),
    "assist": ("协办", "assist"),
    "assign_down": ("交办", "assigned down"),
    "auto": ("自动分拨", "sent at once"),
    "step": ("动作", "move"),
    "audience": ("对象", "audience"),
    "zh": ("中文", "Chinese"),
    "en": ("英文", "English"),
}
_IN_ORDER = ("limits", "routing")  # the first match counts


def differences(before: Folder, after: Folder) -> list[RuleChange]:
    """Entry by entry, in the order of the parts: removed, added, changed, moved."""
    return [change for part in ANY_PART for change in _part(part, before.entries[part], after.entries[part])]


def _part(part: AnyPart, before: Sequence[Entry], after: Sequence[Entry]) -> Iterator[RuleChange]:
    old = {name_of(part, entry): own_data(part, entry) for entry in before}
    new = {name_of(part, entry): own_data(part, entry) for entry in after}
    for key in old:
        if key not in new:
            yield _whole(part, key, "removed", old[key], {})
    for key in new:
        if key not in old:
            yield _whole(part, key, "added", {}, new[key])
        elif old[key] != new[key]:
            yield _changed(part, key, _fields(old[key], new[key]))
    if part in _IN_ORDER:
        yield from _moved(part, [key for key in old if key in new], [key for key in new if key in old])


def _fields(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[RuleFieldChange]:
    names = [name for name in dict.fromkeys([*old, *new]) if old.get(name) != new.get(name)]
    return [RuleFieldChange(name, shown(old.get(name)), shown(new.get(name))) for name in names]


def _whole(part: AnyPart, key: str, kind: Any, old: Mapping[str, Any], new: Mapping[str, Any]) -> RuleChange:
    zh, en = _PARTS[part]
    what = {"added": ("新增", "New"), "removed": ("删除", "Removed")}[kind]
    return RuleChange(part, key, kind, _fields(old, new), f"{what[0]}{zh} {key}", f"{what[1]} {en} {key}")


def _changed(part: AnyPart, key: str, fields: list[RuleFieldChange]) -> RuleChange:
    zh = "；".join(f"{_named(f.field, 0)}{f.before or '无'} → {f.after or '无'}" for f in fields)
    en = "; ".join(f"{_named(f.field, 1)}{f.before or 'none'} → {f.after or 'none'}" for f in fields)
    name_zh, name_en = _PARTS[part]
    return RuleChange(part, key, "changed", fields, f"{name_zh} {key}：{zh}", f"{name_en} {key}: {en}")


def _named(field: str, language: int) -> str:
    return f"{_FIELDS.get(field, (field, field))[language]} "


def _moved(part: AnyPart, old: Sequence[str], new: Sequence[str]) -> Iterator[RuleChange]:
    """What has to be moved to come from one order to the other: all but a longest run that stays in order."""
    stay = set(_in_order([old.index(key) for key in new]))
    zh, en = _PARTS[part]
    for at, key in enumerate(new):
        if old.index(key) not in stay:
            ahead = f"{new[at - 1]} 之后" if at else "最前"
            after = f"after {new[at - 1]}" if at else "to the front"
            yield RuleChange(part, key, "moved", [], f"{zh} {key} 移到{ahead}", f"{en} {key} moved {after}")


def _in_order(numbers: Sequence[int]) -> list[int]:
    """A longest increasing run among them."""
    best: list[list[int]] = []
    for number in numbers:
        runs = [run for run in best if run[-1] < number]
        best.append([*max(runs, key=len, default=[]), number])
    return max(best, key=len, default=[])


def shown(value: object) -> str | None:
    """A value of an entry as one line of text."""
    if value is None:
        return None
    if isinstance(value, Mapping):
        if set(value) == {"zh", "en"}:
            return f"{value['zh']} / {value['en']}"
        return "，".join(f"{key}: {shown(one)}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return "、".join(str(shown(one)) for one in value)
    if isinstance(value, bool):
        return "✓" if value else "—"
    return f"{value:g}" if isinstance(value, float) else str(value)
