"""Telling others of a move: browsers by the outbox, features above by the bus, the audit of sensitive ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from chengyun.incidents.contracts import About, IncidentClosed, IncidentMoved, Level, State
from chengyun.incidents.life import Act, Incident, Life
from chengyun.incidents.rules import SENSITIVE
from chengyun.kernel import audit, outbox
from chengyun.kernel.transactions import Tx

MANY = 200  # changes of one transaction that are told one by one


def origin_of(incident: Incident) -> tuple[str, str] | None:
    """Where it came from, as (kind, id) of another feature."""
    if incident.origin_kind is None or incident.origin_id is None:
        return None
    return incident.origin_kind, incident.origin_id


def announce(tx: Tx, life: Life, acts: Sequence[Act], alerts_before: Sequence[int]) -> None:
    """Everything that follows from saved moves."""
    incident = life.incident
    _emit(tx, life, acts, alerts_before)
    about = About(incident.number, tuple(incident.readers), incident.category, Level(incident.level))
    for place, act in enumerate(acts, incident.steps - len(acts) + 1):
        if act.move in SENSITIVE:
            # The reason stands in the history's step, where it can be masked in time; an audit row stays for ever.
            detail = {"number": incident.number, "step": place, "order": act.order}
            audit.record(tx, f"incident.{act.move}", ("incident", incident.id), detail)
        tx.publish(IncidentMoved(incident.id, act.move, State(incident.state), about))
        if act.move == "close":
            tx.publish(IncidentClosed(incident.id, origin_of(incident)))


def _emit(tx: Tx, life: Life, acts: Sequence[Act], alerts_before: Sequence[int]) -> None:
    incident, last = life.incident, acts[-1]
    payload = brief(incident, last.move)
    outbox.emit(tx, "incident", payload, incident.readers)
    touched = {act.order for act in acts if act.order is not None}
    touched |= {given["id"] for act in acts for given in act.args.get("orders", ())}
    units = sorted({order.unit_id for order in life.orders if order.id in touched})
    if units:
        outbox.emit(tx, "workorder", {**payload, "units": units}, units)
    rung = [centre for centre in incident.alerts if centre not in alerts_before]
    if rung:
        outbox.emit(tx, "alert", {**payload, "centres": rung}, rung)


def announce_many(tx: Tx, told: Sequence[tuple[Life, Act]]) -> None:
    """What the sweeper found. Where that is much, one line per centre says so instead of one per incident."""
    if len(told) <= MANY:
        for life, act in told:
            outbox.emit(tx, "incident", brief(life.incident, act.move), life.incident.readers)
            if act.args.get("alert"):
                rung = act.args["alert"]
                outbox.emit(tx, "alert", {**brief(life.incident, act.move), "centres": rung}, rung)
        return
    centres = Counter(life.incident.desk_id for life, _ in told)
    rings = Counter(centre for _, act in told for centre in act.args.get("alert", ()))
    for centre, count in centres.items():
        outbox.emit(
            tx, "incident", {"id": None, "change": "swept", "centre": centre, "count": count}, [centre]
        )
    for centre, count in rings.items():
        payload = {"id": None, "change": "swept", "centres": [centre], "count": count}
        outbox.emit(tx, "alert", payload, [centre])


def brief(incident: Incident, change: str) -> dict[str, object]:
    """What a browser needs to know of a change."""
    return {
        "id": incident.id,
        "number": incident.number,
        "change": change,
        "state": incident.state,
        "level": incident.level,
        "lamp": incident.lamp,
        "centre": incident.desk_id,
    }
