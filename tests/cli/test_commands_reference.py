"""The page of commands is what the help says, and every command shows an example that exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from chengyun.cli.main import app
from chengyun.cli.reference import reference

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "commands.md"
ROOT = typer.main.get_command(app)
LEAVES = [
    path
    for path in re.findall(r"^## chengyun (.+)$", reference(), re.MULTILINE)
    if path not in {"territory", "scenario", "calendar", "user", "audit", "things"}
]


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference()


def test_hidden_commands_are_not_on_it() -> None:
    assert "serve" not in LEAVES
    assert {"up", "user create", "territory reorganise"} <= set(LEAVES)


@pytest.mark.parametrize("path", LEAVES)
def test_every_command_shows_an_example_of_itself(path: str) -> None:
    section = reference().split(f"## chengyun {path}\n", 1)[1].split("\n## ", 1)[0]
    example = section.split("Example:\n", 1)[1].split("\n\n", 1)[0]
    assert f"chengyun {path}" in example
    options = set(re.findall(r"--[a-z-]+", example))
    known = set(re.findall(r"^  (--[a-z-]+)", section, re.MULTILINE))
    assert options <= known
