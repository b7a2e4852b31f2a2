"""Crews of simulated units: they sign for work orders, go there, and report back."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from chengyun.cli.demo.actors import Actors
from chengyun.cli.demo.manual import Manual
from chengyun.cli.demo.shape import shape
from chengyun.cli.demo.words import NOTES, OUTCOMES, OUTCOMES_ELSEWHERE, REASONS

FINES = (500, 1000, 2000, 2000, 3000)


@dataclass
class Crew:
    """One incident in the hands of units."""

    actors: Actors
    manual: Manual
    random: random.Random
    city: int
    detail: dict[str, Any]

    def act(self) -> None:
        """The next step of one of its open work orders."""
        orders = [order for order in self.detail["orders"] if order["state"] in _NEXT]
        orders = [order for order in orders if not self.manual.in_unit(order["unit"]["name"], self.detail)]
        if not orders:
            return
        order = self.random.choice(orders)
        move = _NEXT[order["state"]](self, order)
        path = f"/api/incidents/orders/{order['id']}/moves"
        self.actors.unit(int(order["unit"]["id"])).post(path, {"moves": [move]})

    def sign(self, order: dict[str, Any]) -> dict[str, Any]:
        """Take it on, or now and then send it back."""
        again = self.detail["row"]["returns"] > 0
        share = shape().turns["returned_again" if again else "returned"]
        if order["role"] == "lead" and self.random.random() < share and self.may_return():
            return {"move": "return", "reason": self.random.choice(REASONS["return"])}
        return {"move": "acknowledge"}

    def may_return(self) -> bool:
        """A decision by arbitration binds."""
        return all(step["move"] != "arbitrate" for step in self.detail["history"])

    def start(self, _order: dict[str, Any]) -> dict[str, Any]:
        note = self.random.choice(NOTES["start"])
        return {"move": "start", **({"note": note} if note else {})}

    def report_back(self, order: dict[str, Any]) -> dict[str, Any]:
        words = OUTCOMES.get(order["unit"]["kind"], OUTCOMES_ELSEWHERE)
        move: dict[str, Any] = {"move": "report_back", "outcome": self.random.choice(words)}
        if (self.detail["row"]["category"] or "").startswith("muck-truck") and order["role"] == "lead":
            move["measures"] = {"fine_yuan": self.random.choice(FINES)}
        return move


_NEXT = {"issued": Crew.sign, "acknowledged": Crew.start, "handling": Crew.report_back}
