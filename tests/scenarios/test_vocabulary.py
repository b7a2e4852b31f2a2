"""The format and the code that decides speak of the same things."""

from __future__ import annotations

from typing import Any

from chengyun.incidents.contracts import Channel, Level, Stage
from chengyun.incidents.dispatch.routing import CONDITIONS
from chengyun.scenarios.shaping import schema_of
from chengyun.scenarios.vocabulary import EVENTS


def choices(fact: str) -> set[str]:
    """The words that routing.json allows for a fact, alone and in a list."""
    alone, listed = schema_of("routing")["$defs"]["condition"]["properties"][fact]["oneOf"]
    assert set(alone["enum"]) == set(listed["items"]["enum"])
    return set(alone["enum"])


def test_the_facts_of_the_format_are_those_that_routing_knows() -> None:
    known: dict[str, Any] = schema_of("routing")["$defs"]["condition"]["properties"]
    assert set(known) == CONDITIONS


def test_the_words_of_the_format_are_those_of_incidents() -> None:
    assert choices("level") == {str(level) for level in Level}
    assert choices("channel") == {str(channel) for channel in Channel}
    assert choices("event") == set(EVENTS)
    stages = schema_of("limits")["$defs"]["entry"]["properties"]["stage"]["enum"]
    assert set(stages) == {str(stage) for stage in Stage}
