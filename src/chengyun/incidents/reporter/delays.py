"""Why it takes longer, as a reporter may read it: only words that were written for reporters, and no internal note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from chengyun.identity import service as identity
from chengyun.incidents.contracts import OrderState, Role, Stage, State
from chengyun.incidents.messages import moment_words
from chengyun.incidents.tables import OPEN_ORDER, deadline, order, step
from chengyun.incidents.views import Delay
from chengyun.kernel.transactions import Tx
from chengyun.territory import service as territory

# The approver's words are told to the reporter (messages.yaml); the request's own reason stays inside.
TOLD = ("suspend_approve", "defer_approve", "transfer", "escalated")


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides about a delay, read once per view."""

    row: Any
    running: Sequence[Any]  # its live deadlines
    told: dict[str, Any]  # the last step of each move of TOLD
    waiting: Sequence[str]  # units that still assist after the lead has reported

    def due(self, *stages: Stage) -> datetime | None:
        return max((d.due_at for d in self.running if d.stage in stages), default=None)

    def last(self, move: str) -> str:
        return self.told[move].text if move in self.told else ""


def facts_of(tx: Tx, row: Any) -> Facts:
    live = sa.select(deadline).where(
        deadline.c.incident_id == row.id, deadline.c.state.in_(("running", "paused"))
    )
    steps = sa.select(step).where(step.c.incident_id == row.id, step.c.move.in_(TOLD)).order_by(step.c.seq)
    told = {one.move: one for one in tx.execute(steps)}
    return Facts(row, list(tx.execute(live)), told, _waiting(tx, row.id))


def _waiting(tx: Tx, incident_id: int) -> list[str]:
    found = list(tx.execute(sa.select(order).where(order.c.incident_id == incident_id)))
    done = any(one.role == Role.LEAD and one.state == OrderState.DONE for one in found)
    open_units = [one.unit_id for one in found if one.state in OPEN_ORDER]
    if not done or not open_units:
        return []
    return [unit.name for unit in identity.units_by_ids(tx, open_units).values()]


def delay_of(tx: Tx, facts: Facts, holder: str, english: bool) -> Delay | None:
    """The reason for a delay and the new promise, None where all goes as promised."""
    for reason in (_suspended, _elsewhere, _deferred, _assisting, _late):
        found = reason(tx, facts, holder, english)
        if found is not None:
            return found
    return None


def _suspended(_tx: Tx, facts: Facts, _holder: str, english: bool) -> Delay | None:
    if facts.row.state != State.SUSPENDED:
        return None
    why = facts.last("suspend_approve")
    text = f"Put on hold: {why}" if english else f"因客观原因暂缓办理：{why}"
    if not why:
        text = "Put on hold for reasons beyond the unit's control" if english else "因客观原因经批准暂缓办理"
    return Delay("suspended", text, facts.due(Stage.SUSPENSION))


def _elsewhere(tx: Tx, facts: Facts, _holder: str, english: bool) -> Delay | None:
    row = facts.row
    if row.state == State.TRANSFERRING and row.transfer_to is not None:
        centre = territory.region(tx, row.transfer_to).name
        why = facts.last("transfer")
        zh = f"此事由{centre}负责，正在移送（{why}）；编号不变，时限照常计算"
        en = f"{centre} is responsible; it is being passed on ({why}). Number and time limit stay"
        return Delay("transferring", en if english else zh, facts.due(Stage.TAKE_OVER))
    if row.state == State.ARBITRATING:
        centre = territory.region(tx, row.desk_id).name
        zh = f"责任单位有不同意见，正由{centre}治理中心裁定"
        en = f"The units disagree on who is responsible; {centre} is deciding"
        return Delay("arbitrating", en if english else zh, facts.due(Stage.ARBITRATE))
    return None


def _deferred(tx: Tx, facts: Facts, _holder: str, english: bool) -> Delay | None:
    granted = [d for d in facts.running if d.stage == Stage.HANDLE and d.rule == "granted"]
    if not granted or granted[0].due_at < tx.now:
        return None
    why, until = facts.last("defer_approve"), granted[0].due_at
    when = moment_words(until, "en" if english else "zh")
    text = f"More time was granted, until {when}" if english else f"经批准延期到 {when}"
    return Delay("deferred", f"{text}{': ' if english else '：'}{why}" if why else text, until)


def _assisting(tx: Tx, facts: Facts, _holder: str, english: bool) -> Delay | None:
    if not facts.waiting or not _over(tx, facts):
        return None
    units = "、".join(facts.waiting)
    text = f"The lead has finished; waiting for {units}" if english else f"主办单位已处理完，等待{units}配合"
    return Delay("assisting", text, None)


def _late(tx: Tx, facts: Facts, holder: str, english: bool) -> Delay | None:
    """Honest about what is not known: it is late, and who was told."""
    if not _over(tx, facts):
        return None
    if "escalated" in facts.told:
        text = (
            "Later than promised; the centre above has been told" if english else "超过承诺时间，已上报上级"
        )
    else:
        text = (
            f"Later than promised; {holder} has been reminded"
            if english
            else f"超过承诺时间，已提醒{holder}尽快办理"
        )
    answer = facts.due(Stage.SUPERVISION)
    if answer is not None and answer > tx.now:
        when = moment_words(answer, "en" if english else "zh")
        text += f"; an answer is due by {when}" if english else f"并督办，要求 {when} 前答复"
    return Delay("late", text, None)


def _over(tx: Tx, facts: Facts) -> bool:
    return any(
        d.state == "running" and d.stage != Stage.SUPERVISION and d.due_at < tx.now for d in facts.running
    )
