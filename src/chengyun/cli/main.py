"""`chengyun`: every command, each explained by its own help."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path

import typer
from typer.exceptions import TyperException

import chengyun.cli.messages  # noqa: F401  registers the sentences
from chengyun.cli import admin, backups, inside, people, running, things
from chengyun.kernel.errors import AppError, Unavailable, text_of

FAILED = 2  # the exit code of everything that was refused or went wrong
INTERRUPTED = 130

app = typer.Typer(
    name="chengyun",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help=(
        "城运 chengyun: an open city operations and governance centre.\n\n"
        "\b\n"
        "Try it:           chengyun demo\n"
        "Run a real city:  chengyun migrate, territory import, scenario install,\n"
        "                  user bootstrap, up\n"
        "Look inside:      chengyun doctor, audit verify, scenario check\n\n"
        "Settings are environment variables, CHENGYUN_HOME first (docs/reference/settings.md).\n\n"
        "\b\n"
        "Example:\n"
        "  CHENGYUN_HOME=/srv/chengyun chengyun doctor"
    ),
)
running.register(app)
admin.register(app)
people.register(app)
things.register(app)
inside.register(app)
backups.register(app)


def main() -> None:
    """The edge: whatever goes wrong ends as one clear line in Chinese, one in English, and exit code 2."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line; its exit code."""
    try:
        done = app(list(arguments), prog_name="chengyun", standalone_mode=False)
    except AppError as error:
        return tell(error)
    except TyperException as error:
        return wrong_usage(error)
    except typer.Abort:
        print("已取消。 Cancelled.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader (`| head`) has seen enough; Python would complain when it closes standard output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OSError as error:
        if error.filename is None:
            return crashed(error)
        return tell(Unavailable("cli.file", file=error.filename, reason=error.strerror))
    except Exception as error:  # noqa: BLE001  the edge
        return crashed(error)
    return done if isinstance(done, int) else 0


def tell(error: AppError) -> int:
    """Say what was refused, in both languages."""
    print(text_of(error, "zh"), file=sys.stderr)
    print(text_of(error, "en"), file=sys.stderr)
    return FAILED


def wrong_usage(error: TyperException) -> int:
    """A command line that cannot be understood; one without anything gets the help instead."""
    said = error.format_message()
    if "\n" in said:
        print(said, file=sys.stderr)
        return FAILED
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "chengyun"
    return tell(AppError("cli.usage", said=said.rstrip("."), command=command))


def crashed(error: Exception) -> int:
    """A mistake of ours: one line for the person, the traceback for whoever mends it."""
    descriptor, name = tempfile.mkstemp(prefix="chengyun-crash-", suffix=".txt")
    os.close(descriptor)
    text = "".join(traceback.format_exception(error))
    Path(name).write_text(f"chengyun {' '.join(sys.argv[1:2])}\n{text}", encoding="utf-8")
    return tell(AppError("cli.internal", kind=type(error).__name__, file=name))
