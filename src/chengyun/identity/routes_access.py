"""HTTP of the second factor and of devices."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, Field

from chengyun.identity import devices, factor, stepping
from chengyun.identity.contracts import Enrolment, FactorState, KeyHalf, Me
from chengyun.identity.cookies import keep
from chengyun.identity.routing import Configured, Db, From, Keys, OnTheWay, Proven, SignedInCaller
from chengyun.identity.rules import policy
from chengyun.identity.stepping import Step
from chengyun.kernel.errors import Conflict, Forbidden
from chengyun.kernel.fields import Body, Text

router = APIRouter()


def step(db: Db, keys: Keys, origin: From, settings: Configured) -> Step:
    """What a second step works with."""
    return Step(db, keys, origin, settings.demo)


Steps = Annotated[Step, Depends(step)]


class SecondCodeIn(Body):
    code: Text = Field(min_length=6, max_length=20, description="six digits of the app, or a recovery code")


class DeviceIn(Body):
    device: Text = Field(
        min_length=32, max_length=100, description="the random name that the device gave itself"
    )


class Recovery(BaseModel):
    """Ten one-time codes for the day on which the phone is gone; in this answer only."""

    codes: list[str]
    me: Me | None = None  # set where a sign-in waited for the second factor


@router.get("/factor")
def read_factor(found: OnTheWay, db: Db, settings: Configured) -> FactorState:
    """One's own second factor."""
    return factor.state(db, found.person_id, policy(settings.second_factor_roles))


@router.post("/factor/enrol")
def begin_factor(found: OnTheWay, db: Db, keys: Keys) -> Enrolment:
    """A new secret to scan; it counts once confirmed."""
    if found.waits == "factor":
        raise Conflict("factor.exists")
    return factor.begin(db, keys, found.person_id)


@router.post("/factor/confirm")
def confirm_factor(
    body: SecondCodeIn,
    request: Request,
    response: Response,
    found: OnTheWay,
    steps: Steps,
    settings: Configured,
) -> Recovery:
    """Turn the second factor on with a code of it; a sign-in that waited for it is complete."""
    codes, signed = stepping.enrol(steps, found, body.code)
    return Recovery(codes=codes, me=None if signed is None else keep(request, response, settings, signed))


@router.post("/factor/login")
def login_factor(
    body: SecondCodeIn,
    request: Request,
    response: Response,
    found: OnTheWay,
    steps: Steps,
    settings: Configured,
) -> Me:
    """The second step of a sign-in; the session comes as a new cookie."""
    return keep(request, response, settings, stepping.enter(steps, found, body.code))


@router.post("/factor/prove", status_code=204)
def prove_factor(body: SecondCodeIn, found: OnTheWay, steps: Steps) -> None:
    """Prove the second factor again: sensitive acts pass for ten minutes."""
    if found.waits is not None:
        raise Forbidden("factor.stale")
    stepping.prove(steps, found, body.code)


@router.post("/factor/recovery")
def renew_recovery(found: Proven, db: Db, keys: Keys) -> Recovery:
    """Ten new recovery codes in place of the old ones."""
    return Recovery(codes=factor.renew_codes(db, keys, _person(found.actor.kind, found.actor.id)))


@router.delete("/factor", status_code=204)
def drop_factor(found: Proven, db: Db, settings: Configured) -> None:
    """Do without a second factor, where no role held asks for one."""
    factor.drop(db, _person(found.actor.kind, found.actor.id), policy(settings.second_factor_roles))


@router.post("/device")
def unlock_device(body: DeviceIn, found: SignedInCaller, db: Db, keys: Keys) -> KeyHalf:
    """The server's half of this device's key; 410 once the device was cut off."""
    return devices.unlock(db, keys, found, body.device)


def _person(kind: str, ident: int | None) -> int:
    if kind != "person" or ident is None:
        raise Forbidden("factor.people_only")
    return ident
