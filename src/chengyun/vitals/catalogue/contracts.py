"""What a catalogue is before it is installed: definitions with where they came from, and what is wrong with them."""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chengyun.sensing.contracts import Kind, Quantity
from chengyun.vitals.contracts import Domain, Sign, Simulated

# The eight sections (板块) of the city's centre: code → (Chinese, English).
SECTIONS: Mapping[str, tuple[str, str]] = {
    "party": ("党建统领", "Party building"),
    "economy": ("经济发展", "Economy"),
    "facilities": ("设施运行", "Facilities"),
    "governance": ("社会治理", "Social governance"),
    "emergency": ("应急动员", "Emergency"),
    "civility": ("文明创建", "Civility"),
    "ecology": ("生态景观", "Ecology and landscape"),
    "livelihood": ("生产生活服务", "Work and life services"),
}


@dataclass(frozen=True, slots=True)
class Written:
    """A definition as text: `data` as `signs.yaml` has it, `origin` whatever says where it stands.

    `scenario` is the one that it belongs to.
    """

    data: Mapping[str, Any]
    origin: Hashable
    scenario: str
    template: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a definition. `code` names the text (see scenarios' findings), `field` what of the definition
    it is about ("axes/q"), `params` fill the text.
    """

    code: str
    origin: Hashable
    field: str = ""
    params: Mapping[str, object] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Category:
    """What signs need to know of a category of incidents."""

    code: str
    name_zh: str
    name_en: str
    group: str
    group_zh: str
    group_en: str
    scenario: str


@dataclass(frozen=True, slots=True)
class World:
    """What definitions may name: kinds of things with the values of their properties (`choices`: kind → property →
    value → name zh, en), categories of incidents, kinds of units.
    """

    kinds: Sequence[Kind] = ()
    choices: Mapping[str, Mapping[str, Mapping[str, tuple[str, str]]]] = dataclasses.field(
        default_factory=dict
    )
    categories: Sequence[Category] = ()
    units: frozenset[str] = frozenset()

    def quantities(self) -> dict[str, Quantity]:
        """Every quantity by its code."""
        return {one.code: one for kind in self.kinds for one in kind.quantities}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Domains and signs in order. `origin` says where each sign was written, `scenario` whose it is.

    `demo_things` says how many things of a kind the demonstration has, `demo_numbers` how a register's simulated
    numbers are made. `replaced`: (sign, by, whose it was).
    """

    kinds: tuple[Kind, ...] = ()
    domains: tuple[Domain, ...] = ()
    signs: tuple[Sign, ...] = ()
    origin: Mapping[str, Hashable] = dataclasses.field(default_factory=dict)
    scenario: Mapping[str, str] = dataclasses.field(default_factory=dict)
    demo_things: Mapping[str, int] = dataclasses.field(default_factory=dict)
    demo_numbers: Mapping[str, Simulated] = dataclasses.field(default_factory=dict)
    replaced: tuple[tuple[str, str, str], ...] = ()
