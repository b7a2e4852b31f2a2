"""What isolation means where a list of hidden marks does not say it all: figures, people, sessions, photos, links."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from chengyun.identity.roles import ROLES
from chengyun.kernel import audit
from tests.support import Cluster
from tests.web.cast import (
    CATEGORY,
    CONNECTING,
    HANDING_OVER,
    MOVED_TO,
    PLACES,
    STAFF,
    TOKENS,
    TOWN,
    Sight,
    hub_template,
)
from tests.web.probes import NOWHERE
from tests.web.support import Case, Hub, Looker, Register, direct, hub_on

READERS = [who for who, (_, _, role) in STAFF.items() if role != "admin"]
Look = Callable[[str], Looker]


@pytest.fixture(scope="module")
def stage(cluster: Cluster) -> Iterator[Hub]:
    """The cast on a database of this module's own."""
    with cluster.fresh(hub_template(cluster)) as links, hub_on(links, cluster.folder / "hub-home") as hub:
        yield hub


@pytest.fixture(scope="module")
def known(cluster: Cluster, stage: Hub) -> Register:
    return Register.load(cluster.folder / "hub.json")


@pytest.fixture(scope="module")
def sight(stage: Hub, known: Register) -> Sight:
    return Sight(stage, known)


@pytest.fixture(scope="module")
def look(stage: Hub, known: Register) -> Iterator[Look]:
    with direct(stage) as client:
        yield lambda who: Looker(client, known, who)


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


def told(sight: Sight, **more: Any) -> dict[str, Any]:
    lon, lat = sight.register.cases["own"].lon, sight.register.cases["own"].lat
    return {"text": "又有一堆垃圾", "lon": lon, "lat": lat, "category": CATEGORY, **more}


def test_a_report_cannot_take_somebody_else_s_photo(sight: Sight, look: Look) -> None:
    photo = sight.register.cases["same-name-far"].attachment
    for who, channel in (("p-town", "grid"), ("r-one", "resident"), ("nobody", "resident")):
        answers = []
        for number, item in enumerate((photo, NOWHERE)):
            eyes = look(who)
            eyes.headers["Idempotency-Key"] = f"stolen-{who}-{number}"
            body = told(sight, attachments=[item], claims=["x" * 40], channel=channel)
            answer = eyes.ask("POST", "/api/incidents/reports", body)
            found = [(field["path"], field["code"]) for field in answer.json()["fields"]]
            answers.append((answer.status_code, found))
        assert answers[0] == answers[1] == (422, [("attachments.0", "attachments.unknown")])
    move = {"moves": [{"move": "note", "note": "附上照片", "attachments": [photo]}]}
    own = sight.register.cases["own"].id
    answer = look("p-town").ask("POST", f"/api/incidents/{own}/moves", move)
    assert answer.status_code == 422


def test_an_offer_says_nothing_about_anybody(sight: Sight, look: Look) -> None:
    """A neighbour hears of a matter next door: class, place and number of reports; and follows by the ticket only."""
    case = sight.register.cases["own"]
    about = {"lon": case.lon, "lat": case.lat, "category": CATEGORY, "text": "一堆东西"}
    answers = [look(who).ask("POST", "/api/incidents/offers", about) for who in ("r-two", "nobody")]
    for answer in answers:
        assert answer.status_code == 200, answer.text
        assert [offer["reports"] for offer in answer.json()]
        for other in sight.register.cases.values():
            assert not [trace for trace in other.traces() if trace in answer.text]
    joins = {"follow": answers[0].json()[0]["ticket"]}, {"incident": case.id}
    for who, more in (("r-one", joins[0]), ("nobody", joins[0]), ("r-two", joins[1]), ("nobody", joins[1])):
        eyes = look(who)
        eyes.headers["Idempotency-Key"] = f"not-offered-{who}-{len(more)}"
        refused = eyes.ask("POST", "/api/incidents/reports", told(sight, **more))
        assert [field["code"] for field in refused.json()["fields"]] == ["incidents.no_offer"]
    for answer, who in zip(answers, ("r-two", "nobody"), strict=True):
        eyes = look(who)
        eyes.headers["Idempotency-Key"] = f"offered-to-{who}"
        offer = answer.json()[0]
        joined = eyes.ask("POST", "/api/incidents/reports", told(sight, follow=offer["ticket"])).json()
        assert joined["incident"] == case.id


def known_others(known: Register, case: Case) -> list[Case]:
    """Every incident of the cast but one."""
    return [one for one in known.cases.values() if one.id != case.id]


def test_a_link_shows_its_own_report(sight: Sight, look: Look) -> None:
    case, other = sight.register.cases["own"], sight.register.cases["sibling-town"]
    for who in ("nobody", "r-one", "p-sibling-town"):
        text = look(who).ask("GET", f"/api/incidents/tracking/{case.tracking}").text
        assert case.number in text
        for hidden in known_others(sight.register, case):
            assert not [trace for trace in hidden.traces() if trace in text]
        assert other.mark not in text
        assert "1390000" not in text
        assert "人员-" not in text
        assert look(who).ask("GET", f"/api/incidents/tracking/{case.tracking[:-2]}xx").status_code == 404


def test_a_resident_reads_their_own_reports_only(sight: Sight, look: Look) -> None:
    one, two = look("r-one"), look("r-two")
    one.headers["Idempotency-Key"] = "of-resident-one"
    receipt = one.ask(
        "POST", "/api/incidents/reports", told(sight, reporter={"name": "某甲", "hidden": True})
    )
    assert receipt.status_code == 201, receipt.text
    assert [told["number"] for told in one.get("/api/incidents/mine")] == [receipt.json()["number"]]
    assert receipt.json()["number"] not in two.ask("GET", "/api/incidents/mine").text
    page = f"/api/incidents/{receipt.json()['incident']}"
    assert one.ask("GET", page).status_code == two.ask("GET", page).status_code == 403
    two.headers["Idempotency-Key"] = "of-resident-one"  # the same key is another's key
    again = two.ask("POST", "/api/incidents/reports", told(sight))
    assert again.json()["incident"] != receipt.json()["incident"]


def test_who_asked_to_stay_hidden_is_hidden_from_the_units_that_handle_it(sight: Sight, look: Look) -> None:
    eyes = look("p-hotline")
    eyes.headers["Idempotency-Key"] = "hidden-reporter"
    reporter = {"name": "钱某某", "phone": "13911112222", "hidden": True}
    body = told(sight, category="0102", level="yellow", reporter=reporter)
    told_once = eyes.ask("POST", "/api/incidents/reports", body).json()
    page = f"/api/incidents/{told_once['incident']}"
    enforcement = sight.hub.unit("enforcement-team", TOWN)
    moves = {"moves": [{"move": "add_order", "units": {"lead": enforcement, "assist": [enforcement]}}]}
    assert look("p-town").ask("POST", f"{page}/moves", moves).status_code == 200
    handler = look("p-enforcement").ask("GET", page)
    assert handler.status_code == 200
    assert "钱" not in handler.text
    assert "1391" not in handler.text
    asked = f"{page}/reports/{told_once['report']}/contact?reason=核实情况"
    assert look("p-enforcement").ask("GET", asked).status_code == 403
    assert look("p-town").get(asked) == {"name": "钱某某", "phone": "13911112222"}
    audited = "SELECT count(*) FROM kernel_audit WHERE action = 'reporter.contact' AND subject_id = :id"
    assert sight.hub.count(audited, id=str(told_once["report"])) == 1


def test_webhooks_of_others_do_not_exist(stage: Hub, known: Register, sight: Sight, look: Look) -> None:
    """Every act on another district's webhook, delivery or source is answered as for one that nothing is."""
    per_name = {known.cases[name].number: name for name in PLACES}
    for who, other in zip(CONNECTING, reversed(CONNECTING), strict=True):
        eyes = look(who)
        assert [one["id"] for one in eyes.get("/api/exchange/subscriptions")] == [known.webhooks[who]]
        assert [one["id"] for one in eyes.get("/api/exchange/sources")] == [known.sources[who]]
        lines = eyes.get("/api/exchange/deliveries", limit=200)["items"]
        assert lines
        assert {one["subscription"] for one in lines} == {known.webhooks[who]}
        assert {per_name[one["number"]] for one in lines if one["number"] in per_name} <= sight.seen(who)
        assert f"HOOK-{other}-END" not in repr(lines)
        foreign = stage.count(
            "SELECT max(id) FROM exchange_delivery WHERE subscription_id = :id", id=known.webhooks[other]
        )
        for method, path, body in acts_on(known.webhooks[other], foreign, known.sources[other]):
            hidden, missing = eyes.ask(method, path[0], body), eyes.ask(method, path[1], body)
            assert hidden.status_code == missing.status_code == 404, (who, path)
            assert hidden.json()["detail"] == missing.json()["detail"]
    assert len(look("p-admin").get("/api/exchange/subscriptions")) == len(CONNECTING)
    for who in ("p-district", "p-sibling-town", "t-district", "r-one", "nobody"):
        for method, path, body in acts_on(known.webhooks["p-district-admin"], NOWHERE, NOWHERE):
            assert look(who).ask(method, path[0], body).status_code in (401, 403), (who, path)


def acts_on(hook: int, delivery: int, source: int) -> Iterator[tuple[str, tuple[str, str], object]]:
    """(method, (path, the same for what nothing is), body) of every act on something of the exchange."""
    mapping = {"mapping": "{text: /a, position: {lon: /x, lat: /y, datum: wgs84}}"}
    acts: list[tuple[str, str, int, str, object]] = [
        ("POST", "subscriptions", hook, "/state", {"state": "paused"}),
        ("POST", "subscriptions", hook, "/secret", None),
        ("POST", "subscriptions", hook, "/test", None),
        ("DELETE", "subscriptions", hook, "", None),
        ("GET", "deliveries", delivery, "", None),
        ("POST", "deliveries", delivery, "/again", None),
        ("POST", "sources", source, "/mapping", mapping),
        ("POST", "sources", source, "/state", {"state": "paused"}),
        ("POST", "sources", source, "/secret", None),
        ("DELETE", "sources", source, "", None),
        ("GET", "sources", source, "/messages", None),
    ]
    for method, kind, number, rest, body in acts:
        path, gone = (f"/api/exchange/{kind}/{id}{rest}" for id in (number, NOWHERE))
        yield method, (path, gone), body


def test_nobody_is_told_beyond_their_jurisdiction(stage: Hub, look: Look) -> None:
    region = stage.regions["巴南区"]
    mapping = "{text: /a, position: {lon: /x, lat: /y, datum: wgs84}}"
    hook = {"url": "https://a.example/", "types": ["chengyun.incident.closed.v1"]}
    for path, method, body in (
        ("subscriptions", "POST", {"name": "x", **hook, "region": region}),
        ("sources", "POST", {"name": "x", "slug": "x-y", "region": region, "mapping": mapping}),
        ("published", "PUT", {"region": region, "categories": [CATEGORY]}),
    ):
        for who, wanted in (
            ("p-district-admin", 422),
            ("p-sibling-district", 403),
            ("t-sibling", 403),
            ("nobody", 403),
        ):
            assert look(who).ask(method, f"/api/exchange/{path}", body).status_code == wanted, (who, path)
    assert stage.count("SELECT count(*) FROM exchange_published") == 0


def test_a_key_reads_by_open311_what_it_reads_elsewhere(known: Register, sight: Sight, look: Look) -> None:
    for who in TOKENS:
        listed = look(who).get("/api/open311/v2/requests.json", page_size=500)
        numbers = {one["service_request_id"] for one in listed}
        assert {name for name in PLACES if known.cases[name].number in numbers} == sight.seen(who)
        for name in PLACES:
            page = f"/api/open311/v2/requests/{known.cases[name].number}"
            wanted = 200 if name in sight.seen(who) else 404
            assert look(who).ask("GET", f"{page}.json").status_code == wanted
            assert look(who).ask("GET", f"{page}/updates.xml").status_code == wanted
            body = {"description": "试探"}
            hidden = look(who).ask("POST", f"{page}/updates.json", body)
            assert hidden.status_code == (201 if wanted == 200 else 404), hidden.text
    for who in ("p-city", "r-one", "nobody"):  # a browser's session is no key
        assert look(who).get("/api/open311/v2/requests.json") == []
