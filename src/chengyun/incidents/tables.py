"""Tables of incidents. Times are UTC. Jurisdiction: `incidents_incident.readers` decides for all of them (with who
reported and the parts of the system it makes `seen_by`, which row-level security looks at)."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSONB, TSVECTOR

from chengyun.kernel.tables import metadata

BIG = sa.BigInteger
WHEN = sa.DateTime(timezone=True)
DONE = ("closed", "rated", "voided", "merged")  # an incident in any other state is open
OPEN_ORDER = ("issued", "acknowledged", "handling")
IS_OPEN = "state NOT IN ('closed', 'rated', 'voided', 'merged')"
IS_CLOSED = "state IN ('closed', 'rated')"
WAITS = (  # a centre has to act, and nobody above was told that it is empty
    "NOT absent AND state IN"
    " ('reported', 'accepted', 'verified', 'filed', 'transferring', 'arbitrating', 'handled', 'checked')"
)
ABOVE = "pinned OR alerts <> '{}'"  # stands above everything else in a queue
# For the order of queues: without an end, last. Written as PostgreSQL writes it.
DUE = "COALESCE(due_at, '9999-01-01 00:00:00+00'::timestamp with time zone)"
MISSED = "stage = 'handle' AND state = 'missed'"
ORDER_IS_OPEN = "state IN ('issued', 'acknowledged', 'handling')"

MARKS = (  # the moves that evaluation reads
    "move IN ('file', 'decline', 'void', 'acknowledge', 'report_back', 'check_fail', 'close', 'reopen',"
    " 'suspend_approve', 'resume')"
)
# The number of the square that holds a place, about 200 m wide, as PostgreSQL writes it: those side by side follow
# one another.
CELL = (
    "(((floor((lat / (0.002)::double precision)) * (1000000)::double precision)"
    " + floor((lon / (0.002)::double precision))))::bigint"
)

number_sequence = sa.Sequence("incidents_number_seq", metadata=metadata)

incident = sa.Table(
    "incidents_incident",
    metadata,
    sa.Column("id", BIG, sa.Identity(), primary_key=True),
    sa.Column("number", sa.Text, nullable=False, unique=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("category", sa.Text),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("state_before", sa.Text),  # where transferring, arbitrating and suspended came from
    sa.Column("event", sa.Text, nullable=False),  # how it came to its centre: reported, transferred-in, …
    sa.Column("centre_id", BIG, nullable=False),  # the owner: exactly one
    sa.Column("desk_id", BIG, nullable=False),  # the centre whose turn it is: owner, target, arbiter, checker
    sa.Column("transfer_to", BIG),
    sa.Column("territory_version", sa.Integer, nullable=False),
    sa.Column("city_id", BIG, nullable=False),  # the governing chain of the place
    sa.Column("district_id", BIG, nullable=False),
    sa.Column("town_id", BIG, nullable=False),
    sa.Column("village_id", BIG),
    sa.Column("grid_id", BIG),
    sa.Column("lon", sa.Double, nullable=False),
    sa.Column("lat", sa.Double, nullable=False),
    sa.Column("border_m", sa.Double, nullable=False),
    sa.Column("schematic", sa.Boolean, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("positioned", sa.Text),  # gps | map | search | operator
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("origin_kind", sa.Text),
    sa.Column("origin_id", sa.Text),
    sa.Column("readers", ARRAY(BIG), nullable=False),  # chain + involved: who may see it
    sa.Column("involved", ARRAY(BIG), nullable=False),  # centres and units beyond the chain
    sa.Column("residents", ARRAY(BIG), nullable=False),  # signed-in reporters
    sa.Column("returns", sa.SmallInteger, nullable=False),
    sa.Column("refusals", sa.SmallInteger, nullable=False),
    sa.Column("reworks", sa.SmallInteger, nullable=False),
    sa.Column("reopened", sa.SmallInteger, nullable=False),
    sa.Column("reports_count", sa.Integer, nullable=False),
    sa.Column("binding", sa.Boolean, nullable=False),  # decided by arbitration: no further return
    sa.Column("pinned", sa.Boolean, nullable=False),
    sa.Column("alerts", ARRAY(BIG), nullable=False),  # centres that have not acknowledged the alert
    sa.Column("alert_level", sa.Text),
    sa.Column("absent", sa.Boolean, nullable=False),  # nobody was on duty, the centre above was told
    sa.Column("simulated", sa.Boolean, nullable=False),
    sa.Column("rulebook_id", BIG, sa.ForeignKey("incidents_rulebook.id")),
    sa.Column("rule_id", sa.Text),  # the routing rule that decided
    sa.Column("why", JSONB, nullable=False),  # topic → {zh, en, rule, source, inputs, rejected}
    sa.Column(
        "pending", JSONB(none_as_null=True)
    ),  # a suspension that waits for its approver: {by, reason, until}
    sa.Column("occurred_at", WHEN, nullable=False),
    sa.Column("reported_at", WHEN, nullable=False),
    sa.Column("changed_at", WHEN, nullable=False),
    sa.Column("filed_at", WHEN),
    sa.Column("dispatched_at", WHEN),
    sa.Column("handled_at", WHEN),
    sa.Column("closed_at", WHEN),
    sa.Column("lamp", sa.Text, nullable=False),  # the worst of the running deadlines
    sa.Column("due_at", WHEN),  # the earliest of the running deadlines
    sa.Column("deadline_id", BIG),
    sa.Column("rank", sa.SmallInteger, nullable=False),  # lamp red 0, else 4; + level 0…3; ended 9
    sa.Column("outcome", sa.Text),
    sa.Column("stars", sa.SmallInteger),
    sa.Column("solved", sa.Boolean),
    sa.Column("merged_into", BIG, sa.ForeignKey("incidents_incident.id")),  # the master that it follows
    sa.Column("cell", BIG, sa.Computed(CELL), nullable=False),  # its square, see duplicates.finding
    sa.Column("steps", sa.Integer, nullable=False),  # length of the history
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("acted_at", WHEN),  # the last step that carried it on (rules.PRESSING does not)
    sa.Column("urges", sa.SmallInteger, nullable=False),  # by its reporters, since it was opened last
    sa.Column("urged_at", WHEN),
    sa.Column(
        "supervision", JSONB(none_as_null=True)
    ),  # an answer owed or given: {state, centre, by, note, since, times, refusals, reply?, replied_at?, late?}
    sa.Column("rated_at", WHEN),  # of the first rating; it may be changed for a while
    sa.Column("masked_at", WHEN),  # contacts erased, texts masked for good
    sa.Column("emptied_at", WHEN),  # texts erased
    sa.Column("seen_by", ARRAY(BIG), sa.Computed("incidents_seen_by(readers, residents)"), nullable=False),
    sa.Index("incidents_incident_seen_by", "seen_by", postgresql_using="gin"),
    sa.Index("incidents_incident_urgency", "rank", sa.text(DUE), "id"),
    sa.Index("incidents_incident_due", sa.text(DUE), "id", postgresql_where=sa.text(IS_OPEN)),
    sa.Index("incidents_incident_above", "rank", "due_at", "id", postgresql_where=sa.text(ABOVE)),
    sa.Index("incidents_incident_closed", "closed_at"),
    sa.Index("incidents_incident_desk", "desk_id", "rank", "due_at", "id", postgresql_where=sa.text(IS_OPEN)),
    sa.Index("incidents_incident_waits", "desk_id", postgresql_where=sa.text(WAITS)),
    sa.Index("incidents_incident_owner", "centre_id", "state", postgresql_where=sa.text(IS_OPEN)),
    sa.Index("incidents_incident_open_town", "town_id", "rank", postgresql_where=sa.text(IS_OPEN)),
    sa.Index("incidents_incident_open_district", "district_id", "rank", postgresql_where=sa.text(IS_OPEN)),
    sa.Index("incidents_incident_map", "lon", "lat", postgresql_where=sa.text(IS_OPEN)),
    sa.Index("incidents_incident_near", "cell", "reported_at", postgresql_where=sa.text(IS_OPEN)),
    sa.Index("incidents_incident_merged", "merged_into", postgresql_where=sa.text("merged_into IS NOT NULL")),
    sa.Index("incidents_incident_alerts", "desk_id", postgresql_where=sa.text("alerts <> '{}'")),
    sa.Index("incidents_incident_red", "id", postgresql_where=sa.text(f"level = 'red' AND {IS_OPEN}")),
    sa.Index("incidents_incident_ended", "changed_at", postgresql_where=sa.text("emptied_at IS NULL")),
    sa.Index("incidents_incident_late", "due_at", postgresql_where=sa.text(f"lamp = 'red' AND {IS_OPEN}")),
    sa.Index(
        "incidents_incident_bounced", "id", postgresql_where=sa.text(f"returns + refusals > 0 AND {IS_OPEN}")
    ),
    sa.Index("incidents_incident_silent", "acted_at", postgresql_where=sa.text(IS_OPEN)),
    sa.Index(
        "incidents_incident_redone", "id", postgresql_where=sa.text(f"reopened + reworks > 0 AND {IS_OPEN}")
    ),
    sa.Index("incidents_incident_urged", "id", postgresql_where=sa.text(f"urges > 0 AND {IS_OPEN}")),
    sa.Index("incidents_incident_supervised", "id", postgresql_where=sa.text("supervision IS NOT NULL")),
    sa.Index("incidents_incident_reported", "reported_at"),
    sa.Index("incidents_incident_district", "district_id", "reported_at"),
    sa.Index("incidents_incident_town", "town_id", "reported_at"),
)

words = sa.Table(  # of each incident, kept by triggers; the application may read ids alone, see searching
    "incidents_words",
    metadata,
    sa.Column("incident_id", BIG, primary_key=True, autoincrement=False),
    sa.Column("words", TSVECTOR, nullable=False),
    sa.Index("incidents_words_words", "words", postgresql_using="gin"),
)

step = sa.Table(
    "incidents_step",
    metadata,
    sa.Column("incident_id", BIG, sa.ForeignKey("incidents_incident.id"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),  # 1, 2, … within the incident
    sa.Column("at", WHEN, nullable=False),
    sa.Column("move", sa.Text, nullable=False),
    sa.Column("order_id", BIG),
    sa.Column("actor_kind", sa.Text, nullable=False),
    sa.Column("actor_id", BIG),
    sa.Column("actor_name", sa.Text, nullable=False),
    sa.Column("post_id", BIG),
    sa.Column("unit_id", BIG),
    sa.Column("home_id", BIG),  # the centre of the post acted in
    sa.Column("centre_id", BIG, nullable=False),  # the owner after the step
    sa.Column("state", sa.Text, nullable=False),  # of the incident after the step
    sa.Column("order_state", sa.Text),  # of the work order after the step
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("args", JSONB, nullable=False),  # what the move was given: enough to replay it
    sa.Column("why", JSONB, nullable=False),
    sa.Column("attachments", ARRAY(BIG), nullable=False),
    sa.Index("incidents_step_filed", "at", "incident_id", postgresql_where=sa.text("move = 'file'")),
    sa.Index(
        "incidents_step_marks",
        "incident_id",
        postgresql_include=["at", "move", "order_id", "actor_id", "seq"],
        postgresql_where=sa.text(MARKS),
    ),
    sa.Index("incidents_step_arbitrated", "at", postgresql_where=sa.text("move = 'arbitrate'")),
)

order = sa.Table(
    "incidents_order",
    metadata,
    sa.Column("id", BIG, sa.Identity(), primary_key=True),
    sa.Column("incident_id", BIG, sa.ForeignKey("incidents_incident.id"), nullable=False),
    sa.Column("number", sa.Text, nullable=False),  # number of the incident and -1, -2, …
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("unit_id", BIG, nullable=False),
    sa.Column("person_id", BIG),  # the community's grid worker
    sa.Column("person_name", sa.Text),
    sa.Column("centre_id", BIG, nullable=False),  # the centre that issued it
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("issued_at", WHEN, nullable=False),
    sa.Column("acknowledged_at", WHEN),
    sa.Column("done_at", WHEN),
    sa.Column("changed_at", WHEN, nullable=False),
    sa.Column("returns", sa.SmallInteger, nullable=False),
    sa.Column("outcome", sa.Text),
    sa.Column("measures", JSONB, nullable=False),
    sa.Column("handlers", ARRAY(BIG), nullable=False),  # people who worked on it: none of them checks it
    sa.Column(
        "pending", JSONB(none_as_null=True)
    ),  # a deferral that waits for its approver: {by, reason, until}
    sa.Column("called_by", BIG),  # the order whose handler called this unit in
    sa.Column("why", sa.Text),
    sa.Index("incidents_order_incident", "incident_id"),
    sa.Index("incidents_order_unit", "unit_id", "state", postgresql_where=sa.text(ORDER_IS_OPEN)),
    sa.Index("incidents_order_person", "person_id", postgresql_where=sa.text(ORDER_IS_OPEN)),
)

deadline = sa.Table(
    "incidents_deadline",
    metadata,
    sa.Column("id", BIG, sa.Identity(), primary_key=True),
    sa.Column("incident_id", BIG, sa.ForeignKey("incidents_incident.id"), nullable=False),
    sa.Column("order_id", BIG),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("clock", sa.Text, nullable=False),
    sa.Column("amount", sa.Double, nullable=False),  # hours or days, by the clock
    sa.Column("started", WHEN, nullable=False),
    sa.Column("running_since", WHEN, nullable=False),  # later than started after a pause
    sa.Column("spent", sa.Double, nullable=False),  # amount used before running_since
    sa.Column("yellow_at", WHEN, nullable=False),
    sa.Column("due_at", WHEN, nullable=False),
    sa.Column("next_at", WHEN, nullable=False),  # when the sweeper has to look again
    sa.Column("position", sa.SmallInteger, nullable=False),  # 0 yellow next, 1 due next, 2… ladder
    sa.Column("yellow", sa.Double, nullable=False),  # shares of the limit
    sa.Column("ladder", ARRAY(sa.Double), nullable=False),
    sa.Column("lamp", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # running | paused | held (merged) | met | missed | dropped
    sa.Column("ended_at", WHEN),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("shifts", ARRAY(WHEN), nullable=False),  # when it was moved, where it ended until then, …
    sa.Column("moved_at", WHEN, sa.Computed("shifts[array_upper(shifts, 1) - 1]")),  # the last time
    sa.Index("incidents_deadline_incident", "incident_id"),
    sa.Index("incidents_deadline_next", "next_at", postgresql_where=sa.text("state = 'running'")),
    sa.Index("incidents_deadline_due", "due_at", "incident_id", postgresql_where=sa.text("stage = 'handle'")),
    sa.Index("incidents_deadline_moved", "moved_at", postgresql_where=sa.text("moved_at IS NOT NULL")),
    sa.Index("incidents_deadline_missed", "incident_id", postgresql_where=sa.text("state = 'missed'")),
)

report = sa.Table(
    "incidents_report",
    metadata,
    sa.Column("id", BIG, sa.Identity(), primary_key=True),
    sa.Column("incident_id", BIG, sa.ForeignKey("incidents_incident.id"), nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("at", WHEN, nullable=False),
    sa.Column("resident_id", BIG),
    sa.Column("person_id", BIG),  # the grid worker or operator who entered it
    sa.Column("contact", BYTEA),  # {name, phone}, encrypted
    sa.Column("masked_name", sa.Text),  # "张**"
    sa.Column("masked_phone", sa.Text),  # "138****0001"
    sa.Column("hidden", sa.Boolean, nullable=False),
    sa.Column("spam", sa.Boolean, nullable=False),
    sa.Column("spam_reason", sa.Text),
    sa.Column("token_hash", BYTEA, nullable=False, unique=True),
    sa.Column("source_hash", BYTEA),  # of the address it came from, for abuse limits
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("attachments", ARRAY(BIG), nullable=False),
    sa.Column("erase_asked_at", WHEN),  # the reporter wants it gone as soon as the incident has ended
    sa.Column("erased_at", WHEN),  # contact gone, texts masked
    sa.Index("incidents_report_incident", "incident_id"),
    sa.Index("incidents_report_resident", "resident_id", postgresql_where=sa.text("resident_id IS NOT NULL")),
    sa.Index("incidents_report_person", "person_id", postgresql_where=sa.text("person_id IS NOT NULL")),
    sa.Index(
        "incidents_report_source", "source_hash", "at", postgresql_where=sa.text("source_hash IS NOT NULL")
    ),
)

message = sa.Table(
    "incidents_message",
    metadata,
    sa.Column("id", BIG, sa.Identity(), primary_key=True),
    sa.Column("incident_id", BIG, sa.ForeignKey("incidents_incident.id"), nullable=False),
    sa.Column("audience", sa.Text, nullable=False),  # reporter | unit | centre
    sa.Column("target_id", BIG),  # unit, centre, or one report; none: all reporters
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("zh", sa.Text, nullable=False),
    sa.Column("en", sa.Text, nullable=False),
    sa.Column("at", WHEN, nullable=False),
    sa.Index("incidents_message_incident", "incident_id"),
)

callback = sa.Table(
    "incidents_callback",
    metadata,
    sa.Column("id", BIG, sa.Identity(), primary_key=True),
    sa.Column("incident_id", BIG, sa.ForeignKey("incidents_incident.id"), nullable=False),
    sa.Column("round", sa.SmallInteger, nullable=False),  # how often it had been reopened: each closing anew
    sa.Column("at", WHEN, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),  # why it was to be called: a line of callbacks.csv
    sa.Column("reached", sa.Boolean, nullable=False),
    sa.Column("stars", sa.SmallInteger),
    sa.Column("solved", sa.Boolean),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("by_id", BIG, nullable=False),
    sa.Column("by_name", sa.Text, nullable=False),
    sa.Index("incidents_callback_incident", "incident_id"),
)

rulebook = sa.Table(
    "incidents_rulebook",
    metadata,
    sa.Column("id", BIG, sa.Identity(), primary_key=True),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("versions", JSONB, nullable=False),
    sa.Column("content", JSONB, nullable=False),
    sa.Column("installed_at", WHEN, nullable=False),  # the newest one is current
    sa.Column("installed_by", sa.Text, nullable=False),
)

block = sa.Table(
    "incidents_block",
    metadata,
    sa.Column("id", BIG, sa.Identity(), primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),  # source | resident
    sa.Column("key", sa.Text, nullable=False),  # hash of the address in hex, or resident id
    sa.Column("report_id", BIG),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("until", WHEN, nullable=False),
    sa.Column("by_id", BIG),
    sa.Column("by_name", sa.Text, nullable=False),
    sa.Column("at", WHEN, nullable=False),
    sa.Index("incidents_block_key", "kind", "key", "until"),
)

counter = sa.Table(
    "incidents_counter",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("opened_at", WHEN, primary_key=True),  # start of the window that is counted
    sa.Column("n", sa.Integer, nullable=False),
)

model = (
    sa.Table(  # attempts at learning categories; the newest that was neither refused nor withdrawn is in use
        "incidents_model",
        metadata,
        sa.Column("id", BIG, sa.Identity(), primary_key=True),
        sa.Column("digest", sa.Text, nullable=False),  # SHA-256 of the content
        sa.Column("trained_at", WHEN, nullable=False),
        sa.Column("by_hand", sa.Boolean, nullable=False),
        sa.Column("simulated", sa.Boolean, nullable=False),  # learned from simulated incidents: never decides
        sa.Column("examples", sa.Integer, nullable=False),
        sa.Column("figures", JSONB, nullable=False),
        sa.Column(
            "compared", JSONB(none_as_null=True)
        ),  # with the one before, on texts that neither had seen
        sa.Column("refused", sa.Text),  # why it was not taken
        sa.Column(
            "automatic", sa.Double
        ),  # confidence from which it decides at intake; NULL: it only proposes
        sa.Column("withdrawn_at", WHEN),
        sa.Column("content", BYTEA),  # arrays, never code; NULL where refused
    )
)


PROTECTED = (incident, step, order, deadline, report, message, callback)
