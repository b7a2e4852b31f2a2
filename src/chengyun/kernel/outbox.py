"""Live changes: the door. A row joins the writer's transaction, gets its number in commit order, is streamed.

sequencer.py holds the rows and their numbers, feed.py the streams of a web process.
"""

from __future__ import annotations

from chengyun.kernel.feed import Feed
from chengyun.kernel.sequencer import RETENTION, Event, emit, prune, sequence

__all__ = ["RETENTION", "Event", "Feed", "emit", "prune", "sequence"]
