"""The cast of the isolation tests: posts of every kind, and incidents around them that carry their marks.

What a post may see is worked out here from names alone, by the sentence of the jurisdiction model: an incident is
seen by the centres above its place, by a centre it is being transferred to, and by units with a work order.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import httpx
from PIL import Image

from chengyun.identity import service as identity
from chengyun.sensing import service as sensing
from tests.identity.support import SEED
from tests.sensing.registry.support import KINDS, new_thing
from tests.support import Cluster, Links, migrated
from tests.territory.support import DISTRICTS, GRID, VILLAGE, VILLAGES
from tests.web.cast_signs import populate_signs, ring
from tests.web.support import (
    COOKIE,
    Case,
    Hub,
    Register,
    direct,
    hire,
    hub_on,
    ruled_template,
    sign_in,
    sign_in_resident,
)

TOWN = "九龙坡区/石桥铺街道"
# login → (unit kind, region path, role); "#" leads into the unit's region, to the grid that a grid worker has.
STAFF: dict[str, tuple[str, str, str]] = {
    "p-city": ("centre", "", "city-duty"),
    "p-wall": ("centre", "", "wall"),
    "p-auditor": ("centre", "", "auditor"),
    "p-hotline": ("centre", "", "hotline"),
    "p-admin": ("centre", "", "admin"),
    "p-district": ("centre", "九龙坡区", "district-duty"),
    "p-chief": ("centre", "九龙坡区", "duty-chief"),
    "p-district-admin": ("centre", "九龙坡区", "admin"),
    "p-sibling-admin": ("centre", "巴南区", "admin"),
    "p-sibling-district": ("centre", "巴南区", "district-duty"),
    "p-far-district": ("centre", "开州区", "district-duty"),
    "p-town": ("centre", TOWN, "town-duty"),
    "p-sibling-town": ("centre", "九龙坡区/杨家坪街道", "town-duty"),
    "p-same-name": ("centre", "九龙坡区/石龙镇", "town-duty"),
    "p-same-name-far": ("centre", "开州区/石龙镇", "town-duty"),
    "p-bureau": ("housing", "九龙坡区", "department"),
    "p-sibling-bureau": ("housing", "巴南区", "department"),
    "p-enforcement": ("enforcement-team", TOWN, "enforcement"),
    "p-sibling-enforcement": ("enforcement-team", "九龙坡区/杨家坪街道", "enforcement"),
    "p-community": ("community", f"{TOWN}/寨子坪社区", "community"),
    "p-sibling-community": ("community", f"{TOWN}/綦口村", "community"),
    "p-same-name-community": ("community", "开州区/云枫街道/寨子坪社区", "community"),
    "p-grid": ("community", f"{TOWN}/寨子坪社区#001 网格", "grid-worker"),
    "p-sibling-grid": ("community", f"{TOWN}/寨子坪社区#002 网格", "grid-worker"),
    "p-mover": ("centre", TOWN, "town-duty"),
}
MOVED_TO = "开州区/石龙镇"
RESIDENTS = {"r-one": "13800000001", "r-two": "13800000002"}
TOKENS = {"t-district": "九龙坡区", "t-sibling": "巴南区"}
CONNECTING = {
    "p-district-admin": "九龙坡区",
    "p-sibling-admin": "巴南区",
}  # who has webhooks, for which region
HANDING_OVER = ("p-city", "p-district", "p-sibling-district", "p-town", "p-same-name", "p-same-name-far")
# incident → the grid it lies in
PLACES: dict[str, str] = {
    "own": f"{TOWN}/寨子坪社区/001 网格",
    "own-other-grid": f"{TOWN}/寨子坪社区/002 网格",
    "own-other-village": f"{TOWN}/綦口村/001 网格",
    "sibling-town": "九龙坡区/杨家坪街道/寨子坪社区/001 网格",
    "same-name": "九龙坡区/石龙镇/寨子坪社区/001 网格",
    "same-name-far": "开州区/石龙镇/寨子坪社区/001 网格",
    "sibling-district": "巴南区/花溪街道/寨子坪社区/001 网格",
    "same-name-village": "开州区/云枫街道/寨子坪社区/001 网格",
    "transferred": "巴南区/南泉街道/綦口村/001 网格",
    "district-work": "九龙坡区/杨家坪街道/重石社区/003 网格",
}
DISTRICT_WORK = "district-work"
LENT = DISTRICT_WORK  # the place whose thing belongs to a bureau, which has the work order there too
TRANSFERRED, TARGET = "transferred", "九龙坡区"
CATEGORIES = {TRANSFERRED: "muck-truck.overload"}  # which a district takes on; all else goes to the town
CATEGORY = "0102"


@dataclass(frozen=True, slots=True)
class Sight:
    """What the model says."""

    hub: Hub
    register: Register

    def scopes(self, who: str) -> set[int]:
        """Regions and units whose jurisdiction a post has."""
        kind, path, role = ("centre", MOVED_TO, "town-duty") if who == "p-mover" else STAFF[who]
        unit = self.hub.unit(kind, path.split("#")[0])
        region = self.hub.regions[path.replace("#", "/")]
        if role in ("department", "enforcement"):
            return {unit}
        return {region} if role == "grid-worker" else {region, unit}

    def readers(self, case: str) -> set[int]:
        """Everybody whose jurisdiction holds an incident."""
        chain = _line(self.hub, case)
        target = {self.hub.regions[TARGET]} if case == TRANSFERRED else set()
        return chain | target | set(self.register.cases[case].units)

    def seen(self, who: str) -> set[str]:
        """The incidents that `who` may see."""
        if who.startswith("t-"):
            scopes = {self.hub.regions[TOKENS[who]]}
        elif who in STAFF:
            scopes = self.scopes(who)
        else:
            return set()
        return {case for case in PLACES if self.readers(case) & scopes}

    def senses(self, who: str) -> set[str]:
        """The incidents beside which `who` sees the thing: by its place, and by its owner."""
        if who not in STAFF:
            return set()
        own, scopes = {self.hub.unit("housing", "九龙坡区")}, self.scopes(who)
        place = {case: {*_line(self.hub, case), *(own if case == LENT else ())} for case in PLACES}
        return {case for case, readers in place.items() if readers & scopes}

    def knows(self, who: str) -> set[str]:
        """The people of the cast whom `who` may see: those with a post in who's jurisdiction, and oneself."""
        if who not in STAFF:
            return set()
        scopes = self.scopes(who)
        return {other for other in STAFF if self._post_readers(other) & scopes} | {who}

    def _post_readers(self, who: str) -> set[int]:
        kind, path, _ = ("centre", MOVED_TO, "town-duty") if who == "p-mover" else STAFF[who]
        unit = self.hub.unit(kind, path.split("#")[0])
        parts = [part for part in path.replace("#", "/").split("/") if part]
        return {unit} | {self.hub.regions["/".join(parts[:length])] for length in range(len(parts) + 1)}


def _line(hub: Hub, case: str) -> set[int]:
    """The regions above an incident's place, the city included."""
    parts = PLACES[case].split("/")
    return {hub.regions["/".join(parts[:length])] for length in range(len(parts) + 1)}


def middle(path: str) -> tuple[float, float]:
    """The middle of a grid, in degrees."""
    district, town, village, grid = path.split("/")
    west, south = next((x, y) for name, x, y in DISTRICTS[district][1] if name == town)
    number, cell = VILLAGES.index(village), int(grid[:3]) - 1
    x = west + number % 2 * VILLAGE + cell % 2 * GRID + GRID // 2
    y = south + number // 2 * VILLAGE + cell // 2 * GRID + GRID // 2
    return x / 1e6, y / 1e6


def hub_template(cluster: Cluster) -> str:
    """The template database with the whole cast; its register lies in the cluster's folder."""
    ruled = ruled_template(cluster)

    def build(links: Links) -> None:
        migrated(links)
        with hub_on(links, cluster.folder / "hub-home") as hub, direct(hub) as client:
            register = populate(hub, client)
            populate_signs(hub, cluster.folder / "hub-home")
            ring(hub, register)
            register.save(cluster.folder / "hub.json")

    return cluster.make_template("hub", build, base=ruled)


def populate(hub: Hub, client: httpx.Client) -> Register:
    """Hire, report, move, hand over: through the application wherever it has a way."""
    register = Register(persons=hire(hub, STAFF))
    for name in STAFF:
        client.cookies.clear()
        sign_in(client, name)
        register.cookies[name] = client.cookies[COOKIE]
        register.sessions[name] = client.get("/api/identity/sessions").json()[0]["id"]
    for name, phone in RESIDENTS.items():
        client.cookies.clear()
        sign_in_resident(client, phone)
        register.cookies[name] = client.cookies[COOKIE]
        register.sessions[name] = client.get("/api/identity/sessions").json()[0]["id"]
    for number, name in enumerate(PLACES):
        register.cases[name] = report(client, register, number, name)
    connect(hub, client, register)
    give_out_work(hub, client, register)
    for name, case in register.cases.items():
        refresh(hub, name, case, register)
    issue_tokens(hub, client, register)
    set_up(hub, register)
    hand_over(client, register)
    move_person(hub, register.persons["p-mover"])
    client.cookies.clear()
    return register


def move_person(hub: Hub, person: int) -> None:
    """To another town that has the name of a town nearby; the session stays."""
    unit = hub.unit("centre", MOVED_TO)
    old = hub.count("SELECT id FROM identity_post WHERE person_id = :id", id=person)
    with hub.db.begin(SEED) as tx:
        identity.give_post(tx, person, unit, "town-duty")
        identity.end_post(tx, old)


def become(client: httpx.Client, register: Register, who: str) -> None:
    """Further requests of `client` come from `who`."""
    client.cookies.clear()
    client.cookies.set(COOKIE, register.cookies[who])


def picture(number: int) -> bytes:
    """A photo like no other."""
    out = io.BytesIO()
    Image.new("RGB", (40 + number, 30), (number * 20, 90, 200)).save(out, "JPEG")
    return out.getvalue()


def report(client: httpx.Client, register: Register, number: int, name: str) -> Case:
    """A telling by the city's hotline, with a photo and a reporter who left a name."""
    become(client, register, "p-hotline")
    mark = f"MARK{number:02d}X"
    sent = client.post("/api/attachments", files={"file": ("a.jpg", picture(number), "image/jpeg")})
    assert sent.status_code == 201, sent.text
    photo = sent.json()
    lon, lat = middle(PLACES[name])
    body = {
        "text": f"{mark} 路边有一堆东西没有人管",
        "title": f"{mark} 标题",
        "address": f"{mark} 路 1 号",
        "lon": lon,
        "lat": lat,
        "category": CATEGORIES.get(name, CATEGORY),
        "level": "orange",  # so urgent that no rule sends it on before an officer has looked
        "attachments": [photo["id"]],
        "reporter": {"name": f"{mark}某", "phone": f"1390000{number:04d}"},
    }
    answer = client.post("/api/incidents/reports", json=body, headers={"Idempotency-Key": f"cast-{mark}"})
    assert answer.status_code == 201, answer.text
    told = answer.json()
    return Case(
        mark, told["incident"], told["number"], told["report"], told["tracking"], photo["id"], photo["sha256"],
        [], [], lon, lat,
    )  # fmt: skip


def give_out_work(hub: Hub, client: httpx.Client, register: Register) -> None:
    """Work orders for some, a transfer under way for one."""
    handling = {
        "own": ("p-town", {"lead": ("enforcement-team", TOWN), "assist": [("sanitation", TOWN)]}),
        "sibling-town": ("p-sibling-town", {"lead": ("enforcement-team", "九龙坡区/杨家坪街道")}),
        "same-name-far": ("p-same-name-far", {"lead": ("sanitation", "开州区/石龙镇")}),
    }
    for name, (who, units) in handling.items():
        dispatch(hub, client, register, name, who, units)
    become(client, register, "p-sibling-town")
    moves(client, register.cases[DISTRICT_WORK].id, {"move": "escalate", "reason": "需区级部门处理"})
    units = {"lead": ("city-management", "九龙坡区"), "assist": [("housing", "九龙坡区")]}
    dispatch(hub, client, register, DISTRICT_WORK, "p-district", units, ("verify", "file"))
    become(client, register, "p-sibling-district")
    case = register.cases[TRANSFERRED].id
    moves(client, case, {"move": "accept"})
    moves(client, case, {"move": "transfer", "to_centre": hub.regions[TARGET], "reason": "已进入九龙坡"})


def dispatch(
    hub: Hub, client: httpx.Client, register: Register, name: str, who: str, units: dict[str, object],
    first: tuple[str, ...] = ("accept", "verify", "file"),
) -> None:  # fmt: skip
    become(client, register, who)

    def known(value: object) -> object:
        return [known(one) for one in value] if isinstance(value, list) else hub.unit(*value)  # type: ignore[misc]

    steps: list[dict[str, object]] = [{"move": step} for step in first]
    steps.append({"move": "dispatch", "units": {role: known(value) for role, value in units.items()}})
    moves(client, register.cases[name].id, *steps)


def moves(client: httpx.Client, incident: int, *made: dict[str, object]) -> None:
    answer = client.post(f"/api/incidents/{incident}/moves", json={"moves": list(made)})
    assert answer.status_code == 200, answer.text


def refresh(hub: Hub, name: str, case: Case, register: Register) -> None:
    """Fill in the work orders that an incident has by now."""
    query = "SELECT coalesce(array_agg({} ORDER BY id), '{{}}') FROM incidents_order WHERE incident_id = :id"
    case.orders.extend(hub.count(query.format("id"), id=case.id))
    case.units.extend(hub.count(query.format("unit_id"), id=case.id))
    register.cases[name] = case


def issue_tokens(hub: Hub, client: httpx.Client, register: Register) -> None:
    """A token for machines per district, made by the city's administrator."""
    become(client, register, "p-admin")
    for name, place in TOKENS.items():
        body = {"name": name, "permissions": ["incident.read"], "region": hub.regions[place]}
        answer = client.post("/api/identity/tokens", json=body)
        assert answer.status_code == 201, answer.text
        register.tokens[name] = answer.json()["token"]["id"]
        register.bearers[name] = answer.json()["secret"]


def set_up(hub: Hub, register: Register) -> None:
    """A thing at the place of each incident, with its mark; one of them belongs to a bureau."""
    bureau = hub.unit("housing", "九龙坡区")
    things = [
        new_thing(
            f"T{case.mark}",
            (case.lon, case.lat),
            name=f"{case.mark} 探测器",
            owner=bureau if name == LENT else None,
        )
        for name, case in register.cases.items()
    ]
    with hub.db.begin(SEED) as tx:
        sensing.install_kinds(tx, KINDS)
        ids = sensing.add_things(tx, things)
        for name, case in register.cases.items():
            register.things[name] = ids[f"T{case.mark}"]
            register.streams[name] = sensing.thing(tx, ids[f"T{case.mark}"]).thing.streams[0].id


def connect(hub: Hub, client: httpx.Client, register: Register) -> None:
    """A webhook and a source for each of two districts; what happens from now on waits to be sent."""
    types = [f"chengyun.incident.{name}.v1" for name in ("opened", "moved", "closed")]
    mapping = "{text: /content, position: {lon: /x, lat: /y, datum: wgs84}}"
    for name, place in CONNECTING.items():
        become(client, register, name)
        region = hub.regions[place]
        told = {"name": f"HOOK-{name}-END", "region": region}
        hook = {**told, "url": f"https://{name}.example/", "types": types}
        answer = client.post("/api/exchange/subscriptions", json=hook)
        assert answer.status_code == 201, answer.text
        register.webhooks[name] = answer.json()["subscription"]["id"]
        answer = client.post("/api/exchange/sources", json={**told, "slug": name, "mapping": mapping})
        assert answer.status_code == 201, answer.text
        register.sources[name] = answer.json()["source"]["id"]


def hand_over(client: httpx.Client, register: Register) -> None:
    """Centres hand over a shift, each with a note of its own."""
    for name in HANDING_OVER:
        become(client, register, name)
        answer = client.post("/api/command/handover", json={"notes": f"NOTE-{name}-END"})
        assert answer.status_code == 201, answer.text
        register.handovers[name] = answer.json()["id"]
