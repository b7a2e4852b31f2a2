"""What the live process takes in itself: messages of the broker, where one is named, and files that are dropped."""

from __future__ import annotations

import threading

from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Database
from chengyun.sensing.intake.desk import Desk
from chengyun.sensing.intake.drop import Drop
from chengyun.sensing.intake.gathering import Gathered
from chengyun.sensing.intake.mqtt import Broker, Receiver
from chengyun.sensing.live.follower import Follower


class Reception:
    """The desk of the live process and whoever works at it, a thread each."""

    def __init__(self, db: Database, settings: Settings, follower: Follower) -> None:
        self._desk = Desk(db, follower)
        folder = settings.home / "drop"
        drop = Drop(self._desk, folder, settings.language)
        self._work = [drop.run]
        if settings.mqtt_url:
            gathered = Gathered(self._desk, folder / "failed", settings.language)
            self._work.append(Receiver(Broker.of(settings), gathered).run)
        self._threads: list[threading.Thread] = []

    def open(self, stop: threading.Event) -> None:
        """Take in until asked to stop."""
        self._threads = [threading.Thread(target=work, args=[stop], daemon=True) for work in self._work]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """After the end: what was counted is written."""
        for thread in self._threads:
            thread.join()
        self._desk.close()
