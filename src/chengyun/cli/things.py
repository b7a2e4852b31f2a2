"""Commands about devices: things."""

from __future__ import annotations

import typer

from chengyun.kernel.settings import Settings

things = typer.Typer(no_args_is_help=True, help="Devices: what their broker must know.")


def register(app: typer.Typer) -> None:
    app.add_typer(things, name="things")


@things.callback()
def _group() -> None:
    """Devices: what their broker must know."""


@things.command()
def passwords() -> None:
    """Print the password file of Mosquitto: every device in use that was given a secret.

    The user is the device's code, the password its secret, which stands here as a hash. Mosquitto reads the file anew on SIGHUP.

    \b
    Example:
      chengyun things passwords > /etc/mosquitto/passwords
    """
    from chengyun.cli.runtime import opened
    from chengyun.sensing.service import broker_passwords

    with opened(Settings.from_env()) as tx:
        for line in broker_passwords(tx):
            print(line)
