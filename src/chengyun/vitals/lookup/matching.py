"""Which signs a few words mean: by Chinese, pinyin, initials, English or code; one wrong letter is forgiven. Pure.

All ways in which one may begin to spell a part of a sign's name lie in one sorted list, so that those that a word begins
stand together. Smaller grades are better.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from string import ascii_lowercase

from chengyun.territory.pinyin import initials, readings
from chengyun.vitals.contracts import Domain, Sign

EXACT, START, INSIDE, LOOSE, TYPO = range(5)
_SHORTEST_TYPO = 4
_LAST = chr(0x10FFFF)
_SHORTEST_PIECE = {True: 3, False: 1}  # letters, characters
_PARTS = re.compile(r"[^0-9a-z]+")
_DROPPED = re.compile(r"[\s·・'’()（）\[\]【】、,，]+")

Grades = Mapping[int, int]  # sign's number → grade


def fold(text: str) -> str:
    """Lower-case, full-width to half-width, without spaces and brackets."""
    plain = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text)
    return _DROPPED.sub("", plain.lower())


class Index:
    """All signs, searchable."""

    def __init__(self, signs: Sequence[Sign], domains: Iterable[Domain]) -> None:
        fields = {one.code: one for one in domains}
        self.signs = tuple(signs)
        self._codes = [sign.code.lower() for sign in signs]
        self._names = [fold(sign.name_zh) for sign in signs]
        self._fields = [_field(fields.get(sign.domain)) for sign in signs]
        sounds = [readings(name) for name in self._names]
        self._initials = [" ".join(dict.fromkeys(map(initials, every))) for every in sounds]
        spelled = {sign.domain: _spelled(fields.get(sign.domain)) for sign in signs}
        begun = sorted(
            (line, number)
            for number, sign in enumerate(signs)
            for line in {sign.code.lower(), *_parts(sign.code), *_parts(sign.name_en), *_ends(sounds[number]), *spelled[sign.domain]}
        )  # fmt: skip
        self._lines = [line for line, _ in begun]
        self._owners = [number for _, number in begun]

    def grades(self, word: str) -> Grades:
        """Signs that a folded word means as it stands."""
        return self._latin(word) if word.isascii() else self._chinese(word)

    def _latin(self, word: str) -> dict[int, int]:
        found = {number: LOOSE for number, short in enumerate(self._initials) if word in short}
        found |= dict.fromkeys(self._owners[slice(*self._range(word))], INSIDE)
        for number in found:
            if self._codes[number].startswith(word):
                found[number] = EXACT if self._codes[number] == word else START
        return found

    def _chinese(self, word: str) -> dict[int, int]:
        found = {number: LOOSE for number, field in enumerate(self._fields) if word in field}
        for number in [number for number, name in enumerate(self._names) if word in name]:
            name = self._names[number]
            found[number] = EXACT if name == word else START if name.startswith(word) else INSIDE
        return found

    def _range(self, word: str) -> tuple[int, int]:
        """Where the lines stand that a word begins."""
        return bisect_left(self._lines, word), bisect_left(self._lines, word + _LAST)

    def forgiving(self, word: str) -> Grades:
        """As it stands, else cut into pieces that all mean something, else with one letter mended."""
        return self.grades(word) or self._cut(word) or self._mended(word)

    def find(self, words: Sequence[str]) -> dict[int, int]:
        """Number of a sign → sum of its grades; those that fit all words, or else those that fit the most."""
        per_word = [self.forgiving(word) for word in words]
        fits: dict[int, int] = {}
        sums: dict[int, int] = {}
        for grades in per_word:
            for number, grade in grades.items():
                fits[number] = fits.get(number, 0) + 1
                sums[number] = sums.get(number, 0) + grade
        most = max(fits.values(), default=0)
        return {number: sums[number] for number, n in fits.items() if n == most}

    def _cut(self, word: str) -> Grades:
        pieces: list[Grades] = []
        shortest = _SHORTEST_PIECE[word.isascii()]
        while word:
            lengths = range(len(word), shortest - 1, -1)
            taken = next(((n, found) for n in lengths if (found := self.grades(word[:n]))), None)
            if taken is None:
                return {}
            pieces.append(taken[1])
            word = word[taken[0] :]
        common = set.intersection(*(set(piece) for piece in pieces)) if pieces else set()
        return {number: max(piece[number] for piece in pieces) + 1 for number in common}

    def _mended(self, word: str) -> Grades:
        if not word.isascii() or len(word) < _SHORTEST_TYPO:
            return {}
        ranges = {self._range(variant) for variant in _variants(word)}
        return {number: TYPO for low, high in ranges for number in self._owners[low:high]}


def _field(domain: Domain | None) -> str:
    return fold(f"{domain.name_zh} {domain.section}") if domain else ""


def _spelled(domain: Domain | None) -> set[str]:
    """How one may begin to spell a domain."""
    return set() if domain is None else {*_parts(domain.name_en), *_ends(readings(fold(domain.name_zh)))}


def _parts(text: str) -> list[str]:
    return [part for part in _PARTS.split(text.lower()) if part]


def _ends(sounds: Iterable[tuple[str, ...]]) -> set[str]:
    """From each syllable to the end."""
    return {"".join(reading[at:]) for reading in sounds for at in range(len(reading))}


def _variants(word: str) -> Iterator[str]:
    """Everything one slip away: a letter left out, doubled up, another one, or two exchanged."""
    for at in range(len(word) + 1):
        head, tail = word[:at], word[at:]
        for letter in ascii_lowercase:
            yield head + letter + tail
            if tail:
                yield head + letter + tail[1:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
