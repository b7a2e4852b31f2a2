"""Commands that look inside: audit, doctor, bench."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from chengyun.cli.runtime import installation
from chengyun.kernel import audit
from chengyun.kernel.contracts import system_actor
from chengyun.kernel.settings import Settings

audits = typer.Typer(no_args_is_help=True, help="The append-only, sealed audit trail.")


def register(app: typer.Typer) -> None:
    app.add_typer(audits, name="audit")
    app.command()(doctor)
    app.command()(bench)


@audits.command()
def verify(
    export: Annotated[
        Path | None, typer.Argument(help="An export (JSON lines) instead of the database.")
    ] = None,
) -> None:
    """Recompute the sealed chain and name the first broken link; shows the tail that is not sealed yet."""
    if export is not None:
        with export.open(encoding="utf-8") as lines:
            found = audit.verify_lines(lines)
    else:
        with installation(Settings.from_env()) as where, where.database().begin(system_actor("audit")) as tx:
            found = audit.verify(tx)
    state = "ok" if found.ok else f"BROKEN at seq {found.first_broken}"
    print(f"{state}: sealed {found.sealed}, not sealed yet {found.unsealed}")
    sys.exit(0 if found.ok else 1)


@audits.command("export")
def export_lines(file: Path) -> None:
    """Write the sealed chain as JSON lines, for somebody else to verify."""
    with (
        installation(Settings.from_env()) as where,
        where.database().begin(system_actor("audit")) as tx,
        file.open("w", encoding="utf-8") as out,
    ):
        count = 0
        for line in audit.export_lines(tx):
            out.write(line + "\n")
            count += 1
    print(f"{count} rows")


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Show features, routes, tables, versions and health of this installation."""
    from chengyun.cli.examine import examine

    settings = Settings.from_env()
    with installation(settings) as where:
        found = examine(settings, where)
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2, default=str))
    else:
        for part, content in found.items():
            print(f"\n{part}")
            lines = content.items() if isinstance(content, dict) else enumerate(content, 1)
            for name, value in lines:
                print(f"  {name}: {value}")
    sys.exit(0 if found["health"]["ok"] else 1)


def bench(
    name: Annotated[
        str, typer.Argument(help="Which benchmark, or `all`; without a name they are listed.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print figures as JSON.")] = False,
) -> None:
    """Measure speed promises with their peer or physical limit in the same run (needs a checkout)."""
    from chengyun.cli.benchmarks import available, measure

    if not name:
        print("\n".join(available()))
        return
    result = measure(available() if name == "all" else [name])
    if as_json:
        print(json.dumps(result, ensure_ascii=False))
        return
    for figure in result["figures"]:
        print("{name}: {value:,.3f} {unit}  target {target}  peer {peer}  n={n}".format(**figure))
