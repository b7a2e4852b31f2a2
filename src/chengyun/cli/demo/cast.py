"""Who acts in the simulated city: the people that identity made, as history names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from chengyun.cli.demo.actors import PASSWORD
from chengyun.identity import service as identity
from chengyun.incidents.life import Doer
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory

CHIEF = "sim-h{region}"
_SURNAMES = "王李张刘陈杨黄赵周吴徐孙马胡郭何林罗高郑"
_GIVEN = ("建国", "志强", "淑华", "晓东", "国庆", "明辉", "雪梅", "海涛", "永红", "世杰", "春燕")
_PEOPLE = sa.text(
    """
    SELECT p.id, p.name, p.login, o.id AS post, o.role, o.unit_id, o.home_id, u.kind, u.region_id
    FROM identity_person p JOIN identity_post o ON o.person_id = p.id AND o.valid_to IS NULL
    JOIN identity_unit u ON u.id = o.unit_id
    WHERE p.login LIKE 'sim-%' OR p.login = 'hotline'
    """
)


@dataclass(frozen=True, slots=True)
class Cast:
    """One person per unit, one officer per centre (by region id), chiefs of districts and the city, the hotline."""

    workers: Mapping[int, Doer]
    officers: Mapping[int, Doer]
    chiefs: Mapping[int, Doer]
    hotline: Doer

    def chief_for(self, line: tuple[int, ...]) -> Doer:
        """Who approves at a centre, given with those above it: its own chief or the nearest one above."""
        return next(self.chiefs[centre] for centre in line if centre in self.chiefs)


def seed_chiefs(tx: Tx) -> int:
    """A simulated duty chief for every district that has none of the simulation's: they approve and arbitrate."""
    districts = territory.find_regions(tx, "district")
    wanted = {CHIEF.format(region=ref.id): ref for ref in districts}
    query = sa.text("SELECT login FROM identity_person WHERE login = ANY(:logins)")
    known = set(tx.execute(query, {"logins": list(wanted)}).scalars())
    missing = [(login, ref) for login, ref in wanted.items() if login not in known]
    for login, ref in missing:
        name = _SURNAMES[ref.id * 7 % len(_SURNAMES)] + _GIVEN[ref.id * 5 % len(_GIVEN)]
        person = identity.create_person(tx, login, name, PASSWORD, demo=True)
        identity.give_post(tx, person, identity.centre_unit(tx, ref.id).id, "duty-chief")
    return len(missing)


def cast_of(tx: Tx) -> Cast:
    """Everybody who may appear in simulated history."""
    workers: dict[int, Doer] = {}
    officers: dict[int, Doer] = {}
    chiefs: dict[int, Doer] = {}
    for row in tx.execute(_PEOPLE):
        doer = Doer("person", row.id, row.name, row.post, row.unit_id, row.home_id)
        if row.login == "hotline":
            hotline = doer
        elif row.role == "duty-chief":
            chiefs[row.region_id] = doer
        elif row.kind == "centre":
            officers[row.region_id] = doer
            workers[row.unit_id] = doer
            if row.role == "city-duty":  # nobody stands above the city
                chiefs[row.region_id] = doer
        else:
            workers[row.unit_id] = doer
    return Cast(workers, officers, chiefs, hotline)
