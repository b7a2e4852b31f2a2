"""Commands that set an installation up: migrate, territory, scenario, calendar."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from chengyun.kernel.errors import Unavailable
from chengyun.kernel.settings import Settings

territory = typer.Typer(no_args_is_help=True, help="Regions: import, check, reorganise.")
calendar = typer.Typer(no_args_is_help=True, help="Working days: next year's arrangement (调休).")
scenario = typer.Typer(no_args_is_help=True, help="Scenario folders: check and install.")
FOUND = 1  # the exit code of a check that found something wrong with what it was given


def register(app: typer.Typer) -> None:
    app.command()(migrate)
    app.add_typer(territory, name="territory")
    app.add_typer(scenario, name="scenario")
    app.add_typer(calendar, name="calendar")


def text(file: Path) -> Path:
    """The file again, when it is readable text. Raises Unavailable("cli.not_text")."""
    try:
        file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Unavailable("cli.not_text", file=str(file)) from error
    return file


def migrate() -> None:
    """Bring the database schema up to this version.

    A schema that is newer than the code is refused.

    \b
    Example:
      CHENGYUN_HOME=/srv/chengyun chengyun migrate
    """
    from chengyun.cli.runtime import installation
    from chengyun.cli.runtime import migrate as bring_up
    from chengyun.kernel import migrations

    with installation(Settings.from_env()) as where:
        before = migrations.current(where.owner_url)
        bring_up(where)
        after = migrations.current(where.owner_url)
    print(f"{before or '∅'} → {after}" if before != after else f"{after}: 已是最新 up to date")


@territory.command("import")
def import_territory(
    file: Annotated[
        Path, typer.Argument(help="GeoJSON, GeoPackage, Shapefile or CSV.", exists=True, dir_okay=False)
    ],
    level: Annotated[str, typer.Option(help="district, town, village, grid or place")],
    label: Annotated[str, typer.Option(help="Name of the new version; default: the file's name.")] = "",
    crs: Annotated[str, typer.Option(help="wgs84, gcj02 or an EPSG code; default: what the file says.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report only; change nothing.")] = False,
) -> None:
    """Import regions or places from a file.

    Reports every rejected row and every polygon that was mended. All or nothing: while one row is rejected, nothing is written (exit code 1). New regions get their units.

    \b
    Example:
      chengyun territory import towns.geojson --level town --label 2026-01 --dry-run
    """
    from chengyun.cli.runtime import opened
    from chengyun.identity.service import seed_units
    from chengyun.territory.importing import import_file

    with opened(Settings.from_env()) as tx:
        report = import_file(
            tx, file, level=level, label=label or file.stem, crs=crs or None, dry_run=dry_run
        )
        units = seed_units(tx) if report.written and level != "place" else 0
    for line in report.lines():
        print(line)
    if units:
        print(f"{units:,} units made")
    raise typer.Exit(0 if report.ok else FOUND)


@territory.command()
def check() -> None:
    """Prove that the territory is an exact, nested partition.

    Exit code 1: it is not.

    \b
    Example:
      chengyun territory check
    """
    from chengyun.cli.runtime import opened
    from chengyun.territory import service

    with opened(Settings.from_env()) as tx:
        report = service.check(tx)
    for line in report.lines():
        print(line)
    raise typer.Exit(0 if report.ok else FOUND)


@territory.command()
def reorganise(
    file: Annotated[
        Path, typer.Argument(help="The reorganisation as YAML.", exists=True, dir_okay=False, callback=text)
    ],
    apply: Annotated[
        bool, typer.Option("--apply", help="Do it; without this the moves are only listed.")
    ] = False,
) -> None:
    """Merge, split and re-parent regions from one file.

    Lists everything that moves; with --apply it is done.

    \b
    Example:
      chengyun territory reorganise src/chengyun/territory/data/reorganisation-2025-11.yaml
    """
    from chengyun.cli.runtime import opened
    from chengyun.territory import reorganise as reorganising

    with opened(Settings.from_env()) as tx:
        plan = reorganising.plan(tx, file)
        for line in plan.lines():
            print(line)
        if apply:
            reorganising.apply(tx, plan)
    print(
        "已执行 applied" if apply else "演练，未改变任何内容 dry run: nothing changed; add --apply to do it"
    )


@scenario.command("check")
def check_scenarios(
    folders: Annotated[
        list[Path] | None, typer.Argument(help="Scenario folders, or one that holds them.", exists=True)
    ] = None,
) -> None:
    """Check scenario folders and say how to mend them.

    Finds unknown references, unreachable rules, gaps and loops. Without folders: the ones that come with the product. Exit code 1: something is wrong. Needs no database.

    \b
    Example:
      chengyun scenario check scenarios/city-management scenarios/muck-trucks
    """
    from chengyun.scenarios import service

    raise typer.Exit(service.check_command(folders or [service.shipped()]))


@scenario.command()
def parity(
    folders: Annotated[
        list[Path] | None, typer.Argument(help="Scenario folders, or one that holds them.", exists=True)
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every sign (minutes), not one of each shape.")
    ] = False,
) -> None:
    """Work vital signs out in three ways and compare.

    The live engine, its specification in plain numpy, and SQL in DuckDB get the same readings: windows must be equal, episodes exactly the same. Without folders: the signs that come with the product. Exit code 1: something differs, or a sign had no value or did not ring where it should have. Needs no database.

    \b
    Example:
      chengyun scenario parity scenarios --all
    """
    from chengyun.scenarios import service
    from chengyun.vitals.engine.parity import check_catalogue, one_of_each, silent_about, unproven

    signs = service.catalogue_of_paths(folders or [service.shipped()]).signs
    chosen = signs if every else one_of_each(signs)
    outcome = check_catalogue(chosen, among=signs)
    wrong = [
        *outcome.differences,
        *(f"{code}: 无数值 no value" for code in unproven(chosen, outcome)),
        *(f"{code}: 未发生 no episode ({kind})" for code, kind in silent_about(chosen, outcome)),
    ]
    print("\n".join([*wrong, outcome.told(chosen)]))
    raise typer.Exit(FOUND if wrong else 0)


@scenario.command()
def install(
    folders: Annotated[
        list[Path], typer.Argument(help="Scenario folders, all that shall be in use.", exists=True)
    ],
) -> None:
    """Take scenario folders into use for the whole city.

    They become the new version; open incidents keep theirs.

    \b
    Example:
      chengyun scenario install scenarios/city-management scenarios/muck-trucks
    """
    from chengyun.cli.runtime import opened
    from chengyun.scenarios import service

    with opened(Settings.from_env()) as tx:
        for version in service.install(tx, folders):
            if version.adopted:
                print(f"{version.scenario} {version.version}  {version.name_zh} {version.name_en}")


@calendar.command("import")
def import_days(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV: day,kind,name; kind is holiday or workday.", exists=True, dir_okay=False, callback=text
        ),
    ],
) -> None:
    """Import holidays and 调休 working days of a year.

    A file may hold several years. Deadlines that run are not moved.

    \b
    Example:
      chengyun calendar import holidays-2027.csv
    """
    from chengyun.cli.runtime import opened
    from chengyun.kernel.clock import import_calendar

    with opened(Settings.from_env()) as tx:
        years = import_calendar(tx, file)
    print(f"{', '.join(map(str, years))}: ok")
