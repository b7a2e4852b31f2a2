"""Start an installation's processes and wait until it is healthy."""

from __future__ import annotations

import errno
import os
import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from chengyun.cli.runtime import Installation, announce, installation
from chengyun.cli.supervisor import Supervisor
from chengyun.cli.tls import outward, own_certificate
from chengyun.identity.service import check_mode
from chengyun.kernel import migrations
from chengyun.kernel.errors import AppError, Conflict, Unavailable
from chengyun.kernel.settings import Settings

FIRST_PORT = 8460
TRIES = 40  # ports after the first that are tried
PATIENCE = 60.0  # seconds until the web server has to be healthy
ASK_EVERY = 2.0  # seconds for one answer: it listens before it can answer
REVIVE_EVERY = 5.0  # seconds between attempts to start a crashed database server again
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104  compared, not bound


@dataclass(frozen=True, slots=True)
class Address:
    """Where the installation answers. `listener` is open already, so that nobody else can take the port."""

    host: str
    port: int
    listener: socket.socket
    certificate: tuple[Path, Path] | None

    @property
    def url(self) -> str:
        host = EVERYWHERE.get(self.host) or (f"[{self.host}]" if ":" in self.host else self.host)
        return f"{self.scheme}://{host}:{self.port}"

    @property
    def scheme(self) -> str:
        return "https" if self.certificate else "http"


def say(text: str) -> None:
    """One line for the person in front of the terminal, at once; a terminal that was closed hears nothing."""
    with suppress(OSError):
        print(text, flush=True)


def listen_on(host: str, port: int) -> socket.socket | None:
    """A socket that listens there; None when the port is taken. Raises Unavailable for an impossible address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(512)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            return None
        raise Unavailable("cli.no_host", host=host, reason=error.strerror or str(error)) from error
    return listener


def open_port(host: str, wanted: int | None) -> tuple[int, socket.socket]:
    """Listen on the wanted port, else on the first free one. Raises Conflict when it, or all, are taken."""
    ports = [wanted] if wanted is not None else range(FIRST_PORT, FIRST_PORT + TRIES)
    for port in ports:
        listener = listen_on(host, port)
        if listener is not None:
            return port, listener
    if wanted is not None:
        raise Conflict("cli.port_taken", port=wanted)
    raise Conflict("cli.ports_taken", first=FIRST_PORT, last=FIRST_PORT + TRIES - 1)


def address(settings: Settings, port: int | None, host: str | None, tls: bool) -> Address:
    """Where to listen, from options and settings; listens there already."""
    host = host or settings.host
    wanted = port or (settings.port if "CHENGYUN_PORT" in os.environ else None)
    certificate = _given_certificate(settings)
    if tls and certificate is None:
        certificate = own_certificate(settings.home)
    return Address(host, *open_port(host, wanted), certificate)


def _given_certificate(settings: Settings) -> tuple[Path, Path] | None:
    if not settings.tls_cert:
        return None
    pair = Path(settings.tls_cert), Path(settings.tls_key)
    for path in pair:
        if not os.access(path, os.R_OK) or path.is_dir():
            raise Unavailable("cli.no_certificate", file=str(path))
    return pair


def supervise(where: Installation, at: Address) -> Supervisor:
    """A supervisor that knows the web server and the worker; not started yet."""
    environment = {**where.environment(), "CHENGYUN_HOST": at.host, "CHENGYUN_PORT": str(at.port)}
    supervisor = Supervisor(environment, say)
    descriptor = at.listener.fileno()
    arguments = ["--listener", str(descriptor)]
    if at.certificate:
        arguments += ["--certificate", str(at.certificate[0]), "--key", str(at.certificate[1])]
    supervisor.add("web", "serve", *arguments, files=[descriptor])
    supervisor.add("worker", "work")
    supervisor.add("sense", "sense")
    announce(where.settings.home, at.url)
    return supervisor


def wait_healthy(at: Address, supervisor: Supervisor) -> None:
    """Return once the web server answers; a supervisor told to stop ends the wait. Raises Unavailable."""
    until = time.monotonic() + PATIENCE
    web = supervisor.children[0]
    with httpx.Client(verify=_trust(at), timeout=ASK_EVERY, trust_env=False) as client:
        while not supervisor.stopping.is_set():
            try:
                if client.get(f"{at.url}/api/health").status_code == 200:
                    tell_phones(at)
                    return
            except httpx.TransportError:
                pass  # not ready yet: that is what we wait for
            if not web.running():
                code = web.process.returncode if web.process else None
                raise Unavailable("cli.web_ended", exit=code, log=supervisor_log(supervisor))
            if time.monotonic() > until:
                raise Unavailable("cli.not_healthy", seconds=int(PATIENCE), log=supervisor_log(supervisor))
            supervisor.stopping.wait(0.1)


def tell_phones(at: Address) -> None:
    """When everybody may come in: the address to type into a phone."""
    if at.host in EVERYWHERE:
        for number in outward():
            if at.host == "::" or ":" not in number:
                host = f"[{number}]" if ":" in number else number
                say(f"手机 phones: {at.scheme}://{host}:{at.port}/m/")


def _trust(at: Address) -> ssl.SSLContext | bool:
    """Trust exactly the certificate that we serve, whatever names it holds: it is our own process that we ask."""
    if at.certificate is None:
        return True
    context = ssl.create_default_context(cafile=str(at.certificate[0]))
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def supervisor_log(supervisor: Supervisor) -> str:
    """Where the web process writes its log."""
    return str(Path(supervisor.environment.get("CHENGYUN_HOME", ".chengyun")) / "logs" / "web.log")


@dataclass
class Revival:
    """Starts an own database server again that crashed, as often as it takes."""

    where: Installation
    supervisor: Supervisor
    again: float = 0.0

    def look(self) -> None:
        server = self.where.server
        if server is None or time.monotonic() < self.again or server.running() is not None:
            return
        say("database: 意外退出，正在恢复 / crashed, recovering")
        try:
            running = server.start()
        except AppError as error:
            self.again = time.monotonic() + REVIVE_EVERY
            say(f"database: {error}")
            return
        if running.app_url != self.where.app_url:  # somebody else has its port now
            self.where = replace(self.where, owner_url=running.owner_url, app_url=running.app_url)
            moved = {"CHENGYUN_DATABASE_URL": running.app_url}
            self.supervisor.restart({**self.supervisor.environment, **moved})


def keep_alive(where: Installation, supervisor: Supervisor) -> None:
    """Watch until asked to stop; an own database server that crashed is started again."""
    supervisor.watch(Revival(where, supervisor).look)
    say("正在停止… stopping")
    supervisor.stop()


def run_up(settings: Settings, port: int | None, host: str | None, tls: bool) -> None:
    """`chengyun up`."""
    settings = replace(settings, demo=False)
    with installation(settings) as where:
        migrations.check_current(where.owner_url)
        _refuse_demo(where)
        at = address(settings, port, host, tls)
        supervisor = supervise(where, at)
        supervisor.listen()
        supervisor.start()
        try:
            wait_healthy(at, supervisor)
            if not supervisor.stopping.is_set():
                say(f"城运 chengyun: {at.url}")
            keep_alive(where, supervisor)
        finally:
            supervisor.stop()


def _refuse_demo(where: Installation) -> None:
    database = where.database()
    try:
        check_mode(database, demo=False)
    finally:
        database.dispose()
