"""What reporters, units and centres are told at a step, from the rulebook's templates. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

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


class _Words(dict[str, str]):
    """A template may ask for something that this step does not have."""

    def __missing__(self, _key: str) -> str:
        return ""


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
                zh = _fill(template.zh, life, act, book, names, (audience, target), "zh")
                en = _fill(template.en, life, act, book, names, (audience, target), "en")
                life.told.append(Told(incident.id, audience, target, act.move, zh, en, act.at))


def _targets(life: Life, act: Act, audience: str) -> list[int | None]:
    if audience == "reporter":
        return [None]
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


def _fill(
    template: str, life: Life, act: Act, book: Book, names: Names, to: tuple[str, int | None], language: str
) -> str:
    incident = life.incident
    category = book.categories.get(incident.category or "")
    centre = act.doer.home if act.move == "arbitrate" and act.doer.home else incident.desk_id
    words = {
        "number": incident.number,
        "title": incident.title,
        "category": (category.name_zh if language == "zh" else category.name_en) if category else "",
        "place": f"{names.place()} {incident.address}".strip(),
        "centre": names.region(centre) + ("治理中心" if language == "zh" else " centre"),
        "unit": _unit(life, act, names, to),
        "due": moment_words(_due(life, to[0]), language),
        "until": moment_words(_until(act), language),
        "reason": act.text,
        "outcome": incident.outcome or act.text,
    }
    return template.format_map(_Words(words))


def _unit(life: Life, act: Act, names: Names, to: tuple[str, int | None]) -> str:
    if to[0] == "unit" and to[1] is not None:
        return names.unit(to[1])
    if act.move in _NEW_ORDERS and act.args.get("orders"):
        return names.unit(act.args["orders"][0]["unit"])
    if act.order is not None:
        return names.unit(life.order(act.order).unit_id)
    lead = life.lead()
    return names.unit(lead.unit_id) if lead else ""


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


def moment_words(at: datetime | None, language: str) -> str:
    """A moment as sentences name it, in the city's time."""
    if at is None:
        return ""
    local = at.astimezone(SHANGHAI)
    if language == "zh":
        return f"{local.month}月{local.day}日{local:%H:%M}"
    return f"{local.day} {local:%b %H:%M}"
