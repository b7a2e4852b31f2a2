"""Kinds of things are scenario data: replaced as a whole, but never from under a thing."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from chengyun.kernel.errors import Conflict, Invalid
from chengyun.kernel.transactions import Database
from chengyun.sensing import service
from chengyun.sensing.contracts import Kind
from tests.identity.support import SEED
from tests.sensing.registry.support import GAS, KINDS, LEVEL, new_thing, quantity


def codes(kinds: list[Kind]) -> list[str]:
    return [one.code for kind in kinds for one in kind.quantities]


def test_installing_again_changes_nothing(city: Database) -> None:
    with city.begin(SEED) as tx:
        before = tx.revisions["things"]
        assert service.install_kinds(tx, [LEVEL, replace(GAS, quantities=GAS.quantities[::-1])]) == 2
        tx.renew()
        assert tx.revisions["things"] == before
        assert service.kinds(tx) == list(KINDS)


def test_what_things_use_stays_and_the_rest_goes(city: Database) -> None:
    with city.begin(SEED) as tx:
        service.add_things(tx, [new_thing("g-1")])
        noise = Kind("noise", "噪声", "Noise", "environment", (quantity("noise", "laeq", "dB", 20, 140),))
        assert service.install_kinds(tx, [noise]) == 2
        assert codes(service.kinds(tx)) == ["gas.lel", "gas.temperature", "noise.laeq"]


def test_a_new_quantity_becomes_a_datastream_of_every_thing_of_the_kind(city: Database) -> None:
    with city.begin(SEED) as tx:
        thing = service.add_things(tx, [new_thing("g-1")])["g-1"]
        more = replace(GAS, quantities=(*GAS.quantities, quantity("gas", "battery", "V", 0, 5)))
        service.install_kinds(tx, [more, LEVEL])
        streams = service.thing(tx, thing).thing.streams
        assert [one.quantity for one in streams] == ["gas.battery", "gas.lel", "gas.temperature"]


def test_a_unit_that_is_measured_does_not_change(city: Database) -> None:
    lel, temperature = GAS.quantities
    other = replace(GAS, quantities=(replace(lel, unit="[ppm]"), temperature))
    with city.begin(SEED) as tx:
        assert service.install_kinds(tx, [other, LEVEL]) == 2
        service.install_kinds(tx, KINDS)
        service.add_things(tx, [new_thing("g-1")])
    with city.begin(SEED) as tx, pytest.raises(Conflict, match=r"gas\.lel"):
        service.install_kinds(tx, [other, LEVEL])


def test_every_fault_of_a_kind_is_told(city: Database) -> None:
    wrong = Kind("Gas!", "x", "x", "x", (replace(GAS.quantities[0], low=1, high=0, interval_s=0),))
    with city.begin(SEED) as tx, pytest.raises(Invalid) as refused:
        service.install_kinds(tx, [wrong, Kind("empty", "x", "x", "x", ())])
    found = {(one.path, one.code) for one in refused.value.fields}
    assert found == {
        ("Gas!", "kind.code"),
        ("gas.lel", "kind.quantity_code"),
        ("gas.lel.high", "stream.range"),
        ("gas.lel.interval_s", "stream.interval"),
        ("empty", "kind.empty"),
    }
    with city.begin(SEED) as tx:
        assert tx.execute(sa.text("SELECT count(*) FROM sensing_kind")).scalar_one() == len(KINDS)
