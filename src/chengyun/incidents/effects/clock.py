"""Stopping the clock and pressing: suspend, supervise, urge, lamps. Pure."""

from __future__ import annotations

from typing import Any

from chengyun.incidents import deadlines
from chengyun.incidents.contracts import Stage
from chengyun.incidents.effects.scene import Effect, Scene, moment, pending
from chengyun.incidents.life import Running
from chengyun.kernel.errors import Conflict


def _ask(scene: Scene) -> None:
    scene.incident.pending = pending(scene.act)


def _suspend(scene: Scene) -> None:
    life, at = scene.life, scene.act.at
    until = scene.act.args["until"]
    scene.incident.state_before = scene.act.args["from"]
    scene.incident.pending = None
    for running in life.deadlines:
        if running.state == "running":
            deadlines.pause(running, at, scene.book.calendar)
    deadlines.start(life, Stage.SUSPENSION, None, at, scene.book, scene.new_id, moment(until))


def _unask(scene: Scene) -> None:
    scene.incident.pending = None


def _resume(scene: Scene) -> None:
    incident, before = scene.incident, scene.before
    incident.state_before = None
    scene.go(before)
    for running in scene.life.deadlines:
        if running.state == "paused":
            deadlines.resume(running, scene.act.at, scene.book.calendar)
        elif running.live and running.stage == Stage.SUSPENSION:
            deadlines.end(running, scene.act.at)
    incident.alert(incident.desk_id)


def _supervise(scene: Scene) -> None:
    """One answer is owed at a time: a second supervision joins the first."""
    incident, doer = scene.incident, scene.act.doer
    if doer.home is not None:
        incident.involve(doer.home)
    incident.alert(incident.centre_id)
    before = incident.supervision or {}
    incident.supervision = {
        "state": "owed",
        "centre": doer.home or incident.centre_id,
        "by": doer.name,
        "note": scene.act.text,
        "since": scene.act.at.isoformat(),
        "times": before.get("times", 0) + 1,
        "refusals": before.get("refusals", 0),
    }
    if not _owed(scene):
        _ask_for_answer(scene)


def _owed(scene: Scene) -> list[Running]:
    return [d for d in scene.life.deadlines if d.live and d.stage == Stage.SUPERVISION]


def _ask_for_answer(scene: Scene) -> None:
    until = scene.act.args.get("until")
    end = moment(until) if until else None
    deadlines.start(scene.life, Stage.SUPERVISION, None, scene.act.at, scene.book, scene.new_id, end)


def _supervise_reply(scene: Scene) -> None:
    owed, at = _owed(scene), scene.act.at
    if not owed:
        raise Conflict("incidents.nothing_to_answer")
    deadlines.end(owed[0], at)
    supervision = scene.incident.supervision
    if supervision is not None:
        given = {"reply": scene.act.text, "replied_at": at.isoformat(), "late": at > owed[0].due_at}
        scene.incident.supervision = {**supervision, "state": "answered", **given}
        scene.incident.alert(supervision["centre"])


def _supervise_accept(scene: Scene) -> None:
    _answered(scene)
    scene.incident.supervision = None


def _supervise_refuse(scene: Scene) -> None:
    """The answer does not do: a new one is owed, with a deadline of its own."""
    supervision, incident = _answered(scene), scene.incident
    asked = {
        "note": scene.act.text,
        "since": scene.act.at.isoformat(),
        "refusals": supervision["refusals"] + 1,
    }
    incident.supervision = {**supervision, "state": "owed", **asked}
    incident.alert(incident.centre_id)
    _ask_for_answer(scene)


def _answered(scene: Scene) -> dict[str, Any]:
    supervision = scene.incident.supervision
    if supervision is None or supervision["state"] != "answered":
        raise Conflict("incidents.nothing_was_answered")
    return supervision


def _urge(scene: Scene) -> None:
    """Urged by or for its reporters it counts; by others it only rings."""
    incident = scene.incident
    incident.alert(incident.desk_id)
    if scene.act.doer.kind != "person" or scene.act.args.get("for_reporter"):
        incident.urges += 1
        incident.urged_at = scene.act.at


def _alert_ack(scene: Scene) -> None:
    scene.incident.hush(scene.act.doer.home or 0)


def _recount(scene: Scene) -> None:
    """The calendar was changed and the officer wanted running limits to follow it (args: edition)."""
    for running in scene.life.deadlines:
        deadlines.recount(running, scene.act.at, scene.book.calendar)


def _told(scene: Scene) -> None:
    """A deadline came due (args: stage, position, next_at, lamp, alert): keep it and ring."""
    incident, args = scene.incident, scene.act.args
    for running in scene.life.deadlines:
        if running.live and (running.stage, running.order_id) == (args.get("stage"), scene.act.order):
            running.position, running.lamp = args["position"], args["lamp"]
            running.next_at = moment(args["next_at"])
    if args.get("absent"):
        incident.absent = True
    for centre in args.get("alert", ()):
        incident.alert(centre)


CLOCK: dict[str, Effect] = {
    "suspend_request": _ask,
    "suspend_approve": _suspend,
    "suspend_reject": _unask,
    "resume": _resume,
    "supervise": _supervise,
    "supervise_reply": _supervise_reply,
    "supervise_accept": _supervise_accept,
    "supervise_refuse": _supervise_refuse,
    "urge": _urge,
    "alert_ack": _alert_ack,
    "recount": _recount,
    "lamp_yellow": _told,
    "overdue": _told,
    "escalated": _told,
    "reminded": _told,
}
