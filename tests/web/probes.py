"""How every route of the application is tried out from outside a jurisdiction: operation → requests.

A route without an entry here makes `test_isolation` fail: whoever adds one says what it must not show.
`{incident}`, `{order}`, … are filled from a case of the cast; `MISSING` is the same for what does not exist.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.web import probes_common, probes_identity, probes_sensing
from tests.web.cast_signs import CODE as SIGN
from tests.web.probing import NOWHERE, About, Apart, Listing, Probe, Public

MOVE = {"moves": [{"move": "note", "note": "试探"}]}
FILTERS = (
    "sort=newest", "sort=due", "q={mark}", "q={number}", "q=一堆东西", "region={town}", "centre={district}",
    "unit={unit}", "category=0102", "open=1", "mine=1", "alert=1", "since=2020-01-01T00:00:00Z",
)  # fmt: skip

ASKED = f"period=year&day={datetime.now(UTC).date()}"
EVALUATED = (ASKED, f"{ASKED}&by=unit", f"{ASKED}&by=person", f"{ASKED}&region={{town}}&by=category")
SPAN = f"since={datetime.now(UTC).date() - timedelta(days=20)}T00:00:00Z&until={datetime.now(UTC).date() + timedelta(days=2)}T00:00:00Z"
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
    "attachments_read": (
        *(
            About(
                "GET",
                f"/api/attachments/{{attachment}}/{variant}",
                seen=frozenset({200, 404} if variant != "public" else {404}),
            )
            for variant in ("full", "thumb", "public")
        ),
        Apart("test_originals_are_for_those_who_read_personal_data"),
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
    # sensing: things that one may not see look as things that do not exist
    "sensing_write_readings": (
        Public(
            "POST",
            "/api/sensing/readings",
            {"readings": [{"thing": "nothing", "quantity": "methane", "value": 1}]},
        ),
        Apart("tests.sensing.test_http"),
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
    # vital signs: numbers belong to regions
    "vitals_take_numbers": (
        Public(
            "POST",
            "/api/vitals/numbers",
            {"rows": [{"register": "x", "region": "0", "period": "2020", "value": 1}]},
        ),
        Apart("tests.vitals.test_numbers"),
    ),
    "vitals_import_numbers": (Apart("tests.vitals.test_numbers"),),
    "vitals_list_registers": (Listing("/api/vitals/registers"), Apart("tests.vitals.test_numbers")),
    # signs: by region, from a file that no policy guards
    **{
        f"vitals_{name}": (
            Listing(f"/api/vitals{path}", params),
            Apart("test_signs_stay_in_their_jurisdiction"),
        )
        for name, path, params in (
            ("look_up", "/lookup", ("q={mark}", "q=燃气", "region={town}", "region={district}")),
            ("read_signs", "/signs", ("region={town}", "q={mark}&has_data=true")),
            ("read_sign", f"/signs/{SIGN}", ("region={town}",)),
            ("read_below", f"/signs/{SIGN}/below", ("region={town}", "region={district}&level=grid")),
            ("read_sign_trend", f"/signs/{SIGN}/trend", ("region={town}",)),
            ("read_region_signs", "/region/{town}/signs", ("",)),
        )
    },
    **{
        f"vitals_{name}": (Apart("test_thresholds_are_set_and_tried_in_their_jurisdiction"),)
        for name in ("set_thresholds", "try_out")
    },
    # checkups
    # risks: colours of regions, alarms, incidents and things on one map
    **{
        f"vitals_read_risk_{name}": (
            Listing(f"/api/vitals/risk/{path}", params),
            Apart("test_risks_stay_in_their_jurisdiction"),
        )
        for name, path, params in (
            ("regions", "regions", ("", "parent={town}", "parent={district}&level=grid")),
            ("why", "regions/{town}", ("",)),
            ("items", "items", ("", "region={town}", "kind=incident&limit=1500", SPAN)),
            ("hours", "hours", ("", "region={town}")),
            ("things", "things", ("bbox=105,28,111,33", "bbox=105,28,111,33&region={town}&kinds=gas")),
            ("points", "points", ("", "region={town}")),
        )
    },
    "vitals_list_checkups": (
        Listing(
            "/api/vitals/checkups", ("", "region={town}", "region={district}&period=month&day=2025-06-01")
        ),
        Apart("test_checkups_are_read_and_made_within_the_jurisdiction"),
    ),
    "vitals_make_checkup": (
        Public("POST", "/api/vitals/checkups", {"region": NOWHERE, "period": "month", "day": "2025-06-01"}),
        Apart("test_checkups_are_read_and_made_within_the_jurisdiction"),
    ),
    "vitals_read_checkup": (Apart("test_checkups_are_read_and_made_within_the_jurisdiction"),),
    "vitals_print_checkup": (Apart("test_checkups_are_read_and_made_within_the_jurisdiction"),),
    # sensorthings: the cast has no things; what of them is seen from where is proved on things of two districts
    "sensorthings_read_root": (Listing("/api/sta/v1.1"),),
    "sensorthings_read": (
        Listing(
            "/api/sta/v1.1/Things",
            ("", "$expand=Locations,Datastreams/Observations", "$filter=substringof('{mark}',name)"),
        ),
        Listing("/api/sta/v1.1/Locations", ("$filter=geo.distance(location,geography'POINT(106 29)') lt 9",)),
        Listing("/api/sta/v1.1/Observations", ("$count=true&$resultFormat=dataArray",)),
        Apart("tests.sensing.sta.test_jurisdiction"),
    ),
    "sensorthings_create": (
        Public("POST", "/api/sta/v1.1/Things", {"name": "试探"}),
        Apart("tests.sensing.sta.test_jurisdiction"),
    ),
    "sensorthings_change": (
        Public("PATCH", f"/api/sta/v1.1/Things({NOWHERE})", {"name": "试探"}),
        Apart("tests.sensing.sta.test_jurisdiction"),
    ),
    "sensorthings_replace": (
        Public("PUT", f"/api/sta/v1.1/Things({NOWHERE})", {"name": "试探"}),
        Apart("tests.sensing.sta.test_jurisdiction"),
    ),
    "sensorthings_remove": (
        Public("DELETE", f"/api/sta/v1.1/Things({NOWHERE})"),
        Apart("tests.sensing.sta.test_jurisdiction"),
    ),
    **probes_identity.PROBES,
    **probes_common.PROBES,
    **probes_sensing.PROBES,
}
