"""docs/howto/backup.md, command by command, in its own order: on a real server, in folders of the test's own."""

from __future__ import annotations

import re
import shlex
import shutil
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import pytest

from chengyun.cli.main import run
from chengyun.cli.runtime import embedded
from chengyun.identity.vault import open_vault
from chengyun.kernel.calendar import SHANGHAI
from chengyun.kernel.settings import Settings
from tests.faults.test_restore import House, act, at

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "backup.md"
MOMENT = re.compile(r'--at "[^"]+"')


def lines() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


class Reader:
    """Somebody who types what the page says; its folders are elsewhere, and `chengyun up` is a server that runs."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.folder, self.patch, self.server = folder, patch, ExitStack()
        at(patch, folder / "home", folder / "mnt/backups")
        self.moment = ""
        self.homes = {folder / "home"}

    def types(self, line: str) -> None:
        words = shlex.split(self.placed(line))
        if words[0] == "export":
            self.patch.setenv(*words[1].split("=", 1))
            return
        with self.patch.context() as only_here:
            while "=" in words[0]:
                only_here.setenv(*words.pop(0).split("=", 1))
            assert words.pop(0) == "chengyun", line
            self.homes.add(Settings.from_env().home)
            if words == ["up"]:
                self.starts()
                return
            if words[0] == "restore":
                self.server.close()  # "Stop the installation."
            assert run(words) == 0, line

    def placed(self, line: str) -> str:
        for theirs in (
            "/srv/chengyun",
            "/srv/new",
            "/mnt/backups",
            "/var/tmp/drill",
            "/media/key/secret.key",
        ):
            line = line.replace(
                theirs, str(self.folder / ("home" if theirs == "/srv/chengyun" else theirs[1:]))
            )
        return MOMENT.sub(f'--at "{self.moment}"', line)

    def starts(self) -> None:
        assert run(["migrate"]) == 0
        settings = Settings.from_env()
        open_vault(settings)
        kept = self.folder / "media/key/secret.key"
        kept.parent.mkdir(parents=True)
        shutil.copy(settings.home / "secret.key", kept)
        self.house = House(settings, self.folder / "mnt/backups")
        self.db = self.server.enter_context(self.house.open())


def test_the_page_works_as_it_is_written(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reader = Reader(open_folder, monkeypatch)
    kept: list[set[str]] = []
    try:
        for line in lines():
            reader.types(line)
            if line.startswith("chengyun backup"):
                act(reader.db, ["after the backup"])
                reader.moment = f"{datetime.now(SHANGHAI):%Y-%m-%d %H:%M:%S.%f}"
                act(reader.db, ["the mistake"])
                capsys.readouterr()
                reader.types("chengyun backup --list")
                (made,) = (
                    path for path in reader.house.backups.iterdir() if (path / "manifest.json").exists()
                )
                assert made.name in capsys.readouterr().out
                reader.types(f"chengyun backup --check /mnt/backups/{made.name}")
            if line.startswith("chengyun restore"):
                kept.append(reader.house.acts())
    finally:
        reader.server.close()
        for home in reader.homes:
            monkeypatch.setenv("CHENGYUN_HOME", str(home))
            embedded(Settings.from_env()).destroy()
    assert kept == [{"after the backup", "the mistake"}, {"after the backup"}]
