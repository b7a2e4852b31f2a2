"""Commands that run an installation: up, demo, serve, work, simulate."""

from __future__ import annotations

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
    app.command()(simulate)


def up(port: Port = None, host: Host = None, tls: Tls = False) -> None:
    """Run a real installation: database, web server and worker under one supervisor.

    Needs `chengyun migrate` and `chengyun user bootstrap` once before. Ctrl-C stops everything cleanly.
    """
    from chengyun.cli.launch import run_up

    run_up(Settings.from_env(), port, host, tls)


def demo(
    port: Port = None,
    host: Host = None,
    tls: Tls = False,
    reset: Annotated[
        bool, typer.Option("--reset", help="Throw the demo's data away and start afresh.")
    ] = False,
) -> None:
    """Run the whole city of Chongqing with three months of simulated history and a live simulator.

    The first start loads the city (minutes); later starts find it. Ctrl-C stops everything cleanly.
    """
    from chengyun.cli.demo.run import run_demo

    run_demo(Settings.from_env(), port, host, tls, reset)


def serve(certificate: Path | None = None, key: Path | None = None) -> None:
    """The web process (started by the supervisor)."""
    from chengyun.cli.processes import serve as run

    run(Settings.from_env(), (str(certificate), str(key)) if certificate and key else None)


def work() -> None:
    """The worker process (started by the supervisor)."""
    from chengyun.cli.processes import work as run

    run(Settings.from_env())


def simulate(
    url: Annotated[str, typer.Option(help="Address of the installation to move.")] = "http://127.0.0.1:8460",
    pace: Annotated[float, typer.Option(help="Simulated reports per minute.")] = 6.0,
) -> None:
    """Move a demo city: residents report, officers dispatch, crews handle, each by an API call of an account.

    It follows the demo's simulator switch: off, it changes nothing.
    """
    from chengyun.cli.demo.simulator import run

    run(url, pace)
