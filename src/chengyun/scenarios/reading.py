"""YAML with line numbers: every value remembers where it stands, so that a finding can say file:line. Pure.

The format is a small, safe part of YAML: no anchors, no tags, no keys twice; and
none of the surprises of YAML 1.1: 0404 and 22:00 are text, `no` is text, only true, false and plain numbers are not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from chengyun.scenarios.contracts import Finding
from chengyun.scenarios.findings import finding

Path = tuple[str | int, ...]
MAX_BYTES = 2_000_000
_INT = re.compile(r"^-?(0|[1-9]\d*)$")
_FLOAT = re.compile(r"^-?\d+\.\d+$")
_WORDS: dict[str, object] = {"true": True, "false": False, "null": None, "~": None, "": None}
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Document:
    """One parsed file: plain data, and the line (from 1) of every value by its path."""

    file: str
    data: Any
    lines: Mapping[Path, int] = field(default_factory=dict)

    def line(self, *path: str | int) -> int:
        """The line of the value at `path`, or of the nearest thing around it."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return 1


class _Reader:
    """Turns nodes into data; collects lines and findings."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Path, int] = {}
        self.findings: list[Finding] = []
        self._seen: set[int] = set()

    def value(self, node: yaml.Node, path: Path) -> object:
        line = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        if id(node) in self._seen:
            self.findings.append(finding("yaml.alias", self.file, line))
            return None
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, at)) for at, item in enumerate(node.value)]
        return _scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, object]:
        found: dict[str, object] = {}
        for key_node, value_node in node.value:
            key, line = str(key_node.value), key_node.start_mark.line + 1
            if key in found:
                self.findings.append(finding("yaml.duplicate_key", self.file, line, key=key))
                continue
            self.lines[(*path, key)] = line
            found[key] = self.value(value_node, (*path, key))
        return found


def _scalar(node: yaml.Node) -> object:
    """Text unless it is plainly a number, a truth value or nothing; YAML 1.1's 22:00 = 1320 does not happen."""
    text = str(node.value)
    if getattr(node, "style", None) in ("'", '"', "|", ">"):  # quoted or a block: text as it stands
        return text
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _INT.match(text):
        return int(text)
    return float(text) if _FLOAT.match(text) else text


def data_of(node: yaml.Node) -> Any:
    """A node as plain data."""
    return _Reader("").value(node, ())


def read(text: str, file: str) -> tuple[Document | None, list[Finding]]:
    """Parse one file. The document is None when it is not YAML at all."""
    try:
        if len(text) > MAX_BYTES:
            raise yaml.YAMLError(f"more than {MAX_BYTES} bytes")
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = str(getattr(error, "problem", None) or error)
        return None, [finding("yaml.syntax", file, mark.line + 1 if mark else 1, problem=problem)]
    except RecursionError:
        return None, [finding("yaml.syntax", file, 1, problem="nested too deeply")]
    reader = _Reader(file)
    data = reader.value(node, ()) if node is not None else None
    return Document(file, data, reader.lines), reader.findings


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a scenario (a category, a rule, a line …) with the place where it stands."""

    data: Mapping[str, Any]
    document: Document
    path: Path

    @property
    def file(self) -> str:
        return self.document.file

    def line(self, *path: str | int) -> int:
        return self.document.line(*self.path, *path)

    def find(self, code: str, *path: str | int, **params: object) -> Finding:
        """A finding at this entry, or at the value `path` inside it."""
        found = finding(code, self.file, self.line(*path), **params)
        return replace(found, field=".".join(map(str, path)))


def entries(document: Document, *path: str | int) -> list[Entry]:
    """The entries of the list at `path`; what is not a mapping is left to the schema."""
    items: Any = document.data
    for part in path:
        items = items.get(part) if isinstance(items, Mapping) else _item(items, part)
    if not isinstance(items, Sequence) or isinstance(items, str):
        return []
    return [Entry(item, document, (*path, at)) for at, item in enumerate(items) if isinstance(item, Mapping)]


def _item(items: object, at: str | int) -> object:
    if isinstance(items, Sequence) and not isinstance(items, str) and isinstance(at, int) and at < len(items):
        return items[at]
    return None
