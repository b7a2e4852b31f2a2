"""HTTP of classification: the models with their figures, training, the confidence from which one decides."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import Field

from chengyun.identity.routing import Caller, Db
from chengyun.incidents.classification import service
from chengyun.incidents.classification.contracts import Standing
from chengyun.kernel.contracts import Actor, system_actor
from chengyun.kernel.fields import Body, Id, Text
from chengyun.kernel.transactions import Database

router = APIRouter(prefix="/api/incidents/classification", tags=["incidents"])
POLICY = "incidents.classification"  # counts what was confirmed in the whole city
ModelId = Annotated[Id, Path()]


class AutomaticBody(Body):
    """From 0.8; null: the model only proposes."""

    confidence: Annotated[float, Field(ge=0, le=1)] | None


class WithdrawBody(Body):
    reason: Annotated[Text, Field(min_length=2, max_length=400)]


@router.get("")
def read_classification(actor: Caller, db: Db) -> Standing:
    """The models, newest first, with their figures; what waits to be learned."""
    actor.require("classification.manage")
    return _standing(db, actor)


@router.post("/train", status_code=202)
def train_classification(actor: Caller, db: Db) -> Standing:
    """Train now; the result is one more line of the models."""
    with db.begin(actor) as tx, db.begin(system_actor(POLICY)) as seen:
        service.ask_training(tx, seen)
    return _standing(db, actor)


@router.post("/{model_id}/automatic")
def set_automatic(model_id: ModelId, body: AutomaticBody, actor: Caller, db: Db) -> Standing:
    """From which confidence the model in use decides at intake."""
    with db.begin(actor) as tx:
        service.set_automatic(tx, model_id, body.confidence)
    return _standing(db, actor)


@router.post("/{model_id}/withdraw")
def withdraw_model(model_id: ModelId, body: WithdrawBody, actor: Caller, db: Db) -> Standing:
    """Take the model out of use."""
    with db.begin(actor) as tx:
        service.withdraw(tx, model_id, body.reason)
    return _standing(db, actor)


def _standing(db: Database, actor: Actor) -> Standing:
    with db.begin(system_actor(POLICY)) as tx:
        return service.standing(tx, actor.language)
