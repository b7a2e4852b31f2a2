"""From what a move was given to what its effect needs: checked, looked up, ready to be stored as args."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chengyun.identity import service as identity
from chengyun.incidents.contracts import Level, Role, State
from chengyun.incidents.deadlines import Book
from chengyun.incidents.dispatch.opening import by_arbiter, orders_of, rejected_of, why_of
from chengyun.incidents.dispatch.places import CENTRE_LEVELS, Units
from chengyun.incidents.dispatch.proposing import decision_of, reachable
from chengyun.incidents.inputs import Move
from chengyun.incidents.life import Incident, Life, Order
from chengyun.incidents.moving import merging
from chengyun.incidents.moving.merging import Beside
from chengyun.incidents.moving.store import Ids, stored
from chengyun.incidents.rules import MAX_RETURNS
from chengyun.kernel.errors import Conflict, FieldError, Invalid, NotFound
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory

Args = dict[str, Any]


@dataclass(slots=True)
class Working:
    """One transaction's work on one incident."""

    tx: Tx
    life: Life
    book: Book
    ids: Ids
    units: Units
    why: dict[str, Any] = field(default_factory=dict)  # answers that the present move adds
    beside: list[Beside] = field(default_factory=list)  # what the moves bring with them elsewhere

    @property
    def incident(self) -> Incident:
        return self.life.incident


def wrong(name: str, code: str, **params: Any) -> Invalid:
    """One wrong field of a move."""
    return Invalid([FieldError(name, code, params)])


def resolve(work: Working, made: Move, order: Order | None) -> Args:
    """The args of a move. Raises Invalid or Conflict where it cannot be made as given."""
    resolver = _RESOLVERS.get(made.name)
    return resolver(work, made.given, order) if resolver else {}


Given = Mapping[str, Any]


def _classified(work: Working, given: Given, _order: Order | None) -> Args:
    """Category and level; a new category brings its own level unless one is given."""
    args: Args = {}
    code = given.get("category")
    if code and code != work.incident.category:
        category = work.book.categories.get(code)
        if category is None:
            raise wrong("category", "incidents.no_such_category", category=code)
        args = {"category": code, "level": str(category.level)}
    if given.get("level"):
        args["level"] = str(Level(given["level"]))
    return args


def _accept(work: Working, given: Given, order: Order | None) -> Args:
    args = _classified(work, given, order)
    if not (work.incident.category or args.get("category")):
        raise wrong("category", "incidents.category_needed")
    return args


def _dispatch(work: Working, given: Given, order: Order | None) -> Args:
    """The units that the officer chose, else those that the rules propose; either way the rules' answer is kept."""
    decision = decision_of(work.tx, work.incident, work.book, work.units)
    proposed = orders_of(decision, work.life.busy())
    chosen = _chosen(work, given, work.incident.centre_id) if given.get("units") else proposed
    if not chosen:
        raise Conflict("incidents.no_unit_for_it", category=work.incident.category or "—")
    by_rule = {(o["role"], o["unit"]) for o in chosen} == {(o["role"], o["unit"]) for o in proposed}
    why = why_of(decision) if by_rule else {**_by_hand(work), "rejected": rejected_of(decision)}
    if not by_rule and decision.lead:
        why["rejected"] = {"unit": decision.lead.id, "name": decision.lead.name, "rule": decision.rule}
        why["rejected"] |= {"zh": decision.why_zh, "en": decision.why_en}
    work.why = {"routing": why}
    return {"orders": _numbered(work, chosen), "rule": decision.rule if by_rule else "by-hand"}


def _by_hand(work: Working) -> dict[str, Any]:
    name = work.tx.actor.name
    return {
        "zh": f"{name}人工指定",
        "en": f"Chosen by {name}",
        "rule": "by-hand",
        "source": None,
        "inputs": {},
    }


def _numbered(work: Working, orders: list[Args]) -> list[Args]:
    return [{"id": work.ids.order(), **order} for order in orders]


def _chosen(work: Working, given: Given, centre: int, *, lead: bool = True, anew: bool = False) -> list[Args]:
    """{"lead", "assist", "assign_down"} as work orders: living units within reach, each once.

    A unit that has one already gets no second one, unless it is to lead: its other one then ends (`scene.issue`).
    `anew`: all that are open end with this move.
    """
    units: Mapping[str, Any] = given["units"]
    if lead and not units.get("lead"):
        raise wrong("units", "incidents.lead_needed")
    wanted = [(Role.LEAD, units.get("lead"))] if lead else []
    wanted += [(Role.ASSIST, unit) for unit in units.get("assist") or ()]
    wanted += [(Role.ASSIGNED, unit) for unit in units.get("assign_down") or ()]
    busy = set() if anew else work.life.busy()
    found = identity.units_by_ids(work.tx, [unit for _, unit in wanted if unit])
    orders: list[Args] = []
    for role, unit in wanted:
        if unit is None or unit not in found:
            raise wrong("units", "incidents.no_such_unit", unit=unit or "—")
        if not reachable(work.tx, centre, found[unit].region_id):
            raise wrong("units", "incidents.unit_out_of_reach", unit=found[unit].name)
        if role is Role.LEAD or unit not in busy:
            busy.add(unit)
            orders.append({"role": role.value, "unit": unit})
    return orders


def _add_order(work: Working, given: Given, _order: Order | None) -> Args:
    orders = _chosen(work, given, work.incident.centre_id, lead=False)
    if not orders:
        raise wrong("units", "incidents.units_have_it_already")
    return {"orders": _numbered(work, orders)}


def _close(work: Working, given: Given, _order: Order | None) -> Args:
    return {"outcome": given.get("outcome")}


def _rate(_work: Working, given: Given, _order: Order | None) -> Args:
    stars = given["stars"]
    if isinstance(stars, bool) or not isinstance(stars, int) or not 1 <= stars <= 5:
        raise wrong("stars", "incidents.one_to_five_stars")
    return {"stars": stars, "solved": bool(given["solved"])}


# centres


def _centre(work: Working, given: Given) -> int:
    """A centre by its region id; never the present owner."""
    region = given["to_centre"]
    try:
        found = territory.region(work.tx, region)
    except NotFound:
        raise wrong("to_centre", "incidents.no_such_centre") from None
    if found.level not in CENTRE_LEVELS or region == work.incident.centre_id:
        raise wrong("to_centre", "incidents.no_such_centre")
    return int(region)


def _transfer(work: Working, given: Given, _order: Order | None) -> Args:
    """Sideways only: up is escalating, down is assigning."""
    target, owner = _centre(work, given), work.incident.centre_id
    if target in territory.ancestors(work.tx, owner) or owner in territory.ancestors(work.tx, target):
        raise wrong("to_centre", "incidents.transfer_is_sideways")
    return {"to_centre": target, "from": work.incident.state}


def _refuse(work: Working, _given: Given, _order: Order | None) -> Args:
    """With the last refusal the common superior decides."""
    if work.incident.refusals + 1 < MAX_RETURNS or work.incident.transfer_to is None:
        return {}
    theirs = set(territory.ancestors(work.tx, work.incident.transfer_to))
    ours = territory.ancestors(work.tx, work.incident.centre_id)
    return {"arbiter": next(centre for centre in ours if centre in theirs)}


def _escalate(work: Working, _given: Given, _order: Order | None) -> Args:
    above = territory.centre_above(work.tx, work.incident.centre_id)
    if above is None:
        raise Conflict("incidents.nobody_above")
    return {"to_centre": above}


def _assign_down(work: Working, given: Given, _order: Order | None) -> Args:
    target = _centre(work, given)
    if work.incident.centre_id not in territory.ancestors(work.tx, target):
        raise wrong("to_centre", "incidents.not_below")
    return {"to_centre": target}


def _seek_arbitration(work: Working, _given: Given, _order: Order | None) -> Args:
    owner = work.incident.centre_id
    return {"arbiter": territory.centre_above(work.tx, owner) or owner, "from": work.incident.state}


def _arbitrate(work: Working, given: Given, _order: Order | None) -> Args:
    """Units, or a centre below the arbiter, or both."""
    arbiter = work.incident.desk_id
    args: Args = {"rule": "arbitration"}
    if given.get("to_centre") and given["to_centre"] != work.incident.centre_id:
        args["to_centre"] = _centre(work, given)
        if arbiter not in territory.ancestors(work.tx, args["to_centre"]):
            raise wrong("to_centre", "incidents.not_below")
    if given.get("units"):
        args["orders"] = _numbered(work, _chosen(work, given, arbiter, anew="to_centre" in args))
    if not given.get("units") and not given.get("to_centre"):
        raise wrong("units", "incidents.decide_for_somebody")
    work.why = {"routing": by_arbiter(work.tx.actor.name)}
    return args


# time


def _future(work: Working, given: Given) -> str:
    until = given.get("until")
    if not isinstance(until, datetime) or until.tzinfo is None or until <= work.tx.now:
        raise wrong("until", "incidents.until_lies_ahead")
    return stored(until)


def _ask(work: Working, given: Given, order: Order | None) -> Args:
    if (order.pending if order else work.incident.pending) is not None:
        raise Conflict("incidents.asked_already")
    return {"until": _future(work, given)}


def _grant(work: Working, given: Given, order: Order | None) -> Args:
    pending = order.pending if order else work.incident.pending
    if pending is None:
        raise Conflict("incidents.nothing_was_asked")
    until = _future(work, given) if given.get("until") else pending["until"]
    return {"until": until, "from": work.incident.state}


def _refuse_asked(work: Working, _given: Given, order: Order | None) -> Args:
    if (order.pending if order else work.incident.pending) is None:
        raise Conflict("incidents.nothing_was_asked")
    return {}


def _supervise(work: Working, given: Given, _order: Order | None) -> Args:
    return {"until": _future(work, given)} if given.get("until") else {}


def _urge(work: Working, _given: Given, _order: Order | None) -> Args:
    """Whoever takes calls but does not run the centre urges for those who called."""
    actor = work.tx.actor
    for_reporter = (
        actor.kind == "person" and actor.may("reporter.contact") and not actor.may("incident.accept")
    )
    return {"for_reporter": True} if for_reporter else {}


def _alert_ack(work: Working, _given: Given, _order: Order | None) -> Args:
    if work.tx.actor.home not in work.incident.alerts:
        raise Conflict("incidents.no_alert")
    return {}


# work orders


def _call_in(work: Working, given: Given, _order: Order | None) -> Args:
    units = {"units": {"assist": [given["unit"]]}}
    orders = _chosen(work, units, work.incident.centre_id, lead=False)
    if not orders:
        raise wrong("unit", "incidents.units_have_it_already")
    return {"orders": _numbered(work, orders)}


def _assign_person(work: Working, given: Given, order: Order | None) -> Args:
    """Somebody of the unit, or a grid worker of the region that the unit serves."""
    unit = identity.unit(work.tx, order.unit_id if order else 0)
    people = [*identity.people_of_unit(work.tx, unit.id), *identity.grid_workers(work.tx, unit.region_id)]
    for person in people:
        if person.id == given["person"]:
            return {"person": person.id, "name": person.name}
    raise wrong("person", "incidents.not_of_the_unit")


def _report_back(work: Working, given: Given, order: Order | None) -> Args:
    args: Args = {"outcome": given["outcome"], "measures": dict(given.get("measures") or {})}
    checker = _checker(work, order)
    return {**args, "checker": checker} if checker else args


def _checker(work: Working, order: Order | None) -> int | None:
    """The centre above, where nobody is on duty at the owner but people who handled it."""
    others = [one for one in work.life.open_orders() if order is None or one.id != order.id]
    if others or work.incident.state != State.HANDLING:
        return None
    handlers = work.life.handlers() | ({work.tx.actor.id} if work.tx.actor.id else set())
    present = {person.id for person in identity.on_duty(work.tx, work.incident.centre_id)}
    if not present or present - handlers:
        return None
    return territory.centre_above(work.tx, work.incident.centre_id)


def _return(work: Working, _given: Given, order: Order | None) -> Args:
    if order is None or order.role != Role.LEAD or work.incident.returns + 1 < MAX_RETURNS:
        return {}
    owner = work.incident.centre_id
    return {"arbiter": territory.centre_above(work.tx, owner) or owner}


_RESOLVERS: dict[str, Callable[[Working, Given, Order | None], Args]] = {
    "accept": _accept,
    "classify": _classified,
    "verify": _classified,
    "dispatch": _dispatch,
    "add_order": _add_order,
    "close": _close,
    "rate": _rate,
    "transfer": _transfer,
    "transfer_refuse": _refuse,
    "escalate": _escalate,
    "assign_down": _assign_down,
    "arbitrate": _arbitrate,
    "suspend_request": _ask,
    "suspend_approve": _grant,
    "suspend_reject": _refuse_asked,
    "supervise": _supervise,
    "supervise_refuse": _supervise,
    "urge": _urge,
    "seek_arbitration": _seek_arbitration,
    "alert_ack": _alert_ack,
    "call_in": _call_in,
    "assign_person": _assign_person,
    "report_back": _report_back,
    "return": _return,
    "defer_request": _ask,
    "defer_approve": _grant,
    "defer_reject": _refuse_asked,
    "merge_into": merging.merge_into,
    "unmerge": merging.unmerge,
    "split_off": merging.split_off,
}
