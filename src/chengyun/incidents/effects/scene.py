"""One move while it takes effect: the life, the move, and what several effects share. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chengyun.incidents.contracts import OrderState, Role, State
from chengyun.incidents.deadlines import Book
from chengyun.incidents.life import Act, Incident, Life, NewId, Order
from chengyun.incidents.rules import BEFORE, MoveRow


@dataclass(slots=True)
class Scene:
    """The life that a move changes, with everything the change depends on."""

    life: Life
    act: Act
    row: MoveRow
    book: Book
    new_id: NewId
    ended: list[Order] = field(default_factory=list)  # work orders that the move ended beside its own

    @property
    def incident(self) -> Incident:
        return self.life.incident

    @property
    def order(self) -> Order:
        """The work order that moves. KeyError for a move of the incident."""
        return self.life.order(self.act.order or 0)

    @property
    def before(self) -> str:
        """The state that a transfer or a suspension came from."""
        if self.incident.state_before is None:
            raise ValueError(f"incident {self.incident.id} came from nowhere")
        return self.incident.state_before

    def go(self, state: str) -> None:
        """Put the incident into a state; of its own moves, only one that the table names."""
        if self.row.on == "incident" and state not in self.row.to and BEFORE not in self.row.to:
            raise ValueError(f"the table does not lead from {self.row.name} to {state}")
        self.incident.state = state


Effect = Callable[[Scene], None]


def issue(scene: Scene) -> None:
    """New work orders from args: [{id, role, unit, why?}].

    A unit that is made the lead has no other work order beside: what it still had open ends with the same move.
    """
    incident, at = scene.incident, scene.act.at
    for given in scene.act.args["orders"]:
        if given["role"] == Role.LEAD:
            theirs = [order for order in scene.life.open_orders() if order.unit_id == given["unit"]]
            _end(scene, theirs, OrderState.WITHDRAWN)
        number = f"{incident.number}-{len(scene.life.orders) + 1}"
        scene.life.orders.append(
            Order(
                id=given["id"],
                incident_id=incident.id,
                number=number,
                role=given["role"],
                unit_id=given["unit"],
                centre_id=incident.centre_id,
                issued_at=at,
                changed_at=at,
                called_by=scene.act.order,
                why=given.get("why"),
            )
        )
        incident.involve(given["unit"])


def end_orders(scene: Scene, state: OrderState) -> None:
    """End every work order that is still open, with the move that makes it pointless."""
    _end(scene, scene.life.open_orders(), state)


def _end(scene: Scene, orders: list[Order], state: OrderState) -> None:
    for order in orders:
        order.state, order.changed_at, order.pending = state, scene.act.at, None
        scene.ended.append(order)


def complete(scene: Scene) -> None:
    """All done: to be checked by the owner, or above it where nobody else is there (args: checker)."""
    incident, lead = scene.incident, scene.life.lead()
    finished = lead is not None and lead.state == OrderState.DONE and not scene.life.open_orders()
    if incident.state == State.HANDLING and finished:
        scene.go(State.HANDLED)
        incident.handled_at = scene.act.at
        incident.desk_id = scene.act.args.get("checker") or incident.centre_id
        if incident.desk_id != incident.centre_id:
            incident.alert(incident.desk_id)


def to_arbiter(scene: Scene, before: str | None) -> None:
    incident = scene.incident
    scene.go(State.ARBITRATING)
    incident.state_before = before
    incident.desk_id = scene.act.args["arbiter"]
    incident.alert(incident.desk_id)


def quiet(incident: Incident) -> None:
    incident.alerts, incident.alert_level, incident.pending = [], None, None
    incident.supervision = None


def pending(act: Act) -> dict[str, Any]:
    by = {"kind": act.doer.kind, "id": act.doer.id, "name": act.doer.name}
    return {"by": by, "reason": act.text, "until": act.args["until"]}


def moment(text: str) -> datetime:
    """A moment as args hold it."""
    return datetime.fromisoformat(text)
