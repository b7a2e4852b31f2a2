"""Changing one entry leaves every other line as it was, and what was written is read back as it was meant."""

from __future__ import annotations

import difflib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chengyun.scenarios import splicing
from chengyun.scenarios.reading import read
from tests.scenarios.support import SHIPPED

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(0, 10**9)
    | st.floats(0.01, 1000).map(lambda number: round(number, 3))
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
    | st.sampled_from(
        ["0404", "22:00-06:00", "2 工作日", "muck-truck.*", "no", "true", "3", "< 2", "1.0.1", "- x"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcd"), inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)
FILES = {
    "limits.yaml": ("limits",),
    "duties.yaml": ("duties",),
    "routing.yaml": (),
    "categories.yaml": ("groups", 0, "categories"),
}


def items(text: str, path: tuple[str | int, ...]) -> list[dict[str, object]]:
    document, found = read(text, "x.yaml")
    assert not found, found
    assert document is not None
    at = document.data
    for part in path:
        at = at[part]
    return list(at)


def lines_changed(before: str, after: str) -> tuple[int, int]:
    """Lines taken away and lines added."""
    marks = [line[:2] for line in difflib.ndiff(before.splitlines(), after.splitlines())]
    return marks.count("- "), marks.count("+ ")


@settings(max_examples=300, deadline=None)
@given(ANYTHING)
def test_what_is_written_is_read_back(data: object) -> None:
    document, found = read(f"x: {splicing.flow(data)}\n", "x.yaml")
    assert not found, found
    assert document is not None
    assert document.data["x"] == data


@pytest.mark.parametrize("file", FILES)
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_edits_touch_their_entry_only(file: str, data: st.DataObject) -> None:
    """Replace, insert, remove and move at any place of the files that ship: the lists say what they should."""
    path, text = FILES[file], (SHIPPED / "city-management" / file).read_text(encoding="utf-8")
    before = items(text, path)
    at, to = data.draw(st.integers(0, len(before) - 1)), data.draw(st.integers(0, len(before)))
    other = {**before[at], "clause": data.draw(st.text(st.characters(codec="utf-8"), max_size=10))}
    assert items(splicing.replace(text, (*path, at), other), path) == [*before[:at], other, *before[at + 1 :]]
    assert items(splicing.insert(text, path, to, other), path) == [*before[:to], other, *before[to:]]
    assert items(splicing.remove(text, (*path, at)), path) == [*before[:at], *before[at + 1 :]]
    rest = [*before[:at], *before[at + 1 :]]
    where = to if to <= at else to - 1
    assert items(splicing.move(text, (*path, at), to), path) == [*rest[:where], before[at], *rest[where:]]
    comments = [line for line in text.splitlines() if line.strip().startswith("#")]
    kept = splicing.replace(text, (*path, at), other).splitlines()
    assert [line for line in kept if line.strip().startswith("#")] == comments


def test_one_changed_limit_is_one_changed_line() -> None:
    text = (SHIPPED / "city-management" / "limits.yaml").read_text(encoding="utf-8")
    changed = {**items(text, ("limits",))[0], "limit": "0.2 紧急工作时"}
    assert lines_changed(text, splicing.replace(text, ("limits", 0), changed)) == (1, 1)
    routing = (SHIPPED / "city-management" / "routing.yaml").read_text(encoding="utf-8")
    rule = {**items(routing, ())[1], "when": {"category": "0409", "owner": "town"}}
    assert lines_changed(routing, splicing.replace(routing, (1,), rule)) == (1, 1)


def test_lists_on_one_line_and_the_last_entry() -> None:
    text = "limits: [{ id: a, limit: 1 工作日 }, { id: b, limit: 2 工作日 }]\n"
    more = splicing.insert(text, ("limits",), 1, {"id": "c"})
    assert [one["id"] for one in items(more, ("limits",))] == ["a", "c", "b"]
    assert [one["id"] for one in items(splicing.move(text, ("limits", 0), 2), ("limits",))] == ["b", "a"]
    none = "limits:\n  - { id: a }  # the only one\n"
    empty = splicing.remove(none, ("limits", 0))
    assert items(empty, ("limits",)) == []
    assert items(splicing.insert(empty, ("limits",), 0, {"id": "z"}), ("limits",)) == [{"id": "z"}]
    assert items(splicing.insert("limits:\n  - { id: a }", ("limits",), 1, {"id": "z"}), ("limits",))[1] == {
        "id": "z"
    }
