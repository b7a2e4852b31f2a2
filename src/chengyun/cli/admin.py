"""Commands that set an installation up: migrate, user, territory, scenario."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from chengyun.cli.runtime import installation
from chengyun.cli.runtime import migrate as bring_up
from chengyun.kernel.contracts import system_actor
from chengyun.kernel.settings import Settings

user = typer.Typer(no_args_is_help=True, help="People who may sign in.")
territory = typer.Typer(no_args_is_help=True, help="Regions: import, check, reorganise.")
calendar = typer.Typer(no_args_is_help=True, help="Working days: next year's arrangement (调休).")
scenario = typer.Typer(no_args_is_help=True, help="Scenario folders: check and install.")


def register(app: typer.Typer) -> None:
    app.command()(migrate)
    app.add_typer(user, name="user")
    app.add_typer(territory, name="territory")
    app.add_typer(scenario, name="scenario")
    app.add_typer(calendar, name="calendar")


def migrate() -> None:
    """Bring the database schema up to this version; refuses a schema that is newer than the code."""
    with installation(Settings.from_env()) as where:
        bring_up(where)
    print("ok")


@user.command()
def bootstrap(
    login: str,
    name: Annotated[str, typer.Option(help="The administrator's name as history shows it.")],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
) -> None:
    """Make the first administrator of a real installation; refused once one exists."""
    from chengyun.identity import service as identity

    with installation(Settings.from_env()) as where, where.database().begin(system_actor("seed")) as tx:
        identity.bootstrap_admin(tx, login=login, password=password, name=name)
    print(f"{login}: ok")


@territory.command("import")
def import_territory(
    file: Annotated[Path, typer.Argument(help="GeoJSON, GeoPackage, Shapefile or CSV.", exists=True)],
    level: Annotated[str, typer.Option(help="district, town, village, grid or place")],
    label: Annotated[str, typer.Option(help="Name of the new version of the territory.")] = "",
    crs: Annotated[str, typer.Option(help="wgs84, gcj02 or an EPSG code; default: what the file says.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report only; change nothing.")] = False,
) -> None:
    """Import regions or places; reports every rejected row and every polygon that was mended."""
    from chengyun.territory.importing import import_file

    with installation(Settings.from_env()) as where, where.database().begin(system_actor("seed")) as tx:
        report = import_file(
            tx, file, level=level, label=label or file.stem, crs=crs or None, dry_run=dry_run
        )
    for line in report.lines():
        print(line)
    sys.exit(0 if report.ok else 1)


@territory.command()
def check() -> None:
    """Prove that the current territory is an exact, nested partition."""
    from chengyun.territory import service

    with installation(Settings.from_env()) as where, where.database().begin(system_actor("seed")) as tx:
        report = service.check(tx)
    for line in report.lines():
        print(line)
    sys.exit(0 if report.ok else 1)


@territory.command()
def reorganise(
    file: Annotated[Path, typer.Argument(help="The reorganisation as YAML.", exists=True)],
    apply: Annotated[
        bool, typer.Option("--apply", help="Do it; without this the moves are only listed.")
    ] = False,
) -> None:
    """Merge, split and re-parent regions from one file; lists everything that moves."""
    from chengyun.territory import reorganise as reorganising

    with installation(Settings.from_env()) as where, where.database().begin(system_actor("seed")) as tx:
        plan = reorganising.plan(tx, file)
        for line in plan.lines():
            print(line)
        if apply:
            reorganising.apply(tx, plan)
    print("applied" if apply else "dry run: nothing changed; add --apply to do it")


@scenario.command("check")
def check_scenarios(
    folders: Annotated[
        list[Path] | None, typer.Argument(help="Scenario folders, or one that holds them.")
    ] = None,
) -> None:
    """Check scenario folders: unknown references, unreachable rules, gaps, loops, each with its remedy."""
    from chengyun.scenarios import service

    sys.exit(service.check_command(folders or [Path("scenarios")]))


@scenario.command()
def install(
    folders: Annotated[list[Path], typer.Argument(help="Scenario folders, all that shall be in use.")],
) -> None:
    """Install scenario folders as a new version for the whole city; open incidents keep theirs."""
    from chengyun.scenarios import service

    with installation(Settings.from_env()) as where, where.database().begin(system_actor("seed")) as tx:
        print(json.dumps(service.install(tx, folders), ensure_ascii=False, default=str))


@calendar.command("import")
def import_days(
    file: Annotated[Path, typer.Argument(help="CSV: day,kind,name; kind is holiday or workday.", exists=True)],
) -> None:
    """Import the holidays and 调休 working days of one or more years; deadlines that run are not moved."""
    from chengyun.kernel.clock import import_calendar

    with installation(Settings.from_env()) as where, where.database().begin(system_actor("seed")) as tx:
        years = import_calendar(tx, file)
    print(", ".join(map(str, years)))
