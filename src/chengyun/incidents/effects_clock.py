"""Stopping the clock and pressing: suspend, supervise, urge, lamps. Pure."""

from __future__ import annotations

from chengyun.incidents import deadlines
from chengyun.incidents.contracts import Stage
from chengyun.incidents.scene import Effect, Scene, moment, pending
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
    incident, until = scene.incident, scene.act.args.get("until")
    centre = scene.act.doer.home
    if centre is not None:
        incident.involve(centre)
    incident.alert(incident.centre_id)
    if not any(d.live and d.stage == Stage.SUPERVISION for d in scene.life.deadlines):
        end = moment(until) if until else None
        deadlines.start(scene.life, Stage.SUPERVISION, None, scene.act.at, scene.book, scene.new_id, end)


def _supervise_reply(scene: Scene) -> None:
    owed = [d for d in scene.life.deadlines if d.live and d.stage == Stage.SUPERVISION]
    if not owed:
        raise Conflict("incidents.nothing_to_answer")
    deadlines.end(owed[0], scene.act.at)


def _urge(scene: Scene) -> None:
    scene.incident.alert(scene.incident.desk_id)


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
    "urge": _urge,
    "alert_ack": _alert_ack,
    "recount": _recount,
    "lamp_yellow": _told,
    "overdue": _told,
    "escalated": _told,
    "reminded": _told,
}
