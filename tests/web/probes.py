"""How every route of the application is tried out from outside a jurisdiction: operation → requests.

A route without an entry here makes `test_isolation` fail: whoever adds one says what it must not show.
`{incident}`, `{order}`, … are filled from a case of the cast; `MISSING` is the same for what does not exist.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.web.support import Case, Hub, Register

NOWHERE = 987_654_321  # an id that nothing has
POINT = {"lon": "{lon}", "lat": "{lat}"}
DAY = {"day": "2026-10-01", "kind": "holiday", "name": "国庆节"}
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

ASKED = f"period=year&day={datetime.now(UTC).date()}"
EVALUATED = (ASKED, f"{ASKED}&by=unit", f"{ASKED}&by=person", f"{ASKED}&region={{town}}&by=category")
BEHIND = (
    f"{ASKED}&indicator=filing&part=denominator&limit=200",
    f"{ASKED}&indicator=filing&part=denominator&region={{town}}&unit={{unit}}",
    f"{ASKED}&indicator=filing&part=missed&region={{district}}&by=category&key=0102",
)

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
    "incidents_read_similar": (
        Listing("/api/incidents/similar", ("lon={lon}&lat={lat}", "lon={lon}&lat={lat}&text=一堆东西")),
    ),
    "incidents_offer": (Apart("test_an_offer_says_nothing_about_anybody"),),
    "incidents_read_merge_preview": (
        About("GET", "/api/incidents/{incident}/merge-preview?into={incident}"),
    ),
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
        About(
            "POST",
            "/api/incidents/{incident}/moves",
            {"moves": [{"move": "merge_into", "into": "{incident}"}]},
        ),
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
    "incidents_erase_report": (
        About("POST", "/api/incidents/reports/{report}/erase", {"reason": "试探一下"}, control=False),
    ),
    "incidents_erase_mine": (Public("POST", "/api/incidents/mine/erase"),),
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
    "incidents_read_classification": (Listing("/api/incidents/classification"),),
    "incidents_train_classification": (Public("POST", "/api/incidents/classification/train"),),
    "incidents_set_automatic": (
        Public("POST", f"/api/incidents/classification/{NOWHERE}/automatic", {"confidence": 0.9}),
    ),
    "incidents_withdraw_model": (
        Public("POST", f"/api/incidents/classification/{NOWHERE}/withdraw", {"reason": "试探"}),
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
    # evaluation
    "evaluation_read_figures": (
        Listing("/api/incidents/evaluation", EVALUATED),
        Apart("test_evaluation_counts_what_one_may_see"),
    ),
    "evaluation_read_trend": (Listing("/api/incidents/evaluation/trend", EVALUATED),),
    "evaluation_read_behind": (Listing("/api/incidents/evaluation/incidents", BEHIND),),
    "evaluation_read_hot_spots": (
        Listing("/api/incidents/evaluation/hot-spots", EVALUATED),
        Apart("test_evaluation_counts_what_one_may_see"),
    ),
    "evaluation_read_reported": (
        Listing(
            "/api/incidents/evaluation/reported",
            (f"{ASKED}&bbox=105,28,111,33&limit=200", f"{ASKED}&bbox=105,28,111,33&region={{town}}"),
        ),
    ),
    "evaluation_read_hot_topics": (Listing("/api/incidents/evaluation/hot-topics", EVALUATED),),
    "evaluation_export": (Listing("/api/incidents/evaluation/export", EVALUATED),),
    # attachments
    "attachments_read": tuple(
        About(
            "GET",
            f"/api/attachments/{{attachment}}/{variant}",
            seen=frozenset({200} if variant != "public" else {404}),
        )
        for variant in ("full", "thumb", "public")
    ),
    "attachments_read_proposals": (About("GET", "/api/attachments/{attachment}/proposals", control=False),),
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
    # exchange: webhooks and sources belong to a region, Open311 reads by token
    "exchange_list_subscriptions": (
        Listing("/api/exchange/subscriptions"),
        Apart("test_webhooks_of_others_do_not_exist"),
    ),
    "exchange_list_deliveries": (
        Listing("/api/exchange/deliveries", ("", "number={number}", "state=pending&limit=200")),
        Apart("test_webhooks_of_others_do_not_exist"),
    ),
    **{
        f"exchange_{name}": (Apart("test_webhooks_of_others_do_not_exist"),)
        for name in (
            "set_subscription_state",
            "rotate_subscription_secret",
            "send_test_event",
            "end_subscription",
            "read_delivery",
            "send_again",
            "change_source_mapping",
            "set_source_state",
            "rotate_source_secret",
            "end_source",
            "list_messages",
        )
    },
    "exchange_list_sources": (
        Listing("/api/exchange/sources"),
        Apart("test_webhooks_of_others_do_not_exist"),
    ),
    "exchange_subscribe": (Apart("test_nobody_is_told_beyond_their_jurisdiction"),),
    "exchange_add_source": (Apart("test_nobody_is_told_beyond_their_jurisdiction"),),
    "exchange_publish": (Apart("test_nobody_is_told_beyond_their_jurisdiction"),),
    "exchange_list_published": (Listing("/api/exchange/published"),),
    "exchange_receive": (
        Public("POST", "/api/exchange/in/vendor", {"content": "{mark}"}),
        Apart("tests.exchange.test_inbound"),
    ),
    "open311_services": (Listing("/api/open311/v2/services.json"),),
    "open311_definition": (Listing("/api/open311/v2/services/0102.xml"),),
    "open311_requests": (
        Listing(
            "/api/open311/v2/requests.json",
            ("", "service_request_id={number}", "service_code=0102&status=open", "page_size=500"),
        ),
        Listing("/api/open311/v2/requests.xml"),
        Apart("test_a_key_reads_by_open311_what_it_reads_elsewhere"),
    ),
    "open311_one_request": (
        Listing("/api/open311/v2/requests/{number}.json"),
        Apart("test_a_key_reads_by_open311_what_it_reads_elsewhere"),
    ),
    "open311_updates": (
        Listing("/api/open311/v2/requests/{number}/updates.json"),
        Apart("test_a_key_reads_by_open311_what_it_reads_elsewhere"),
    ),
    "open311_token": (Listing("/api/open311/v2/tokens/" + "x" * 43 + ".json"),),
    "open311_report": (
        Public("POST", "/api/open311/v2/requests.json", {"service_code": "0102", "lat": 1, "long": 1}),
    ),
    "open311_add_update": (
        Public("POST", "/api/open311/v2/requests/20200101-000000/updates.json", {"description": "试探"}),
        Apart("test_a_key_reads_by_open311_what_it_reads_elsewhere"),
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
    "identity_read_import_template": (Listing("/api/identity/people-import/template"),),
    "identity_import_people": (Apart("tests.identity.test_importing"),),
    "identity_read_person": (Apart("test_people_of_others_do_not_exist"),),
    "identity_give_post": (Apart("test_people_of_others_do_not_exist"),),
    "identity_end_post": (Apart("test_people_of_others_do_not_exist"),),
    "identity_reset_password": (Apart("test_people_of_others_do_not_exist"),),
    "identity_date_post": (Apart("test_people_of_others_do_not_exist"),),
    "identity_edit_person": (Apart("test_people_of_others_do_not_exist"),),
    "identity_set_active": (Apart("test_people_of_others_do_not_exist"),),
    "identity_reset_factor": (Apart("test_people_of_others_do_not_exist"),),
    "identity_list_accounts": (Apart("test_people_of_others_do_not_exist"),),
    "identity_link_account": (Apart("test_people_of_others_do_not_exist"),),
    "identity_unlink_account": (Apart("test_administration_stays_in_its_jurisdiction"),),
    "identity_read_directory": (
        Listing("/api/identity/directory", ("", "q={mark}", "region={town}", "unit={unit}")),
        Apart("test_administration_stays_in_its_jurisdiction"),
    ),
    "identity_list_staff_sessions": (
        Listing("/api/identity/staff-sessions"),
        Apart("test_administration_stays_in_its_jurisdiction"),
    ),
    "identity_end_staff_session": (Apart("test_administration_stays_in_its_jurisdiction"),),
    "identity_list_unit_kinds": (Listing("/api/identity/unit-kinds"),),
    "identity_found_unit": (Apart("test_administration_stays_in_its_jurisdiction"),),
    "identity_rename_unit": (Apart("test_administration_stays_in_its_jurisdiction"),),
    "identity_merge_unit": (Apart("test_administration_stays_in_its_jurisdiction"),),
    "identity_search_audit": (
        Listing(
            "/api/identity/audit", ("", "subject_kind=incident&subject_id={incident}", "action=reporter")
        ),
        Apart("test_administration_stays_in_its_jurisdiction"),
    ),
    "identity_export_audit": (Apart("test_administration_stays_in_its_jurisdiction"),),
    "identity_read_security": (Listing("/api/identity/me/security"),),
    "identity_list_changes": (
        Listing("/api/identity/changes", ("", "limit=200")),
        Apart("test_administration_stays_in_its_jurisdiction"),
    ),
    "identity_undo_change": (Apart("test_administration_stays_in_its_jurisdiction"),),
    "identity_read_factor": (Listing("/api/identity/factor"),),
    "identity_begin_factor": (Apart("tests.identity.test_factor"),),
    "identity_confirm_factor": (Apart("tests.identity.test_factor"),),
    "identity_login_factor": (Public("POST", "/api/identity/factor/login", {"code": "000000"}),),
    "identity_prove_factor": (Apart("tests.identity.test_factor"),),  # wrong guesses count towards the lock
    "identity_renew_recovery": (Public("POST", "/api/identity/factor/recovery"),),
    "identity_drop_factor": (Public("DELETE", "/api/identity/factor"),),
    "identity_unlock_device": (Apart("tests.identity.test_changes"),),
    "identity_list_providers": (Listing("/api/identity/oidc"),),
    "identity_begin_at_provider": (Listing("/api/identity/oidc/none/begin"),),
    "identity_return_from_provider": (Listing("/api/identity/oidc/callback", ("", "state={mark}&code=x")),),
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
    "audit_read_head": (Listing("/api/audit/head"),),
    "audit_read_kept": (Listing("/api/audit/witness"),),
    "audit_keep": (Public("POST", "/api/audit/witness", {"seq": 1, "hash": "00" * 32}),),
    # rules on screen: the same for all who may read them, except for what is counted of incidents
    "rules_read_overview": (Listing("/api/scenarios/rules"),),
    "rules_read_vocabulary": (Listing("/api/scenarios/rules/vocabulary"),),
    "rules_read_sheet": (Listing("/api/scenarios/rules/muck-trucks/sheet"),),
    "rules_read_history": (Listing("/api/scenarios/rules/muck-trucks/history"),),
    "rules_export_zip": (Listing("/api/scenarios/rules/muck-trucks/export.zip"),),
    "rules_read_draft": (Listing("/api/scenarios/rules/muck-trucks/draft"),),
    "rules_review_draft": (
        Listing("/api/scenarios/rules/muck-trucks/draft/review"),
        Apart("test_what_a_draft_would_have_done_is_counted_within_the_jurisdiction"),
    ),
    "rules_begin_draft": (Public("POST", "/api/scenarios/rules/nothing/draft", {}),),
    "rules_edit_draft": (
        Public(
            "POST",
            "/api/scenarios/rules/nothing/draft/edits",
            {"revision": 1, "edits": [{"do": "remove", "part": "limits", "key": "x"}]},
        ),
    ),
    "rules_discard_draft": (Public("DELETE", "/api/scenarios/rules/nothing/draft"),),
    "rules_publish_draft": (
        Public("POST", "/api/scenarios/rules/nothing/draft/publish", {"revision": 1, "reason": "试探"}),
    ),
    "rules_decide": (Public("POST", f"/api/scenarios/rules/publications/{NOWHERE}", {"approve": True}),),
    "rules_undo": (Public("POST", "/api/scenarios/rules/nothing/undo", {"reason": "试探"}),),
    "rules_try_out": (
        Public("POST", "/api/scenarios/rules/try-out", {**POINT, "text": "试探", "category": "0102"}),
        Apart("test_a_try_out_counts_the_work_that_one_may_see"),
    ),
    "rules_read_calendar": (Listing("/api/scenarios/calendar/2026"),),
    "rules_read_notice": (Public("POST", "/api/scenarios/calendar/notice", {"csv": "x"}),),
    "rules_preview_calendar": (
        Public(
            "POST", "/api/scenarios/calendar/preview", {"year": 2026, "days": [DAY], "hours": "09:00-17:00"}
        ),
    ),
    "rules_save_calendar": (
        Public("POST", "/api/scenarios/calendar", {"year": 2026, "days": [], "reason": "试探"}),
    ),
    "rules_undo_calendar": (Public("POST", "/api/scenarios/calendar/undo", {"reason": "试探"}),),
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
