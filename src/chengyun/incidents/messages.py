"""What reporters, units and centres are told at a step, from the rulebook's templates. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from functools import lru_cache
from string import Formatter

from chengyun.incidents.contracts import Rulebook, Stage
from chengyun.incidents.deadlines import Book
from chengyun.incidents.life import Act, Life, Told
from chengyun.kernel.calendar import SHANGHAI

_NEW_ORDERS = frozenset({"dispatch", "arbitrate", "add_order", "call_in"})


@dataclass(frozen=True, slots=True)
class Names:
    """How units and regions are called; `place` is the chain of the incident in words."""

    unit: Callable[[int], str]
    region: Callable[[int], str]
    place: Callable[[], str]


@dataclass(slots=True)
class _Telling:
    """One message in the making: what its words are worked out from."""

    life: Life
    act: Act
    book: Book
    names: Names
    audience: str
    target: int | None


Word = Callable[[_Telling, str], str]  # of a message, in a language
Parts = tuple[tuple[str, Word | None], ...]  # of a template: text, and the word that follows it


@dataclass(frozen=True, slots=True)
class _Wording:
    """A template, taken apart."""

    zh: Parts
    en: Parts


_last: tuple[Rulebook | None, dict[tuple[str, str], dict[str, _Wording]]] = (None, {})


def _wordings(rulebook: Rulebook, move: str, category: str) -> dict[str, _Wording]:
    """Audience → the first template that fits this move of this category, those for certain categories first."""
    global _last  # replaced whole: a thread sees one rulebook with its own templates
    last = _last
    if last[0] is not rulebook:
        last = _last = (rulebook, {})
    known = last[1].get((move, category))
    if known is None:
        fitting = [
            one for one in rulebook.messages if one.step == move and fnmatchcase(category, one.category)
        ]
        fitting.sort(key=lambda one: one.category != "*")  # the last of an audience stays
        known = {one.audience: _Wording(_parts(one.zh), _parts(one.en)) for one in fitting}
        last[1][move, category] = known
    return known


def _parts(template: str) -> Parts:
    """A template may ask for a word that there is not: it says nothing."""
    return tuple((text, _WORDS.get(word or "")) for text, word, _, _ in Formatter().parse(template))


def _said(parts: Parts, told: _Telling, language: str) -> str:
    return "".join([text + word(told, language) if word else text for text, word in parts])


EVERYBODY = ("reporter", "unit", "centre")


def tell(life: Life, act: Act, book: Book, names: Names, audiences: Sequence[str] = EVERYBODY) -> None:
    """Add what is to be told about a move that has just taken effect."""
    incident = life.incident
    wordings = _wordings(book.rulebook, act.move, incident.category or "")
    for audience in audiences:
        wording = wordings.get(audience)
        if wording is None:
            continue
        for target in _targets(life, act, audience):
            told = _Telling(life, act, book, names, audience, target)
            zh, en = _said(wording.zh, told, "zh"), _said(wording.en, told, "en")
            life.told.append(Told(incident.id, audience, target, act.move, zh, en, act.at))


def _targets(life: Life, act: Act, audience: str) -> list[int | None]:
    if audience == "reporter":  # all of them; that a report has joined is for its own teller
        return [act.args.get("report") if act.move == "add_report" else None]
    if audience == "centre":
        return list(act.args["alert"]) if act.move == "escalated" else [life.incident.desk_id]
    if act.move in _NEW_ORDERS:
        return [given["unit"] for given in act.args.get("orders", ())]
    if act.order is not None:
        return [life.order(act.order).unit_id]
    if "ended" in life.steps[-1].why:
        ended = life.steps[-1].why["ended"]["inputs"]["orders"]
        return list(dict.fromkeys(life.order(order).unit_id for order in ended))
    return list(dict.fromkeys(order.unit_id for order in life.open_orders()))


def _category(told: _Telling, language: str) -> str:
    category = told.book.categories.get(told.life.incident.category or "")
    if category is None:
        return ""
    return category.name_zh if language == "zh" else category.name_en


def _centre(told: _Telling, language: str) -> str:
    act, incident = told.act, told.life.incident
    centre = act.doer.home if act.move == "arbitrate" and act.doer.home else incident.desk_id
    return told.names.region(centre) + ("治理中心" if language == "zh" else " centre")


def _unit(told: _Telling, _language: str) -> str:
    life, act, name = told.life, told.act, told.names.unit
    if told.audience == "unit" and told.target is not None:
        return name(told.target)
    if act.move in _NEW_ORDERS and act.args.get("orders"):
        return name(act.args["orders"][0]["unit"])
    if act.order is not None:
        return name(life.order(act.order).unit_id)
    lead = life.lead()
    return name(lead.unit_id) if lead else ""


def _due(life: Life, audience: str) -> datetime | None:
    """A reporter is promised the end of handling; the others work against the earliest end."""
    if audience == "reporter":
        for running in life.deadlines:
            if running.live and running.stage == Stage.HANDLE:
                return running.due_at
    return life.incident.due_at


def _until(act: Act) -> datetime | None:
    until = act.args.get("until")
    return datetime.fromisoformat(until) if until else None


@lru_cache(maxsize=1024)
def moment_words(at: datetime | None, language: str) -> str:
    """A moment as sentences name it, in the city's time."""
    if at is None:
        return ""
    local = at.astimezone(SHANGHAI)
    if language == "zh":
        return f"{local.month}月{local.day}日{local:%H:%M}"
    return f"{local.day} {local:%b %H:%M}"


_WORDS: dict[str, Word] = {
    "number": lambda told, _: told.life.incident.number,
    "title": lambda told, _: told.life.incident.title,
    "category": _category,
    "place": lambda told, _: f"{told.names.place()} {told.life.incident.address}".strip(),
    "centre": _centre,
    "unit": _unit,
    "due": lambda told, language: moment_words(_due(told.life, told.audience), language),
    "until": lambda told, language: moment_words(_until(told.act), language),
    "reason": lambda told, _: told.act.text,
    "outcome": lambda told, _: told.life.incident.outcome or told.act.text,
    "other": lambda told, _: str(told.act.args.get("number", "")),
}
