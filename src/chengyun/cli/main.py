"""`chengyun`: every command, each explained by its own help."""

from __future__ import annotations

import sys

import typer

from chengyun.cli import admin, inside, running
from chengyun.kernel.errors import AppError, text_of

app = typer.Typer(
    name="chengyun",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help=(
        "城运 chengyun: an open city operations and governance centre.\n\n"
        "Try it:            chengyun demo\n\n"
        "Run a real city:   chengyun migrate, user bootstrap, territory import, scenario install, up\n\n"
        "Look inside:       chengyun doctor, chengyun audit verify, chengyun scenario check"
    ),
)
running.register(app)
admin.register(app)
inside.register(app)


def main() -> None:
    """Run the command line; an expected error is one clear line and exit code 2."""
    try:
        app()
    except AppError as error:
        print(text_of(error, "zh"), file=sys.stderr)
        print(text_of(error, "en"), file=sys.stderr)
        sys.exit(2)
