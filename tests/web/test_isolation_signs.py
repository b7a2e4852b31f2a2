"""Vital signs come from files that no policy guards, so here every way in is asked for every kind of region."""

from __future__ import annotations

from typing import Any

import pytest

from chengyun.identity.roles import ROLES
from tests.web.cast import PLACES, STAFF, Sight
from tests.web.cast_signs import CODE, mark, reason
from tests.web.probing import NOWHERE, told
from tests.web.support import Hub, Look, Looker
from tests.web.test_isolation_sql import acting

OPEN = {"thresholds": [{"level": 4, "on": 50, "off": 40}]}
READS = (
    f"/signs/{CODE}?region={{}}",
    f"/signs/{CODE}/below?region={{}}",
    f"/signs/{CODE}/trend?region={{}}",
    "/lookup?region={}",
    "/lookup?q=燃气&region={}",
    f"/signs/{CODE}/below?level=grid&region={{}}",
    "/signs?region={}",
    "/region/{}/signs",
)
SAMPLED = ("own", "sibling-town", "same-name", "same-name-far", "sibling-district", "same-name-village")
SEARCHED = ("石龙 燃气", "九龙坡 燃气", "巴南燃气", "kaizhou ranqi", "石桥铺街道燃气")


def sampled(stage: Hub) -> list[int]:
    """The city, and the district, town and grid of some places."""
    paths = {"/".join(PLACES[name].split("/")[:depth]) for name in SAMPLED for depth in (0, 1, 2, 4)}
    return sorted(stage.regions[path] for path in paths)


def covered(sight: Sight, who: str) -> set[int]:
    """The regions that a post's jurisdiction holds whole."""
    scopes, regions = sight.scopes(who), sight.hub.regions
    lines = {path: [part for part in path.split("/") if part] for path in regions}
    return {
        regions[path]
        for path, parts in lines.items()
        if any(regions["/".join(parts[:depth])] in scopes for depth in range(len(parts) + 1))
    }


@pytest.mark.parametrize("who", STAFF)
def test_signs_stay_in_their_jurisdiction(sight: Sight, look: Look, who: str, record_property: Any) -> None:
    eyes, mine, probes = look(who), covered(sight, who), 0
    hidden = [(mark(region), reason(region)) for region in sight.hub.regions.values() if region not in mine]
    answers = [eyes.ask("GET", f"/api/vitals/lookup?q={q}").text for q in ("", *SEARCHED)]
    for region in sampled(sight.hub):
        reads = READS if region in mine else READS[:4]
        answers += [asked(eyes, read, region, who, seen=region in mine) for read in reads]
    for text in answers:
        probes += len(hidden)
        assert not any(trace in text for pair in hidden for trace in pair), who
    record_property("probes", probes)


def asked(eyes: Looker, read: str, region: int, who: str, *, seen: bool) -> str:
    answer = eyes.ask("GET", f"/api/vitals{read.format(region)}")
    if seen:
        assert answer.status_code == 200, (who, read, answer.text)
        assert mark(region) in answer.text or "/below" in read or "/trend" in read, (who, read)
    else:
        nowhere = eyes.ask("GET", f"/api/vitals{read.format(NOWHERE)}")
        assert answer.status_code in (403, 404), (who, read)
        assert told(answer, region) == told(nowhere, NOWHERE)
    return str(answer.text)


@pytest.mark.parametrize("who", ["p-chief", "p-district-admin", "p-sibling-admin", "p-town", "p-grid"])
def test_thresholds_are_set_and_tried_in_their_jurisdiction(sight: Sight, look: Look, who: str) -> None:
    eyes, mine = look(who), covered(sight, who)
    before = sight.hub.count("SELECT count(*) FROM vitals_override WHERE reason = '试探一下'")
    edits = "sign.edit" in ROLES[STAFF[who][2]].permissions
    for region in sampled(sight.hub):
        if region in mine:
            continue
        path = f"/api/vitals/signs/{CODE}/thresholds?region={region}"
        answer = eyes.ask("PUT", path, {**OPEN, "reason": "试探一下"})
        assert answer.status_code == (404 if edits else 403), (who, answer.text)
        tried = eyes.ask("POST", f"/api/vitals/signs/{CODE}/tryout", {**OPEN, "region": region})
        assert tried.status_code == 404, (who, tried.text)
    assert sight.hub.count("SELECT count(*) FROM vitals_override WHERE reason = '试探一下'") == before


@pytest.mark.parametrize("who", STAFF)
def test_rows_of_signs_are_fenced_by_themselves(stage: Hub, sight: Sight, who: str) -> None:
    """Raw SQL, as if a query had forgotten its condition."""
    mine = covered(sight, who)
    kept = set(stage.count("SELECT array_agg(DISTINCT region_id) FROM vitals_trend"))
    with stage.db.begin(acting(sight, who)) as tx:
        for table in ("vitals_trend", "vitals_override"):
            seen = set(tx.conn.exec_driver_sql(f"SELECT region_id FROM {table}").scalars())
            assert seen <= mine, table
            assert table != "vitals_trend" or seen == kept & mine


@pytest.mark.parametrize("who", ["r-one", "nobody", "t-district"])
def test_who_may_not_read_signs_reads_none(look: Look, who: str) -> None:
    """The token was given another permission, a resident has none of these."""
    for read in READS:
        answer = look(who).ask("GET", f"/api/vitals{read.format(1)}")
        assert answer.status_code in (401, 403), (who, read, answer.text)
