"""Commands that keep the installation and bring it back: backup, restore."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from chengyun.kernel.settings import Settings


def register(app: typer.Typer) -> None:
    app.command("backup")(backup)
    app.command("restore")(restore)


def moment(text: str) -> datetime | None:
    """An ISO time; without a zone it is Shanghai's."""
    from chengyun.kernel.calendar import SHANGHAI

    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text} is no time such as 2026-11-22T14:30:00+08:00") from error
    return found if found.tzinfo else found.replace(tzinfo=SHANGHAI)


def backup(
    to: Annotated[Path | None, typer.Option(help="Folder for backups. Default: CHENGYUN_BACKUP_DIR.")] = None,
    keep: Annotated[int, typer.Option(help="Keep so many of the newest backups; 0: all.", min=0)] = 0,
    show: Annotated[bool, typer.Option("--list", help="List the backups that are there.")] = False,
    check: Annotated[Path | None, typer.Option(help="Read one backup against its hashes.")] = None,
) -> None:
    """Back up database and attachments, while the installation runs.

    The secret key is never in a backup: keep it apart. With CHENGYUN_BACKUP_DIR set the database also hands its log over, so that any later moment can be restored.

    \b
    Example:
      CHENGYUN_BACKUP_DIR=/mnt/backups chengyun backup --keep 14
    """
    from chengyun.cli import keeping

    settings = Settings.from_env()
    if check is not None:
        lines = keeping.checked(check)
    elif show:
        lines = keeping.shown(keeping.folder_of(settings, to))
    else:
        lines = keeping.back_up(settings, keeping.folder_of(settings, to), keep)
    print("\n".join(lines))


def restore(
    folder: Annotated[Path, typer.Argument(help="A backup, or the folder of backups.", exists=True)],
    at: Annotated[
        str, typer.Option(help="The moment to go back to; default: the newest that is there.")
    ] = "",
    replace: Annotated[
        bool, typer.Option("--replace", help="Put it in the place of the data that is in this home.")
    ] = False,
    key: Annotated[Path | None, typer.Option(help="The secret key that was kept apart.")] = None,
) -> None:
    """Bring a backup back into this home, to its newest state or to a moment.

    Everything is checked, restored aside and examined before the home is touched; what was there is kept under another name. Stop the installation first.

    \b
    Example:
      chengyun restore /mnt/backups --at "2026-11-22 14:30" --replace
    """
    from chengyun.cli import keeping
    from chengyun.cli.runtime import alone

    settings = Settings.from_env()
    with alone(settings.home):
        print("\n".join(keeping.bring_back(settings, folder, moment(at), replace, key)))
