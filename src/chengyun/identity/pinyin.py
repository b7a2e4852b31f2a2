"""Whether letters spell a Chinese name: by its sounds, their beginnings, or its initials."""

from __future__ import annotations

from functools import lru_cache

from pypinyin import Style, pinyin


@lru_cache(maxsize=8192)
def sounds(character: str) -> tuple[str, ...]:
    """Every way to say one character, without tones; letters and digits say themselves."""
    said = pinyin(character, style=Style.NORMAL, heteronym=True, errors="default")
    return tuple(dict.fromkeys(sound.casefold() for sound in said[0])) if said else ()


def spelled(name: str, letters: str) -> bool:
    """Whether `letters` (folded) spell a run of `name`'s characters, each whole or by its beginning: zw, zhouw, weiguo."""
    if not letters.isascii() or not letters.isalnum():
        return False
    return any(_from(name, start, letters) for start in range(len(name)))


def _from(name: str, at: int, letters: str) -> bool:
    """Each character takes at least one letter, and at most a whole sound."""
    if not letters:
        return True
    if at == len(name):
        return False
    for sound in sounds(name[at]):
        for taken in range(min(len(sound), len(letters)), 0, -1):
            if letters.startswith(sound[:taken]) and _from(name, at + 1, letters[taken:]):
                return True
    return False
