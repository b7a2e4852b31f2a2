"""The map of risks: each alarm is seen, counted and coloured by those alone whose jurisdiction holds its region."""

from __future__ import annotations

from typing import Any

import pytest

from tests.vitals import lookup_support as made
from tests.vitals.test_risk import ring
from tests.web.cast import STAFF, Sight
from tests.web.probing import NOWHERE, told
from tests.web.support import Hub, Look
from tests.web.test_isolation_signs import covered, sampled

READS = ("regions/{}", "regions?parent={}", "items?region={}", "hours?region={}", "points?region={}")
POSTS = ("p-city", "p-district", "p-far-district", "p-town", "p-same-name-far", "p-community", "p-grid", "p-bureau")  # fmt: skip


def mark(region: int) -> str:
    """A sign that nobody defined is shown by its code."""
    return f"RISK-{region}-END"


def rung(hub: Hub) -> list[int]:
    """An alarm in every sampled region, once; the regions."""
    regions = sampled(hub)
    known = hub.count("SELECT count(*) FROM vitals_alarm WHERE sign LIKE 'RISK-%'")
    with hub.db.begin(made.LIVE) as tx:
        for region in [] if known else regions:
            ring(tx, region, 2, tx.now, sign=mark(region))
    return regions


@pytest.mark.parametrize("who", POSTS)
def test_risks_stay_in_their_jurisdiction(sight: Sight, look: Look, who: str) -> None:
    regions, eyes, mine = rung(sight.hub), look(who), covered(sight, who)
    seen = [region for region in regions if region in mine]
    texts = [answered(eyes, region, who, seen=region in mine) for region in regions]
    whole = eyes.ask("GET", "/api/vitals/risk/items?limit=1500&kind=alarm")
    items, every = whole.json()["items"], len(seen) + len(sight.senses(who))  # and those of the cast's things
    found = {one["region"] for one in items if (one["sign"] or "").startswith("RISK-")}
    assert (found, whole.json()["alarms"]) == (set(seen), every), who
    hours = eyes.ask("GET", "/api/vitals/risk/hours").json()["alarms"]
    assert sum(map(sum, hours)) == every
    hidden = [mark(region) for region in regions if region not in mine]
    assert not [one for one in hidden if any(one in text for text in [whole.text, *texts])], who
    assert STAFF[who][0] != "housing" or not seen  # a bureau has no region


def answered(eyes: Any, region: int, who: str, *, seen: bool) -> str:
    """Every read about a region; for who may not see it, it is as if it did not exist."""
    texts = []
    for read in READS:
        answer = eyes.ask("GET", f"/api/vitals/risk/{read.format(region)}")
        if seen:
            assert answer.status_code == 200, (who, read, answer.text)
        else:
            nowhere = eyes.ask("GET", f"/api/vitals/risk/{read.format(NOWHERE)}")
            assert answer.status_code in (403, 404), (who, read)
            assert told(answer, region) == told(nowhere, NOWHERE)
        texts.append(answer.text)
    if seen:
        assert mark(region) in texts[0]
    return "".join(texts)
