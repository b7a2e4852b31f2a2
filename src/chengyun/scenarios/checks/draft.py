"""What is checked: all folders together, and what they compile to. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property

from chengyun.incidents.contracts import Category, Rulebook
from chengyun.scenarios.compiling import compile_folders, many, ordered
from chengyun.scenarios.folders import Folder
from chengyun.scenarios.reading import Entry


@dataclass(frozen=True)
class Draft:
    """Folders that fit the schema (overlays merged), in the order in which they are asked."""

    folders: Sequence[Folder]

    @cached_property
    def rulebook(self) -> Rulebook:
        return compile_folders(self.folders)

    @cached_property
    def categories(self) -> dict[str, Category]:
        return {one.code: one for one in self.rulebook.categories}

    def entries(self, part: str) -> Iterator[tuple[Folder, Entry]]:
        """The entries of a part over all folders, in the order of the rulebook."""
        for folder in ordered(self.folders):
            for entry in folder.entries[part]:
                yield folder, entry

    def matching(self, glob: str) -> list[Category]:
        return [one for code, one in self.categories.items() if fnmatchcase(code, glob)]


def globs_of(entry: Entry) -> list[str]:
    """The category globs that a limit, a rule or a duty line names; "*" when it names none."""
    return many((entry.data.get("when") or entry.data).get("category"))
