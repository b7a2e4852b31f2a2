"""What the live process takes in itself: messages of the broker, where one is named."""

from __future__ import annotations

import threading

from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Database
from chengyun.sensing.intake.desk import Desk
from chengyun.sensing.intake.gathering import Gathered
from chengyun.sensing.intake.mqtt import Broker, Receiver
from chengyun.sensing.live.follower import Follower


def receive(db: Database, settings: Settings, follower: Follower, stop: threading.Event) -> None:
    """Until asked to stop. Blocks; give it a thread."""
    if not settings.mqtt_url:
        return
    gathered = Gathered(Desk(db, follower), settings.home / "drop" / "failed", settings.language)
    Receiver(Broker.of(settings), gathered).run(stop)
