"""Changing one entry of a scenario file and leaving every other line as it stands, comments included. Pure.

The screen edits what people have written: a file that came back reformatted could not be reviewed any more. So the
text is cut at the marks of the YAML nodes, and what is new is written the way its neighbours are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from chengyun.scenarios.reading import Path, data_of

# What may stand without quotes in a flow mapping and is read back as the same text.
_PLAIN = re.compile(
    r"(?:[A-Za-z\u4e00-\u9fff][\w\u4e00-\u9fff.\-]*(?: [\w\u4e00-\u9fff.\-]+)*|\d+(?:\.\d+)? [\u4e00-\u9fffA-Za-z][\u4e00-\u9fffA-Za-z ]*"
    r"|\d+\.\d+\.\d+)"
)
# What YAML takes for a line break, or does not take at all: written as an escape.
_UNSEEN = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Node = yaml.Node


def replace(text: str, path: Path, data: Mapping[str, Any]) -> str:
    """The file with another entry at `path`, in flow or block style as it was; of a block only what differs."""
    node = _at(_root(text), path)
    known = data_of(node)
    if not _is_flow(node) and set(known) == set(data):
        for key in [key for key in known if known[key] != data[key]]:
            text = value(text, (*path, key), data[key])
        return text
    column = node.start_mark.column
    start = node.start_mark.index
    return text[:start] + _entry(data, column, one_line=_is_flow(node)) + text[_end(node) :]


def insert(text: str, path: Path, at: int, data: Mapping[str, Any]) -> str:
    """The file with a new entry in the list at `path`, before the one that stands at `at` (or at the end)."""
    items = _at(_root(text), path)
    if not isinstance(items, yaml.SequenceNode) or not items.value or _is_flow(items):
        return _rewritten(text, items, at, data)
    indent = items.start_mark.column
    like = items.value[min(at, len(items.value) - 1)]
    written = f"{' ' * indent}- {_entry(data, indent + 2, one_line=_is_flow(like))}\n"
    where = _line_start(text, items.value[0]) if at == 0 else _line_end(text, items.value[at - 1])
    if where == len(text) and not text.endswith("\n"):
        written = "\n" + written
    return text[:where] + written + text[where:]


def remove(text: str, path: Path) -> str:
    """The file without the entry at `path`; a comment at the end of its line goes with it."""
    items = _at(_root(text), path[:-1])
    at = int(path[-1])
    node = items.value[at]
    if _is_flow(items):
        kept = [data_of(one) for index, one in enumerate(items.value) if index != at]
        return text[: items.start_mark.index] + flow(kept) + text[_end(items) :]
    if len(items.value) == 1:
        start, end = _line_start(text, node), _line_end(text, node)
        return text[:start] + " " * items.start_mark.column + "[]\n" + text[end:]
    return text[: _line_start(text, node)] + text[_line_end(text, node) :]


def move(text: str, path: Path, to: int) -> str:
    """The file with the entry at `path` moved before the one that stands at `to` now (or to the end)."""
    items = _at(_root(text), path[:-1])
    at = int(path[-1])
    if _is_flow(items):
        order = [index for index in range(len(items.value)) if index != at]
        order.insert(to if to <= at else to - 1, at)
        again = [data_of(items.value[index]) for index in order]
        return text[: items.start_mark.index] + flow(again) + text[_end(items) :]
    start, end = _line_start(text, items.value[at]), _line_end(text, items.value[at])
    lines = text[start:end] if text[start:end].endswith("\n") else text[start:end] + "\n"
    last = to >= len(items.value)
    where = _line_end(text, items.value[-1]) if last else _line_start(text, items.value[to])
    if where <= start:
        return text[:where] + lines + text[where:start] + text[end:]
    gap = "" if text[:where].endswith("\n") else "\n"
    return text[:start] + text[end:where] + gap + lines + text[where:]


def value(text: str, path: Path, new: Any) -> str:
    """The file with another value at `path`, on one line."""
    node = _at(_root(text), path)
    return text[: node.start_mark.index] + flow(new) + text[_end(node) :]


# writing


def flow(data: Any) -> str:
    """Data on one line, as the reader reads it back."""
    if isinstance(data, Mapping):
        inside = ", ".join(f"{_scalar(str(key))}: {flow(one)}" for key, one in data.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(data, Sequence) and not isinstance(data, str):
        return f"[{', '.join(flow(one) for one in data)}]"
    return _scalar(data)


def _scalar(data: object) -> str:
    if data is None:
        return "null"
    if isinstance(data, bool):
        return "true" if data else "false"
    if isinstance(data, float):
        return f"{data:.10f}".rstrip("0").rstrip(".") or "0"
    if isinstance(data, int):
        return str(data)
    text = str(data)
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return _UNSEEN.sub(lambda one: f"\\u{ord(one[0]):04x}", json.dumps(text, ensure_ascii=False))


def _entry(data: Mapping[str, Any], column: int, *, one_line: bool) -> str:
    """One entry: on one line, or a line per field."""
    if one_line:
        return flow(data)
    lines = [f"{_scalar(str(key))}: {flow(one)}" for key, one in data.items()]
    return ("\n" + " " * column).join(lines)


# reading the marks


def _root(text: str) -> Node:
    found = yaml.compose(text, Loader=_LOADER)
    if found is None:
        raise KeyError("an empty file")
    return found


def _at(node: Node, path: Path) -> Node:
    """The node at a path; KeyError where there is none."""
    for part in path:
        inside = _child(node, part)
        if inside is None:
            raise KeyError(path)
        node = inside
    return node


def _child(node: Node, part: str | int) -> Node | None:
    inside: list[Any] = []
    if isinstance(node, yaml.MappingNode):
        inside = [one for key, one in node.value if key.value == str(part)]
    elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
        inside = node.value[part : part + 1]
    return inside[0] if inside else None


def _is_flow(node: Node) -> bool:
    return bool(getattr(node, "flow_style", False))


def _end(node: Node) -> int:
    """Where a node's own text ends: a block ends with the last thing in it, not where the next begins."""
    children = list(_children(node))
    if children and not _is_flow(node):
        return _end(children[-1])
    found = int(node.end_mark.index)
    return (
        found - 1 if getattr(node, "style", None) in ("|", ">") else found
    )  # its mark is behind the line break


def _children(node: Node) -> Iterator[Node]:
    if isinstance(node, yaml.MappingNode):
        yield from (one for _, one in node.value)
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value


def _line_start(text: str, node: Node) -> int:
    return text.rfind("\n", 0, node.start_mark.index) + 1


def _line_end(text: str, node: Node) -> int:
    """Behind the line break after a node, with a comment on its last line."""
    found = text.find("\n", _end(node))
    return len(text) if found < 0 else found + 1


def _rewritten(text: str, items: Node, at: int, data: Mapping[str, Any]) -> str:
    """A list on one line, or one that is empty: written anew on one line."""
    known = [data_of(one) for one in _children(items)] if isinstance(items, yaml.SequenceNode) else []
    known.insert(at, dict(data))
    return text[: items.start_mark.index] + flow(known) + text[_end(items) :]
