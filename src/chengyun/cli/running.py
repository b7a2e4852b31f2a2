"""Commands that run an installation: up, demo, serve, work, simulate."""

from __future__ import annotations

import signal
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from chengyun.kernel.settings import Settings

Port = Annotated[
    int | None, typer.Option(help="Port of the web server. Default: 8460, or the next free one.")
]
Host = Annotated[
    str | None, typer.Option(help="Address to listen on; 0.0.0.0 lets phones on the network in.")
]
Tls = Annotated[bool, typer.Option("--tls", help="Serve HTTPS with a certificate made for this machine.")]


def register(app: typer.Typer) -> None:
    app.command()(up)
    app.command()(demo)
    app.command(hidden=True)(serve)
    app.command(hidden=True)(work)
    app.command(hidden=True)(sense)
    app.command(hidden=True)(feel)
    app.command()(simulate)


def up(port: Port = None, host: Host = None, tls: Tls = False) -> None:
    """Run a real installation until Ctrl-C.

    Database, web server and worker under one supervisor. Needs `chengyun migrate`, territory, scenarios and `chengyun user bootstrap` once before
    (docs/howto/install.md). Ctrl-C stops everything cleanly.

    \b
    Example:
      CHENGYUN_HOME=/srv/chengyun chengyun up --host 0.0.0.0 --tls
    """
    from chengyun.cli.launch import run_up
    from chengyun.cli.runtime import alone

    settings = Settings.from_env()
    stop_on_signals()
    with alone(settings.home):
        run_up(settings, port, host, tls)


def demo(
    port: Port = None,
    host: Host = None,
    tls: Tls = False,
    reset: Annotated[
        bool, typer.Option("--reset", help="Throw the demo's data away and start afresh.")
    ] = False,
) -> None:
    """Run a simulated Chongqing until Ctrl-C.

    The whole city with three months of history and a live simulator. The first start loads the city (minutes); later starts find it. Ctrl-C stops everything cleanly.

    \b
    Example:
      chengyun demo --port 9000
    """
    from chengyun.cli.demo.run import run_demo, throw_away
    from chengyun.cli.runtime import alone, require_demo

    settings = replace(Settings.from_env(), demo=True)
    stop_on_signals()
    if reset:
        with alone(settings.home):
            require_demo(settings)
            throw_away(settings)
    with alone(settings.home):  # the reset has removed the lock with everything else
        run_demo(settings, port, host, tls, reset=False)


def serve(listener: int | None = None, certificate: Path | None = None, key: Path | None = None) -> None:
    """The web process (started by the supervisor)."""
    from chengyun.cli.serving import serve as run

    run(Settings.from_env(), listener, (str(certificate), str(key)) if certificate and key else None)


def work() -> None:
    """The worker process (started by the supervisor)."""
    from chengyun.cli.processes import work as run

    run(Settings.from_env())


def sense() -> None:
    """The live process of readings and vital signs (started by the supervisor)."""
    from chengyun.cli.processes import sense as run

    run(Settings.from_env())


def simulate(
    url: Annotated[str, typer.Option(help="Address of the installation to move.")] = "http://127.0.0.1:8460",
    pace: Annotated[float, typer.Option(help="Simulated reports per minute.")] = 6.0,
) -> None:
    """Move a demo city by API calls of its accounts.

    Residents report, officers dispatch, crews handle. It follows the demo's simulator switch: off, it changes nothing.

    \b
    Example:
      chengyun simulate --url http://127.0.0.1:8460 --pace 12
    """
    from chengyun.cli.demo.simulator import run

    run(url, pace)


def feel(
    url: Annotated[str, typer.Option(help="Address of the installation to feed.")] = "http://127.0.0.1:8460",
) -> None:
    """Send what the demo's simulated things feel (started by the demo)."""
    from chengyun.cli.demo.feeling.sending import run

    run(url)


def stop_on_signals() -> None:
    """Until the supervisor listens itself, SIGTERM and a closed terminal end us as Ctrl-C does, cleaning up."""

    def leave(*_: object) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)
