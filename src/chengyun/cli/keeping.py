"""What `chengyun backup` and `chengyun restore` do, step by step."""

from __future__ import annotations

import shutil
import time
from datetime import datetime
from pathlib import Path

import psycopg

from chengyun.attachments import service as attachments
from chengyun.cli.runtime import DEMO_MARK, Installation, embedded, installation, nobody_else
from chengyun.identity.vault import fingerprint_of, key_file
from chengyun.kernel import audit, migrations, wal_archive
from chengyun.kernel import backup as backups
from chengyun.kernel.backup import Facts, Manifest
from chengyun.kernel.calendar import SHANGHAI
from chengyun.kernel.contracts import system_actor
from chengyun.kernel.errors import Conflict, Unavailable
from chengyun.kernel.postgres_place import binaries
from chengyun.kernel.restoring import Restored, Restoring
from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Database

READER = system_actor("audit")


def folder_of(settings: Settings, given: Path | None) -> Path:
    """Where backups go. Raises Unavailable("backup.no_folder"), and "backup.foreign" for a server that is not ours."""
    _refuse_foreign(settings)
    if given is None and not settings.backup_dir:
        raise Unavailable("backup.no_folder")
    return (given or Path(settings.backup_dir)).expanduser().resolve()


def _refuse_foreign(settings: Settings) -> None:
    if settings.database_url:
        raise Unavailable("backup.foreign")


# backup


def back_up(settings: Settings, into: Path, keep: int) -> list[str]:
    """Make a backup; what to tell."""
    began = time.monotonic()
    into.mkdir(mode=0o711, parents=True, exist_ok=True)
    with installation(settings) as where:
        server = embedded(settings)
        running = server.running()
        assert running is not None  # noqa: S101  `installation` has started it
        facts, contents = _facts(settings, where)
        made = backups.take(running, binaries(server.account()), into, facts, contents)
        copied = _copy_contents(settings, contents, into)
        archived = _archives(running.admin_url, into)
    manifest = backups.check(made)
    gone = backups.keep(into, keep) if keep else []
    size = sum(size for size, _ in manifest.files.values())
    lines = [
        f"备份完成 backup done: {made}",
        f"  {size >> 20:,} MB, {manifest.contents:,} 个附件 attachments ({copied:,} 新 new),"
        f" {time.monotonic() - began:.1f} s",
        f"  审计 audit {manifest.audit_head}",
        f"  密钥不在备份中，请另行保管 the key is NOT in the backup, keep it apart: {key_file(settings)}",
        *(f"  已删除 removed: {folder}" for folder in gone),
    ]
    if not archived:
        lines.append(
            "  日志未归档，只能恢复到备份时刻：设置 CHENGYUN_BACKUP_DIR 后重启"
            " the log is not kept: only the backup's own moment can be restored; set CHENGYUN_BACKUP_DIR and restart"
        )
    return lines


def _facts(settings: Settings, where: Installation) -> tuple[Facts, list[str]]:
    database = Database(where.app_url, pool_size=2)
    try:
        with database.begin(READER) as tx:
            head = str(audit.head(tx))
            contents = attachments.listed(tx)
    finally:
        database.dispose()
    schema = migrations.current(where.owner_url) or ""
    demo = settings.demo or (settings.home / DEMO_MARK).exists()
    return Facts(schema, demo, head, fingerprint_of(key_file(settings))), contents


def _copy_contents(settings: Settings, contents: list[str], into: Path) -> int:
    source = attachments.storage_of(settings)
    if not isinstance(source, attachments.DiskStorage):
        return 0  # a bucket has its own copies
    return attachments.copy(contents, source, attachments.beside(into))


def _archives(admin_url: str, into: Path) -> bool:
    """Whether the running server hands its log over to this folder."""
    with psycopg.connect(admin_url, autocommit=True) as admin:
        row = admin.execute(
            "SELECT current_setting('archive_mode'), current_setting('archive_command')"
        ).fetchone()
        assert row is not None  # noqa: S101
        if row[0] == "on" and str(into / wal_archive.FOLDER) in row[1]:
            admin.execute("SELECT pg_switch_wal()")
            return True
    return False


def checked(folder: Path) -> list[str]:
    manifest = backups.check(folder)
    return [f"完好 whole: {folder}", *_of(manifest)]


def shown(folder: Path) -> list[str]:
    found = backups.listed(folder)
    return [line for path, manifest in found for line in (str(path), *_of(manifest))] or [f"∅ {folder}"]


def _of(manifest: Manifest) -> list[str]:
    size = sum(size for size, _ in manifest.files.values()) >> 20
    done = manifest.done_at.astimezone(SHANGHAI).isoformat(timespec="seconds")
    return [f"  {done}, {size:,} MB, {manifest.contents:,} 个附件 attachments, schema {manifest.schema}"]


# restore


def bring_back(
    settings: Settings, where: Path, at: datetime | None, replace: bool, key: Path | None
) -> list[str]:
    """Restore; what to tell. Until the restored server has been examined, this home is as it was."""
    began = time.monotonic()
    _refuse_foreign(settings)
    folder = backups.choose(where.resolve(), at)
    manifest = backups.check(folder)
    _check_key(settings, manifest, key)
    server = embedded(settings)
    with nobody_else(settings.home):
        server.stop()
        restoring = Restoring(server, folder, folder.parent / wal_archive.FOLDER)
        if restoring.living.exists() and not replace:
            raise Conflict("backup.living", home=str(settings.home))
        try:
            restoring.begin()
            with restoring.running(at) as restored:
                told = _examine(settings, manifest, restored, folder, began)
            former = restoring.put_in_place()
        finally:
            restoring.discard()
    _take_key(settings, key)
    if manifest.demo:
        (settings.home / DEMO_MARK).touch()
    kept = [f"  原数据保留在 what was there before: {former}"] if former else []
    again = "  请立即再做一次备份 make a new backup now: chengyun backup"
    return [*told, *kept, f"  {time.monotonic() - began:.1f} s", again]


def _check_key(settings: Settings, manifest: Manifest, key: Path | None) -> None:
    file = key or key_file(settings)
    if manifest.key_fingerprint and fingerprint_of(file) != manifest.key_fingerprint:
        raise Conflict("backup.other_key", file=str(file))


def _take_key(settings: Settings, key: Path | None) -> None:
    """A key that was kept apart goes to where this home looks for it, which has none or the same."""
    target = key_file(settings)
    if key is not None and not target.exists():
        target.touch(mode=0o600)
        shutil.copyfile(key, target)


def _examine(
    settings: Settings, manifest: Manifest, restored: Restored, folder: Path, began: float
) -> list[str]:
    """Verify the audit chain against the head that the backup noted, and bring the attachments."""
    database = Database(restored.url, pool_size=2)
    try:
        with database.begin(READER) as tx:
            found = audit.verify(tx, [audit.Head.parse(manifest.audit_head)])
            contents = attachments.listed(tx)
    finally:
        database.dispose()
    if not found.ok:
        raise Unavailable("backup.audit_broken", seq=found.first_broken, why=found.why)
    reached = restored.reached or manifest.done_at
    return [
        f"已恢复 restored: {folder}",
        f"  到达 reached {reached.astimezone(SHANGHAI).isoformat()}",
        f"  审计完整 audit ok: {found.sealed:,} 已封存 sealed, {found.unsealed:,} 未封存 not sealed yet",
        _attachments(settings, contents, folder),
        f"  数据库 database {time.monotonic() - began:.1f} s",
    ]


def _attachments(settings: Settings, contents: list[str], folder: Path) -> str:
    target = attachments.storage_of(settings)
    if not isinstance(target, attachments.DiskStorage):
        return "  附件在对象存储中 attachments are in the bucket"
    brought = attachments.copy(contents, attachments.beside(folder.parent), target)
    missing = sum(not target.exists(one) for one in contents)
    return f"  附件 attachments {len(contents):,}: {brought:,} 取自备份 from the backup, {missing:,} 缺失 missing"
