"""Numbers by file and API: all or none, row by row told, the same again changes nothing, one's own jurisdiction only."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
import xlsxwriter

from chengyun.kernel.contracts import system_actor
from chengyun.scenarios import service as scenarios
from chengyun.vitals import service as vitals
from chengyun.vitals.catalogue.contracts import Catalogue
from chengyun.vitals.contracts import Domain, Input, Sign, Simulated, Statistic
from chengyun.vitals.engine.expression import evaluate, parse
from chengyun.vitals.numbers.demo import Tree, demo_numbers
from tests.identity.support import SEED
from tests.support import actor
from tests.web.support import Hub, browser, hire, sign_in

STAFF = {
    "city-data": ("centre", "", "admin"),
    "jlp-data": ("centre", "九龙坡区", "admin"),
    "bn-duty": ("centre", "巴南区", "district-duty"),
    "bn-data": ("centre", "巴南区", "admin"),
}
JLP, BN, REGISTER = "500107", "500113", "population.resident"


def row(**changed: Any) -> dict[str, Any]:
    return {
        "register": REGISTER,
        "region": JLP,
        "period": "2024",
        "value": 1_530_000,
        "source": "年报",
        **changed,
    }


@pytest.fixture
def desks(hub: Hub) -> Iterator[dict[str, httpx.Client]]:
    """A browser per person, signed in."""
    city = next(
        path for path in hub.regions if "/" not in path and path not in ("九龙坡区", "巴南区", "开州区")
    )
    hire(hub, {name: (kind, path or city, role) for name, (kind, path, role) in STAFF.items()})
    found = {name: browser(hub) for name in STAFF}
    for name, client in found.items():
        sign_in(client, name)
    yield found
    for client in found.values():
        client.close()


def send(client: httpx.Client, *rows: dict[str, Any], dry: bool = False) -> httpx.Response:
    return client.post("/api/vitals/numbers", json={"rows": list(rows), "dry_run": dry})


def stored(hub: Hub) -> list[tuple[Any, ...]]:
    with hub.db.begin(system_actor("vitals")) as tx:
        query = "SELECT register, value, period, source, simulated, readers FROM vitals_number ORDER BY register, period"
        return [tuple(one) for one in tx.execute(sa.text(query))]


def fresh(client: httpx.Client) -> dict[str, Any]:
    found = {one["register"]: one for one in client.get("/api/vitals/registers").json()}
    return {key: found[REGISTER][key] for key in ("newest", "numbers")}


def test_numbers_come_by_the_api(hub: Hub, desks: dict[str, httpx.Client]) -> None:
    jlp, bn = desks["jlp-data"], desks["bn-data"]
    tried = send(jlp, row(), dry=True).json()
    assert (tried["added"], tried["stored"]) == (1, False)
    assert stored(hub) == []
    assert send(jlp, row(), row(period="2023", value="1500000.5")).json()["added"] == 2
    again = send(jlp, row(), row(period="2023-05-17", value=1_510_000)).json()
    assert {key: again[key] for key in ("added", "changed", "unchanged")} == {
        "added": 0,
        "changed": 1,
        "unchanged": 1,
    }
    assert [one[:5] for one in stored(hub)] == [
        (REGISTER, 1_510_000.0, date(2023, 1, 1), "年报", False),
        (REGISTER, 1_530_000.0, date(2024, 1, 1), "年报", False),
    ]
    district = hub.regions["九龙坡区"]
    assert all(district in one[5] and len(one[5]) == 2 for one in stored(hub))
    assert fresh(jlp) == fresh(desks["city-data"]) == {"newest": "2024-01-01", "numbers": 2}
    assert fresh(bn) == {"newest": None, "numbers": 0}
    audited = hub.count("SELECT count(*) FROM kernel_audit WHERE action = 'vitals.numbers_taken'")
    assert audited == 2


def test_every_mistake_is_told_and_nothing_is_stored(hub: Hub, desks: dict[str, httpx.Client]) -> None:
    wrong = [
        (row(register="population.martians"), "register", "numbers.register"),
        (row(region=BN), "region", "numbers.region"),
        (row(region="999999"), "region", "numbers.region"),
        (row(register="metro.3.passengers", period="2024-01"), "region", "numbers.level"),
        (row(period="2999"), "period", "numbers.period"),
        (row(period="soon"), "period", "numbers.period"),
        (row(value=-1), "value", "numbers.range"),
        (row(), "", ""),
        (row(period="2024-02"), "period", "numbers.twice"),
    ]
    answer = send(desks["jlp-data"], *(one for one, _, _ in wrong))
    assert answer.status_code == 422
    told = {one["path"]: one["code"] for one in answer.json()["fields"]}
    assert told == {f"rows.{at}.{field}": code for at, (_, field, code) in enumerate(wrong, 1) if code}
    texts = {one["path"]: one["message"] for one in answer.json()["fields"]}
    assert texts["rows.2.region"].replace(BN, "X") == texts["rows.3.region"].replace("999999", "X")
    assert stored(hub) == []
    assert send(desks["bn-duty"], row(region=BN)).status_code == 403
    assert send(desks["city-data"], row(region=BN), row()).json()["added"] == 2


def as_xlsx(rows: list[list[Any]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for line, cells in enumerate(rows):
            page.write_row(line, 0, cells)
    return out.getvalue()


@pytest.mark.parametrize("form", ["utf-8-sig", "gb18030", "xlsx"])
def test_numbers_come_by_file(hub: Hub, desks: dict[str, httpx.Client], form: str) -> None:
    rows = [
        ["登记项", "区划代码", "期间", "数值", "来源"],
        [REGISTER, JLP, "2024", 1530000, "年报"],
        [],
        ["x", JLP, "2024", 1, ""],
    ]
    text = "\n".join(",".join(map(str, one)) for one in rows)
    content = as_xlsx(rows) if form == "xlsx" else text.encode(form)

    def upload(content: bytes, dry: bool) -> httpx.Response:
        files, data = {"file": ("数据.csv", content)}, {"dry_run": str(dry).lower()}
        return desks["jlp-data"].post("/api/vitals/numbers/file", files=files, data=data)

    tried = upload(content, True).json()
    assert [(one["line"], one["field"]) for one in tried["faults"]] == [(4, "register")]
    assert upload(content, False).json()["fields"][0]["path"] == "rows.4.register"
    good = as_xlsx(rows[:2]) if form == "xlsx" else "\n".join(text.splitlines()[:2]).encode(form)
    assert upload(good, False).json()["added"] == 1
    assert [one[1] for one in stored(hub)] == [1530000.0]
    assert upload(b"a,b\n1,2\n", True).json()["fields"][0]["code"] == "numbers.column"


def test_the_catalogue_is_installed_with_the_scenarios(hub: Hub) -> None:
    shipped = scenarios.catalogue_of_paths([scenarios.shipped()])
    with hub.db.begin(SEED) as tx:
        assert vitals.signs(tx) == list(shipped.signs)
        assert {one.code for one in vitals.domains(tx)} == {one.code for one in shipped.domains}
        token = tx.revisions["signs"]
        scenarios.install(tx, [scenarios.shipped()])
        tx.renew()
        assert tx.revisions["signs"] == token, "the same again makes nobody read it anew"
        kinds = sa.text("SELECT count(*), (SELECT count(*) FROM sensing_quantity) FROM sensing_kind")
        assert tuple(tx.execute(kinds).one()) == (46, 136)


def test_a_sign_that_goes_takes_the_thresholds_of_regions_along(hub: Hub) -> None:
    put = sa.text(
        "INSERT INTO vitals_override VALUES ('gas.methane.now-max', :region, ARRAY[:region]::bigint[], '[]', 1, now(), '')"
    )
    with hub.db.begin(actor(scopes=[hub.regions["巴南区"]])) as tx:
        tx.execute(put, {"region": hub.regions["巴南区"]})
    with hub.db.begin(SEED) as tx:
        one = next(sign for sign in vitals.signs(tx) if sign.code == "population.resident")
        domain = Domain("population", "人口", "Population", "governance")
        assert vitals.install_signs(tx, [domain], [one], "test") >= 4700
        assert vitals.signs(tx) == [one]
        assert vitals.domains(tx) == [domain]
        assert vitals.install_signs(tx, [domain], [one], "test") == 0


def sign(code: str, statistic: Statistic, lowest: str, period: str = "year") -> Sign:
    return Sign(
        code, code, code, "population", "1", "", "power", Input.REGISTER, of=code, statistic=statistic,
        lowest=lowest, period=period, decimals=1, low=0.0,
    )  # fmt: skip


def test_simulated_numbers_add_up_and_stay_the_same() -> None:
    tree = Tree(1, {2: [20, 21, 22], 3: [30]})
    signs = [
        sign("a", Statistic.GAUGE, "town"),
        sign("b", Statistic.GAUGE_MEAN, "district"),
        sign("c", Statistic.GAUGE, "city", "month"),
        sign("part", Statistic.GAUGE, "town"),
        sign("other", Statistic.GAUGE, "town"),
    ]
    given = {
        "a": Simulated(10.0, 90.0),
        "b": Simulated(40.0, 60.0),
        "c": Simulated(1.0, 2.0),
        "part": Simulated(0.2, 0.7, per="a"),
        "other": Simulated(rest="a", others=("part",)),
    }
    found = list(demo_numbers(signs, given, tree, date(2026, 3, 5)))
    assert found == list(demo_numbers(signs, given, tree, date(2026, 3, 5)))
    assert all(one.simulated and one.source == "模拟数据（示意）" for one in found)
    by = {(one.register, one.region, one.period): one.value for one in found}
    last = date(2025, 1, 1)
    assert by["a", 2, last] == pytest.approx(sum(by["a", town, last] for town in (20, 21, 22)))
    assert by["a", 1, last] == pytest.approx(by["a", 2, last] + by["a", 3, last])
    assert by["b", 1, last] == pytest.approx((by["b", 2, last] + by["b", 3, last]) / 2, abs=0.1)
    assert all(10 <= by["a", town, last] <= 90 for town in (20, 21, 22, 30))
    for key, value in by.items():
        if key[0] == "a":
            part, other = by["part", *key[1:]], by["other", *key[1:]]
            assert 0.15 * value < part < 0.75 * value
            assert part + other == pytest.approx(value)
    assert {one.period for one in found if one.register == "c"} == {
        date(2026, 2, 1),
        date(2026, 1, 1),
        *(date(2025, month, 1) for month in (9, 10, 11, 12)),
    }


class Said:
    """What the signs of a catalogue say of its simulated numbers, in every region of a city of 90 towns."""

    def __init__(self, shipped: Catalogue) -> None:
        self.signs = {one.code: one for one in shipped.signs}
        self.tree = Tree(1, {at: range(at * 100, at * 100 + 15) for at in range(2, 8)})
        self._numbers: dict[tuple[str, int], float] = {}
        made = demo_numbers(shipped.signs, shipped.demo_numbers, self.tree, date(2026, 3, 5))
        for one in sorted(made, key=lambda one: one.period):
            self._numbers[one.register, one.region] = one.value

    def everywhere(self, code: str) -> list[float]:
        """Where it has a value, none left out."""
        towns = [town for below in self.tree.districts.values() for town in below]
        found = [self.value(code, region) for region in (1, *self.tree.districts, *towns)]
        return [one for one in found if not math.isnan(one)]

    def value(self, code: str, region: int) -> float:
        sign = self.signs[code]
        if sign.input is not Input.SIGNS:
            return self._numbers.get((sign.of, region), math.nan)
        values: Mapping[str, float] = {name: self.value(one, region) for name, one in sign.inputs.items()}
        return evaluate(parse(sign.expression), values)

    def of_registers(self, code: str) -> bool:
        sign = self.signs[code]
        if sign.input is Input.SIGNS:
            return all(map(self.of_registers, sign.inputs.values()))
        return sign.input is Input.REGISTER


def test_simulated_shares_are_shares_and_parts_make_the_whole() -> None:
    said = Said(scenarios.catalogue_of_paths([scenarios.shipped()]))
    shares = [one.code for one in said.signs.values() if one.unit == "%" and said.of_registers(one.code)]
    assert len(shares) > 100
    for code in shares:
        values = said.everywhere(code)
        assert values, code
        assert 0 <= min(values) <= max(values) <= 100, code
    ages = ("0-2", "3-5", "6-14", "15-24", "25-44", "45-59", "60-64", "65-79", "80")
    for region in (1, 2, 200, 714):
        for one in ages:
            parts = [said.value(f"population.age.{one}.{sex}", region) for sex in ("male", "female")]
            assert sum(parts) == said.value(f"population.age.{one}.all", region)
        assert sum(said.value(f"population.age.{one}.share", region) for one in ages) == pytest.approx(100)
    for code, low, high in (
        ("population.household-size", 2, 4),
        ("education.primary.per-teacher", 8, 22),
        ("health.doctors-rate", 1, 5),
        ("care.beds-per-old", 40, 300),
        ("economy.gdp-per-head", 30_000, 200_000),
    ):
        assert low < min(said.everywhere(code)) <= max(said.everywhere(code)) < high, code
