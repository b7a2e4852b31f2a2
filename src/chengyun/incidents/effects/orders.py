"""Work orders: acknowledge, handle, report back, return, defer, release. Pure."""

from __future__ import annotations

from chengyun.incidents import deadlines
from chengyun.incidents.contracts import Role, Stage, State
from chengyun.incidents.effects.scene import Effect, Scene, complete, issue, moment, pending, to_arbiter
from chengyun.incidents.rules import MAX_RETURNS
from chengyun.kernel.errors import Conflict


def _acknowledge(scene: Scene) -> None:
    order = scene.order
    order.acknowledged_at = scene.act.at
    _worked(scene)
    if order.role == Role.LEAD and scene.incident.state == State.DISPATCHED:
        scene.go(State.HANDLING)


def _worked(scene: Scene) -> None:
    """Remember who worked on it: none of them will check it."""
    order, doer = scene.order, scene.act.doer
    if doer.kind == "person" and doer.id is not None and doer.id not in order.handlers:
        order.handlers = [*order.handlers, doer.id]


def _assign_person(scene: Scene) -> None:
    scene.order.person_id = scene.act.args["person"]
    scene.order.person_name = scene.act.args["name"]


def _report_back(scene: Scene) -> None:
    order, args = scene.order, scene.act.args
    order.done_at = scene.act.at
    order.outcome = args["outcome"]
    order.measures = args.get("measures") or {}
    _worked(scene)
    if order.role == Role.LEAD:
        scene.incident.outcome = order.outcome
    complete(scene)


def _return(scene: Scene) -> None:
    incident, order = scene.incident, scene.order
    if incident.binding:
        raise Conflict("incidents.binding")
    order.returns += 1
    incident.alert(incident.centre_id)
    if order.role != Role.LEAD:
        complete(scene)
        return
    incident.returns += 1
    deadlines.release_clock(scene.life, order)
    incident.event = "returned"
    if incident.returns >= MAX_RETURNS:
        to_arbiter(scene, None)
    else:
        scene.go(State.FILED)


def _release(scene: Scene) -> None:
    """Free an assisting unit. The lead is withdrawn or sends it back; there is always one."""
    if scene.order.role == Role.LEAD:
        raise Conflict("incidents.lead_is_not_released")
    complete(scene)


def _withdraw(scene: Scene) -> None:
    if scene.order.role == Role.LEAD and scene.incident.state in (State.DISPATCHED, State.HANDLING):
        deadlines.release_clock(scene.life, scene.order)
        scene.go(State.FILED)
    else:
        complete(scene)


def _ask_order(scene: Scene) -> None:
    scene.order.pending = pending(scene.act)


def _defer(scene: Scene) -> None:
    scene.order.pending = None
    until = moment(scene.act.args["until"])
    for running in scene.life.deadlines:
        if running.live and running.stage == Stage.HANDLE and running.order_id == scene.order.id:
            deadlines.put_off(running, scene.act.at, until, scene.book.calendar)


def _unask_order(scene: Scene) -> None:
    scene.order.pending = None


ORDERS: dict[str, Effect] = {
    "acknowledge": _acknowledge,
    "start": _worked,
    "progress": _worked,
    "call_in": issue,
    "assign_person": _assign_person,
    "report_back": _report_back,
    "return": _return,
    "defer_request": _ask_order,
    "defer_approve": _defer,
    "defer_reject": _unask_order,
    "release": _release,
    "withdraw": _withdraw,
}
