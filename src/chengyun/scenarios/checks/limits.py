"""Time limits: every category at every level has one for every stage, and every line counts for something."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from fnmatch import fnmatchcase

from chengyun.incidents.contracts import LimitRule, Stage
from chengyun.scenarios.checks.draft import Draft
from chengyun.scenarios.compiling import everywhere
from chengyun.scenarios.compiling import limits as compiled
from chengyun.scenarios.contracts import Finding
from chengyun.scenarios.reading import Entry
from chengyun.scenarios.vocabulary import STAGES, URGENCIES

_Line = tuple[int, LimitRule]  # number of the entry, and one of the rules that it compiles to


def limits(draft: Draft) -> Iterator[Finding]:
    """Every finding of this module."""
    written = [(folder, entry) for folder, entry in draft.entries("limits")]
    anywhere = {folder.id: everywhere(folder, draft.folders) for folder in draft.folders}
    lines = [
        (at, rule)
        for at, (folder, entry) in enumerate(written)
        for rule in compiled(folder, entry, anywhere[folder.id])
    ]
    winners: dict[int, set[int]] = defaultdict(set)  # entry → entries that count where it would
    missing: dict[tuple[str, Stage], list[str]] = defaultdict(list)
    for code in draft.categories:
        about = [(at, rule) for at, rule in lines if fnmatchcase(code, rule.category)]
        for stage in STAGES:
            for level in URGENCIES:
                if not _count(about, stage, level, winners):
                    missing[code, stage].append(level)
    yield from _missing(draft, missing)
    yield from _unreachable([entry for _, entry in written], winners)


def _count(about: list[_Line], stage: Stage, level: str, winners: dict[int, set[int]]) -> bool:
    """Note who counts for one category, stage and level; False when nobody does."""
    fitting = [at for at, rule in about if rule.stage is stage and fnmatchcase(level, rule.level)]
    for at in fitting:
        winners[at].add(fitting[0])
    return bool(fitting)


def _missing(draft: Draft, missing: dict[tuple[str, Stage], list[str]]) -> Iterator[Finding]:
    for _, entry in draft.entries("categories"):
        code = entry.data["code"]
        stages: dict[str, list[str]] = defaultdict(list)  # said once for stages that miss the same levels
        for stage in STAGES:
            stages[", ".join(missing.get((code, stage), ()))].append(stage.value)
        for levels, named in stages.items():
            if levels:
                yield entry.find("limit.missing", category=code, stage=", ".join(named), levels=levels)


def _unreachable(written: list[Entry], winners: dict[int, set[int]]) -> Iterator[Finding]:
    for at, entry in enumerate(written):
        if winners[at] and at not in winners[at]:
            other = ", ".join(str(written[winner].data["id"]) for winner in sorted(winners[at]))
            yield entry.find("limit.unreachable", other=other)
