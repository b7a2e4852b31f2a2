"""What people read when something is wrong, in both languages; and what stands in the headers of every answer."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support import Cluster
from tests.web.support import Hub, browser, hub_on, ruled_template, served, sign_in

KEY = {"Idempotency-Key": "errors-0001"}
GOOD = {"text": "路口有一堆垃圾", "lon": 106.45, "lat": 29.49}
WRONG: dict[str, Any] = {
    "text": "x",
    "lon": 200,
    "lat": "north",
    "level": "purple",
    "channel": "telepathy",
    "occurred_at": "2026-01-01T00:00:00",
    "attachments": list(range(1, 12)),
    "reporter": {"phone": "call me", "nickname": "x"},
    "colour": "red",
}
FIELDS = {
    "text": ("太短，至少 2 个字。", "Too short: at least 2 characters."),
    "lon": ("数值太大。", "The number is too large."),
    "lat": ("必须是有限的数字。", "Must be a finite number."),
    "level": ("不在允许的取值之内。", "Not one of the allowed values."),
    "channel": ("不在允许的取值之内。", "Not one of the allowed values."),
    "occurred_at": ("时间缺少时区。", "The time lacks a time zone."),
    "attachments": ("太多，最多 9 项。", "Too many: at most 9."),
    "reporter.phone": ("这个值不能使用。", "This value cannot be used."),
    "reporter.nickname": ("没有这个字段。", "There is no such field."),
    "colour": ("没有这个字段。", "There is no such field."),
}
HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


@pytest.fixture(scope="module")
def site(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """One hub for all tests of this module that change nothing."""
    home = tmp_path_factory.mktemp("errors")
    with cluster.fresh(ruled_template(cluster)) as links, hub_on(links, home) as hub, served(hub):
        yield hub


@pytest.fixture
def nobody(site: Hub) -> Iterator[httpx.Client]:
    with browser(site) as client:
        yield client


@pytest.mark.parametrize(("language", "place"), [("zh-CN,zh;q=0.9", 0), ("en-GB,en;q=0.8", 1)])
def test_every_wrong_field_is_named_at_once(nobody: httpx.Client, language: str, place: int) -> None:
    answer = nobody.post("/api/incidents/reports", json=WRONG, headers={**KEY, "Accept-Language": language})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert {wrong["path"]: wrong["message"] for wrong in problem["fields"]} == {
        path: texts[place] for path, texts in FIELDS.items()
    }
    assert problem["detail"].startswith(("有 10 处", "10 field(s)")[place])


def test_wrong_parameters_and_headers_are_fields_too(site: Hub) -> None:
    with browser(site) as duty:
        sign_in(duty, "jiulongpo-duty")
        answer = duty.get(
            "/api/incidents/", params={"limit": 0, "sort": "random", "since": "yesterday", "lamp": "x"}
        )
        assert {wrong["path"] for wrong in answer.json()["fields"]} == {"limit", "sort", "since", "lamp"}
        answer = duty.get("/api/incidents/", params={"state": "reported,asleep"})
        assert [wrong["path"] for wrong in answer.json()["fields"]] == ["state"]
        answer = duty.post("/api/incidents/reports", json=GOOD)
        assert [wrong["path"] for wrong in answer.json()["fields"]] == ["Idempotency-Key"]


def test_a_person_is_answered_in_the_language_of_the_screen(site: Hub) -> None:
    """Two devices of one person may speak two languages; without a screen the person's own counts."""
    with browser(site) as duty:
        sign_in(duty, "banan-duty")
        gone = "/api/incidents/987654321"
        assert duty.post("/api/identity/me/language", json={"language": "en"}).status_code == 204
        for asked, words in (("zh-CN", "管辖范围"), ("en-GB", "jurisdiction"), ("fr", "jurisdiction")):
            assert words in duty.get(gone, headers={"Accept-Language": asked}).json()["detail"]
        assert "jurisdiction" in duty.get(gone).json()["detail"]
        chinese = duty.get("/api/identity/me", headers={"Accept-Language": "zh-CN"}).json()
        assert chinese["post"]["role_name"] == "区县值班员"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/nothing", 404),
        ("DELETE", "/api/health", 405),
        ("GET", "/api/incidents/tracking/short", 422),
        ("POST", "/api/incidents/moves", 422),
        ("GET", "/api/identity/me", 401),
        ("GET", "/api/incidents/", 403),
        ("GET", "/api/territory/tiles/99/6/50/26.mvt", 410),
    ],
)
def test_every_error_is_a_problem(nobody: httpx.Client, method: str, path: str, status: int) -> None:
    answer = nobody.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["instance"] == path
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert answer.headers["cache-control"] == "no-store"


def test_what_is_not_json_is_said_to_be(nobody: httpx.Client) -> None:
    headers = {**KEY, "Content-Type": "application/json"}
    answer = nobody.post("/api/incidents/reports", content=b'{"text": ', headers=headers)
    assert (answer.status_code, answer.json()["fields"][0]["code"]) == (422, "field.not_json")


def test_a_page_of_another_site_cannot_write(site: Hub) -> None:
    with browser(site) as duty:
        sign_in(duty, "jiulongpo-duty")
        del duty.headers["X-Chengyun"]
        answer = duty.post("/api/identity/duty", json={"on": False})
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf.header_missing")
        assert duty.get("/api/identity/me").json()["on_duty"] is True
        cookie = duty.cookies.jar.__iter__().__next__()
        assert cookie.has_nonstandard_attr("HttpOnly")
        assert cookie.get_nonstandard_attr("SameSite") == "lax"


@pytest.mark.parametrize("declared", [True, False])
def test_too_large_a_body_is_refused_before_it_is_held(nobody: httpx.Client, declared: bool) -> None:
    part = b'--cut\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    pieces = [part, *(b"x" * 100_000 for _ in range(30))]  # 3 MB; the site allows 1 MB, and 1 MB around it
    content = b"".join(pieces) if declared else iter(pieces)
    headers = {"Accept-Language": "en", "Content-Type": "multipart/form-data; boundary=cut"}
    try:
        answer = nobody.post("/api/attachments", content=content, headers=headers)
    except httpx.WriteError:
        return  # it hung up while we were still sending
    assert (answer.status_code, answer.json()["code"]) == (413, "web.body_too_large")
    assert "MB" in answer.json()["detail"]
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_security_headers_let_in_nobody_else(nobody: httpx.Client) -> None:
    for path in ("/", "/m/", "/api/health", "/api/territory/style/light.json"):
        answer = nobody.get(path)
        policy = answer.headers["content-security-policy"]
        rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split("; ")}
        assert rules["default-src"] == rules["script-src"] == ["'self'"]
        assert rules["frame-ancestors"] == ["'none'"]
        assert not any(word.startswith("http") for words in rules.values() for word in words)
        assert answer.headers["permissions-policy"] == "geolocation=(self), camera=(self), microphone=()"
        for name, value in HEADERS.items():
            assert answer.headers[name] == value


def test_an_own_tile_source_is_the_only_other_host(cluster: Cluster, site: Hub) -> None:
    tiles = "https://tiles.example.org/{z}/{x}/{y}.png"
    with hub_on(site.links, cluster.folder, tile_url=tiles) as hub, served(hub), browser(hub) as client:
        policy = client.get("/api/health").headers["content-security-policy"]
    assert "connect-src 'self' https://tiles.example.org;" in policy
    assert policy.count("https://") == 2


def test_a_defect_of_ours_says_nothing_but_its_number(
    site: Hub, nobody: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise RuntimeError("secret of the house")

    site.app.router.routes.insert(0, site.app.router.route_class("/api/broken", broken))  # type: ignore[attr-defined]
    try:
        with caplog.at_level(logging.ERROR):
            answer = nobody.get("/api/broken", headers={"Accept-Language": "en"})
    finally:
        del site.app.router.routes[0]
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["detail"]) == (500, "http.500", "Internal error")
    assert answer.headers["content-security-policy"]
    assert "secret" not in answer.text
    assert any(problem["reference"] in record.getMessage() for record in caplog.records)


def test_without_its_database_it_says_so_and_stores_nothing(cluster: Cluster, hub: Hub) -> None:
    name = hub.links.name
    with browser(hub) as somebody, cluster.admin() as admin:
        assert somebody.get("/api/health").status_code == 200
        before = hub.count("SELECT count(*) FROM incidents_incident")
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        for ask in (
            lambda: somebody.get("/api/health"),
            lambda: somebody.post("/api/incidents/reports", json=GOOD, headers=KEY),
        ):
            answer = ask()
            assert answer.status_code == 503, answer.text
            assert answer.json()["code"] == "database.unreachable"
            assert int(answer.headers["retry-after"]) > 0
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        assert hub.count("SELECT count(*) FROM incidents_incident") == before
        answer = somebody.post("/api/incidents/reports", json=GOOD, headers=KEY)
        assert (answer.status_code, answer.json()["duplicate"]) == (201, False)
