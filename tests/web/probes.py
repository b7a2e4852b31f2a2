"""How every route of the application is tried out from outside a jurisdiction: operation → requests.

A route without an entry here makes `test_isolation` fail: whoever adds one says what it must not show.
`{incident}`, `{order}`, … are filled from a case of the cast; `MISSING` is the same for what does not exist.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.web.support import Case, Hub, Register

NOWHERE = 987_654_321  # an id that nothing has
MOVE = {"moves": [{"move": "note", "note": "试探"}]}


@dataclass(frozen=True, slots=True)
class About:
    """A request about one incident: for whom it is hidden, the answer is that of one that does not exist."""

    method: str
    path: str
    body: Any = None
    need: str = "incident"  # the id that the case must have
    control: bool = True  # also asked about incidents that one may see
    seen: frozenset[int] = frozenset({200, 201, 204, 403, 409, 422})  # answers to those who may see it


@dataclass(frozen=True, slots=True)
class Listing:
    """A request that answers with many: none of the hidden incidents leaves a trace in it."""

    path: str
    params: tuple[str, ...] = ("",)
    shows: bool = False  # whoever gets 200 finds a trace of every incident that they may see


@dataclass(frozen=True, slots=True)
class Public:
    """A request that has nothing to do with incidents; it is made all the same."""

    method: str
    path: str
    body: Any = None


@dataclass(frozen=True, slots=True)
class Apart:
    """Proved by a test of its own, which is named."""

    test: str


Probe = About | Listing | Public | Apart
FILTERS = (
    "sort=newest", "sort=due", "q={mark}", "q={number}", "q=一堆东西", "region={town}", "centre={district}",
    "unit={unit}", "category=0102", "open=1", "mine=1", "alert=1", "since=2020-01-01T00:00:00Z",
)  # fmt: skip

PROBES: dict[str, tuple[Probe, ...]] = {
    # incidents
    "incidents_read_queue": (
        Listing("/api/incidents/", ("limit=200",), shows=True),
        Listing("/api/incidents/", FILTERS),
    ),
    "incidents_read_counts": (
        Listing("/api/incidents/counts", ("", "q={mark}")),
        Apart("test_figures_are_those_of_the_model"),
    ),
    "incidents_read_map": (
        Listing("/api/incidents/map", ("bbox=105,28,110,33", "bbox=105,28,110,33&region={town}")),
        Apart("test_figures_are_those_of_the_model"),
    ),
    "incidents_read_region_values": (
        Listing("/api/incidents/region-values", ("level=town&parent={district}",)),
        Apart("test_figures_are_those_of_the_model"),
    ),
    "incidents_read_similar": (Listing("/api/incidents/similar", ("lon={lon}&lat={lat}",)),),
    "incidents_read_tasks": (
        Listing("/api/incidents/orders", ("", "sort=distance&lon={lon}&lat={lat}", "state=issued")),
    ),
    "incidents_read_one": (About("GET", "/api/incidents/{incident}"),),
    "incidents_read_proposal": (About("GET", "/api/incidents/{incident}/proposal"),),
    "incidents_read_nearby": (About("GET", "/api/incidents/{incident}/nearby"),),
    "incidents_reveal_contact": (
        About("GET", "/api/incidents/{incident}/reports/{report}/contact?reason=试探"),
    ),
    "incidents_move": (
        About("POST", "/api/incidents/{incident}/moves", MOVE),
        About("POST", "/api/incidents/{incident}/moves", {**MOVE, "version": 77}),
    ),
    "incidents_move_order": (
        About("POST", "/api/incidents/orders/{order}/moves", {"moves": [{"move": "acknowledge"}]}, "order"),
    ),
    "incidents_move_many": (
        About("POST", "/api/incidents/moves", {"ids": ["{incident}"], "move": MOVE["moves"][0]}),
    ),
    "incidents_pin": (About("POST", "/api/incidents/{incident}/pin", {"on": False}),),
    "incidents_acknowledge_alert": (About("POST", "/api/incidents/{incident}/alert-ack"),),
    "incidents_spam": (About("POST", "/api/incidents/reports/{report}/spam", {"on": False}),),
    "incidents_block": (
        About(
            "POST",
            "/api/incidents/reports/{report}/block",
            {"reason": "试探一下", "until": "2020-01-01T00:00:00Z"},
        ),
    ),
    "incidents_report": (Apart("test_a_report_cannot_take_somebody_else_s_photo"),),
    "incidents_read_mine": (Listing("/api/incidents/mine"),),
    "incidents_follow": (
        Listing("/api/incidents/tracking/" + "x" * 43),
        Apart("test_a_link_shows_its_own_report"),
    ),
    "incidents_rate": (
        Public("POST", "/api/incidents/tracking/" + "x" * 43 + "/rating", {"stars": 5, "solved": True}),
    ),
    "incidents_reopen": (
        Public("POST", "/api/incidents/tracking/" + "x" * 43 + "/reopen", {"reason": "试探"}),
    ),
    "incidents_urge": (Public("POST", "/api/incidents/tracking/" + "x" * 43 + "/urge", {}),),
    "incidents_read_board": (
        Listing(
            "/api/incidents/supervision/board",
            (
                "tab=overdue&limit=100",
                "tab=forgotten&limit=100",
                "tab=bouncing",
                "tab=redone",
                "tab=urged",
                "tab=supervised",
            ),
        ),
        Listing("/api/incidents/supervision/board", ("tab=overdue&q={mark}", "tab=forgotten&region={town}")),
    ),
    "incidents_read_disputes": (Listing("/api/incidents/supervision/arbitration"),),
    "incidents_read_case": (About("GET", "/api/incidents/supervision/arbitration/{incident}"),),
    "incidents_read_callbacks": (Listing("/api/incidents/callbacks/due"),),
    "incidents_read_calls_made": (Listing("/api/incidents/callbacks/made"),),
    "incidents_record_callback": (About("POST", "/api/incidents/callbacks/{incident}", {"reached": False}),),
    "incidents_read_categories": (Listing("/api/incidents/categories"),),
    "incidents_guess": (Listing("/api/incidents/guess", ("text={mark}",)),),
    "incidents_read_table": (Listing("/api/incidents/table"),),
    # attachments
    "attachments_read": tuple(
        About(
            "GET",
            f"/api/attachments/{{attachment}}/{variant}",
            seen=frozenset({200} if variant != "public" else {404}),
        )
        for variant in ("full", "thumb", "public")
    ),
    "attachments_blur": (
        About("POST", "/api/attachments/{attachment}/blur", {"boxes": [[0, 0, 9, 9]]}, control=False),
    ),
    "attachments_upload": (Apart("test_a_report_cannot_take_somebody_else_s_photo"),),
    # command
    "command_read_draft": (Listing("/api/command/handover"),),
    "command_sign": (
        About("POST", "/api/command/handover", {"pinned": ["{incident}"]}),
        Apart("test_handovers_stay_in_their_centre"),
    ),
    "command_read_signed": (
        Listing("/api/command/handovers"),
        Apart("test_handovers_stay_in_their_centre"),
    ),
    # identity
    "identity_find_people": (
        Listing("/api/identity/people", ("", "region={town}", "region={district}", "unit={unit}")),
        Apart("test_people_are_those_of_the_model"),
    ),
    "identity_find_units": (Listing("/api/identity/units", ("", "region={town}", "q={mark}")),),
    "identity_read_duty": (Listing("/api/identity/duty", ("centre={town}",)),),
    "identity_demo_accounts": (Listing("/api/identity/demo-accounts"),),
    "identity_read_me": (Listing("/api/identity/me"),),
    "identity_list_sessions": (
        Listing("/api/identity/sessions"),
        Apart("test_sessions_and_tokens_of_others_do_not_exist"),
    ),
    "identity_end_session": (Apart("test_sessions_and_tokens_of_others_do_not_exist"),),
    "identity_list_tokens": (
        Listing("/api/identity/tokens"),
        Apart("test_sessions_and_tokens_of_others_do_not_exist"),
    ),
    "identity_revoke_token": (Apart("test_sessions_and_tokens_of_others_do_not_exist"),),
    "identity_issue_token": (Apart("test_nobody_widens_their_own_jurisdiction"),),
    "identity_change_post": (Apart("test_nobody_widens_their_own_jurisdiction"),),
    "identity_list_break_glass": (Listing("/api/identity/break-glass"),),
    "identity_begin_break_glass": (Apart("test_emergency_access_opens_a_region_until_it_ends"),),
    "identity_end_break_glass": (Apart("test_emergency_access_opens_a_region_until_it_ends"),),
    "identity_login": (Public("POST", "/api/identity/login", {"login": "{mark}", "password": "x"}),),
    "identity_logout": (Apart("tests.identity.test_signin"),),
    "identity_change_password": (Public("POST", "/api/identity/me/password", {"old": "no", "new": "no"}),),
    "identity_change_language": (Public("POST", "/api/identity/me/language", {"language": "xx"}),),
    "identity_request_code": (Public("POST", "/api/identity/resident/code", {"phone": "1"}),),
    "identity_resident_login": (
        Public("POST", "/api/identity/resident/login", {"phone": "13800000009", "code": "000000"}),
    ),
    "identity_set_duty": (Apart("tests.identity"),),
    "identity_list_roles": (Listing("/api/identity/roles"),),
    "identity_create_person": (Public("POST", "/api/identity/people", {"login": "Ä", "name": "x"}),),
    "identity_read_person": (Apart("test_people_of_others_do_not_exist"),),
    "identity_give_post": (Apart("test_people_of_others_do_not_exist"),),
    "identity_end_post": (Apart("test_people_of_others_do_not_exist"),),
    "identity_reset_password": (Apart("test_people_of_others_do_not_exist"),),
    # territory, scenarios, clock: public, or the same for all staff
    "territory_version": (Listing("/api/territory/version"),),
    "territory_locate": (Listing("/api/territory/locate", ("lon={lon}&lat={lat}",)),),
    "territory_find_regions": (Listing("/api/territory/regions", ("q={mark}", "")),),
    "territory_region": (Listing("/api/territory/regions/{town}"),),
    "territory_children": (Listing("/api/territory/regions/{town}/children"),),
    "territory_outline": (Listing("/api/territory/regions/{town}/outline"),),
    "territory_places": (Listing("/api/territory/places", ("q={mark}", "q=路 1 号")),),
    "territory_tile": (Listing("/api/territory/tiles/1/6/50/26.mvt"),),
    "territory_map_style": (Listing("/api/territory/style/light.json"),),
    "territory_basemap": (Listing("/api/territory/basemap/nothing.webp"),),
    "scenarios_list_versions": (Listing("/api/scenarios"),),
    "scenarios_read_files": (Listing("/api/scenarios/muck-trucks"),),
    "clock_read_clock": (Listing("/api/clock"),),
    "demo_advance_clock": (Public("POST", "/api/demo/clock/advance", {"hours": -1}),),
    "demo_read_simulator": (Listing("/api/demo/simulator"),),
    "demo_set_simulator": (Public("POST", "/api/demo/simulator", {"running": True}),),
    "health_health": (Listing("/api/health"),),
    "stream_stream": (Apart("test_the_stream_carries_what_one_may_see"),),
}


@dataclass(slots=True)
class Filler:
    """Fills requests with the ids and marks of a case."""

    hub: Hub
    register: Register
    places: Mapping[str, str]
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)

    def values(self, name: str) -> dict[str, Any]:
        """Everything that a request may name of a case."""
        if name not in self.kept:
            case: Case = self.register.cases[name]
            district, town, *_ = self.places[name].split("/")
            self.kept[name] = {
                "incident": case.id, "report": case.report, "attachment": case.attachment, "mark": case.mark,
                "number": case.number, "lon": case.lon, "lat": case.lat,
                "order": case.orders[0] if case.orders else None,
                "unit": case.units[0] if case.units else self.hub.unit("centre", f"{district}/{town}"),
                "town": self.hub.regions[f"{district}/{town}"], "district": self.hub.regions[district],
            }  # fmt: skip
        return self.kept[name]

    def missing(self, name: str) -> dict[str, Any]:
        """The same for an incident that does not exist."""
        gone = dict.fromkeys(("incident", "report", "attachment", "order"), NOWHERE)
        return {**self.values(name), **gone}


def filled(body: Any, values: Mapping[str, Any]) -> Any:
    """A body with "{name}" replaced by its value, numbers staying numbers."""
    if isinstance(body, dict):
        return {key: filled(value, values) for key, value in body.items()}
    if isinstance(body, list):
        return [filled(value, values) for value in body]
    if isinstance(body, str) and body.startswith("{"):
        return values[body[1:-1]]
    return body


def requests_of(operation: str) -> Iterator[tuple[str, str]]:
    """Method and path of an operation's probes, for messages."""
    for probe in PROBES[operation]:
        if isinstance(probe, Apart):
            yield "apart", probe.test
        else:
            yield getattr(probe, "method", "GET"), probe.path
