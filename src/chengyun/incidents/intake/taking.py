"""Taking in a report: where it lies, what it is, who owns it; with a clear rule it is dispatched in the same breath.

Everything is worked out in memory and written by one statement. Reporters may not read incidents: rows are written
under the system policy "intake", the caller stays the actor.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from chengyun.attachments import service as attachments
from chengyun.identity import service as identity
from chengyun.identity.vault import Vault, bearer_hash, new_secret
from chengyun.incidents import rulebook, tables
from chengyun.incidents.classification import service as classification
from chengyun.incidents.contracts import Category, Channel, IncidentOpened, Level, Stage, State
from chengyun.incidents.dispatch import opening
from chengyun.incidents.dispatch.opening import Ground
from chengyun.incidents.dispatch.places import Units
from chengyun.incidents.dispatch.routing import Decision
from chengyun.incidents.inputs import ReportIn
from chengyun.incidents.intake.moments import happened
from chengyun.incidents.life import Incident, Life, doer_of
from chengyun.incidents.moving import merged, moves, news, store
from chengyun.incidents.moving.resolving import Working
from chengyun.incidents.views import Receipt
from chengyun.kernel.calendar import SHANGHAI
from chengyun.kernel.contracts import Actor
from chengyun.kernel.errors import Conflict, FieldError, Invalid, NotFound
from chengyun.kernel.transactions import Ask, Tx
from chengyun.territory import service as territory
from chengyun.territory.contracts import Located

POLICY = "intake"
# What reports ask for on entering, with a param "reports", how many they are: the system policy, and the ids of what
# they may write. A report that is dispatched at once has a handful of deadlines; ids that are left are not used.
_PER_REPORT = {"incident": 1, "report": 1, "number": 1, "order": 3, "deadline": 10}
TAKING = f"set_config('chengyun.system', '{POLICY}', true), " + ", ".join(
    f"ARRAY(SELECT nextval('incidents_{name}{'' if name == 'number' else '_id'}_seq')"
    f" FROM generate_series(1, {each} * %(reports)s)) AS {name}s"
    for name, each in _PER_REPORT.items()
)
_ASK = Ask(TAKING, {"reports": 1})


@dataclass(frozen=True, slots=True)
class Numbers:
    """The ids of what a report may write."""

    incident: int
    report: int
    serial: int
    orders: Sequence[int]
    deadlines: Sequence[int]


def report(tx: Tx, given: ReportIn, vault: Vault | None = None) -> Receipt:
    """Take in a telling as `take` does, in a transaction that goes on as its actor afterwards."""
    with tx.under(POLICY):
        return take(tx, given, vault, numbers_of(tx.ask(_ASK)))


def numbers_of(row: Any, place: int = 0) -> Numbers:
    """What an Ask with TAKING has brought for the report at `place`."""
    orders, deadlines = (
        found[place * _PER_REPORT[name] : (place + 1) * _PER_REPORT[name]]
        for name, found in (("order", row.orders), ("deadline", row.deadlines))
    )
    return Numbers(row.incidents[place], row.reports[place], row.numbers[place], orders, deadlines)


def take(tx: Tx, given: ReportIn, vault: Vault | None, numbers: Numbers) -> Receipt:
    """Take in a telling: a new incident, or one more report of `given.incident`; the transaction ends with it.

    `vault` seals the reporter's name and phone, which are not kept without it; the system policy is "intake". Raises
    Forbidden, Invalid (also OutsideCity), Conflict where the incident that it joins has ended.
    """
    tx.actor.require("incident.report")
    channel = channel_of(tx.actor, given.channel)
    if given.occurred_at is not None:
        given = replace(given, occurred_at=happened(given.occurred_at, tx.now))
    act = _open if given.incident is None else _join
    return act(tx, given, channel, numbers, vault)


def channel_of(actor: Actor, wanted: str | None) -> Channel:
    """The channel a caller may use: people without a post report as residents."""
    if actor.kind in ("resident", "anonymous"):
        if wanted not in (None, Channel.RESIDENT):
            raise Invalid([FieldError("channel", "incidents.channel_not_yours")])
        return Channel.RESIDENT
    if wanted is not None:
        return Channel(wanted)
    if actor.kind in ("token", "system"):
        return Channel.API
    if actor.may("incident.accept"):
        return Channel.CENTRE
    return Channel.HOTLINE if actor.may("reporter.contact") else Channel.GRID


# a new incident


def _open(tx: Tx, given: ReportIn, channel: Channel, numbers: Numbers, vault: Vault | None) -> Receipt:
    located = territory.locate(tx, given.lon, given.lat)
    if given.former is not None:
        given = replace(given, origin=("incident", str(_former(tx, given.former))))
    version, _ = rulebook.current(tx)
    book = rulebook.book(tx, version)
    settled = classification.settle(tx, book, given)
    category = settled.category
    incident = unsaved(tx, given, channel, numbers, located, category, version)
    if tx.actor.kind == "resident" and tx.actor.id is not None:
        incident.residents = [tx.actor.id]
    loaded = store.unborn(Life(incident))
    work = Working(tx, loaded.life, book, store.Ids(tx, numbers.orders, numbers.deadlines), Units(tx))
    ground = opening.ground_of(located)
    first = opening.first_act(incident, ground, category, settled.hits, doer_of(tx.actor), settled.why)
    acts = [replace(first, attachments=given.attachments) if given.attachments else first]
    moves.take(work, acts[0])
    decision = _decided(work, ground) if category else None
    if decision is not None:
        acts += opening.straight_through(decision, tx.now, work.ids.order, lambda act: moves.take(work, act))
    store.save(tx, loaded, at_once=True)
    secret = _save_report(tx, given, channel, numbers, incident.id, vault)
    _bind(tx, given, incident)
    news.announce(tx, loaded.life, acts, [])
    tx.publish(IncidentOpened(incident.id, given.origin))
    return _receipt(tx, work, numbers, secret, located.chain.label, decision)


def _former(tx: Tx, link: str) -> int:
    """The incident behind the link of an earlier report."""
    query = sa.select(tables.report.c.incident_id).where(tables.report.c.token_hash == bearer_hash(link))
    found = tx.execute(query).scalar()
    if found is None:
        raise Invalid([FieldError("former", "incidents.no_tracking")])
    return int(found)


def _decided(work: Working, ground: Ground) -> Decision | None:
    """The rule's answer where it is automatic and leads somewhere; otherwise an officer looks first."""
    decision = opening.route(work.incident, ground, work.book, work.units.find, work.tx.now)
    return decision if decision.auto and decision.units else None


def category_guess(tx: Tx, given: str | None, text: str) -> str | None:
    """The code of the category that a report would be opened under; an unknown one counts as none."""
    book = rulebook.book(tx, rulebook.current(tx)[0])
    if given:
        return given if given in book.categories else None
    settled = classification.settle(tx, book, ReportIn(text, 0.0, 0.0))
    return settled.category.code if settled.category else None


def unsaved(
    tx: Tx,
    given: ReportIn,
    channel: Channel,
    numbers: Numbers,
    located: Located,
    category: Category | None,
    version: int | None,
) -> Incident:
    """The incident that a report opens, not yet written anywhere."""
    return Incident(
        id=numbers.incident,
        number=opening.number_of(tx.now, numbers.serial),
        title=given.title or opening.title_of(given.text, category),
        text=given.text,
        category=category.code if category else None,
        level=_level(tx.actor, given, category),
        **opening.placed(located, category),
        lon=given.lon,
        lat=given.lat,
        address=given.address,
        positioned=given.positioned,
        channel=channel,
        occurred_at=given.occurred_at or tx.now,
        reported_at=tx.now,
        changed_at=tx.now,
        rulebook_id=version,
        simulated=given.simulated,
        origin_kind=given.origin[0] if given.origin else None,
        origin_id=given.origin[1] if given.origin else None,
    )


def _level(actor: Actor, given: ReportIn, category: Category | None) -> str:
    """Staff may say how urgent it is; for others the category does."""
    if given.level and actor.kind in ("person", "token", "system"):
        return str(Level(given.level))
    return str(category.level) if category else str(opening.UNKNOWN_LEVEL)


# one more report


def _join(tx: Tx, given: ReportIn, channel: Channel, numbers: Numbers, vault: Vault | None) -> Receipt:
    table = tables.incident
    names = store.columns(table)
    root = merged.root_of(tx, given.incident or 0)
    row = tx.execute(sa.select(*names).where(table.c.id == root).with_for_update()).one_or_none()
    if row is None:
        raise NotFound("incidents.none", id=given.incident)
    loaded = store.read(tx, store.incident_of(row))
    incident = loaded.life.incident
    if incident.ended:
        raise Conflict("incidents.ended", number=incident.number)
    resident = tx.actor.id if tx.actor.kind == "resident" else None
    moves.report_again(tx, loaded, doer_of(tx.actor), resident, given.text, numbers.report)
    secret = _save_report(tx, given, channel, numbers, incident.id, vault)
    _bind(tx, given, incident)
    work = Working(tx, loaded.life, rulebook.book(tx, incident.rulebook_id or 0), store.Ids(tx), Units(tx))
    place = territory.locate(tx, given.lon, given.lat).chain.label  # the teller's own, not the first teller's
    return _receipt(tx, work, numbers, secret, place, None)


# what every report leaves


def _save_report(
    tx: Tx, given: ReportIn, channel: Channel, numbers: Numbers, incident: int, vault: Vault | None
) -> str:
    """The telling itself; the secret by which the reporter follows it."""
    secret, who = new_secret(), given.reporter
    values = {
        "id": numbers.report,
        "incident_id": incident,
        "channel": str(channel),
        "text": given.text,
        "at": tx.now,
        "resident_id": tx.actor.id if tx.actor.kind == "resident" else None,
        "person_id": tx.actor.id if tx.actor.kind == "person" else None,
        "contact": _sealed(given, numbers.report, vault),
        "masked_name": f"{who.name[0]}**" if who.name else None,
        "masked_phone": identity.masked_phone(who.phone) if who.phone else None,
        "hidden": who.hidden,
        "spam": False,
        "token_hash": bearer_hash(secret),
        "source_hash": given.source_hash,
        "language": tx.actor.language,
        "attachments": list(given.attachments),
    }
    tx.add(tables.report, [values])
    return secret


def _sealed(given: ReportIn, report_id: int, vault: Vault | None) -> bytes | None:
    who = given.reporter
    if vault is None or not (who.name or who.phone):
        return None
    return vault.seal(json.dumps({"name": who.name, "phone": who.phone}), contact_of(report_id))


def contact_of(report_id: int) -> str:
    """What a sealed contact is bound to."""
    return f"incidents_report:{report_id}"


def opened_contact(sealed: bytes, report_id: int, vault: Vault) -> Mapping[str, str | None]:
    """{name, phone} of a report, in plain: audit it first."""
    found: Mapping[str, str | None] = json.loads(vault.open(sealed, contact_of(report_id)))
    return found


def _bind(tx: Tx, given: ReportIn, incident: Incident) -> None:
    if given.attachments:
        attachments.bind(tx, list(given.attachments), incident.id, incident.readers, given.claims)


def _receipt(
    tx: Tx, work: Working, numbers: Numbers, secret: str, place: str, decision: Decision | None
) -> Receipt:
    incident = work.incident
    return Receipt(
        report=numbers.report,
        incident=incident.id,
        number=incident.number,
        tracking=secret,
        state=State(incident.state),
        place=place,
        promise=_promise(tx, work, decision),
        duplicate=False,
    )


def _promise(tx: Tx, work: Working, decision: Decision | None) -> str:
    """What the reporter may count on, in plain words."""
    english = tx.actor.language == "en"
    due = _end_of(work, Stage.HANDLE)
    if due is not None and decision is not None and decision.lead is not None:
        name = decision.lead.name
        return f"{name} will deal with it by {due}." if english else f"已交{name}，{due}前办结。"
    if due is not None:
        return f"It is being handled, by {due}." if english else f"正在办理，{due}前办结。"
    due = _end_of(work, Stage.ACCEPT)
    if due is None:
        return "It joins an incident that is being handled." if english else "已并入正在办理的事件。"
    return f"You will hear by {due} whether it is taken on." if english else f"{due}前答复是否受理。"


def _end_of(work: Working, stage: Stage) -> str | None:
    for running in work.life.deadlines:
        if running.live and running.stage == stage:
            return f"{running.due_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    return None
