"""The door of the exchange: what other features may call."""

from chengyun.exchange import messages  # noqa: F401  registers the texts
from chengyun.exchange.delivering import Desk, desk_of, keep_sending, send_due
from chengyun.exchange.outbox import register

__all__ = ["Desk", "desk_of", "keep_sending", "register", "send_due"]
