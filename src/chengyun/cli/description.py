"""The API's description as the console's client is generated from: `python -m chengyun.cli.description`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from chengyun.kernel.settings import Settings
from chengyun.kernel.transactions import Database
from chengyun.web.app import create_app


def description() -> str:
    """The text of console/openapi.json. Nothing is connected to: the routes alone say it."""
    nowhere = Database("postgresql://nobody@127.0.0.1:1/none")
    document = create_app(Settings(home=Path("none")), nowhere).openapi()
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    sys.stdout.write(description())
