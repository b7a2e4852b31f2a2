"""What Open311 shows to whom.

A key whose token may read incidents sees those of its jurisdiction, texts masked. Everybody else sees what a region has
published, texts masked: the transaction then runs under the policy "exchange.public", for which the row policy of
incidents knows nothing but published categories. The holder of a reporter's link sees that one incident.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chengyun.attachments import service as attachments
from chengyun.exchange.contracts import PUBLIC
from chengyun.exchange.leaving import whole
from chengyun.exchange.open311 import shapes
from chengyun.exchange.publishing import public_among
from chengyun.incidents import service as incidents
from chengyun.incidents.contracts import Category
from chengyun.incidents.service import Outward, Wanted
from chengyun.kernel.contracts import Actor
from chengyun.kernel.errors import FieldError, Invalid, NotFound
from chengyun.kernel.transactions import Database, Tx
from chengyun.territory import service as territory

SPAN = timedelta(days=90)
LINK_LENGTH = 43  # of a reporter's link; numbers of incidents are shorter


@dataclass(frozen=True, slots=True)
class Asked:
    """The arguments of a list as they came."""

    jurisdiction: str | None = None
    ids: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    page: int = 1
    page_size: int = 100


@dataclass(frozen=True, slots=True)
class Reading:
    """Who reads, and where links to this installation begin."""

    db: Database
    actor: Actor
    base: str

    @contextmanager
    def begin(self, link: bool = False) -> Iterator[Tx]:
        """A transaction that shows what this reader may see; `link`: by a reporter's link."""
        policy = "tracking" if link else None if whole(self.actor) else PUBLIC
        actor = self.actor
        if policy is not None:
            actor = Actor("system", None, policy, system=policy, language=self.actor.language)
        with self.db.begin(actor) as tx:
            yield tx


def services(reading: Reading, jurisdiction: str | None) -> list[dict[str, Any]]:
    """Every category of the rulebook in force."""
    with reading.begin() as tx:
        region_of(tx, jurisdiction)
        language = reading.actor.language
        known = incidents.current_rulebook(tx)[1].categories
        return [*(shapes.service_of(item, language) for item in known), shapes.unclassified(language)]


def definition(reading: Reading, code: str, jurisdiction: str | None) -> dict[str, Any]:
    """What a request of one service takes. Raises NotFound."""
    with reading.begin() as tx:
        region_of(tx, jurisdiction)
        return shapes.definition_of(code, category_of(tx, code), reading.actor.language)


def requests(reading: Reading, asked: Asked) -> list[dict[str, Any]]:
    """A page of service requests, the newest first."""
    with reading.begin() as tx:
        region = region_of(tx, asked.jurisdiction)
        return _shown(reading, tx, incidents.outward(tx, _wanted(tx, asked, region)))


def request(reading: Reading, name: str, jurisdiction: str | None) -> list[dict[str, Any]]:
    """One service request, by its number or by the secret that its reporter was given. Raises NotFound."""
    with opened(reading, name, jurisdiction) as (tx, found):
        return _shown(reading, tx, [found])


def token(reading: Reading, secret: str, jurisdiction: str | None) -> list[dict[str, Any]]:
    """The number behind a token. Raises NotFound("open311.token")."""
    with reading.begin(link=True) as tx:
        region_of(tx, jurisdiction)
        try:
            found = incidents.followed(tx, secret)
        except NotFound:
            raise NotFound("open311.token") from None
        return [{"service_request_id": found.number, "token": secret}]


def updates(reading: Reading, name: str, jurisdiction: str | None) -> list[dict[str, Any]]:
    """What happened to a request, the first first."""
    with opened(reading, name, jurisdiction) as (tx, found):
        steps = incidents.outward_steps(tx, found.id)
        return [shapes.update_of(reading.actor, found.number, step) for step in steps]


@contextmanager
def opened(reading: Reading, name: str, jurisdiction: str | None) -> Iterator[tuple[Tx, Outward]]:
    """A transaction with the incident of that number or link. Raises NotFound, always the same."""
    link = is_link(name)
    with reading.begin(link) as tx:
        region_of(tx, jurisdiction)
        try:
            found = incidents.followed(tx, name) if link else incidents.outward_one(tx, name)
        except NotFound:
            raise NotFound("open311.request", id=name) from None
        yield tx, found


def is_link(name: str) -> bool:
    """Whether a request is asked for by its reporter's secret instead of its number."""
    return len(name) >= LINK_LENGTH


def category_of(tx: Tx, code: str) -> Category | None:
    """The category of a service code, None for the unclassified. Raises NotFound("open311.service")."""
    if code == shapes.UNCLASSIFIED:
        return None
    for item in incidents.current_rulebook(tx)[1].categories:
        if item.code == code:
            return item
    raise NotFound("open311.service", service=code)


def region_of(tx: Tx, jurisdiction: str | None) -> int | None:
    """The region of a jurisdiction_id: a code of a city, district or town. None for the whole city.

    Raises NotFound("open311.jurisdiction").
    """
    if not jurisdiction:
        return None
    for level in ("city", "district", "town"):
        for ref in territory.find_regions(tx, level):
            if ref.code == jurisdiction:
                return ref.id
    raise NotFound("open311.jurisdiction", id=jurisdiction)


def _wanted(tx: Tx, asked: Asked, region: int | None) -> Wanted:
    """GeoReport: whoever names ids gets those, whatever else they say; else 90 days, or a period of 90 at most."""
    size, skip = asked.page_size, (asked.page - 1) * asked.page_size
    if asked.ids:
        return Wanted(numbers=asked.ids, region=region, limit=size, skip=skip)
    until = asked.end or (asked.start + SPAN if asked.start else tx.now)
    since = asked.start or until - SPAN
    if until - since > SPAN:
        raise Invalid([FieldError("end_date", "open311.span", {"days": SPAN.days})])
    codes = tuple(None if code == shapes.UNCLASSIFIED else code for code in asked.codes)
    chosen = {status == "open" for status in asked.statuses}
    state = chosen.pop() if len(chosen) == 1 else None
    return Wanted(
        categories=codes, open=state, region=region, since=since, until=until, limit=size, skip=skip
    )


def _shown(reading: Reading, tx: Tx, found: Sequence[Outward]) -> list[dict[str, Any]]:
    media = attachments.public_of(tx, [one.id for one in found]) if found else {}
    urls = {ident: f"{reading.base}{path}" for ident, path in media.items()}
    public = public_among(tx, found)
    return [shapes.request_of(reading.actor, one, urls.get(one.id), one.id in public) for one in found]
