"""What the same files give, worked out once: folders, what the checker finds, what they compile to. Pure.

Stored versions and drafts are read with every request; parsing and checking the shipped ones takes half a second.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from chengyun.incidents.contracts import Rulebook
from chengyun.scenarios.checking import Examination, examine_folders
from chengyun.scenarios.compiling import compile_folders
from chengyun.scenarios.folders import Folder, rebuild

_Files = tuple[tuple[str, str], ...]


def folder_of(scenario: str, files: Mapping[str, str]) -> Folder:
    """A folder from stored files; see `rebuild`."""
    return _folder(scenario, tuple(files.items()))


def examined(folders: Sequence[Folder]) -> Examination:
    """The checker's findings in folders that came from `folder_of`."""
    return _examined(_key(folders))


def compiled(folders: Sequence[Folder]) -> Rulebook:
    """The rulebook of folders that came from `folder_of`."""
    return _compiled(_key(folders))


def _key(folders: Sequence[Folder]) -> tuple[tuple[str, _Files], ...]:
    return tuple(sorted((one.label, tuple(one.files.items())) for one in folders))


@lru_cache(maxsize=64)
def _folder(scenario: str, files: _Files) -> Folder:
    return rebuild(dict(files), scenario)


@lru_cache(maxsize=16)
def _examined(scenarios: tuple[tuple[str, _Files], ...]) -> Examination:
    return examine_folders([_folder(*one) for one in scenarios])


@lru_cache(maxsize=16)
def _compiled(scenarios: tuple[tuple[str, _Files], ...]) -> Rulebook:
    return compile_folders([_folder(*one) for one in scenarios])
