"""The door of vital signs."""

from __future__ import annotations

from chengyun.vitals.catalogue.contracts import SECTIONS
from chengyun.vitals.catalogue.serial import from_json, thresholds_from_json, to_json
from chengyun.vitals.catalogue.store import domains, install_signs, signs, signs_by_code
from chengyun.vitals.numbers.demo import Tree, demo_numbers
from chengyun.vitals.numbers.store import load_numbers, put_numbers
from chengyun.vitals.numbers.taking import registers, take_numbers

__all__ = [
    "SECTIONS", "Tree", "demo_numbers", "domains", "from_json", "install_signs", "load_numbers", "put_numbers", "registers", "signs",
    "signs_by_code", "take_numbers", "thresholds_from_json", "to_json",
]  # fmt: skip
