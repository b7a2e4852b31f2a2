"""Readings by file: what is put into HOME/drop is taken in, and lies in done/ or failed/ afterwards with a report beside.

A file is whole once it has its name: write it under another one (.part), then rename. Name and content are its
idempotency key, so that a file found again after a crash is taken in once.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Any

from chengyun.kernel import idempotency
from chengyun.kernel.errors import AppError, Unavailable
from chengyun.sensing.intake.answers import dumped, of_error, of_taken
from chengyun.sensing.intake.codecs import LARGEST, decode, too_large
from chengyun.sensing.intake.counting import SYSTEM
from chengyun.sensing.intake.desk import Desk, Incoming, Sender

log = logging.getLogger(__name__)
FORMS = {".json": "json", ".senml": "senml", ".influx": "influx", ".csv": "csv"}
EVERY_S = 1.0
SCOPE = "sensing.drop"


class Drop:
    """Takes in the files of one folder."""

    def __init__(self, desk: Desk, folder: Path, language: str) -> None:
        self._desk = desk
        self._folder = folder
        self._language = language

    def run(self, stop: threading.Event) -> None:
        """Look every second. Blocks; give it a thread."""
        for name in ("", "done", "failed"):
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        while not stop.wait(EVERY_S):
            try:
                self.take()
            except Unavailable as away:
                log.warning("files wait for the database: %s", away)

    def take(self) -> int:
        """Take in what lies there, the oldest first; how many files. Raises Unavailable: the rest stays."""
        files = [path for path in self._folder.iterdir() if path.is_file() and path.suffix in FORMS]
        for path in sorted(files, key=lambda file: (file.stat().st_mtime_ns, file.name)):
            self._take(path)
        return len(files)

    def _take(self, path: Path) -> None:
        try:
            size = path.stat().st_size
            if size > LARGEST:
                raise too_large(size)
            answer = self._stored(path.name, path.read_bytes(), FORMS[path.suffix])
            folder = "failed" if answer["rejected_count"] and not answer["accepted"] else "done"
        except Unavailable:
            raise
        except AppError as error:
            answer, folder = of_error(error, self._language), "failed"
        place = _free(self._folder / folder / path.name)
        place.with_name(place.name + ".report.json").write_bytes(dumped(answer))
        path.rename(place)

    def _stored(self, name: str, body: bytes, form: str) -> dict[str, Any]:
        told = decode(form, body)
        key = idempotency.hash_body(name.encode() + b"\0" + body)
        with self._desk.open(SYSTEM) as sitting:
            before = idempotency.once(sitting.tx, key, SCOPE, key)
            if before is not None:
                return dict(before.response)
            (taken,) = sitting.write([Incoming(Sender("file"), told)])
            answer = of_taken(taken, self._language)
            idempotency.remember(sitting.tx, key, SCOPE, key, 202, answer)
        return answer


def _free(path: Path) -> Path:
    """`path`, or the same with a number where another file has it."""
    number, found = 1, path
    while found.exists():
        found, number = path.with_name(f"{path.stem}-{number}{path.suffix}"), number + 1
    return found
