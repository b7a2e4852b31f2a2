"""How long a stranger waits: `chengyun demo` on an empty home until it is ready, and the same again with its data."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench._common import Figure, figure, free_port

READY = "The demo is ready"


def run() -> list[Figure]:
    """All figures, with a home of their own."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o711)  # PostgreSQL runs as another account where root starts it
        home = Path(folder) / "home"
        first, again = started(home), started(home)
    return [
        figure("start: first run, installed, until ready", first, "s", 240, "lower", 1),
        figure("start: later run, until ready", again, "s", 15, "lower", 1),
    ]


def started(home: Path) -> float:
    """Seconds until the demo says that it is ready; it is stopped as by Ctrl-C afterwards."""
    command = [sys.executable, "-m", "chengyun.cli", "demo", "--port", str(free_port())]
    began = time.monotonic()
    with subprocess.Popen(
        command, env={**os.environ, "CHENGYUN_HOME": str(home)}, stdout=subprocess.PIPE, text=True
    ) as demo:
        assert demo.stdout is not None
        for line in demo.stdout:
            if READY in line:
                break
        spent = time.monotonic() - began
        demo.send_signal(signal.SIGINT)
        demo.communicate(timeout=60)
    if demo.returncode:
        raise RuntimeError(f"chengyun demo ended with {demo.returncode}")
    return spent
