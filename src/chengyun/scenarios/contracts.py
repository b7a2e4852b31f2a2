"""What others may see of scenarios: findings of the checker, versions, adoptions. Times are UTC and aware."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chengyun.kernel.errors import register_messages


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong in a scenario folder: where, what (zh, en), and what to do about it (zh, en).

    `field` is the field of the entry that it is about, dotted; empty where it is about the whole.
    """

    file: str
    line: int
    code: str
    zh: str
    en: str
    remedy: str
    remedy_en: str
    field: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.code}: {self.zh} {self.remedy} / {self.en} {self.remedy_en}"


@dataclass(frozen=True, slots=True)
class TownKind:
    """Towns that are alike for routing: `place` is urban or rural, `villages` whether the town has any."""

    place: str
    villages: bool
    towns: int


@dataclass(frozen=True, slots=True)
class Proof:
    """Coverage: pairs of category × town, how many reach a unit that exists, and the cases tried for it."""

    categories: int
    towns: int
    reached: int
    cases: int

    @property
    def pairs(self) -> int:
        return self.categories * self.towns

    def __str__(self) -> str:
        return (
            f"{self.categories} 类 × {self.towns:,} 镇街 = {self.pairs:,} 对，{self.reached:,} 对能找到存在的单位"
            f"（试算 {self.cases:,} 种情形） / {self.categories} categories × {self.towns:,} towns ="
            f" {self.pairs:,} pairs, {self.reached:,} reach a unit that exists ({self.cases:,} cases tried)"
        )


@dataclass(frozen=True, slots=True)
class Version:
    """One stored version of a scenario; `digest` is the SHA-256 of its files."""

    id: int
    scenario: str
    version: str
    digest: str
    name_zh: str
    name_en: str
    stored_at: datetime
    adopted: bool


@dataclass(frozen=True, slots=True)
class Adoption:
    """A centre takes a version into use; `undone` when it was rolled back."""

    id: int
    scenario: str
    centre: int
    version: int
    adopted_by: str
    at: datetime
    undone: datetime | None


@dataclass(frozen=True, slots=True)
class ScenarioFiles:
    """A version with its files: name relative to the folder → text, as they can be written back."""

    version: Version
    files: dict[str, str]
    adoptions: list[Adoption]


register_messages(
    {
        "scenarios.unknown": ("没有名为 {scenario} 的场景。", "There is no scenario called {scenario}."),
        "scenarios.finding": ("{zh} {remedy}", "{en} {remedy_en}"),
        "scenarios.nothing_to_undo": (
            "场景 {scenario} 没有可以退回的版本。",
            "Scenario {scenario} has no version to go back to.",
        ),
    }
)
