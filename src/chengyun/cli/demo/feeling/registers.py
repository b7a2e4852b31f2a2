"""Numbers of the registers of the demo: yearly, monthly and daily, invented and marked so (示意)."""

from __future__ import annotations

from pathlib import Path

from chengyun.kernel.clock import SHANGHAI
from chengyun.kernel.transactions import Tx
from chengyun.scenarios import service as scenarios
from chengyun.territory import service as territory
from chengyun.vitals import service as vitals


def load_registers(tx: Tx, folders: Path) -> int:
    """Store the demo's numbers → how many. `folders`: the scenarios that say how they are made."""
    told = scenarios.catalogue_of_paths([folders]).demo_numbers
    city = territory.city(tx)
    districts = territory.children(tx, city)
    tree = vitals.Tree(
        city, {one.id: [town.id for town in territory.children(tx, one.id)] for one in districts}
    )
    today = tx.now.astimezone(SHANGHAI).date()
    return vitals.load_numbers(tx, list(vitals.demo_numbers(vitals.signs(tx), told, tree, today)))
