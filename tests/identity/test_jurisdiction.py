"""Who sees whom: posts × {own, parent, child, sibling, same-named town, just-moved person}, by SQL and by HTTP."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from chengyun.identity import service
from chengyun.identity.tables import post as posts
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.transactions import Database
from tests.identity.support import SEED, Hired, acting, browser, count, hire, sign_in, unit_in

# Where each watched person works: (unit kind, region path, role).
STAFF = {
    "city": ("housing", "", "department"),
    "district": ("housing", "九龙坡区", "department"),
    "sibling-district": ("housing", "巴南区", "department"),
    "town": ("sanitation", "九龙坡区/石桥铺街道", "department"),
    "sibling-town": ("sanitation", "九龙坡区/杨家坪街道", "department"),
    "same-name": ("sanitation", "九龙坡区/石龙镇", "department"),
    "same-name-elsewhere": ("sanitation", "开州区/石龙镇", "department"),
    "village": ("community", "九龙坡区/石桥铺街道/綦口村", "community"),
}
# Who looks: (unit kind, region path, role) and whom of the above they see.
LOOKERS = {
    "city-duty": (("centre", "", "city-duty"), set(STAFF)),
    "district-duty": (
        ("centre", "九龙坡区", "district-duty"),
        {"district", "town", "sibling-town", "same-name", "village"},
    ),
    "sibling-duty": (("centre", "巴南区", "district-duty"), {"sibling-district"}),
    "town-duty": (("centre", "九龙坡区/石桥铺街道", "town-duty"), {"town", "village"}),
    "same-name-duty": (("centre", "九龙坡区/石龙镇", "town-duty"), {"same-name"}),
    "same-name-elsewhere-duty": (("centre", "开州区/石龙镇", "town-duty"), {"same-name-elsewhere"}),
    "department": (("housing", "九龙坡区", "department"), {"district"}),
    "community": (("community", "九龙坡区/石桥铺街道/綦口村", "community"), {"village"}),
    "other-community": (("community", "九龙坡区/石桥铺街道/重石社区", "community"), set()),
}


@pytest.fixture
def staff(city: Database, place: dict[str, int]) -> dict[str, Hired]:
    return {name: employ(city, place, name, *where) for name, where in STAFF.items()}


def employ(db: Database, place: dict[str, int], login: str, kind: str, path: str, role: str) -> Hired:
    return hire(db, login, unit_in(db, kind, place[path]), role)


@pytest.mark.parametrize("looker", LOOKERS)
def test_raw_sql_shows_a_post_its_jurisdiction_and_no_more(
    city: Database, place: dict[str, int], staff: dict[str, Hired], looker: str
) -> None:
    where, expected = LOOKERS[looker]
    actor = acting(city, employ(city, place, f"look-{looker}", *where))
    ids = {hired.id: name for name, hired in staff.items()}
    with city.begin(actor) as tx:
        people = set(tx.execute(sa.text("SELECT id FROM identity_person")).scalars())
        held = set(tx.execute(sa.text("SELECT person_id FROM identity_post")).scalars())
        changed = tx.execute(sa.text("UPDATE identity_post SET areas = areas RETURNING person_id")).scalars()
        assert {ids[person] for person in people if person in ids} == expected
        assert {ids[person] for person in held if person in ids} == expected
        assert {ids[person] for person in changed if person in ids} == expected
        assert actor.id in people


@pytest.mark.parametrize("looker", LOOKERS)
def test_http_shows_the_same(
    app: FastAPI, city: Database, place: dict[str, int], staff: dict[str, Hired], looker: str
) -> None:
    (kind, path, role), expected = LOOKERS[looker]
    hire(city, f"look-{looker}", unit_in(city, kind, place[path]), role, password="chengyun")
    client = browser(app)
    sign_in(client, f"look-{looker}")
    found = {person["login"] for person in client.get("/api/identity/people").json()}
    assert found & set(STAFF) == expected
    for name, hired in STAFF.items():
        asked: Any = {"region": place[hired[1]]}
        below = {person["login"] for person in client.get("/api/identity/people", params=asked).json()}
        assert (name in below) == (name in expected)


def test_the_condition_in_the_query_says_what_the_policy_says(
    city: Database, place: dict[str, int], staff: dict[str, Hired]
) -> None:
    where, expected = LOOKERS["district-duty"]
    actor = acting(city, employ(city, place, "looker", *where))
    with city.begin(system_actor("identity.signin")) as tx:
        query = sa.select(posts.c.person_id).where(service.readable_by(actor, posts.c.readers))
        seen = set(tx.execute(query).scalars())
    assert {name for name, hired in staff.items() if hired.id in seen} == expected


@pytest.mark.parametrize("kind", ["anonymous", "resident"])
def test_nobody_without_scopes_reads_a_protected_row(
    city: Database, staff: dict[str, Hired], kind: str
) -> None:
    actor = Actor(kind=kind, id=12345 if kind == "resident" else None, name="x")
    with city.begin(actor) as tx:
        for table in (
            "person",
            "post",
            "password",
            "session",
            "token",
            "break_glass",
            "contact",
            "code",
            "attempt",
        ):
            assert count(tx, f"identity_{table}") == 0
        assert (
            tx.execute(sa.select(posts.c.id).where(service.readable_by(actor, posts.c.readers))).all() == []
        )


def test_without_settings_there_is_nothing(city: Database, staff: dict[str, Hired]) -> None:
    with city.engine.connect() as bare:
        for table in ("person", "post", "session", "resident", "shift"):
            assert bare.execute(sa.text(f"SELECT count(*) FROM identity_{table}")).scalar_one() == 0


def test_secrets_are_out_of_reach_even_for_the_city_and_for_other_parts_of_the_system(
    city: Database, place: dict[str, int]
) -> None:
    chief = acting(city, employ(city, place, "boss", "centre", "", "duty-chief"))
    for actor in (chief, system_actor("incidents.sweep")):
        with city.begin(actor) as tx:
            for table in ("password", "contact", "code", "attempt", "session"):
                assert count(tx, f"identity_{table}") == 0


def test_a_person_who_just_moved_is_seen_where_they_went_and_sees_what_is_there(
    app: FastAPI, city: Database, place: dict[str, int], staff: dict[str, Hired]
) -> None:
    mover = hire(
        city, "mover", unit_in(city, "centre", place["九龙坡区/石桥铺街道"]), "town-duty", password="chengyun"
    )
    client, old, new = browser(app), browser(app, "10.0.0.2"), browser(app, "10.0.0.3")
    sign_in(client, "mover")
    sign_in(old, "jiulongpo-duty")
    sign_in(new, "kaizhou-duty")

    def visible(who: Any) -> set[str]:
        return {person["login"] for person in who.get("/api/identity/people").json()}

    assert "town" in visible(client)
    assert "mover" in visible(old)
    assert "mover" not in visible(new)
    with city.begin(SEED) as tx:
        service.give_post(tx, mover.id, unit_in(city, "centre", place["开州区/石龙镇"]), "town-duty")
        service.end_post(tx, mover.post)
    assert visible(client) == {"same-name-elsewhere", "mover"}
    assert "mover" not in visible(old)
    assert "mover" in visible(new)


def test_a_district_s_administrator_hires_inside_the_district_only(
    city: Database, place: dict[str, int], staff: dict[str, Hired]
) -> None:
    from chengyun.kernel.errors import Forbidden, NotFound

    admin = acting(city, employ(city, place, "local-admin", "centre", "九龙坡区", "admin"))
    with city.begin(admin) as tx:
        person = service.create_person(tx, "new-hand", "新人")
        service.give_post(tx, person, unit_in(city, "sanitation", place["九龙坡区/石桥铺街道"]), "department")
    with city.begin(admin) as tx, pytest.raises(Forbidden):
        service.give_post(tx, person, unit_in(city, "sanitation", place["开州区/石龙镇"]), "department")
    with city.begin(admin) as tx, pytest.raises(NotFound):
        service.end_post(tx, staff["sibling-district"].post)
    with city.begin(admin) as tx:
        service.end_post(tx, staff["town"].post)
        assert "town" not in {found.login for found in service.find_people(tx)}
        again = unit_in(city, "sanitation", place["九龙坡区/杨家坪街道"])
        service.give_post(tx, staff["town"].id, again, "department")
        assert "town" in {found.login for found in service.find_people(tx)}
    duty = acting(city, employ(city, place, "no-admin", "centre", "九龙坡区", "district-duty"))
    with city.begin(duty) as tx, pytest.raises(Forbidden):
        service.create_person(tx, "sneaky", "某人")
    with city.engine.connect() as bare, pytest.raises(sa.exc.ProgrammingError, match="row-level security"):
        bare.execute(
            sa.text(
                "INSERT INTO identity_post (person_id, unit_id, role, region_id, home_id, readers, valid_from)"
                " SELECT 1, min(id), 'duty-chief', 1, 1, '{1}', now() FROM identity_unit"
            )
        )
