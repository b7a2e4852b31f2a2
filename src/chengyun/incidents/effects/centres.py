"""From one centre to another: transfer, escalate, assign down, arbitrate, reorganise. Pure."""

from __future__ import annotations

from chengyun.incidents.contracts import OrderState, State
from chengyun.incidents.effects.flow import dispatch
from chengyun.incidents.effects.scene import Effect, Scene, end_orders, to_arbiter
from chengyun.incidents.rules import MAX_RETURNS


def _transfer(scene: Scene) -> None:
    incident = scene.incident
    incident.state_before = scene.act.args["from"]
    incident.transfer_to = incident.desk_id = scene.act.args["to_centre"]
    incident.alert(incident.desk_id)


def _transfer_accept(scene: Scene) -> None:
    _take_over(scene, scene.incident.desk_id, "transferred-in")


def _transfer_refuse(scene: Scene) -> None:
    incident = scene.incident
    before = scene.before
    incident.refusals += 1
    incident.transfer_to = None
    if incident.refusals >= MAX_RETURNS:
        to_arbiter(scene, before)
        return
    incident.state_before = None
    incident.desk_id = incident.centre_id
    incident.alert(incident.centre_id)
    scene.go(before)


def _escalate(scene: Scene) -> None:
    _take_over(scene, scene.act.args["to_centre"], "escalated")


def _assign_down(scene: Scene) -> None:
    _take_over(scene, scene.act.args["to_centre"], "assigned-down")


def _take_over(scene: Scene, centre: int, event: str) -> None:
    """A new owner, who dispatches anew; the old one keeps reading its part."""
    incident = scene.incident
    end_orders(scene, OrderState.WITHDRAWN)
    incident.involve(incident.centre_id)
    incident.centre_id = incident.desk_id = centre
    incident.transfer_to = incident.state_before = None
    incident.event = event
    incident.alert(centre)


def _seek_arbitration(scene: Scene) -> None:
    to_arbiter(scene, scene.act.args["from"])


def _arbitrate(scene: Scene) -> None:
    """The decision binds: whoever it names cannot send it back again."""
    incident, args = scene.incident, scene.act.args
    incident.involve(incident.desk_id)
    if args.get("to_centre") and args["to_centre"] != incident.centre_id:
        _take_over(scene, args["to_centre"], "arbitrated")
    incident.event = "arbitrated"
    incident.state_before = None
    incident.desk_id = incident.centre_id
    incident.binding = True
    incident.alert(incident.centre_id)
    if args.get("orders"):
        scene.go(State.DISPATCHED)
        dispatch(scene)
    else:
        scene.go(State.FILED)


def _moved_region(scene: Scene) -> None:
    """Owner, desk, readers and units follow a reorganisation; args name what took over from what."""
    incident, args = scene.incident, scene.act.args
    incident.district_id = args["district"]
    swap = {int(old): new for old, new in args["swap"].items()}
    incident.territory_version = args["version"]
    incident.centre_id = swap.get(incident.centre_id, incident.centre_id)
    incident.desk_id = swap.get(incident.desk_id, incident.desk_id)
    if incident.transfer_to is not None:
        incident.transfer_to = swap.get(incident.transfer_to, incident.transfer_to)
    if incident.supervision is not None:
        centre = incident.supervision["centre"]
        incident.supervision = {**incident.supervision, "centre": swap.get(centre, centre)}
    incident.alerts = [swap.get(centre, centre) for centre in incident.alerts]
    incident.involved = list(dict.fromkeys(swap.get(scope, scope) for scope in incident.involved))
    for order in scene.life.orders:
        if order.open:
            order.unit_id = swap.get(order.unit_id, order.unit_id)
            order.centre_id = swap.get(order.centre_id, order.centre_id)
    incident.readers = list(dict.fromkeys([*incident.chain(), incident.centre_id, *incident.involved]))


CENTRES: dict[str, Effect] = {
    "transfer": _transfer,
    "transfer_accept": _transfer_accept,
    "transfer_refuse": _transfer_refuse,
    "escalate": _escalate,
    "assign_down": _assign_down,
    "seek_arbitration": _seek_arbitration,
    "arbitrate": _arbitrate,
    "moved_region": _moved_region,
}
