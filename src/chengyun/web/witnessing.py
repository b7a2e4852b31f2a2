"""Sending our audit heads to other centres, and asking what they keep."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from chengyun.kernel import audit, witnesses
from chengyun.kernel.audit import Head
from chengyun.kernel.errors import Unavailable
from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Tx

log = logging.getLogger(__name__)

PATH = "/api/audit/witness"
PATIENCE = 5.0  # seconds for one centre
CONFLICT = 409


@dataclass(frozen=True, slots=True)
class Peer:
    """A centre that keeps our heads, and the token by which it knows us."""

    url: str
    token: str

    def client(self) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=PATIENCE)


def peers_of(settings: Settings) -> list[Peer]:
    """The centres that the settings name."""
    found = []
    for told in filter(None, (part.strip() for part in settings.witnesses.split(","))):
        url, _, token = told.partition(" ")
        found.append(Peer(url.rstrip("/"), token.strip()))
    return found


def tell_all(tx: Tx, peers: Sequence[Peer]) -> int:
    """Send the head to each and note who has it → how many have. A contradiction is audited and logged as an error."""
    head = audit.head(tx)
    if not peers or head.seq == 0:
        return 0
    return sum(_tell(tx, peer, head) for peer in peers)


def _tell(tx: Tx, peer: Peer, head: Head) -> bool:
    try:
        with peer.client() as client:
            answer = client.post(PATH, json={"seq": head.seq, "hash": head.hash})
    except httpx.TransportError as away:
        log.warning("witness %s: %s", peer.url, type(away).__name__)
        return False
    if answer.status_code == CONFLICT:
        log.error("witness %s keeps another head than ours at or after %s", peer.url, head.seq)
        audit.record(tx, "audit.contradicted", ("witness", peer.url), {"sent": str(head)})
        return False
    if answer.is_error:
        log.warning("witness %s: %s", peer.url, answer.status_code)
        return False
    return witnesses.keep(tx, witnesses.OWN, head, peer.url)


def heads_kept(peers: Sequence[Peer]) -> list[Head]:
    """What they keep of our chain. Raises Unavailable("audit.no_witness") for one that does not answer."""
    found = []
    for peer in peers:
        try:
            with peer.client() as client:
                answer = client.get(PATH).raise_for_status()
        except httpx.HTTPError as error:
            raise Unavailable("audit.no_witness", url=peer.url, reason=type(error).__name__) from error
        found += [Head(one["seq"], one["hash"]) for one in answer.json()]
    return found
