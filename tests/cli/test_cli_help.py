"""Help that teaches: every command and every option says what it is for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from chengyun.cli.main import app

ROOT = typer.main.get_command(app)


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command with the words that call it."""
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, (*path, name))


EVERY = dict(commands(ROOT))


@pytest.mark.parametrize("path", sorted(EVERY), ids=" ".join)
def test_every_command_explains_itself(path: tuple[str, ...]) -> None:
    command = EVERY[path]
    assert command.help
    assert len(command.help) > 20
    for option in command.params:
        if option.param_type_name == "option" and not command.hidden:
            assert option.help, f"{' '.join(path)} {option.opts[0]}"
    shown = CliRunner().invoke(app, [*path, "--help"])
    assert shown.exit_code == 0
    assert command.help.split()[0] in shown.output


def test_the_commands_that_are_promised_exist() -> None:
    known = {" ".join(path) for path in EVERY}
    promised = {
        "up", "demo", "migrate", "territory import", "territory reorganise", "territory check", "user bootstrap",
        "scenario check", "simulate", "audit verify", "doctor", "bench",
    }  # fmt: skip
    assert promised <= known


def test_without_a_command_it_shows_how_to_begin() -> None:
    shown = CliRunner().invoke(app, [])
    assert "chengyun demo" in shown.output
    assert "user bootstrap" in shown.output
