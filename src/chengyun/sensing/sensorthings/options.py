"""Query options, of a request and within an $expand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from chengyun.kernel.errors import BadRequest
from chengyun.sensing.sensorthings.expressions import parse_filter, parse_order
from chengyun.sensing.sensorthings.grammar import Options

LARGEST = 1000  # entities on one page
DEEPEST = 8  # $expand within $expand
FAR = 2**31 - 1


def parse_options(pairs: Iterable[tuple[str, str]], depth: int = 0) -> Options:
    """Options by name ("$top"); an unknown one is an error, since a misspelt one must not be dropped silently."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        reader = _READERS.get(name)
        if reader is None or reader[0] in found:
            raise BadRequest("sta.query", option=name, why=value[:100])
        found[reader[0]] = reader[1](name, value, depth)
    return Options(**found)


def split(text: str, mark: str) -> Iterator[str]:
    """Parts between `mark`s that stand neither in brackets nor in quotes."""
    depth, quoted, start = 0, False, 0
    for place, sign in enumerate(text):
        quoted ^= sign == "'"
        if not quoted:
            depth += (sign == "(") - (sign == ")")
            if sign == mark and depth == 0:
                yield text[start:place].strip()
                start = place + 1
    yield text[start:].strip()


def _number(name: str, value: str, _depth: int) -> int:
    if not value.isascii() or not value.isdecimal() or int(value) > FAR:
        raise BadRequest("sta.query", option=name, why=value[:100])
    return int(value)


def _truth(name: str, value: str, _depth: int) -> bool:
    if value not in ("true", "false"):
        raise BadRequest("sta.query", option=name, why=value[:100])
    return value == "true"


def _names(name: str, value: str, _depth: int) -> tuple[str, ...]:
    found = tuple(part.strip() for part in value.split(","))
    if not all(found):
        raise BadRequest("sta.query", option=name, why=value[:100])
    return found


def _array(name: str, value: str, _depth: int) -> bool:
    if value != "dataArray":
        raise BadRequest("sta.query", option=name, why=value[:100])
    return True


def _expand(name: str, value: str, depth: int) -> Mapping[str, Options]:
    if depth >= DEEPEST:
        raise BadRequest("sta.query", option=name, why=f"> {DEEPEST}")
    found: dict[str, Options] = {}
    for part in split(value, ","):
        path, bracket, inner = part.partition("(")
        if not path or (bracket and not inner.endswith(")")):
            raise BadRequest("sta.query", option=name, why=part[:100])
        own = parse_options(_inner(inner[:-1]), depth + 1) if bracket else Options()
        found = _merged(found, _nested(path.strip().split("/"), own))
    return found


def _inner(text: str) -> Iterator[tuple[str, str]]:
    for part in split(text, ";"):
        name, _, value = part.partition("=")
        yield name.strip(), value


def _nested(names: list[str], own: Options) -> dict[str, Options]:
    """A/B(…) is A with B(…) expanded in it."""
    if len(names) > DEEPEST:
        raise BadRequest("sta.query", option="$expand", why="/".join(names)[:100])
    first, *rest = names
    return {first: replace(Options(), expand=_nested(rest, own)) if rest else own}


def _merged(some: Mapping[str, Options], more: Mapping[str, Options]) -> dict[str, Options]:
    found = dict(some)
    for name, own in more.items():
        known = found.get(name)
        if known is None:
            found[name] = own
        else:
            keeps = own if known == Options(expand=known.expand) else known
            found[name] = replace(keeps, expand=_merged(known.expand, own.expand))
    return found


_READERS: dict[str, tuple[str, Callable[[str, str, int], Any]]] = {
    "$filter": ("filter", lambda _name, value, _depth: parse_filter(value)),
    "$orderby": ("orderby", lambda _name, value, _depth: parse_order(value)),
    "$select": ("select", _names),
    "$expand": ("expand", _expand),
    "$top": ("top", _number),
    "$skip": ("skip", _number),
    "$count": ("count", _truth),
    "$resultFormat": ("array", _array),
}
