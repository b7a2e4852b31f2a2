"""Take a report in exactly once, however often it is sent, and no more than one source may send."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy.exc import DBAPIError, IntegrityError

from chengyun.identity.vault import Vault
from chengyun.incidents.bodies import MovesBody, ReportBody
from chengyun.incidents.duplicates import offers
from chengyun.incidents.intake import abuse
from chengyun.incidents.intake.taking import POLICY, TAKING, numbers_of, take
from chengyun.incidents.views import Receipt
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.errors import AppError
from chengyun.kernel.failpoints import failpoint
from chengyun.kernel.idempotency import KNOWN, answer_of, hash_body, once, remember, twice
from chengyun.kernel.transactions import Alone, Ask, Database, Tx

RECEIPT: TypeAdapter[Receipt] = TypeAdapter(Receipt)


@dataclass(frozen=True)
class Sent:
    """A report as it was sent. `source` is the keyed hash of the address it comes from; `vault` seals the
    reporter's name and phone.
    """

    body: ReportBody
    key: str
    source: bytes
    vault: Vault

    @cached_property
    def digest(self) -> str:
        """What tells another report with the same key."""
        return hash_body(self.body.model_dump_json().encode())


@dataclass(frozen=True, slots=True)
class Submission:
    """A report with who sends it. `under`: the token of "actors" under which its session was found; None where
    the session has just been read.
    """

    actor: Actor
    sent: Sent
    under: int | None = None

    @property
    def counted(self) -> bool:
        """Whether the reports of its sender are counted and limited."""
        return self.actor.kind in abuse.UNKNOWN

    @property
    def scope(self) -> str:
        """Whose key it is."""
        return scope_of(self.actor, self.sent.source)


def report_once(db: Database, actor: Actor, sent: Sent) -> Receipt:
    """The receipt of a report; a retry with the same key gets the first one back, marked a duplicate.

    Of two that come at the same moment one finds, when it writes, that the key is taken, and begins anew.
    """
    submission = Submission(actor, sent)
    try:
        return _attempt(db, submission)
    except IntegrityError as error:
        if not twice(error):
            raise
        return _attempt(db, submission)


def _attempt(db: Database, submission: Submission) -> Receipt:
    ask = _ask([submission])
    with db.begin(submission.actor, ask) as tx:
        receipt = _answer(tx, submission, tx.ask(ask), 0)
        tx.flush()
        failpoint("intake.receipt")
        return receipt


def report_together(db: Database, round_: Sequence[Submission]) -> list[Receipt | AppError | Alone]:
    """Several reports in one transaction → the outcome of each.

    What is wrong leaves nothing. Alone says that a report needs a transaction of its own (`report_once`) by an actor
    read anew: it joins an incident, its sender is counted, something it needs is not in memory, its session may have
    changed meanwhile, or its key was sent twice at the same moment.
    """
    ask = _ask(round_)
    try:
        with db.begin(system_actor(POLICY), ask) as tx:
            row = tx.ask(ask)
            outcomes = [_part(tx, submission, row, place) for place, submission in enumerate(round_)]
            if any(isinstance(one, Receipt) for one in outcomes):
                tx.flush()
                failpoint("intake.receipt")
            return outcomes
    except DBAPIError:  # one of them cannot be written: each finds out by itself
        return [Alone() for _ in round_]


def _part(tx: Tx, submission: Submission, row: Any, place: int) -> Receipt | AppError | Alone:
    if submission.under is not None and submission.under != tx.revisions["actors"]:
        return Alone()
    part = tx.part(submission.actor)
    try:
        receipt = _answer(part, submission, row, place)
    except (AppError, Alone) as outcome:
        return outcome
    tx.joined(part)
    return receipt


def _ask(round_: Sequence[Submission]) -> Ask:
    senders, keys = (
        [submission.scope for submission in round_],
        [submission.sent.key for submission in round_],
    )
    return Ask(f"{KNOWN}, {TAKING}", {"senders": senders, "keys": keys, "reports": len(round_)})


def _answer(tx: Tx, submission: Submission, row: Any, place: int) -> Receipt:
    """The receipt: of the first time where there was one."""
    sent, scope = submission.sent, submission.scope
    known = answer_of(row.known, sent.key, scope, sent.digest)
    if known is not None:
        return replace(opened(known.response, scope, sent.vault), duplicate=True)
    abuse.admit(tx, sent.source)
    joined = offers.joined(tx, sent.body.follow, sent.body.incident, sent.vault)
    receipt = take(tx, sent.body.as_report(sent.source, joined), sent.vault, numbers_of(row, place))
    failpoint("intake.stored")
    remember(tx, sent.key, scope, sent.digest, 201, sealed(receipt, scope, sent.vault))
    return receipt


def sealed(receipt: Receipt, scope: str, vault: Vault) -> dict[str, str]:
    """The receipt as it waits for a retry: it holds the secret link, which is kept nowhere in plain."""
    closed = vault.seal(RECEIPT.dump_json(receipt).decode(), f"receipt {scope}")
    return {"sealed": base64.b64encode(closed).decode()}


def opened(stored: Any, scope: str, vault: Vault) -> Receipt:
    """What `sealed` has closed."""
    return RECEIPT.validate_json(vault.open(base64.b64decode(stored["sealed"]), f"receipt {scope}"))


def made_before(tx: Tx, subject: str, body: MovesBody, key: str | None) -> bool:
    """Whether these moves were made under this key already; if not, the key is taken with the act."""
    if key is None:
        return False
    scope = f"moves {tx.actor.kind} {tx.actor.id} {subject}"
    digest = hash_body(body.model_dump_json().encode())
    if once(tx, key, scope, digest) is not None:
        return True
    remember(tx, key, scope, digest, 200, {})
    return False


def scope_of(actor: Actor, source: bytes) -> str:
    """Whose key it is: the account's, or the address's where nobody signed in."""
    if actor.kind == "anonymous":
        return f"report anonymous {source.hex()}"
    return f"report {actor.kind} {actor.id}"
