"""What isolation means where a list of hidden marks does not say it all: figures, people, sessions, emergencies."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from chengyun.identity.roles import ROLES
from chengyun.kernel import audit
from tests.web.cast import (
    CATEGORY,
    HANDING_OVER,
    MOVED_TO,
    PLACES,
    STAFF,
    TOWN,
    Sight,
)
from tests.web.probing import NOWHERE
from tests.web.support import Hub, Look, Register

READERS = [who for who, (_, _, role) in STAFF.items() if role != "admin"]


def states(stage: Hub, sight: Sight, who: str) -> Counter[str]:
    """state → incidents that `who` may see, from the tables themselves."""
    ids = {case.id: name for name, case in sight.register.cases.items()}
    query = "SELECT coalesce(jsonb_object_agg(id, state), '{}') FROM incidents_incident"
    seen = sight.seen(who)
    return Counter(state for id, state in stage.count(query).items() if ids[int(id)] in seen)


@pytest.mark.parametrize("who", READERS)
def test_figures_are_those_of_the_model(stage: Hub, sight: Sight, look: Look, who: str) -> None:
    eyes, seen = look(who), sight.seen(who)
    wanted = states(stage, sight, who)
    counts = eyes.get("/api/incidents/counts")
    assert counts["to_accept"] == wanted["reported"]
    assert counts["handling"] == wanted["dispatched"] + wanted["handling"]
    assert counts["to_dispatch"] == wanted["verified"] + wanted["filed"]
    assert eyes.get("/api/incidents/", limit=1)["total"] == len(seen)
    points = eyes.get("/api/incidents/map", bbox="105,28,110,33")
    assert {point["id"] for point in points} == {sight.register.cases[name].id for name in seen}
    assert len(points) == len(seen)
    for level, depth in (("district", 1), ("town", 2), ("village", 3), ("grid", 4)):
        paths = Counter("/".join(PLACES[name].split("/")[:depth]) for name in seen)
        expected = {str(stage.regions[path]): number for path, number in paths.items()}
        values = eyes.get("/api/incidents/region-values", level=level)
        assert {region: value["open"] for region, value in values.items()} == expected


@pytest.mark.parametrize("who", STAFF)
def test_evaluation_counts_what_one_may_see(sight: Sight, look: Look, who: str) -> None:
    eyes, hub = look(who), sight.hub
    asked = {"period": "year", "day": str(datetime.now(UTC).date())}
    answer = eyes.ask("GET", f"/api/incidents/evaluation?period=year&day={asked['day']}")
    if "evaluation.read" not in ROLES[STAFF[who][2]].permissions:
        assert answer.status_code == 403
        return
    region = answer.json()["scope"]["region"]
    inside = {name for name in sight.seen(who) if region in (None, *_line(hub, PLACES[name]))}
    assert answer.json()["total"]["filing"]["denominator"] == len(inside)
    assert eyes.get("/api/incidents/evaluation/hot-spots", **asked)["total"] == len(inside)
    behind = eyes.get("/api/incidents/evaluation/incidents", **asked, indicator="filing", part="denominator")
    assert {row["id"] for row in behind["items"]} == {sight.register.cases[name].id for name in inside}


def test_checkups_are_read_and_made_within_the_jurisdiction(sight: Sight, look: Look) -> None:
    """Whoever may not read a region's checkup is answered as for one that does not exist, and so is who would make one."""
    month = {"period": "month", "day": str(datetime.now(UTC).date())}
    towns = (TOWN, "开州区/石龙镇", "九龙坡区/石龙镇")
    made = {}
    for path in towns:
        answer = look("p-city").ask(
            "POST", "/api/vitals/checkups", {"region": sight.hub.regions[path], **month}
        )
        assert answer.status_code == 201, answer.text
        made[path] = answer.json()["line"]["id"]
    for who in STAFF:
        eyes, held = look(who), sight.scopes(who)
        inside = {path for path in towns if held & set(_line(sight.hub, path))}
        assert {one["id"] for one in eyes.get("/api/vitals/checkups")} == {made[path] for path in inside}, who
        for path, version in made.items():
            asked = {"region": sight.hub.regions[path], **month}
            answers = [
                eyes.ask("GET", f"/api/vitals/checkups/{version}"),
                eyes.ask("GET", f"/api/vitals/checkups/{version}/pdf"),
            ]
            if path in inside:
                assert [answer.status_code for answer in answers] == [200, 200], who
                continue
            nothing = eyes.ask("GET", f"/api/vitals/checkups/{NOWHERE}").json()
            for answer in answers:
                assert answer.status_code == 404
                assert answer.json()["code"] == nothing["code"]
                assert path.split("/")[1] not in answer.text
            assert eyes.ask("POST", "/api/vitals/checkups", asked).status_code in (403, 404), who


def _line(hub: Hub, place: str) -> list[int]:
    """Regions above a place, the city included."""
    parts = place.split("/")
    return [hub.regions["/".join(parts[:depth])] for depth in range(len(parts) + 1)]


def test_a_figure_never_counts_what_a_filter_cannot_show(sight: Sight, look: Look) -> None:
    """A filter by somebody else's region, unit or centre counts what one may see of it: mostly nothing."""
    eyes, hub = look("p-town"), sight.hub
    for name in set(PLACES) - sight.seen("p-town"):
        parts = PLACES[name].split("/")
        town, case = hub.regions["/".join(parts[:2])], sight.register.cases[name]
        for query in ({"region": town}, {"centre": town}, {"q": case.mark}, {"q": case.number}):
            assert eyes.get("/api/incidents/", **query)["total"] == 0
            assert set(eyes.get("/api/incidents/counts", **query).values()) <= {0, None}


@pytest.mark.parametrize("who", STAFF)
def test_people_are_those_of_the_model(sight: Sight, look: Look, who: str) -> None:
    answer = look(who).ask("GET", "/api/identity/people")
    if STAFF[who][2] in ("wall", "grid-worker"):
        assert answer.status_code == 403
        return
    found = {person["login"] for person in answer.json()} & set(STAFF)
    assert found == sight.knows(who)


def test_handovers_stay_in_their_centre(known: Register, look: Look) -> None:
    for who in STAFF:
        answer = look(who).ask("GET", "/api/command/handovers")
        own = {name for name in HANDING_OVER if f"NOTE-{name}-END" in answer.text}
        kind, path, role = ("centre", MOVED_TO, "town-duty") if who == "p-mover" else STAFF[who]
        same_desk = {name for name in HANDING_OVER if STAFF[name][1] == path}
        expected = same_desk if kind == "centre" and role != "admin" else set()
        assert own == expected, who


def test_sessions_and_tokens_of_others_do_not_exist(known: Register, look: Look) -> None:
    eyes = look("p-town")
    listed = [session["id"] for session in eyes.get("/api/identity/sessions")]
    assert listed == [known.sessions["p-town"]]
    gone = eyes.ask("DELETE", f"/api/identity/sessions/{NOWHERE}").json()
    for who, session in known.sessions.items():
        if who != "p-town":
            answer = eyes.ask("DELETE", f"/api/identity/sessions/{session}")
            assert (answer.status_code, answer.json()["detail"]) == (404, gone["detail"])
    seen = {"p-admin": {"t-district", "t-sibling"}, "p-district-admin": {"t-district"}}
    for who in ("p-admin", "p-district-admin", "p-sibling-admin"):
        names = {token["name"] for token in look(who).get("/api/identity/tokens")}
        assert names == seen.get(who, {"t-sibling"})
    stranger = look("p-sibling-admin")
    gone = stranger.ask("DELETE", f"/api/identity/tokens/{NOWHERE}").json()
    answer = stranger.ask("DELETE", f"/api/identity/tokens/{known.tokens['t-district']}")
    assert (answer.status_code, answer.json()["detail"]) == (404, gone["detail"])


def test_people_of_others_do_not_exist(stage: Hub, sight: Sight, look: Look) -> None:
    """For administrators of another district: not to read, not to give a post, not to set a password."""
    eyes = look("p-sibling-admin")
    post = {"unit": stage.unit("centre", "巴南区"), "role": "duty-chief"}
    query = "SELECT min(id) FROM identity_post WHERE person_id = :id AND valid_to IS NULL"
    asked = [
        ("GET", "/api/identity/people/{person}", None),
        ("POST", "/api/identity/people/{person}/posts", post),
        ("POST", "/api/identity/people/{person}/password", {"new": "a new secret 1"}),
        ("DELETE", "/api/identity/posts/{post}", None),
        ("POST", "/api/identity/posts/{post}/dates", {"valid_from": "2026-01-01T00:00:00Z"}),
        ("POST", "/api/identity/people/{person}", {"login": "stolen", "name": "x"}),
        ("POST", "/api/identity/people/{person}/active", {"active": False}),
        ("POST", "/api/identity/people/{person}/factor/reset", None),
        ("GET", "/api/identity/people/{person}/accounts", None),
        ("POST", "/api/identity/people/{person}/accounts", {"issuer": "https://x.example", "subject": "x"}),
    ]
    people = sight.register.persons
    for who in set(people) - sight.knows("p-sibling-admin"):
        ids = {"person": people[who], "post": stage.count(query, id=people[who])}
        for method, path, body in asked:
            answer = eyes.ask(method, path.format(**ids), body)
            gone = eyes.ask(method, path.format(person=NOWHERE, post=NOWHERE), body)
            assert answer.status_code == gone.status_code == 404, (who, path, answer.text)
            assert answer.json()["detail"] == gone.json()["detail"]
    own = look("p-district-admin").get(f"/api/identity/people/{people['p-town']}")
    assert own["login"] == "p-town"
    assert (
        look("p-district").ask("POST", "/api/identity/people", {"login": "x1", "name": "x"}).status_code
        == 403
    )


def test_administration_stays_in_its_jurisdiction(stage: Hub, sight: Sight, look: Look) -> None:
    """Another district's administrator finds, undoes, ends, renames and reads nothing of it, and cannot tell."""
    people, root = sight.register.persons, "/api/identity"
    for who in ("p-admin", "p-district-admin", "p-sibling-admin"):
        wanted = sight.knows(who)
        pages = [look(who).get(f"{root}/directory", page=page)["rows"] for page in range(3)]
        assert {row["person"]["login"] for rows in pages for row in rows} & set(STAFF) == wanted, who
        seats = {row["login"] for row in look(who).get(f"{root}/staff-sessions")}
        assert seats & set(STAFF) == wanted, who
    eyes, own = look("p-sibling-admin"), look("p-district-admin")
    change = own.ask("POST", f"{root}/people/{people['p-town']}", {"login": "p-town", "name": "改名"}).json()[
        "change"
    ]
    account = {"issuer": "https://idp.example", "subject": "town-1"}
    linked = own.ask("POST", f"{root}/people/{people['p-town']}/accounts", account)
    assert linked.status_code == 201, linked.text
    account_id = own.get(f"{root}/people/{people['p-town']}/accounts")[0]["id"]
    session = sight.register.sessions["p-town"]
    for method, path in (
        ("POST", f"changes/{change}/undo"), ("DELETE", f"staff-sessions/{session}"), ("DELETE", f"accounts/{account_id}"),
    ):  # fmt: skip
        gone = eyes.ask(method, f"{root}/{path}".replace(str(path.split("/")[1]), str(NOWHERE)))
        answer = eyes.ask(method, f"{root}/{path}")
        assert (answer.status_code, answer.json()["detail"]) == (404, gone.json()["detail"]), path
        assert look("p-town").ask(method, f"{root}/{path}").status_code in (403, 404), path
    unit = stage.unit("sanitation", TOWN)
    for path, body in (
        ("units", {"kind": "x-office", "name": "x", "region": stage.regions[TOWN]}),
        (f"units/{unit}", {"name": "x"}),
        (f"units/{unit}/merge", {"into": stage.unit("safety-office", TOWN)}),
    ):
        assert eyes.ask("POST", f"{root}/{path}", body).json()["code"] == "unit.outside"
    seen = {row["change"]["label"] for row in eyes.get(f"{root}/changes")}
    assert seen == {"t-sibling"}  # what the city did in their district
    rows = eyes.get(f"{root}/audit")["rows"]
    assert not [row for row in rows if row["actor_name"] == "人员-p-district-admin"]
    assert [row["action"] for row in own.get(f"{root}/audit", action="person.edited")["rows"]] == [
        "person.edited"
    ]
    assert eyes.ask("GET", f"{root}/audit/export").json()["code"] == "audit.whole_only"
    lines = look("p-admin").ask("GET", f"{root}/audit/export").text.splitlines()
    assert audit.verify_lines(lines).ok
    assert own.ask("POST", f"{root}/changes/{change}/undo").status_code == 200


def test_nobody_widens_their_own_jurisdiction(stage: Hub, sight: Sight, look: Look) -> None:
    body = {"name": "x", "permissions": ["incident.read"], "region": stage.regions["九龙坡区"]}
    assert look("p-town").ask("POST", "/api/identity/tokens", body).status_code == 403
    assert look("p-sibling-admin").ask("POST", "/api/identity/tokens", body).status_code == 422
    query = "SELECT min(o.id) FROM identity_post o JOIN identity_person p ON p.id = o.person_id WHERE login = :who"
    foreign = stage.count(query, who="p-city")
    for post in (foreign, NOWHERE):
        answer = look("p-town").ask("POST", "/api/identity/me/post", {"post": post})
        assert (answer.status_code, answer.json()["code"]) == (403, "post.not_yours")
    machine = look("t-sibling")
    assert machine.get("/api/incidents/")["total"] == len(sight.seen("t-sibling"))
    assert machine.ask("GET", "/api/identity/people").status_code == 403


def test_emergency_access_opens_a_region_until_it_ends(stage: Hub, sight: Sight, look: Look) -> None:
    eyes, case = look("p-sibling-town"), sight.register.cases["same-name-far"]
    page = f"/api/incidents/{case.id}"
    assert eyes.ask("GET", page).status_code == 404
    body = {"region": stage.regions["开州区/石龙镇"], "reason": "台风应急跨区支援工作", "minutes": 5}
    assert eyes.ask("POST", "/api/identity/break-glass", body).status_code == 201
    assert eyes.get(page)["row"]["number"] == case.number
    assert eyes.ask("POST", f"{page}/moves", {"moves": [{"move": "accept"}]}).status_code in (403, 409)
    assert look("p-town").ask("GET", page).status_code == 404
    assert look("p-town").get("/api/identity/break-glass") == []
    assert eyes.ask("DELETE", "/api/identity/break-glass").json() == {"ended": 1}
    assert eyes.ask("GET", page).status_code == 404


def test_a_try_out_counts_the_work_that_one_may_see(sight: Sight, look: Look) -> None:
    """The load of a unit is a figure too: work orders of incidents that are hidden do not count."""
    place = sight.register.cases["own"]
    units = set(place.units)
    for who in ("p-city", "p-town", "p-sibling-town", "p-far-district"):
        body = {"lon": place.lon, "lat": place.lat, "text": "垃圾", "category": CATEGORY}
        answer = look(who).ask("POST", "/api/scenarios/rules/try-out", body)
        assert answer.status_code == 200, answer.text
        proposal = answer.json()["trial"]["proposal"]
        loads = {one["unit"]["id"]: one["load"] for one in proposal["units"] if one["unit"]["id"] in units}
        assert loads, who
        assert set(loads.values()) == {1 if "own" in sight.seen(who) else 0}, who


def test_what_a_draft_would_have_done_is_counted_within_the_jurisdiction(sight: Sight, look: Look) -> None:
    page = "/api/scenarios/rules/city-management/draft"
    begun = look("p-admin").ask("POST", page, {})
    assert begun.status_code == 201, begun.text
    try:
        row = next(one for one in begun.json()["sheet"]["parts"]["limits"] if one["key"] == "handle-orange")
        data = row["data"] | {"limit": "1 紧急工作时"}
        edits = [{"do": "put", "part": "limits", "key": "handle-orange", "data": data}]
        body = {"revision": begun.json()["revision"], "edits": edits}
        assert look("p-admin").ask("POST", f"{page}/edits", body).status_code == 200
        for who in ("p-city", "p-auditor", "p-district", "p-sibling-district", "p-same-name-far"):
            effects = look(who).get(f"{page}/review")["effects"]
            assert effects["sample"] == len(sight.seen(who)), who
            numbers = {one["number"] for one in effects["examples"]}
            assert numbers <= {sight.register.cases[name].number for name in sight.seen(who)}
            assert numbers
        admin = look("p-admin").get(f"{page}/review")[
            "effects"
        ]  # may not read incidents: figures, no numbers
        assert {one["number"] for one in admin["examples"]} == {""}
        assert look("p-bureau").ask("GET", f"{page}/review").status_code == 403
    finally:
        assert look("p-admin").ask("DELETE", page).status_code == 204
