"""Shapes of rules on screen: sheets, drafts, differences, reviews, history. Times are UTC and aware."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from chengyun.incidents.trial.comparing import RulesComparison
from chengyun.kernel.errors import register_messages

Part = Literal["categories", "limits", "duties", "routing", "messages"]
PARTS: tuple[Part, ...] = ("categories", "limits", "duties", "routing", "messages")
AnyPart = Literal[
    "categories", "limits", "duties", "routing", "messages", "kinds", "domains", "lists", "signs", "templates"
]
ANY_PART: tuple[AnyPart, ...] = (
    *PARTS,
    "kinds",
    "domains",
    "lists",
    "signs",
    "templates",
)  # those that are not edited on screen last
READ, EDIT, PUBLISH = "rules.read", "rules.edit", "rules.publish"


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """One entry as the form shows it. `key` tells it apart within its part; `file` and `line` say where it stands."""

    key: str
    file: str
    line: int
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """A major class, into which a new category goes."""

    code: str
    zh: str
    en: str
    intake: str


@dataclass(frozen=True, slots=True)
class RuleSheet:
    """A scenario as tables: the version in force, another stored one, or the draft."""

    scenario: str
    name_zh: str
    name_en: str
    version: str
    digest: str
    groups: list[RuleGroup]
    evidence: dict[str, dict[str, str]]
    parts: dict[str, list[RuleEntry]]


@dataclass(frozen=True, slots=True)
class RuleDraft:
    """What is being changed: who began it, who touched it last, and whether it still stands on what is in force."""

    scenario: str
    base: int
    revision: int
    begun_at: datetime
    begun_by: str
    changed_at: datetime
    changed_by: str
    behind: bool
    sheet: RuleSheet
    changes: list[RuleChange]
    findings: list[RuleFinding]


@dataclass(frozen=True, slots=True)
class RulesInUse:
    """One line of the list: what is in force, whether somebody is changing it, whether something waits."""

    scenario: str
    name_zh: str
    name_en: str
    version: str
    number: int
    digest: str
    since: datetime
    by: str
    draft_by: str | None
    waiting: int
    can_undo: bool


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of a draft. put: `key` None adds one (a category into `group`); move: before `before` (None: last)."""

    do: Literal["put", "remove", "move"]
    part: Part
    key: str | None = None
    data: dict[str, Any] | None = None
    before: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True)
class RuleFieldChange:
    """One field of a changed entry as text; None where it was or is not there."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class RuleChange:
    """An entry that was added, removed, changed or moved; `zh` and `en` say it in a sentence."""

    part: AnyPart
    key: str
    kind: Literal["added", "removed", "changed", "moved"]
    fields: list[RuleFieldChange]
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class RuleFinding:
    """A finding of the checker with the entry and the field of the form that it concerns, where one can be told.

    severity: "error" keeps the draft from being published, "warning" is to be read.
    """

    severity: Literal["error", "warning"]
    part: str | None
    key: str | None
    field: str | None
    file: str
    line: int
    code: str
    text: str
    remedy: str


@dataclass(frozen=True, slots=True)
class RuleReview:
    """Everything to know before publishing: the checker's findings, the proof, what changes, what it would have done."""

    revision: int
    findings: list[RuleFinding]
    proof: str | None
    changes: list[RuleChange]
    effects: RulesComparison | None  # None while there are errors: such rules cannot be run


@dataclass(frozen=True, slots=True)
class RuleEvent:
    """A line of a scenario's history. `publication` is the one that waits for a decision, where it does."""

    at: datetime
    by: str
    what: Literal["installed", "published", "waiting", "refused", "undone"]
    number: int
    version: str
    digest: str
    reason: str
    publication: int | None = None


@dataclass(frozen=True, slots=True)
class RulesPublished:
    """state: "adopted" counts from now on, "waiting" needs a second person."""

    publication: int
    state: str
    number: int
    version: str
    digest: str


register_messages(
    {
        "scenarios.city_only": (
            "规则适用于全市，由市级人员修改。",
            "The rules are the whole city's: a post at the city changes them.",
        ),
        "scenarios.no_draft": ("没有正在修改的草稿。", "There is no draft."),
        "scenarios.draft_changed": (
            "草稿已被 {who} 修改，请先刷新。",
            "{who} has changed the draft; reload it first.",
        ),
        "scenarios.draft_behind": (
            "现行版本在草稿开始后已变更，请放弃草稿后重新修改。",
            "The version in force has changed since this draft began; discard it and begin again.",
        ),
        "scenarios.no_entry": ("没有编号为 {key} 的条目。", "There is no entry {key}."),
        "scenarios.same_key": ("编号 {key} 已经有了。", "{key} exists already."),
        "scenarios.other_file": (
            "两个条目写在不同的文件里，不能互换位置。",
            "The two entries stand in different files; their order cannot be changed.",
        ),
        "scenarios.unchanged": ("草稿与现行版本没有不同。", "The draft says what is in force already."),
        "scenarios.no_publication": ("没有这次发布。", "There is no such publication."),
        "scenarios.decided": ("这次发布已有结论。", "This publication has been decided already."),
        "scenarios.second_person": (
            "须由提交人以外的人审批。",
            "Somebody other than who submitted it has to approve.",
        ),
        "scenarios.reason_needed": ("请写明理由。", "Say why."),
    }
)
