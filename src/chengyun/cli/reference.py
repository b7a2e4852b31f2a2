"""The text of docs/reference/commands.md, from the commands' own help: `python -m chengyun.cli.reference`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import typer

WIDTH = 100
HEAD = """# Commands

Written by `python -m chengyun.cli.reference > docs/reference/commands.md`; a test keeps it current. The same text is
shown by `--help`.

Exit codes: 0 done; 1 a check found something wrong; 2 refused or failed, with one line in Chinese and one in English;
130 interrupted.
"""


def reference() -> str:
    """The whole page."""
    from chengyun.cli.main import app

    root = typer.main.get_command(app)
    parts = [f"## {path}\n\n```text\n{shown}\n```\n" for path, shown in _helps(root, "chengyun", None)]
    return "\n".join([HEAD, *parts])


def _helps(command: Any, path: str, above: Any) -> Iterator[tuple[str, str]]:
    """The help of a command and of those below it, in the order of the help."""
    context = command.context_class(
        command, info_name=path.rpartition(" ")[2], parent=above, terminal_width=WIDTH
    )
    yield path, command.get_help(context).strip()
    for name, below in getattr(command, "commands", {}).items():
        if not below.hidden:
            yield from _helps(below, f"{path} {name}", context)


if __name__ == "__main__":
    sys.stdout.write(reference())
