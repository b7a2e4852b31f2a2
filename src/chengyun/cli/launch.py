"""Start an installation's processes and wait until it is healthy."""

from __future__ import annotations

import os
import socket
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import typer

from chengyun.cli.runtime import Installation, installation
from chengyun.cli.supervisor import Supervisor
from chengyun.cli.tls import own_certificate
from chengyun.kernel import migrations
from chengyun.kernel.settings import Settings

FIRST_PORT = 8460
TRIES = 40  # ports after the first that are tried
PATIENCE = 60.0  # seconds until the web server has to be healthy


@dataclass(frozen=True, slots=True)
class Address:
    """Where the installation answers."""

    host: str
    port: int
    certificate: tuple[Path, Path] | None

    @property
    def url(self) -> str:
        host = "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104  compared, not bound
        return f"{'https' if self.certificate else 'http'}://{host}:{self.port}"


def say(text: str) -> None:
    """One line for the person in front of the terminal, at once."""
    print(text, flush=True)


def free(host: str, port: int) -> bool:
    """Whether a server could listen on this port now."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def choose_port(host: str, wanted: int | None) -> int:
    """The wanted port, or the first free one; a port that was asked for and is taken is an error in words."""
    if wanted is not None:
        if not free(host, wanted):
            print(
                f"端口 {wanted} 已被占用，请用 --port 另选一个。Port {wanted} is taken: choose another.",
                file=sys.stderr,
            )
            raise typer.Exit(2)
        return wanted
    for port in range(FIRST_PORT, FIRST_PORT + TRIES):
        if free(host, port):
            return port
    print(
        f"端口 {FIRST_PORT}–{FIRST_PORT + TRIES - 1} 全部被占用。All of these ports are taken.",
        file=sys.stderr,
    )
    raise typer.Exit(2)


def address(settings: Settings, port: int | None, host: str | None, tls: bool) -> Address:
    """Where to listen, from options and settings."""
    host = host or settings.host
    wanted = port or (settings.port if "CHENGYUN_PORT" in os.environ else None)
    certificate = (Path(settings.tls_cert), Path(settings.tls_key)) if settings.tls_cert else None
    if tls and certificate is None:
        certificate = own_certificate(settings.home)
    return Address(host, choose_port(host, wanted), certificate)


def supervise(where: Installation, at: Address) -> Supervisor:
    """A supervisor that knows the web server and the worker; not started yet."""
    environment = {
        **where.environment(),
        "CHENGYUN_HOST": at.host,
        "CHENGYUN_PORT": str(at.port),
    }
    supervisor = Supervisor(environment, say)
    keys = []
    if at.certificate:
        keys = ["--certificate", str(at.certificate[0]), "--key", str(at.certificate[1])]
    supervisor.add("web", "serve", *keys)
    supervisor.add("worker", "work")
    return supervisor


def wait_healthy(at: Address, supervisor: Supervisor) -> None:
    """Return once the web server answers; a supervisor told to stop ends the wait."""
    until = time.monotonic() + PATIENCE
    verify = str(at.certificate[0]) if at.certificate else True
    with httpx.Client(verify=verify, timeout=2.0, trust_env=False) as client:
        while not supervisor.stopping.is_set():
            try:
                if client.get(f"{at.url}/api/health").status_code == 200:
                    return
            except httpx.TransportError:
                pass  # not listening yet: that is what we wait for
            if time.monotonic() > until:
                raise typer.BadParameter(f"the web server did not become healthy within {PATIENCE:g} s")
            supervisor.stopping.wait(0.1)


def keep_alive(where: Installation, supervisor: Supervisor) -> None:
    """Watch until asked to stop; an own database server that crashed is started again."""

    def database() -> None:
        if where.server is not None and where.server.running() is None:
            say("database: 意外退出，正在恢复 / crashed, recovering")
            where.server.start()

    supervisor.watch(database)
    say("正在停止… stopping")
    supervisor.stop()


def run_up(settings: Settings, port: int | None, host: str | None, tls: bool) -> None:
    """`chengyun up`."""
    if settings.demo:
        settings = replace(settings, demo=False)
    at = address(settings, port, host, tls)
    with installation(settings) as where:
        migrations.check_current(where.owner_url)
        supervisor = supervise(where, at)
        supervisor.listen()
        supervisor.start()
        try:
            wait_healthy(at, supervisor)
            say(f"城运 chengyun: {at.url}")
            keep_alive(where, supervisor)
        finally:
            supervisor.stop()
