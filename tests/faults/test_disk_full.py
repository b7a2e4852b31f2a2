"""The disk of the database fills up: nothing that was acknowledged is lost, and everything else says why."""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from chengyun.kernel.postgres import Embedded
from tests.faults.test_exactly_once import send
from tests.support import Cluster
from tests.web.support import COOKIE, Hub, browser, hub_on, ruled_template, served, sign_in, until

SIZE_MB = 420


@pytest.fixture
def small_disk(open_folder: Path) -> Iterator[Path]:
    """A file system of its own that can be filled without harm to others."""
    folder = open_folder / "disk"
    folder.mkdir(mode=0o755)
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m,mode=755", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a file system of its own can only be mounted by root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.nightly
def test_a_full_disk_loses_nothing(small_disk: Path, tmp_path: Path) -> None:
    home = small_disk / "home"
    server = Embedded(home, min_free=0)
    try:
        cluster = Cluster(server.start(), tmp_path)
        links = cluster.copy(ruled_template(cluster), "city")
        with hub_on(links, home) as hub, served(hub):
            told = fill_and_free(hub, server, small_disk / "ballast")
            numbers = hub.count("SELECT array_agg(number) FROM incidents_incident")
            assert set(told) <= set(numbers)
            assert len(told) == len(set(told))
    finally:
        server.destroy()


def fill_and_free(hub: Hub, server: Embedded, ballast: Path) -> list[str]:
    """Report while the disk is free, until it is full, and again when there is room; the numbers told."""
    with browser(hub) as client:
        sign_in(client, "shiqiaopu-duty")
        cookie = client.cookies[COOKIE]
    told = [send(hub.url, cookie, f"before-{n:03d}").json()["number"] for n in range(5)]
    with ballast.open("wb") as file:
        while True:
            try:
                file.write(bytes(1 << 20))
                file.flush()
            except OSError:
                break
    refused, chance = 0, random.Random(1)
    for number in range(100):
        # Such a text cannot be compressed: every report needs new blocks at once.
        text = "".join(chr(chance.randrange(0x4E00, 0x9FA5)) for _ in range(3_900))
        answer = send(hub.url, cookie, f"full-{number:03d}", text)
        if answer.status_code == 201:
            told.append(answer.json()["number"])
            continue
        assert answer.status_code == 503, answer.text
        assert answer.json()["code"].startswith(("database.", "web."))
        refused += 1
        if refused >= 3:
            break
    assert refused, "the disk never was full"
    ballast.unlink()
    until(lambda: server.start().port > 0)
    until(lambda: send(hub.url, cookie, "after-000").status_code == 201, 60)
    return [*told, send(hub.url, cookie, "after-001").json()["number"]]
