"""Noun: the *incident*, one thing that needs handling, from its first report until it is closed and rated.

Tables owned: incidents_incident, incidents_step (history, append-only), incidents_order (work orders),
incidents_deadline, incidents_report, incidents_message, incidents_rulebook, incidents_block,
incidents_counter. News published inside the transaction: IncidentOpened, IncidentMoved, IncidentClosed.

Others come in through `service` (the door) and `contracts` only.
"""
