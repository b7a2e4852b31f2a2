"""Texts in both languages: an English text that is Chinese, or nothing but blanks, is missing its translation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from chengyun.scenarios.checks.draft import Draft
from chengyun.scenarios.contracts import Finding
from chengyun.scenarios.folders import KEYS
from chengyun.scenarios.reading import Entry, Path

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def texts(draft: Draft) -> Iterator[Finding]:
    """Every text whose English is not English, in all parts of all folders."""
    for folder in draft.folders:
        yield from _in(folder.meta, folder.meta.data, ())
        for part in KEYS:
            for entry in folder.entries[part]:
                yield from _in(entry, entry.data, ())


def _in(entry: Entry, value: object, path: Path) -> Iterator[Finding]:
    if isinstance(value, Mapping):
        if {"zh", "en"} <= set(value):
            yield from _text(entry, value, path)
        for name, part in value.items():
            if name != "group":
                yield from _in(entry, part, (*path, name))
    elif isinstance(value, list):
        for at, part in enumerate(value):
            yield from _in(entry, part, (*path, at))


def _text(entry: Entry, value: Mapping[str, Any], path: Path) -> Iterator[Finding]:
    for name, language in (("zh", "中文 (zh)"), ("en", "English (en)")):
        text = str(value[name]).strip()
        if not text or (name == "en" and _CHINESE.search(text)):
            field = ".".join(map(str, path)) or entry.data.get("step", "")
            yield entry.find("text.untranslated", *path, name, field=field, language=language)
    return
