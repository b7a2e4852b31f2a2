"""Backups of the embedded database: a folder per backup, complete or not there, with the hash of every file.

BACKUPS/2026-11-22T143000Z/   manifest.json, manifest.sha256, database/base.tar, database/pg_wal.tar, contents.txt
BACKUPS/wal/                  the log since (wal_archive.py)
BACKUPS/contents/             attachments by hash, shared by all backups (attachments/mirroring.py)
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chengyun.kernel import wal_archive
from chengyun.kernel.durable import sync
from chengyun.kernel.errors import Conflict, Unavailable
from chengyun.kernel.postgres import ADMIN, Running
from chengyun.kernel.postgres_place import clean_environment

FORMAT = 1
MANIFEST, SEAL = "manifest.json", "manifest.sha256"
BASE, LOG, CONTENTS = "database/base.tar", "database/pg_wal.tar", "contents.txt"
STAMP = "%Y-%m-%dT%H%M%S.%fZ"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. `done_at` is the first moment that it can be restored to; hashes are SHA-256."""

    made_at: datetime
    done_at: datetime
    server: str  # PostgreSQL's version
    schema: str
    demo: bool
    start_lsn: str
    timeline: int
    audit_head: str
    key_fingerprint: str
    contents: int
    files: dict[str, tuple[int, str]] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def first_segment(self) -> int:
        return wal_archive.number_at(self.start_lsn)

    def as_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, default=str)

    @classmethod
    def parse(cls, text: str) -> Manifest:
        """Raises ValueError, KeyError, TypeError for anything else."""
        told: dict[str, Any] = json.loads(text)
        if told["format"] != FORMAT:
            raise ValueError(f"format {told['format']}")
        for name in ("made_at", "done_at"):
            told[name] = datetime.fromisoformat(told[name])
        told["files"] = {name: (int(size), str(digest)) for name, (size, digest) in told["files"].items()}
        return cls(**told)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the installation says of itself when a backup is made."""

    schema: str
    demo: bool
    audit_head: str
    key_fingerprint: str


def take(running: Running, programs: Path, into: Path, facts: Facts, contents: Iterable[str]) -> Path:
    """Make a backup of a running server in a new folder of `into`; that folder. `contents` are listed, not copied."""
    made_at = datetime.now(UTC)
    final = into / made_at.strftime(STAMP)
    fresh = into / f".making-{final.name}"
    try:
        (fresh / "database").mkdir(parents=True, mode=0o700)
        _base_backup(running, programs, fresh / "database")
        listed = sorted(contents)
        (fresh / CONTENTS).write_text("".join(f"{one}\n" for one in listed), encoding="ascii")
        begun = json.loads((fresh / "database" / "backup_manifest").read_bytes())["WAL-Ranges"][0]
        manifest = Manifest(
            made_at=made_at,
            done_at=datetime.now(UTC),
            server=(running.data / "PG_VERSION").read_text().strip(),
            schema=facts.schema,
            demo=facts.demo,
            start_lsn=begun["Start-LSN"],
            timeline=begun["Timeline"],
            audit_head=facts.audit_head,
            key_fingerprint=facts.key_fingerprint,
            contents=len(listed),
            files={name: hashed(fresh / name) for name in (BASE, LOG, CONTENTS)},
        )
        _seal(fresh, manifest)
        fresh.rename(final)
        sync(into)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return final


def _base_backup(running: Running, programs: Path, target: Path) -> None:
    where = ["-h", "127.0.0.1", "-p", str(running.port), "-U", ADMIN, "--no-password"]
    how = ["-D", str(target), "--format=tar", "--wal-method=stream", "--checkpoint=fast"]
    password = running.admin_url.split("@", 1)[0].rsplit(":", 1)[1]
    done = subprocess.run(
        [str(programs / "pg_basebackup"), *where, *how, "--manifest-checksums=SHA256"],
        env={**clean_environment(), "PGPASSWORD": password},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Unavailable("backup.failed", reason=" ".join(done.stderr.split()))


def _seal(folder: Path, manifest: Manifest) -> None:
    text = manifest.as_json()
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    (folder / SEAL).write_text(hashlib.sha256(text.encode()).hexdigest() + "\n", encoding="ascii")
    for name in (MANIFEST, SEAL, *manifest.files):
        sync(folder / name)
    sync(folder)


def hashed(path: Path) -> tuple[int, str]:
    """Size and SHA-256 of a file."""
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()


def read(folder: Path) -> Manifest:
    """A backup's manifest. Raises Unavailable("backup.damaged") where it was changed or cannot be read."""
    try:
        text = (folder / MANIFEST).read_text(encoding="utf-8")
        seal = (folder / SEAL).read_text(encoding="ascii").strip()
        if hashlib.sha256(text.encode()).hexdigest() != seal:
            raise Unavailable("backup.damaged", file=str(folder / MANIFEST))
        return Manifest.parse(text)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Unavailable("backup.damaged", file=str(folder / MANIFEST)) from error


def check(folder: Path) -> Manifest:
    """Read every byte of a backup against its manifest. Raises Unavailable("backup.damaged") for the first bad file."""
    manifest = read(folder)
    for name, told in manifest.files.items():
        path = folder / name
        if not path.is_file() or hashed(path) != told:
            raise Unavailable("backup.damaged", file=str(path))
    return manifest


def listed(backups: Path) -> list[tuple[Path, Manifest]]:
    """Whole backups in a folder, oldest first; damaged manifests are left out."""
    found = []
    for folder in sorted(backups.iterdir()) if backups.is_dir() else []:
        if folder.name.startswith(".") or not (folder / MANIFEST).exists():
            continue
        try:
            found.append((folder, read(folder)))
        except Unavailable:
            continue
    return found


def choose(where: Path, at: datetime | None) -> Path:
    """`where` is a backup, or a folder of backups: then the newest that was done before `at`.

    Raises Unavailable("backup.none"), Conflict("backup.too_early") where the moment lies before the backup's end.
    """
    if (where / MANIFEST).exists():
        if at is not None and (done := read(where).done_at) > at:
            raise Conflict("backup.too_early", at=at.isoformat(), done=done.isoformat())
        return where
    known = [(folder, manifest) for folder, manifest in listed(where) if at is None or manifest.done_at <= at]
    if not known:
        raise Unavailable("backup.none", folder=str(where))
    return known[-1][0]


def keep(backups: Path, most: int) -> list[Path]:
    """Remove all but the newest `most` backups, and the log that only they needed; what is gone."""
    known = listed(backups)
    gone = [folder for folder, _ in known[:-most]]
    for folder in gone:
        shutil.rmtree(folder)
    left = known[-most:]
    if gone and left:
        wal_archive.forget(backups / wal_archive.FOLDER, min(m.first_segment for _, m in left))
    return gone
