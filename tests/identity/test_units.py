"""Units: the vocabulary at every level, names, look-ups."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from chengyun.identity import service
from chengyun.identity.contracts import UNIT_IDS_FROM
from chengyun.identity.kinds import UNIT_KINDS
from chengyun.identity.roles import PERMISSIONS, ROLES, TOKEN_PERMISSIONS
from chengyun.identity.rules import normal_phone, parse_language, password_faults, scopes_of
from chengyun.kernel.errors import NotFound
from chengyun.kernel.transactions import Database
from tests.identity.support import SEED, browser, sign_in


def test_every_region_has_every_unit_of_its_level(city: Database) -> None:
    expected = {"city": 17 * 1, "district": 17 * 3, "town": 6 * 9, "village": 36}
    with city.begin(SEED) as tx:
        rows = tx.execute(sa.text("SELECT level, count(*) FROM identity_unit GROUP BY level")).all()
        assert {level: number for level, number in rows} == expected
        assert service.seed_units(tx) == 0
        assert tx.execute(sa.text("SELECT min(id) FROM identity_unit")).scalar_one() >= UNIT_IDS_FROM


def test_names_follow_regions(city: Database, place: dict[str, int]) -> None:
    with city.begin(SEED) as tx:

        def name(kind: str, path: str) -> str:
            found = service.unit_of(tx, kind, place[path])
            assert found is not None
            return found.name

        assert name("city-management", "") == "重庆市城市管理局"
        assert name("housing", "九龙坡区") == "九龙坡区住房城乡建委"
        assert name("enforcement-team", "九龙坡区/石桥铺街道") == "石桥铺街道综合执法大队"
        assert name("community", "九龙坡区/石桥铺街道/綦口村") == "綦口村村委会"
        assert service.centre_unit(tx, place["九龙坡区"]).kind == "centre"
        with pytest.raises(NotFound):
            service.centre_unit(tx, place["九龙坡区/石桥铺街道/綦口村"])
        assert service.unit_of(tx, "sanitation", place["九龙坡区"]) is None


def test_units_are_found_by_region_kind_level_and_name(app: FastAPI, place: dict[str, int]) -> None:
    client = browser(app)
    assert client.get("/api/identity/units").status_code == 403
    sign_in(client, "jiulongpo-duty")

    def found(**asked: object) -> list[str]:
        rows = client.get("/api/identity/units", params=asked).json()  # type: ignore[arg-type]
        return [row["name"] for row in rows]

    assert len(found(region=place["九龙坡区"])) == 17
    assert found(region=place["九龙坡区"], kind="water") == ["九龙坡区水利局"]
    assert found(level="town", q="石龙镇环卫") == ["石龙镇环卫所"] * 2
    assert found(q="100%") == []


def test_the_vocabulary_is_the_one_that_scenario_files_use() -> None:
    assert [kind.kind for kind in UNIT_KINDS] == [
        "centre",
        "city-management",
        "housing",
        "traffic-police",
        "transport",
        "water",
        "ecology",
        "emergency",
        "public-security",
        "market",
        "landscape",
        "civil-affairs",
        "culture",
        "planning",
        "health",
        "gas-water",
        "power",
        "enforcement-team",
        "livelihood-office",
        "safety-office",
        "construction-office",
        "sanitation",
        "community",
    ]


def test_roles_give_known_permissions_and_machines_decide_nothing() -> None:
    for role in ROLES.values():
        assert role.permissions <= set(PERMISSIONS)
    given = set(TOKEN_PERMISSIONS).union(*(role.permissions for role in ROLES.values()))
    assert given == set(PERMISSIONS)
    decisions = {"incident.void", "incident.close", "incident.approve", "reporter.contact", "admin.people"}
    assert not decisions & TOKEN_PERMISSIONS
    assert not decisions & ROLES["wall"].permissions


def test_the_scopes_of_each_kind_of_post() -> None:
    assert scopes_of("district-duty", 7, 1_000_007) == (7, 1_000_007)
    assert scopes_of("department", 7, 1_000_007) == (1_000_007,)
    assert scopes_of("community", 70, 1_000_070) == (1_000_070, 70)
    assert scopes_of("grid-worker", 70, 1_000_070, [701, 702]) == (701, 702)
    assert scopes_of("grid-worker", 70, 1_000_070) == (70,)


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("short", "password.too_short"),
        ("x" * 300, "password.too_long"),
        ("Password1", "password.too_common"),
        ("abababab", "password.too_common"),
        ("my-zhang3-key", "password.holds_login"),
        ("correct horse", None),
    ],
)
def test_passwords(password: str, fault: str | None) -> None:
    assert password_faults(password, "zhang3") == fault


def test_phones_and_languages() -> None:
    assert normal_phone("+86 138-0000 0001") == "13800000001"
    assert normal_phone("１３８00000001") is None
    assert parse_language("en-GB,en;q=0.9,zh;q=0.8") == "en"
    assert parse_language("fr,zh;q=0.9,en;q=0.8") == "zh"
    assert parse_language("en;q=x") == "zh"
    assert parse_language(None) == "zh"
