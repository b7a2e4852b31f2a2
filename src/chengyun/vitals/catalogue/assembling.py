"""A catalogue out of the parts of scenarios: templates are expanded, later definitions of a code win. Pure.

A definition written by hand under the code of one that is there already (a template's, another scenario's) changes
the fields that it names and keeps the rest; with `drop` it is taken out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from chengyun.vitals.catalogue.building import INPUTS, Builder, Wrong
from chengyun.vitals.catalogue.contracts import SECTIONS, Catalogue, Problem, World, Written
from chengyun.vitals.catalogue.expanding import expand
from chengyun.vitals.catalogue.simulating import simulated
from chengyun.vitals.contracts import Domain, Sign

# What goes with an input when a definition laid over another names an input of its own.
_OF_INPUT = ("where", "statistic", "limit", "window", "expression", "unit", "range")


@dataclass(frozen=True, slots=True)
class Part:
    """What one scenario contributes; scenarios that others need come first. Its templates speak of the categories of its
    own and of those scenarios that it needs: `reach`.
    """

    scenario: str
    reach: frozenset[str] = frozenset()
    domains: Sequence[Written] = ()
    lists: Sequence[Written] = ()
    templates: Sequence[Written] = ()
    signs: Sequence[Written] = ()


@dataclass(slots=True)
class _Table:
    """Definitions by code while scenarios are laid over each other."""

    rows: dict[str, Written] = field(default_factory=dict)
    replaced: list[tuple[str, str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def generated(self, one: Written) -> None:
        code = str(one.data["code"])
        before = self.rows.get(code)
        if before is not None and before.scenario == one.scenario:
            params = {"sign": code, "other": before.template or code}
            self.problems.append(Problem("sign.twice", one.origin, "code", params))
            return
        self._put(code, one, before)

    def by_hand(self, one: Written) -> None:
        code = str(one.data["code"])
        before = self.rows.get(code)
        if one.data.get("drop"):
            self._drop(code, one)
            return
        data = dict(one.data)
        if before is not None:
            gone = {*INPUTS, *_OF_INPUT} if any(name in data for name in INPUTS) else set()
            data = {**{name: value for name, value in before.data.items() if name not in gone}, **data}
        self._put(code, Written(data, one.origin, one.scenario), before)

    def _put(self, code: str, one: Written, before: Written | None) -> None:
        if before is not None and before.scenario != one.scenario:
            self.replaced.append((code, one.scenario, before.scenario))
        self.rows[code] = one

    def _drop(self, code: str, one: Written) -> None:
        if self.rows.pop(code, None) is None:
            self.problems.append(Problem("overlay.drop", one.origin, "code", {"key": code}))


def assemble(parts: Sequence[Part], world: World) -> tuple[Catalogue, list[Problem]]:
    """The catalogue of these parts, and what kept definitions out of it. The signs are not checked yet."""
    table = _Table()
    lists = {str(one.data["id"]): one.data["values"] for part in parts for one in part.lists}
    for part in parts:
        near = [one for one in world.categories if one.scenario in part.reach]
        made, wrong = expand(part.templates, lists, replace(world, categories=near))
        table.problems += wrong
        for one in made:
            table.generated(one)
        for one in part.signs:
            table.by_hand(one)
    domains = _domains([one for part in parts for one in part.domains], world, table.problems)
    signs = _signs(table, domains, world)
    return _catalogue(table, [domain for domain, _ in domains.values()], signs, world), table.problems


def _domains(
    written: Sequence[Written], world: World, problems: list[Problem]
) -> dict[str, tuple[Domain, str]]:
    """Each domain with its owner, by code."""
    found = {}
    for one in written:
        data = one.data
        code, section, owner = str(data["code"]), str(data["section"]), str(data["owner"])
        if section not in SECTIONS:
            params = {"value": section, "known": ", ".join(SECTIONS)}
            problems.append(Problem("domain.section", one.origin, "section", params))
        if owner not in world.units:
            params = {"value": owner, "known": ", ".join(sorted(world.units))}
            problems.append(Problem("unit.unknown", one.origin, "owner", params))
        found[code] = (Domain(code, data["name"]["zh"], data["name"]["en"], section), owner)
    return found


def _signs(table: _Table, domains: Mapping[str, tuple[Domain, str]], world: World) -> list[Sign]:
    """In the order of domains; in each those written by hand first."""
    builder = Builder({code: owner for code, (_, owner) in domains.items()}, world)
    places = {code: at for at, code in enumerate(domains)}
    found = []
    for code, one in table.rows.items():
        try:
            found.append(builder.sign(one))
        except Wrong as error:
            params = {"sign": code, **error.params}
            table.problems.append(Problem(error.code, one.origin, error.field, params))
    return sorted(found, key=lambda sign: (places.get(sign.domain, len(places)), sign.template is not None))


def _catalogue(table: _Table, domains: Sequence[Domain], signs: Sequence[Sign], world: World) -> Catalogue:
    written = {sign.code: table.rows[sign.code] for sign in signs}
    demo_numbers, wrong = simulated(signs, written)
    table.problems += wrong
    return Catalogue(
        kinds=tuple(world.kinds),
        domains=tuple(domains),
        signs=tuple(signs),
        origin={code: one.origin for code, one in written.items()},
        scenario={code: one.scenario for code, one in written.items()},
        demo_numbers=demo_numbers,
        replaced=tuple(table.replaced),
    )
