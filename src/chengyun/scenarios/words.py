"""The words that forms offer: kinds of unit with their levels, clocks, stages, facts, moves. Data for the screen."""

from __future__ import annotations

from dataclasses import dataclass

from chengyun.identity.kinds import UNIT_KINDS
from chengyun.incidents.rules import TABLE
from chengyun.scenarios.compiling import CLOCKS
from chengyun.scenarios.vocabulary import (
    CENTRES,
    CHANNELS,
    EVENTS,
    LEVELS,
    MESSAGE_FIELDS,
    STAGES,
    URGENCIES,
    kind_levels,
)


@dataclass(frozen=True, slots=True)
class UnitKindWord:
    kind: str
    zh: str
    en: str
    levels: list[str]


@dataclass(frozen=True, slots=True)
class MoveWord:
    move: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class RulesVocabulary:
    """What may be chosen in a form; every list in the order in which it is offered."""

    kinds: list[UnitKindWord]
    moves: list[MoveWord]
    stages: list[str]
    levels: list[str]
    centres: list[str]
    unit_levels: list[str]
    channels: list[str]
    events: list[str]
    clocks: list[str]
    message_fields: list[str]


def vocabulary() -> RulesVocabulary:
    """The same for everybody."""
    kinds = [
        UnitKindWord(one.kind, next(reversed(one.suffix.values())), one.name_en, list(kind_levels(one.kind)))
        for one in UNIT_KINDS
    ]
    return RulesVocabulary(
        kinds=kinds,
        moves=[MoveWord(row.name, row.zh, row.en) for row in TABLE],
        stages=[str(stage) for stage in STAGES],
        levels=list(URGENCIES),
        centres=list(CENTRES),
        unit_levels=list(LEVELS),
        channels=list(CHANNELS),
        events=list(EVENTS),
        clocks=[name for name in CLOCKS if not name.isascii()],
        message_fields=list(MESSAGE_FIELDS),
    )
