"""Episodes that are stored as open, against a plan: they go on, or nobody judges them any more and they end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chengyun.sensing.service import moment
from chengyun.vitals.contracts import Change, EpisodeKind, Level
from chengyun.vitals.engine.kernel import Engine


@dataclass(frozen=True, slots=True)
class Running:
    """An episode that is stored as open. Moments in microseconds."""

    sign: str
    region: int
    kind: EpisodeKind
    level: int
    began: int
    since: int


def unjudged(engine: Engine, running: Sequence[Running], now: int) -> list[Change]:
    """The ends of those for which the plan has no judge: their sign, region or thresholds are gone."""
    return [
        Change(
            one.sign,
            one.region,
            one.kind,
            moment(one.began),
            moment(now),
            Level(one.level),
            Level.NONE,
            None,
            None,
        )
        for one in running
        if _judge(engine, one) is None
    ]


def adopt(engine: Engine, running: Sequence[Running]) -> None:
    """Go on with episodes though no state of them is left."""
    for one in running:
        judge = _judge(engine, one)
        if judge is None:
            continue
        row = int(engine.plan.rows.judged[judge])
        if one.kind is EpisodeKind.NO_DATA:
            engine.state.judges["silent"][judge] = one.began
        else:
            engine.state.rows["level"][row], engine.state.rows["since"][row] = one.level, one.since
            engine.state.judges["began"][judge] = one.began


def _judge(engine: Engine, one: Running) -> int | None:
    number = engine.place(one.sign)
    row = None if number is None else engine.plan.layout.row(number, one.region)
    judge = -1 if row is None else int(engine.plan.rows.places["judge"][row])
    return None if judge < 0 else judge
