"""Both storages keep the same contract."""

from __future__ import annotations

import errno
import hashlib
import io
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chengyun.attachments.storage import DiskStorage, Storage, put_bytes, storage_of
from chengyun.kernel.errors import NotFound, Unavailable
from chengyun.kernel.settings import Settings
from tests.attachments.support import s3_server

DATA = os.urandom(700_000)
SHA = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(params=["disk", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Storage]:
    if request.param == "disk":
        yield storage_of(Settings(home=tmp_path))
        return
    with s3_server() as (endpoint, _):
        yield storage_of(
            Settings(
                home=tmp_path,
                s3_endpoint=endpoint,
                s3_bucket="evidence",
                s3_access_key="a",
                s3_secret_key="b" * 8,
            )
        )


def test_what_is_put_is_read_whole_and_in_part(storage: Storage) -> None:
    assert not storage.exists(SHA)
    put_bytes(storage, SHA, DATA, "image/jpeg")
    put_bytes(storage, SHA, DATA, "image/jpeg")
    assert storage.exists(SHA)
    assert b"".join(storage.read(SHA)) == DATA
    assert b"".join(storage.read(SHA, 5, 300_000)) == DATA[5:300_005]
    assert [name for name, _ in storage.listing()] == [SHA]


def test_what_is_deleted_is_gone_and_deleting_again_is_fine(storage: Storage) -> None:
    put_bytes(storage, SHA, DATA, "image/jpeg")
    storage.delete(SHA)
    storage.delete(SHA)
    assert not storage.exists(SHA)
    with pytest.raises(NotFound):
        storage.read(SHA)
    assert list(storage.listing()) == []


def test_a_listing_knows_when(tmp_path: Path) -> None:
    disk = DiskStorage(tmp_path)
    put_bytes(disk, SHA, DATA, "image/jpeg")
    ((_, stored),) = disk.listing()
    assert abs(stored - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_bucket_out_of_reach_is_told_as_such(tmp_path: Path) -> None:
    settings = Settings(
        home=tmp_path, s3_endpoint="http://127.0.0.1:9", s3_access_key="a", s3_secret_key="b" * 8
    )
    with pytest.raises(Unavailable) as told:
        storage_of(settings).exists(SHA)
    assert told.value.code == "attachments.storage_away"


def test_a_full_disk_is_told_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = DiskStorage(tmp_path)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable) as told:
        disk.put(SHA, io.BytesIO(DATA), len(DATA), "image/jpeg")
    assert told.value.code == "attachments.disk_full"
    assert not disk.exists(SHA)
    assert list(disk.incoming.iterdir()) == []
