"""Officers of simulated centres: the next step of what waits at their desk, now and then another one."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from chengyun.cli.demo.actors import Account, Actors
from chengyun.cli.demo.manual import Manual
from chengyun.cli.demo.shape import shape
from chengyun.cli.demo.words import CLOSED, NOTES, REASONS

OTHER = "0199"  # other problems of the streets
# Besides the proposed step: what an officer does instead, as often as history has it.
INSTEAD = {"accept": "decline", "check_pass": "check_fail", "transfer_accept": "transfer_refuse"}
CHANCE = {"decline": "decline", "check_fail": "check_fail", "transfer_refuse": "transfer_refused"}


@dataclass
class Desk:
    """One incident in the hands of a centre."""

    actors: Actors
    manual: Manual
    random: random.Random
    city: int
    detail: dict[str, Any]

    @property
    def path(self) -> str:
        return f"/api/incidents/{self.detail['row']['id']}"

    def act(self) -> None:
        """Whoever of the centres concerned has the proposed step makes it."""
        if self.detail["row"]["state"] == "suspended":
            return
        for region, name in self.centres():
            if self.manual.at_desk(name, self.detail):
                continue
            officer = self.officer(region)
            found = {item["move"]: item for item in officer.get(self.path)["allowed"]}
            move = next((item["move"] for item in found.values() if item["proposed"]), None)
            if move is not None:
                made = found[self.chosen(move, found)]
                officer.post(f"{self.path}/moves", {"moves": [self.filled(made)]})
                return

    def centres(self) -> list[tuple[int, str]]:
        """Centres whose turn it may be: the owner, the target of a transfer, those above."""
        owner, chain = self.detail["row"]["centre"], self.detail["chain"]
        above = [chain[level] for level in ("district", "city") if chain[level]]
        every = [owner, *([self.detail["transfer_to"]] if self.detail["transfer_to"] else []), *above]
        if self.detail["row"]["state"] in ("transferring", "arbitrating"):
            every.remove(owner)
        return list({int(one["id"]): (int(one["id"]), str(one["name"])) for one in every}.values())

    def officer(self, region: int) -> Account:
        """The officer of a centre; what needs a decision goes to the chief, if there is one."""
        if self.detail["row"]["state"] == "arbitrating" and region != self.city:
            return self.actors.chief(region)
        return self.actors.centre(region)

    def chosen(self, move: str, found: dict[str, Any]) -> str:
        instead = INSTEAD.get(move)
        if instead in found and self.random.random() < shape().turns[CHANCE[instead]]:
            return instead
        return move

    def filled(self, allowed: dict[str, Any]) -> dict[str, Any]:
        """A move with what it needs filled in as an officer in a hurry would."""
        name = str(allowed["move"])
        move: dict[str, Any] = {"move": name}
        needs = {need["name"]: bool(need["required"]) for need in allowed["needs"]}
        if needs.get("reason"):
            move["reason"] = self.random.choice(REASONS[name])
        elif "note" in needs:
            move["note"] = self.random.choice(NOTES.get(name, ("",))) or None
        if "outcome" in needs:
            move["outcome"] = self.random.choice(CLOSED)
        if name == "accept" and not self.detail["row"]["category"]:
            move["category"] = OTHER
        if name == "arbitrate":
            move["units"] = {"lead": self.responsible()}
        return {key: value for key, value in move.items() if value is not None}

    def responsible(self) -> int:
        """Who has to do it after all: the unit that led last, else the one that the rules propose."""
        leads = [order["unit"]["id"] for order in self.detail["orders"] if order["role"] == "lead"]
        if leads:
            return int(leads[-1])
        proposal = self.actors.centre(self.city).get(f"{self.path}/proposal")
        return int(proposal["units"][0]["unit"]["id"])
