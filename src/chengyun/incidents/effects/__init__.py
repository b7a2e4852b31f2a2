"""What a move does, pure: `apply` changes a life in memory and appends one step to its history.

The service, the sweeper, the replay and the loader of simulated history all come through here, so that a history
read back yields the same state. Whether somebody may make the move was decided before (`moves`); whether it fits
the state is checked here again.
"""

from __future__ import annotations

from typing import Any

from chengyun.incidents import deadlines
from chengyun.incidents.contracts import State
from chengyun.incidents.deadlines import Book
from chengyun.incidents.effects.centres import CENTRES
from chengyun.incidents.effects.clock import CLOCK
from chengyun.incidents.effects.flow import FLOW
from chengyun.incidents.effects.merging import MERGING
from chengyun.incidents.effects.orders import ORDERS
from chengyun.incidents.effects.scene import Effect, Scene
from chengyun.incidents.life import Act, Life, NewId, StepRow
from chengyun.incidents.rules import BEFORE, MOVES, ORDER_MOVE, PRESSING, MoveRow, Who
from chengyun.kernel.errors import Conflict

# Whoever makes such a move acts for a centre, which has thereby heard.
ACTS_FOR_CENTRE = frozenset({Who.OWNER, Who.DESK, Who.CHECKER, Who.APPROVER, Who.ABOVE, Who.SUPERVISOR})
TOLD = frozenset({"lamp_yellow", "overdue", "escalated", "reminded"})
# A move without a line here changes the state only.
EFFECTS: dict[str, Effect] = {**FLOW, **CENTRES, **CLOCK, **ORDERS, **MERGING}


def apply(life: Life, act: Act, book: Book, new_id: NewId) -> None:
    """Make one decided move: state, work orders, deadlines, history. Conflict when it does not fit the state."""
    row = (MOVES if act.on == "incident" else ORDER_MOVE)[act.move]
    check_state(life, row, act.order)
    scene = Scene(life, act, row, book, new_id)
    if row.on == "order":
        order = scene.order
        order.changed_at = act.at
        if row.to:
            order.state = row.to[0]
    elif row.to and row.to[0] != BEFORE:
        scene.incident.state = row.to[0]
    if row.who in ACTS_FOR_CENTRE:
        life.incident.hush(act.doer.home or 0)
    desk, effect = life.incident.desk_id, EFFECTS.get(act.move)
    if effect:
        effect(scene)
    if life.incident.desk_id != desk:
        life.incident.absent = False  # of the new desk nothing is known yet
    if act.move in TOLD:
        deadlines.show(life)
    else:
        deadlines.follow(life, act.at, book, new_id)
    _record(scene)


def apply_told(life: Life, act: Act, book: Book) -> None:
    """What the sweeper tells, on a life of which only the rows in question are loaded: deadlines stay as they are."""
    scene = Scene(life, act, MOVES[act.move], book, _no_id)
    EFFECTS[act.move](scene)
    _record(scene)


def _no_id() -> int:
    raise ValueError("telling starts no deadline")


def check_state(life: Life, row: MoveRow, order_id: int | None) -> None:
    """Raise Conflict where the table has no such move from the present state."""
    incident = life.incident
    state, where = incident.state, row.source
    if row.on == "order":
        state = life.order(order_id or 0).state
        if incident.state not in row.within:
            state, where = incident.state, row.within
    elif row.name == "report" and incident.steps == 0:
        return
    if state not in where:
        if incident.state == State.MERGED:
            raise Conflict("incidents.follows_its_master", number=incident.number, zh=row.zh, en=row.en)
        raise not_now(row, state)


def not_now(row: MoveRow, state: str) -> Conflict:
    """The table has no such move from here."""
    return Conflict("incidents.not_now", move=row.name, state=state, zh=row.zh, en=row.en)


def _record(scene: Scene) -> None:
    incident, act = scene.incident, scene.act
    incident.steps += 1
    if act.move not in TOLD:  # nobody has to reload a page because a lamp turned yellow
        incident.version += 1
    incident.changed_at = act.at
    if act.move not in PRESSING:
        incident.acted_at = act.at
    why = {topic: answer for topic, answer in act.why.items() if topic != "ended"}
    if why:
        incident.why = {**incident.why, **why}
    scene.life.steps.append(
        StepRow(
            incident_id=incident.id,
            seq=incident.steps,
            at=act.at,
            move=act.move,
            order_id=act.order,
            actor_kind=act.doer.kind,
            actor_id=act.doer.id,
            actor_name=act.doer.name,
            post_id=act.doer.post,
            unit_id=act.doer.unit,
            home_id=act.doer.home,
            centre_id=incident.centre_id,
            state=incident.state,
            order_state=scene.order.state if act.order is not None else None,
            text=act.text,
            args=act.args,
            why={**why, **_ended(scene)},
            attachments=list(act.attachments),
        )
    )


def _ended(scene: Scene) -> dict[str, Any]:
    """The trace in history of the work orders that ended with the move, though nobody reported them back."""
    numbers = [order.number for order in scene.ended]
    if not numbers:
        return {}
    return {
        "ended": {
            "zh": f"未反馈的工单一并结束：{'、'.join(numbers)}",
            "en": f"Work orders not reported back ended with it: {', '.join(numbers)}",
            "rule": scene.act.move,
            "inputs": {"orders": [order.id for order in scene.ended]},
        }
    }
