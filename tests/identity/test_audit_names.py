"""Whatever the audit is about has a name on the screen."""

from __future__ import annotations

import re
from pathlib import Path

REPO = Path(__file__).parents[2]
ABOUT = re.compile(r'audit\.record(?:_read)?\([^()]*\(\s*"([a-z_]+)",')
NAMED = re.compile(r"^    (\w+): '", re.MULTILINE)


def test_everything_that_the_audit_is_about_has_a_name() -> None:
    sources = (REPO / "src").rglob("*.py")
    told = {kind for file in sources for kind in ABOUT.findall(file.read_text(encoding="utf-8"))}
    named = NAMED.findall((REPO / "console/src/console/i18n/audit.zh.ts").read_text(encoding="utf-8"))
    assert len(told) >= 25
    assert told - set(named) == set()
