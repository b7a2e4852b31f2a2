"""What a PostgreSQL server looks like from outside: its files, its process, its port, its configuration."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from pathlib import Path

from chengyun.kernel import wal_archive
from chengyun.kernel.postgres_place import Account, EmbeddedError

MIN_FREE = 256 * 1024 * 1024


def read_json(path: Path) -> dict[str, object]:
    try:
        found = json.loads(path.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}
    return found if isinstance(found, dict) else {}


def write_json(path: Path, value: object, mode: int) -> None:
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w") as file:
        json.dump(value, file)
    fresh.replace(path)


def postmaster(data: Path) -> tuple[int | None, bool]:
    """The process that serves `data` and whether it is ready; (None, False) when there is none.

    After a power cut postmaster.pid may name a number that another program has now: its command line tells.
    """
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        pid = int(lines[0])
    except (FileNotFoundError, NotADirectoryError, IndexError, ValueError):
        return None, False
    if not _command_line(pid).strip().endswith(f"-D {data}"):
        return None, False
    return pid, len(lines) >= 8 and lines[7].strip() == "ready"


def _command_line(pid: int) -> str:
    """The command of a living process, else an empty string (also for one that ended but is not reaped)."""
    if Path("/proc/self").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return ""
    command = ["ps", "-o", "command=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def clear_stale(data: Path) -> None:
    """PostgreSQL itself keeps to a postmaster.pid whose number lives on in an unrelated process; we do not."""
    if postmaster(data)[0] is None:
        (data / "postmaster.pid").unlink(missing_ok=True)


def check_major(programs: Path, data: Path, who: Account) -> None:
    ours = who.run([programs / "postgres", "--version"]).stdout.split()[-1].split(".")[0]
    found = (data / "PG_VERSION").read_text().strip()
    if found != ours:
        raise EmbeddedError("embedded.other_major", found=found, ours=ours)


def any_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def failure(said: str, log: Path) -> EmbeddedError:
    if "No space left on device" in said:
        return EmbeddedError("embedded.disk_full", free_mb=0, need_mb=MIN_FREE >> 20)
    telling = [line for line in said.splitlines() if "FATAL" in line or "error" in line or "PANIC" in line]
    reason = (telling or said.splitlines() or ["?"])[-1].strip()
    return EmbeddedError("embedded.not_started", reason=reason, log=str(log))


def _values(port: int, socket_dir: Path, unsafe_fast: bool) -> dict[str, object]:
    """For two cores and little memory, nothing exotic."""
    memory_mb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    durable = (
        {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "autovacuum": "off"}
        if unsafe_fast
        else {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
    )
    return {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": socket_dir,
        "max_connections": 100,
        "shared_buffers": f"{min(512, max(64, memory_mb // 8))}MB",
        "effective_cache_size": f"{max(256, memory_mb // 2)}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "wal_compression": "on",
        "random_page_cost": 1.1,
        "jit": "off",
        "huge_pages": "off",
        "max_parallel_workers_per_gather": 1,
        "idle_in_transaction_session_timeout": "10min",
        "password_encryption": "scram-sha-256",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
        "log_line_prefix": "%m [%p] ",
        **durable,
    }


def configure(
    data: Path, who: Account, port: int, socket_dir: Path, unsafe_fast: bool, archive: Path | None = None
) -> None:
    """Write postgresql.conf whole at each start."""
    values = _values(port, socket_dir, unsafe_fast)
    values |= wal_archive.settings(archive) if archive else {}
    lines = ["# Written at each start; your own settings belong into local.conf beside this file."]
    lines += [f"{name} = '{value}'" for name, value in values.items()]
    path = data / "postgresql.conf"
    path.write_text("\n".join([*lines, "include_if_exists = 'local.conf'", ""]))
    who.own(path)
