"""The kernel: a transaction and what joins it. No business word lives here.

Noun: the transaction (`transactions.Tx`) with its actor (`contracts.Actor`) and its time.
Around it: in-transaction news (`events`), jobs and timers (`jobs`), live updates (`outbox`), audit (`audit`),
clock and work calendar (`clock`, `calendar`), errors and their sentences (`errors`, `messages`), requests sent
twice (`idempotency`), settings, migrations, row-level security (`rls`), bulk loading (`bulk`) and the embedded
PostgreSQL (`postgres`).

Tables: kernel_clock, kernel_calendar_day, kernel_outbox, kernel_audit, kernel_idempotency, kernel_lease, and
procrastinate_* (made by the schema that procrastinate ships).
News: none.
"""

from chengyun.kernel import messages as _messages

__all__: list[str] = []
_ = _messages  # imported for its effect: the sentences of the errors are registered
