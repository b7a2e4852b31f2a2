"""Running command lines in this process, on a database of the tests' cluster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from chengyun.cli.main import run
from chengyun.identity.service import seed_units
from chengyun.kernel.contracts import system_actor
from chengyun.kernel.transactions import Database
from tests.support import Cluster, Links, seeded
from tests.territory.support import small_city_template

PASSWORD = "Lange-Strasse-7"


@dataclass(frozen=True, slots=True)
class Said:
    """What a command line ended with and wrote."""

    code: int
    out: str
    err: str


Command = Callable[..., Said]


def at(
    links: Links, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """`chengyun …` on this database and home."""
    monkeypatch.setenv("CHENGYUN_HOME", str(home))
    monkeypatch.setenv("CHENGYUN_DATABASE_URL", links.app_url)
    monkeypatch.setenv("CHENGYUN_OWNER_DATABASE_URL", links.owner_url)
    for name in ("CHENGYUN_DEMO", "CHENGYUN_PORT"):
        monkeypatch.delenv(name, raising=False)

    def chengyun(*arguments: object) -> Said:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        return Said(code, *capsys.readouterr())

    return chengyun


def refused(said: Said, *words: str) -> bool:
    """Exit code 2 with a line in Chinese and one in English, and no traceback."""
    lines = said.err.strip().splitlines()
    return (
        said.code == 2
        and len(lines) >= 2
        and any("一" <= letter <= "鿿" for letter in lines[0])
        and "Traceback" not in said.err
        and all(word in said.err for word in words)
    )


def city_with_units(cluster: Cluster) -> str:
    """Template: the small city with its units and nobody in it."""

    def build(database: Database) -> None:
        with database.begin(system_actor("seed")) as tx:
            seed_units(tx)

    return cluster.make_template("units", seeded(build), base=small_city_template(cluster))
