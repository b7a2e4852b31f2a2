"""Models as rows: every attempt stays, with its figures; the one in use is loaded once per process."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from chengyun.incidents.classification.contracts import Comparison, Figures, ModelCard
from chengyun.incidents.classification.model import Model, from_bytes, to_bytes
from chengyun.incidents.tables import model as models
from chengyun.kernel.revisions import remembered
from chengyun.kernel.transactions import Tx

log = logging.getLogger(__name__)
SHOWN = 20
_IN_USE = (
    sa.select(models.c.id, models.c.digest, models.c.automatic)
    .where(models.c.refused.is_(None), models.c.withdrawn_at.is_(None))
    .order_by(models.c.id.desc())
    .limit(1)
)
_FIGURES = TypeAdapter(Figures)
_COMPARISON = TypeAdapter(Comparison)


@dataclass(frozen=True, slots=True)
class InUse:
    """The model that proposes now, and the confidence from which it decides (None: never)."""

    id: int
    model: Model
    automatic: float | None

    @property
    def name(self) -> str:
        return self.model.digest[:8]


def in_use(tx: Tx) -> InUse | None:
    """The model in use, in memory while it is."""
    return remembered(tx, "models", "in use", lambda: _look(tx))


def _look(tx: Tx) -> InUse | None:
    row = tx.execute(_IN_USE).one_or_none()
    if row is None:
        return None
    content = tx.execute(sa.select(models.c.content).where(models.c.id == row.id)).scalar_one()
    try:
        return InUse(row.id, from_bytes(bytes(content), row.digest), row.automatic)
    except ValueError:
        # Reports must still come in: hint words go on proposing, and the log says what is wrong.
        log.exception("the classification model %s cannot be used", row.id)
        return None


def add(
    tx: Tx,
    model: Model,
    figures: Figures,
    *,
    by_hand: bool,
    simulated: bool,
    automatic: float | None,
    compared: Comparison | None,
    refused: str | None,
) -> int:
    """Keep an attempt; the weights of a refused one are not kept."""
    values = {
        "digest": model.digest,
        "trained_at": tx.now,
        "by_hand": by_hand,
        "simulated": simulated,
        "examples": figures.examples,
        "figures": asdict(figures),
        "compared": asdict(compared) if compared else None,
        "refused": refused,
        "automatic": automatic,
        "content": to_bytes(model) if refused is None else None,
    }
    number = int(tx.execute(sa.insert(models).values(**values).returning(models.c.id)).scalar_one())
    tx.renew()
    return number


def last_attempt(tx: Tx) -> datetime | None:
    return tx.execute(sa.select(sa.func.max(models.c.trained_at))).scalar_one()  # type: ignore[no-any-return]


def trained_at(tx: Tx, number: int) -> datetime:
    return tx.execute(sa.select(models.c.trained_at).where(models.c.id == number)).scalar_one()  # type: ignore[no-any-return]


def set_automatic(tx: Tx, number: int, confidence: float | None) -> None:
    tx.execute(sa.update(models).where(models.c.id == number).values(automatic=confidence))
    tx.renew()


def withdraw(tx: Tx, number: int) -> None:
    tx.execute(sa.update(models).where(models.c.id == number).values(withdrawn_at=tx.now))
    tx.renew()


def cards(tx: Tx) -> list[ModelCard]:
    """Attempts, newest first."""
    using: Any = tx.execute(_IN_USE).one_or_none()
    names = [column for column in models.c if column.name != "content"]
    rows = tx.execute(sa.select(*names).order_by(models.c.id.desc()).limit(SHOWN))
    return [_card(row, using.id if using else None) for row in rows]


def card(tx: Tx, number: int) -> ModelCard | None:
    """One attempt by its id."""
    return next((one for one in cards(tx) if one.id == number), None)


def _card(row: Any, using: int | None) -> ModelCard:
    return ModelCard(
        id=row.id,
        digest=row.digest,
        trained_at=row.trained_at,
        by_hand=row.by_hand,
        in_use=row.id == using,
        withdrawn_at=row.withdrawn_at,
        simulated=row.simulated,
        automatic=row.automatic,
        refused=row.refused,
        figures=_FIGURES.validate_python(row.figures),
        compared=_COMPARISON.validate_python(row.compared) if row.compared else None,
    )
