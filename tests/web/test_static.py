"""Files of the built console: the smallest form a client reads, cached as their name allows, nothing outside the folder."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest
from fastapi import FastAPI

from chengyun.web.static import mount_console
from tests.web.support import TestClient

SCRIPT, SMALL = b"export const word = 1\n" * 100, b"not really brotli"
OLDER = gzip.compress(SCRIPT, mtime=0)


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("<p>console</p>")
    (dist / "phone.html").write_text("<p>phone</p>")
    for name, text in (
        ("one.js", SCRIPT),
        ("one.js.br", SMALL),
        ("one.js.gz", OLDER),
        ("two.js", SCRIPT),
    ):
        (dist / "assets" / name).write_bytes(text)
    (tmp_path / "secret.txt").write_text("secret")
    app = FastAPI()
    mount_console(app, dist)
    return TestClient(app)


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("identity", None),
        ("", None),
    ],
)
def test_the_smallest_form_that_is_read(client: TestClient, accepted: str, coding: str | None) -> None:
    with client.stream("GET", "/assets/one.js", headers={"Accept-Encoding": accepted}) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers.get("content-encoding") == coding
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["vary"] == "Accept-Encoding"
    assert "immutable" in answer.headers["cache-control"]
    assert raw == {"br": SMALL, "gzip": OLDER, None: SCRIPT}[coding]


def test_a_form_older_than_its_file_is_not_served(client: TestClient, tmp_path: Path) -> None:
    for name in ("one.js.br", "one.js.gz"):
        os.utime(tmp_path / "dist" / "assets" / name, (1, 1))
    assert client.get("/assets/one.js").content == SCRIPT
    assert client.get("/assets/two.js").content == SCRIPT


def test_pages_are_asked_for_every_time_and_nothing_else_is_a_page(client: TestClient) -> None:
    for path, text in (("/", "console"), ("/incidents/7", "console"), ("/m/tasks", "phone")):
        answer = client.get(path)
        assert (answer.text, answer.headers["cache-control"]) == (f"<p>{text}</p>", "no-cache")
    assert client.get("/assets/gone.js").status_code == client.get("/api/gone").status_code == 404
    assert "secret" not in client.get("/%2e%2e/secret.txt").text
