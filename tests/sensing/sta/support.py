"""A SensorThings service with nothing in it, and a client that speaks to it as the OGC's test suite does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from chengyun.identity.tokens import issue
from chengyun.kernel.contracts import Actor
from tests.identity.support import peopled_template
from tests.support import Cluster
from tests.web.support import Hub, direct, hub_on

BASE = "/api/sta/v1.1"
WRITER = ("thing.read", "thing.write", "reading.write")
SETS = (
    "Things", "Locations", "HistoricalLocations", "Datastreams", "Sensors", "ObservedProperties", "Observations",
    "FeaturesOfInterest",
)  # fmt: skip
NOWHERE = 2**63 - 1
# EntityProperties and EntityRelations of the suite: what every entity must have
PROPERTIES: dict[str, tuple[str, ...]] = {
    "Things": ("name", "description"),
    "Locations": ("name", "description", "encodingType", "location"),
    "HistoricalLocations": ("time",),
    "Datastreams": ("name", "description", "unitOfMeasurement", "observationType"),
    "Sensors": ("name", "description", "encodingType", "metadata"),
    "ObservedProperties": ("name", "definition", "description"),
    "Observations": ("phenomenonTime", "result", "resultTime"),
    "FeaturesOfInterest": ("name", "description", "encodingType", "feature"),
}
RELATIONS: dict[str, dict[str, str]] = {
    "Things": {n: n for n in ("Datastreams", "Locations", "HistoricalLocations")},
    "Locations": {n: n for n in ("HistoricalLocations", "Things")},
    "HistoricalLocations": {"Locations": "Locations", "Thing": "Things"},
    "Datastreams": {
        "Thing": "Things",
        "Sensor": "Sensors",
        "ObservedProperty": "ObservedProperties",
        "Observations": "Observations",
    },
    "Sensors": {"Datastreams": "Datastreams"},
    "ObservedProperties": {"Datastreams": "Datastreams"},
    "Observations": {"Datastream": "Datastreams", "FeatureOfInterest": "FeaturesOfInterest"},
    "FeaturesOfInterest": {"Observations": "Observations"},
}


@dataclass
class Sta:
    """The service as one system sees it, whose key is `token`."""

    hub: Hub
    client: httpx.Client
    token: str

    def ask(self, method: str, path: str, body: Any = None, **params: Any) -> httpx.Response:
        self.client.cookies.clear()
        url = path if path.startswith("http") else f"{BASE}/{path}"
        headers = {"Authorization": f"Bearer {self.token}"}
        query = {f"${name}": value for name, value in params.items()} or None
        return self.client.request(method, url, json=body, headers=headers, params=query)

    def get(self, path: str, **params: Any) -> Any:
        """The JSON of an answer that must be 200; options without their dollar."""
        found = self.ask("GET", path, **params)
        assert found.status_code == 200, (path, params, found.text)
        return found.json()

    def value(self, path: str, **params: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(path, **params)["value"]
        return found

    def ids(self, path: str, **params: Any) -> list[Any]:
        return [one["@iot.id"] for one in self.value(path, **params)]

    def post(self, path: str, body: Any) -> dict[str, Any]:
        """As the suite's postEntity: 201, and what stands under Location is the entity."""
        made = self.ask("POST", path, body)
        assert made.status_code == 201, (path, made.text)
        found: dict[str, Any] = self.get(made.headers["location"])
        assert found == made.json()
        return found

    def make(self, path: str, body: Any) -> int:
        ident: int = self.post(path, body)["@iot.id"]
        return ident

    def refuse(self, path: str, body: Any) -> None:
        """As postInvalidEntity: 400 or 409."""
        answer = self.ask("POST", path, body)
        assert answer.status_code in (400, 409), answer.text
        assert answer.headers["content-type"] == "application/problem+json"

    def update(self, method: str, path: str, body: Any) -> dict[str, Any]:
        answer = self.ask(method, path, body)
        assert answer.status_code == 200, (path, answer.text)
        found: dict[str, Any] = self.get(path)
        return found

    def delete(self, path: str) -> None:
        """As deleteEntity: 200, and it is gone."""
        answer = self.ask("DELETE", path)
        assert answer.status_code == 200, (path, answer.text)
        assert self.ask("GET", path).status_code == 404

    def clear(self) -> None:
        """As deleteEverythings: things first, since they take most of the rest along."""
        for name in (
            "Things",
            "Datastreams",
            "Sensors",
            "ObservedProperties",
            "Observations",
            "FeaturesOfInterest",
        ):
            self.clear_set(name)
        for name in ("HistoricalLocations", "Locations"):
            self.clear_set(name)

    def clear_set(self, name: str) -> None:
        for ident in self.ids(name, top=1000, select="id"):
            assert self.ask("DELETE", f"{name}({ident})").status_code == 200

    def counts(self) -> dict[str, int]:
        return {name: self.get(name, count="true", top=0)["@iot.count"] for name in SETS}


@contextmanager
def service(cluster: Cluster, home: Path) -> Iterator[Sta]:
    """The application on a city without kinds or things; its caller may do everything there."""
    with cluster.fresh(peopled_template(cluster)) as links, hub_on(links, home) as hub, direct(hub) as client:
        yield Sta(hub, client, token(hub, "", *WRITER))


def token(hub: Hub, region: str, *permissions: str) -> str:
    """A key for another system, of a region."""
    with hub.db.begin(issuer(hub)) as tx:
        return issue(tx, f"sta {region}", permissions, hub.regions[region], 30).secret


def issuer(hub: Hub) -> Actor:
    """Somebody of the demo who may issue keys."""
    person = hub.count("SELECT min(id) FROM identity_person")
    return Actor("person", person, "admin", frozenset({"admin.tokens"}), (hub.regions[""],))


def point(lon: float, lat: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [lon, lat]}


def location(name: str, shape: dict[str, Any], **more: Any) -> dict[str, Any]:
    encoding = "application/vnd.geo+json"
    return {"name": name, "description": name, "encodingType": encoding, "location": shape, **more}


def feature(name: str, shape: dict[str, Any]) -> dict[str, Any]:
    told = location(name, shape)
    told["feature"] = told.pop("location")
    return told


def sensor(name: str) -> dict[str, Any]:
    return {"name": name, "description": name, "encodingType": "application/pdf", "metadata": f"{name}.pdf"}


def observed(name: str) -> dict[str, Any]:
    return {"name": name, "definition": f"http://example.org/{name}", "description": name}


def datastream(name: str, **relations: Any) -> dict[str, Any]:
    unit = {"name": "degree Celsius", "symbol": "Cel", "definition": "ucum:Cel"}
    kind = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
    return {
        "name": name,
        "description": name,
        "unitOfMeasurement": unit,
        "observationType": kind,
        **relations,
    }


def ref(ident: int) -> dict[str, Any]:
    return {"@iot.id": ident}
