"""How the routes of sensing are tried out: at the place of each incident stands a thing with its mark; see `probes`."""

from __future__ import annotations

from tests.web.probing import About, Apart, Listing, Probe

FILTERS = ("", "q={mark}", "kind=gas", "region={town}", "owner={unit}", "active=true")
# Who sees an incident by a work order or a transfer does not see the thing beside it: 404 is right for them too.
SEEN = frozenset({200, 403, 404})
EDIT = {"name": "试探", "lon": "{lon}", "lat": "{lat}", "quota": 60}
STREAM = {"unit": "%{LEL}", "low": 0, "high": 100, "interval_s": 60}
ALARMS = (
    "",
    "region={town}",
    "thing={thing}",
    "level=4&open=true",
    "state=raised",
    "sign=gas.methane.max",
    "kind=anomaly",
)
SHELF = {"until": "2020-01-01T00:00:00Z", "reason": "试探"}

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
    "vitals_read_alarms": (Listing("/api/vitals/alarms", ALARMS),),
    "vitals_read_storms": (Listing("/api/vitals/alarms/storms", ALARMS),),
    "vitals_read_analysis": (
        Listing("/api/vitals/alarms/analysis", ALARMS),
        Apart("test_alarms_are_those_of_the_model"),
    ),
    "vitals_read_alarm": (About("GET", "/api/vitals/alarms/{alarm}", need="alarm", seen=SEEN),),
    "vitals_acknowledge": (
        About("POST", "/api/vitals/alarms/{alarm}/acknowledge", need="alarm", seen=SEEN | {204}),
    ),
    "vitals_shelve": (
        About("POST", "/api/vitals/alarms/{alarm}/shelve", SHELF, "alarm", seen=SEEN | {204, 422}),
    ),
    "vitals_unshelve": (
        About("POST", "/api/vitals/alarms/{alarm}/unshelve", need="alarm", seen=SEEN | {204, 409}),
    ),
    "sensing_read_things_template": (Listing("/api/sensing/things-import/template"),),
    "sensing_import_things": (Apart("test_nobody_registers_things_beyond_their_jurisdiction"),),
}
