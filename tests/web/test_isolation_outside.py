"""What isolation means for what comes in and goes out: photos, links, residents, webhooks, Open311."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.web.cast import (
    CATEGORY,
    CONNECTING,
    PLACES,
    TOKENS,
    TOWN,
    Sight,
)
from tests.web.probing import NOWHERE
from tests.web.support import Case, Hub, Look, Register


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


def test_originals_are_for_those_who_read_personal_data(sight: Sight, look: Look) -> None:
    """Who reads texts masked gets no photo that nobody has blurred, whatever else they may see of the incident."""
    case = sight.register.cases["own"]
    reading = {
        "p-wall": False,
        "p-auditor": False,
        "t-district": False,
        "p-town": True,
        "p-enforcement": True,
    }
    for who, whole in reading.items():
        assert "own" in sight.seen(who)
        eyes = look(who)
        for variant in ("full", "thumb"):
            answer = eyes.ask("GET", f"/api/attachments/{case.attachment}/{variant}")
            assert answer.status_code == (200 if whole else 404), (who, variant)
        page = eyes.get(f"/api/incidents/{case.id}")
        assert [item["id"] for item in page["evidence"]] == ([case.attachment] if whole else []), who
        assert (case.sha256 in repr(page)) is whole, who


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
