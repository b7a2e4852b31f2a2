"""Two incidents turn out to be one, or one to be two: merge, undo, split. Pure.

What happens on the other side of such a move is a step of the other history: take_in, let_go, split_from.
"""

from __future__ import annotations

from chengyun.incidents import deadlines
from chengyun.incidents.contracts import OrderState, State
from chengyun.incidents.effects.scene import Effect, Scene, end_orders, quiet

_WITH_UNITS = (State.DISPATCHED, State.HANDLING)


def _merge_into(scene: Scene) -> None:
    """It follows its master from now on: no work order, no running limit. Undone, it is dispatched anew."""
    incident, life, args = scene.incident, scene.life, scene.act.args
    lead = life.lead()
    if lead is not None and lead.open:
        deadlines.release_clock(life, lead)  # the time spent on handling is not forgotten
    end_orders(scene, OrderState.WITHDRAWN)
    incident.state_before = State.FILED if args["from"] in _WITH_UNITS else args["from"]
    incident.merged_into = args["incident"]
    incident.desk_id = incident.centre_id
    quiet(incident)
    deadlines.hold(life, scene.act.at, scene.book.calendar)


def _unmerge(scene: Scene) -> None:
    incident, before = scene.incident, scene.before
    incident.merged_into = incident.state_before = None
    scene.go(before)
    deadlines.take_up(scene.life, scene.act.at, scene.book.calendar)
    incident.alert(incident.desk_id)


def _take_in(scene: Scene) -> None:
    """The master answers for the reports of another incident as well."""
    scene.incident.reports_count += scene.act.args["reports"]
    scene.incident.add_residents(scene.act.args["residents"])


def _let_go(scene: Scene) -> None:
    scene.incident.reports_count -= scene.act.args["reports"]
    scene.incident.drop_residents(scene.act.args["residents"])


def _split_off(scene: Scene) -> None:
    """Some of its reports turn out to be about something else."""
    scene.incident.reports_count -= len(scene.act.args["reports"])
    scene.incident.drop_residents(scene.act.args["residents"])


def _split_from(scene: Scene) -> None:
    scene.incident.reports_count = scene.act.args["reports"]


MERGING: dict[str, Effect] = {
    "merge_into": _merge_into,
    "unmerge": _unmerge,
    "take_in": _take_in,
    "let_go": _let_go,
    "split_off": _split_off,
    "split_from": _split_from,
}
