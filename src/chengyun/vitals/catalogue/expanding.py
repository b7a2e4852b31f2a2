"""Templates: a product of axes, each value of which fills in names and fields. Pure.

An axis is a list of values, the id of a list, or what the world knows: `quantities`, `choices` of a property,
`categories`, `groups`. A value is a mapping with `code`, `zh`, `en`; what stands under `set` goes into the sign.
"{axis.field}" in a text of the template's `sign` is replaced; a text that is nothing else becomes the value itself.
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any

from chengyun.sensing.units import unit_text
from chengyun.vitals.catalogue.contracts import Problem, World, Written

Value = Mapping[str, Any]
_PLACE = re.compile(r"\{([a-z_]+)\.([a-z_]+)\}")


class Broken(Exception):
    """A template that cannot be expanded: the problem's code and what fills its text."""

    def __init__(self, code: str, field: str, **params: object) -> None:
        super().__init__(code, params)
        self.code, self.field, self.params = code, field, params


def expand(
    templates: Sequence[Written], lists: Mapping[str, Sequence[Value]], world: World
) -> tuple[list[Written], list[Problem]]:
    """The definitions that the templates make, in their order, and what keeps a template from being expanded."""
    found: list[Written] = []
    wrong: list[Problem] = []
    for one in templates:
        try:
            found += _made(one, lists, world)
        except Broken as error:
            params = {"template": one.data["id"], **error.params}
            wrong.append(Problem(error.code, one.origin, error.field, params))
    return found, wrong


def _made(template: Written, lists: Mapping[str, Sequence[Value]], world: World) -> list[Written]:
    axes = {name: _axis(name, axis, lists, world) for name, axis in template.data["axes"].items()}
    fill = _filler(template.data["sign"], axes)
    made = []
    for values in itertools.product(*axes.values()):
        chosen = dict(zip(axes, values, strict=True))
        data = fill(chosen)
        for value in values:
            data |= _substituted(value.get("set") or {}, chosen)
        made.append(Written(data, template.origin, template.scenario, template.data["id"]))
    return made


def _axis(name: str, axis: Any, lists: Mapping[str, Sequence[Value]], world: World) -> Sequence[Value]:
    if isinstance(axis, str):
        if axis not in lists:
            raise Broken("template.list", f"axes/{name}", value=axis, known=", ".join(lists) or "—")
        return lists[axis]
    if not isinstance(axis, Mapping):
        return list(axis)
    (source, asked), *_ = axis.items()
    found = list(_SOURCES[source](asked, world, f"axes/{name}/{source}"))
    if not found:
        raise Broken("template.nothing", f"axes/{name}", value=str(asked))
    return found


def _quantities(asked: Mapping[str, Value | None], world: World, place: str) -> Iterator[Value]:
    known = world.quantities()
    kinds = {kind.code: kind for kind in world.kinds}
    for code, more in asked.items():
        if code not in known:
            raise Broken("quantity.unknown", f"{place}/{code}", value=code, near=near(code, known))
        one = known[code]
        kind = kinds[one.kind]
        yield {
            "code": code, "zh": one.name_zh, "en": one.name_en, "unit": one.unit, "domain": kind.domain,
            "unit_zh": unit_text(one.unit, "zh"), "unit_en": unit_text(one.unit, "en"), "kind": kind.code, "kind_zh": kind.name_zh, "kind_en": kind.name_en, "low": one.low, "high": one.high,
            **(more or {}),
        }  # fmt: skip


def _choices(asked: str, world: World, _: str) -> Iterator[Value]:
    kind, _, name = asked.partition(".")
    for value, (zh, en) in world.choices.get(kind, {}).get(name, {}).items():
        yield {"code": value, "zh": zh, "en": en, "set": {"where": {name: value}}}


def _categories(asked: Sequence[str], world: World, _: str) -> Iterator[Value]:
    for one in world.categories:
        if any(fnmatchcase(one.code, glob) for glob in asked):
            yield {
                "code": one.code,
                "zh": one.name_zh,
                "en": one.name_en,
                "prefix": one.code,
                "group": one.group,
            }


def _groups(asked: Sequence[str], world: World, _: str) -> Iterator[Value]:
    seen: set[str] = set()
    for one in world.categories:
        if one.group not in seen and any(fnmatchcase(one.group, glob) for glob in asked):
            seen.add(one.group)
            yield {"code": one.group, "prefix": one.group, "zh": one.group_zh, "en": one.group_en}


_SOURCES: Mapping[str, Callable[[Any, World, str], Iterator[Value]]] = {
    "quantities": _quantities,
    "choices": _choices,
    "categories": _categories,
    "groups": _groups,
}


def near(value: str, known: Iterable[str]) -> str:
    """What may have been meant, for a remedy; empty when nothing is near."""
    return _near(value, tuple(known))


@lru_cache(maxsize=256)  # a template repeats its mistake in every sign
def _near(value: str, known: tuple[str, ...]) -> str:
    found = difflib.get_close_matches(value, known, 3, 0.6)
    return f"→ {', '.join(found)}?" if found else ""


def _filler(
    sign: Mapping[str, Any], axes: Mapping[str, Sequence[Value]]
) -> Callable[[Mapping[str, Value]], dict[str, Any]]:
    """What makes a definition from a choice of values; the template is looked through once."""
    for axis, name in _places(sign):
        if axis not in axes or any(name not in value for value in axes[axis]):
            raise Broken("template.place", "sign", value=f"{{{axis}.{name}}}", known=", ".join(axes))
    return lambda chosen: _substituted(sign, chosen)


def _places(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield from _PLACE.findall(value)
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _places(key)
            yield from _places(one)
    elif isinstance(value, list):
        for one in value:
            yield from _places(one)


def _substituted(value: Any, chosen: Mapping[str, Value]) -> Any:
    if isinstance(value, str):
        return _text(value, chosen) if "{" in value else value
    if isinstance(value, Mapping):
        return {_text(key, chosen): _substituted(one, chosen) for key, one in value.items()}
    return [_substituted(one, chosen) for one in value] if isinstance(value, list) else value


def _text(text: str, chosen: Mapping[str, Value]) -> Any:
    if "{" not in text:
        return text
    whole = _PLACE.fullmatch(text)
    if whole:
        return chosen[whole.group(1)][whole.group(2)]
    return _PLACE.sub(lambda place: str(_of(chosen, place)), text)


def _of(chosen: Mapping[str, Value], place: re.Match[str]) -> Any:
    value = chosen.get(place.group(1), {})
    return value[place.group(2)] if place.group(2) in value else place.group()
