"""Signing in by OpenID Connect: bound to the browser that began, once, and only for people known here.

Who somebody is, the provider says by (issuer, subject); who that is here, an administrator's link or, where the settings
allow it, a claim that equals the login. Rights come from posts here and never from a token's claims.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from chengyun.identity import oidc_provider, signin
from chengyun.identity.contracts import SignedIn, Waits
from chengyun.identity.oidc_provider import Proof, Provider
from chengyun.identity.resolving import DOOR
from chengyun.identity.rules import LOGIN, WAITING, normal_login
from chengyun.identity.sessions import Browser
from chengyun.identity.signin import Rules
from chengyun.identity.tables import account as accounts
from chengyun.identity.tables import oidc_flow as flows
from chengyun.identity.tables import person as persons
from chengyun.identity.vault import Vault, bearer_hash, new_secret
from chengyun.kernel import audit
from chengyun.kernel.errors import Forbidden, Unauthenticated
from chengyun.kernel.transactions import Database, Tx
from chengyun.territory import service as territory


@dataclass(frozen=True, slots=True)
class Begun:
    """Where to send the browser, and the secret that it must bring back."""

    url: str
    browser_secret: str


@dataclass(frozen=True, slots=True)
class Returned:
    """What the browser brought back from the provider."""

    state: str
    code: str
    browser_secret: str
    issuer: str = ""  # RFC 9207, where the provider says it


@dataclass(frozen=True, slots=True)
class Arrived:
    """A sign-in that succeeded, complete or waiting for a second step, and where the browser wanted to go."""

    entered: SignedIn | Waits
    target: str


def begin(db: Database, vault: Vault, one: Provider, redirect_uri: str, target: str) -> Begun:
    """Remember a sign-in that begins; it ends within ten minutes."""
    state, nonce, verifier, browser_secret = (new_secret() for _ in range(4))
    url = oidc_provider.authorization_url(one, redirect_uri, state, nonce, verifier)
    hashed = bearer_hash(state)
    values = {
        "state_hash": hashed, "browser_hash": bearer_hash(browser_secret), "provider": one.key,
        "sealed": vault.seal(json.dumps([nonce, verifier]), f"oidc {hashed.hex()}"),
        "target": target, "ends_at": sa.func.now() + WAITING,
    }  # fmt: skip
    with db.begin(DOOR) as tx:
        tx.execute(sa.insert(flows).values(values))
    return Begun(url, browser_secret)


@dataclass(frozen=True, slots=True)
class Desk:
    """What the end of a sign-in works with."""

    db: Database
    vault: Vault
    file: str
    redirect_uri: str
    rules: Rules


def arrive(desk: Desk, back: Returned, browser: Browser) -> Arrived:
    """The browser is back: spend the state, redeem the code, find the person, begin the session.

    Raises Unauthenticated("oidc.expired"|"oidc.refused"|"oidc.no_account"), Forbidden("login.no_post"), Unavailable.
    The network is asked between transactions; a state is spent whether or not what follows succeeds.
    """
    flow = _spend(desk.db, back)
    one = oidc_provider.provider(desk.file, flow.provider)
    if back.issuer and back.issuer.rstrip("/") != one.issuer:
        raise Unauthenticated("oidc.refused")
    nonce, verifier = json.loads(desk.vault.open(bytes(flow.sealed), f"oidc {bytes(flow.state_hash).hex()}"))
    proof = oidc_provider.redeem(one, back.code, desk.redirect_uri, verifier, nonce)
    person_id = _person_of(desk, one, proof, browser)
    with desk.db.begin(DOOR) as tx:
        post_id = signin.wanted_post(tx, person_id, None)
        sealed = desk.vault.seal(proof.raw, "id_token")
        more = {"provider": one.key, "id_token": sealed}
        rules = Rules(desk.rules.demo, () if one.trusts_factor else desk.rules.second_factor)
        entered = signin.admit(
            tx, person_id, post_id, browser, rules, more, factor_elsewhere=one.trusts_factor
        )
    return Arrived(entered, flow.target)


def _spend(db: Database, back: Returned) -> sa.Row[Any]:
    """Use a state up; only with the secret of the browser that began, once, in time."""
    mine = sa.and_(
        flows.c.state_hash == bearer_hash(back.state),
        flows.c.browser_hash == bearer_hash(back.browser_secret),
        flows.c.used_at.is_(None),
        flows.c.ends_at > sa.func.now(),
    )
    with db.begin(DOOR) as tx:
        spent = sa.update(flows).where(mine).values(used_at=sa.func.now()).returning(*flows.c)
        row = tx.execute(spent).one_or_none()
    if row is None:
        raise Unauthenticated("oidc.expired")
    return row


def _person_of(desk: Desk, one: Provider, proof: Proof, browser: Browser) -> int:
    """The person of (issuer, subject): linked, or linked now by the claim; else nobody, on the record."""
    with desk.db.begin(DOOR) as tx:
        found = _linked(tx, one, proof) or _by_claim(tx, one, proof)
        if found is None:
            detail = {"provider": one.key, "subject": proof.subject, "address": browser.address}
            audit.record(tx, "login.no_account", None, detail)
    if found is None:
        raise Unauthenticated("oidc.no_account")
    if not found.active or (found.demo and not desk.rules.demo):
        raise Forbidden("login.no_post")
    return int(found.id)


def _linked(tx: Tx, one: Provider, proof: Proof) -> sa.Row[Any] | None:
    query = sa.select(persons).join(accounts, accounts.c.person_id == persons.c.id)
    mine = sa.and_(accounts.c.issuer == one.issuer, accounts.c.subject == proof.subject)
    return tx.execute(query.where(mine, accounts.c.removed_at.is_(None))).one_or_none()


def _by_claim(tx: Tx, one: Provider, proof: Proof) -> sa.Row[Any] | None:
    """A login claim that the provider vouches for, never an unverified address; a person has one link per issuer."""
    login = normal_login(str(proof.claims.get(one.login_claim, ""))) if one.login_claim else ""
    unverified = one.login_claim == "email" and proof.claims.get("email_verified") is not True
    if not login or unverified:
        return None
    row = tx.execute(sa.select(persons).where(persons.c.login == login)).one_or_none()
    if row is None:
        row = _made(tx, proof, login) if one.create and LOGIN.fullmatch(login) else None
    elif tx.execute(_other_link(row.id, one)).first() is not None:
        return None  # the login is somebody else's there: only an administrator may say so
    if row is not None:
        tx.execute(sa.insert(accounts).values(person_id=row.id, issuer=one.issuer, subject=proof.subject))
        audit.record(tx, "account.linked", ("person", row.id), {"issuer": one.issuer, "by": "claim"})
    return row


def _other_link(person_id: int, one: Provider) -> sa.Select[Any]:
    mine = sa.and_(accounts.c.person_id == person_id, accounts.c.issuer == one.issuer)
    return sa.select(accounts.c.id).where(mine, accounts.c.removed_at.is_(None))


def _made(tx: Tx, proof: Proof, login: str) -> sa.Row[Any]:
    """Somebody new, without a post: the city's administrators see them and give one."""
    name = str(proof.claims.get("name") or login)[:100]
    city = [ref.id for ref in territory.find_regions(tx, "city")]
    row = tx.execute(
        sa.insert(persons).values(login=login, name=name, readers=city).returning(*persons.c)
    ).one()
    audit.record(tx, "person.created", ("person", row.id), {"login": login, "by": "oidc"})
    return row
