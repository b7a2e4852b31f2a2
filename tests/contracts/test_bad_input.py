"""What people and machines really send wrong, each with the behaviour that docs/reference/bad-input.md names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from chengyun.territory import gcj02
from tests.support import Cluster
from tests.web.support import Hub, browser, hub_on, ruled_template, served, sign_in

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "bad-input.md"
LON, LAT = 106.45, 29.49
NOW = datetime.now(UTC)
ODD = '=HYPERLINK("http://x","点我")<script>alert(1)</script>'


@pytest.fixture(scope="module")
def hub(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    home = tmp_path_factory.mktemp("home")
    with cluster.fresh(ruled_template(cluster)) as links, hub_on(links, home) as found, served(found):
        yield found


@pytest.fixture(scope="module")
def desk(hub: Hub) -> Iterator[httpx.Client]:
    with browser(hub) as client:
        sign_in(client, "shiqiaopu-duty")
        yield client


def send(desk: httpx.Client, key: str, **changed: Any) -> httpx.Response:
    """One report; a field that is changed to None is left out."""
    body = {"text": f"一堆垃圾 {key}", "lon": LON, "lat": LAT, "category": "0102", "level": "blue"}
    told = {name: value for name, value in {**body, **changed}.items() if value is not None}
    return desk.post("/api/incidents/reports", json=told, headers={"Idempotency-Key": f"bad-input-{key}"})


REFUSED: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "no-place": (
        {"lon": None, "lat": None, "address": "石桥铺街道"},
        {"lon": "field.missing", "lat": "field.missing"},
    ),
    "outside": ({"lon": 104.06, "lat": 30.67}, {"lon": "territory.outside"}),
    "swapped": ({"lon": LAT, "lat": LON}, {"lon": "territory.swapped"}),
    "metres": (
        {"lon": 36_448_123.4, "lat": 3_263_456.7},
        {"lon": "field.projected", "lat": "field.projected"},
    ),
    "unknown-datum": ({"coordinates": "cgcs"}, {"coordinates": "field.not_allowed"}),
    "future": ({"occurred_at": (NOW + timedelta(hours=1)).isoformat()}, {"occurred_at": "incidents.future"}),
    "never-set-clock": ({"occurred_at": "1970-01-01T00:00:00Z"}, {"occurred_at": "incidents.long_ago"}),
    "no-zone": ({"occurred_at": "2026-01-01T00:00:00"}, {"occurred_at": "field.no_time_zone"}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_the_field_named(hub: Hub, desk: httpx.Client, name: str) -> None:
    changed, fields = REFUSED[name]
    answer = send(desk, name, **changed)
    assert answer.status_code == 422, answer.text
    assert {wrong["path"]: wrong["code"] for wrong in answer.json()["fields"]} == fields
    assert all("field." not in wrong["message"] for wrong in answer.json()["fields"]), (
        "a sentence, not a code"
    )
    assert (
        hub.count("SELECT count(*) FROM incidents_incident WHERE text = :text", text=f"一堆垃圾 {name}") == 0
    )


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_a_position_of_a_chinese_map_service_is_converted(hub: Hub, desk: httpx.Client, datum: str) -> None:
    lon, lat = (float(value) for value in gcj02.from_wgs84(LON, LAT))
    assert abs(lon - LON) > 0.002, "the datums differ by hundreds of metres here"
    if datum == "bd09":
        lon, lat = bd09_of(lon, lat)
    incident = send(desk, datum, lon=lon, lat=lat, coordinates=datum).json()["incident"]
    stored = hub.count("SELECT lon || ' ' || lat FROM incidents_incident WHERE id = :id", id=incident)
    east, north = map(float, stored.split())
    assert (abs(east - LON), abs(north - LAT)) < (2e-5, 2e-5)


def bd09_of(lon: float, lat: float) -> tuple[float, float]:
    """Baidu's published forward shift."""
    import math

    turn = math.pi * 3000.0 / 180.0
    radius = math.hypot(lon, lat) + 0.00002 * math.sin(lat * turn)
    angle = math.atan2(lat, lon) + 0.000003 * math.cos(lon * turn)
    return radius * math.cos(angle) + 0.0065, radius * math.sin(angle) + 0.006


def test_a_clock_a_little_ahead_is_ours(hub: Hub, desk: httpx.Client) -> None:
    ahead = datetime.now(UTC) + timedelta(minutes=5)
    incident = send(desk, "ahead", occurred_at=ahead.isoformat()).json()["incident"]
    assert hub.count("SELECT occurred_at = reported_at FROM incidents_incident WHERE id = :id", id=incident)


def test_markup_and_formulas_are_text(desk: httpx.Client) -> None:
    made = send(desk, "odd", text=ODD, title=ODD, address=ODD).json()
    shown = desk.get(f"/api/incidents/{made['incident']}")
    assert shown.headers["content-type"] == "application/json"
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.text.count(json.dumps(ODD, ensure_ascii=False)[1:-1]) >= 3


@pytest.mark.parametrize(
    ("declared", "status"), [("; charset=gbk", 201), ("; charset=GB2312", 201), ("", 400)]
)
def test_gbk(hub: Hub, desk: httpx.Client, declared: str, status: int) -> None:
    told = {"text": f"一堆垃圾{declared}", "lon": LON, "lat": LAT, "category": "0102", "level": "blue"}
    headers = {"Idempotency-Key": f"bad-input-gbk{declared}", "Content-Type": f"application/json{declared}"}
    content = json.dumps(told, ensure_ascii=False).encode("gbk")
    answer = desk.post("/api/incidents/reports", content=content, headers=headers)
    assert answer.status_code == status, answer.text
    if status == 201:
        stored = hub.count("SELECT text FROM incidents_incident WHERE id = :id", id=answer.json()["incident"])
        assert stored == told["text"]
    else:
        assert answer.json()["code"] == "web.not_utf8"


def test_something_declared_as_gbk_that_is_not(desk: httpx.Client) -> None:
    headers = {"Idempotency-Key": "bad-input-false-gbk", "Content-Type": "application/json; charset=gbk"}
    answer = desk.post("/api/incidents/reports", content=b'{"text": "\xff\xff"}', headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "web.not_utf8")


def test_a_photo_of_fifty_megabytes(desk: httpx.Client) -> None:
    """The limit of this hub is 1 MB; what is declared as more than the limit is not even read."""
    photo = {"file": ("a.jpg", bytes(50_000_000), "image/jpeg")}
    try:
        answer = desk.post("/api/attachments", files=photo)
    except httpx.TransportError:  # answered and closed while we were still sending
        return
    assert (answer.status_code, answer.json()["code"]) == (413, "web.body_too_large")


def test_the_page_names_every_behaviour() -> None:
    page = PAGE.read_text(encoding="utf-8")
    codes = {code for _, fields in REFUSED.values() for code in fields.values()}
    codes |= {"web.not_utf8", "web.body_too_large", "attachments.too_large"}
    assert {code for code in codes if f"`{code}`" not in page} == set()
