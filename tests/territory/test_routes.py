"""The territory over HTTP: shapes of answers, caching of tiles, problems."""

from __future__ import annotations

import gzip
import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from chengyun.kernel.errors import AppError, problem
from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Database
from chengyun.territory.routes import router
from tests.territory.test_tiles import tile_of

with warnings.catch_warnings():
    # Starlette would rather have httpx2, which is not on our list of dependencies; httpx works.
    warnings.simplefilter("ignore")
    from fastapi.testclient import TestClient


@pytest.fixture
def client(city_db: Database) -> Iterator[TestClient]:
    """The territory's routes alone, with errors as the application shows them."""
    app = FastAPI()
    app.state.db, app.state.settings = city_db, Settings()

    def shown(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, AppError)
        return JSONResponse(problem(error, "zh", request.url.path), status_code=error.status)

    app.add_exception_handler(AppError, shown)
    app.include_router(router)
    with TestClient(app) as found:
        yield found


def get(client: TestClient, path: str, **params: Any) -> Any:
    """The JSON of a successful answer."""
    answer = client.get(f"/api/territory{path}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_version_tells_what_is_loaded(client: TestClient) -> None:
    found = get(client, "/version")
    assert found["counts"] == {"city": 1, "district": 3, "town": 9, "village": 36, "grid": 144}
    assert found["schematic"] is True
    assert found["bbox"] == [106.36, 29.4, 108.6, 31.2]


def test_a_point_is_located(client: TestClient) -> None:
    found = get(client, "/locate", lon=106.461, lat=29.5005)
    assert found["chain"]["label"] == "九龙坡区 · 石桥铺街道 · 寨子坪社区 · 004 网格"
    assert found["chain"]["town"]["name"] == "石桥铺街道"
    assert found["border_m"] == pytest.approx(55.4, abs=0.2)


def test_outside_is_a_problem_with_the_field(client: TestClient) -> None:
    answer = client.get("/api/territory/locate", params={"lon": 100, "lat": 29})
    assert answer.status_code == 422
    assert answer.json()["code"] == "territory.outside"
    assert answer.json()["fields"][0]["path"] == "lon"


def test_regions_are_walked_from_the_city_down(client: TestClient) -> None:
    district = get(client, "/regions", q="kaizhou", level="district")[0]
    detail = get(client, f"/regions/{district['id']}")
    assert detail["ref"]["name"] == "开州区"
    assert detail["children"] == 3
    assert detail["bbox"] == [108.36, 31.12, 108.6, 31.2]
    towns = get(client, f"/regions/{district['id']}/children")
    assert [town["name"] for town in towns] == ["云枫街道", "汉丰街道", "石龙镇"]
    outline = get(client, f"/regions/{towns[0]['id']}/outline")
    assert outline["geometry"]["type"] == "MultiPolygon"
    assert outline["properties"]["schematic"] is True
    assert [ref["name"] for ref in get(client, "/regions", level="district")] == [
        "九龙坡区",
        "巴南区",
        "开州区",
    ]
    assert client.get("/api/territory/regions/999999").status_code == 404


def test_places_are_searched(client: TestClient) -> None:
    found = get(client, "/places", q="sqp")
    assert found[0]["region"]["name"] == "石桥铺街道"
    assert found[0]["lon"] == pytest.approx(106.48)


def test_tiles_are_cached_by_version_and_tag(client: TestClient) -> None:
    x, y = tile_of(106.5, 29.5, 10)
    path = f"/api/territory/tiles/1/10/{x}/{y}.mvt"
    first = client.get(path)
    assert first.status_code == 200
    assert "immutable" in first.headers["cache-control"]
    assert first.headers["content-encoding"] == "gzip"
    again = client.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    assert not again.content
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == first.content  # the client has unzipped the first
    assert gzip.decompress(gzip.compress(plain.content)) == first.content
    assert client.get(f"/api/territory/tiles/2/10/{x}/{y}.mvt").status_code == 410
    assert client.get("/api/territory/tiles/1/3/8/0.mvt").status_code == 404


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_style_names_sources_that_exist(client: TestClient, theme: str) -> None:
    style = get(client, f"/style/{theme}.json")
    ids = [layer["id"] for layer in style["layers"]]
    wanted = ["relief", "rivers", "district-fill", "district-line", "district-label", "town-fill", "town-line",
              "town-label", "grid-line"]  # fmt: skip
    assert set(wanted) <= set(ids)
    assert "glyphs" not in style
    assert all(
        layer["source"] in style["sources"] for layer in style["layers"] if layer["type"] != "background"
    )
    assert client.get(style["sources"]["relief"]["url"]).headers["content-type"] == "image/webp"
    assert client.get(style["sources"]["rivers"]["data"]).json()["type"] == "FeatureCollection"
    x, y = tile_of(106.5, 29.5, 9)
    url = style["sources"]["regions"]["tiles"][0].format(z=9, x=x, y=y)
    assert client.get(url).status_code == 200


def test_own_tiles_replace_the_shipped_ground(client: TestClient) -> None:
    app = client.app
    assert isinstance(app, FastAPI)
    app.state.settings = replace(Settings(), tile_url="https://tiles.example.org/{z}/{x}/{y}.png")
    style = get(client, "/style/light.json")
    assert style["sources"]["base"]["tiles"] == ["https://tiles.example.org/{z}/{x}/{y}.png"]
    relief = next(layer for layer in style["layers"] if layer["id"] == "relief")
    assert relief["layout"]["visibility"] == "none"
    app.state.settings = replace(Settings(), tianditu_key="abc")
    style = get(client, "/style/light.json")
    assert "tk=abc" in style["sources"]["tianditu-vec"]["tiles"][0]
    assert "TILEMATRIX={z}" in style["sources"]["tianditu-vec"]["tiles"][0]


def test_unknown_themes_and_base_maps_are_not_found(client: TestClient) -> None:
    assert client.get("/api/territory/style/pink.json").status_code == 404
    assert client.get("/api/territory/basemap/towns.csv").status_code == 404
