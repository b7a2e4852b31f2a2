"""Open311 GeoReport v2: what goes in comes out, in both formats, valid, and never more than its reader may see."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import jsonschema
import pytest
import sqlalchemy as sa
from PIL import Image

from chengyun.exchange.open311.schemas import SCHEMAS
from chengyun.kernel.contracts import system_actor
from tests.exchange.support import BN, JLP, Stage, key
from tests.identity.support import SEED
from tests.web.cast import middle

BASE = "/api/open311/v2"
# Set to a folder with the schemas of the Open311 project, answers are checked against those as well.
ELSEWHERE = os.environ.get("CHENGYUN_OPEN311_SCHEMAS")
THEIRS = {"services": "service.json", "definition": "service-definition.json", "requests": "request.json"}


def valid(name: str, content: Any) -> Any:
    """Content that fits its schema."""
    jsonschema.validate(content, SCHEMAS[name], format_checker=jsonschema.FormatChecker())
    if ELSEWHERE and name in THEIRS:
        schema = json.loads((Path(ELSEWHERE) / THEIRS[name]).read_text())
        for record in content if isinstance(content, list) else [content]:
            jsonschema.validate(record, schema, jsonschema.Draft4Validator)
    return content


class Client:
    """Another system, with a key of its own or none."""

    def __init__(self, stage: Stage, key: str = "") -> None:
        self.stage, self.key = stage, key

    def get(self, path: str, **params: Any) -> httpx.Response:
        self.stage.client.cookies.clear()
        params = {"api_key": self.key, **params} if self.key else params
        return self.stage.client.get(f"{BASE}{path}", params=params)

    def list(self, **params: Any) -> list[dict[str, Any]]:
        answer = self.get("/requests.json", **params)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = valid("requests", answer.json())
        return found

    def post(self, path: str = "/requests.json", **form: Any) -> httpx.Response:
        self.stage.client.cookies.clear()
        headers = form.pop("headers", {})
        form = {"api_key": self.key, **form} if self.key else form
        return self.stage.client.post(f"{BASE}{path}", data=form, headers=headers)


@pytest.fixture
def partner(stage: Stage) -> Client:
    """A system of 九龙坡区 that reads and reports."""
    return Client(stage, key(stage, "九龙坡区", "incident.read", "incident.report"))


@pytest.fixture
def public(stage: Stage) -> Client:
    return Client(stage)


def where(place: str = JLP) -> dict[str, float]:
    lon, lat = middle(place)
    return {"lat": lat, "long": lon}


def plain(xml: str) -> Any:
    """An XML answer as the JSON one has it, numbers and truth values as text."""

    def read(element: ElementTree.Element) -> Any:
        if element.tag in ("attributes", "values"):
            return [read(child) for child in element]
        return {child.tag: read(child) for child in element} if len(element) else element.text

    root = ElementTree.fromstring(xml)
    return read(root) if root.tag == "service_definition" else [read(child) for child in root]


def as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: as_text(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [as_text(inner) for inner in value]
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None or value == "" else str(value)


def test_services_and_their_definitions(stage: Stage, public: Client) -> None:
    services = valid("services", public.get("/services.json").json())
    codes = [service["service_code"] for service in services]
    assert {"0102", "muck-truck.overload", "other"} <= set(codes)
    assert len(codes) == len(set(codes))
    for code in ("0102", "muck-truck.overload", "other"):
        answer = public.get(f"/services/{code}.json")
        definition = valid("definition", answer.json())
        assert definition["service_code"] == code
        assert [attribute["order"] for attribute in definition["attributes"]][:2] == [1, 2]
        assert plain(public.get(f"/services/{code}.xml").text) == as_text(definition)
    assert plain(public.get("/services.xml").text) == as_text(services)


def test_a_request_goes_in_and_comes_out(stage: Stage, partner: Client) -> None:
    form = {
        "service_code": "0101", "description": "楼顶有人加盖 <b> & \x0b", "address_string": "渝州路 1 号",
        "first_name": "三", "last_name": "张", "phone": "13900000001", "email": "a@b.example",
        "attribute[occurred_at]": "2024-05-06T07:08:09+08:00", "attribute[hidden]": "yes",
        "media_url": "https://photos.example/1.jpg", **where(),
    }  # fmt: skip
    answer = partner.post(**form, headers={"Idempotency-Key": "key-00001"})
    assert answer.status_code == 201, answer.text
    (made,) = valid("post_request", answer.json())
    assert partner.post(**form, headers={"Idempotency-Key": "key-00001"}).json() == [made]
    assert partner.post(
        **{**form, "description": "x y"}, headers={"Idempotency-Key": "key-00001"}
    ).status_code == 409  # fmt: skip
    number = made["service_request_id"]
    (found,) = valid("requests", partner.get(f"/requests/{number}.json").json())
    lon, lat = middle(JLP)
    assert (found["lat"], found["long"]) == (lat, lon)
    assert (found["service_code"], found["status"], found["status_notes"]) == ("0101", "open", "待受理")
    assert found["description"].startswith("楼顶有人加盖 <b> &")
    assert found["address"].endswith("寨子坪社区 渝州路 1 号")
    assert found["agency_responsible"] == "石桥铺街道治理中心"
    assert found["expected_datetime"] is None, "nobody has promised an end yet"
    expected = as_text(found)
    expected["description"] = expected["description"].replace("\x0b", "\ufffd")
    assert plain(partner.get(f"/requests/{number}.xml").text) == [expected]
    (row,) = stage.told("x-town", "GET", "/api/incidents/")["items"]
    detail = stage.told("x-town", "GET", f"/api/incidents/{row['id']}")
    assert row["channel"] == "api"
    assert row["occurred_at"] == "2024-05-05T23:08:09Z"
    assert (detail["reports"][0]["reporter"], detail["reports"][0]["hidden"]) == ("张**", True)
    assert "a@b.example" not in json.dumps(detail), "an address nobody needs is not kept"
    body = {"service_code": "other", "description": "说不清的问题", "attribute": {"hidden": "no"}, **where()}
    bearer = {"Authorization": f"Bearer {partner.key}"}
    by_json = stage.client.post(f"{BASE}/requests.xml", json=body, headers=bearer)
    assert by_json.status_code == 201
    (second,) = plain(by_json.text)
    listed = partner.list(service_code="other")
    assert [one["service_request_id"] for one in listed] == [second["service_request_id"]]


def test_a_request_is_followed_through_to_its_end_and_reopened(stage: Stage, partner: Client) -> None:
    made = partner.post(service_code="0101", description="加盖一层", **where()).json()[0][
        "service_request_id"
    ]
    incident = stage.told("x-town", "GET", "/api/incidents/")["items"][0]["id"]
    stage.move("x-town", incident, "accept", "verify", "file")
    team = stage.hub.unit("enforcement-team", "九龙坡区/石桥铺街道")
    stage.move("x-town", incident, "dispatch", units={"lead": team})
    (found,) = valid("requests", partner.get(f"/requests/{made}.json").json())
    assert found["agency_responsible"] == "石桥铺街道综合执法大队"
    assert found["expected_datetime"] > found["requested_datetime"]
    note = partner.post(f"/requests/{made}/updates.json", description="他们又开工了")
    assert note.status_code == 201, note.text
    assert valid("post_update", note.json())[0]["description"] == "备注：他们又开工了"
    done = {"state": "closed", "closed_at": sa.func.clock_timestamp(), "outcome": "已拆除"}
    with stage.hub.db.begin(SEED) as tx:
        tx.execute(sa.text("UPDATE incidents_incident SET state = :state, outcome = :outcome, closed_at = now(),"
                           " changed_at = now() WHERE id = :id"), {"id": incident, **{k: v for k, v in done.items() if k != "closed_at"}})  # fmt: skip
    (closed,) = partner.list(status="closed")
    assert (closed["status"], closed["status_notes"]) == ("closed", "已结案：已拆除")
    assert partner.list(status="open") == []
    assert partner.list(status="open,closed") == [closed]
    assert (
        partner.post(f"/requests/{made}/updates.json", description="x y", status="closed").status_code == 400
    )
    stranger = Client(stage, key(stage, "九龙坡区", "incident.read", "incident.report"))
    refused = stranger.post(f"/requests/{made}/updates.json", description="没有拆完", status="open")
    assert refused.status_code == 403, "another system did not report it"
    again = partner.post(f"/requests/{made}/updates.json", description="没有拆完", status="open")
    assert again.status_code == 201, again.text
    assert valid("post_update", again.json())[0]["status"] == "open"
    steps = valid("updates", partner.get(f"/requests/{made}/updates.json").json())
    assert [step["description"].split("：")[0] for step in steps][:2] == ["上报", "受理"]
    assert steps[-1]["description"] == "重开：没有拆完"
    assert plain(partner.get(f"/requests/{made}/updates.xml").text) == as_text(steps)


def test_somebody_without_a_key_gets_a_token_and_sees_their_own(stage: Stage, public: Client) -> None:
    answer = public.post(service_code="0101", description="隔壁张某加盖，电话 13900000001", **where())
    assert answer.status_code == 201, answer.text
    (made,) = valid("post_request", answer.json())
    assert "service_request_id" not in made
    token = made["token"]
    (known,) = valid("tokens", public.get(f"/tokens/{token}.json").json())
    assert known["token"] == token
    number = known["service_request_id"]
    assert public.get(f"/requests/{number}.json").status_code == 404
    assert public.list() == []
    (mine,) = valid("requests", public.get(f"/requests/{token}.json").json())
    assert (mine["service_request_id"], mine["description"]) == (number, None)
    assert public.post(f"/requests/{token}/updates.json", description="快点").status_code == 403
    incident = stage.told("x-town", "GET", "/api/incidents/")["items"][0]["id"]
    stage.move("x-town", incident, "decline", reason="不属实")
    refused = public.post(f"/requests/{token}/updates.json", description="就是属实", status="open")
    assert refused.status_code == 409, "what was declined is not reopened"
    with stage.hub.db.begin(SEED) as tx:
        tx.execute(sa.text("UPDATE incidents_incident SET state = 'closed', closed_at = now()"))
    again = public.post(f"/requests/{token}/updates.json", description="就是属实", status="open")
    assert again.status_code == 201, again.text
    assert again.json()[0]["status"] == "open"
    assert public.get("/tokens/" + "x" * 43 + ".json").status_code == 404
    assert public.get("/requests/" + "x" * 43 + ".json").status_code == 404


def test_everybody_sees_what_a_region_published_and_its_text_masked(stage: Stage, public: Client) -> None:
    """The row policy itself knows no more: asked without any condition it shows the same."""
    stage.report(JLP, "张某家违建，电话 13900000001", address="渝州路 1 号 3-2")
    stage.report(BN, "花溪违建")
    stage.report(JLP, "路面塌陷", category="0401", level="orange")
    assert public.list() == []
    wrong = {"region": stage.hub.regions["巴南区"], "categories": ["0101"]}
    assert stage.ask("x-jlp", "PUT", "/api/exchange/published", wrong).status_code == 422
    assert stage.ask("x-town", "PUT", "/api/exchange/published", wrong).status_code == 403
    body = {"region": stage.hub.regions["九龙坡区"], "categories": ["0101"]}
    stage.told("x-jlp", "PUT", "/api/exchange/published", body)
    answer = public.get("/requests.json")
    (found,) = valid("requests", answer.json())
    assert "13900000001" not in answer.text
    assert "渝州路" not in answer.text
    assert found["description"] == "张某家违建，电话 139****0001"
    lon, lat = middle(JLP)
    assert (found["lat"], found["long"]) == (round(lat, 3), round(lon, 3))
    assert found["address"] == "九龙坡区 · 石桥铺街道 · 寨子坪社区"
    assert valid("requests", public.get(f"/requests/{found['service_request_id']}.json").json()) == [found]
    steps = valid("updates", public.get(f"/requests/{found['service_request_id']}/updates.json").json())
    assert [step["description"] for step in steps] == ["上报"]
    assert [one["service_code"] for one in public.list(jurisdiction_id="500107")] == ["0101"]
    assert public.list(jurisdiction_id="500113") == []
    with stage.hub.db.begin(system_actor("exchange.public")) as tx:
        rows = tx.execute(sa.text("SELECT category FROM incidents_incident")).scalars().all()
        changed = tx.execute(sa.text("UPDATE incidents_incident SET title = 'x'")).rowcount
    assert (rows, changed) == (["0101"], 0)
    stage.told("x-jlp", "PUT", "/api/exchange/published", {**body, "categories": []})
    assert public.list() == []


def test_a_key_sees_its_own_region_whole_and_no_other(stage: Stage, partner: Client) -> None:
    own = stage.report(JLP)["number"]
    other = stage.report(BN)["number"]
    assert [one["service_request_id"] for one in partner.list()] == [own]
    assert partner.list(service_request_id=f"{own},{other}")[0]["service_request_id"] == own
    assert partner.list(jurisdiction_id="500113") == []
    for path in (f"/requests/{other}.json", f"/requests/{other}/updates.json"):
        hidden, missing = partner.get(path), partner.get(path.replace(other, "20200101-000000"))
        assert hidden.status_code == missing.status_code == 404
        assert hidden.text == missing.text.replace("20200101-000000", other)
    assert partner.post(f"/requests/{other}/updates.json", description="试探").status_code == 404
    blind = Client(stage, key(stage, "九龙坡区", "incident.report"))
    assert blind.list() == [], "a key that may only report reads like everybody"


def test_a_list_is_narrowed_and_paged(stage: Stage, partner: Client) -> None:
    numbers = [stage.report()["number"] for _ in range(5)]
    pages = [partner.list(page=page, page_size=2) for page in (1, 2, 3, 4)]
    assert [one["service_request_id"] for page in pages for one in page] == numbers[::-1]
    assert len(pages[3]) == 0
    now = partner.list()[0]["requested_datetime"]
    assert len(partner.list(start_date=now)) >= 1
    assert partner.list(end_date="2020-01-01T00:00:00Z") == []
    assert partner.list(service_code="0101,0102") == partner.list()
    assert partner.list(service_code="0102") == []
    far = partner.get("/requests.json", start_date="2024-01-01T00:00:00Z", end_date="2024-06-01T00:00:00Z")
    assert far.status_code == 400


def test_only_photos_made_fit_for_the_public_are_linked(stage: Stage, partner: Client) -> None:
    out = io.BytesIO()
    Image.new("RGB", (40, 30)).save(out, "JPEG")
    stage.ask("x-desk", "GET", "/api/identity/me")
    sent = stage.client.post(
        "/api/attachments",
        files={"file": ("a.jpg", out.getvalue(), "image/jpeg")},
        headers={"Cookie": f"chengyun_session={stage.cookies['x-desk']}", "X-Chengyun": "1"},
    ).json()
    stage.report(attachments=[sent["id"]])
    assert partner.list()[0]["media_url"] is None
    stage.told("x-desk", "POST", f"/api/attachments/{sent['id']}/blur", {"boxes": [[0, 0, 9, 9]]})
    url = partner.list()[0]["media_url"]
    assert url.startswith("http")
    assert url.endswith(f"/api/attachments/{sent['id']}/public")
    assert stage.client.get(url).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "form", "status", "count"),
    [
        ("GET", "/services.json?jurisdiction_id=nowhere", None, 404, 1),
        ("GET", "/services/9999.json", None, 404, 1),
        ("GET", "/services.yaml", None, 404, 1),
        ("GET", "/requests/0.json", None, 404, 1),
        ("GET", "/requests.json?api_key=wrong", None, 403, 1),
        ("GET", "/requests.json?page=0&page_size=x&start_date=soon&status=ended", None, 400, 3),
        ("GET", "/requests.json?status=ended", None, 400, 1),
        ("POST", "/requests.json", {}, 400, 1),
        ("POST", "/requests.json", {"service_code": "9999", "lat": 29.5, "long": 106.5}, 404, 1),
        ("POST", "/requests.json", {"service_code": "0101", "description": "ab"}, 400, 2),
        ("POST", "/requests.json", {"service_code": "0101", "lat": "x", "long": 999, "phone": "?"}, 400, 3),
        ("POST", "/requests.json", {"service_code": "0101", "lat": 1, "long": 1}, 400, 1),
        ("POST", "/requests.json", {"service_code": "0101", "address_string": "石龙镇"}, 400, 1),
        ("POST", "/requests.json", {"service_code": "0101", "attribute[x]": "1", "lat": 29.5, "long": 106.5}, 400, 1),
        ("POST", "/requests.json", {"service_code": "0101", "api_key": "wrong"}, 403, 1),
    ],
)  # fmt: skip
def test_errors_are_geo_report_s(
    stage: Stage, method: str, path: str, form: dict[str, Any] | None, status: int, count: int
) -> None:
    for suffix in ("json", "xml"):
        asked = BASE + path.replace(".json", f".{suffix}")
        answer = stage.client.request(method, asked, data=form, headers={"Accept-Language": "en"})
        assert answer.status_code == status, answer.text
        xml = suffix == "xml" and "yaml" not in path
        told = plain(answer.text) if xml else answer.json()
        assert answer.headers["content-type"].startswith("text/xml" if xml else "application/json")
        assert [str(error["code"]) for error in told] == [str(status)] * count
        assert all(
            error["description"] and "." not in error["description"].split(" ")[-1][:-1] for error in told
        )
