"""Which signs a few words mean: by Chinese, pinyin, initials, English or code; one wrong letter is forgiven. Pure.

Each sign is a text of all the ways in which one may begin to spell it, a line each, so that `"\\n" + word` in that text
asks whether some part of the name begins so. Smaller grades are better.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase

from chengyun.territory.pinyin import initials, readings
from chengyun.vitals.contracts import Domain, Sign

EXACT, START, INSIDE, LOOSE, TYPO = range(5)
_SHORTEST_TYPO, _LONGEST_PART = 4, 16
_SHORTEST_PIECE = {True: 3, False: 1}  # letters, characters
_PARTS = re.compile(r"[^0-9a-z]+")
_DROPPED = re.compile(r"[\s·・'’()（）\[\]【】、,，]+")

Grades = Mapping[int, int]  # sign's number → grade


def fold(text: str) -> str:
    """Lower-case, full-width to half-width, without spaces and brackets."""
    plain = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text)
    return _DROPPED.sub("", plain.lower())


@dataclass(frozen=True, slots=True)
class Entry:
    """One sign, folded."""

    code: str
    name: str
    domain: str
    starts: str  # all lines that a part may be begun by, each after "\n"
    initials: str


class Index:
    """All signs, searchable."""

    def __init__(self, signs: Sequence[Sign], domains: Iterable[Domain]) -> None:
        fields = {one.code: one for one in domains}
        self.signs = tuple(signs)
        self._entries = [_entry(sign, fields.get(sign.domain)) for sign in signs]
        self._begun = {
            line[:length]
            for line in {line for entry in self._entries for line in entry.starts.split("\n")}
            for length in range(_SHORTEST_TYPO - 1, min(len(line), _LONGEST_PART) + 1)
        }

    def grades(self, word: str) -> Grades:
        """Signs that a folded word means as it stands."""
        test = _latin(word) if word.isascii() else _chinese(word)
        found = ((number, test(entry)) for number, entry in enumerate(self._entries))
        return {number: grade for number, grade in found if grade is not None}

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
        meant = {variant for variant in _variants(word) if variant[:_LONGEST_PART] in self._begun}
        return {number: TYPO for variant in meant for number in self.grades(variant)}


def _entry(sign: Sign, domain: Domain | None) -> Entry:
    sounds = [
        reading
        for name in (sign.name_zh, domain.name_zh if domain else "")
        for reading in readings(fold(name))
    ]
    spoken = {"".join(reading[at:]) for reading in sounds for at in range(len(reading))}
    code = sign.code.lower()
    english = f"{sign.name_en} {domain.name_en if domain else ''}".lower()
    lines = {code, *spoken, *_PARTS.split(code), *_PARTS.split(english)} - {""}
    return Entry(
        code,
        fold(sign.name_zh),
        fold(f"{domain.name_zh} {domain.section}" if domain else ""),
        "\n" + "\n".join(sorted(lines)),
        " ".join(dict.fromkeys(initials(reading) for reading in sounds)),
    )


def _latin(word: str) -> Callable[[Entry], int | None]:
    begun = "\n" + word

    def grade(entry: Entry) -> int | None:
        if word == entry.code:
            return EXACT
        if begun in entry.starts:
            return START if entry.code.startswith(word) else INSIDE
        return LOOSE if word in entry.initials else None

    return grade


def _chinese(word: str) -> Callable[[Entry], int | None]:
    def grade(entry: Entry) -> int | None:
        if word in entry.name:
            return EXACT if word == entry.name else START if entry.name.startswith(word) else INSIDE
        return LOOSE if word in entry.domain else None

    return grade


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
