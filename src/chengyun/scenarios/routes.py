"""HTTP of scenarios: what is in use and what it says."""

from __future__ import annotations

from fastapi import APIRouter

from chengyun.identity.routing import Caller, Db
from chengyun.kernel.fields import Id, Text
from chengyun.scenarios import service
from chengyun.scenarios.contracts import ScenarioFiles, Version

router = APIRouter(prefix="/api/scenarios", tags=["scenarios"])
READ = "unit.read"  # whoever may see the units may see who is responsible for what


@router.get("")
def list_versions(actor: Caller, db: Db) -> list[Version]:
    """Every stored version of every scenario; `adopted` marks those in use."""
    actor.require(READ)
    with db.begin(actor) as tx:
        return service.versions(tx)


@router.get("/{scenario}")
def read_files(scenario: Text, actor: Caller, db: Db, version: Id | None = None) -> ScenarioFiles:
    """The files of a scenario as they can be written back: the version in use, or the one asked for."""
    actor.require(READ)
    with db.begin(actor) as tx:
        return service.files(tx, scenario, version)
