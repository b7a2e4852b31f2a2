"""Taking numbers in: every line is looked at, and all of them count or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chengyun.kernel import audit
from chengyun.kernel.calendar import SHANGHAI
from chengyun.kernel.contracts import Actor
from chengyun.kernel.errors import FieldError, Invalid, message
from chengyun.kernel.revisions import remembered
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory
from chengyun.territory.contracts import RegionRef
from chengyun.vitals.catalogue.store import REVISION, signs
from chengyun.vitals.contracts import LEVELS, Input, Sign
from chengyun.vitals.numbers.contracts import GivenNumber, Number, NumberFault, NumbersTaken, RegisterView
from chengyun.vitals.numbers.rules import MOST_ROWS, Fault, period_of, value_of
from chengyun.vitals.numbers.store import freshness, known, put_numbers

WRITE, READ = "number.write", "sign.read"
_UNNAMED = {"zh": "接口报送", "en": "sent over the API"}


@dataclass(slots=True)
class _Reader:
    """What lines are looked up in, read once."""

    tx: Tx
    registers: dict[str, Sign]
    regions: dict[str, RegionRef]


def register_signs(tx: Tx) -> dict[str, Sign]:
    """The sign that each register is shown as."""

    def made() -> dict[str, Sign]:
        found: dict[str, Sign] = {}
        for sign in signs(tx):
            if sign.input is Input.REGISTER:
                found.setdefault(sign.of, sign)
        return found

    return remembered(tx, REVISION, "numbers.registers", made)


def registers(tx: Tx) -> list[RegisterView]:
    """Every register with what may come for it, and how fresh it is where the actor may look."""
    tx.actor.require(READ)
    fresh = freshness(tx)
    english = tx.actor.language == "en"
    found = []
    for code, sign in register_signs(tx).items():
        newest, at, count = fresh.get(code, (None, None, 0))
        name = sign.name_en if english else sign.name_zh
        given = (code, sign.code, name, sign.unit, sign.owner, sign.source, sign.period, sign.lowest)
        found.append(RegisterView(*given, sign.low, sign.high, newest, at, count))
    return found


def take_numbers(tx: Tx, lines: Sequence[tuple[int, GivenNumber]], dry_run: bool = False) -> NumbersTaken:
    """Store numbers of registers for regions of one's jurisdiction. Needs number.write; audited.

    A dry run answers with every fault. Doing it raises Invalid with every fault ("rows.3.value"), or stores all.
    The same numbers again change nothing. A region outside one's jurisdiction is answered as one that is not there.
    """
    tx.actor.require(WRITE)
    if not 1 <= len(lines) <= MOST_ROWS:
        raise Invalid([FieldError("rows", "numbers.rows", {"most": MOST_ROWS, "found": len(lines)})])
    numbers, faults = _read(_Reader(tx, register_signs(tx), _regions(tx)), lines)
    if faults and not dry_run:
        wrong = [FieldError(f"rows.{line}.{one.field}", one.code, one.params) for line, one in faults]
        raise Invalid(wrong, "numbers.refused", count=len(wrong))
    there = known(tx, numbers)
    told = [(one, there.get((one.register, one.region, one.period))) for one in numbers]
    fresh = [one for one, before in told if before is None]
    changed = [one for one, before in told if before not in (None, (one.value, one.source, one.simulated))]
    if not dry_run:
        _store(tx, [*fresh, *changed])
    shown = [
        NumberFault(line, one.field, message(one.code, one.params, tx.actor.language)) for line, one in faults
    ]
    same = len(numbers) - len(fresh) - len(changed)
    return NumbersTaken(len(lines), len(fresh), len(changed), same, shown, not dry_run)


def _store(tx: Tx, numbers: Sequence[Number]) -> None:
    if not numbers:
        return
    put_numbers(tx, numbers)
    told = {"numbers": len(numbers), "registers": sorted({one.register for one in numbers})[:50]}
    audit.record(tx, "vitals.numbers_taken", ("numbers", numbers[0].register), told)


def _regions(tx: Tx) -> dict[str, RegionRef]:
    """By code, those that the actor's posts cover."""
    everything = [one for level in ("city", "district", "town") for one in territory.find_regions(tx, level)]
    return {one.code: one for one in everything if one.code and _covers(tx, tx.actor, one.id)}


def _covers(tx: Tx, actor: Actor, region: int) -> bool:
    return actor.kind == "system" or bool(set(actor.scopes) & set(territory.chain_of(tx, region).ids()))


def _read(
    reader: _Reader, lines: Sequence[tuple[int, GivenNumber]]
) -> tuple[list[Number], list[tuple[int, Fault]]]:
    found: dict[tuple[str, int, object], tuple[int, Number]] = {}
    faults: list[tuple[int, Fault]] = []
    for line, given in lines:
        try:
            one = _number(reader, given)
            key = (one.register, one.region, one.period)
            if key in found:
                raise Fault("period", "numbers.twice", line=found[key][0])
            found[key] = (line, one)
        except Fault as fault:
            faults.append((line, fault))
    return [one for _, one in found.values()], faults


def _number(reader: _Reader, given: GivenNumber) -> Number:
    sign = reader.registers.get(given.register)
    if sign is None:
        raise Fault("register", "numbers.register", value=given.register)
    region = reader.regions.get(given.region)
    if region is None:
        raise Fault("region", "numbers.region", value=given.region)
    if LEVELS.index(region.level) < LEVELS.index(sign.lowest):
        raise Fault("region", "numbers.level", register=given.register, lowest=sign.lowest)
    today = reader.tx.now.astimezone(SHANGHAI).date()
    source = given.source or _UNNAMED[reader.tx.actor.language]
    period = period_of(given.period, sign.period, today)
    return Number(given.register, region.id, period, value_of(given.value, sign.low, sign.high), source)
