"""How the routes of sensing are tried out: at the place of each incident stands a thing with its mark; see `probes`."""

from __future__ import annotations

from tests.web.probing import About, Apart, Listing, Probe

FILTERS = ("", "q={mark}", "kind=gas", "region={town}", "owner={unit}", "active=true")
# Who sees an incident by a work order or a transfer does not see the thing beside it: 404 is right for them too.
SEEN = frozenset({200, 403, 404})
EDIT = {"name": "试探", "lon": "{lon}", "lat": "{lat}", "quota": 60}
STREAM = {"unit": "%{LEL}", "low": 0, "high": 100, "interval_s": 60}

PROBES: dict[str, tuple[Probe, ...]] = {
    "sensing_list_kinds": (Listing("/api/sensing/kinds"),),
    "sensing_list_things": (
        Listing("/api/sensing/things", FILTERS),
        Apart("test_things_are_those_of_the_model"),
    ),
    "sensing_export_things": (
        Listing("/api/sensing/things-export", FILTERS),
        Apart("test_things_are_those_of_the_model"),
    ),
    "sensing_read_thing": (About("GET", "/api/sensing/things/{thing}", need="thing", seen=SEEN),),
    "sensing_create_thing": (Apart("test_nobody_registers_things_beyond_their_jurisdiction"),),
    "sensing_edit_thing": (About("PUT", "/api/sensing/things/{thing}", EDIT, "thing", control=False),),
    "sensing_set_thing_active": (
        About("POST", "/api/sensing/things/{thing}/active", {"active": True}, "thing", seen=SEEN),
    ),
    "sensing_issue_thing_secret": (
        About("POST", "/api/sensing/things/{thing}/secret", need="thing", control=False),
    ),
    "sensing_edit_datastream": (
        About("PUT", "/api/sensing/datastreams/{stream}", STREAM, "stream", seen=SEEN),
    ),
    "sensing_read_things_template": (Listing("/api/sensing/things-import/template"),),
    "sensing_import_things": (Apart("test_nobody_registers_things_beyond_their_jurisdiction"),),
}
