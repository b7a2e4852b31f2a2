"""News inside one transaction: a feature publishes a fact, features above react in the same transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from chengyun.kernel.transactions import Tx

E = TypeVar("E")


class Bus:
    """Handlers by exact type of news, called synchronously in the order they subscribed.

    A handler's error is the publisher's error: the whole transaction rolls back.
    """

    def __init__(self) -> None:
        self._handlers: defaultdict[type[Any], list[Callable[[Any, Any], None]]] = defaultdict(list)

    def subscribe(self, kind: type[E], handler: Callable[[Tx, E], None]) -> None:
        """Call `handler(tx, news)` for each news of exactly this type; subscribing twice has no effect."""
        if handler not in self._handlers[kind]:
            self._handlers[kind].append(handler)

    def publish(self, tx: Tx, news: object) -> None:
        """Call the handlers of `type(news)`; none is fine."""
        for handler in tuple(self._handlers.get(type(news), ())):
            handler(tx, news)
