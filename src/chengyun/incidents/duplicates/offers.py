"""What somebody without a post hears before sending: that neighbours reported this already, and that they may follow.

They may not read incidents of others. An offer says class, coarse distance, place down to the community, how many
reported, how far it is; no words, photos or names of anybody. Only classes that the scenario calls `public` are
offered, and only where somebody reported it without asking to stay hidden. With an offer comes a sealed ticket, good
for its holder and for half an hour: a report joins an incident only by such a ticket.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from chengyun.identity.vault import Vault
from chengyun.incidents.contracts import State
from chengyun.incidents.duplicates.finding import Wanted, scored
from chengyun.incidents.intake import taking
from chengyun.incidents.moving import merged
from chengyun.incidents.reading.detail import find
from chengyun.incidents.reading.rows import categories
from chengyun.incidents.rules import STATE_NAMES
from chengyun.incidents.tables import DONE, deadline, incident, report
from chengyun.kernel.errors import FieldError, Invalid, Unavailable
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory

GOOD_FOR = timedelta(minutes=30)
MOST = 3
BANDS_M = (50, 100, 200, 300, 600)  # a distance is told as "within … metres"


@dataclass(frozen=True, slots=True)
class Offer:
    """An incident that a reporter may follow instead of opening another one."""

    ticket: str
    category: str
    within_m: int
    place: str  # down to the community
    reports: int
    state: State
    state_label: str
    since: datetime
    promised_at: datetime | None
    mine: bool  # the caller has reported it already


def offers(tx: Tx, wanted: Wanted, vault: Vault) -> list[Offer]:
    """What may be the same matter, likeliest first; `tx` has the system policy "intake" for the time of looking."""
    open_to_all = [code for code, one in categories(tx).items() if one.public]
    found = scored(tx, wanted, incident.c.category.in_(open_to_all))
    metres = {row.id: score.metres or 0.0 for row, score in found if score.likely}
    rows = {row.id: row for row in _told_openly(tx, list(metres))} if metres else {}
    return [_offer(tx, rows[id_], metres[id_], vault) for id_ in metres if id_ in rows][:MOST]


def _told_openly(tx: Tx, ids: list[int]) -> Sequence[sa.Row[Any]]:
    """Those of which somebody reported who does not ask to stay hidden, each with the promised end of handling."""
    named = sa.exists().where(
        report.c.incident_id == incident.c.id, sa.not_(report.c.hidden), sa.not_(report.c.spam)
    )
    promised = (
        sa.select(sa.func.max(deadline.c.due_at))
        .where(deadline.c.incident_id == incident.c.id)
        .where(deadline.c.stage == "handle", deadline.c.state == "running")
        .scalar_subquery()
    )
    query = sa.select(incident, promised.label("promised_at")).where(incident.c.id.in_(ids), named)
    return tx.execute(query).all()


def _offer(tx: Tx, row: Any, metres: float, vault: Vault) -> Offer:
    english = tx.actor.language == "en"
    state = State(row.state)
    known = categories(tx)[row.category]
    return Offer(
        ticket=_ticket(tx, row.id, vault),
        category=known.name_en if english else known.name_zh,
        within_m=next((band for band in BANDS_M if metres <= band), BANDS_M[-1]),
        place=territory.chain_of(tx, row.village_id or row.town_id).label,
        reports=row.reports_count,
        state=state,
        state_label=STATE_NAMES[state][1 if english else 0],
        since=row.reported_at.replace(minute=0, second=0, microsecond=0),
        promised_at=row.promised_at,
        mine=tx.actor.kind == "resident" and tx.actor.id in row.residents,
    )


# tickets


def _holder(tx: Tx) -> str:
    """Whose ticket it is. Nobody in particular has no name to bind it to: there it is good for who holds it."""
    return f"offer {tx.actor.kind} {tx.actor.id or ''}"


def _ticket(tx: Tx, incident_id: int, vault: Vault) -> str:
    until = datetime.now(UTC) + GOOD_FOR  # real time: moving the demo clock neither ends nor extends it
    content = json.dumps({"incident": incident_id, "until": until.timestamp()})
    return base64.urlsafe_b64encode(vault.seal(content, _holder(tx))).decode()


def incident_of(tx: Tx, ticket: str, vault: Vault) -> int | None:
    """The incident that a ticket leads to; None where its time is over. Invalid for one that is not the caller's."""
    try:
        sealed = base64.urlsafe_b64decode(ticket.encode("ascii"))
        content: Any = json.loads(vault.open(sealed, _holder(tx)))
    except (ValueError, binascii.Error, Unavailable) as error:
        raise Invalid([FieldError("follow", "incidents.no_offer")]) from error
    if content["until"] < datetime.now(UTC).timestamp():
        return None
    return int(content["incident"])


def joined(tx: Tx, follow: str | None, known: int | None, vault: Vault) -> int | None:
    """The incident that a report joins: by a ticket, or for those on duty one that they may read.

    None, which opens a new one: nothing was asked for, or what was offered has run out or ended since; a report
    that waited on a phone is never lost. Invalid where somebody names an incident that was not offered to them.
    """
    if known is not None:
        if tx.actor.kind not in ("person", "token"):
            raise Invalid([FieldError("incident", "incidents.no_offer")])
        return int(find(tx, known).id)
    offered = incident_of(tx, follow, vault) if follow else None
    return offered if offered is not None and _stands(tx, offered) else None


def _stands(tx: Tx, incident_id: int) -> bool:
    """Whether the incident, or the one that answers for it by now, is still open."""
    with tx.under(taking.POLICY):
        state = sa.select(incident.c.state).where(incident.c.id == merged.root_of(tx, incident_id))
        return tx.execute(state).scalar() not in DONE
