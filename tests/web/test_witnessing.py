"""Two centres keep each other's audit heads: a chain that was cut off or rewritten is told by the other one."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from chengyun.identity import tokens
from chengyun.kernel import audit
from chengyun.kernel.contracts import system_actor
from chengyun.web import witnessing
from chengyun.web.witnessing import Peer, heads_kept, peers_of, tell_all
from tests.support import actor
from tests.web.support import Hub, browser, settings

SYSTEM = system_actor("web.witness")


def test_a_rewritten_chain_is_told_by_its_witness(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hub is its own witness here: the two roles share no row."""
    monkeypatch.setattr(
        witnessing, "PATIENCE", 60.0
    )  # on a busy machine five seconds pass with nothing wrong
    person = hub.count("SELECT min(id) FROM identity_person")
    admin = actor(["admin.tokens"], [hub.regions[""]], id=person)
    with hub.db.begin(admin) as tx:
        token = tokens.issue(tx, "邻市", ["audit.witness"], hub.regions[""], 30).secret
    peers = peers_of(settings(Path("none"), witnesses=f"{hub.url} {token}"))
    assert peers == [Peer(hub.url, token)]
    with hub.db.begin(SYSTEM) as tx:
        while audit.seal(tx):
            pass
    with hub.db.begin(SYSTEM) as tx:
        assert tell_all(tx, peers) == 1
        head = audit.head(tx)
        assert heads_kept(peers) == [head]
        assert audit.verify(tx, heads_kept(peers)).ok
    with hub.db.begin(SYSTEM) as tx:  # somebody with the database: one link less, all the rest sound
        query = sa.text("SELECT seq, hash FROM kernel_audit WHERE seq = :seq")
        older = tx.execute(query, {"seq": head.seq - 1}).one()
    with browser(hub) as client:
        bearer = {"Authorization": f"Bearer {token}"}
        for wrong in ({"seq": older.seq, "hash": "ab" * 32}, {"seq": head.seq, "hash": "cd" * 32}):
            answer = client.post("/api/audit/witness", json=wrong, headers=bearer)
            assert (answer.status_code, answer.json()["code"]) == (409, "audit.contradicted")
        assert client.get("/api/audit/head", headers=bearer).json() == {"seq": head.seq, "hash": head.hash}
        assert client.post("/api/audit/witness", json=wrong).status_code == 403
    assert hub.count("SELECT count(*) FROM kernel_audit WHERE action = 'audit.contradicted'") == 2
