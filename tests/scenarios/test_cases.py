"""The cases tried stand for all there are: whatever the facts, some case answers every condition alike."""

from __future__ import annotations

from datetime import time
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chengyun.incidents.dispatch.routing import Facts, mismatch
from chengyun.scenarios.cases import asked, cases
from chengyun.scenarios.vocabulary import CENTRES, CHANNELS, EVENTS, URGENCIES

clock = st.integers(0, 24 * 60 - 1).map(lambda minute: time(minute // 60, minute % 60))
SIGNS = st.sampled_from(["<", "<=", ">", ">="])


def some(values: tuple[str, ...]) -> st.SearchStrategy[Any]:
    return st.one_of(st.sampled_from(values), st.lists(st.sampled_from(values), min_size=1, max_size=3))


plain = st.fixed_dictionaries(
    {},
    optional={
        "level": some(URGENCIES),
        "channel": some(CHANNELS),
        "event": some(EVENTS),
        "owner": some(CENTRES),
        "place": st.sampled_from(["urban", "rural"]),
        "hours": st.tuples(clock, clock).map(lambda ends: f"{ends[0]:%H:%M}-{ends[1]:%H:%M}"),
        "returns": st.one_of(
            st.integers(0, 4), st.tuples(SIGNS, st.integers(0, 4)).map(lambda b: {b[0]: b[1]})
        ),
        "border_m": st.tuples(SIGNS, st.integers(1, 500)).map(lambda b: {b[0]: float(b[1])}),
    },
)
condition = st.recursive(
    plain,
    lambda inner: st.fixed_dictionaries(
        {}, optional={"any": st.lists(inner, min_size=1, max_size=2), "not": inner}
    ),
    max_leaves=4,
)
facts = st.builds(
    Facts,
    category=st.just("x"),
    level=st.sampled_from(URGENCIES),
    channel=st.sampled_from(CHANNELS),
    event=st.sampled_from(EVENTS),
    settlement=st.just("urban"),
    at=clock,
    owner_level=st.sampled_from(CENTRES),
    place=st.just({"city": 1}),
    owner=st.just({"city": 1}),
    returns=st.integers(0, 6),
    border_m=st.floats(0, 1000),
)


@settings(max_examples=150, deadline=None)
@given(conditions=st.lists(condition, min_size=1, max_size=2), real=facts)
def test_every_situation_is_among_the_cases(conditions: list[dict[str, Any]], real: Facts) -> None:
    wanted = [bool(mismatch(when, real)) for when in conditions]
    tried = cases("x", "urban", asked(conditions))
    assert any([bool(mismatch(when, one)) for when in conditions] == wanted for one in tried)
