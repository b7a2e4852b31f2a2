"""What the sweeper writes, for thousands of incidents at once: one statement per table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from chengyun.incidents.life import Life, Running
from chengyun.kernel.transactions import Tx

# Lists of lists cannot be unnested, so arrays travel as their text.
_INCIDENTS = sa.text(
    """
    UPDATE incidents_incident i
    SET steps = x.steps, changed_at = :now, lamp = x.lamp, rank = x.rank, absent = x.absent,
        alert_level = x.alert_level, alerts = x.alerts::bigint[], involved = x.involved::bigint[],
        readers = x.readers::bigint[]
    FROM unnest(CAST(:ids AS bigint[]), CAST(:steps AS int[]), CAST(:lamps AS text[]), CAST(:ranks AS int[]),
                CAST(:absents AS boolean[]), CAST(:levels AS text[]), CAST(:alerts AS text[]),
                CAST(:involved AS text[]), CAST(:readers AS text[]))
         AS x(id, steps, lamp, rank, absent, alert_level, alerts, involved, readers)
    WHERE i.id = x.id
    """
)
_DEADLINES = sa.text(
    """
    UPDATE incidents_deadline d SET position = x.position, lamp = x.lamp, next_at = x.next_at
    FROM unnest(CAST(:ids AS bigint[]), CAST(:positions AS int[]), CAST(:lamps AS text[]),
                CAST(:nexts AS timestamptz[])) AS x(id, position, lamp, next_at)
    WHERE d.id = x.id
    """
)
_STEPS = sa.text(
    """
    INSERT INTO incidents_step (incident_id, seq, at, move, order_id, actor_kind, actor_name, centre_id, state,
                                order_state, text, args, why, attachments)
    SELECT x.incident_id, x.seq, :now, x.move, x.order_id, 'system', x.actor, x.centre_id, x.state, x.order_state,
           x.text, x.args::jsonb, '{}', '{}'
    FROM unnest(CAST(:incidents AS bigint[]), CAST(:seqs AS int[]), CAST(:moves AS text[]),
                CAST(:orders AS bigint[]), CAST(:actors AS text[]), CAST(:centres AS bigint[]),
                CAST(:states AS text[]), CAST(:order_states AS text[]), CAST(:texts AS text[]),
                CAST(:args AS text[]))
         AS x(incident_id, seq, move, order_id, actor, centre_id, state, order_state, text, args)
    """
)
_MESSAGES = sa.text(
    """
    INSERT INTO incidents_message (incident_id, audience, target_id, step, zh, en, at)
    SELECT x.incident_id, x.audience, x.target_id, x.step, x.zh, x.en, :now
    FROM unnest(CAST(:incidents AS bigint[]), CAST(:audiences AS text[]), CAST(:targets AS bigint[]),
                CAST(:steps AS text[]), CAST(:zhs AS text[]), CAST(:ens AS text[]))
         AS x(incident_id, audience, target_id, step, zh, en)
    """
)


def write(tx: Tx, lives: Sequence[Life], fired: Sequence[Running]) -> None:
    """Save what a pass has changed: incidents, deadlines, steps, messages."""
    _incidents(tx, lives)
    if fired:
        _deadlines(tx, fired)
    _steps(tx, lives)
    _messages(tx, lives)


def _array(numbers: Sequence[int]) -> str:
    return "{" + ",".join(map(str, numbers)) + "}"


def _columns(rows: Sequence[Any], **names: str) -> dict[str, list[Any]]:
    """Array by array, by parameter = attribute."""
    return {name: [getattr(row, attribute) for row in rows] for name, attribute in names.items()}


def _incidents(tx: Tx, lives: Sequence[Life]) -> None:
    every = [life.incident for life in lives]
    values = {
        **_columns(
            every, ids="id", steps="steps", lamps="lamp", ranks="rank", absents="absent", levels="alert_level"
        ),
        "alerts": [_array(one.alerts) for one in every],
        "involved": [_array(one.involved) for one in every],
        "readers": [_array(one.readers) for one in every],
    }
    tx.execute(_INCIDENTS, {"now": tx.now, **values})


def _deadlines(tx: Tx, fired: Sequence[Running]) -> None:
    tx.execute(_DEADLINES, _columns(fired, ids="id", positions="position", lamps="lamp", nexts="next_at"))


def _steps(tx: Tx, lives: Sequence[Life]) -> None:
    steps = [step for life in lives for step in life.steps]
    values = _columns(
        steps,
        incidents="incident_id",
        seqs="seq",
        moves="move",
        orders="order_id",
        actors="actor_name",
        centres="centre_id",
        states="state",
        order_states="order_state",
        texts="text",
    )
    tx.execute(_STEPS, {"now": tx.now, **values, "args": [json.dumps(step.args) for step in steps]})


def _messages(tx: Tx, lives: Sequence[Life]) -> None:
    told = [one for life in lives for one in life.told]
    if not told:
        return
    values = _columns(
        told,
        incidents="incident_id",
        audiences="audience",
        targets="target_id",
        steps="step",
        zhs="zh",
        ens="en",
    )
    tx.execute(_MESSAGES, {"now": tx.now, **values})
