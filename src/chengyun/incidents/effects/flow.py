"""The straight way: report, file, dispatch, check, close, rate, and what ends or reopens it. Pure."""

from __future__ import annotations

from chengyun.incidents.contracts import OrderState, Role
from chengyun.incidents.effects.scene import Effect, Scene, end_orders, issue, quiet
from chengyun.incidents.life import Order
from chengyun.incidents.rules import PERIODS
from chengyun.kernel.errors import Conflict


def _report(scene: Scene) -> None:
    incident = scene.incident
    incident.readers = list(dict.fromkeys([*incident.chain(), incident.centre_id]))
    if incident.level == "red":
        incident.alert(incident.desk_id)


def _add_report(scene: Scene) -> None:
    incident, resident = scene.incident, scene.act.args.get("resident")
    incident.reports_count += 1
    if resident is not None:
        incident.add_residents([resident])


def _classify(scene: Scene) -> None:
    """Category and level as an officer or the rules see them now."""
    incident, args = scene.incident, scene.act.args
    incident.category = args.get("category") or incident.category
    incident.level = args.get("level") or incident.level


def _file(scene: Scene) -> None:
    scene.incident.filed_at = scene.act.at


def dispatch(scene: Scene) -> None:
    incident, args = scene.incident, scene.act.args
    issue(scene)
    if not any(order.role == Role.LEAD for order in scene.life.open_orders()):
        raise Conflict("incidents.lead_needed")
    incident.rule_id = args.get("rule")
    incident.dispatched_at = incident.dispatched_at or scene.act.at


def _reported_back(scene: Scene) -> Order:
    """The lead's work order, done: the lead answers for the whole, so before it has reported there is no check."""
    lead = scene.life.lead()
    if lead is None or lead.state != OrderState.DONE:
        raise Conflict("incidents.lead_has_not_reported")
    return lead


def _check_pass(scene: Scene) -> None:
    """What is solved is solved: whoever still assists need not report any more."""
    incident = scene.incident
    _reported_back(scene)
    end_orders(scene, OrderState.RELEASED)
    incident.handled_at = incident.handled_at or scene.act.at
    incident.desk_id = incident.centre_id


def _check_fail(scene: Scene) -> None:
    """The lead goes on with its work order and the clock it had, and so does whoever still assists."""
    incident, lead = scene.incident, _reported_back(scene)
    lead.state, lead.done_at, lead.changed_at = OrderState.HANDLING, None, scene.act.at
    incident.reworks += 1
    incident.handled_at = None
    incident.desk_id = incident.centre_id


def _close(scene: Scene) -> None:
    incident = scene.incident
    incident.closed_at = scene.act.at
    end_orders(scene, OrderState.RELEASED)
    incident.outcome = scene.act.args.get("outcome") or incident.outcome
    quiet(incident)


def _rate(scene: Scene) -> None:
    scene.incident.rated_at = scene.incident.rated_at or scene.act.at
    scene.incident.stars = scene.act.args["stars"]
    scene.incident.solved = scene.act.args["solved"]


def _reopen(scene: Scene) -> None:
    incident, at = scene.incident, scene.act.at
    if incident.closed_at is None or at - incident.closed_at > PERIODS["reopen"]:
        raise Conflict("incidents.too_late_to_reopen", days=PERIODS["reopen"].days)
    incident.closed_at = incident.handled_at = incident.outcome = None
    incident.stars = incident.solved = incident.rated_at = None
    incident.urges, incident.urged_at = 0, None
    incident.returns = incident.refusals = 0
    incident.binding = False
    incident.reopened += 1
    incident.event = "reopened"
    incident.alert(incident.centre_id)


def _void(scene: Scene) -> None:
    scene.incident.closed_at = scene.act.at
    end_orders(scene, OrderState.WITHDRAWN)
    quiet(scene.incident)


FLOW: dict[str, Effect] = {
    "report": _report,
    "add_report": _add_report,
    "accept": _classify,
    "classify": _classify,
    "verify": _classify,
    "file": _file,
    "dispatch": dispatch,
    "add_order": issue,
    "check_pass": _check_pass,
    "check_fail": _check_fail,
    "close": _close,
    "rate": _rate,
    "reopen": _reopen,
    "void": _void,
    "decline": _void,
}
