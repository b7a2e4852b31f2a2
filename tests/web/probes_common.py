"""How the routes are tried out that are public or the same for all staff; see `probes`."""

from __future__ import annotations

from tests.web.probing import NOWHERE, Apart, Listing, Probe, Public

POINT = {"lon": "{lon}", "lat": "{lat}"}
DAY = {"day": "2026-10-01", "kind": "holiday", "name": "国庆节"}

PROBES: dict[str, tuple[Probe, ...]] = {
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
