"""The demo's own controls: move the clock, switch the simulator. They answer 404 outside demo mode."""

from __future__ import annotations

from datetime import datetime, timedelta

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from chengyun.command import service as command
from chengyun.identity.routing import Caller, Db
from chengyun.kernel import audit, clock
from chengyun.kernel.errors import NotFound


class ClockView(BaseModel):
    """The city's time; `offset_s` is how far the demo clock runs ahead of real time."""

    now: datetime
    offset_s: float
    demo: bool


class Advance(BaseModel):
    model_config = ConfigDict(extra="forbid")
    hours: float = Field(
        gt=0, le=24 * 31, allow_inf_nan=False, description="hours to move the demo clock forward"
    )


class SimulatorState(BaseModel):
    model_config = ConfigDict(extra="forbid")
    running: bool


def demo_only(request: Request) -> None:
    """These routes do not exist in a real installation."""
    if not request.app.state.settings.demo:
        raise NotFound("http.404")


clock_router = APIRouter(prefix="/api", tags=["clock"])
router = APIRouter(prefix="/api/demo", tags=["demo"], dependencies=[Depends(demo_only)])


@clock_router.get("/clock")
def read_clock(request: Request, actor: Caller, db: Db) -> ClockView:
    """The time by which deadlines run."""
    with db.begin(actor) as tx:
        return ClockView(
            now=tx.now, offset_s=clock.offset(tx).total_seconds(), demo=request.app.state.settings.demo
        )


@router.post("/clock/advance")
def advance_clock(body: Advance, actor: Caller, db: Db) -> ClockView:
    """Move the demo clock forward for everybody; sessions keep real time."""
    actor.require("clock.advance")
    with db.begin(actor) as tx:
        now = clock.advance(tx, timedelta(hours=body.hours))
        return ClockView(now=now, offset_s=clock.offset(tx).total_seconds(), demo=True)


@router.get("/simulator")
def read_simulator(actor: Caller, db: Db) -> SimulatorState:
    """Whether the simulated city moves."""
    with db.begin(actor) as tx:
        return SimulatorState(running=command.switch_is_on(tx, "simulator"))


@router.post("/simulator")
def set_simulator(body: SimulatorState, actor: Caller, db: Db) -> SimulatorState:
    """Start or stop the simulated city; stopped, nothing changes but the clocks."""
    actor.require("simulate")
    with db.begin(actor) as tx:
        command.set_switch(tx, "simulator", body.running)
        audit.record(tx, "simulator.switched", detail={"running": body.running})
    return body
