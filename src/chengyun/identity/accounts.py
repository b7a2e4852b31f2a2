"""Accounts at OpenID Connect providers that administrators link to people of their jurisdiction; each can be undone."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from chengyun.identity import changes, people
from chengyun.identity.changes import ChangeKind, register_kind
from chengyun.identity.contracts import Account
from chengyun.identity.tables import account as accounts
from chengyun.kernel.errors import Conflict, NotFound
from chengyun.kernel.transactions import Tx


def of_person(tx: Tx, person_id: int) -> list[Account]:
    """The accounts linked to a person. Needs admin.people over the whole person."""
    people.governed(tx, person_id)
    query = sa.select(accounts).where(accounts.c.person_id == person_id, accounts.c.removed_at.is_(None))
    return [Account(row.id, row.issuer, row.subject, row.created_at) for row in tx.execute(query)]


def link(tx: Tx, person_id: int, issuer: str, subject: str) -> int:
    """Say that (issuer, subject) is this person. Raises Conflict("account.taken"); the change's id."""
    person = people.governed(tx, person_id)
    values = {"person_id": person_id, "issuer": issuer, "subject": subject}
    row = _free(tx, sa.insert(accounts).values(values).returning(*accounts.c))
    return _record(tx, "account.linked", row, person, living=True)


def unlink(tx: Tx, account_id: int) -> int:
    """The account opens nothing here from now on. The change's id."""
    row = _row(tx, account_id)
    person = people.governed(tx, row.person_id)
    living = sa.and_(accounts.c.id == account_id, accounts.c.removed_at.is_(None))
    if tx.execute(sa.update(accounts).where(living).values(removed_at=sa.func.now())).rowcount == 0:
        raise NotFound("account.not_found")
    return _record(tx, "account.unlinked", row, person, living=False)


def relink(tx: Tx, account_id: int) -> int:
    """Undo `unlink`. Raises Conflict("account.taken") when somebody else has it by now."""
    row = _row(tx, account_id)
    person = people.governed(tx, row.person_id)
    _free(
        tx,
        sa.update(accounts).where(accounts.c.id == account_id).values(removed_at=None).returning(*accounts.c),
    )
    return _record(tx, "account.linked", row, person, living=True)


def _free(tx: Tx, statement: Any) -> sa.Row[Any]:
    """Run what makes an account live; it may be linked to one person only."""
    try:
        with tx.savepoint():
            return tx.execute(statement).one()
    except IntegrityError as error:
        raise Conflict("account.taken") from error


def _row(tx: Tx, account_id: int) -> sa.Row[Any]:
    row = tx.execute(sa.select(accounts).where(accounts.c.id == account_id)).one_or_none()
    if row is None:
        raise NotFound("account.not_found")
    return row


def _record(tx: Tx, kind: str, row: sa.Row[Any], person: sa.Row[Any], *, living: bool) -> int:
    return changes.record(
        tx,
        kind,
        ("account", row.id),
        f"{person.name} {person.login} · {row.issuer}",
        before={"person": person.id, "living": not living},
        after={"person": person.id, "living": living, "issuer": row.issuer, "subject": row.subject},
        readers=person.readers,
        touches=[f"{changes.key('account', row.id)}.living"],
        stands_on=[changes.key("person", person.id)],
    )


for _kind, _zh, _en, _inverse in (
    ("account.linked", "关联统一认证账号", "account linked", lambda tx, was: unlink(tx, int(was.subject_id))),
    (
        "account.unlinked",
        "解除统一认证账号",
        "account unlinked",
        lambda tx, was: relink(tx, int(was.subject_id)),
    ),
):
    register_kind(ChangeKind(_kind, "admin.people", _zh, _en, _inverse))
