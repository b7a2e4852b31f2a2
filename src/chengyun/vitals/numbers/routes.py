"""HTTP of numbers: by JSON, by file, and which registers there are."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile
from pydantic import Field

from chengyun.identity.routing import Caller, Db
from chengyun.kernel.errors import TooLarge
from chengyun.kernel.fields import Body, Text
from chengyun.kernel.sheets import rows_of
from chengyun.vitals.numbers import taking
from chengyun.vitals.numbers.contracts import GivenNumber, NumbersTaken, RegisterView
from chengyun.vitals.numbers.rules import MOST_BYTES, lines_of

router = APIRouter(prefix="/api/vitals", tags=["vitals"])
_MOST_AT_ONCE = 10_000


class NumberIn(Body):
    code: Text = Field(alias="register", max_length=200, description="code of the register")
    region: Text = Field(max_length=50, description="code of a city, district or town")
    period: Text = Field(max_length=10, description="2026, 2026-03 or 2026-03-31")
    value: float
    source: Text = Field(default="", max_length=200)


class NumbersIn(Body):
    """All are stored or none; the same again changes nothing. `dry_run`: only say what is wrong."""

    rows: Annotated[list[NumberIn], Field(min_length=1, max_length=_MOST_AT_ONCE)]
    dry_run: bool = False


@router.post("/numbers")
def take_numbers(body: NumbersIn, actor: Caller, db: Db) -> NumbersTaken:
    """Numbers of registers for regions of one's jurisdiction, over what was there of the same period."""
    lines = [
        (at, GivenNumber(one.code, one.region, one.period, one.value, one.source))
        for at, one in enumerate(body.rows, 1)
    ]
    with db.begin(actor) as tx:
        return taking.take_numbers(tx, lines, body.dry_run)


@router.post("/numbers/file")
def import_numbers(
    actor: Caller, db: Db, file: Annotated[UploadFile, File()], dry_run: Annotated[bool, Form()] = True
) -> NumbersTaken:
    """The same from xlsx or CSV (UTF-8, GBK) with the columns register, region, period, value, source."""
    actor.require(taking.WRITE)
    content = file.file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise TooLarge("numbers.too_large", most=MOST_BYTES // 1_000_000)
    with db.begin(actor) as tx:
        return taking.take_numbers(tx, lines_of(rows_of(content)), dry_run)


@router.get("/registers")
def list_registers(actor: Caller, db: Db) -> list[RegisterView]:
    """Which numbers come by file or API: unit, owner, period, valid range, and how fresh they are."""
    with db.begin(actor) as tx:
        return taking.registers(tx)
