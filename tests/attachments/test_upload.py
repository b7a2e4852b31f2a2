"""Uploading, binding, reading and purging over HTTP and through the door."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from PIL import Image

from chengyun.attachments import jobs, service
from chengyun.attachments.storage import DiskStorage, Storage, put_bytes
from chengyun.attachments.uploading import sha
from chengyun.identity.service import actor_for_session
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.errors import Invalid, NotFound
from chengyun.kernel.transactions import Database
from tests.attachments.support import MARK, camera_exif, mp4, photo
from tests.identity.support import SEED, browser, count, sign_in

PURGE = system_actor("attachments.purge")


def send(client: Any, data: bytes, name: str = "a.jpg", key: str | None = None, **form: str) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post("/api/attachments", files={"file": (name, data)}, data=form, headers=headers)


def resident(app: FastAPI, phone: str = "13800000001") -> Any:
    client = browser(app, "10.1.0.1")
    code = client.post("/api/identity/resident/code", json={"phone": phone}).json()["demo_code"]
    assert client.post("/api/identity/resident/login", json={"phone": phone, "code": code}).status_code == 200
    return client


def officer(app: FastAPI, login: str) -> Any:
    client = browser(app)
    sign_in(client, login)
    return client


def acting(db: Database, client: Any) -> Actor:
    return actor_for_session(db, client.cookies["chengyun_session"])


def bound(db: Database, client: Any, ids: list[int], readers: list[int], incident: int = 1) -> None:
    with db.begin(acting(db, client)) as tx:
        service.bind(tx, ids, incident, readers)


def test_a_photo_is_kept_with_hash_time_and_place_and_without_its_exif(
    app: FastAPI, storage: Storage
) -> None:
    client = resident(app)
    data = photo(exif=camera_exif())
    answer = send(client, data)
    assert answer.status_code == 201, answer.text
    found = answer.json()
    assert (found["kind"], found["width"], found["height"]) == ("photo", 64, 48)
    assert found["taken_at"].startswith("2025-03-01T08:30:00")
    assert found["lon"] == pytest.approx(106.48)
    assert found["verified"] is True
    assert found["claim"] is None
    file = client.get(found["url"])
    assert file.headers["content-type"] == "image/jpeg"
    assert sha(file.content) == found["sha256"]
    assert found["bytes"] == len(file.content)
    assert MARK not in file.content
    assert MARK in data
    assert client.get(found["thumb_url"]).status_code == 200
    assert file.headers["x-content-type-options"] == "nosniff"
    assert client.get(found["url"], headers={"If-None-Match": file.headers["etag"]}).status_code == 304


def test_what_the_uploader_says_goes_before_the_camera(app: FastAPI) -> None:
    client = resident(app)
    form = {"taken_at": "2025-03-02T10:00:00+08:00", "lon": "106.5", "lat": "29.5"}
    found = send(client, photo(exif=camera_exif()), **form).json()
    assert found["taken_at"].startswith("2025-03-02T02:00:00")
    assert (found["lon"], found["lat"]) == (106.5, 29.5)
    assert found["verified"] is False


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.jpg", "attachments.empty"),
        (b"MZ" + bytes(100), "a.jpg", "attachments.unsupported"),
        (photo("GIF"), "a.jpg", "attachments.unsupported"),
        (photo("AVIF"), "IMG_1.HEIC", "attachments.heic"),
        (photo("JPEG", (400, 300))[:2000], "a.jpg", "attachments.damaged"),
        (mp4()[:200], "a.mp4", "attachments.damaged"),
    ],
)
def test_what_cannot_be_taken_is_told_precisely(app: FastAPI, data: bytes, name: str, code: str) -> None:
    answer = send(browser(app), data, name)
    assert answer.status_code == 422
    assert [(field["path"], field["code"]) for field in answer.json()["fields"]] == [("file", code)]


def test_an_extension_says_nothing(app: FastAPI) -> None:
    found = send(resident(app), photo("PNG"), "movie.mp4").json()
    assert found["kind"] == "photo"


def test_a_file_over_the_limit_is_refused(app: FastAPI, storage: DiskStorage) -> None:
    answer = send(browser(app), photo() + bytes(1_000_000))
    assert (answer.status_code, answer.json()["code"]) == (413, "attachments.too_large")
    assert list(storage.listing()) == []


@pytest.mark.parametrize("form", [{"lon": "106.5"}, {"lon": "200", "lat": "29"}])
def test_half_a_position_is_no_position(app: FastAPI, form: dict[str, str]) -> None:
    assert send(browser(app), photo(), **form).json()["fields"][0]["code"] == "attachments.position"


def test_a_clip_is_kept_and_played_in_parts(app: FastAPI) -> None:
    client = resident(app)
    found = send(client, mp4(), "a.mp4").json()
    assert (found["kind"], found["width"], found["thumb_url"]) == ("clip", 320, "")
    whole = client.get(found["url"])
    assert whole.headers["content-type"] == "video/mp4"
    part = client.get(found["url"], headers={"Range": "bytes=4-7"})
    assert (part.status_code, part.content) == (206, b"ftyp")


def test_the_same_request_twice_is_one_attachment(app: FastAPI, city: Database) -> None:
    client = browser(app)
    first = send(client, photo(), key="k1").json()
    again = send(client, photo(), key="k1").json()
    assert again == first
    assert first["claim"]
    other = send(client, photo("PNG"), key="k1")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency.body_differs")
    with city.begin(SEED) as tx:
        assert count(tx, "attachments_item") == 1
        stored = tx.execute(sa.text("SELECT string_agg(k::text, '') FROM kernel_idempotency k")).scalar_one()
    assert first["claim"] not in stored


def test_equal_contents_are_stored_once(app: FastAPI, storage: DiskStorage) -> None:
    ids = {send(resident(app), photo()).json()["id"] for _ in range(2)}
    assert len(ids) == 2
    assert len(list(storage.listing())) == 2  # the photo and its thumbnail


def test_a_claim_is_the_key_of_somebody_without_a_name(
    app: FastAPI, city: Database, place: dict[str, int]
) -> None:
    client = browser(app)
    found, other = send(client, photo()).json(), send(client, photo("PNG")).json()
    assert client.get(found["url"]).status_code == 404
    assert client.get(found["url"], params={"claim": other["claim"]}).status_code == 404
    assert client.get(found["url"], params={"claim": found["claim"]}).status_code == 200
    nobody = Actor(kind="anonymous", id=None, name="匿名")
    with city.begin(nobody) as tx, pytest.raises(Invalid) as told:
        service.bind(tx, [found["id"], other["id"]], 7, [place["九龙坡区"]], [found["claim"]])
    assert [(wrong.path, wrong.code) for wrong in told.value.fields] == [
        ("attachments.1", "attachments.unknown")
    ]
    with city.begin(nobody) as tx:
        items = service.bind(
            tx, [other["id"], found["id"]], 7, [place["九龙坡区"]], [found["claim"], other["claim"]]
        )
    assert [item.id for item in items] == [other["id"], found["id"]]
    assert officer(app, "jiulongpo-duty").get(found["url"]).status_code == 200


def test_an_incident_s_readers_and_nobody_else_see_its_evidence(
    app: FastAPI, city: Database, place: dict[str, int]
) -> None:
    client = resident(app)
    found = send(client, photo()).json()
    duty = officer(app, "jiulongpo-duty")
    assert duty.get(found["url"]).status_code == 404
    chain = [place[path] for path in ("", "九龙坡区", "九龙坡区/石桥铺街道")]
    bound(city, client, [found["id"]], chain)
    seen = {
        login: officer(app, login).get(found["url"]).status_code
        for login in ("city-duty", "jiulongpo-duty", "shiqiaopu-duty", "banan-duty", "jlp-cg", "yunfeng-duty")
    }
    assert seen == {
        "city-duty": 200, "jiulongpo-duty": 200, "shiqiaopu-duty": 200,
        "banan-duty": 404, "jlp-cg": 404, "yunfeng-duty": 404,
    }  # fmt: skip
    assert client.get(found["url"]).status_code == 200
    assert resident(app, "13800000002").get(found["url"]).status_code == 404
    with city.begin(acting(city, duty)) as tx:
        assert service.share(tx, 1, [*chain, place["巴南区"]]) == 1
    assert officer(app, "banan-duty").get(found["url"]).status_code == 200


def test_raw_sql_sees_no_more_than_the_routes(app: FastAPI, city: Database, place: dict[str, int]) -> None:
    client = resident(app)
    found = send(client, photo()).json()
    bound(city, client, [found["id"]], [place[""], place["九龙坡区"]])
    for scopes, seen in (((place["九龙坡区"],), 1), ((place["巴南区"],), 0), ((), 0)):
        person = Actor(kind="person", id=999, name="x", scopes=scopes)
        with city.begin(person) as tx:
            assert count(tx, "attachments_item") == seen
            changed = tx.execute(sa.text("UPDATE attachments_item SET readers = readers"))
            assert changed.rowcount == seen
            assert tx.execute(sa.text("DELETE FROM attachments_item")).rowcount == 0


def test_evidence_belongs_to_one_incident(app: FastAPI, city: Database, place: dict[str, int]) -> None:
    client = resident(app)
    found = send(client, photo()).json()
    bound(city, client, [found["id"]], [place["巴南区"]], incident=1)
    bound(city, client, [found["id"]], [place["巴南区"]], incident=1)
    with city.begin(acting(city, client)) as tx, pytest.raises(Invalid) as told:
        service.bind(tx, [found["id"]], 2, [place["巴南区"]])
    assert told.value.fields[0].code == "attachments.taken"
    stranger = resident(app, "13800000003")
    with city.begin(acting(city, stranger)) as tx, pytest.raises(Invalid) as told:
        service.bind(tx, [found["id"]], 3, [place["巴南区"]])
    assert told.value.fields[0].code == "attachments.unknown"


def test_the_public_sees_only_what_was_blurred(app: FastAPI, city: Database, place: dict[str, int]) -> None:
    client, public = resident(app), browser(app)
    found = send(client, photo(size=(200, 100))).json()
    bound(city, client, [found["id"]], [place["九龙坡区"]])
    base = f"/api/attachments/{found['id']}"
    assert [public.get(f"{base}/{variant}").status_code for variant in ("full", "thumb", "public")] == [
        404
    ] * 3
    assert client.post(f"{base}/blur", json={"boxes": []}).status_code == 403
    assert officer(app, "banan-duty").post(f"{base}/blur", json={"boxes": []}).status_code == 404
    duty = officer(app, "jiulongpo-duty")
    wrong = duty.post(f"{base}/blur", json={"boxes": [[1, 2, 3]]})
    assert wrong.json()["fields"][0]["path"] == "boxes.0"
    blurred = duty.post(f"{base}/blur", json={"boxes": [[20, 20, 100, 50]]})
    assert blurred.status_code == 200, blurred.text
    assert (blurred.json()["public"], blurred.json()["url"]) == (True, f"{base}/full")
    shown = public.get(f"{base}/public")
    assert shown.status_code == 200
    assert sha(shown.content) != found["sha256"]
    with Image.open(io.BytesIO(shown.content)) as picture:
        assert picture.size == (200, 100)
    assert [public.get(f"{base}/{variant}").status_code for variant in ("full", "thumb")] == [404, 404]
    with city.begin(Actor(kind="anonymous", id=None, name="匿名")) as tx:
        (item,) = service.of(tx, [found["id"]])
    assert (item.url, item.lon, item.sha256) == (f"{base}/public", None, sha(shown.content))
    machine = Actor("token", 1, "大屏", frozenset({"incident.read", "attachment.read"}), (place["九龙坡区"],))
    with city.begin(machine) as tx:  # reads the incident, and its texts masked
        assert [one.url for one in service.of(tx, [found["id"]])] == [f"{base}/public"]
        assert service.find(tx, found["id"], "public").sha256 == item.sha256
        with pytest.raises(NotFound):
            service.find(tx, found["id"], "full")
    with city.begin(SEED) as tx:
        assert count(tx, "kernel_audit", "action = 'attachment.blurred'") == 1
        assert count(tx, "kernel_audit", "action = 'attachment.original_read'") == 0
    assert duty.get(f"{base}/full").status_code == 200
    with city.begin(SEED) as tx:
        assert count(tx, "kernel_audit", "action = 'attachment.original_read'") == 1


def test_clips_are_never_public(app: FastAPI, city: Database, place: dict[str, int]) -> None:
    client = resident(app)
    found = send(client, mp4()).json()
    bound(city, client, [found["id"]], [place["九龙坡区"]])
    answer = officer(app, "jiulongpo-duty").post(f"/api/attachments/{found['id']}/blur", json={"boxes": []})
    assert (answer.status_code, answer.json()["code"]) == (409, "attachments.photos_only")


def test_what_nobody_claimed_goes_after_a_day_and_evidence_stays(
    app: FastAPI, city: Database, storage: DiskStorage, place: dict[str, int]
) -> None:
    client = resident(app)
    loose = send(client, photo("PNG", (32, 32))).json()
    kept = send(client, photo("PNG", (40, 40))).json()
    bound(city, client, [kept["id"]], [place["巴南区"]])
    with city.begin(PURGE) as tx:
        assert jobs.purge_with(tx, storage) == (0, 0)
        tx.execute(sa.text("UPDATE attachments_item SET uploaded_at = now() - interval '25 hours'"))
    with city.begin(PURGE) as tx:
        assert jobs.purge_with(tx, storage) == (1, 2)
    assert client.get(loose["url"]).status_code == 404
    assert client.get(kept["url"]).status_code == 200
    assert not storage.exists(loose["sha256"])


def test_evidence_goes_when_its_time_is_over_by_the_installation_s_clock(
    app: FastAPI, city: Database, storage: DiskStorage, place: dict[str, int]
) -> None:
    client = resident(app)
    found = send(client, photo()).json()
    bound(city, client, [found["id"]], [place["巴南区"]])
    with city.begin(SEED) as tx:
        assert service.retain(tx, 1, tx.now + timedelta(days=10)) == 1
        tx.execute(sa.text("UPDATE kernel_clock SET offset_s = 86400 * 11"))
    with city.begin(PURGE) as tx:
        assert jobs.purge_with(tx, storage)[0] == 1
        assert count(tx, "kernel_audit", "action = 'attachment.expired'") == 1
    assert list(storage.listing()) == []


def test_contents_in_use_survive_the_purge_of_one_of_their_items(
    app: FastAPI, city: Database, storage: DiskStorage, place: dict[str, int]
) -> None:
    client = resident(app)
    loose, kept = send(client, photo()).json(), send(client, photo()).json()
    bound(city, client, [kept["id"]], [place["巴南区"]])
    with city.begin(PURGE) as tx:
        tx.execute(sa.text("UPDATE attachments_item SET uploaded_at = now() - interval '25 hours'"))
        assert jobs.purge_with(tx, storage) == (1, 0)
    assert client.get(kept["url"]).status_code == 200
    assert client.get(loose["url"]).status_code == 404


def test_a_crash_between_file_and_row_leaves_nothing_for_ever(
    app: FastAPI, city: Database, storage: DiskStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    put_bytes(storage, sha(b"orphan"), b"orphan", "image/jpeg")
    put_bytes(storage, sha(b"fresh"), b"fresh", "image/jpeg")
    day_before_yesterday = storage.path(sha(b"orphan")).stat().st_mtime - 48 * 3600
    os.utime(storage.path(sha(b"orphan")), (day_before_yesterday, day_before_yesterday))
    with city.begin(PURGE) as tx:
        assert jobs.purge_with(tx, storage) == (0, 1)
    assert [name for name, _ in storage.listing()] == [sha(b"fresh")]


def test_one_address_without_a_name_cannot_flood_the_storage(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chengyun.attachments import limiting, routes

    now = [0.0]
    monkeypatch.setattr(routes, "LIMITER", limiting.Limiter(2, 0.1, lambda: now[0]))
    client = browser(app)
    codes = [send(client, photo()).status_code for _ in range(3)]
    assert codes == [201, 201, 429]
    assert send(browser(app, "10.7.7.7"), photo()).status_code == 201
    now[0] = 10.5
    assert send(client, photo()).status_code == 201


def test_the_same_request_at_the_same_time_is_one_attachment(app: FastAPI, city: Database) -> None:
    client = resident(app)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: send(client, photo(), key="k2").json(), range(4)))
    assert len({answer["id"] for answer in answers}) == 1
    with city.begin(SEED) as tx:
        assert count(tx, "attachments_item") == 1


def test_a_content_purged_while_it_is_uploaded_again_is_stored_again(
    app: FastAPI, city: Database, storage: DiskStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chengyun.attachments import uploading

    real = uploading.hold

    def purged_meanwhile(tx: Any, where: Any, sha256: str, *rest: Any) -> None:
        storage.delete(sha256)
        real(tx, where, sha256, *rest)

    monkeypatch.setattr(uploading, "hold", purged_meanwhile)
    client = resident(app)
    found = send(client, photo()).json()
    assert client.get(found["url"]).status_code == 200
