"""What the simulator leaves to the person in front of the demo: desks with a demo account, and what was touched."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from chengyun.cli.demo.actors import Account

CENTRE = "治理中心"  # how the units of centres are called, at every level
PATIENCE = timedelta(minutes=20)  # how long something waits at such a desk before the simulation helps


@dataclass
class Manual:
    """Units that have a demo account, by name, with the people who may sit there."""

    people: dict[str, set[str]] = field(default_factory=dict)
    now: datetime = datetime(2000, 1, 1, tzinfo=UTC)

    def learn(self, guest: Account) -> None:
        """Ask who has an account to play with, and what time it is."""
        if not self.people:
            for account in guest.get("/api/identity/demo-accounts"):
                self.people.setdefault(account["unit_name"], set()).add(account["name"])
        self.now = datetime.fromisoformat(guest.get("/api/clock")["now"])

    def at_desk(self, centre: str, detail: dict[str, Any]) -> bool:
        """Whether a person may want to act on this at the centre of a region (name)."""
        names = (unit for unit in self.people if unit.startswith(centre) and unit.endswith(CENTRE))
        return any(self.in_unit(name, detail) for name in names)

    def in_unit(self, unit: str, detail: dict[str, Any]) -> bool:
        """Whether a person may want to act on this in a unit (name)."""
        if unit not in self.people:
            return False
        changed = datetime.fromisoformat(detail["row"]["changed_at"])
        return self.touched(detail) or self.now - changed < PATIENCE

    def touched(self, detail: dict[str, Any]) -> bool:
        """Whether somebody with a demo account has made a step of it."""
        return any(
            step["actor_kind"] == "person" and step["actor"] in self.people.get(step["unit"] or "", ())
            for step in detail["history"]
        )
