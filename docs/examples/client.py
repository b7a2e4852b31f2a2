"""Report, follow, verify. Run it with CITY (an address) and KEY (an API token) set."""

import os
import time
from base64 import b64decode, b64encode
from hmac import compare_digest, digest

import httpx


def report(city: httpx.Client, key: str, **said: object) -> dict:
    """Send a report; sent again with the same key, it acts once."""
    return city.post("/api/incidents/reports", json=said, headers={"Idempotency-Key": key}).json()


def follow(city: httpx.Client, receipt: dict) -> dict:
    return city.get(f"/api/incidents/tracking/{receipt['tracking']}").json()


def verified(secret: str, got: dict, body: bytes) -> bool:
    """Whether a webhook with the headers `got` is the city's, and no older than five minutes."""
    stamp, key = got["webhook-timestamp"], b64decode(secret.removeprefix("whsec_"))
    mine = "v1," + b64encode(digest(key, f"{got['webhook-id']}.{stamp}.".encode() + body, "sha256")).decode()
    right = any(compare_digest(one, mine) for one in got["webhook-signature"].split())
    return right and abs(time.time() - int(stamp)) < 300


if __name__ == "__main__":
    city = httpx.Client(base_url=os.environ["CITY"], headers={"Authorization": "Bearer " + os.environ["KEY"]})
    print(follow(city, report(city, "key-0001", text="垃圾", lon=106.48, lat=29.52))["state_label"])
