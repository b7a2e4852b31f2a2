"""Commands that look inside: audit, doctor, bench."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chengyun.kernel.errors import Unavailable
from chengyun.kernel.settings import Settings

if TYPE_CHECKING:
    from chengyun.kernel.audit import Head, Verification

audits = typer.Typer(no_args_is_help=True, help="The append-only, sealed audit trail.")
BROKEN = 1  # the exit code of a look that found something wrong


def register(app: typer.Typer) -> None:
    app.add_typer(audits, name="audit")
    app.command()(doctor)
    app.command()(bench)


@audits.command()
def verify(
    export: Annotated[
        Path | None,
        typer.Argument(help="An export (JSON lines) instead of the database.", exists=True, dir_okay=False),
    ] = None,
    head: Annotated[
        str, typer.Option(help="A head kept elsewhere (NUMBER:HASH): shows whether the end was cut off.")
    ] = "",
    witnesses: Annotated[
        bool,
        typer.Option("--witnesses", help="Ask the centres of CHENGYUN_WITNESSES what they keep of ours."),
    ] = False,
) -> None:
    """Recompute the sealed chain; name the first broken link.

    Heads that others keep for us count: a chain that was cut off or rewritten is told by them. Exit code 1: it is broken. Also shows how many rows are not sealed yet, and the head to keep elsewhere.

    \b
    Example:
      chengyun audit verify
      chengyun audit verify audit-2026-01.jsonl
    """
    from chengyun.cli.runtime import opened
    from chengyun.kernel import audit
    from chengyun.kernel.witnesses import OWN, kept
    from chengyun.web.witnessing import heads_kept, peers_of

    settings = Settings.from_env()
    anchors = [_anchor(head)] if head else []
    anchors += heads_kept(peers_of(settings)) if witnesses else []
    if export is not None:
        found = _verify_file(export, anchors)
    else:
        with opened(settings, "audit") as tx:
            anchors += [one.head for one in kept(tx, OWN)]
            found = audit.verify(tx, anchors)
    state = "ok 完整" if found.ok else f"BROKEN 已被破坏: seq {found.first_broken}, {found.why}"
    print(f"{state}  sealed 已封存 {found.sealed:,}  not sealed yet 未封存 {found.unsealed:,}")
    print(f"head {found.head}  witnessed 有见证 {len({one.seq for one in anchors}):,}")
    raise typer.Exit(0 if found.ok else BROKEN)


def _anchor(text: str) -> Head:
    from chengyun.kernel.audit import Head

    try:
        return Head.parse(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text} is not NUMBER:HASH", param_hint="--head") from error


def _verify_file(export: Path, anchors: Sequence[Head]) -> Verification:
    from chengyun.kernel import audit

    try:
        with export.open(encoding="utf-8") as lines:
            return audit.verify_lines(lines, anchors)
    except UnicodeDecodeError as error:
        raise Unavailable("cli.not_text", file=str(export)) from error


@audits.command("export")
def export_lines(
    file: Annotated[
        Path, typer.Argument(help="Where to write; replaced when it is complete.", dir_okay=False)
    ],
) -> None:
    """Write the sealed chain, for somebody else to verify.

    JSON lines; the last one is the head. `chengyun audit verify FILE` needs no database.

    \b
    Example:
      chengyun audit export audit-2026-01.jsonl
    """
    from chengyun.cli.runtime import opened
    from chengyun.kernel import audit

    fresh = file.with_name(f"{file.name}.{os.getpid()}.part")
    count = -1  # the last line is the head
    with fresh.open("w", encoding="utf-8") as out:
        try:
            with opened(Settings.from_env(), "audit") as tx:
                for line in audit.export_lines(tx):
                    out.write(f"{line}\n")
                    count += 1
        except BaseException:
            fresh.unlink()
            raise
    fresh.replace(file)
    print(f"{file}: {count:,} rows")


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Show features, routes, tables, versions and health.

    Exit code 1: something is wrong; `health.problems` says what.

    \b
    Example:
      chengyun doctor --json | jq .health
    """
    from chengyun.cli.examine import examine, report
    from chengyun.cli.runtime import installation

    settings = Settings.from_env()
    with installation(settings) as where:
        found = examine(settings, where)
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2, default=str))
    else:
        print("\n".join(report(found)))
    raise typer.Exit(0 if found["health"]["ok"] else BROKEN)


def bench(
    name: Annotated[
        str, typer.Argument(help="Which benchmark, or `all`; without a name they are listed.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print figures as JSON.")] = False,
    data: Annotated[Path | None, typer.Option(help="Folder with data of your own to measure on.")] = None,
    train: Annotated[Path | None, typer.Option(help="File to learn from.")] = None,
    test: Annotated[Path | None, typer.Option(help="File to be tested on.")] = None,
) -> None:
    """Measure promises of speed and accuracy (needs a checkout).

    Each with its peer or physical limit in the same run.

    \b
    Example:
      chengyun bench territory --json
    """
    from chengyun.cli.benchmarks import available, measure, shown

    if not name:
        print("\n".join(available()))
        return
    files = {"data": data, "train": train, "test": test}
    result = measure(name, {word: path for word, path in files.items() if path is not None})
    if as_json:
        print(json.dumps(result, ensure_ascii=False))
        return
    for figure in result["figures"]:
        print(shown(figure))
