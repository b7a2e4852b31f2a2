"""Reports that come while others are being written are taken in together: one round trip and one commit for all.

Nobody waits for company: a report that comes alone goes at once. Each gets its receipt when the commit of its round is
on disk, or its own error; nothing that is wrong with one touches another.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from chengyun.incidents.reporting.once import Submission, report_once, report_together
from chengyun.incidents.views import Receipt
from chengyun.kernel.contracts import Actor
from chengyun.kernel.errors import AppError
from chengyun.kernel.transactions import Alone, Database

log = logging.getLogger(__name__)

MOST = 32  # reports of one round
ROUNDS = 2  # at the same time: one is worked out while the other is written
SINGLE = 4  # transactions at the same time of reports that need one of their own

Outcome = Receipt | AppError | Alone


class Gathering:
    """Of one web process, on its event loop."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: list[tuple[Submission, asyncio.Future[Outcome]]] = []
        self._running = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._single = asyncio.Semaphore(SINGLE)

    async def report(self, submission: Submission, anew: Callable[[], Actor]) -> Receipt:
        """The receipt, as `report_once` gives it. `anew` reads who sends it, where that has to be read again."""
        outcome = Alone() if submission.counted else await self._together(submission)
        if isinstance(outcome, Alone):
            async with self._single:
                return await asyncio.to_thread(self._alone, submission, anew)
        if isinstance(outcome, AppError):
            raise outcome
        return outcome

    async def _together(self, submission: Submission) -> Outcome:
        turn: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((submission, turn))
        if self._running < ROUNDS:
            self._running += 1
            task = asyncio.create_task(self._work())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await turn

    def _alone(self, submission: Submission, anew: Callable[[], Actor]) -> Receipt:
        return report_once(
            self._database, anew() if submission.under is not None else submission.actor, submission.sent
        )

    async def _work(self) -> None:
        while self._waiting:
            round_, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            for (_, turn), outcome in zip(round_, await self._outcomes(round_), strict=True):
                if not turn.done():  # who asked may have gone
                    turn.set_result(outcome)
        self._running -= 1

    async def _outcomes(self, round_: list[tuple[Submission, asyncio.Future[Outcome]]]) -> list[Outcome]:
        try:
            return await asyncio.to_thread(
                report_together, self._database, [submission for submission, _ in round_]
            )
        except AppError as error:  # the database cannot serve
            return [error] * len(round_)
        except Exception:
            log.exception("a round of %d reports failed, each is taken in by itself", len(round_))
            return [Alone() for _ in round_]
