"""What reporters, units and centres are told at a step, from the rulebook's templates. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fnmatch import fnmatchcase
from functools import lru_cache

from chengyun.incidents.contracts import MessageTemplate, Rulebook, Stage
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


@dataclass(frozen=True, slots=True)
class _Telling:
    """One message in the making: what a template's words mean in it, each worked out when it is asked for."""

    life: Life
    act: Act
    book: Book
    names: Names
    audience: str
    target: int | None
    language: str

    def __getitem__(self, word: str) -> str:
        """A template may ask for something that this step does not have."""
        find = _WORDS.get(word)
        return find(self) if find else ""


_last: tuple[Rulebook | None, dict[str, tuple[MessageTemplate, ...]]] = (None, {})


def templates(book: Book, move: str) -> tuple[MessageTemplate, ...]:
    """The templates of one move, those for certain categories first."""
    global _last  # replaced whole: a thread sees one rulebook with its own templates
    if _last[0] is not book.rulebook:
        grouped: dict[str, list[MessageTemplate]] = {}
        for template in sorted(book.rulebook.messages, key=lambda one: one.category == "*"):
            grouped.setdefault(template.step, []).append(template)
        _last = (book.rulebook, {step: tuple(found) for step, found in grouped.items()})
    return _last[1].get(move, ())


EVERYBODY = ("reporter", "unit", "centre")


def tell(life: Life, act: Act, book: Book, names: Names, audiences: Sequence[str] = EVERYBODY) -> None:
    """Add what is to be told about a move that has just taken effect."""
    incident = life.incident
    about = [one for one in templates(book, act.move) if fnmatchcase(incident.category or "", one.category)]
    for audience in audiences:
        for template in [one for one in about if one.audience == audience][:1]:  # the first that fits
            for target in _targets(life, act, audience):
                told = _Telling(life, act, book, names, audience, target, "zh")
                zh, en = template.zh.format_map(told), template.en.format_map(replace(told, language="en"))
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


def _category(told: _Telling) -> str:
    category = told.book.categories.get(told.life.incident.category or "")
    if category is None:
        return ""
    return category.name_zh if told.language == "zh" else category.name_en


def _centre(told: _Telling) -> str:
    act, incident = told.act, told.life.incident
    centre = act.doer.home if act.move == "arbitrate" and act.doer.home else incident.desk_id
    return told.names.region(centre) + ("治理中心" if told.language == "zh" else " centre")


def _unit(told: _Telling) -> str:
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


_WORDS: dict[str, Callable[[_Telling], str]] = {
    "number": lambda told: told.life.incident.number,
    "title": lambda told: told.life.incident.title,
    "category": _category,
    "place": lambda told: f"{told.names.place()} {told.life.incident.address}".strip(),
    "centre": _centre,
    "unit": _unit,
    "due": lambda told: moment_words(_due(told.life, told.audience), told.language),
    "until": lambda told: moment_words(_until(told.act), told.language),
    "reason": lambda told: told.act.text,
    "outcome": lambda told: told.life.incident.outcome or told.act.text,
    "other": lambda told: str(told.act.args.get("number", "")),
}
